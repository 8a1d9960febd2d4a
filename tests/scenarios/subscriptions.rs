//! Subscriptions open doors by the calendar of their location (P-20).

use suite::House;

#[tokio::test]
async fn a_new_subscriber_is_in_from_midnight_in_berlin_and_not_a_minute_before() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-11", None).await;
    house.clock_to("2026-03-10 23:59").await;
    assert!(!house.may_open("Mira", "Front door"));
    house.clock_to("2026-03-11 00:00").await;
    assert!(house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn a_new_subscriber_is_in_from_midnight_in_new_york_and_not_a_minute_before() {
    let house = House::open_in("America/New_York").await;
    house.subscribe("Mira", "Flex desk", "2026-03-11", None).await;
    house.clock_to("2026-03-10 23:59").await;
    assert!(!house.may_open("Mira", "Front door"));
    house.clock_to("2026-03-11 00:00").await;
    assert!(house.may_open("Mira", "Front door"));
}
