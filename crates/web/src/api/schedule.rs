//! Weekly hours and closures, as the API shows and takes them.

use access::schedule::{Closure, Day, Hours, Schedule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// Weekly hours and closures. An empty list of hours is always open; a resource is then open as its location.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Schedule")]
pub struct ScheduleShape {
    /// Open when; overlapping hours add up.
    #[schemars(length(max = 100))]
    hours: Vec<HoursShape>,
    /// Whole days on which nothing is open.
    #[serde(default)]
    #[schemars(length(max = 400))]
    closures: Vec<ClosureShape>,
}

/// Open on a day of the week.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Hours")]
struct HoursShape {
    /// On which day.
    day: DayWord,
    /// Minutes since midnight.
    #[schemars(range(min = 0, max = 1439))]
    from_minute: u16,
    /// Minutes since midnight; 1440 is the end of the day.
    #[schemars(range(min = 1, max = 1440))]
    until_minute: u16,
}

/// Whole days, both included.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Closure")]
struct ClosureShape {
    /// First day.
    #[schemars(with = "crate::wire::Day")]
    from_on: access::facts::Date,
    /// Last day, inclusive.
    #[schemars(with = "crate::wire::Day")]
    until_on: access::facts::Date,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Day")]
enum DayWord {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl From<Schedule> for ScheduleShape {
    fn from(schedule: Schedule) -> Self {
        let hours = schedule.hours.into_iter().map(|hours| HoursShape {
            day: match hours.day {
                Day::Monday => DayWord::Monday,
                Day::Tuesday => DayWord::Tuesday,
                Day::Wednesday => DayWord::Wednesday,
                Day::Thursday => DayWord::Thursday,
                Day::Friday => DayWord::Friday,
                Day::Saturday => DayWord::Saturday,
                Day::Sunday => DayWord::Sunday,
            },
            from_minute: hours.from_minute,
            until_minute: hours.until_minute,
        });
        let closures = schedule.closures.into_iter().map(|closure| ClosureShape {
            from_on: closure.from_on,
            until_on: closure.until_on,
        });
        Self {
            hours: hours.collect(),
            closures: closures.collect(),
        }
    }
}

impl ScheduleShape {
    /// As stored; hours that end before they begin are refused.
    pub fn checked(self, field: &str) -> Result<Schedule, Problem> {
        let hours: Vec<Hours> = self
            .hours
            .into_iter()
            .map(|hours| Hours {
                day: Day::ALL[hours.day as usize],
                from_minute: hours.from_minute,
                until_minute: hours.until_minute,
            })
            .collect();
        if let Some(at) = hours.iter().position(|hours| !hours.is_valid()) {
            return Err(Problem::field(
                format!("{field}.hours.{at}"),
                "The end must come after the start, on the same day.",
            ));
        }
        let closures: Vec<Closure> = self
            .closures
            .into_iter()
            .map(|closure| Closure {
                from_on: closure.from_on,
                until_on: closure.until_on,
            })
            .collect();
        if let Some(at) = closures.iter().position(|closure| closure.until_on < closure.from_on) {
            return Err(Problem::field(
                format!("{field}.closures.{at}"),
                "The last day must not come before the first.",
            ));
        }
        Ok(Schedule { hours, closures })
    }
}
