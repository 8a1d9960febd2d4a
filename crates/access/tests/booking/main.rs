//! Accepting bookings: what members are held to, what staff may do, what nobody may; and changing them ([`moving`]).

#![expect(clippy::unwrap_used, reason = "a test that cannot read its own times should stop")]

mod moving;

use access::booking::{Accepted, BookBy, By, LONGEST_MINUTES, Refusal, Rules, When, accept, overlaps, rebook};
use access::facts::{BookingState, Membership, MembershipKind, PersonState};
use access::id::*;
use access::schedule::{Day, Hours, Schedule};
use access::zone::Zone;
use access::{Instant, Window};

use crate::moving::held;

/// Staff, for somebody who is let in.
const STAFF: By<'static> = By::Staff {
    state: PersonState::Active,
};

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn window(from: &str, until: &str) -> Window {
    Window::new(at(from), at(until)).unwrap()
}

fn here() -> LocationId {
    LocationId::new(Instant::from_ms(0), 1)
}

fn berlin() -> Zone {
    Zone::named("Europe/Berlin").unwrap()
}

fn rules() -> Rules {
    Rules {
        location: here(),
        archived: false,
        book_by: BookBy::Members,
        min_minutes: 30,
        max_minutes: Some(240),
        step_minutes: 30,
        buffer_minutes: 0,
        hours: Schedule::default(),
        approval: false,
    }
}

fn membership(kind: MembershipKind, location: LocationId) -> Vec<Membership> {
    vec![Membership {
        person: PersonId::new(Instant::from_ms(0), 1),
        location,
        kind,
    }]
}

fn civil(from: &str, until: &str) -> When {
    When::Civil {
        from: from.parse().unwrap(),
        until: until.parse().unwrap(),
    }
}

/// Asked by a member of the location, early on 10 March.
fn ask(rules: &Rules, when: When, existing: &[Window]) -> Result<Accepted, Refusal> {
    let memberships = membership(MembershipKind::Member, here());
    let by = By::Person {
        state: PersonState::Active,
        memberships: &memberships,
    };
    accept(rules, &berlin(), &by, when, existing, at("2026-03-10T06:00:00Z"))
}

#[test]
fn civil_times_become_instants_of_the_zone() {
    let booked = ask(&rules(), civil("2026-03-10T12:00", "2026-03-10T16:00"), &[]).unwrap();
    assert_eq!(booked.window, window("2026-03-10T11:00:00Z", "2026-03-10T15:00:00Z"));
    assert_eq!(booked.state, BookingState::Confirmed);
}

#[test]
fn each_limit_is_named() {
    let ask = |from, until| ask(&rules(), civil(from, until), &[]).unwrap_err();
    assert_eq!(ask("2026-03-10T12:00", "2026-03-10T12:00"), Refusal::EndNotAfterStart);
    assert_eq!(ask("2026-03-10T12:00", "2026-04-12T12:00"), Refusal::TooLongForAnybody);
    assert_eq!(ask("2026-03-10T06:00", "2026-03-10T07:00"), Refusal::InThePast);
    assert_eq!(
        ask("2026-03-10T12:00", "2026-03-10T12:15"),
        Refusal::TooShort { min_minutes: 30 }
    );
    assert_eq!(
        ask("2026-03-10T12:00", "2026-03-10T16:30"),
        Refusal::TooLong { max_minutes: 240 }
    );
    assert_eq!(
        ask("2026-03-10T12:10", "2026-03-10T13:00"),
        Refusal::OffStep { step_minutes: 30 }
    );
    assert_eq!(
        ask("2026-03-10T12:00", "2026-03-10T13:10"),
        Refusal::OffStep { step_minutes: 30 }
    );
}

#[test]
fn the_running_step_can_still_be_booked() {
    let rules = rules();
    let memberships = membership(MembershipKind::Member, here());
    let by = By::Person {
        state: PersonState::Active,
        memberships: &memberships,
    };
    let when = civil("2026-03-10T12:00", "2026-03-10T13:00");
    assert!(accept(&rules, &berlin(), &by, when, &[], at("2026-03-10T11:29:59Z")).is_ok());
    assert_eq!(
        accept(&rules, &berlin(), &by, when, &[], at("2026-03-10T11:30:00Z")),
        Err(Refusal::InThePast)
    );
}

#[test]
fn who_may_book_is_asked_of_members_only() {
    let when = civil("2026-03-10T12:00", "2026-03-10T13:00");
    let now = at("2026-03-10T06:00:00Z");
    let other = LocationId::new(Instant::from_ms(0), 2);
    let ask = |book_by, state, memberships: &[Membership]| {
        accept(
            &Rules { book_by, ..rules() },
            &berlin(),
            &By::Person { state, memberships },
            when,
            &[],
            now,
        )
        .map(|_| ())
    };
    let (member, elsewhere, nonmember) = (
        membership(MembershipKind::Member, here()),
        membership(MembershipKind::Member, other),
        membership(MembershipKind::Nonmember, here()),
    );
    let not = |book_by| Err(Refusal::NotForThem { book_by });
    assert_eq!(ask(BookBy::Members, PersonState::Active, &member), Ok(()));
    assert_eq!(
        ask(BookBy::Members, PersonState::Active, &elsewhere),
        not(BookBy::Members)
    );
    assert_eq!(ask(BookBy::NetworkMembers, PersonState::Active, &elsewhere), Ok(()));
    assert_eq!(
        ask(BookBy::NetworkMembers, PersonState::Active, &nonmember),
        not(BookBy::NetworkMembers)
    );
    assert_eq!(ask(BookBy::Public, PersonState::Invited, &[]), Ok(()));
    assert_eq!(ask(BookBy::Staff, PersonState::Active, &member), not(BookBy::Staff));
    let state = PersonState::Suspended;
    assert_eq!(ask(BookBy::Public, state, &member), Err(Refusal::NotLetIn { state }));
}

