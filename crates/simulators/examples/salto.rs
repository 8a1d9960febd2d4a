//! A seeded simulated Salto KS for programs in other languages.
//!
//! Prints one line of JSON (addresses of the three hosts, clients, people, site and doors) and runs until its standard
//! input ends.

use std::net::SocketAddr;

use serde_json::json;
use simulators::clock::SimClock;
use simulators::salto::{Client, Host, Hours, SaltoSim};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let (owner, password) = ("owner@harbour.example", "let me in");
    let redirect = "http://127.0.0.1/callback";
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let sim = SaltoSim::start(SimClock::system(), [free; 3]).await?;
    let client = |id: &str, secret: Option<&str>, grants: &[&str]| Client {
        id: id.to_owned(),
        secret: secret.map(str::to_owned),
        redirect_uris: vec![redirect.to_owned()],
        grants: grants.iter().map(|grant| (*grant).to_owned()).collect(),
        scopes: ["openid", "profile", "user_api.full_access", "offline_access"]
            .map(str::to_owned)
            .to_vec(),
    };
    sim.add_client(client("web-client", None, &["authorization_code", "refresh_token"]));
    sim.add_client(client(
        "confidential-client",
        Some("an-open-secret"),
        &["authorization_code", "refresh_token", "password"],
    ));
    let site = sim.add_site(
        "Harbour Works",
        "NL0042113377",
        "Europe/Amsterdam",
        60,
        (owner, password),
    );
    let iq = sim.add_iq(&site, "Hall IQ");
    let (front, studio) = (sim.add_lock(&iq, "Front door"), sim.add_lock(&iq, "Studio"));
    let doors = [front.clone(), studio.clone()];
    let members = sim.add_group(&site, "Members 24/7", &doors, &[Hours::always()]);
    let office = sim.add_group(&site, "Office hours", &doors, &[Hours::workdays(9, 18)]);
    sim.add_user(
        &site,
        "noor@example.org",
        "Noor",
        "Visser",
        &["site_user", "site_mobile_user"],
    );
    sim.set_person("noor@example.org", |noor| noor.tag_number = Some("02300417".to_owned()));
    sim.foreign_member(&members, "noor@example.org");
    println!(
        "{}",
        json!({ "identity": sim.url(Host::Identity), "api": sim.url(Host::Api), "stream": sim.url(Host::Stream),
                "client_id": "web-client", "confidential_client_id": "confidential-client",
                "client_secret": "an-open-secret", "redirect_uri": redirect, "email": owner, "password": password,
                "site": site, "iq": iq, "locks": { "Front door": front, "Studio": studio },
                "groups": { "Members 24/7": members, "Office hours": office } })
    );
    tokio::task::spawn_blocking(|| std::io::read_to_string(std::io::stdin())).await??;
    Ok(())
}
