//! Limits, faults, the call log and the simulator's own endpoints: contract §2.2, §8 and §9.

use std::time::Duration;

use serde_json::{Value, json};
use simulators::fault::{Fault, RetryAfter, Trouble};
use simulators::kisi::switches::{RateLimits, TooManyBody, TooManyHeader};
use tokio::time::Instant;

use crate::kit::{MIRA, NOON, house};

#[tokio::test]
async fn all_logins_of_a_user_share_five_calls_a_second() {
    let house = house().await;
    let other = house.sign_in("api").await.body["secret"].as_str().unwrap().to_owned();
    let mira = house.secret_of(MIRA).await;
    house
        .sim
        .set_switches(|switches| switches.rate_limits = RateLimits::SimTime);
    for _ in 0..4 {
        assert_eq!(house.get("/login").await.status, 200);
    }
    assert_eq!(house.read_as(&other, "/login").await.status, 200);
    assert_eq!(house.read_as(&other, "/login").await.status, 429);
    assert_eq!(
        house.read_as(&mira, "/login").await.status,
        200,
        "another person has a quota of their own"
    );
    house.clock.advance_ms(200);
    assert_eq!(house.get("/login").await.status, 200);
    assert_eq!(house.get("/login").await.status, 429);
}

#[tokio::test]
async fn calls_without_a_login_share_the_quota_of_their_address() {
    let house = house().await;
    house
        .sim
        .set_switches(|switches| switches.rate_limits = RateLimits::SimTime);
    for _ in 0..5 {
        assert_eq!(
            house
                .call("GET", "/organizations/harbor-works/public", None, None)
                .await
                .status,
            200
        );
    }
    assert_eq!(
        house
            .call("GET", "/organizations/harbor-works/public", None, None)
            .await
            .status,
        429
    );
    assert_eq!(house.get("/login").await.status, 200);
}

#[tokio::test]
async fn by_default_the_quota_fills_by_real_time_also_under_a_frozen_clock() {
    let house = house().await;
    house
        .sim
        .set_switches(|switches| switches.rate_limits = RateLimits::RealTime);
    let started = Instant::now();
    let mut passed = 0;
    while passed < 8 {
        if house.get("/login").await.status == 200 {
            passed += 1;
        }
    }
    assert!(
        started.elapsed() >= Duration::from_millis(390),
        "5 at once, 3 more at 5 a second"
    );
}

#[tokio::test]
async fn a_429_has_every_form_that_is_possible() {
    let house = house().await;
    house
        .sim
        .set_switches(|switches| switches.rate_limits = RateLimits::SimTime);
    for _ in 0..5 {
        house.get("/login").await;
    }
    let header = format!("KISI-LOGIN {}", house.secret);
    let forms = [
        (TooManyBody::Json, TooManyHeader::Absent, None),
        (TooManyBody::Text, TooManyHeader::Seconds, Some("1")),
        (
            TooManyBody::Empty,
            TooManyHeader::Date,
            Some("Mon, 10 Mar 2025 11:00:01 GMT"),
        ),
    ];
    for (body, header_form, expected) in forms {
        house.sim.set_switches(|switches| {
            switches.too_many_body = body;
            switches.too_many_retry_after = header_form;
        });
        let answer = house.raw("GET", "/login", None, Some(&header)).await.unwrap();
        assert_eq!(answer.status(), 429);
        assert_eq!(
            answer.headers().get("retry-after").map(|value| value.to_str().unwrap()),
            expected
        );
        let text = answer.text().await.unwrap();
        match body {
            TooManyBody::Json => assert!(serde_json::from_str::<Value>(&text).is_ok()),
            TooManyBody::Text => assert!(text.starts_with("Too many") && serde_json::from_str::<Value>(&text).is_err()),
            TooManyBody::Empty => assert_eq!(text, ""),
        }
    }
}

#[tokio::test]
async fn an_injected_429_has_no_effect_and_says_when_to_come_back() {
    let house = house().await;
    let trouble = Trouble::TooMany {
        retry_after: Some(RetryAfter::HttpDate(60)),
    };
    house
        .sim
        .faults()
        .add(Fault::on("POST /role_assignments", trouble).times(1));
    let header = format!("KISI-LOGIN {}", house.secret);
    let answer = house
        .raw(
            "POST",
            "/role_assignments",
            Some(house.new_form(None, None)),
            Some(&header),
        )
        .await
        .unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["retry-after"]),
        (429, &"Mon, 10 Mar 2025 11:01:00 GMT".parse().unwrap())
    );
    assert!(house.sim.assignments().is_empty());
    assert_eq!(
        house.grant(None, None).await.status,
        200,
        "only the next one call was struck"
    );
}

