//! Booking over the API: one booking and one clear refusal.

use serde_json::json;

use crate::api::Program;
use crate::house::House;

#[tokio::test]
async fn two_racing_for_one_window_get_one_booking_and_one_clear_refusal() {
    let (house, network) = House::furnished().await;
    let wish = json!({ "resource": network.resource, "booker": network.person, "from": "2026-03-03T12:00", "until": "2026-03-03T13:00" });
    let (one, two) = (
        Program::new(&house, &network.token),
        Program::new(&house, &network.token),
    );
    let (a, b) = tokio::join!(one.post("/api/v1/bookings", &wish), two.post("/api/v1/bookings", &wish));
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    let refused = if a.status == 409 { a } else { b };
    assert_eq!(refused.json["errors"][0]["field"], "from");
    assert!(
        refused.json["detail"]
            .as_str()
            .unwrap()
            .to_lowercase()
            .contains("taken")
    );
}

#[tokio::test]
async fn a_booking_is_read_in_the_clock_of_the_place() {
    let (house, network) = House::furnished().await;
    let program = Program::new(&house, &network.token);
    let wish = json!({ "resource": network.resource, "booker": network.person, "from": "2026-03-03T12:00", "until": "2026-03-03T13:00" });
    let made = program.post("/api/v1/bookings", &wish).await;
    assert_eq!(
        (made.json["from"].as_str(), made.json["until"].as_str()),
        (Some("2026-03-03T11:00:00Z"), Some("2026-03-03T12:00:00Z"))
    );
}

#[tokio::test]
async fn the_same_key_books_once() {
    let (house, network) = House::furnished().await;
    let program = Program::new(&house, &network.token);
    let wish = json!({ "resource": network.resource, "booker": network.person, "from": "2026-03-03T12:00", "until": "2026-03-03T13:00" });
    let first = program.post_with_key("/api/v1/bookings", &wish, "once").await;
    let again = program.post_with_key("/api/v1/bookings", &wish, "once").await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.json, again.json);
    let other = json!({ "resource": network.resource, "booker": network.person, "from": "2026-03-04T12:00", "until": "2026-03-04T13:00" });
    assert_eq!(
        program.post_with_key("/api/v1/bookings", &other, "once").await.status,
        409
    );
}

#[tokio::test]
async fn somebody_new_is_invited_by_their_address_alone() {
    let (house, network) = House::furnished().await;
    let program = Program::new(&house, &network.token);
    let at = format!("/api/v1/bookings/{}/invitees", network.booking);
    let made = program
        .post(&at, &json!({ "email": "Gus@guest.example", "name": "Gus Guest" }))
        .await;
    assert_eq!(made.json["invitees"].as_array().unwrap().len(), 2);
    let listed = program.get("/api/v1/people?q=gus%40guest").await;
    assert_eq!(listed.json["items"][0]["state"], "invited");
    let id = listed.json["items"][0]["id"].as_str().unwrap().to_owned();
    let person = program.get(&format!("/api/v1/people/{id}")).await;
    assert_eq!(person.json["memberships"][0]["kind"], "nonmember");
}
