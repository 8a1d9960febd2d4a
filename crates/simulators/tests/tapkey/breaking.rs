//! Limits, faults, the call log, the simulator's own endpoints and its console: contract §10.2, §10.3, S15.

use serde_json::{Value, json};
use simulators::fault::{Fault, Trouble};
use simulators::tapkey::switches::RateClock;

use crate::kit::{HOUR, MARA, NOON, house};

#[tokio::test]
async fn so_many_calls_a_second_then_429_with_retry_after_two() {
    let house = house().await;
    house.sim.set_switches(|switches| {
        switches.rate_limit_per_s = 3;
        switches.rate_limit_clock = RateClock::SimTime;
    });
    for _ in 0..3 {
        assert_eq!(house.get("/api/v1/Owners").await.status, 200);
    }
    let refused = house.get("/api/v1/Owners").await;
    assert_eq!((refused.status, refused.retry_after.as_deref()), (429, Some("2")));
    house.clock.advance_ms(2_000);
    assert_eq!(house.get("/api/v1/Owners").await.status, 200);
}

#[tokio::test]
async fn a_grant_whose_answer_is_lost_exists_all_the_same() {
    let house = house().await;
    let mara = house.mara().await;
    house
        .sim
        .faults()
        .add(Fault::on("PUT /api/v1/Owners/*/Grants", Trouble::ResetAfter).times(1));
    let body = json!({ "boundLockId": house.seed.front_door, "contactId": mara });
    let lost = house
        .try_call("PUT", &house.loft("Grants"), Some(body.clone()), &house.token)
        .await;
    assert!(lost.is_err());
    assert_eq!(house.sim.opens(MARA, &house.seed.front_door, true), Ok(()));
    assert_eq!(house.put(&house.loft("Grants"), body).await.code(), (409, "Duplicate"));
}

#[tokio::test]
async fn a_fault_strikes_before_the_effect_on_either_host() {
    let house = house().await;
    let faults = house.sim.faults();
    faults.add(Fault::on("POST /connect/token", Trouble::Status { status: 503 }).times(1));
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", "spaces-service"),
        ("client_secret", "let me in"),
    ];
    assert_eq!(house.exchange(&form).await.status, 503);
    faults.add(Fault::on("GET", Trouble::HtmlPage { status: 502 }).times(1));
    let page = house.get("/api/v1/Owners").await;
    assert_eq!((page.status, page.body), (502, Value::Null));
    faults.add(Fault::on("*", Trouble::TooMany { retry_after: None }).times(1));
    let limited = house.get("/api/v1/Owners").await;
    assert_eq!((limited.status, limited.retry_after), (429, None));
    faults.add(Fault::on("*", Trouble::TruncatedJson).times(1));
    assert_eq!(house.get("/api/v1/Owners").await.body, Value::Null);
    faults.add(Fault::on("*", Trouble::ResetBefore).times(1));
    assert!(
        house
            .try_call("GET", "/api/v1/Owners", None, &house.token)
            .await
            .is_err()
    );
    assert_eq!(house.sim.calls().last().unwrap().status, 0);
}

#[tokio::test]
async fn calls_are_kept_with_caller_and_body_and_only_writes_to_the_api_wake_who_waits() {
    let house = house().await;
    let mut writes = house.sim.writes();
    writes.mark_unchanged();
    house.get("/api/v1/Owners").await;
    house.service_token("read:grants").await;
    assert!(!writes.has_changed().unwrap());
    house.mara().await;
    assert!(writes.has_changed().unwrap());
    let calls = house.sim.calls();
    assert_eq!(calls.len(), 3);
    assert_eq!(
        calls[0].caller.as_deref(),
        Some("spaces-service@service.tapkey.example")
    );
    assert_eq!(calls[1].body, Value::Null, "forms carry secrets");
    assert_eq!(calls[2].body["identifier"], MARA);
    let journal = house.read_as("", "/_sim/journal").await.body;
    assert_eq!(
        (journal[0]["path"].clone(), journal.as_array().unwrap().len()),
        (json!("/api/v1/Owners"), 3)
    );
    house.sim.clear_calls();
    assert!(house.sim.calls().is_empty());
}

