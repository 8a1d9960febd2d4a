//! The one place where civil time becomes instants (P-26).
//!
//! In: an IANA name, civil dates and times. Out: instants, days as windows, and back.
//! Why so: the database of zones is compiled in, so every machine reads a date the same way, whatever its system has.
//! Always: a start in a gap moves to the transition, a repeated time takes the earlier reading for a start and the later
//! for an end; a day starts at its first existing instant, so days tile time without holes or overlaps.
//! Civil times beyond what can be held (years before −9999 or after 9999) become the open ends.

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};

use crate::facts::Date;
use crate::{Instant, Window};

/// A zone of the bundled database.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Zone(TimeZone);

/// A text that names no zone of the bundled database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a time zone, as “Europe/Berlin” is")]
pub struct UnknownZone(pub String);

/// Which reading a repeated civil time takes.
#[derive(Clone, Copy)]
enum Reading {
    Earlier,
    Later,
}

impl Zone {
    /// The zone by its IANA name; upper and lower case do not matter.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        match TimeZoneDatabase::bundled().get(name) {
            Ok(zone) if !zone.is_unknown() => Ok(Self(zone)),
            Ok(_) | Err(_) => Err(UnknownZone(name.to_owned())),
        }
    }

    /// The names a form offers, as the bundled database spells them, sorted.
    pub fn names() -> Vec<String> {
        let mut names: Vec<String> = TimeZoneDatabase::bundled()
            .available()
            .map(|name| name.as_str().to_owned())
            .collect();
        names.sort_unstable();
        names
    }

    /// The first existing instant of the day.
    pub fn day_start(&self, date: Date) -> Instant {
        self.start(date.to_datetime(Time::midnight()))
    }

    /// The first instant after the day: the start of the next one.
    pub fn day_end(&self, date: Date) -> Instant {
        date.tomorrow().map_or(Instant::MAX, |next| self.day_start(next))
    }

    /// From a civil time: in a gap the transition, repeated the earlier reading.
    pub fn start(&self, civil: DateTime) -> Instant {
        self.resolve(civil, Reading::Earlier)
    }

    /// Until a civil time: in a gap the transition, repeated the later reading.
    pub fn end(&self, civil: DateTime) -> Instant {
        self.resolve(civil, Reading::Later)
    }

    /// The whole days from one date up to, not including, another; `None` when no instant lies in them.
    pub fn days(&self, from_on: Date, until_on: Date) -> Option<Window> {
        Window::new(self.day_start(from_on), self.day_start(until_on))
    }

    /// The whole days that have an instant in common with the window, from the first one's start to the last one's end.
    pub fn days_touched(&self, window: Window) -> Window {
        let (first, last) = (window.from, window.until.plus_ms(-1));
        Window {
            from: if first.is_open() {
                first
            } else {
                self.day_start(self.day_around(first))
            },
            until: if last.is_open() {
                last
            } else {
                self.day_end(self.day_around(last))
            },
        }
    }

    /// The day an instant belongs to: the last one that has started by then. It differs from the date on the clocks only
    /// where they go back across midnight.
    fn day_around(&self, at: Instant) -> Date {
        let mut day = self.date_at(at);
        while self.day_end(day) <= at {
            match day.tomorrow() {
                Ok(next) => day = next,
                Err(_) => break,
            }
        }
        day
    }

    /// The calendar date that clocks there show.
    pub fn date_at(&self, at: Instant) -> Date {
        self.local(at).date()
    }

    /// What clocks there show.
    pub fn local(&self, at: Instant) -> DateTime {
        self.0.to_datetime(at.timestamp())
    }

    /// How far clocks there are ahead of UTC, in seconds.
    pub fn offset_s(&self, at: Instant) -> i32 {
        self.0.to_offset(at.timestamp()).seconds()
    }

    fn resolve(&self, civil: DateTime, reading: Reading) -> Instant {
        let (before, after) = match self.0.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => {
                return offset.to_timestamp(civil).map_or_else(|_| beyond(civil), Instant::from);
            }
            AmbiguousOffset::Fold { before, after } | AmbiguousOffset::Gap { before, after } => (before, after),
        };
        // Where a zone changes its rule but not its offset (Nuuk, October 2023), a time is called repeated that is not: only
        // a reading that the clocks at its instant confirm counts.
        let read = |offset: Offset| {
            let at = offset.to_timestamp(civil).ok()?;
            (self.0.to_offset(at) == offset).then_some(at)
        };
        let found = match (read(before), read(after), reading) {
            (Some(earlier), Some(later), Reading::Earlier) => Some(earlier.min(later)),
            (Some(earlier), Some(later), Reading::Later) => Some(earlier.max(later)),
            (Some(only), None, _) | (None, Some(only), _) => Some(only),
            (None, None, _) => self.jump_over(civil, before, after),
        };
        found.map_or_else(|| beyond(civil), Instant::from)
    }

    /// The change of clocks that leaves out a civil time. Read with the offset after it, the time lies before it.
    fn jump_over(&self, civil: DateTime, before: Offset, after: Offset) -> Option<Timestamp> {
        let early = after.to_timestamp(civil).ok()?;
        let mut changes = self.0.following(early).map(|change| change.timestamp());
        changes
            .find(|at| before.to_datetime(*at) <= civil && civil < after.to_datetime(*at))
            .or(Some(early))
    }
}

