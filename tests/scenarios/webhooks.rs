//! What the vendor tells by itself: events at doors once, and hints that make us look (P-30).

use access::change::Note;
use store::door_event::DoorEventKind;
use suite::House;

#[tokio::test]
async fn an_opening_that_the_vendor_tells_of_twice_and_that_is_read_back_too_is_kept_once() {
    let house = House::open_to_webhooks().await;
    house.sim().set_switches(|switches| switches.webhook_duplicates = true);
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.subscribe("Jonas", "Flex desk", "2026-03-01", None).await;
    house.minutes_pass(1).await;
    house.opens_with_own_phone("Mira", "Front door").await;
    house.minutes_pass(1).await;
    house.opens_with_own_phone("Jonas", "Front door").await;
    house.hears_of("Front door", 2).await;
    house.minutes_pass(5).await;
    house.compare_now().await;
    let events = house.door_events("Front door").await;
    assert_eq!(events.len(), 2, "{events:?}");
    assert!(events.iter().all(|event| event.kind == DoorEventKind::Opened));
    assert_eq!(events[1].person, Some(house.person("Mira").await));
    assert_eq!(house.sim().unlocks().len(), 2);
}

#[tokio::test]
async fn a_row_deleted_by_hand_is_put_back_as_soon_as_the_vendor_tells_of_it() {
    let house = House::open_to_webhooks().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.minutes_pass(2).await;
    assert!(house.sim().delete_assignment(house.rows("Mira")[0].id));
    house.comes_to_open("Mira", "Front door").await;
    assert_eq!(house.rows("Mira").len(), 1);
}

#[tokio::test]
async fn a_group_deleted_at_the_vendor_is_a_finding_as_soon_as_the_vendor_tells_of_it() {
    let house = House::open_to_webhooks().await;
    let members = house.groups(&["Members"]).await[0];
    assert!(house.sim().delete_group(house.group("Members")));
    house.comes_to_find(&Note::GroupGone { group: members }).await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    assert!(!house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn our_own_changes_told_back_by_the_vendor_make_no_reading() {
    let house = House::open_to_webhooks().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.book("Lagoon", "Mira", "10:00", "11:00").await;
    house.opens_with_own_phone("Mira", "Front door").await;
    house.hears_of("Front door", 1).await;
    let readings = house.calls().iter().filter(|call| call.path == "/groups").count();
    assert_eq!(readings, 0, "{:?}", house.calls());
    assert!(house.may_open("Mira", "Front door"));
}
