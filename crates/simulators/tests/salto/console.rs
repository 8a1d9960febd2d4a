//! The console page and the simulator's own endpoints.

use serde_json::json;
use simulators::salto::Host;

use crate::kit::{House, NOOR, house, read};

async fn console(house: &House) -> String {
    read(house.http.get(house.sim.url(Host::Api))).await.text
}

async fn press(house: &House, form: &str, fields: &[(&str, &str)]) -> u16 {
    let url = format!("{}/_sim/console/{form}", house.sim.url(Host::Api));
    let body = reqwest::Url::parse_with_params("http://form/", fields).unwrap();
    let request = house.http.post(url).body(body.query().unwrap().to_owned());
    read(request.header("content-type", "application/x-www-form-urlencoded"))
        .await
        .status
}

#[tokio::test]
async fn the_page_shows_sites_people_groups_doors_and_calls() {
    let house = house().await;
    house.join().await;
    let bare = house.sim.add_group(&house.site, "Bare <group>", &[], &[]);
    let page = console(&house).await;
    for word in [
        "Harbour Works",
        "3 of 5 in use",
        NOOR,
        "Front door",
        "Members 24/7",
        "daily 00:00",
    ] {
        assert!(page.contains(word), "{word}");
    }
    assert!(page.contains("Bare &lt;group&gt;") && page.contains("none: never opens"));
    assert!(page.contains(&format!("POST /v1.2/sites/{}/access_groups", house.site)));
    assert!(house.sim.delete_group(&bare));
    assert!(!console(&house).await.contains("never opens"));
}

#[tokio::test]
async fn a_key_held_to_the_reader_lights_green_or_red() {
    let house = house().await;
    let hold = [("lock", house.front.as_str()), ("kind", "tag"), ("value", "02300417")];
    assert_eq!(press(&house, "key", &hold).await, 303);
    assert!(console(&house).await.contains("● Red"));
    assert!(house.sim.foreign_member(&house.members, NOOR));
    assert_eq!(press(&house, "key", &hold).await, 303);
    assert!(console(&house).await.contains("● Green"));
    let url = format!("{}/_sim/locks/{}/key", house.sim.url(Host::Api), house.front);
    let got = read(house.http.post(&url).json(&json!({ "tag": "02300417" }))).await;
    assert_eq!((&got.body["light"], got.status), (&json!("green"), 200));
    assert_eq!(read(house.http.post(url).json(&json!({}))).await.status, 422);
}

#[tokio::test]
async fn buttons_cut_doors_off_block_people_and_turn_switches() {
    let house = house().await;
    assert_eq!(
        press(&house, "lock", &[("id", &house.front), ("what", "online")]).await,
        303
    );
    assert!(console(&house).await.contains("Cut off, still shown online"));
    assert_eq!(press(&house, "iq", &[("id", &house.iq)]).await, 303);
    assert!(house.sim.iqs()[0].offline_since_ms.is_some());
    for what in ["block", "seat"] {
        assert_eq!(press(&house, "user", &[("id", &house.noor), ("what", what)]).await, 303);
    }
    let noor = house
        .sim
        .users(&house.site)
        .into_iter()
        .find(|user| user.id == house.noor)
        .unwrap();
    assert!(noor.blocked && !noor.subscribed);
    let form = [("refresh", "expired"), ("page_size", "7"), ("identity_down", "true")];
    assert_eq!(press(&house, "switches", &form).await, 303);
    let switches = house.sim.switches();
    assert_eq!((switches.page_size, switches.identity_down), (7, true));
    assert_eq!(press(&house, "switches", &[("refresh", "never")]).await, 422);
    assert_eq!(
        press(&house, "lock", &[("id", "nowhere"), ("what", "online")]).await,
        422
    );
}

#[tokio::test]
async fn clock_faults_switches_and_state_are_json_too() {
    let house = house().await;
    let base = house.sim.url(Host::Api);
    let put = async |path: &str, body| read(house.http.put(format!("{base}{path}")).json(&body)).await;
    let moved = put("/_sim/clock", json!({ "advance_s": 60 })).await;
    assert_eq!(moved.body["now"], "2027-03-09T11:01:00Z");
    let faults = json!([{ "route": "/v1.2/me", "trouble": { "kind": "status", "status": 500 }, "times": null }]);
    assert_eq!(put("/_sim/faults", faults).await.status, 200);
    assert_eq!(house.call("GET", "/v1.2/me", None).await.status, 500);
    assert_eq!(
        put("/_sim/switches", json!({ "consent": "allow" })).await.body["consent"],
        "allow"
    );
    assert_eq!(put("/_sim/switches", json!({ "shoe_size": 43 })).await.status, 422);
    let state = read(house.http.get(format!("{base}/_sim/state"))).await.text;
    assert!(state.contains(NOOR) && !state.contains(&house.token));
}