#[tokio::test]
async fn injected_server_errors_strike_without_effect_until_cleared() {
    let house = house().await;
    for status in [500, 502, 503] {
        house
            .sim
            .faults()
            .replace(vec![Fault::on("*", Trouble::Status { status })]);
        assert_eq!(house.grant(None, None).await.status, status);
        assert_eq!(house.grant(None, None).await.status, status);
    }
    house.sim.faults().clear();
    assert!(house.sim.assignments().is_empty());
    assert_eq!(house.grant(None, None).await.status, 200);
}

#[tokio::test]
async fn a_connection_is_reset_before_or_after_the_effect() {
    let house = house().await;
    let header = format!("KISI-LOGIN {}", house.secret);
    let post = || {
        house.try_call(
            "POST",
            "/role_assignments",
            Some(house.new_form(None, None)),
            Some(&header),
        )
    };
    house
        .sim
        .faults()
        .add(Fault::on("POST /role_assignments", Trouble::ResetBefore).times(1));
    assert!(post().await.is_err());
    assert!(house.sim.assignments().is_empty());
    house
        .sim
        .faults()
        .add(Fault::on("POST /role_assignments", Trouble::ResetAfter).times(1));
    assert!(post().await.is_err());
    assert_eq!(house.sim.assignments().len(), 1, "it took effect, nobody was told");
    assert_eq!(
        house.sim.calls().iter().map(|call| call.status).collect::<Vec<_>>(),
        [0, 0]
    );
    assert_eq!(post().await.unwrap().status, 200);
}

