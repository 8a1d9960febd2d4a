//! Bookings and subscriptions to the minute.

use crate::{at_every_vendor, doors_learn, opens_exactly, over};

at_every_vendor! {
    /// 12:00–16:00 opens 11:30–16:30 (P-22).
    a_booking_opens_from_its_grace_to_its_grace(house) {
        house.book("Lagoon", "Ada", "12:00", "16:00").await;
        let (from, until) = (house.at("11:30"), house.at("16:30"));
        opens_exactly(&house, "Ada", "Room Lagoon", from, until).await;
        assert!(!house.may_open("Ada", "Front door"), "the front door went with the room");
    }

    /// From 00:00 of its first day (P-20); its last day is a whole day.
    a_subscription_opens_from_its_first_midnight_to_its_last(house) {
        house.subscribe("Ada", "Flex desk", "2026-03-12", Some("2026-03-13")).await;
        let (from, until) = (house.at("2026-03-12 00:00"), house.at("2026-03-14 00:00"));
        opens_exactly(&house, "Ada", "Front door", from, until).await;
    }

    what_begins_now_opens_at_once(house) {
        house.subscribe("Ada", "Flex desk", "2026-03-10", None).await;
        doors_learn(&house).await;
        assert!(house.may_open("Ada", "Front door"));
        assert!(!house.may_open("Ada", "Garage") && !house.may_open("Ada", "Room Lagoon"));
    }

    a_booking_that_is_moved_opens_at_its_new_hours_only(house) {
        let booking = house.book("Lagoon", "Ada", "12:00", "13:00").await;
        house.rebook(booking, "15:00", "16:00").await;
        over(&house, house.at("11:30")).await;
        assert!(!house.may_open("Ada", "Room Lagoon"), "the old hours do not open");
        opens_exactly(&house, "Ada", "Room Lagoon", house.at("14:30"), house.at("16:30")).await;
    }

    a_running_booking_that_is_cancelled_shuts_the_door_at_once(house) {
        let booking = house.book("Lagoon", "Ada", "12:00", "16:00").await;
        over(&house, house.at("11:30")).await;
        assert!(house.may_open("Ada", "Room Lagoon"));
        house.cancel_booking(booking).await;
        doors_learn(&house).await;
        assert!(!house.may_open("Ada", "Room Lagoon") && !house.may_open("Ada", "Front door"));
        assert!(!house.twin.holds(&house.email("Ada"), "Room Lagoon"));
    }

    bookings_one_after_another_leave_no_gap(house) {
        house.book("Lagoon", "Ada", "12:00", "13:00").await;
        house.book("Beacon", "Ada", "13:00", "14:00").await;
        over(&house, house.at("11:30")).await;

        // 12:30 and 13:30 are the edges between: the front door stays open throughout.
        for at in ["12:29", "12:30", "12:31", "13:29", "13:30", "13:31", "14:29"] {
            house.clock_to(at).await;
            assert!(house.may_open("Ada", "Front door"), "at {at}");
        }
        over(&house, house.at("14:30")).await;
        assert!(!house.may_open("Ada", "Front door"));
    }
}
