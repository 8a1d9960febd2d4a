//! Free times of a resource on a day, as buttons.
//!
//! In: the resource's rules, its zone, what is booked, who asks, the day. Out: starts that would be accepted, with an end.
//! Why so: every offered time was put to the same question that accepts the booking, so a button is never refused for a
//! rule; only somebody faster can still be in the way.
//! Always: at most [`SLOTS`] a day; a resource without hours of its own offers the day, and the form takes any time.

use access::Window;
use access::booking::{self, By, Rules, When};
use access::facts::Date;
use access::zone::Zone;
use access::{Instant, booking::Refusal};
use jiff::civil::{DateTime, Time};

/// The most buttons for one resource and day.
pub const SLOTS: usize = 48;
/// Buttons are this many minutes apart, or the resource's step if that is longer.
const APART_MINUTES: i64 = 30;
/// What a button books, when the resource's limits allow it.
const USUAL_MINUTES: i64 = 60;
/// Without opening hours, buttons are shown for these hours; the form takes any.
const DAY_HOURS: (i64, i64) = (7, 22);

/// A time that would be accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slot {
    /// From, on the clocks there.
    pub from: DateTime,
    /// Until, on the clocks there.
    pub until: DateTime,
}

/// What is to be said of a resource on a day.
#[derive(Clone, PartialEq, Debug)]
pub enum Offer {
    /// Free at these times.
    Slots(Vec<Slot>),
    /// Nothing is free, mostly because of this.
    Nothing(Refusal),
}

/// The free times of a day.
pub fn on(rules: &Rules, zone: &Zone, by: &By<'_>, existing: &[Window], day: Date, now: Instant) -> Offer {
    let apart = step_apart(rules.step_minutes);
    let hours = if rules.hours.hours.is_empty() {
        DAY_HOURS
    } else {
        (0, 24)
    };
    let mut slots = Vec::new();
    let mut reasons: Vec<Refusal> = Vec::new();
    let mut minute = first_multiple(hours.0 * 60, apart);
    while minute < hours.1 * 60 && slots.len() < SLOTS {
        match slot(rules, zone, by, existing, at(day, minute), now) {
            Ok(slot) => slots.push(slot),
            Err(refusal) => reasons.push(refusal),
        }
        minute += apart;
    }
    match reasons.into_iter().min_by_key(telling).filter(|_| slots.is_empty()) {
        Some(refusal) => Offer::Nothing(refusal),
        None => Offer::Slots(slots),
    }
}

/// An hour from this start if that is allowed and free, else the shortest that is allowed.
fn slot(
    rules: &Rules,
    zone: &Zone,
    by: &By<'_>,
    existing: &[Window],
    from: DateTime,
    now: Instant,
) -> Result<Slot, Refusal> {
    let usual = length(rules, USUAL_MINUTES.max(rules.min_minutes));
    let shortest = length(rules, rules.min_minutes.max(1));
    let ask = |minutes: i64| {
        let until = from.saturating_add(jiff::Span::new().minutes(minutes));
        booking::accept(rules, zone, by, When::Civil { from, until }, existing, now).map(|_| Slot { from, until })
    };
    ask(usual).or_else(|refusal| if shortest < usual { ask(shortest) } else { Err(refusal) })
}

/// A length cut to the longest that is allowed and lifted to the step.
fn length(rules: &Rules, minutes: i64) -> i64 {
    let step = rules.step_minutes.max(1);
    let lifted = (minutes + step - 1) / step * step;
    rules.max_minutes.map_or(lifted, |most| lifted.min(most))
}

const fn step_apart(step: i64) -> i64 {
    if step <= 1 {
        return APART_MINUTES;
    }
    // A step of 15 shows every half hour, a step of 45 every three quarters.
    first_multiple(APART_MINUTES, step)
}

const fn first_multiple(at_least: i64, of: i64) -> i64 {
    (at_least + of - 1) / of * of
}

fn at(day: Date, minute: i64) -> DateTime {
    day.to_datetime(Time::midnight())
        .saturating_add(jiff::Span::new().minutes(minute))
}

/// Which refusal tells most about a whole day: who may not at all, then closed, then taken, then over.
fn telling(refusal: &Refusal) -> u8 {
    match refusal {
        Refusal::Archived | Refusal::NotLetIn { .. } | Refusal::NotForThem { .. } => 0,
        Refusal::Taken { .. } => 1,
        Refusal::Closed { .. } => 2,
        Refusal::InThePast => 3,
        Refusal::EndNotAfterStart
        | Refusal::TooLongForAnybody
        | Refusal::TooShort { .. }
        | Refusal::TooLong { .. }
        | Refusal::OffStep { .. }
        | Refusal::Cancelled
        | Refusal::EndInThePast
        | Refusal::MoreNeedsApproval => 4,
    }
}

#[cfg(test)]
mod tests {
    use access::booking::BookBy;
    use access::id::LocationId;

    use super::*;

    fn rules() -> Rules {
        Rules {
            location: LocationId::new(Instant::from_ms(0), 1),
            archived: false,
            book_by: BookBy::Public,
            min_minutes: 30,
            max_minutes: Some(480),
            step_minutes: 15,
            buffer_minutes: 0,
            hours: access::schedule::Schedule::default(),
            approval: false,
        }
    }

    fn someone() -> By<'static> {
        By::Person {
            state: access::facts::PersonState::Active,
            memberships: &[],
        }
    }

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn only_times_that_would_be_accepted_are_offered() {
        let zone = Zone::named("Europe/Berlin").unwrap();
        let taken = [Window::new(at("2026-03-02T09:00:00Z"), at("2026-03-02T11:00:00Z")).unwrap()];
        let Offer::Slots(slots) = on(
            &rules(),
            &zone,
            &someone(),
            &taken,
            "2026-03-02".parse().unwrap(),
            at("2026-03-02T08:20:00Z"),
        ) else {
            panic!("the afternoon is free");
        };
        // 09:00 on the clocks began more than a step ago; before the taken time only half an hour is left at 09:30.
        assert_eq!(slots[0].from, "2026-03-02T09:30".parse().unwrap());
        assert_eq!(slots[0].until, "2026-03-02T10:00".parse().unwrap());
        assert_eq!(slots[1].from, "2026-03-02T12:00".parse().unwrap());
        assert_eq!(slots.last().unwrap().from, "2026-03-02T21:30".parse().unwrap());
    }

    #[test]
    fn a_full_day_says_who_has_it() {
        let zone = Zone::named("Europe/Berlin").unwrap();
        let taken = [Window::new(at("2026-03-01T09:00:00Z"), at("2026-03-03T11:00:00Z")).unwrap()];
        let offer = on(
            &rules(),
            &zone,
            &someone(),
            &taken,
            "2026-03-02".parse().unwrap(),
            at("2026-03-02T08:20:00Z"),
        );
        assert!(matches!(offer, Offer::Nothing(Refusal::Taken { .. })));
    }
}
