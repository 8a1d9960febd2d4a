//! The vendor is down, or its answers are lost: windows written ahead keep doors right, and nothing is doubled (P-46).

use simulators::fault::Trouble;
use suite::House;

#[tokio::test]
async fn while_the_vendor_is_down_around_a_start_the_door_opens_by_the_window_written_ahead() {
    let house = House::open().await;
    house.book("Lagoon", "Mira", "12:00", "14:00").await;
    house.clock_to("11:00").await;
    house.vendor_goes_down();
    house.clock_to("11:29").await;
    assert!(!house.may_open("Mira", "Room Lagoon"));
    house.clock_to("11:30").await;
    assert!(house.may_open("Mira", "Room Lagoon"));
    house.book("Beacon", "Jonas", "12:00", "13:00").await;
    house.clock_to("12:00").await;
    assert!(!house.may_open("Jonas", "Room Beacon"), "it could not be told yet");
    house.vendor_comes_back();
    house.minutes_pass(6).await;
    assert!(house.may_open("Jonas", "Room Beacon"));
    house.clock_to("13:30").await;
    assert!(!house.may_open("Jonas", "Room Beacon"));
    assert!(house.may_open("Mira", "Room Lagoon"));
}

#[tokio::test]
async fn while_the_vendor_is_down_around_an_end_the_door_closes_by_the_window_written_ahead() {
    let house = House::open().await;
    house.book("Lagoon", "Mira", "10:00", "12:00").await;
    let other = house.book("Beacon", "Jonas", "10:00", "16:00").await;
    house.clock_to("12:00").await;
    house.vendor_goes_down();
    house.clock_to("12:29").await;
    assert!(house.may_open("Mira", "Room Lagoon"));
    house.clock_to("12:30").await;
    assert!(!house.may_open("Mira", "Room Lagoon"));
    house.cancel_booking(other).await;
    assert!(house.may_open("Jonas", "Room Beacon"), "it could not be told yet");
    house.vendor_comes_back();
    house.clock_to("13:00").await;
    assert!(!house.may_open("Jonas", "Room Beacon"));
    assert!(house.rows("Jonas").is_empty());
}

#[tokio::test]
async fn what_is_given_and_taken_during_an_outage_leaves_no_trace_after_it() {
    let house = House::open().await;
    house.vendor_goes_down();
    let booking = house.book("Lagoon", "Mira", "10:00", "12:00").await;
    house.cancel_booking(booking).await;
    house.vendor_comes_back();
    house.clock_to("10:15").await;
    assert!(house.rows("Mira").is_empty());
    assert!(!house.may_open("Mira", "Room Lagoon"));
}

#[tokio::test]
async fn an_answer_lost_after_a_grant_leaves_exactly_one_row() {
    let house = House::open().await;
    house.next("POST /role_assignments", Trouble::ResetAfter);
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.minutes_pass(6).await;
    assert_eq!(house.rows("Mira").len(), 1);
    assert_eq!(
        house
            .writing_calls()
            .iter()
            .filter(|call| *call == "POST /role_assignments")
            .count(),
        1
    );
    assert!(house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn an_answer_lost_after_making_a_persons_record_leaves_exactly_one_record() {
    let house = House::open().await;
    house.next("POST /users", Trouble::ResetAfter);
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.minutes_pass(6).await;
    assert_eq!(
        house
            .sim()
            .users()
            .iter()
            .filter(|user| user.email == house.email("Mira"))
            .count(),
        1
    );
    assert_eq!(house.rows("Mira").len(), 1);
    assert!(house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn an_answer_lost_after_a_revocation_is_success() {
    let house = House::open().await;
    let subscription = house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.next("DELETE /role_assignments", Trouble::ResetAfter);
    house.cancel_subscription(subscription).await;
    assert!(!house.may_open("Mira", "Front door"));
    house.minutes_pass(6).await;
    assert!(house.rows("Mira").is_empty());
    assert!(!house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn an_answer_lost_after_a_move_leaves_the_new_window_once() {
    let house = House::open().await;
    let booking = house.book("Lagoon", "Mira", "12:00", "13:00").await;
    house.next("PATCH /role_assignments", Trouble::ResetAfter);
    house.rebook(booking, "12:00", "15:00").await;
    house.minutes_pass(6).await;
    assert_eq!(house.rows("Mira").len(), 1);
    house.lets_in_exactly("Mira", "Room Lagoon", "11:30", "15:30").await;
}

#[tokio::test]
async fn a_grant_whose_answer_was_lost_and_that_is_no_longer_wanted_is_taken_away() {
    let house = House::open().await;
    house.next("POST /role_assignments", Trouble::ResetAfter);
    let subscription = house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    assert!(house.may_open("Mira", "Front door"), "the call had its effect");
    house.cancel_subscription(subscription).await;
    house.minutes_pass(6).await;
    assert!(house.rows("Mira").is_empty());
    assert!(!house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn half_an_answer_is_not_believed_and_leaves_exactly_one_row() {
    let house = House::open().await;
    house.next("POST /role_assignments", Trouble::TruncatedJson);
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.minutes_pass(6).await;
    assert_eq!(house.rows("Mira").len(), 1);
    assert!(house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn a_vendor_that_asks_for_patience_gets_it_and_then_the_grant() {
    let house = House::open().await;
    let retry_after = Some(simulators::fault::RetryAfter::Seconds(1));
    house.next("POST /role_assignments", Trouble::TooMany { retry_after });
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    assert!(!house.may_open("Mira", "Front door"));
    house.minutes_pass(1).await;
    assert!(house.may_open("Mira", "Front door"));
    assert_eq!(house.rows("Mira").len(), 1);
}

#[tokio::test]
async fn after_an_outage_what_is_taken_away_goes_before_what_is_given() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.vendor_goes_down();
    for name in ["Jonas", "Aylin", "Theo"] {
        house.subscribe(name, "Flex desk", "2026-03-01", None).await;
    }
    house.suspend("Mira").await;
    house.vendor_comes_back();
    house.sim().clear_calls();
    house.minutes_pass(6).await;
    let calls = house.writing_calls();
    assert!(calls[0].starts_with("DELETE /role_assignments/"), "{calls:?}");
    assert!(!house.may_open("Mira", "Front door"));
    assert!(house.may_open("Jonas", "Front door") && house.may_open("Theo", "Front door"));
}
