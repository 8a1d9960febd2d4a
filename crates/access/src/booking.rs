//! Accepting a booking, or refusing it with what is wrong.
//!
//! In: what was asked for, the resource's rules, the zone, and what is booked already. Out: the window and state to store, or
//! a [`Refusal`] that names what to change.
//! Why so: pages, API and the transaction that guards against overlap ask the same question; the last one with fresh rows.
//! Always: civil times become instants here, once, and both are kept apart (P-26). No two counting bookings of a resource
//! overlap, the buffer between them included (P-7). Giving back some of a booked time is never a new wish: it needs no second
//! approval. Not here: what a booking opens ([`crate::causes`]).

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::facts::{BookingState, Membership, MembershipKind, PersonState};
use crate::id::*;
use crate::schedule::Schedule;
use crate::zone::Zone;
use crate::{Instant, Window};

/// No booking is longer: 31 days of 24 hours, and the hour that a change of clocks may add.
pub const LONGEST_MINUTES: i64 = 31 * 24 * 60 + 60;

/// Who may book a resource (P-6), from the widest to the narrowest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookBy {
    /// Everybody known to the network, nonmembers included.
    Public,
    /// Members of any location of the network.
    NetworkMembers,
    /// Members of the resource's location.
    Members,
    /// Only staff, on somebody's behalf.
    Staff,
}

/// A resource's rules for being booked (P-6).
#[derive(Clone, PartialEq, Debug)]
pub struct Rules {
    /// Where it stands.
    pub location: LocationId,
    /// No longer on offer.
    pub archived: bool,
    /// Who may.
    pub book_by: BookBy,
    /// Shortest for members, minutes.
    pub min_minutes: i64,
    /// Longest for members, minutes; `None` is as long as any.
    pub max_minutes: Option<i64>,
    /// Start and length are multiples of it for members, minutes; 0 or 1 is any.
    pub step_minutes: i64,
    /// Free minutes between two bookings (P-7).
    pub buffer_minutes: i64,
    /// When members may have it; a schedule that was never set is always open.
    pub hours: Schedule,
    /// Members' bookings wait for approval.
    pub approval: bool,
}

/// Who books.
#[derive(Clone, PartialEq, Debug)]
pub enum By<'a> {
    /// Staff, for somebody: the resource's limits for members do not bind them.
    Staff {
        /// The state of whom they book for.
        state: PersonState,
    },
    /// The person themselves.
    Person {
        /// Their state.
        state: PersonState,
        /// Where they are member or nonmember.
        memberships: &'a [Membership],
    },
}

/// When, as people say it or as programs do.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum When {
    /// What the clocks at the resource will show.
    Civil {
        /// From.
        from: DateTime,
        /// Until.
        until: DateTime,
    },
    /// Two instants.
    Instants {
        /// From.
        from: Instant,
        /// Until.
        until: Instant,
    },
}

/// A booking that is to get another time, or another resource.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Held {
    /// What it has of this resource so far; `None` when it comes from another resource.
    pub window: Option<Window>,
    /// Where it stands.
    pub state: BookingState,
}

/// What a booking becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Accepted {
    /// From start to end, without grace or buffer.
    pub window: Window,
    /// Confirmed, or waiting for approval.
    pub state: BookingState,
}

/// Why not, in the order one would mend it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// Nothing lies between start and end.
    EndNotAfterStart,
    /// Longer than [`LONGEST_MINUTES`].
    TooLongForAnybody,
    /// The resource is no longer on offer.
    Archived,
    /// Suspended or removed people book nothing.
    NotLetIn {
        /// Which.
        state: PersonState,
    },
    /// This person is not among those who may book it.
    NotForThem {
        /// Who may.
        book_by: BookBy,
    },
    /// It is cancelled; what is over cannot be moved.
    Cancelled,
    /// It starts in the past.
    InThePast,
    /// It runs, and the new end has passed already.
    EndInThePast,
    /// It runs, and more of it would need an approval; waiting for one would close the doors meanwhile.
    MoreNeedsApproval,
    /// Shorter than members may book.
    TooShort {
        /// At least this many minutes.
        min_minutes: i64,
    },
    /// Longer than members may book.
    TooLong {
        /// At most this many minutes.
        max_minutes: i64,
    },
    /// Start or length does not fit the step.
    OffStep {
        /// Multiples of this many minutes.
        step_minutes: i64,
    },
    /// The place is closed for some of it.
    Closed {
        /// The first instant of it that is closed.
        at: Instant,
    },
    /// Somebody has it then, or too close before or after.
    Taken {
        /// Their window.
        by: Window,
        /// Free minutes needed between two bookings.
        buffer_minutes: i64,
    },
}

