//! Who is told of a change of a booking, and what: decided, not sent.
//!
//! In: the booking before and after, who acted, now. Out: one notice for each person whom it concerns.
//! Always: nobody is told twice of one change; nothing is told of what is over; invitees hear of a booking when it is confirmed,
//! not while it waits. Not here: who can be reached at all, and the letters ([`super::mails`]).

use access::Instant;
use access::facts::BookingState;
use access::id::PersonId;
use store::booking::Details;

/// What somebody is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notice {
    /// To who booked: it waits for approval.
    Waits,
    /// To who booked: it is confirmed.
    Booked,
    /// To an invitee: come along.
    Invited,
    /// It has another time or place.
    Moved,
    /// To an invitee: it was moved and waits for approval again.
    OnHold,
    /// It does not take place.
    Cancelled,
    /// To who booked: the team does not approve it.
    Declined,
    /// To somebody who was invited, and is not any more.
    Uninvited,
}

/// Whom to tell what. `by` is the person who acted, where it was one.
pub fn notices(
    before: Option<&Details>,
    after: &Details,
    by: Option<PersonId>,
    now: Instant,
) -> Vec<(PersonId, Notice)> {
    let is_left = |details: &Details| details.window.until > now;
    if !is_left(after) && !before.is_some_and(is_left) {
        return Vec::new();
    }
    let booker = after.booker;
    let was = before.map_or(BookingState::Cancelled, |was| was.state);
    let invited_before = before.map_or(&[][..], |was| &was.invitees);
    let everybody = |of_booker, of_invitees, invitees: &[PersonId]| {
        let mut told = vec![(booker, of_booker)];
        told.extend(invitees.iter().map(|person| (*person, of_invitees)));
        told
    };
    match (was, after.state) {
        (BookingState::Cancelled, BookingState::Cancelled) => Vec::new(),
        (BookingState::Requested, BookingState::Cancelled) if by != Some(booker) => vec![(booker, Notice::Declined)],
        (BookingState::Requested, BookingState::Cancelled) => vec![(booker, Notice::Cancelled)],
        (BookingState::Confirmed | BookingState::CheckedIn, BookingState::Cancelled) => {
            everybody(Notice::Cancelled, Notice::Cancelled, invited_before)
        }
        (BookingState::Cancelled, BookingState::Requested) => vec![(booker, Notice::Waits)],
        (BookingState::Requested, BookingState::Requested) if moved(before, after) => vec![(booker, Notice::Waits)],
        (BookingState::Requested, BookingState::Requested) => Vec::new(),
        (BookingState::Confirmed | BookingState::CheckedIn, BookingState::Requested) => {
            everybody(Notice::Waits, Notice::OnHold, invited_before)
        }
        (BookingState::Cancelled | BookingState::Requested, BookingState::Confirmed | BookingState::CheckedIn) => {
            everybody(Notice::Booked, Notice::Invited, &after.invitees)
        }
        (BookingState::Confirmed | BookingState::CheckedIn, BookingState::Confirmed | BookingState::CheckedIn) => {
            of_people(invited_before, after, moved(before, after))
        }
    }
}

fn moved(before: Option<&Details>, after: &Details) -> bool {
    before.is_some_and(|was| (was.window, was.resource) != (after.window, after.resource))
}

/// It stood and stands: who came, who went, and everybody else only if it moved.
fn of_people(invited_before: &[PersonId], after: &Details, moved: bool) -> Vec<(PersonId, Notice)> {
    let mut told = Vec::new();
    if moved {
        told.push((after.booker, Notice::Moved));
    }
    for person in &after.invitees {
        match (invited_before.contains(person), moved) {
            (false, _) => told.push((*person, Notice::Invited)),
            (true, true) => told.push((*person, Notice::Moved)),
            (true, false) => {}
        }
    }
    let gone = invited_before.iter().filter(|person| !after.invitees.contains(person));
    told.extend(gone.map(|person| (*person, Notice::Uninvited)));
    told
}

#[cfg(test)]
mod tests {
    use access::Window;
    use access::id::ResourceId;

    use super::Notice::*;
    use super::*;

    const NOON: Instant = Instant::from_ms(12 * 3_600_000);

