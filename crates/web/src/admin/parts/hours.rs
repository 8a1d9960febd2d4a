//! Weekly opening hours and closed days in a form: one line of text for each day of the week, one for each closure.
//!
//! In: the stored schedule, or what was typed. Out: the section for the template, and the schedule again.
//! Always: what is stored comes back as it was, several spans of a day and closures too; a day without hours is closed; a week
//! without any says nothing of its own (a location is then always open, a resource open as its location). Errors name the day
//! or the line and stand there; nothing typed is lost.

use access::facts::Date;
use access::schedule::{Closure, Day, Hours, Schedule};

use crate::fields::Fields;

/// As many closures as programs may set.
const MOST_CLOSURES: usize = 400;
/// As many spans of one day as anybody would read.
const MOST_SPANS: usize = 12;

/// The section of a form.
pub(crate) struct HoursForm {
    /// Its heading.
    pub legend: String,
    /// What it means.
    pub hint: String,
    /// Monday to Sunday.
    pub days: Vec<DayRow>,
    /// What a day without hours says in its empty field.
    pub empty_day: &'static str,
    /// Closed days, as typed.
    pub closures: String,
    /// What they mean.
    pub closures_hint: &'static str,
    /// What is wrong with them.
    pub closures_error: String,
}

/// One day.
pub(crate) struct DayRow {
    /// "Monday".
    pub label: &'static str,
    /// The field's name.
    pub name: String,
    /// "09:00–12:00, 13:00–18:00".
    pub value: String,
    /// What is wrong with it.
    pub error: String,
}

const DAYS: [(Day, &str, &str); 7] = [
    (Day::Monday, "mon_hours", "Monday"),
    (Day::Tuesday, "tue_hours", "Tuesday"),
    (Day::Wednesday, "wed_hours", "Wednesday"),
    (Day::Thursday, "thu_hours", "Thursday"),
    (Day::Friday, "fri_hours", "Friday"),
    (Day::Saturday, "sat_hours", "Saturday"),
    (Day::Sunday, "sun_hours", "Sunday"),
];

/// Puts a schedule into a form.
pub(crate) fn fill(form: &mut Fields, schedule: &Schedule) {
    for (day, name, _) in DAYS {
        let mut of_day: Vec<&Hours> = schedule.hours.iter().filter(|hours| hours.day == day).collect();
        of_day.sort();
        let spans: Vec<String> = of_day
            .iter()
            .map(|hours| format!("{}–{}", clock(hours.from_minute), clock(hours.until_minute)))
            .collect();
        form.set(name, spans.join(", "));
    }
    let mut closures = schedule.closures.clone();
    closures.sort_by_key(|closure| (closure.from_on, closure.until_on));
    let lines: Vec<String> = closures.iter().map(line).collect();
    form.set("closures", lines.join("\n"));
}

fn line(closure: &Closure) -> String {
    if closure.from_on == closure.until_on {
        closure.from_on.to_string()
    } else {
        format!("{} to {}", closure.from_on, closure.until_on)
    }
}

/// Reads them back.
pub(crate) fn read(form: &mut Fields) -> Schedule {
    let mut schedule = Schedule::default();
    for (day, name, label) in DAYS {
        match spans(day, form.value(name)) {
            Ok(hours) => schedule.hours.extend(hours),
            Err(why) => form.wrong(name, format!("{label}: {why}")),
        }
    }
    match closures(form.value("closures")) {
        Ok(closures) => schedule.closures = closures,
        Err(why) => form.wrong("closures", why),
    }
    schedule
}

/// The section as it stands in the form.
pub(crate) fn section(form: &Fields, legend: &str, hint: &str, closures_hint: &'static str) -> HoursForm {
    let any = DAYS.iter().any(|(_, name, _)| !form.value(name).is_empty());
    let days = DAYS.iter().map(|(_, name, label)| DayRow {
        label,
        name: (*name).to_owned(),
        value: form.value(name).to_owned(),
        error: form.err(name).to_owned(),
    });
    HoursForm {
        legend: legend.into(),
        hint: hint.into(),
        days: days.collect(),
        empty_day: if any { "Closed" } else { "" },
        closures: form.value("closures").into(),
        closures_hint,
        closures_error: form.err("closures").into(),
    }
}

