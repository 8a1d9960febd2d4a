//! Phones at Tapkey, whose locks are never online: a key on a phone carries the window it was made with, and what is taken back reaches the lock only
//! through phones.

use access::Instant;
use connectors::vendors;
use simulators::tapkey::TapkeySim;
use store::door_event::DoorEventKind;
use suite::House;
use suite::house::twin::{Twin, Vendor};

const FRONT: &str = "Front door";
const ROOM: &str = "Room Lagoon";

/// Whether a phone has a connection while it is held to a lock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phone {
    Online,
    Offline,
}

fn sim(house: &House) -> &TapkeySim {
    match &house.twin {
        Twin::Tapkey { sim, .. } => sim,
        Twin::Kisi { .. } | Twin::Salto { .. } => panic!("these scenes play at Tapkey"),
    }
}

/// Somebody's record there.
fn contact(house: &House, name: &str) -> String {
    let email = house.email(name);
    let found = sim(house).contacts().into_iter().find(|contact| contact.email == email);
    found.unwrap_or_else(|| panic!("{name} is not known there")).id
}

/// Somebody's phone loses the net, with the keys it has.
fn loses_the_net(house: &House, name: &str) {
    sim(house).set_phone_reachable(&contact(house, name), false);
}

/// Would the lock let this phone in now? Nothing happens.
fn opens(house: &House, name: &str, door: &str, phone: Phone) -> bool {
    let lock = house.twin.lock(door);
    sim(house)
        .opens(&house.email(name), &lock, phone == Phone::Online)
        .is_ok()
}

/// Somebody holds their phone to a lock.
fn holds_up_a_phone(house: &House, name: &str, door: &str, phone: Phone) -> bool {
    let lock = house.twin.lock(door);
    let held = sim(house).trigger(&contact(house, name), &lock, phone == Phone::Online);
    held.is_ok()
}

/// The longest that a key kept by a phone goes on opening, as the operator is told.
fn cached_key_s() -> i64 {
    i64::from(vendors::of("tapkey").expect("Tapkey has a row").cached_key_s)
}

#[tokio::test]
async fn a_booking_begins_and_ends_to_the_second_on_a_phone_that_has_no_net() {
    let house = House::open_at(Vendor::Tapkey).await;
    house.book("Lagoon", "Ada", "12:00", "13:00").await;
    loses_the_net(&house, "Ada");
    for (at, expected) in [("11:30", true), ("13:30", false)] {
        let at = house.at(at);
        for (at, expected) in [(at.plus_s(-1), !expected), (at, expected)] {
            house.clock_at(at).await;
            for phone in [Phone::Online, Phone::Offline] {
                assert_eq!(opens(&house, "Ada", ROOM, phone), expected, "{phone:?}, {at}");
            }
        }
    }
    assert_eq!(
        sim(&house).locks()[0].rcl_serial,
        0,
        "no place on the lock's list was needed for it"
    );
}

/// Ada and Grace are members; Ada's phone loses the net with the keys it has just got. Answers when that was.
async fn ada_without_a_net(vendor: Vendor) -> (House, Instant) {
    let house = House::open_at(vendor).await;
    for name in ["Ada", "Grace"] {
        house.subscribe(name, "Flex desk", "2026-03-01", None).await;
    }
    let issued = house.now();
    loses_the_net(&house, "Ada");
    (house, issued)
}

/// A phone with a connection is out at once; one without goes on as long as the vendor's row says, and not a second longer.
async fn goes_on_for_as_long_as_its_key(vendor: Vendor) {
    let (house, issued) = ada_without_a_net(vendor).await;
    house.clock_to("10:00").await;
    house.suspend("Ada").await;
    assert!(!opens(&house, "Ada", FRONT, Phone::Online));
    assert!(opens(&house, "Ada", FRONT, Phone::Offline));
    house.clock_at(issued.plus_s(cached_key_s() - 1)).await;
    assert!(opens(&house, "Ada", FRONT, Phone::Offline), "its key is still good");
    house.clock_at(issued.plus_s(cached_key_s())).await;
    assert!(!opens(&house, "Ada", FRONT, Phone::Offline));
}

#[tokio::test]
async fn a_phone_without_a_net_opens_after_a_suspension_until_its_key_ends_by_grants() {
    goes_on_for_as_long_as_its_key(Vendor::Tapkey).await;
}

#[tokio::test]
async fn a_phone_without_a_net_opens_after_a_suspension_until_its_key_ends_by_groups() {
    goes_on_for_as_long_as_its_key(Vendor::TapkeyGroups).await;
}

