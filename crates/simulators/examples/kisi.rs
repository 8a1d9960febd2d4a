//! A seeded simulated Kisi for programs in other languages.
//!
//! Prints one line of JSON (`url`, `domain`, `email`, `password`, `locks`) and runs until its standard input ends.

use std::net::SocketAddr;

use serde_json::json;
use simulators::clock::SimClock;
use simulators::kisi::KisiSim;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let (domain, email, password) = ("harbor-works", "owner@harbor.example", "let me in");
    let sim = KisiSim::start(SimClock::system(), SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    sim.seed_org(domain, email, password);
    let place = sim.add_place("Pier 3", "Europe/Berlin");
    let front = sim.add_lock(place, "Front door");
    let studio = sim.add_lock(place, "Studio");
    let members = sim.add_group(Some(place), "Members", &[front, studio]);
    let mira = sim.add_user("mira.lund@example.org", "Mira Lund", true);
    sim.foreign_assignment(mira, members, None, None);
    let locks = json!({ "Front door": front, "Studio": studio });
    println!(
        "{}",
        json!({ "url": sim.url(), "domain": domain, "email": email, "password": password, "locks": locks })
    );
    tokio::task::spawn_blocking(|| std::io::read_to_string(std::io::stdin())).await??;
    Ok(())
}
