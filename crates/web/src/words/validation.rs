//! What is wrong with something typed or sent, and how to mend it.

use serde_json::Value;

use super::list_or;

/// A required field is missing.
pub fn needed() -> String {
    "This is needed.".into()
}

/// Nested further than we read.
pub fn too_deep() -> String {
    "This is nested deeper than we read.".into()
}

/// One of a few fixed values is wanted.
pub fn only(choices: &[Value]) -> String {
    let names = choices.iter().map(|choice| match choice {
        Value::String(text) => format!("“{text}”"),
        other => other.to_string(),
    });
    format!("This must be {}.", list_or(names))
}

/// Another JSON type is wanted.
pub fn type_wanted(types: &[&str]) -> String {
    let names = types.iter().filter(|kind| **kind != "null").map(|kind| {
        match *kind {
            "object" => "an object",
            "array" => "a list",
            "string" => "a text",
            "integer" => "a whole number",
            "number" => "a number",
            "boolean" => "true or false",
            other => other,
        }
        .to_owned()
    });
    format!("This must be {}.", list_or(names))
}

/// A field that nothing is known about.
pub fn unknown_field(name: &str, known: &[&str]) -> String {
    let nearest = known.iter().map(|known| (distance(name, known), known)).min();
    match nearest {
        Some((apart, near)) if apart <= 2 => format!("There is no field of this name. Did you mean “{near}”?"),
        _ if known.is_empty() => "There is no field of this name; none is expected here.".into(),
        _ => format!("There is no field of this name. Known are {}.", known.join(", ")),
    }
}

/// A list is too long.
pub fn at_most_items(most: u64) -> String {
    format!("At most {most} entries are taken here.")
}

/// A list is too short.
pub fn at_least_items(least: u64) -> String {
    if least == 1 {
        "At least one entry is needed.".into()
    } else {
        format!("At least {least} entries are needed.")
    }
}

/// A text is too short.
pub fn at_least_characters(least: u64) -> String {
    format!("This needs at least {least} characters.")
}

/// A text is too long.
pub fn at_most_characters(most: u64, is: u64) -> String {
    format!("At most {most} characters fit; this has {is}.")
}

/// A number is out of range.
pub fn between(least: Option<f64>, most: Option<f64>) -> String {
    match (least, most) {
        (Some(least), Some(most)) => format!("This must be between {least} and {most}."),
        (Some(least), None) => format!("This must be {least} or more."),
        (None, Some(most)) => format!("This must be {most} or less."),
        (None, None) => "This must be a number.".into(),
    }
}

/// A number was wanted and something else was typed.
pub fn not_a_number() -> String {
    "Write a whole number here.".into()
}

/// Not an e-mail address.
pub fn not_an_email() -> String {
    "Write an e-mail address, as in ada@example.org.".into()
}

/// Not a date.
pub fn not_a_date() -> String {
    "Write a date as year-month-day, as in 2026-03-01.".into()
}

/// Not a time of day.
pub fn not_a_time() -> String {
    "Write a time of day as hours:minutes, as in 09:30.".into()
}

/// Not a zone.
pub fn not_a_zone() -> String {
    "Choose a time zone, as in Europe/Berlin.".into()
}

/// Nothing that can be chosen.
pub fn not_a_choice() -> String {
    "Choose one of the entries.".into()
}

/// A password that is too easy.
pub fn weak_password(least: usize) -> String {
    format!("A password needs at least {least} characters. A few words in a row are good and easy to remember.")
}

/// Two passwords differ.
pub fn passwords_differ() -> String {
    "The two passwords are not the same.".into()
}

/// What a text of a named format lacks; `None` when it is right.
pub fn format(format: &str, text: &str) -> Option<String> {
    let (fits, sentence) = match format {
        "date-time" => (
            text.parse::<jiff::Timestamp>().is_ok(),
            "Write an instant with its offset, as in 2026-03-01T09:30:00Z or 2026-03-01T10:30:00+01:00.".to_owned(),
        ),
        "date" => (text.parse::<jiff::civil::Date>().is_ok(), not_a_date()),
        "email" => (looks_like_email(text), not_an_email()),
        "zone" => (jiff::tz::TimeZone::get(text).is_ok(), not_a_zone()),
        _ => match format.strip_prefix("id-") {
            Some(prefix) => (
                text.strip_prefix(prefix)
                    .and_then(|rest| rest.strip_prefix('_'))
                    .is_some_and(|rest| rest.len() == 26 && rest.bytes().all(|b| b.is_ascii_alphanumeric())),
                format!("This must be an id that starts with {prefix}_."),
            ),
            None => (true, String::new()),
        },
    };
    (!fits).then_some(sentence)
}

/// Enough to catch a slip; whether it exists only a mail can tell.
pub fn looks_like_email(text: &str) -> bool {
    let Some((name, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let plain = |part: &str| {
        !part.is_empty()
            && !part
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || "<>,;\"@".contains(c))
    };
    text.len() <= 254 && plain(name) && plain(domain) && !domain.starts_with('.') && !domain.ends_with('.')
}

/// How many letters apart two words are, at most a few.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(from != *to)).min(above + 1).min(row[j] + 1);
            diagonal = above;
        }
    }
    row[b.len()]
}

/// A plan or resource that is of another location than the subscription.
pub fn of_another_location(what: &str, there: &str, here: &str) -> String {
    format!("This {what} is of {there}; the subscription is at {here}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_in_a_field_name_is_pointed_out() {
        assert!(unknown_field("nmae", &["name", "email"]).contains("“name”"));
        assert!(unknown_field("colour_of_shoes", &["name", "email"]).contains("name, email"));
    }

    #[test]
    fn addresses_are_told_from_slips() {
        assert!(looks_like_email("ada@example.org") && looks_like_email("a+b@x"));
        assert!(!looks_like_email("ada") && !looks_like_email("ada@") && !looks_like_email("a b@c.d"));
    }
}