#[test]
fn staff_is_not_held_to_members_limits_but_to_overlap() {
    let rules = Rules {
        book_by: BookBy::Staff,
        approval: true,
        ..rules()
    };
    let when = civil("2026-03-09T12:10", "2026-03-10T20:05");
    let now = at("2026-03-10T06:00:00Z");
    let booked = accept(&rules, &berlin(), &STAFF, when, &[], now).unwrap();
    assert_eq!(booked.state, BookingState::Confirmed);
    let taken = [booked.window];
    let refusal = accept(&rules, &berlin(), &STAFF, when, &taken, now);
    assert_eq!(
        refusal,
        Err(Refusal::Taken {
            by: booked.window,
            buffer_minutes: 0
        })
    );
    let archived = Rules {
        archived: true,
        ..rules
    };
    assert_eq!(
        accept(&archived, &berlin(), &STAFF, when, &[], now),
        Err(Refusal::Archived)
    );
}

#[test]
fn approval_makes_it_a_request() {
    let rules = Rules {
        approval: true,
        ..rules()
    };
    let booked = ask(&rules, civil("2026-03-10T12:00", "2026-03-10T13:00"), &[]).unwrap();
    assert_eq!(booked.state, BookingState::Requested);
}

#[test]
fn the_buffer_counts_once_between_any_two() {
    let existing = [window("2026-03-10T11:00:00Z", "2026-03-10T12:00:00Z")];
    let wanted = |from: &str, until: &str| overlaps(&existing, window(from, until), 15);
    assert_eq!(wanted("2026-03-10T12:15:00Z", "2026-03-10T13:00:00Z"), None);
    assert_eq!(
        wanted("2026-03-10T12:14:59Z", "2026-03-10T13:00:00Z"),
        Some(existing[0])
    );
    assert_eq!(wanted("2026-03-10T10:00:00Z", "2026-03-10T10:45:00Z"), None);
    assert_eq!(
        wanted("2026-03-10T10:00:00Z", "2026-03-10T10:45:01Z"),
        Some(existing[0])
    );
    assert_eq!(
        overlaps(&existing, window("2026-03-10T12:00:00Z", "2026-03-10T13:00:00Z"), 0),
        None
    );
}

#[test]
fn hours_close_where_they_say() {
    let hours = Hours {
        day: Day::Tuesday,
        from_minute: 9 * 60,
        until_minute: 18 * 60,
    };
    let rules = Rules {
        hours: Schedule {
            hours: vec![hours],
            closures: vec![],
        },
        ..rules()
    };
    assert!(ask(&rules, civil("2026-03-10T14:00", "2026-03-10T18:00"), &[]).is_ok());
    let late = ask(&rules, civil("2026-03-10T15:00", "2026-03-10T18:30"), &[]);
    assert_eq!(
        late,
        Err(Refusal::Closed {
            at: at("2026-03-10T17:00:00Z")
        })
    );
    let early = ask(&rules, civil("2026-03-10T08:30", "2026-03-10T10:00"), &[]);
    assert_eq!(
        early,
        Err(Refusal::Closed {
            at: at("2026-03-10T07:30:00Z")
        })
    );
    let wednesday = ask(&rules, civil("2026-03-11T12:00", "2026-03-11T13:00"), &[]);
    assert_eq!(
        wednesday,
        Err(Refusal::Closed {
            at: at("2026-03-11T11:00:00Z")
        })
    );
}

#[test]
fn a_booking_inside_the_hour_that_does_not_exist_is_refused_and_through_the_repeated_one_is_longer() {
    let gap = accept(
        &rules(),
        &berlin(),
        &STAFF,
        civil("2026-03-29T02:00", "2026-03-29T02:30"),
        &[],
        at("2026-03-10T06:00:00Z"),
    );
    assert_eq!(gap, Err(Refusal::EndNotAfterStart));
    let fold = ask(&rules(), civil("2026-10-25T02:00", "2026-10-25T03:00"), &[]).unwrap();
    assert_eq!(fold.window, window("2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z"));
}

#[test]
fn a_month_with_a_longer_night_fits() {
    let from = "2026-10-01T00:00".parse::<jiff::civil::DateTime>().unwrap();
    let until = from.checked_add(jiff::Span::new().days(31)).unwrap();
    let month = accept(
        &rules(),
        &berlin(),
        &STAFF,
        When::Civil { from, until },
        &[],
        at("2026-03-10T06:00:00Z"),
    );
    let window = month.unwrap().window;
    assert_eq!(window.until.ms() - window.from.ms(), LONGEST_MINUTES * 60_000);
}

#[test]
fn nobody_books_for_somebody_suspended_or_removed_but_what_is_theirs_can_be_moved() {
    let (when, now) = (
        civil("2026-03-10T12:00", "2026-03-10T13:00"),
        at("2026-03-10T06:00:00Z"),
    );
    for (state, let_in) in [
        (PersonState::Invited, true),
        (PersonState::Active, true),
        (PersonState::Suspended, false),
        (PersonState::Removed, false),
    ] {
        let by = By::Staff { state };
        let made = accept(&rules(), &berlin(), &by, when, &[], now).map(|_| ());
        assert_eq!(
            made,
            if let_in {
                Ok(())
            } else {
                Err(Refusal::NotLetIn { state })
            }
        );
        let moved = rebook(&rules(), &berlin(), &by, held("12:00", "14:00"), when, &[], now);
        assert!(moved.is_ok(), "{state:?}");
    }
}
