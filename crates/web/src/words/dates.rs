//! Moments as people say them: "today 11:30", "Mon 3 March", always in a zone.
//!
//! In: an instant (or date), now, and the zone of the place. Out: words.
//! Always: 24-hour clock; the year is said only when it is not this one; a doubtful zone name falls back to UTC.

use access::facts::Date;
use access::{Instant, Window};
use jiff::Zoned;
use jiff::tz::TimeZone;

/// The zone of a name; UTC when there is none of that name (names are checked when they are stored).
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// An instant in a zone.
pub fn local(at: Instant, zone: &TimeZone) -> Zoned {
    at.timestamp().to_zoned(zone.clone())
}

/// "11:30".
pub fn time(at: Instant, zone: &TimeZone) -> String {
    let at = local(at, zone);
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// "11:30:05".
pub fn time_to_the_second(at: Instant, zone: &TimeZone) -> String {
    let at = local(at, zone);
    format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
}

/// "today", "tomorrow", "yesterday", "Mon 3 March", "Mon 3 March 2027".
pub fn day(on: Date, now: Instant, zone: &TimeZone) -> String {
    let today = local(now, zone).date();
    match on.since(today).map(|span| span.get_days()) {
        Ok(0) => "today".into(),
        Ok(1) => "tomorrow".into(),
        Ok(-1) => "yesterday".into(),
        _ => date(on, today.year()),
    }
}

/// "Mon 3 March", with the year when it is another one.
pub fn date(on: Date, this_year: i16) -> String {
    let year = if on.year() == this_year {
        String::new()
    } else {
        format!(" {}", on.year())
    };
    on.strftime("%a %-d %B").to_string() + &year
}

/// "today 11:30", "Mon 3 March 11:30".
pub fn moment(at: Instant, now: Instant, zone: &TimeZone) -> String {
    match at {
        Instant::MIN => "since ever".into(),
        Instant::MAX => "with no end".into(),
        at => format!("{} {}", day(local(at, zone).date(), now, zone), time(at, zone)),
    }
}

/// "today 11:30–16:30", "today 11:30 – tomorrow 16:30", "from Mon 3 March 00:00, with no end".
pub fn window(window: Window, now: Instant, zone: &TimeZone) -> String {
    match (window.from, window.until) {
        (Instant::MIN, Instant::MAX) => "always".into(),
        (Instant::MIN, until) => format!("until {}", moment(until, now, zone)),
        (from, Instant::MAX) if from <= now => format!("since {}, with no end", moment(from, now, zone)),
        (from, Instant::MAX) => format!("from {}, with no end", moment(from, now, zone)),
        (from, until) if local(from, zone).date() == local(until, zone).date() => {
            format!("{}–{}", moment(from, now, zone), time(until, zone))
        }
        (from, until) => format!("{} – {}", moment(from, now, zone), moment(until, now, zone)),
    }
}

/// "in 25 minutes", "3 hours ago", "just now"; for days and more, the moment itself.
pub fn relative(at: Instant, now: Instant, zone: &TimeZone) -> String {
    if at.is_open() {
        return moment(at, now, zone);
    }
    let seconds = (at.ms() - now.ms()) / 1000;
    match seconds.abs() {
        0..45 => "just now".into(),
        45..86_400 if seconds > 0 => format!("in {}", span(seconds)),
        45..86_400 => format!("{} ago", span(-seconds)),
        _ => moment(at, now, zone),
    }
}

/// A length of time: "40 seconds", "25 minutes", "3 hours", "2 days".
pub fn span(seconds: i64) -> String {
    let (number, unit) = match seconds.max(1) {
        s @ 0..60 => (s, "second"),
        s @ 60..5_400 => ((s + 30) / 60, "minute"),
        s @ 5_400..129_600 => ((s + 1_800) / 3_600, "hour"),
        s => ((s + 43_200) / 86_400, "day"),
    };
    if number == 1 {
        format!("1 {unit}")
    } else {
        format!("{number} {unit}s")
    }
}

/// The zone as said beside a time, when it is not the reader's: "Berlin time".
pub fn zone_words(name: &str) -> String {
    let city = name.rsplit('/').next().unwrap_or(name).replace('_', " ");
    format!("{city} time")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn moments_are_said_as_people_say_them() {
        let berlin = zone("Europe/Berlin");
        let now = at("2026-03-01T08:00:00Z");
        assert_eq!(moment(at("2026-03-01T10:30:00Z"), now, &berlin), "today 11:30");
        assert_eq!(moment(at("2026-03-01T23:30:00Z"), now, &berlin), "tomorrow 00:30");
        assert_eq!(moment(at("2026-03-09T08:00:00Z"), now, &berlin), "Mon 9 March 09:00");
        assert_eq!(
            moment(at("2027-03-09T08:00:00Z"), now, &berlin),
            "Tue 9 March 2027 09:00"
        );
        assert_eq!(relative(at("2026-03-01T08:25:00Z"), now, &berlin), "in 25 minutes");
        assert_eq!(relative(at("2026-03-01T07:00:00Z"), now, &berlin), "60 minutes ago");
    }

    #[test]
    fn windows_name_a_day_once() {
        let berlin = zone("Europe/Berlin");
        let now = at("2026-03-01T08:00:00Z");
        let day = Window::new(at("2026-03-01T10:30:00Z"), at("2026-03-01T15:30:00Z")).unwrap();
        assert_eq!(window(day, now, &berlin), "today 11:30–16:30");
        let open = Window::new(at("2026-03-08T23:00:00Z"), Instant::MAX).unwrap();
        assert_eq!(window(open, now, &berlin), "from Mon 9 March 00:00, with no end");
    }
}
