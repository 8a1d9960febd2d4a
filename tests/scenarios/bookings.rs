//! Bookings open doors from grace before their start to grace after their end (P-22); sources add up (P-24).

use access::facts::ResourceKind;
use suite::House;

#[tokio::test]
async fn a_booking_opens_from_half_an_hour_before_to_half_an_hour_after_to_the_minute() {
    let house = House::open().await;
    house.book("Lagoon", "Mira", "12:00", "16:00").await;
    for (minute, open) in [
        ("11:29", false),
        ("11:30", true),
        ("14:00", true),
        ("16:29", true),
        ("16:30", false),
    ] {
        house.clock_to(minute).await;
        assert_eq!(house.may_open("Mira", "Room Lagoon"), open, "{minute}");
        assert_eq!(house.may_open("Mira", "Front door"), open, "{minute}");
    }
}

#[tokio::test]
async fn a_room_with_minutes_of_its_own_opens_by_those() {
    let house = House::open().await;
    house.grace("Lagoon", 10, 5).await;
    house.book("Lagoon", "Mira", "09:30", "11:30").await;
    house.lets_in_exactly("Mira", "Room Lagoon", "09:20", "11:35").await;
}

#[tokio::test]
async fn minutes_changed_after_booking_count_as_well() {
    let house = House::open().await;
    house.book("Lagoon", "Mira", "12:00", "13:00").await;
    house.grace("Lagoon", 60, 0).await;
    house.lets_in_exactly("Mira", "Room Lagoon", "11:00", "13:00").await;
}

#[tokio::test]
async fn an_invitee_is_in_and_an_uninvited_one_is_out_at_once() {
    let house = House::open().await;
    let booking = house.book("Lagoon", "Mira", "12:00", "16:00").inviting("Jonas").await;
    house.clock_to("13:00").await;
    assert!(house.may_open("Jonas", "Room Lagoon"));
    house.uninvite(booking, "Jonas").await;
    assert!(!house.may_open("Jonas", "Room Lagoon"));
    assert!(house.may_open("Mira", "Room Lagoon"));
}

#[tokio::test]
async fn somebody_invited_while_it_runs_is_in_at_once() {
    let house = House::open().await;
    let booking = house.book("Lagoon", "Mira", "12:00", "16:00").await;
    house.clock_to("13:00").await;
    house.invite(booking, "Jonas").await;
    assert!(house.may_open("Jonas", "Room Lagoon"));
    house.clock_to("16:30").await;
    assert!(!house.may_open("Jonas", "Room Lagoon"));
}

#[tokio::test]
async fn a_nonmember_who_books_is_in_for_the_booking_only() {
    let house = House::open().await;
    house.nonmember("Greta").await;
    house.book("Beacon", "Greta", "10:00", "11:00").await;
    house.lets_in_exactly("Greta", "Room Beacon", "09:30", "11:30").await;
    assert!(!house.may_open("Greta", "Front door"));
}

#[tokio::test]
async fn a_moved_booking_opens_at_its_new_hours_only() {
    let house = House::open().await;
    let booking = house.book("Lagoon", "Mira", "12:00", "13:00").await;
    house.rebook(booking, "15:00", "16:00").await;
    house.clock_to("12:30").await;
    assert!(!house.may_open("Mira", "Room Lagoon"));
    house.lets_in_exactly("Mira", "Room Lagoon", "14:30", "16:30").await;
}

#[tokio::test]
async fn a_running_booking_that_is_shortened_ends_earlier() {
    let house = House::open().await;
    let booking = house.book("Lagoon", "Mira", "10:00", "16:00").await;
    house.clock_to("11:00").await;
    house.rebook(booking, "10:00", "12:00").await;
    house.clock_to("12:29").await;
    assert!(house.may_open("Mira", "Room Lagoon"));
    house.clock_to("12:30").await;
    assert!(!house.may_open("Mira", "Room Lagoon"));
}

#[tokio::test]
async fn a_running_booking_that_is_extended_goes_on() {
    let house = House::open().await;
    let booking = house.book("Lagoon", "Mira", "10:00", "12:00").await;
    house.clock_to("11:55").await;
    house.rebook(booking, "10:00", "14:00").await;
    house.clock_to("14:29").await;
    assert!(house.may_open("Mira", "Room Lagoon"));
    house.clock_to("14:30").await;
    assert!(!house.may_open("Mira", "Room Lagoon"));
}

#[tokio::test]
async fn a_cancelled_booking_closes_the_door_at_once() {
    let house = House::open().await;
    let booking = house.book("Lagoon", "Mira", "10:00", "16:00").inviting("Jonas").await;
    house.clock_to("11:00").await;
    assert!(house.may_open("Mira", "Room Lagoon") && house.may_open("Jonas", "Room Lagoon"));
    house.cancel_booking(booking).await;
    assert!(!house.may_open("Mira", "Room Lagoon") && !house.may_open("Jonas", "Room Lagoon"));
}

#[tokio::test]
async fn touching_bookings_are_one_window_at_the_vendor() {
    let house = House::open().await;
    house.grace("Lagoon", 0, 0).await;
    house.book("Lagoon", "Mira", "12:00", "13:00").await;
    house.book("Lagoon", "Mira", "13:00", "14:00").await;
    assert_eq!(house.rows("Mira").len(), 1);
    house.lets_in_exactly("Mira", "Room Lagoon", "12:00", "14:00").await;
}

#[tokio::test]
async fn two_bookings_apart_leave_the_door_shut_between_them() {
    let house = House::open().await;
    house.book("Lagoon", "Mira", "10:00", "11:00").await;
    house.book("Lagoon", "Mira", "14:00", "15:00").await;
    house.lets_in_exactly("Mira", "Room Lagoon", "09:30", "11:30").await;
    house.lets_in_exactly("Mira", "Room Lagoon", "13:30", "15:30").await;
}

#[tokio::test]
async fn a_booking_over_the_end_of_a_subscription_keeps_the_person_in_until_the_later_end() {
    let house = House::open().await;
    house.resource("Desk 1", ResourceKind::Desk, &["Members"]).await;
    house
        .subscribe("Mira", "Flex desk", "2026-03-01", Some("2026-03-10"))
        .await;
    house.book("Desk 1", "Mira", "22:00", "2026-03-11 01:00").await;
    for (at, open) in [
        ("2026-03-10 23:59", true),
        ("2026-03-11 00:00", true),
        ("2026-03-11 01:29", true),
        ("2026-03-11 01:30", false),
    ] {
        house.clock_to(at).await;
        assert_eq!(house.may_open("Mira", "Front door"), open, "{at}");
    }
}

#[tokio::test]
async fn cancelling_a_booking_leaves_what_the_subscription_opens() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    let booking = house.book("Lagoon", "Mira", "10:00", "16:00").await;
    house.clock_to("11:00").await;
    house.cancel_booking(booking).await;
    assert!(!house.may_open("Mira", "Room Lagoon"));
    assert!(house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn cancelling_a_subscription_leaves_what_the_booking_opens() {
    let house = House::open().await;
    house.resource("Desk 1", ResourceKind::Desk, &["Members"]).await;
    let subscription = house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.book("Desk 1", "Mira", "10:00", "12:00").await;
    house.clock_to("11:00").await;
    house.cancel_subscription(subscription).await;
    house.clock_to("12:29").await;
    assert!(house.may_open("Mira", "Front door"));
    house.clock_to("12:30").await;
    assert!(!house.may_open("Mira", "Front door"));
}