#[tokio::test]
async fn the_control_surface_moves_the_clock_and_lays_switches_over() {
    let house = house().await;
    let control = |path: &'static str, body: Value| house.call("PUT", path, Some(body), "");
    assert_eq!(
        control("/_sim/clock", json!({ "advance_s": 3600 })).await.body["now_ms"],
        NOON + HOUR
    );
    assert_eq!(
        control("/_sim/clock", json!({ "now": "2026-03-02T12:00:00Z" }))
            .await
            .body["now_ms"],
        NOON
    );
    assert_eq!(control("/_sim/clock", json!({})).await.status, 422);
    let switches = control("/_sim/switches", json!({ "patch_grants": false, "user_groups": "402" })).await;
    assert_eq!(
        (&switches.body["patch_grants"], &switches.body["smartphone_quota"]),
        (&json!(false), &json!(50))
    );
    assert_eq!(
        control("/_sim/switches", json!({ "user_groups": "maybe" }))
            .await
            .status,
        422
    );
    let faults = control(
        "/_sim/faults",
        json!([{ "route": "*", "trouble": { "kind": "reset_after" }, "times": 1 }]),
    )
    .await;
    assert_eq!((faults.status, house.sim.faults().list().len()), (200, 1));
}

#[tokio::test]
async fn the_house_can_be_forgotten_and_seeded_again() {
    let house = house().await;
    assert_eq!(house.call("POST", "/_sim/reset", None, "").await.status, 204);
    assert!(house.sim.owners().is_empty());
    assert_eq!(house.get("/api/v1/Owners").await.status, 401);
    let seeded = house.call("POST", "/_sim/seed", None, "").await;
    assert_eq!(
        seeded.text_of("front_door"),
        house.seed.front_door,
        "ids are the same in the same order"
    );
    let state = house.read_as("", "/_sim/state").await;
    assert_eq!(state.body["locks"].as_array().unwrap().len(), 5);
    assert!(!state.text.contains("let me in"), "no secrets");
}

#[tokio::test]
async fn the_console_shows_the_house_and_a_phone_at_a_lock_opened_or_refused() {
    let house = house().await;
    let mara = house.mara().await;
    house
        .grant(&mara, &house.seed.front_door, None, Some(NOON + HOUR))
        .await;
    let page = house.read_as("", "/").await.text;
    for words in [
        "Harbour Loft",
        MARA,
        "Running",
        "Front door",
        "0A-1B-2C-3D",
        "Fault dial",
        "S8 Revoking is",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let press = |lock: &str, what: &str| {
        let form = format!("contact={mara}&lock={lock}&what={what}");
        let house = &house;
        async move { house.press("/_sim/console/door", form).await }
    };
    assert!(press(&house.seed.front_door, "online").await.text.contains("● Opened"));
    let refused = press(&house.seed.alder, "offline").await.text;
    assert!(refused.contains("✕ Refused") && refused.contains("no_key"));
    assert_eq!(press(&house.seed.alder, "sync").await.status, 303);
    let live = house.read_as("", "/_sim/live").await.text;
    assert!(live.contains("id=log data-live") && live.contains("/api/v1/Owners"));
}

#[tokio::test]
async fn the_consoles_forms_move_the_clock_set_faults_and_switches_and_revoke() {
    let house = house().await;
    let mara = house.mara().await;
    let grant = house
        .grant(&mara, &house.seed.front_door, None, None)
        .await
        .text_of("id");
    for (path, form) in [
        ("/_sim/console/clock", "advance_s=3600".to_owned()),
        (
            "/_sim/console/faults",
            "route=DELETE&trouble=status_503&times=2".to_owned(),
        ),
        (
            "/_sim/console/switches",
            "smartphone_quota=7&refuse_other_windows=true".to_owned(),
        ),
        ("/_sim/console/contact", format!("id={mara}&what=leave")),
        ("/_sim/console/grant", format!("id={grant}")),
    ] {
        assert_eq!(house.press(path, form).await.status, 303, "{path}");
    }
    assert_eq!(house.clock.now_ms(), NOON + HOUR);
    assert_eq!(house.sim.faults().list()[0].times, Some(2));
    let switches = house.sim.switches();
    assert_eq!((switches.smartphone_quota, switches.refuse_other_windows), (7, true));
    assert_eq!(house.sim.opens(MARA, &house.seed.front_door, true), Err("revoked"));
    let wrong = house.press("/_sim/console/faults", "trouble=locusts".to_owned()).await;
    assert_eq!(wrong.status, 422);
}
