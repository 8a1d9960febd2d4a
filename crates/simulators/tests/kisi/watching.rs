//! Events, event sets and webhooks: contract §5.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use simulators::kisi::switches::{RateLimits, Signature};
use tokio::sync::mpsc;

use crate::kit::{HOUR, House, MIRA, NOON, anywhere, at, house};

const KEY: &str = "a key for signing";

/// A delivered webhook.
struct Delivery {
    body: Value,
    raw: Vec<u8>,
    signature: String,
}

/// A receiver of webhooks that answers with `status`.
struct Receiver {
    url: String,
    deliveries: mpsc::UnboundedReceiver<Delivery>,
    status: Arc<Mutex<StatusCode>>,
}

type Desk = (mpsc::UnboundedSender<Delivery>, Arc<Mutex<StatusCode>>);

async fn receive(State((sender, status)): State<Desk>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers["x-signature"].to_str().unwrap().to_owned();
    sender
        .send(Delivery {
            body: serde_json::from_slice(&body).unwrap(),
            raw: body.to_vec(),
            signature,
        })
        .unwrap();
    *status.lock().unwrap()
}

async fn receiver() -> Receiver {
    let (sender, deliveries) = mpsc::unbounded_channel();
    let status = Arc::new(Mutex::new(StatusCode::OK));
    let router = Router::new()
        .route("/hooks", post(receive))
        .with_state((sender, status.clone()));
    let listener = tokio::net::TcpListener::bind(anywhere()).await.unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    Receiver {
        url,
        deliveries,
        status,
    }
}

async fn subscribe(house: &House, receiver: &Receiver, events: &[&str]) -> i64 {
    let body = json!({ "integration": { "type": "event_webhook", "name": "Events", "enabled": true,
                       "url": receiver.url, "signature_key": KEY, "enabled_events": events } });
    let got = house.post("/integrations", body).await;
    assert_eq!(got.status, 200, "{got:?}");
    assert!(got.body.get("signature_key").is_none(), "the key is never shown");
    got.id()
}

fn signed(delivery: &Delivery) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
    mac.update(&delivery.raw);
    mac.finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[tokio::test]
async fn an_unlock_is_delivered_signed_with_exactly_the_fields_of_the_sample() {
    let house = house().await;
    let mut receiver = receiver().await;
    subscribe(&house, &receiver, &["lock.unlock"]).await;
    house.grant(None, None).await;
    let secret = house.secret_of(MIRA).await;
    house.unlock(&secret, house.front, Value::Null).await;
    let delivery = receiver.deliveries.recv().await.unwrap();
    assert_eq!(delivery.signature, format!("sha256={}", signed(&delivery)));
    let body = delivery.body.as_object().unwrap();
    assert_eq!(body.len(), 14);
    assert_eq!((&body["type"], &body["success"]), (&json!("lock.unlock"), &json!(true)));
    assert_eq!(
        (&body["actor_id"], &body["object_id"]),
        (&json!(house.mira), &json!(house.front))
    );
    assert_eq!(
        (&body["place_id"], &body["created_at"]),
        (&json!(house.place), &json!("2025-03-10T11:00:00Z"))
    );
}

#[tokio::test]
async fn a_refused_unlock_is_an_event_with_its_code() {
    let house = house().await;
    let mut receiver = receiver().await;
    subscribe(&house, &receiver, &[]).await;
    let secret = house.secret_of(MIRA).await;
    house.unlock(&secret, house.front, Value::Null).await;
    let first = receiver.deliveries.recv().await.unwrap().body;
    assert_eq!(first["type"], "login.create", "no list of events means all of them");
    let refused = receiver.deliveries.recv().await.unwrap().body;
    assert_eq!(
        (&refused["success"], &refused["error_code"]),
        (&json!(false), &json!("fcd8ef"))
    );
    let event = house.sim.events().pop().unwrap();
    assert_eq!(
        (event.success, event.error_code, event.actor_email.as_deref()),
        (false, Some("fcd8ef"), Some(MIRA))
    );
}

#[tokio::test]
async fn the_signature_can_come_without_its_prefix_and_webhooks_twice() {
    let house = house().await;
    let mut receiver = receiver().await;
    house.sim.set_switches(|switches| {
        switches.signature = Signature::Bare;
        switches.webhook_duplicates = true;
    });
    subscribe(&house, &receiver, &["role_assignment.create"]).await;
    house.grant(None, None).await;
    let first = receiver.deliveries.recv().await.unwrap();
    assert_eq!(first.signature, signed(&first));
    assert_eq!(
        receiver.deliveries.recv().await.unwrap().body["uuid"],
        first.body["uuid"]
    );
}

#[tokio::test]
async fn webhooks_can_arrive_in_swapped_pairs() {
    let house = house().await;
    let mut receiver = receiver().await;
    house.sim.set_switches(|switches| switches.webhook_reordered = true);
    subscribe(
        &house,
        &receiver,
        &["role_assignment.create", "role_assignment.destroy"],
    )
    .await;
    let id = house.grant(None, None).await.id();
    house.sim.delete_assignment(id);
    assert_eq!(
        receiver.deliveries.recv().await.unwrap().body["type"],
        "role_assignment.destroy"
    );
    assert_eq!(
        receiver.deliveries.recv().await.unwrap().body["type"],
        "role_assignment.create"
    );
}

