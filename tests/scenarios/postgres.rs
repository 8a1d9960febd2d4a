//! The main scenes once more, remembering in PostgreSQL.

use simulators::fault::Trouble;
use suite::House;

#[tokio::test]
async fn on_postgres_a_new_subscriber_is_in_from_midnight_and_out_after_the_last_day() {
    let house = House::open_on_postgres().await;
    house
        .subscribe("Mira", "Flex desk", "2026-03-11", Some("2026-03-12"))
        .await;
    house
        .lets_in_exactly("Mira", "Front door", "2026-03-11 00:00", "2026-03-13 00:00")
        .await;
}

#[tokio::test]
async fn on_postgres_a_booking_opens_to_the_minute_for_booker_and_invitee() {
    let house = House::open_on_postgres().await;
    let booking = house.book("Lagoon", "Mira", "12:00", "16:00").inviting("Jonas").await;
    house.clock_to("11:29").await;
    assert!(!house.may_open("Mira", "Room Lagoon") && !house.may_open("Jonas", "Room Lagoon"));
    house.clock_to("11:30").await;
    assert!(house.may_open("Mira", "Room Lagoon") && house.may_open("Jonas", "Room Lagoon"));
    house.rebook(booking, "12:00", "14:00").await;
    house.clock_to("14:29").await;
    assert!(house.may_open("Mira", "Room Lagoon") && house.may_open("Jonas", "Room Lagoon"));
    house.clock_to("14:30").await;
    assert!(!house.may_open("Mira", "Room Lagoon") && !house.may_open("Jonas", "Room Lagoon"));
}

#[tokio::test]
async fn on_postgres_an_answer_lost_after_a_grant_leaves_exactly_one_row_also_over_a_restart() {
    let mut house = House::open_on_postgres().await;
    house.next("POST /role_assignments", Trouble::ResetAfter);
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.stop().await;
    house.start().await;
    house.minutes_pass(6).await;
    assert_eq!(house.rows("Mira").len(), 1);
    assert!(house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn on_postgres_a_suspended_person_is_out_at_once() {
    let house = House::open_on_postgres().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    assert!(house.may_open("Mira", "Front door"));
    house.suspend("Mira").await;
    assert!(!house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn two_processes_on_one_database_give_everybody_exactly_one_row_with_the_fewest_calls() {
    let mut house = House::open_on_postgres().await;
    let names: Vec<String> = (0..24).map(|number| format!("Person {number}")).collect();
    house.stop().await;
    for name in &names {
        house.subscribe(name, "Flex desk", "2026-03-01", None).await;
    }
    house.sim().clear_calls();
    house.start().await;
    let _other = house.another_node().await;
    house.all_nodes_settle().await;
    for name in &names {
        assert_eq!(house.rows(name).len(), 1, "{name}");
        assert!(house.may_open(name, "Front door"), "{name}");
    }
    let given = house.sim().calls();
    let given = given
        .iter()
        .filter(|call| call.method == "POST" && call.path.contains("role_assignments"));
    assert_eq!(given.count(), names.len(), "nobody was given anything twice");

    house.stop().await;
    for name in &names[..12] {
        house.suspend(name).await;
    }
    house.start().await;
    house.all_nodes_settle().await;
    for (number, name) in names.iter().enumerate() {
        assert_eq!(house.may_open(name, "Front door"), number >= 12, "{name}");
    }
}