/// The lock learns of a suspension from the first phone with a connection, whosever it is.
async fn is_told_by_somebody_elses_phone(vendor: Vendor) {
    let (house, _) = ada_without_a_net(vendor).await;
    house.clock_to("10:00").await;
    house.suspend("Ada").await;
    house.clock_to("10:05").await;
    assert!(holds_up_a_phone(&house, "Grace", FRONT, Phone::Offline));
    assert!(
        opens(&house, "Ada", FRONT, Phone::Offline),
        "a phone without a net tells nothing"
    );
    assert!(
        !holds_up_a_phone(&house, "Ada", FRONT, Phone::Online),
        "her own is refused"
    );
    assert!(opens(&house, "Grace", FRONT, Phone::Online));
    assert!(holds_up_a_phone(&house, "Grace", FRONT, Phone::Online));
    assert!(!opens(&house, "Ada", FRONT, Phone::Offline));
    house.reinstate("Ada").await;
    assert!(opens(&house, "Ada", FRONT, Phone::Online));
    assert!(
        holds_up_a_phone(&house, "Ada", FRONT, Phone::Online),
        "which fetches a new key"
    );
    assert!(opens(&house, "Ada", FRONT, Phone::Offline));
}

#[tokio::test]
async fn a_suspension_reaches_the_lock_with_somebody_elses_phone_by_grants() {
    is_told_by_somebody_elses_phone(Vendor::Tapkey).await;
}

#[tokio::test]
async fn a_suspension_reaches_the_lock_with_somebody_elses_phone_by_groups() {
    is_told_by_somebody_elses_phone(Vendor::TapkeyGroups).await;
}

/// Why grants with dates are the way to prefer: a group knows none, so its keys outlive the booking.
#[tokio::test]
async fn where_groups_know_no_dates_a_phone_without_a_net_outstays_its_booking_until_the_lock_is_told() {
    let house = House::open_at(Vendor::TapkeyGroups).await;
    house.subscribe("Grace", "Flex desk", "2026-03-01", None).await;
    house.book("Lagoon", "Ada", "12:00", "13:00").await;
    house.clock_to("11:30").await;
    loses_the_net(&house, "Ada");
    house.clock_to("13:30").await;
    assert!(!opens(&house, "Ada", FRONT, Phone::Online));
    assert!(opens(&house, "Ada", FRONT, Phone::Offline));
    assert!(holds_up_a_phone(&house, "Grace", FRONT, Phone::Online));
    assert!(!opens(&house, "Ada", FRONT, Phone::Offline));
}

#[tokio::test]
async fn an_opening_by_phone_is_one_event_that_names_who_and_where() {
    for vendor in [Vendor::Tapkey, Vendor::TapkeyGroups] {
        let house = House::open_at(vendor).await;
        house.subscribe("Ada", "Flex desk", "2026-03-01", None).await;
        house.clock_to("09:10").await;
        assert!(holds_up_a_phone(&house, "Ada", FRONT, Phone::Online));
        let opened = house.now();
        house.clock_to("09:12").await;
        for reading in ["first", "again", "once more"] {
            house.compare_now().await;
            let events = house.door_events(FRONT).await;
            assert_eq!(events.len(), 1, "{reading}: {events:?}");
            let ada = Some(house.person("Ada").await);
            assert_eq!(
                (events[0].kind, events[0].person, events[0].at),
                (DoorEventKind::Opened, ada, opened)
            );
            assert_eq!(house.door_events("Garage").await, []);
            house.minutes_pass(50).await;
        }
    }
}

/// Entries wait in the lock until a phone with a connection stands there; then they are told by the lock's own clock.
#[tokio::test]
async fn an_opening_without_a_net_is_told_days_later_at_the_time_it_was() {
    let (house, _) = ada_without_a_net(Vendor::Tapkey).await;
    house.clock_to("10:00").await;
    assert!(holds_up_a_phone(&house, "Ada", FRONT, Phone::Offline));
    let opened = house.now();
    house.clock_to("2026-03-13 10:00").await;
    house.compare_now().await;
    assert_eq!(house.door_events(FRONT).await, [], "nobody has brought it yet");
    assert!(holds_up_a_phone(&house, "Grace", FRONT, Phone::Online));
    house.minutes_pass(1).await;
    house.compare_now().await;
    let (ada, grace) = (house.person("Ada").await, house.person("Grace").await);
    let events = house.door_events(FRONT).await;
    let who: Vec<_> = events.iter().map(|event| (event.person, event.at)).collect();
    let came = house.now().plus_minutes(-1);
    assert_eq!(who, [(Some(grace), came), (Some(ada), opened)]);
}
