//! Where the vendor's contract leaves things open, the doors are right under every answer.

use access::change::Note;
use simulators::kisi::switches::{CreateForm, Duplicates, PatchWindow};
use suite::House;

#[tokio::test]
async fn a_vendor_that_drops_dates_is_driven_at_the_edges_and_that_is_a_finding() {
    let house = House::open().await;
    house
        .sim()
        .set_switches(|switches| switches.drop_window_on_create = true);
    house.book("Lagoon", "Mira", "12:00", "14:00").await;
    assert!(
        house.rows("Mira").is_empty(),
        "a row without dates would open the door now and for ever"
    );
    assert!(house.findings().await.contains(&Note::WindowsIgnored));
    house.lets_in_exactly("Mira", "Room Lagoon", "11:30", "14:30").await;
    assert!(house.rows("Mira").is_empty());
}

#[tokio::test]
async fn a_vendor_that_ignores_a_move_gets_a_new_row_for_the_old_one() {
    moved_under(PatchWindow::Ignore).await;
}

#[tokio::test]
async fn a_vendor_that_refuses_a_move_gets_a_new_row_for_the_old_one() {
    moved_under(PatchWindow::Refuse).await;
}

async fn moved_under(answer: PatchWindow) {
    let house = House::open().await;
    house.sim().set_switches(|switches| switches.patch_window = answer);
    let booking = house.book("Lagoon", "Mira", "12:00", "13:00").await;
    house.rebook(booking, "12:00", "15:00").await;
    assert_eq!(house.rows("Mira").len(), 1);
    house.rebook(booking, "12:00", "14:00").await;
    assert_eq!(house.rows("Mira").len(), 1);
    house.lets_in_exactly("Mira", "Room Lagoon", "11:30", "14:30").await;
}

#[tokio::test]
async fn a_vendor_that_answers_a_second_row_with_409_still_opens_at_every_booking() {
    two_bookings_under(Duplicates::Conflict).await;
}

#[tokio::test]
async fn a_vendor_that_answers_a_second_row_with_422_still_opens_at_every_booking() {
    two_bookings_under(Duplicates::Unprocessable).await;
}

async fn two_bookings_under(answer: Duplicates) {
    let house = House::open().await;
    house
        .sim()
        .set_switches(|switches| switches.duplicate_assignments = answer);
    house.book("Lagoon", "Mira", "10:00", "11:00").await;
    house.book("Lagoon", "Mira", "14:00", "15:00").await;
    house.lets_in_exactly("Mira", "Room Lagoon", "09:30", "11:30").await;
    house.lets_in_exactly("Mira", "Room Lagoon", "13:30", "15:30").await;
}

#[tokio::test]
async fn a_vendor_that_refuses_a_second_row_beside_a_strangers_is_asked_once_and_left_alone() {
    let house = House::open().await;
    house
        .sim()
        .set_switches(|switches| switches.duplicate_assignments = Duplicates::Conflict);
    let user = house.sim().add_user(&house.email("Mira"), "Mira", true);
    let foreign = house.sim().foreign_assignment(user, house.group("Members"), None, None);
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    let tries = house
        .writing_calls()
        .iter()
        .filter(|call| *call == "POST /role_assignments")
        .count();
    assert_eq!(tries, 1, "the answer will not change by asking again");
    house.suspend("Mira").await;
    assert!(
        house.rows("Mira").iter().any(|row| row.id == foreign),
        "what we did not make is never touched"
    );
    assert!(house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn a_vendor_that_only_knows_the_older_form_is_spoken_to_in_it() {
    let house = House::open().await;
    house
        .sim()
        .set_switches(|switches| switches.create_form = CreateForm::LegacyOnly);
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    assert!(house.may_open("Mira", "Front door"));
    house.sim().clear_calls();
    house.subscribe("Mira", "Parking A", "2026-03-01", None).await;
    assert_eq!(house.writing_calls(), ["POST /role_assignments"], "it was learned");
    assert!(house.may_open("Mira", "Garage"));
}
