//! Bookings open doors from grace before their start to grace after their end (P-22).

use suite::House;

#[tokio::test]
async fn a_booking_opens_from_half_an_hour_before_to_half_an_hour_after_to_the_minute() {
    let house = House::open().await;
    house.book("Lagoon", "Mira", "12:00", "16:00").await;
    house.lets_in_exactly("Mira", "Room Lagoon", "11:30", "16:30").await;
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
