//! The vendors' rows against the vendors' twins: what our table promises is what a door does.
//!
//! In: `vendors.json`, which pages and worker read. Out: a failure when a number there is not the simulator's. Why so: a row that says
//! "45 seconds" or "7 days" is believed by people who stand at doors.

use std::net::SocketAddr;

use serde_json::Value;
use simulators::clock::SimClock;
use simulators::salto::{By, Hours, SaltoSim};
use simulators::tapkey::TapkeySim;

/// 2026-03-02T08:00:00Z.
const NOW: i64 = 1_772_438_400_000;
const DAY_S: i64 = 86_400;

fn row(vendor: &str) -> Value {
    let rows: Vec<Value> =
        serde_json::from_str(include_str!("../../connectors/vendors.json")).expect("the table is JSON");
    rows.into_iter()
        .find(|row| row["vendor"] == vendor)
        .expect("the vendor has a row")
}

fn seconds(row: &Value, key: &str) -> i64 {
    row[key]
        .as_i64()
        .unwrap_or_else(|| panic!("{key} is no number of seconds"))
}

fn anywhere() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

#[tokio::test]
async fn salto_s_doors_know_of_a_revocation_within_the_row_s_seconds() {
    let lag_s = seconds(&row("salto"), "revocation_lag_s");
    let clock = SimClock::frozen(NOW);
    let sim = SaltoSim::start(clock.clone(), [anywhere(); 3])
        .await
        .expect("free ports");
    let site = sim.add_site(
        "Pier 3",
        "DE0042113377",
        "Europe/Berlin",
        10,
        ("owner@harbor.example", "p"),
    );
    let hub = sim.add_iq(&site, "Hall IQ");
    let door = sim.add_lock(&hub, "Front door");
    let group = sim.add_group(&site, "Members", std::slice::from_ref(&door), &[Hours::always()]);
    sim.add_user(&site, "ada@members.example", "Ada", "Quist", &["site_user"]);
    assert!(sim.foreign_member(&group, "ada@members.example"));
    // The slowest roll-out that the contract has measured.
    sim.set_switches(|switches| switches.member_rollout_s = lag_s);
    let at = |s: i64| {
        sim.may_open_at("ada@members.example", &door, By::AnyKey, NOW + s * 1_000)
            .is_ok()
    };
    clock.set_ms(NOW + DAY_S * 1_000);
    assert!(at(DAY_S));
    assert!(sim.remove_member(&group, "ada@members.example"));
    assert!(at(DAY_S + lag_s - 1), "the door still goes by what it knew");
    assert!(!at(DAY_S + lag_s));
    let lead_s = seconds(&row("salto"), "lead_s");
    assert!(
        lead_s >= lag_s,
        "who joins so early is known at the door when the window begins"
    );
}

#[tokio::test]
async fn tapkey_s_phones_open_without_connection_for_the_row_s_seconds() {
    let row = row("tapkey");
    let lives_s = seconds(&row, "cached_key_s");
    assert_eq!(
        seconds(&row, "revocation_lag_s"),
        lives_s,
        "a phone that stays offline is the slowest to learn"
    );
    let clock = SimClock::frozen(NOW);
    let sim = TapkeySim::start(clock.clone(), anywhere()).await.expect("a free port");
    sim.reset();
    let owner = sim.add_owner("Pier 3", "owner@harbor.example");
    let lock = sim.add_lock(&owner, "Front door");
    let contact = sim.add_contact(&owner, "ada@members.example", None);
    let grant = sim.foreign_grant(&contact, &lock, None, None);
    assert!(sim.trigger(&contact, &lock, true).is_ok(), "the phone fetches its key");
    sim.set_phone_reachable(&contact, false);
    sim.revoke_grant(&grant);
    let offline = |s: i64| {
        sim.opens_at("ada@members.example", &lock, false, NOW + s * 1_000)
            .is_ok()
    };
    assert!(offline(lives_s - 1), "nobody told the door or the phone");
    assert!(!offline(lives_s));
}