/// The window that was asked for, as instants: a start takes the earlier reading, an end the later (P-26).
pub fn window(zone: &Zone, when: When) -> Result<Window, Refusal> {
    let (from, until) = match when {
        When::Civil { from, until } => (zone.start(from), zone.end(until)),
        When::Instants { from, until } => (from, until),
    };
    let window = Window::new(from, until).ok_or(Refusal::EndNotAfterStart)?;
    if window.from.is_open() || window.until.is_open() || minutes(window) > LONGEST_MINUTES {
        return Err(Refusal::TooLongForAnybody);
    }
    Ok(window)
}

/// Everything that can be said of a new wish. `existing` holds the counting bookings of the resource around it, in any order.
pub fn accept(
    rules: &Rules,
    zone: &Zone,
    by: &By<'_>,
    when: When,
    existing: &[Window],
    now: Instant,
) -> Result<Accepted, Refusal> {
    let window = window(zone, when)?;
    if rules.archived {
        return Err(Refusal::Archived);
    }
    let (By::Staff { state } | By::Person { state, .. }) = *by;
    if !crate::causes::is_let_in(state) {
        return Err(Refusal::NotLetIn { state });
    }
    let state = match by {
        By::Staff { .. } => BookingState::Confirmed,
        By::Person { memberships, .. } => {
            who(rules, memberships)?;
            not_past(rules, window, now)?;
            length(rules, window)?;
            on_steps(rules, zone, [window.from, window.until])?;
            open(rules, zone, window)?;
            fresh_state(rules)
        }
    };
    free(rules, existing, window)?;
    Ok(Accepted { window, state })
}

/// Everything that can be said of moving, lengthening or shortening a booking. `existing` is without the booking itself.
///
/// Whose it is was decided when it was made, so their state is not asked again. What lies inside the booked time needs no
/// second approval, and of one that runs, members keep the start and give back what they like.
pub fn rebook(
    rules: &Rules,
    zone: &Zone,
    by: &By<'_>,
    held: Held,
    when: When,
    existing: &[Window],
    now: Instant,
) -> Result<Accepted, Refusal> {
    let window = window(zone, when)?;
    if held.state == BookingState::Cancelled {
        return Err(Refusal::Cancelled);
    }
    let inside = held
        .window
        .is_some_and(|has| has.from <= window.from && window.until <= has.until);
    if rules.archived && !inside {
        return Err(Refusal::Archived);
    }
    let state = match by {
        By::Staff { .. } => held.state,
        By::Person { memberships, .. } => {
            let runs_on = held
                .window
                .is_some_and(|has| has.from == window.from && has.from <= now);
            if runs_on {
                keeps_running(rules, zone, memberships, window, inside, now)?;
            } else {
                not_past(rules, window, now)?;
                length(rules, window)?;
                on_steps(rules, zone, [window.from, window.until])?;
                if !inside {
                    who(rules, memberships)?;
                    open(rules, zone, window)?;
                }
            }
            if held.state.counts() && (inside || runs_on) {
                held.state
            } else {
                fresh_state(rules)
            }
        }
    };
    free(rules, existing, window)?;
    Ok(Accepted { window, state })
}

/// May a member give a running booking this end?
fn keeps_running(
    rules: &Rules,
    zone: &Zone,
    memberships: &[Membership],
    window: Window,
    inside: bool,
    now: Instant,
) -> Result<(), Refusal> {
    if window.until <= now {
        return Err(Refusal::EndInThePast);
    }
    if inside {
        return Ok(());
    }
    if rules.approval {
        return Err(Refusal::MoreNeedsApproval);
    }
    who(rules, memberships)?;
    length(rules, window)?;
    on_steps(rules, zone, [window.until])?;
    open(rules, zone, window)
}