#[tokio::test]
async fn an_unlock_can_hang_after_the_door_opened() {
    let house = house().await;
    house
        .sim
        .faults()
        .add(Fault::on("POST /locks/*/unlock", Trouble::HangAfter { ms: 60_000 }));
    let unlocking = house.unlock(&house.secret, house.front, Value::Null);
    let unlocked = async {
        while !house.sim.is_unlocked(house.front) {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        got = unlocking => panic!("answered {got:?}"),
        () = unlocked => {}
    }
    assert_eq!(house.sim.unlocks().len(), 1);
}

#[tokio::test]
async fn json_breaks_off_and_html_comes_instead() {
    let house = house().await;
    let header = format!("KISI-LOGIN {}", house.secret);
    house
        .sim
        .faults()
        .add(Fault::on("GET /locks", Trouble::TruncatedJson).times(1));
    let cut = house.raw("GET", "/locks", None, Some(&header)).await.unwrap();
    assert_eq!(cut.status(), 200);
    assert!(serde_json::from_str::<Value>(&cut.text().await.unwrap()).is_err());
    house
        .sim
        .faults()
        .add(Fault::on("GET /locks", Trouble::HtmlPage { status: 502 }).times(1));
    let page = house.raw("GET", "/locks", None, Some(&header)).await.unwrap();
    assert_eq!(
        (page.status().as_u16(), &page.headers()["content-type"]),
        (502, &"text/html".parse().unwrap())
    );
    assert_eq!(house.get("/locks").await.status, 200);
}

#[tokio::test]
async fn latency_delays_an_answer() {
    let house = house().await;
    house
        .sim
        .faults()
        .add(Fault::on("GET /locks", Trouble::Latency { ms: 80 }));
    let started = Instant::now();
    assert_eq!(house.get("/locks").await.status, 200);
    assert!(started.elapsed() >= Duration::from_millis(80));
}

#[tokio::test]
async fn every_call_is_counted_once_with_its_status_and_whether_it_writes() {
    let house = house().await;
    house.get("/groups?limit=1").await;
    house.grant(None, None).await;
    house.get("/nothing").await;
    house.post("/event_sets", json!({})).await;
    let calls = house.sim.calls();
    let seen: Vec<(&str, &str, u16, bool)> = calls
        .iter()
        .map(|call| (call.method.as_str(), call.path.as_str(), call.status, call.writing))
        .collect();
    assert_eq!(
        seen,
        [
            ("GET", "/groups", 200, false),
            ("POST", "/role_assignments", 200, true),
            ("GET", "/nothing", 404, false),
            ("POST", "/event_sets", 200, false),
        ]
    );
    assert_eq!((calls[0].query.as_str(), calls[0].at_ms), ("limit=1", NOON));
    assert_eq!(calls[0].caller.as_deref(), Some("owner@harbor.example"));
    house.sim.clear_calls();
    assert!(house.sim.calls().is_empty());
}

#[tokio::test]
async fn faults_switches_and_clock_are_set_over_http_without_being_counted() {
    let house = house().await;
    let faults = json!([{ "route": "*", "trouble": { "kind": "status", "status": 503 }, "times": 1 }]);
    assert_eq!(house.call("PUT", "/_sim/faults", Some(faults), None).await.status, 200);
    assert_eq!(house.sim.faults().list().len(), 1);
    assert_eq!(
        house.call("GET", "/_sim/faults", None, None).await.body[0]["times"],
        1,
        "not struck itself"
    );
    let switches = json!({ "duplicate_assignments": "409", "sso": true });
    assert_eq!(
        house.call("PUT", "/_sim/switches", Some(switches), None).await.body["sso"],
        true
    );
    assert!(house.sim.switches().sso);
    assert_eq!(
        house
            .call("PUT", "/_sim/switches", Some(json!({ "sso": "perhaps" })), None)
            .await
            .status,
        422
    );
    assert_eq!(
        house
            .call("PUT", "/_sim/switches", Some(json!({ "oss": true })), None)
            .await
            .status,
        422
    );
    let moved = house
        .call(
            "PUT",
            "/_sim/clock",
            Some(json!({ "now": "2025-03-10T12:00:00Z" })),
            None,
        )
        .await;
    assert_eq!(moved.body["now"], "2025-03-10T12:00:00Z");
    house
        .call("PUT", "/_sim/clock", Some(json!({ "advance_s": 60 })), None)
        .await;
    assert_eq!(house.clock.now_ms(), NOON + 61 * 60_000);
    assert!(house.sim.calls().is_empty());
}

#[tokio::test]
async fn the_state_tells_everything_but_secrets() {
    let house = house().await;
    house.grant(None, None).await;
    let state = house.call("GET", "/_sim/state", None, None).await.body;
    assert_eq!(state["users"].as_array().unwrap().len(), 2);
    assert_eq!(state["assignments"][0]["email"], MIRA);
    assert_eq!(state["locks"][0]["open_now"], false);
    assert!(!state.to_string().contains(&house.secret));
}

#[tokio::test]
async fn the_console_page_shows_the_house_and_needs_nothing_from_elsewhere() {
    let house = house().await;
    house.grant(None, None).await;
    house.unlock(&house.secret, house.front, Value::Null).await;
    house.sim.add_user("x@example.org", "<script>alert(1)</script>", true);
    let page = house.raw("GET", "/", None, None).await.unwrap().text().await.unwrap();
    for piece in [
        "Front door",
        "Open now",
        "Members",
        "mira.lund@example.org",
        "lock.unlock",
        "Europe/Berlin",
    ] {
        assert!(page.contains(piece), "{piece}");
    }
    assert!(!page.contains("<script>alert"), "names are text");
    assert!(!page.contains("https://"), "no resource of another host");
}

#[tokio::test]
async fn the_consoles_forms_move_the_clock_set_faults_and_switches_and_change_doors_and_groups() {
    let house = house().await;
    let submit = async |form: &str, fields: &str| {
        let url = format!("{}/_sim/console/{form}", house.sim.url());
        let request = crate::kit::client()
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded");
        request.body(fields.to_owned()).send().await.unwrap().status().as_u16()
    };
    assert_eq!(submit("clock", "advance_s=60").await, 200, "the page again");
    assert_eq!(house.clock.now_ms(), NOON + 60_000);
    assert_eq!(submit("clock", "now=soon").await, 422);
    assert_eq!(submit("faults", "route=DELETE&trouble=reset_after&times=2").await, 200);
    assert_eq!(
        house.sim.faults().list(),
        [Fault::on("DELETE", Trouble::ResetAfter).times(2)]
    );
    assert_eq!(submit("faults", "clear=all").await, 200);
    assert!(house.sim.faults().list().is_empty());
    let switches = "duplicate_assignments=409&sso=true&owner_otp=482913&unlock_seconds=7&timestamps=%2B01%3A00";
    assert_eq!(submit("switches", switches).await, 200);
    assert_eq!(submit("switches", "owner_otp=").await, 200);
    let switches = house.sim.switches();
    assert_eq!(
        (switches.sso, switches.owner_otp, switches.unlock_seconds),
        (true, None, 7)
    );
    assert_eq!(submit("lock", &format!("id={}&what=online", house.front)).await, 200);
    assert!(
        house
            .sim
            .may_open("owner@harbor.example", house.front)
            .unwrap_err()
            .contains("fac001")
    );
    assert_eq!(submit("group", &format!("id={}&what=delete", house.members)).await, 200);
    assert!(house.sim.groups().is_empty());
    assert_eq!(submit("group", "id=1&what=delete").await, 422);
}

#[tokio::test]
async fn the_simulator_is_gone_with_its_last_handle() {
    let house = house().await;
    let url = house.sim.url();
    drop(house);
    let gone = async {
        while crate::kit::client().get(&url).send().await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.unwrap();
}
