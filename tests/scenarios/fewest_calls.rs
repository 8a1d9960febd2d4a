//! After any single change the vendor holds the new state with the fewest calls there are.

use suite::House;

fn told(house: &House) -> Vec<String> {
    house
        .calls()
        .iter()
        .map(|call| format!("{} {}", call.method, call.path))
        .collect()
}

#[tokio::test]
async fn a_new_person_costs_a_search_a_record_and_a_grant() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    assert_eq!(told(&house), ["GET /users", "POST /users", "POST /role_assignments"]);
    assert!(house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn a_person_the_vendor_knows_but_we_do_not_costs_a_search_and_a_grant() {
    let house = House::open().await;
    house.sim().add_user(&house.email("Mira"), "Mira", true);
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    assert_eq!(told(&house), ["GET /users", "POST /role_assignments"]);
    assert!(house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn a_known_person_costs_one_call_to_give_one_to_move_and_one_to_take() {
    let house = House::open().await;
    let first = house.book("Beacon", "Mira", "10:00", "11:00").await;
    house.rebook(first, "10:00", "12:00").await;
    house.sim().clear_calls();
    let booking = house.book("Lagoon", "Mira", "14:00", "15:00").await;
    assert_eq!(told(&house), ["POST /role_assignments"]);
    house.sim().clear_calls();
    house.rebook(booking, "14:00", "16:00").await;
    assert_eq!(house.calls().len(), 1);
    assert_eq!(house.calls()[0].method, "PATCH");
    house.sim().clear_calls();
    house.cancel_booking(booking).await;
    assert_eq!(house.calls().len(), 1);
    assert_eq!(house.calls()[0].method, "DELETE");
    house.clock_to("14:30").await;
    assert!(!house.may_open("Mira", "Room Lagoon"));
}

#[tokio::test]
async fn the_end_of_a_window_costs_no_call() {
    let house = House::open().await;
    house.book("Lagoon", "Mira", "09:00", "09:15").await;
    house.sim().clear_calls();
    house.clock_to("09:25").await;
    assert!(told(&house).is_empty());
    house.clock_to("09:45").await;
    assert!(
        house.writing_calls().is_empty() || house.writing_calls()[0].starts_with("DELETE"),
        "only tidied"
    );
    assert!(!house.may_open("Mira", "Room Lagoon"));
}

#[tokio::test]
async fn a_comparison_without_differences_changes_nothing() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.book("Lagoon", "Jonas", "12:00", "13:00").await;
    house.sim().clear_calls();
    house.compare_now().await;
    assert!(!house.calls().is_empty(), "it was read");
    assert_eq!(house.writing_calls(), [""; 0]);
    assert!(house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn a_change_that_changes_no_access_makes_no_call() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.sim().clear_calls();
    house.subscribe("Mira", "Flex desk", "2026-03-05", None).await;
    house.grace("Lagoon", 5, 5).await;
    assert!(told(&house).is_empty(), "{:?}", told(&house));
    assert!(house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn a_plan_that_gets_a_second_group_costs_one_call_for_each_subscriber() {
    let house = House::open().await;
    for name in ["Mira", "Jonas", "Aylin"] {
        house.subscribe(name, "Flex desk", "2026-03-01", None).await;
    }
    house.sim().clear_calls();
    house.plan("Flex desk", &["Members", "Garage"]).await;
    assert_eq!(told(&house), ["POST /role_assignments"; 3]);
    assert!(house.may_open("Aylin", "Garage"));
}
