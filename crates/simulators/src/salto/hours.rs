//! Time schedules: weekday and hour filter with an optional range of dates (contract §5.8).
//!
//! Everything is naive wall-clock time of the site: an instant is turned into the site's civil time and compared there,
//! so an hour that a clock change skips never comes and one that it repeats comes twice. A `Z` or an offset sent by
//! mistake is ignored, not converted; that is the trap of the real thing.

use jiff::civil::{DateTime, Time};
use serde_json::{Map, Value, json};

use super::ask::Refusal;

/// The seven names in the order of the week.
const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// One schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Monday first.
    pub days: [bool; 7],
    /// From this second of the day.
    pub start_time: Time,
    /// To the end of this second of the day.
    pub end_time: Time,
    /// From this wall-clock moment on.
    pub start_date: Option<DateTime>,
    /// Before this wall-clock moment.
    pub end_date: Option<DateTime>,
}

impl Hours {
    /// All days, all day, for ever.
    pub fn always() -> Hours {
        Hours {
            days: [true; 7],
            start_time: Time::midnight(),
            end_time: Time::constant(23, 59, 59, 0),
            start_date: None,
            end_date: None,
        }
    }

    /// Monday to Friday between two full hours.
    pub fn workdays(from_hour: i8, until_hour: i8) -> Hours {
        Hours {
            days: [true, true, true, true, true, false, false],
            start_time: Time::constant(from_hour, 0, 0, 0),
            end_time: Time::constant(until_hour - 1, 59, 59, 0),
            ..Hours::always()
        }
    }

    /// Whether a wall-clock moment of the site lies in the schedule.
    pub fn contain(&self, local: DateTime) -> bool {
        let weekday = local.date().weekday().to_monday_zero_offset();
        let second = Time::constant(local.hour(), local.minute(), local.second(), 0);
        usize::try_from(weekday).is_ok_and(|day| self.days[day])
            && self.start_time <= second
            && second <= self.end_time
            && self.start_date.is_none_or(|start| start <= local)
            && self.end_date.is_none_or(|end| local < end)
    }

    /// Reads a request's body; the errors are those of the contract.
    pub(crate) fn read(body: &Value) -> Result<Hours, Refusal> {
        let Some(body) = body.as_object() else {
            return Err(Refusal::malformed("A non-empty request body is required."));
        };
        if body.contains_key("days") {
            return Err(Refusal::invalid("At least one day should be selected"));
        }
        let mut days = [false; 7];
        for (day, name) in days.iter_mut().zip(DAYS) {
            *day = body.get(name).and_then(Value::as_bool).unwrap_or(false);
        }
        if days == [false; 7] {
            return Err(Refusal::invalid("At least one day should be selected"));
        }
        Ok(Hours {
            days,
            start_time: time(body, "start_time", 0)?.unwrap_or(Time::midnight()),
            end_time: time(body, "end_time", 59)?.unwrap_or(Time::constant(23, 59, 59, 0)),
            start_date: date(body, "start_date")?,
            end_date: date(body, "end_date")?,
        })
    }

    pub(crate) fn shown(&self, id: &str) -> Value {
        let mut shown = Map::new();
        shown.insert("id".to_owned(), id.into());
        for (name, on) in DAYS.iter().zip(self.days) {
            shown.insert((*name).to_owned(), on.into());
        }
        shown.insert(
            "start_time".to_owned(),
            self.start_time.strftime("%H:%M:%S").to_string().into(),
        );
        shown.insert(
            "end_time".to_owned(),
            self.end_time.strftime("%H:%M:%S").to_string().into(),
        );
        for (name, date) in [("start_date", self.start_date), ("end_date", self.end_date)] {
            let text = date.map(|date| date.strftime("%Y-%m-%dT%H:%M:%S").to_string());
            shown.insert(name.to_owned(), json!(text));
        }
        Value::Object(shown)
    }

    /// The schedule as people say it.
    pub(crate) fn words(&self) -> String {
        let days: Vec<&str> = DAYS
            .iter()
            .zip(self.days)
            .filter_map(|(name, on)| on.then_some(&name[..2]))
            .collect();
        let days = if days.len() == 7 {
            "daily".to_owned()
        } else {
            days.join(" ")
        };
        let times = format!(
            "{}–{}",
            self.start_time.strftime("%H:%M"),
            self.end_time.strftime("%H:%M:%S")
        );
        let end =
            |date: Option<DateTime>| date.map_or("…".to_owned(), |date| date.strftime("%Y-%m-%d %H:%M").to_string());
        match (self.start_date, self.end_date) {
            (None, None) => format!("{days} {times}"),
            (start, until) => format!("{days} {times}, {} to {}", end(start), end(until)),
        }
    }
}

/// `HH:mm` gets these seconds: `18:00` as an end comes back as `18:00:59`.
fn time(body: &Map<String, Value>, key: &str, seconds: i8) -> Result<Option<Time>, Refusal> {
    let Some(text) = body.get(key).and_then(Value::as_str) else {
        return Ok(None);
    };
    let mut parts = text.split(':').map(str::parse::<i8>);
    let read = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(Ok(hour)), Some(Ok(minute)), None, None) => Time::new(hour, minute, seconds, 0),
        (Some(Ok(hour)), Some(Ok(minute)), Some(Ok(second)), None) => Time::new(hour, minute, second, 0),
        _ => return Err(Refusal::invalid(format!("{key} is not a valid time"))),
    };
    match read {
        Ok(time) => Ok(Some(time)),
        Err(_) => Err(Refusal::invalid(format!("{key} is not a valid time"))),
    }
}

fn date(body: &Map<String, Value>, key: &str) -> Result<Option<DateTime>, Refusal> {
    let Some(text) = body.get(key).and_then(Value::as_str) else {
        return Ok(None);
    };
    // Whatever zone is written behind the nineteen characters of a wall-clock moment is not read.
    match text.get(..19).unwrap_or(text).parse() {
        Ok(date) => Ok(Some(date)),
        Err(_) => Err(Refusal::invalid(format!("{key} is not a valid date"))),
    }
}
