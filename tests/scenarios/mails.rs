//! Who is written to about a booking: the right people, once, with a calendar entry that follows it (P-6, P-12).

use access::Window;
use access::facts::BookingState;
use access::id::BookingId;
use serde_json::{Value, json};
use simulators::mail::Mail;
use store::booking;
use suite::House;

/// Everybody's mails since last asked, as "Ada: Booked: …", in no order of people.
fn posted(house: &House) -> Vec<String> {
    let said = |mail: &Mail| format!("{}: {}", mail.to.join(", "), mail.subject);
    let mut posted: Vec<String> = house.mail.messages().iter().map(said).collect();
    posted.sort();
    house.mail.clear();
    posted
}

/// A line of the calendar entry in somebody's newest mail.
fn entry(house: &House, name: &str, property: &str) -> String {
    let mails = house.mail.messages_to(&house.email(name));
    let entry = mails
        .last()
        .and_then(|mail| mail.calendar.clone())
        .expect("a calendar entry");
    let whole = entry.replace("\r\n ", "");
    let line = whole
        .lines()
        .find_map(|line| line.strip_prefix(property))
        .map(str::to_owned);
    line.unwrap_or_else(|| panic!("no {property} in {whole}"))
}

#[tokio::test]
async fn a_booking_its_move_and_its_end_are_each_told_once_to_everybody() {
    let house = House::open_to_webhooks().await;
    let booking = house.book("Lagoon", "Mira", "12:00", "16:00").inviting("Jonas").await;
    let invitation = &house.mail.messages_to(&house.email("Jonas"))[0].text;
    for part in [
        "Mira invites you to Lagoon.",
        "When:  Tuesday 10 March 2026, 12:00–16:00 (Berlin time)",
        "Where: Pier 3, 3 Pier Road",
        "Doors open for you from 11:30 until 16:30, on the Access page:\nhttp://127.0.0.1:",
        "Sign in there with the address this mail came to",
        "Harbor Works",
    ] {
        assert!(invitation.contains(part), "{part} in {invitation}");
    }
    let uid = entry(&house, "Jonas", "UID:");
    assert_eq!(entry(&house, "Jonas", "METHOD:"), "REQUEST");
    assert_eq!(entry(&house, "Jonas", "DTSTART:"), "20260310T110000Z");
    assert_eq!(entry(&house, "Mira", "METHOD:"), "PUBLISH");
    let first: i64 = entry(&house, "Jonas", "SEQUENCE:").parse().expect("a number");
    assert_eq!(
        posted(&house),
        [
            "jonas@members.example: Mira invites you: Lagoon, Tue 10 March 12:00",
            "mira@members.example: Booked: Lagoon, Tue 10 March 12:00",
        ]
    );

    house.minutes_pass(5).await;
    house.rebook(booking, "13:00", "15:00").await;
    let moved = &house.mail.messages_to(&house.email("Jonas"))[0].text;
    assert!(
        moved.contains("It was: Lagoon, Tuesday 10 March 2026, 12:00–16:00"),
        "{moved}"
    );
    assert_eq!(entry(&house, "Jonas", "UID:"), uid, "the same entry");
    assert_eq!(entry(&house, "Jonas", "DTSTART:"), "20260310T120000Z");
    assert!(entry(&house, "Jonas", "SEQUENCE:").parse::<i64>().expect("a number") > first);
    assert_eq!(
        posted(&house),
        [
            "jonas@members.example: Moved: Lagoon, Tue 10 March 13:00",
            "mira@members.example: Moved: Lagoon, Tue 10 March 13:00",
        ]
    );
    house.rebook(booking, "13:00", "15:00").await;
    assert!(posted(&house).is_empty(), "to the same time is no move");

    house.minutes_pass(5).await;
    house.cancel_booking(booking).await;
    assert_eq!(entry(&house, "Jonas", "METHOD:"), "CANCEL");
    assert_eq!(
        posted(&house),
        [
            "jonas@members.example: Cancelled: Lagoon, Tue 10 March 13:00",
            "mira@members.example: Cancelled: Lagoon, Tue 10 March 13:00",
        ]
    );
    house.cancel_booking(booking).await;
    assert!(posted(&house).is_empty(), "it was cancelled already");
}