    fn person(number: u128) -> PersonId {
        PersonId::new(NOON, number)
    }

    /// Booked by 1 with 2 and 3, from one until two.
    fn details(state: BookingState) -> Details {
        Details {
            resource: ResourceId::new(NOON, 1),
            booker: person(1),
            invitees: vec![person(2), person(3)],
            window: Window::new(NOON.plus_minutes(60), NOON.plus_minutes(120)).unwrap(),
            state,
            title: String::new(),
        }
    }

    fn later(details: Details) -> Details {
        Details {
            window: Window::new(NOON.plus_minutes(180), NOON.plus_minutes(240)).unwrap(),
            ..details
        }
    }

    fn told(before: Option<Details>, after: &Details) -> Vec<(u8, Notice)> {
        let told = notices(before.as_ref(), after, Some(person(9)), NOON);
        let number = |who: PersonId| (1..=9).find(|number| person((*number).into()) == who).unwrap();
        told.into_iter().map(|(who, notice)| (number(who), notice)).collect()
    }

    use BookingState as Is;

    #[test]
    fn each_step_tells_whom_it_concerns_once() {
        let of = details;
        for (before, after, expected) in [
            (None, of(Is::Confirmed), vec![(1, Booked), (2, Invited), (3, Invited)]),
            (None, of(Is::Requested), vec![(1, Waits)]),
            (
                Some(of(Is::Requested)),
                of(Is::Confirmed),
                vec![(1, Booked), (2, Invited), (3, Invited)],
            ),
            (Some(of(Is::Requested)), of(Is::Cancelled), vec![(1, Declined)]),
            (Some(of(Is::Requested)), of(Is::Requested), vec![]),
            (Some(of(Is::Requested)), later(of(Is::Requested)), vec![(1, Waits)]),
            (Some(of(Is::Confirmed)), of(Is::Confirmed), vec![]),
            (Some(of(Is::Confirmed)), of(Is::CheckedIn), vec![]),
            (
                Some(of(Is::Confirmed)),
                later(of(Is::Confirmed)),
                vec![(1, Moved), (2, Moved), (3, Moved)],
            ),
            (
                Some(of(Is::Confirmed)),
                later(of(Is::Requested)),
                vec![(1, Waits), (2, OnHold), (3, OnHold)],
            ),
            (
                Some(of(Is::CheckedIn)),
                of(Is::Cancelled),
                vec![(1, Cancelled), (2, Cancelled), (3, Cancelled)],
            ),
            (Some(of(Is::Cancelled)), of(Is::Cancelled), vec![]),
        ] {
            assert_eq!(told(before.clone(), &after), expected, "{before:?} → {after:?}");
        }
    }

    #[test]
    fn who_comes_and_who_goes_is_told_and_nobody_else() {
        let after = Details {
            invitees: vec![person(3), person(4)],
            ..details(Is::Confirmed)
        };
        assert_eq!(
            told(Some(details(Is::Confirmed)), &after),
            [(4, Invited), (2, Uninvited)]
        );
        let moved = later(after);
        assert_eq!(
            told(Some(details(Is::Confirmed)), &moved),
            [(1, Moved), (3, Moved), (4, Invited), (2, Uninvited)]
        );
        let asked = Details {
            invitees: vec![],
            ..details(Is::Requested)
        };
        assert_eq!(
            told(Some(asked), &details(Is::Requested)),
            [],
            "not before it is confirmed"
        );
    }

    #[test]
    fn who_takes_back_a_wish_is_not_declined() {
        let after = details(Is::Cancelled);
        let told = notices(Some(&details(Is::Requested)), &after, Some(person(1)), NOON);
        assert_eq!(told, [(person(1), Cancelled)]);
    }

    #[test]
    fn nothing_is_told_of_what_is_over() {
        let over = NOON.plus_minutes(120);
        let (was, is) = (details(Is::Confirmed), details(Is::Cancelled));
        assert_eq!(notices(None, &was, None, over), []);
        assert_eq!(notices(Some(&was), &is, None, over), []);
        assert_eq!(notices(Some(&was), &is, None, over.plus_minutes(-1)).len(), 3);
    }
}
