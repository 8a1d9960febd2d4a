//! Pieces of a story's sentences: dates, times as the clocks show them, minutes of grace.
//!
//! In: text. Out: values, or in words what is wrong. Always: a time that the clocks never show, or show twice, is not guessed.

use access::Instant;
use access::facts::{Date, Grace};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

/// What is wrong with a line, in words for whoever wrote it.
pub type Told<T> = Result<T, String>;

pub fn cut<'a>(text: &'a str, at: &str) -> Told<(&'a str, &'a str)> {
    text.split_once(at)
        .ok_or_else(|| format!("“{}” is missing in “{text}”", at.trim()))
}

pub fn none_left(with: &[&str]) -> Told<()> {
    with.first()
        .map_or(Ok(()), |word| Err(format!("“{word}” says nothing here")))
}

pub fn from_to(text: &str) -> Told<(Date, Option<Date>)> {
    let date = |text: &str| {
        text.parse::<Date>()
            .map_err(|_| format!("“{text}” is not a date, as 2026-03-10 is"))
    };
    match text.split_once(" to ") {
        Some((from, to)) => Ok((date(from)?, Some(date(to)?))),
        None => Ok((date(text)?, None)),
    }
}

pub fn grace(text: &str) -> Told<Grace> {
    let wrong = || format!("“{text}” is not as “grace 30/30” is");
    let (before, after) = text
        .strip_prefix("grace ")
        .and_then(|rest| rest.split_once('/'))
        .ok_or_else(wrong)?;
    let minutes = |text: &str| text.parse().map_err(|_| wrong());
    Ok(Grace {
        before_minutes: minutes(before)?,
        after_minutes: minutes(after)?,
    })
}

/// What the clocks show: `2026-03-10 11:29`, and for a repeated hour `2026-10-25 02:30 first` or `… second`.
pub fn instant(zone: &str, text: &str) -> Told<Instant> {
    let zone = TimeZone::get(zone).map_err(|_| format!("“{zone}” is no zone"))?;
    let (shown, which) = match text.rsplit_once(' ') {
        Some((shown, which @ ("first" | "second"))) => (shown, Some(which)),
        _ => (text, None),
    };
    let civil: DateTime = shown
        .replacen(' ', "T", 1)
        .parse()
        .map_err(|_| format!("“{text}” is not a time, as 2026-03-10 11:29 is"))?;
    let offset = match (zone.to_ambiguous_timestamp(civil).offset(), which) {
        (AmbiguousOffset::Unambiguous { offset }, None) => offset,
        (AmbiguousOffset::Fold { before, .. }, Some("first")) => before,
        (AmbiguousOffset::Fold { after, .. }, Some(_)) => after,
        (AmbiguousOffset::Unambiguous { .. }, Some(_)) => return Err(format!("the clocks show {shown} once only")),
        (AmbiguousOffset::Fold { .. }, None) => {
            return Err(format!("the clocks show {shown} twice: say first or second"));
        }
        (AmbiguousOffset::Gap { .. }, _) => return Err(format!("the clocks never show {shown}")),
    };
    offset
        .to_timestamp(civil)
        .map(Instant::from)
        .map_err(|error| error.to_string())
}
