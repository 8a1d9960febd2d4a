//! The vendor is down around an edge of somebody's window (P-46): where doors know dates nobody notices; where people are put in and taken out at the
//! edges, it is made up for as soon as the vendor is back.

use access::Instant;
use suite::House;

use crate::{at_every_vendor, over};

/// It goes down so many minutes before the edge, and is back so many after it.
const DOWN_BEFORE: i64 = 3;
const BACK_AFTER: i64 = 2;
/// The longest pause between two tries is five minutes, and up to a fifth more.
const MADE_UP_FOR_WITHIN: i64 = 6;

/// The minutes around an edge, from when the vendor goes down until everything is made up for. The regular reading is done just before, so that
/// nothing but the edge is due meanwhile.
async fn minutes_of_an_outage(house: &House, edge: Instant, each: impl Fn(i64)) {
    house.clock_at(edge.plus_minutes(-DOWN_BEFORE)).await;
    house.vendor_goes_down();
    for minute in -DOWN_BEFORE..=BACK_AFTER + MADE_UP_FOR_WITHIN {
        if minute == BACK_AFTER {
            house.vendor_comes_back();
        }
        house.clock_at(edge.plus_minutes(minute)).await;
        each(minute);
    }
}

at_every_vendor! {
    a_window_that_starts_during_an_outage_opens_then_or_soon_after_it(house) {
        house.subscribe("Grace", "Flex desk", "2026-03-01", None).await;
        house.book("Lagoon", "Ada", "12:00", "16:00").await;
        let on_time = house.twin.knows_dates();
        minutes_of_an_outage(&house, house.at("11:30"), |minute| {
            assert!(house.may_open("Grace", "Front door"), "minute {minute}");
            let may = house.may_open("Ada", "Room Lagoon");
            match minute {
                ..0 => assert!(!may, "minute {minute}"),
                0.. if on_time => assert!(may, "minute {minute}"),
                0..BACK_AFTER => assert!(!may, "nobody could tell the door, minute {minute}"),
                _ => {}
            }
        }).await;
        assert!(house.may_open("Ada", "Room Lagoon"));
        house.clock_to("16:29").await;
        assert!(house.may_open("Ada", "Room Lagoon"));
        over(&house, house.at("16:30")).await;
        assert!(!house.may_open("Ada", "Room Lagoon"));
    }

    a_window_that_ends_during_an_outage_shuts_then_or_soon_after_it(house) {
        house.subscribe("Grace", "Flex desk", "2026-03-01", None).await;
        house.book("Lagoon", "Ada", "12:00", "16:00").await;
        over(&house, house.at("11:30")).await;
        let on_time = house.twin.knows_dates();
        minutes_of_an_outage(&house, house.at("16:30"), |minute| {
            assert!(house.may_open("Grace", "Front door"), "minute {minute}");
            let may = house.may_open("Ada", "Room Lagoon");
            match minute {
                ..0 => assert!(may, "minute {minute}"),
                0.. if on_time => assert!(!may, "minute {minute}"),
                0..BACK_AFTER => assert!(may, "nobody could tell the door, minute {minute}"),
                _ => {}
            }
        }).await;
        assert!(!house.may_open("Ada", "Room Lagoon") && !house.may_open("Ada", "Front door"));
        assert!(on_time || !house.twin.lists_at(&house.email("Ada"), "Room Lagoon"), "nothing of it is left");
    }

    /// Both edges lie inside the outage, so nobody was let in and nobody is: what is over is not made up for.
    a_window_that_begins_and_ends_during_an_outage_leaves_nothing(house) {
        house.grace("Lagoon", 0, 0).await;
        house.book("Lagoon", "Ada", "12:00", "12:02").await;
        minutes_of_an_outage(&house, house.at("12:00"), |minute| {
            let may = house.may_open("Ada", "Room Lagoon");
            let expected = house.twin.knows_dates() && (0..2).contains(&minute);
            assert_eq!(may, expected, "minute {minute}");
        }).await;
        assert!(house.twin.knows_dates() || !house.twin.lists_at(&house.email("Ada"), "Room Lagoon"));
    }
}
