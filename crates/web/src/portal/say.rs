//! The portal's own sentences; what other pages say too is in [`crate::words`].
//!
//! In: values and names. Out: English sentences for a member with a phone. Always: what is so, then what to do; no HTML.

use access::causes::Source;
use access::facts::{BookingState, Facts, Grace, ItemOf, MembershipKind, Reach, ResourceKind, Subscription};
use access::id::BookingId;
use access::zone::Zone;
use access::{Instant, Window};
use jiff::tz::TimeZone;

use crate::words::names::Names;
use crate::words::{dates, list_and};

/// More names than this are counted instead.
const NAMES_SHOWN: usize = 3;

/// "Front door, Lift lobby and Room Lagoon"; from five on "Front door, Garage, Lift lobby and 2 more".
pub fn names(mut names: Vec<String>) -> String {
    names.sort();
    names.dedup();
    if names.len() > NAMES_SHOWN + 1 {
        let rest = names.len() - NAMES_SHOWN;
        names.truncate(NAMES_SHOWN);
        names.push(format!("{rest} more"));
    }
    list_and(names)
}

/// "Mon 2 March".
pub fn today(now: Instant, zone: &TimeZone) -> String {
    dates::local(now, zone).strftime("%a %-d %B").to_string()
}

/// "until 16:30", "until tomorrow 16:30".
pub fn until(until: Instant, now: Instant, zone: &TimeZone) -> String {
    if dates::local(until, zone).date() == dates::local(now, zone).date() {
        format!("until {}", dates::time(until, zone))
    } else {
        format!("until {}", dates::moment(until, now, zone))
    }
}

/// "14:00 to 15:00", or with days when it crosses midnight.
pub fn span(window: Window, zone: &TimeZone) -> String {
    let (from, until) = (dates::local(window.from, zone), dates::local(window.until, zone));
    if from.date() == until.date() {
        format!(
            "{} to {}",
            dates::time(window.from, zone),
            dates::time(window.until, zone)
        )
    } else {
        let day = |at: &jiff::Zoned| at.strftime("%a %H:%M").to_string();
        format!("{} to {}", day(&from), day(&until))
    }
}

/// Good morning, afternoon or evening.
pub fn greeting(now: Instant, zone: &TimeZone, name: &str) -> String {
    let part = match dates::local(now, zone).hour() {
        4..12 => "morning",
        12..18 => "afternoon",
        _ => "evening",
    };
    match name.split_whitespace().next() {
        Some(first) => format!("Good {part}, {first}"),
        None => format!("Good {part}"),
    }
}

/// By what somebody may come in, said to themselves.
pub fn cause(facts: &Facts, names: &Names, source: Source, zone: &TimeZone) -> String {
    match source {
        Source::Item { item, company, .. } => {
            let items = facts.subscriptions.iter().flat_map(|one| &one.items);
            let what = match items.into_iter().find(|one| one.id == item).map(|one| one.of) {
                Some(ItemOf::Plan(plan)) => {
                    let plan = facts.plans.iter().find(|one| one.id == plan);
                    format!("plan {}", plan.map_or("", |one| one.name.as_str()))
                }
                Some(ItemOf::Rental(thing)) => {
                    let thing = facts.resources.iter().find(|one| one.id == thing);
                    format!("rental of {}", thing.map_or("", |one| one.name.as_str()))
                }
                None => "subscription".to_owned(),
            };
            match company {
                Some(company) => format!("{}: {}", names.company(company), what.trim_end()),
                None => format!("Your {}", what.trim_end()),
            }
        }
        Source::Booker { booking } => booking_of(facts, booking, zone, "Your booking of"),
        Source::Invitee { booking } => booking_of(facts, booking, zone, "You are invited to"),
    }
}

fn booking_of(facts: &Facts, id: BookingId, zone: &TimeZone, how: &str) -> String {
    let Some(booking) = facts.bookings.iter().find(|booking| booking.id == id) else {
        return format!("{how} a room");
    };
    let thing = facts.resources.iter().find(|thing| thing.id == booking.resource);
    format!(
        "{how} {}, {}",
        thing.map_or("a room", |thing| thing.name.as_str()),
        span(booking.window, zone)
    )
}