#[tokio::test]
async fn a_failed_webhook_is_repeated_and_enough_failures_disable_the_integration() {
    let house = house().await;
    let mut receiver = receiver().await;
    *receiver.status.lock().unwrap() = StatusCode::INTERNAL_SERVER_ERROR;
    house.sim.set_switches(|switches| {
        switches.webhook_retries = 1;
        switches.webhook_retry_ms = 1;
        switches.webhook_disable_after = 1;
    });
    let id = subscribe(&house, &receiver, &["role_assignment.create"]).await;
    // A second integration hears of the first one's end, so the test waits for an event and not for time.
    let mut other = self::receiver().await;
    subscribe(&house, &other, &[]).await;
    house.grant(None, None).await;
    let first = receiver.deliveries.recv().await.unwrap();
    assert_eq!(
        receiver.deliveries.recv().await.unwrap().body["uuid"],
        first.body["uuid"],
        "repeated"
    );
    while other.deliveries.recv().await.unwrap().body["type"] != "integration.disable_due_to_error" {}
    let path = format!("/integrations/{id}");
    let row = house.get(&path).await.body;
    assert_eq!(
        (&row["enabled"], &row["disabled_due_to_error"]),
        (&json!(false), &json!(true))
    );
    *receiver.status.lock().unwrap() = StatusCode::OK;
    assert_eq!(
        house
            .patch(&path, json!({ "integration": { "enabled": true } }))
            .await
            .status,
        204
    );
    house.grant(None, None).await;
    assert!(receiver.deliveries.recv().await.is_some());
    assert_eq!(house.delete(&path).await.status, 204);
    assert_eq!(house.get(&path).await.status, 404);
}

#[tokio::test]
async fn an_integration_needs_a_known_type_a_url_and_known_events() {
    let house = house().await;
    let with = |key: &str, value: Value| {
        let mut body =
            json!({ "integration": { "type": "event_webhook", "name": "E", "url": "http://127.0.0.1:9/x" } });
        body["integration"][key] = value;
        body
    };
    for (key, value) in [
        ("type", json!("slack")),
        ("url", json!("nowhere")),
        ("enabled_events", json!(["lock.sing"])),
    ] {
        assert_eq!(house.post("/integrations", with(key, value)).await.status, 422, "{key}");
    }
    let types = house.get("/events/types").await.body;
    assert!(types.as_array().unwrap().contains(&json!("lock.unlock")));
}

#[tokio::test]
async fn an_event_set_is_in_progress_then_pages_by_cursor_until_null() {
    let house = house().await;
    house.sim.set_switches(|switches| switches.event_set_polls = 1);
    house.grant(None, None).await;
    let secret = house.secret_of(MIRA).await;
    for _ in 0..5 {
        house.unlock(&secret, house.front, Value::Null).await;
    }
    let body = json!({ "event_set": { "interval": format!("{}/PT2H", at(NOON - HOUR)), "event_type": "lock.unlock",
                       "event_place_id": house.place, "event_success": null } });
    let set = house.post("/event_sets", body).await;
    assert_eq!((set.status, &set.body["status"]), (200, &json!("in_progress")));
    let path = format!("/event_sets/{}", set.id());
    assert_eq!(house.get(&path).await.body["status"], "in_progress");
    let (mut uuids, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = house.get(&format!("{path}?limit=2{cursor}")).await.body;
        assert_eq!(page["status"], "finished");
        uuids.extend(
            page["events"]
                .as_array()
                .unwrap()
                .iter()
                .map(|event| event["uuid"].as_str().unwrap().to_owned()),
        );
        match page["cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(uuids.len(), 5);
    uuids.sort();
    uuids.dedup();
    assert_eq!(uuids.len(), 5, "no event twice");
    let event = &house.get(&path).await.body["events"][0];
    assert_eq!(
        (&event["actor_email"], &event["authenticated_by_type"]),
        (&json!(MIRA), &json!("Login"))
    );
}

#[tokio::test]
async fn an_event_set_filters_and_refuses_more_than_ninety_days() {
    let house = house().await;
    let secret = house.secret_of(MIRA).await;
    house.unlock(&secret, house.front, Value::Null).await;
    let ask = |set: Value| {
        house.post(
            "/event_sets",
            Value::Object([("event_set".to_owned(), set)].into_iter().collect()),
        )
    };
    let set = ask(json!({ "event_success": false })).await;
    let events = house.get(&format!("/event_sets/{}", set.id())).await.body["events"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(events, 1);
    assert_eq!(
        ask(json!({ "interval": format!("{}/P91D", at(NOON)) })).await.status,
        422
    );
    assert_eq!(ask(json!({ "interval": "lately" })).await.status, 400);
    assert_eq!(ask(json!({ "place_id": 1, "event_place_id": 1 })).await.status, 400);
}

#[tokio::test]
async fn event_sets_are_limited_to_one_a_second() {
    let house = house().await;
    house
        .sim
        .set_switches(|switches| switches.rate_limits = RateLimits::SimTime);
    assert_eq!(house.post("/event_sets", json!({})).await.status, 200);
    assert_eq!(house.post("/event_sets", json!({})).await.status, 429);
    house.clock.advance_ms(1_000);
    assert_eq!(house.post("/event_sets", json!({})).await.status, 200);
}