/// The open end on the side where a civil time leaves what can be held.
fn beyond(civil: DateTime) -> Instant {
    if civil.year() < Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC).year() {
        Instant::MIN
    } else {
        Instant::MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn zone(name: &str) -> Zone {
        Zone::named(name).unwrap()
    }

    #[test]
    fn a_start_in_the_gap_moves_to_the_transition_and_so_does_an_end() {
        let berlin = zone("Europe/Berlin");
        for civil in ["2026-03-29T02:00", "2026-03-29T02:30", "2026-03-29T02:59:59"] {
            assert_eq!(
                berlin.start(civil.parse().unwrap()),
                at("2026-03-29T01:00:00Z"),
                "{civil}"
            );
            assert_eq!(
                berlin.end(civil.parse().unwrap()),
                at("2026-03-29T01:00:00Z"),
                "{civil}"
            );
        }
    }

    #[test]
    fn a_repeated_time_starts_early_and_ends_late() {
        let berlin = zone("Europe/Berlin");
        let civil = "2026-10-25T02:30".parse().unwrap();
        assert_eq!(berlin.start(civil), at("2026-10-25T00:30:00Z"));
        assert_eq!(berlin.end(civil), at("2026-10-25T01:30:00Z"));
    }

    #[test]
    fn a_day_without_midnight_starts_when_the_clocks_have_jumped() {
        let cairo = zone("Africa/Cairo");
        assert_eq!(
            cairo.day_start("2026-04-24".parse().unwrap()),
            at("2026-04-23T22:00:00Z")
        );
        assert_eq!(
            cairo.local(at("2026-04-23T22:00:00Z")),
            "2026-04-24T01:00".parse().unwrap()
        );
    }

    #[test]
    fn a_day_whose_midnight_repeats_starts_at_the_first() {
        let havana = zone("America/Havana");
        assert_eq!(
            havana.day_start("2026-11-01".parse().unwrap()),
            at("2026-11-01T04:00:00Z")
        );
    }

    #[test]
    fn a_day_that_never_was_is_empty() {
        let apia = zone("Pacific/Apia");
        assert_eq!(
            apia.days("2011-12-30".parse().unwrap(), "2011-12-31".parse().unwrap()),
            None
        );
    }

    #[test]
    fn a_window_touches_the_days_it_has_an_instant_of() {
        let berlin = zone("Europe/Berlin");
        let window = |from, until| Window::new(at(from), at(until)).unwrap();
        let until_midnight = window("2026-03-10T10:00:00Z", "2026-03-10T23:00:00Z");
        assert_eq!(
            berlin.days_touched(until_midnight),
            window("2026-03-09T23:00:00Z", "2026-03-10T23:00:00Z")
        );
        let past_midnight = window("2026-03-10T22:59:00Z", "2026-03-10T23:01:00Z");
        assert_eq!(
            berlin.days_touched(past_midnight),
            window("2026-03-09T23:00:00Z", "2026-03-11T23:00:00Z")
        );
    }

    #[test]
    fn names_that_are_no_zones_are_refused() {
        for name in ["", "Mars/Olympus", "Etc/Unknown", "+02:00"] {
            assert!(Zone::named(name).is_err(), "{name}");
        }
        assert!(Zone::names().len() > 400);
    }

    #[test]
    fn the_ends_of_the_calendar_are_open() {
        let berlin = zone("Europe/Berlin");
        assert_eq!(berlin.day_end(Date::MAX), Instant::MAX);
        assert!(berlin.day_start(Date::MIN) <= at("-009998-01-01T00:00:00Z"));
    }
}