/// When something they hold begins to open a door: "Opens from today 10:00. Your booking of …".
pub fn opens_from(facts: &Facts, names: &Names, source: Source, at: Instant, now: Instant, zone: &TimeZone) -> String {
    format!(
        "Opens from {}. {}.",
        dates::moment(at, now, zone),
        cause(facts, names, source, zone)
    )
}

/// The vendor has not acknowledged the access yet.
pub const fn on_its_way() -> &'static str {
    "Your access is on its way to this door. If it does not open yet, try again in a few seconds."
}

/// Nothing they hold, held or will hold leads to a door.
pub const fn nothing_held() -> &'static str {
    "Nothing you hold opens a door. Book a room or a desk, or ask the team what your membership includes."
}

/// When doors open around a booking (P-22).
pub fn grace(grace: Grace, opens_nothing: bool) -> String {
    match (opens_nothing, grace.before_minutes, grace.after_minutes) {
        (true, ..) => "This opens no door by itself.".into(),
        (false, 0, 0) => "Doors open exactly for the booked time.".into(),
        (false, before, after) => {
            format!(
                "Doors open {} before it starts, until {} after it ends.",
                minutes(before),
                minutes(after)
            )
        }
    }
}

/// When a booking's doors open for the reader: state, heading, sentence; an empty sentence when there is nothing to say.
pub fn opens(
    state: BookingState,
    window: Window,
    span: Option<Window>,
    doors: &str,
    now: Instant,
    zone: &TimeZone,
) -> (&'static str, &'static str, String) {
    let (from, until) = match (state, span) {
        (BookingState::Cancelled, _) => return ("quiet", "", String::new()),
        _ if window.until <= now && span.is_none_or(|span| span.until <= now) => return ("quiet", "", String::new()),
        (BookingState::Requested, _) => {
            return (
                "attention",
                "Waits for approval",
                "Doors open for it once the team has approved it.".into(),
            );
        }
        (_, _) if doors.is_empty() => return ("quiet", "", "This booking opens no door by itself.".into()),
        (_, Some(span)) => (span.from, span.until),
        (_, None) => (window.from, window.until),
    };
    if from <= now {
        (
            "open",
            "Opens now",
            format!("{doors}: {}.", self::until(until, now, zone)),
        )
    } else {
        (
            "scheduled",
            "Opens later",
            format!(
                "{doors}: opens from {} until {}.",
                dates::moment(from, now, zone),
                dates::time(until, zone)
            ),
        )
    }
}

/// What cancelling does, with numbers.
pub fn cancelling(invitees: usize, doors: &str) -> String {
    let (who, mailed) = match invitees {
        0 => ("You lose".to_owned(), ""),
        one => (
            format!(
                "You and {} lose",
                crate::words::count(one, "invited person", "invited people")
            ),
            " Everybody gets a mail.",
        ),
    };
    if doors.is_empty() {
        return format!("Somebody else can then take this time.{mailed}");
    }
    format!("{who} what it opens ({doors}) at once, and somebody else can take this time.{mailed}")
}

/// Below the field for inviting people.
pub const fn inviting(state: BookingState) -> &'static str {
    match state {
        BookingState::Requested => {
            "E-mail addresses, one a line or with commas. They get a mail once the team has approved it."
        }
        BookingState::Confirmed | BookingState::CheckedIn | BookingState::Cancelled => {
            "E-mail addresses, one a line or with commas. They get a mail that says when and how to come in."
        }
    }
}

/// What moving a booking means, before it is done.
pub const fn moving(state: BookingState, invitees: bool, approval: bool) -> &'static str {
    match (state, invitees, approval) {
        (BookingState::Requested, ..) => "It waits for the team’s approval at another time, too.",
        (_, false, false) => "Doors follow at once.",
        (_, true, false) => "Doors follow at once, and who is invited gets a mail.",
        (_, _, true) => "Doors follow at once when it gets shorter. Any other time waits for the team’s approval.",
    }
}

