//! Weekly opening hours in a form: one pair of times for each day.
//!
//! In: the stored schedule, or what was typed. Out: rows for the template, and the schedule again.
//! Always: kept as `access::schedule::Schedule` in JSON; a day without times is closed; all days without times mean "always
//! open", as the schedule itself reads it. Closures that are stored stay as they are.

use access::schedule::{Day, Hours, Schedule};
use jiff::civil::Time;

use crate::fields::Fields;

/// The section of a form.
pub(crate) struct HoursForm {
    /// Its heading.
    pub legend: String,
    /// What it means.
    pub hint: String,
    /// What is wrong with it.
    pub error: String,
    /// Monday to Sunday.
    pub days: Vec<DayRow>,
}

/// One day.
pub(crate) struct DayRow {
    /// "Monday".
    pub label: &'static str,
    /// Name of the first field.
    pub from_name: String,
    /// Name of the second field.
    pub until_name: String,
    /// "09:00".
    pub from: String,
    /// "18:00".
    pub until: String,
}

const DAYS: [(Day, &str, &str); 7] = [
    (Day::Monday, "mon", "Monday"),
    (Day::Tuesday, "tue", "Tuesday"),
    (Day::Wednesday, "wed", "Wednesday"),
    (Day::Thursday, "thu", "Thursday"),
    (Day::Friday, "fri", "Friday"),
    (Day::Saturday, "sat", "Saturday"),
    (Day::Sunday, "sun", "Sunday"),
];

/// Puts a schedule into a form; of several spans on one day the first is shown.
pub(crate) fn fill(form: &mut Fields, schedule: &Schedule) {
    for (day, word, _) in DAYS {
        if let Some(hours) = schedule.hours.iter().find(|hours| hours.day == day) {
            form.set(&format!("{word}_from"), clock(hours.from_minute));
            form.set(&format!("{word}_until"), clock(hours.until_minute));
        }
    }
}

/// Reads them back, keeping the closures there were.
pub(crate) fn read(form: &mut Fields, before: &Schedule) -> Schedule {
    let mut hours = Vec::new();
    for (day, word, label) in DAYS {
        let (from, until) = (
            form.value(&format!("{word}_from")).to_owned(),
            form.value(&format!("{word}_until")).to_owned(),
        );
        if from.is_empty() && until.is_empty() {
            continue;
        }
        match (from.parse::<Time>(), until.parse::<Time>()) {
            (Ok(from), Ok(until)) => {
                let until_minute = if until == Time::midnight() { 1440 } else { minute(until) };
                let one = Hours {
                    day,
                    from_minute: minute(from),
                    until_minute,
                };
                if one.is_valid() {
                    hours.push(one);
                } else {
                    form.wrong("hours", format!("{label} ends before it begins."));
                }
            }
            _ => form.wrong("hours", format!("{label} needs both times, or neither.")),
        }
    }
    Schedule {
        hours,
        closures: before.closures.clone(),
    }
}

/// The section as it stands in the form.
pub(crate) fn section(form: &Fields, legend: &str, hint: &str) -> HoursForm {
    let days = DAYS.iter().map(|(_, word, label)| {
        let (from_name, until_name) = (format!("{word}_from"), format!("{word}_until"));
        DayRow {
            label,
            from: form.value(&from_name).into(),
            until: form.value(&until_name).into(),
            from_name,
            until_name,
        }
    });
    HoursForm {
        legend: legend.into(),
        hint: hint.into(),
        error: form.err("hours").into(),
        days: days.collect(),
    }
}

fn minute(time: Time) -> u16 {
    (i16::from(time.hour()) * 60 + i16::from(time.minute())).unsigned_abs()
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60 % 24, minute % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_come_back_as_they_went_in_and_midnight_is_the_day_s_end() {
        let week = Schedule {
            hours: vec![
                Hours {
                    day: Day::Monday,
                    from_minute: 540,
                    until_minute: 1080,
                },
                Hours {
                    day: Day::Friday,
                    from_minute: 0,
                    until_minute: 1440,
                },
            ],
            closures: Vec::new(),
        };
        let mut form = Fields::new();
        fill(&mut form, &week);
        assert_eq!(form.value("mon_from"), "09:00");
        assert_eq!(read(&mut form, &Schedule::default()), week);
        assert!(form.ok());
    }

    #[test]
    fn half_a_day_is_wrong() {
        let mut form = Fields::of([("tue_from", "09:00")]);
        read(&mut form, &Schedule::default());
        assert!(!form.err("hours").is_empty());
    }
}
