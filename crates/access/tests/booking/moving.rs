//! Changing a booking that stands: what waits for approval again, what stays, what members and staff may do.

use access::booking::{BookBy, By, Held, Refusal, Rules, rebook};
use access::facts::{BookingState, MembershipKind, PersonState};
use access::schedule::{Day, Hours, Schedule};

use crate::{STAFF, at, berlin, civil, here, membership, rules, window};

/// A confirmed booking of 10 March, by the clocks of Berlin.
pub fn held(from: &str, until: &str) -> Held {
    let civil = civil(&format!("2026-03-10T{from}"), &format!("2026-03-10T{until}"));
    Held {
        window: Some(access::booking::window(&berlin(), civil).unwrap()),
        state: BookingState::Confirmed,
    }
}

/// Moved by a member of the location, on 10 March.
fn moved(rules: &Rules, held: Held, from: &str, until: &str, now: &str) -> Result<BookingState, Refusal> {
    let memberships = membership(MembershipKind::Member, here());
    let by = By::Person {
        state: PersonState::Active,
        memberships: &memberships,
    };
    let when = civil(&format!("2026-03-10T{from}"), &format!("2026-03-10T{until}"));
    let now = berlin().start(format!("2026-03-10T{now}").parse().unwrap());
    rebook(rules, &berlin(), &by, held, when, &[], now).map(|accepted| accepted.state)
}

#[test]
fn a_moved_booking_waits_again_only_for_time_that_was_not_approved() {
    let rules = Rules {
        approval: true,
        ..rules()
    };
    let was = held("12:00", "14:00");
    for (from, until, state) in [
        ("12:00", "13:00", BookingState::Confirmed),
        ("12:30", "14:00", BookingState::Confirmed),
        ("12:00", "14:00", BookingState::Confirmed),
        ("11:30", "14:00", BookingState::Requested),
        ("12:00", "14:30", BookingState::Requested),
        ("15:00", "16:00", BookingState::Requested),
    ] {
        assert_eq!(moved(&rules, was, from, until, "09:00"), Ok(state), "{from}–{until}");
    }
    let elsewhere = Held { window: None, ..was };
    assert_eq!(
        moved(&rules, elsewhere, "12:00", "13:00", "09:00"),
        Ok(BookingState::Requested),
        "another room was not approved"
    );
    let asked = Held {
        state: BookingState::Requested,
        ..was
    };
    assert_eq!(
        moved(&rules, asked, "12:00", "13:00", "09:00"),
        Ok(BookingState::Requested),
        "a shorter wish is still a wish"
    );
}

#[test]
fn without_approval_a_moved_booking_stays_what_it_is() {
    let was = held("12:00", "14:00");
    assert_eq!(
        moved(&rules(), was, "15:00", "16:00", "09:00"),
        Ok(BookingState::Confirmed)
    );
    let in_already = Held {
        state: BookingState::CheckedIn,
        ..was
    };
    assert_eq!(
        moved(&rules(), in_already, "12:00", "13:00", "12:40"),
        Ok(BookingState::CheckedIn)
    );
    assert_eq!(
        moved(&rules(), in_already, "15:00", "16:00", "09:00"),
        Ok(BookingState::Confirmed),
        "nobody has come yet at another time"
    );
    let cancelled = Held {
        state: BookingState::Cancelled,
        ..was
    };
    assert_eq!(
        moved(&rules(), cancelled, "15:00", "16:00", "09:00"),
        Err(Refusal::Cancelled)
    );
}

#[test]
fn a_running_booking_keeps_its_start_and_ends_when_its_member_likes() {
    let was = held("12:00", "14:00");
    // Earlier than the shortest and off the steps: what is given back harms nobody.
    assert_eq!(
        moved(&rules(), was, "12:00", "12:20", "12:10"),
        Ok(BookingState::Confirmed)
    );
    assert_eq!(
        moved(&rules(), was, "12:00", "12:10", "12:10"),
        Err(Refusal::EndInThePast)
    );
    assert_eq!(
        moved(&rules(), was, "12:00", "15:00", "12:40"),
        Ok(BookingState::Confirmed)
    );
    assert_eq!(
        moved(&rules(), was, "12:00", "16:30", "12:40"),
        Err(Refusal::TooLong { max_minutes: 240 })
    );
    assert_eq!(
        moved(&rules(), was, "12:00", "14:10", "12:40"),
        Err(Refusal::OffStep { step_minutes: 30 })
    );
    assert_eq!(moved(&rules(), was, "11:30", "13:00", "12:40"), Err(Refusal::InThePast));
    assert_eq!(
        moved(&rules(), was, "13:00", "14:00", "12:40"),
        Ok(BookingState::Confirmed)
    );
}

#[test]
fn a_running_booking_that_was_approved_is_shortened_but_never_waits_again() {
    let rules = Rules {
        approval: true,
        ..rules()
    };
    let was = held("12:00", "14:00");
    assert_eq!(
        moved(&rules, was, "12:00", "13:00", "12:40"),
        Ok(BookingState::Confirmed)
    );
    assert_eq!(
        moved(&rules, was, "12:00", "15:00", "12:40"),
        Err(Refusal::MoreNeedsApproval)
    );
}

#[test]
fn what_was_booked_can_be_shortened_whatever_changed_since() {
    let rules = Rules {
        archived: true,
        book_by: BookBy::Staff,
        hours: Schedule {
            hours: vec![Hours {
                day: Day::Monday,
                from_minute: 0,
                until_minute: 60,
            }],
            closures: vec![],
        },
        ..rules()
    };
    let was = held("12:00", "14:00");
    assert_eq!(
        moved(&rules, was, "12:00", "13:00", "09:00"),
        Ok(BookingState::Confirmed)
    );
    assert_eq!(moved(&rules, was, "12:00", "14:30", "09:00"), Err(Refusal::Archived));
    assert_eq!(
        moved(&rules, was, "12:00", "12:15", "09:00"),
        Err(Refusal::TooShort { min_minutes: 30 }),
        "the shortest still holds for what has not begun"
    );
}

#[test]
fn staff_moves_without_changing_where_it_stands() {
    let now = at("2026-03-10T06:00:00Z");
    let rules = Rules {
        approval: true,
        ..rules()
    };
    for state in [
        BookingState::Requested,
        BookingState::Confirmed,
        BookingState::CheckedIn,
    ] {
        let was = Held {
            state,
            ..held("12:00", "13:00")
        };
        let when = civil("2026-03-10T07:05", "2026-03-10T20:05");
        assert_eq!(
            rebook(&rules, &berlin(), &STAFF, was, when, &[], now).map(|accepted| accepted.state),
            Ok(state)
        );
        let taken = [window("2026-03-10T11:00:00Z", "2026-03-10T11:30:00Z")];
        assert!(matches!(
            rebook(&rules, &berlin(), &STAFF, was, when, &taken, now),
            Err(Refusal::Taken { .. })
        ));
    }
}