/// Where a subscription stands (P-5): a colour's word, its own, and the dates.
pub fn subscription(
    of: &Subscription,
    now: Instant,
    zone: &Zone,
    words: &TimeZone,
) -> (&'static str, &'static str, String) {
    let day = |on| dates::day(on, now, words);
    let end = of.ends_on.map_or(Instant::MAX, |last| zone.day_end(last));
    let since = format!("since {}", day(of.starts_on));
    match of.cancelled_at.filter(|cancelled| *cancelled < end) {
        Some(cancelled) if cancelled <= now => (
            "quiet",
            "Cancelled",
            format!("{since}, cancelled {}", dates::moment(cancelled, now, words)),
        ),
        Some(cancelled) => (
            "attention",
            "Cancelled",
            format!("{since}, until {}", dates::moment(cancelled, now, words)),
        ),
        None if end <= now => {
            let last = of.ends_on.map_or_else(String::new, day);
            ("quiet", "Ended", format!("last day was {last}"))
        }
        None if zone.day_start(of.starts_on) > now => {
            ("scheduled", "Starts later", format!("from {}", day(of.starts_on)))
        }
        None => match of.ends_on {
            Some(last) => ("open", "Active", format!("{since}, last day {}", day(last))),
            None => ("open", "Active", since),
        },
    }
}

/// What an item opens.
pub fn opens_doors(doors: &str) -> String {
    if doors.is_empty() {
        "Opens no door by itself.".into()
    } else {
        format!("Opens {doors}.")
    }
}

/// Whom a company's item reaches (P-21), when it is not everybody.
pub const fn reach(reach: &Reach) -> &'static str {
    match reach {
        Reach::Everyone => "",
        Reach::Chosen(_) => " For chosen people.",
        Reach::BookedToday => " On days with a booking here.",
    }
}

/// Member or nonmember.
pub const fn membership(kind: MembershipKind) -> &'static str {
    match kind {
        MembershipKind::Member => "Member",
        MembershipKind::Nonmember => "Guest",
    }
}

/// After booking.
pub const fn booked(state: BookingState) -> &'static str {
    match state {
        BookingState::Requested => "Asked for. The team approves it, then doors open.",
        BookingState::Confirmed | BookingState::CheckedIn | BookingState::Cancelled => "Booked.",
    }
}

/// Texts that are no addresses.
pub fn not_addresses(wrong: &[String]) -> String {
    let verb = if wrong.len() == 1 {
        "is not an e-mail address"
    } else {
        "are not e-mail addresses"
    };
    format!("{} {verb}, as ada@example.org is.", list_and(wrong.iter().cloned()))
}

/// A heading for what a resource is.
pub const fn kind(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Room => "Rooms",
        ResourceKind::Desk => "Desks",
        ResourceKind::Office => "Offices",
        ResourceKind::Parking => "Parking",
        ResourceKind::Equipment => "Equipment",
    }
}

/// Where a booking stands: a colour's word and its own.
pub fn booking_state(state: BookingState, window: Window, now: Instant) -> (&'static str, &'static str) {
    match state {
        BookingState::Requested => ("attention", "Waits for approval"),
        BookingState::Cancelled => ("quiet", "Cancelled"),
        BookingState::Confirmed | BookingState::CheckedIn if window.until <= now => ("quiet", "Over"),
        BookingState::Confirmed if window.contains(now) => ("open", "Running"),
        BookingState::Confirmed => ("scheduled", "Confirmed"),
        BookingState::CheckedIn => ("open", "Checked in"),
    }
}

/// "45 minutes", "2 hours", "1 hour 30 minutes".
pub fn minutes(minutes: i64) -> String {
    let of = |number: i64, unit: &str| {
        if number == 1 {
            format!("1 {unit}")
        } else {
            format!("{number} {unit}s")
        }
    };
    match (minutes / 60, minutes % 60) {
        (0, minutes) => of(minutes, "minute"),
        (hours, 0) => of(hours, "hour"),
        (hours, minutes) => format!("{} {}", of(hours, "hour"), of(minutes, "minute")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_doors_are_counted_and_few_are_named() {
        let of = |count: usize| names((0..count).map(|n| format!("Door {n}")).collect());
        assert_eq!(of(1), "Door 0");
        assert_eq!(of(4), "Door 0, Door 1, Door 2 and Door 3");
        assert_eq!(of(6), "Door 0, Door 1, Door 2 and 3 more");
    }
}
