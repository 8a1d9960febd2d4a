//! The server stops between intent and receipt, and another one goes on: nothing is lost, nothing is doubled.

use simulators::fault::Trouble;
use suite::House;

#[tokio::test]
async fn a_grant_whose_answer_was_lost_is_not_repeated_by_the_next_server() {
    let mut house = House::open().await;
    house.next("POST /role_assignments", Trouble::ResetAfter);
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.stop().await;
    house.start().await;
    house.minutes_pass(6).await;
    assert_eq!(house.rows("Mira").len(), 1);
    assert!(house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn a_revocation_that_was_asked_for_while_the_server_was_off_happens_when_it_starts() {
    let mut house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.stop().await;
    house.suspend("Mira").await;
    assert!(house.may_open("Mira", "Front door"));
    house.start().await;
    house.settle().await;
    assert!(!house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn windows_written_ahead_need_no_server() {
    let mut house = House::open().await;
    house.book("Lagoon", "Mira", "12:00", "13:00").await;
    house.stop().await;
    house.lets_in_exactly("Mira", "Room Lagoon", "11:30", "13:30").await;
}
