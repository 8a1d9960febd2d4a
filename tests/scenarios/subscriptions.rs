//! Subscriptions open doors by the calendar of their location (P-20), by what their items open (P-5).

use access::facts::ResourceKind;
use suite::House;
use suite::house::items::line;

#[tokio::test]
async fn a_new_subscriber_is_in_from_midnight_in_berlin_and_not_a_minute_before() {
    new_subscriber_in("Europe/Berlin").await;
}

#[tokio::test]
async fn a_new_subscriber_is_in_from_midnight_in_new_york_and_not_a_minute_before() {
    new_subscriber_in("America/New_York").await;
}

async fn new_subscriber_in(zone: &'static str) {
    let house = House::open_in(zone).await;
    house.subscribe("Mira", "Flex desk", "2026-03-11", None).await;
    house.clock_to("2026-03-10 23:59").await;
    assert!(!house.may_open("Mira", "Front door"));
    house.clock_to("2026-03-11 00:00").await;
    assert!(house.may_open("Mira", "Front door"));
    assert!(!house.may_open("Mira", "Garage"), "the plan opens nothing else");
}

#[tokio::test]
async fn somebody_who_subscribes_today_is_in_at_once() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-10", None).await;
    assert!(house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn a_subscription_opens_through_its_last_day_and_not_the_day_after() {
    let house = House::open().await;
    house
        .subscribe("Mira", "Flex desk", "2026-03-10", Some("2026-03-12"))
        .await;
    house.clock_to("2026-03-12 23:59").await;
    assert!(house.may_open("Mira", "Front door"));
    house.clock_to("2026-03-13 00:00").await;
    assert!(!house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn the_last_day_ends_at_the_locations_midnight_when_the_clocks_change_on_it() {
    let house = House::open().await;
    house
        .subscribe("Mira", "Flex desk", "2026-03-10", Some("2026-03-29"))
        .await;
    // Steps below half a lease, as a running server makes them.
    house.clock_to("2026-03-16 09:00").await;
    house.clock_to("2026-03-22 09:00").await;
    house.clock_to("2026-03-28 09:00").await;
    house.clock_to("2026-03-29 23:59").await;
    assert!(house.may_open("Mira", "Front door"));
    house.clock_to("2026-03-30 00:00").await;
    assert!(!house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn a_subscription_that_starts_later_opens_nothing_until_then() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-06-01", None).await;
    assert!(!house.may_open("Mira", "Front door"));
    house.clock_to("2026-05-31 23:59").await;
    assert!(!house.may_open("Mira", "Front door"));
    house.clock_to("2026-06-01 00:00").await;
    assert!(house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn a_subscription_cancelled_at_once_closes_the_door_at_once() {
    let house = House::open().await;
    let subscription = house.subscribe("Mira", "Flex desk", "2026-03-10", None).await;
    house.clock_to("14:00").await;
    assert!(house.may_open("Mira", "Front door"));
    house.cancel_subscription(subscription).await;
    assert!(!house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn a_subscription_prolonged_on_its_last_day_goes_on() {
    let house = House::open().await;
    let subscription = house
        .subscribe("Mira", "Flex desk", "2026-03-10", Some("2026-03-10"))
        .await;
    house.clock_to("23:50").await;
    house.change_dates(subscription, "2026-03-10", Some("2026-03-11")).await;
    house.clock_to("2026-03-11 23:59").await;
    assert!(house.may_open("Mira", "Front door"));
    house.clock_to("2026-03-12 00:00").await;
    assert!(!house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn when_a_plan_opens_another_group_every_subscriber_follows_at_once() {
    let house = House::open().await;
    for name in ["Mira", "Jonas", "Aylin"] {
        house.subscribe(name, "Flex desk", "2026-03-10", None).await;
    }
    house.plan("Flex desk", &["Garage"]).await;
    for name in ["Mira", "Jonas", "Aylin"] {
        assert!(house.may_open(name, "Garage"), "{name} is in the new group");
        assert!(!house.may_open(name, "Front door"), "{name} has left the old one");
    }
}

#[tokio::test]
async fn an_item_with_access_of_its_own_opens_that_and_inherits_again_when_told_to() {
    let house = House::open().await;
    let mira = access::facts::Subscriber::Person(house.person("Mira").await);
    let own = line("Flex desk").opening(&["Workshop"]);
    let subscription = house.subscribe_as(mira, own, "2026-03-10", None).await;
    assert!(house.may_open("Mira", "Workshop") && !house.may_open("Mira", "Front door"));
    house.change_line(subscription, line("Flex desk")).await;
    assert!(house.may_open("Mira", "Front door") && !house.may_open("Mira", "Workshop"));
}

#[tokio::test]
async fn a_rented_parking_place_opens_the_garage() {
    let house = House::open().await;
    house.subscribe("Mira", "Parking A", "2026-03-10", None).await;
    assert!(house.may_open("Mira", "Garage"));
    house.resource("Parking A", ResourceKind::Parking, &["Workshop"]).await;
    assert!(house.may_open("Mira", "Workshop"), "the rental follows its resource");
    assert!(!house.may_open("Mira", "Garage"));
}