#[tokio::test]
async fn who_is_invited_later_or_no_longer_is_told_and_nobody_else() {
    let house = House::open().await;
    let booking = house.book("Lagoon", "Mira", "12:00", "16:00").await;
    posted(&house);
    house.invite(booking, "Jonas").await;
    assert_eq!(
        posted(&house),
        ["jonas@members.example: Mira invites you: Lagoon, Tue 10 March 12:00"]
    );
    house.uninvite(booking, "Jonas").await;
    assert_eq!(
        posted(&house),
        ["jonas@members.example: No longer invited: Lagoon, Tue 10 March 12:00"]
    );
}

#[tokio::test]
async fn what_is_over_and_who_is_suspended_is_not_written_about() {
    let house = House::open().await;
    let booking = house.book("Lagoon", "Mira", "10:00", "11:00").inviting("Jonas").await;
    posted(&house);
    house.suspend("Jonas").await;
    house.rebook(booking, "10:00", "12:00").await;
    assert_eq!(
        posted(&house),
        ["mira@members.example: Moved: Lagoon, Tue 10 March 10:00"]
    );
    house.clock_to("12:00").await;
    house.cancel_booking(booking).await;
    assert!(posted(&house).is_empty());
}

#[tokio::test]
async fn a_refused_booking_writes_to_nobody() {
    let house = House::open().await;
    house.book("Lagoon", "Mira", "12:00", "16:00").await;
    posted(&house);
    let resource = house.resource_named("Lagoon").await.expect("it is known").id;
    let wish = json!({
        "resource": resource, "booker_email": "late@members.example",
        "from": house.at("13:00"), "until": house.at("14:00"),
    });
    let (status, _) = house.ask("POST", "/api/v1/bookings", &wish).await;
    house.settle().await;
    assert_eq!(status, 409);
    assert!(posted(&house).is_empty());
}

/// What the portal stores when a member asks for a room that needs approval.
async fn wished(house: &House, from: &str, until: &str) -> BookingId {
    let details = booking::Details {
        resource: house.resource_named("Lagoon").await.expect("it is known").id,
        booker: house.person("Mira").await,
        invitees: vec![house.nonmember("Jonas").await],
        window: Window::new(house.at(from), house.at(until)).expect("it has a length"),
        state: BookingState::Requested,
        title: String::new(),
    };
    let mut tx = house.tx().await;
    let id = booking::create(&mut tx, &house.act(), &details)
        .await
        .expect("it is kept");
    house.done(tx).await;
    id
}

#[tokio::test]
async fn a_wish_is_told_to_its_guests_when_it_is_granted_and_to_its_booker_when_it_is_not() {
    let house = House::open().await;
    let (granted, declined) = (
        wished(&house, "12:00", "13:00").await,
        wished(&house, "14:00", "15:00").await,
    );
    house
        .api("POST", &format!("/api/v1/bookings/{granted}/approve"), Value::Null)
        .await;
    assert_eq!(
        posted(&house),
        [
            "jonas@members.example: Mira invites you: Lagoon, Tue 10 March 12:00",
            "mira@members.example: Booked: Lagoon, Tue 10 March 12:00",
        ]
    );
    house.cancel_booking(declined).await;
    assert_eq!(
        posted(&house),
        ["mira@members.example: Not approved: Lagoon, Tue 10 March 14:00"]
    );
}

#[tokio::test]
async fn what_nothing_could_send_for_three_days_is_not_sent_late() {
    let mut house = House::open().await;
    house.stop().await;
    house
        .book("Lagoon", "Mira", "2026-03-30 12:00", "2026-03-30 13:00")
        .await;
    house.clock_to("2026-03-13 08:59").await;
    house.start().await;
    house.settle().await;
    assert_eq!(
        posted(&house),
        ["mira@members.example: Booked: Lagoon, Mon 30 March 12:00"]
    );
    house.stop().await;
    house
        .book("Lagoon", "Jonas", "2026-03-30 14:00", "2026-03-30 15:00")
        .await;
    house.clock_to("2026-03-16 08:59").await;
    house.start().await;
    house.settle().await;
    assert!(posted(&house).is_empty(), "nobody is surprised by it");
}
