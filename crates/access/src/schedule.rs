//! Weekly hours and closures in a zone → windows.
//!
//! In: what an operator typed ("Mondays 09:00–18:00, closed on 24 December") and a zone. Out: windows of instants.
//! Why so: opening hours of locations and resources bound what members may book; they never open a door by themselves.
//! Always: minutes are civil minutes since midnight, so a day of 23 or 25 hours keeps its nine o'clock; 1440 is the day's end.
//! An empty weekly list means always open, since most places have no hours to keep.

use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};

use crate::facts::Date;
use crate::zone::Zone;
use crate::{Window, Windows};

/// A civil day of the week.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Day {
    /// All seven, from Monday.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// The day of the week of a date.
    pub fn of(date: Date) -> Self {
        match date.weekday() {
            Weekday::Monday => Self::Monday,
            Weekday::Tuesday => Self::Tuesday,
            Weekday::Wednesday => Self::Wednesday,
            Weekday::Thursday => Self::Thursday,
            Weekday::Friday => Self::Friday,
            Weekday::Saturday => Self::Saturday,
            Weekday::Sunday => Self::Sunday,
        }
    }
}

/// Open on a day of the week, from one civil minute until another of the same day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Hours {
    /// On which day.
    pub day: Day,
    /// Minutes since midnight, 0–1439.
    pub from_minute: u16,
    /// Minutes since midnight, 1–1440; 1440 is the end of the day.
    pub until_minute: u16,
}

impl Hours {
    /// Does it name a time of one day, with the end after the start?
    pub const fn is_valid(self) -> bool {
        self.from_minute < self.until_minute && self.until_minute <= 1440
    }
}

/// Whole days on which nothing is open, whatever the week says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Closure {
    /// First day.
    pub from_on: Date,
    /// Last day, inclusive.
    pub until_on: Date,
}

/// Weekly hours and closures.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Schedule {
    /// In any order; empty means always open. Overlapping hours add up.
    pub hours: Vec<Hours>,
    /// In any order.
    pub closures: Vec<Closure>,
}

impl Schedule {
    /// When it is open, cut to `within`. Takes time in proportion to the days of `within`, which must have two ends.
    pub fn windows(&self, zone: &Zone, within: Window) -> Windows {
        if within.from.is_open() || within.until.is_open() {
            return Windows::NONE;
        }
        let closed = Windows::union(self.closures.iter().filter_map(|closure| {
            let after = closure.until_on.tomorrow().unwrap_or(Date::MAX);
            zone.days(closure.from_on, after)
        }));
        let open = if self.hours.is_empty() {
            Windows::from(within)
        } else {
            self.week(zone, within)
        };
        open.subtract(&closed)
    }

    fn week(&self, zone: &Zone, within: Window) -> Windows {
        let mut open = Vec::new();
        // A day early: where clocks go back across midnight the reading may already name the next day.
        let mut date = zone.date_at(within.from).yesterday().unwrap_or(Date::MIN);
        while zone.day_start(date) < within.until {
            let today = self
                .hours
                .iter()
                .filter(|hours| hours.day == Day::of(date) && hours.is_valid());
            open.extend(today.filter_map(|hours| on(zone, date, *hours)?.clip(within)));
            match date.tomorrow() {
                Ok(next) => date = next,
                Err(_) => break,
            }
        }
        Windows::union(open)
    }
}

/// The hours on one date: the start takes the earlier reading, the end the later (P-26).
fn on(zone: &Zone, date: Date, hours: Hours) -> Option<Window> {
    let civil = |minute: u16| date.at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
    let until = if hours.until_minute == 1440 {
        zone.day_end(date)
    } else {
        zone.end(civil(hours.until_minute))
    };
    Window::new(zone.start(civil(hours.from_minute)), until)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Instant;

    fn window(from: &str, until: &str) -> Window {
        Window::new(from.parse().unwrap(), until.parse().unwrap()).unwrap()
    }

    fn nights() -> Schedule {
        let hours = |day| Hours {
            day,
            from_minute: 90,
            until_minute: 150,
        };
        Schedule {
            hours: Day::ALL.map(hours).to_vec(),
            closures: Vec::new(),
        }
    }

    #[test]
    fn hours_in_the_night_of_the_change_keep_to_the_clocks() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        // 01:30–02:30: cut short at the gap, and through both readings of 02:30 in autumn.
        let spring = nights().windows(&berlin, window("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"));
        assert_eq!(
            spring.as_slice(),
            [window("2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z")]
        );
        let autumn = nights().windows(&berlin, window("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"));
        assert_eq!(
            autumn.as_slice(),
            [window("2026-10-24T23:30:00Z", "2026-10-25T01:30:00Z")]
        );
    }

    #[test]
    fn closures_win_and_no_hours_means_always() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        let holiday = "2026-12-24".parse().unwrap();
        let schedule = Schedule {
            hours: Vec::new(),
            closures: vec![Closure {
                from_on: holiday,
                until_on: holiday,
            }],
        };
        let open = schedule.windows(&berlin, window("2026-12-23T12:00:00Z", "2026-12-25T12:00:00Z"));
        assert_eq!(
            open.as_slice(),
            [
                window("2026-12-23T12:00:00Z", "2026-12-23T23:00:00Z"),
                window("2026-12-24T23:00:00Z", "2026-12-25T12:00:00Z")
            ]
        );
        let open_ended = Window::new(Instant::from_ms(0), Instant::MAX).unwrap();
        assert!(
            schedule.windows(&berlin, open_ended).is_empty(),
            "an open end has no last week"
        );
    }
}