/// "09:00–12:00, 13:00–18:00".
fn spans(day: Day, typed: &str) -> Result<Vec<Hours>, String> {
    let parts: Vec<&str> = typed
        .split([',', ';'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    if parts.len() > MOST_SPANS {
        return Err(format!("at most {MOST_SPANS} spans a day."));
    }
    parts.into_iter().map(|part| span(day, part)).collect()
}

fn span(day: Day, typed: &str) -> Result<Hours, String> {
    let unclear = || format!("“{typed}” is no span of time. Write it as 09:00–12:00, several with commas.");
    let (from, until) = between(typed).ok_or_else(unclear)?;
    let (from_minute, until_minute) = (minute(from).ok_or_else(unclear)?, minute(until).ok_or_else(unclear)?);
    // Midnight as an end is the day's end.
    let until_minute = if until_minute == 0 { 1440 } else { until_minute };
    let hours = Hours {
        day,
        from_minute,
        until_minute,
    };
    if hours.is_valid() {
        return Ok(hours);
    }
    Err(format!(
        "“{typed}” ends before it begins. What goes past midnight is written on both days: until 24:00, and from 00:00."
    ))
}

/// Two texts around a dash or "to".
fn between(typed: &str) -> Option<(&str, &str)> {
    let (from, until) = typed.split_once(" to ").or_else(|| typed.split_once(['–', '—', '-']))?;
    Some((from.trim(), until.trim()))
}

/// "9", "9:30", "09:30", "24:00".
fn minute(typed: &str) -> Option<u16> {
    let (hour, minute) = typed.split_once([':', '.']).unwrap_or((typed, "00"));
    let number = |text: &str, longest: usize| {
        let digits = !text.is_empty() && text.len() <= longest && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse::<u16>().ok() } else { None }
    };
    let (hour, minute) = (number(hour, 2)?, number(minute, 2)?);
    let all = hour * 60 + minute;
    (minute < 60 && all <= 1440).then_some(all)
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Lines of one day each, or of a first and a last one.
fn closures(typed: &str) -> Result<Vec<Closure>, String> {
    let lines: Vec<&str> = typed
        .split(['\n', '\r', ',', ';'])
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if lines.len() > MOST_CLOSURES {
        return Err(format!("At most {MOST_CLOSURES} closures."));
    }
    lines.into_iter().map(closure).collect()
}

fn closure(typed: &str) -> Result<Closure, String> {
    let unclear = || format!("“{typed}” is no day. Write 2026-12-24, or 2026-12-24 to 2027-01-02.");
    let parts = typed
        .split_once(" to ")
        .or_else(|| typed.split_once(['–', '—']))
        .or_else(|| typed.split_once(" - "))
        .unwrap_or((typed, typed));
    let day = |text: &str| text.trim().parse::<Date>().map_err(|_| unclear());
    let (from_on, until_on) = (day(parts.0)?, day(parts.1)?);
    if until_on < from_on {
        return Err(format!("“{typed}” ends before it begins."));
    }
    Ok(Closure { from_on, until_on })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(day: Day, from_minute: u16, until_minute: u16) -> Hours {
        Hours {
            day,
            from_minute,
            until_minute,
        }
    }

    fn closed(from_on: &str, until_on: &str) -> Closure {
        Closure {
            from_on: from_on.parse().unwrap(),
            until_on: until_on.parse().unwrap(),
        }
    }

    #[test]
    fn everything_that_is_stored_comes_back_as_it_went_in() {
        let week = Schedule {
            hours: vec![
                hours(Day::Monday, 540, 720),
                hours(Day::Monday, 780, 1080),
                hours(Day::Friday, 0, 1440),
            ],
            closures: vec![closed("2026-12-24", "2026-12-26"), closed("2027-01-01", "2027-01-01")],
        };
        let mut form = Fields::new();
        fill(&mut form, &week);
        assert_eq!(form.value("mon_hours"), "09:00–12:00, 13:00–18:00");
        assert_eq!(form.value("fri_hours"), "00:00–24:00");
        assert_eq!(form.value("closures"), "2026-12-24 to 2026-12-26\n2027-01-01");
        assert_eq!(read(&mut form), week);
        assert!(form.ok());
    }

    #[test]
    fn hours_are_read_as_people_type_them() {
        for typed in [
            "9-12, 13-18",
            "9:00 to 12:00; 13.00 - 18:00",
            "09:00–12:00,13:00—18:00,",
        ] {
            let mut form = Fields::of([("tue_hours", typed)]);
            let read = read(&mut form);
            assert!(form.ok(), "{typed}: {:?}", form.errors());
            assert_eq!(
                read.hours,
                [hours(Day::Tuesday, 540, 720), hours(Day::Tuesday, 780, 1080)]
            );
        }
        let mut form = Fields::of([("sun_hours", "18:00-00:00")]);
        assert_eq!(read(&mut form).hours, [hours(Day::Sunday, 1080, 1440)]);
    }

    #[test]
    fn what_is_wrong_is_said_at_the_day_by_its_name() {
        for (typed, part) in [
            ("09:00", "“09:00” is no span of time"),
            ("9–12–14", "is no span"),
            ("09:75–12:00", "is no span"),
            ("22:00–02:00", "ends before it begins"),
            ("09:00–25:00", "is no span"),
        ] {
            let mut form = Fields::of([("wed_hours", typed), ("mon_hours", "9-12")]);
            read(&mut form);
            let said = form.err("wed_hours");
            assert!(
                said.starts_with("Wednesday: ") && said.contains(part),
                "{typed}: {said}"
            );
            assert_eq!((form.value("wed_hours"), form.value("mon_hours")), (typed, "9-12"));
            assert_eq!(form.err("mon_hours"), "");
        }
    }

    #[test]
    fn a_closure_that_is_no_day_is_named() {
        for (typed, part) in [
            ("2026-12-24\nChristmas", "“Christmas” is no day"),
            ("2026-02-30", "“2026-02-30” is no day"),
            ("2026-12-26 to 2026-12-24", "ends before it begins"),
        ] {
            let mut form = Fields::of([("closures", typed)]);
            read(&mut form);
            assert!(form.err("closures").contains(part), "{}", form.err("closures"));
        }
    }
}
