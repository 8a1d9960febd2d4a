//! Edges that an operator moves for everybody at once, between two readings: nobody stays in, or out, until the next one.

use access::facts::ResourceKind;
use simulators::fault::Trouble;

use crate::{at_every_vendor, doors_learn, opens_exactly, over};

at_every_vendor! {
    a_shorter_grace_ends_a_running_window_at_its_new_end(house) {
        house.book("Lagoon", "Ada", "12:00", "13:00").await;
        over(&house, house.at("11:30")).await;
        house.clock_to("12:50").await;
        house.compare_now().await;
        house.grace("Lagoon", 30, 5).await;
        house.clock_to("13:04").await;
        assert!(house.may_open("Ada", "Room Lagoon"));
        over(&house, house.at("13:05")).await;
        assert!(!house.may_open("Ada", "Room Lagoon"), "not a minute longer");
    }

    a_room_that_gets_its_doors_shortly_before_a_booking_opens_from_its_first_minute(house) {
        house.resource("Lagoon", ResourceKind::Room, &[]).await;
        house.book("Lagoon", "Ada", "12:00", "13:00").await;
        house.clock_to("11:15").await;
        house.compare_now().await;
        house.resource("Lagoon", ResourceKind::Room, &["Room Lagoon"]).await;
        opens_exactly(&house, "Ada", "Room Lagoon", house.at("11:30"), house.at("13:30")).await;
    }

    what_the_vendor_refuses_delays_no_end_of_something_else(house) {
        house.book("Lagoon", "Ada", "12:00", "13:00").await;
        over(&house, house.at("11:30")).await;
        house.clock_to("13:05").await;
        house.compare_now().await;
        house.next(house.twin.giving_route(), Trouble::Status { status: 403 });
        house.book("Beacon", "Ada", "13:30", "14:30").await;
        house.clock_to("13:29").await;
        assert!(house.may_open("Ada", "Room Lagoon"));
        over(&house, house.at("13:30")).await;
        doors_learn(&house).await;
        assert!(!house.may_open("Ada", "Room Lagoon"), "her first booking is over");
    }
}
