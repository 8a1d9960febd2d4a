//! Open-ended access over weeks: a lease that is renewed in time, also when nobody looked for a while (P-46).

use suite::House;

#[tokio::test]
async fn a_lease_of_two_weeks_is_renewed_at_half_life_with_one_call() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    let first = house.rows("Mira")[0].valid_until_ms;
    house.clock_to("2026-03-17 08:00").await;
    assert_eq!(
        house.rows("Mira")[0].valid_until_ms,
        first,
        "not before half of it is over"
    );
    house.sim().clear_calls();
    house.clock_to("2026-03-17 09:00").await;
    let renewed = house.writing_calls();
    assert_eq!(renewed.len(), 1, "{renewed:?}");
    assert!(renewed[0].starts_with("PATCH /role_assignments/"));
    assert!(house.rows("Mira")[0].valid_until_ms > first);
    assert!(
        house.may_open_at("Mira", "Front door", "2026-03-30 09:00"),
        "if this server stopped now"
    );
}

#[tokio::test]
async fn without_this_server_open_ended_access_ends_with_its_lease() {
    let mut house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.stop().await;
    house.clock_to("2026-03-24 08:59").await;
    assert!(house.may_open("Mira", "Front door"));
    house.clock_to("2026-03-24 09:00").await;
    assert!(!house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn after_a_jump_of_thirty_days_everything_is_exact_again() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house
        .subscribe("Jonas", "Flex desk", "2026-03-01", Some("2026-04-05"))
        .await;
    house.subscribe("Aylin", "Flex desk", "2026-04-01", None).await;
    house
        .book("Lagoon", "Theo", "2026-04-09 08:00", "2026-04-09 10:00")
        .await;
    house.clock_to("2026-04-09 09:00").await;
    assert!(house.may_open("Mira", "Front door"), "she never left");
    assert!(!house.may_open("Jonas", "Front door"), "he ended on the 5th");
    assert!(house.may_open("Aylin", "Front door"), "she began on the 1st");
    assert!(house.may_open("Theo", "Room Lagoon"), "he is in his booking");
}

#[tokio::test]
async fn a_clock_set_back_opens_what_is_open_then() {
    let house = House::open().await;
    house.book("Lagoon", "Mira", "12:00", "13:00").await;
    house.clock_to("2026-03-12 09:00").await;
    house.clock_to("2026-03-10 12:30").await;
    assert!(house.may_open("Mira", "Room Lagoon"));
    house.clock_to("2026-03-10 13:30").await;
    assert!(!house.may_open("Mira", "Room Lagoon"));
}

#[tokio::test]
async fn a_subscriber_stays_in_with_one_row_over_six_weeks_looked_at_every_fifth_midnight() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    let midnight = house.at("2026-03-11 00:00");
    for day in (0..=42).step_by(5) {
        house.clock_at(midnight.plus_minutes(day * 24 * 60)).await;
        assert!(house.may_open("Mira", "Front door"), "day {day}");
        assert_eq!(house.rows("Mira").len(), 1, "day {day}");
    }
}
