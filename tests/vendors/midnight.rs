//! Many people starting in one instant cost one reading of who is there, not one each (S-3).

use suite::House;
use suite::house::twin::Vendor;

const PEOPLE: usize = 60;

/// Calls between the regular reading and midnight, for people whom the vendor knows.
async fn calls_at_midnight(vendor: Vendor) -> usize {
    let house = House::open_at(vendor).await;
    let name = |number: usize| format!("Person {number}");
    house.plan("Parking", &["Garage"]).await;
    house.subscribe_many(PEOPLE, name, "Parking", "2026-03-10").await;
    house.settle().await;
    house.subscribe_many(PEOPLE, name, "Flex desk", "2026-03-11").await;
    // Whom the vendor knows comes in a minute early where we do it at the edges.
    let early = house.at("2026-03-11 00:00").plus_s(-60);
    // The regular reading of the last half-hour is none of it.
    house.clock_at(early.plus_minutes(-20)).await;
    house.twin.clear_calls();
    house.clock_at(early).await;
    for number in 0..PEOPLE {
        let email = house.email(&name(number));
        assert!(house.twin.holds(&email, "Members"), "{email}");
    }
    house.twin.calls()
}

#[tokio::test]
async fn many_who_start_at_salto_cost_one_call_each_and_one_reading() {
    // The people of the site, and the members of the group.
    assert_eq!(calls_at_midnight(Vendor::Salto).await, PEOPLE + 2);
}

#[tokio::test]
async fn many_who_start_in_tapkey_s_user_groups_cost_one_call_each_and_one_reading() {
    let calls = calls_at_midnight(Vendor::TapkeyGroups).await;
    assert!((PEOPLE..=PEOPLE + 2).contains(&calls), "{calls}");
}

#[tokio::test]
async fn where_dates_are_written_ahead_midnight_needs_no_call() {
    for vendor in [Vendor::Kisi, Vendor::Tapkey] {
        assert_eq!(calls_at_midnight(vendor).await, 0, "{vendor:?}");
    }
}