/// What a member's wish becomes.
const fn fresh_state(rules: &Rules) -> BookingState {
    if rules.approval {
        BookingState::Requested
    } else {
        BookingState::Confirmed
    }
}

fn free(rules: &Rules, existing: &[Window], window: Window) -> Result<(), Refusal> {
    let buffer_minutes = rules.buffer_minutes;
    match overlaps(existing, window, buffer_minutes) {
        Some(by) => Err(Refusal::Taken { by, buffer_minutes }),
        None => Ok(()),
    }
}

/// The first existing window that is nearer than the buffer to the wanted one (P-7): the buffer counts once between any two.
pub fn overlaps(existing: &[Window], wanted: Window, buffer_minutes: i64) -> Option<Window> {
    let kept_free = Window {
        from: wanted.from.plus_minutes(-buffer_minutes.max(0)),
        until: wanted.until.plus_minutes(buffer_minutes.max(0)),
    };
    existing
        .iter()
        .filter(|window| window.clip(kept_free).is_some())
        .min()
        .copied()
}

fn who(rules: &Rules, memberships: &[Membership]) -> Result<(), Refusal> {
    let mut member_at = memberships.iter().filter(|one| one.kind == MembershipKind::Member);
    let may = match rules.book_by {
        BookBy::Public => true,
        BookBy::NetworkMembers => member_at.next().is_some(),
        BookBy::Members => member_at.any(|one| one.location == rules.location),
        BookBy::Staff => false,
    };
    if may {
        Ok(())
    } else {
        Err(Refusal::NotForThem { book_by: rules.book_by })
    }
}

/// The running minute and the running step still count: somebody stands before a free room.
fn not_past(rules: &Rules, window: Window, now: Instant) -> Result<(), Refusal> {
    if window.from.plus_minutes(rules.step_minutes.max(1)) <= now {
        return Err(Refusal::InThePast);
    }
    Ok(())
}

fn length(rules: &Rules, window: Window) -> Result<(), Refusal> {
    let (length, min_minutes) = (minutes(window), rules.min_minutes);
    if length < min_minutes {
        return Err(Refusal::TooShort { min_minutes });
    }
    match rules.max_minutes {
        Some(max_minutes) if length > max_minutes => Err(Refusal::TooLong { max_minutes }),
        Some(_) | None => Ok(()),
    }
}

fn on_steps<const N: usize>(rules: &Rules, zone: &Zone, edges: [Instant; N]) -> Result<(), Refusal> {
    let step_minutes = rules.step_minutes;
    if step_minutes > 1 && !edges.into_iter().all(|at| on_step(zone, at, rules)) {
        return Err(Refusal::OffStep { step_minutes });
    }
    Ok(())
}

fn open(rules: &Rules, zone: &Zone, window: Window) -> Result<(), Refusal> {
    let open = rules.hours.windows(zone, window);
    let opens = open.iter().next().filter(|first| first.from <= window.from);
    match opens.map(|first| first.until) {
        None => Err(Refusal::Closed { at: window.from }),
        Some(closes) if closes < window.until => Err(Refusal::Closed { at: closes }),
        Some(_) => Ok(()),
    }
}

/// Steps are counted on the clocks from midnight, so that an hour more or less in a night moves no slot.
fn on_step(zone: &Zone, at: Instant, rules: &Rules) -> bool {
    let local = zone.local(at);
    let whole = local.second() == 0 && local.subsec_nanosecond() == 0;
    let since_midnight = i64::from(local.hour()) * 60 + i64::from(local.minute());
    whole && since_midnight % rules.step_minutes == 0
}

/// Whole minutes of a window, a begun one counted.
fn minutes(window: Window) -> i64 {
    let ms = window.until.ms().saturating_sub(window.from.ms());
    ms / 60_000 + i64::from(ms % 60_000 != 0)
}
