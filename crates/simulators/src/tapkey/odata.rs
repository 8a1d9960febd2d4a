//! The part of OData that lists understand (contract §4, S10): `$filter`, `$select`, `$orderby`, `$top`, `$skip`.
//!
//! Filters know `eq ne gt ge lt le and or not`, parentheses, text in single quotes (doubled inside), numbers, booleans,
//! null and bare timestamps. Text is compared with its case. Every other option, function or property name is 400, so
//! that a client which guesses finds out.

use std::cmp::Ordering;

use serde_json::Value;

use super::ask::{Ask, Refusal};
use super::switches::Switches;

/// Parentheses and negations inside each other.
const DEEPEST: usize = 32;

/// Filter, order and page of one list; `cap` is the longest page, 0 for none.
pub(crate) fn applied(
    ask: &Ask<'_>,
    switches: &Switches,
    cap: u32,
    mut rows: Vec<Value>,
) -> Result<Vec<Value>, Refusal> {
    let (mut top, mut skip, mut select) = (None, 0, None);
    for (name, value) in ask.query.iter().filter(|(name, _)| name.starts_with('$')) {
        match name.as_str() {
            "$filter" => {
                let filter = Filter::parsed(value)?;
                let mut kept = Vec::new();
                for row in rows {
                    if filter.passes(&row)? {
                        kept.push(row);
                    }
                }
                rows = kept;
            }
            "$orderby" if switches.orderby => order(&mut rows, value)?,
            "$top" => top = Some(number(name, value)?),
            "$skip" => skip = number(name, value)?,
            "$select" => select = Some(value.split(',').map(str::trim).collect::<Vec<_>>()),
            _ => return Err(Refusal::bad(format!("The query option {name} is not supported."))),
        }
    }
    let cap = if cap == 0 { usize::MAX } else { cap as usize };
    let mut rows: Vec<Value> = rows.into_iter().skip(skip).take(top.unwrap_or(cap).min(cap)).collect();
    if let Some(select) = select {
        for row in &mut rows {
            if let Some(object) = row.as_object_mut() {
                if let Some(strange) = select.iter().find(|name| !object.contains_key(**name)) {
                    return Err(unknown(strange));
                }
                object.retain(|key, _| select.contains(&key.as_str()));
            }
        }
    }
    Ok(rows)
}

fn number(name: &str, value: &str) -> Result<usize, Refusal> {
    value
        .parse()
        .map_err(|_| Refusal::bad(format!("{name} must be a whole number.")))
}

fn unknown(property: &str) -> Refusal {
    Refusal::bad(format!("There is no property {property}."))
}

fn order(rows: &mut [Value], by: &str) -> Result<(), Refusal> {
    let mut keys = Vec::new();
    for part in by.split(',') {
        let mut words = part.split_whitespace();
        let property = words.next().ok_or_else(|| Refusal::bad("$orderby is empty."))?;
        let backwards = match (words.next(), words.next()) {
            (None | Some("asc"), None) => false,
            (Some("desc"), None) => true,
            _ => return Err(Refusal::bad("$orderby is not understood.")),
        };
        for row in rows.iter() {
            property_of(row, property)?;
        }
        keys.push((property, backwards));
    }
    rows.sort_by(|one, other| {
        let compared = keys.iter().map(|(property, backwards)| {
            let key = |row| property_of(row, property).ok();
            let order = match (key(one), key(other)) {
                (Some(one), Some(other)) => compared(one, other).unwrap_or(Ordering::Equal),
                _ => Ordering::Equal,
            };
            if *backwards { order.reverse() } else { order }
        });
        compared.fold(Ordering::Equal, Ordering::then)
    });
    Ok(())
}

/// A property by its path, `contact/identifier`; 400 when the object has none of that name.
fn property_of<'a>(row: &'a Value, path: &str) -> Result<&'a Value, Refusal> {
    let mut value = row;
    for name in path.split('/') {
        if value.is_null() {
            return Ok(value);
        }
        value = value.get(name).ok_or_else(|| unknown(path))?;
    }
    Ok(value)
}

/// `None` when the two cannot be compared; instants are compared as instants, null comes first.
fn compared(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::String(one), Value::String(other)) => Some(one.cmp(other)),
        (Value::Number(one), Value::Number(other)) => one.as_f64()?.partial_cmp(&other.as_f64()?),
        (Value::Bool(one), Value::Bool(other)) => Some(one.cmp(other)),
        (Value::Null, Value::Null) => Some(Ordering::Equal),
        (Value::Null, _) => Some(Ordering::Less),
        (_, Value::Null) => Some(Ordering::Greater),
        _ => None,
    }
}

#[derive(Debug)]
enum Filter {
    Both(Box<Filter>, Box<Filter>),
    Either(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
    Compare(String, Operator, Value),
}

#[derive(Clone, Copy, Debug)]
enum Operator {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

impl Operator {
    fn named(word: &str) -> Option<Operator> {
        Some(match word {
            "eq" => Operator::Eq,
            "ne" => Operator::Ne,
            "gt" => Operator::Gt,
            "ge" => Operator::Ge,
            "lt" => Operator::Lt,
            "le" => Operator::Le,
            _ => return None,
        })
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Open,
    Close,
    Word(String),
    Literal(Value),
}

impl Filter {
    fn parsed(text: &str) -> Result<Filter, Refusal> {
        let mut pieces = pieces(text)?.into_iter().peekable();
        let filter = either(&mut pieces, 0)?;
        match pieces.next() {
            None => Ok(filter),
            Some(_) => Err(senseless()),
        }
    }

    fn passes(&self, row: &Value) -> Result<bool, Refusal> {
        Ok(match self {
            Filter::Both(one, other) => one.passes(row)? & other.passes(row)?,
            Filter::Either(one, other) => one.passes(row)? | other.passes(row)?,
            Filter::Not(filter) => !filter.passes(row)?,
            Filter::Compare(property, operator, literal) => {
                let value = property_of(row, property)?;
                match operator {
                    Operator::Eq => value == literal,
                    Operator::Ne => value != literal,
                    // As in SQL, nothing is more or less than null.
                    _ if value.is_null() || literal.is_null() => false,
                    Operator::Gt => compared(value, literal) == Some(Ordering::Greater),
                    Operator::Ge => matches!(compared(value, literal), Some(Ordering::Greater | Ordering::Equal)),
                    Operator::Lt => compared(value, literal) == Some(Ordering::Less),
                    Operator::Le => matches!(compared(value, literal), Some(Ordering::Less | Ordering::Equal)),
                }
            }
        })
    }
}

fn senseless() -> Refusal {
    Refusal::bad("$filter is not understood.")
}

type Pieces = std::iter::Peekable<std::vec::IntoIter<Piece>>;

fn either(pieces: &mut Pieces, depth: usize) -> Result<Filter, Refusal> {
    let mut filter = both(pieces, depth)?;
    while pieces.next_if_eq(&Piece::Word("or".to_owned())).is_some() {
        filter = Filter::Either(Box::new(filter), Box::new(both(pieces, depth)?));
    }
    Ok(filter)
}

fn both(pieces: &mut Pieces, depth: usize) -> Result<Filter, Refusal> {
    let mut filter = single(pieces, depth)?;
    while pieces.next_if_eq(&Piece::Word("and".to_owned())).is_some() {
        filter = Filter::Both(Box::new(filter), Box::new(single(pieces, depth)?));
    }
    Ok(filter)
}

fn single(pieces: &mut Pieces, depth: usize) -> Result<Filter, Refusal> {
    if depth > DEEPEST {
        return Err(senseless());
    }
    match pieces.next() {
        Some(Piece::Open) => {
            let filter = either(pieces, depth + 1)?;
            match pieces.next() {
                Some(Piece::Close) => Ok(filter),
                _ => Err(senseless()),
            }
        }
        Some(Piece::Word(word)) if word == "not" => Ok(Filter::Not(Box::new(single(pieces, depth + 1)?))),
        Some(Piece::Word(property)) => {
            let operator = match pieces.next() {
                Some(Piece::Word(word)) => Operator::named(&word).ok_or_else(senseless)?,
                _ => return Err(senseless()),
            };
            match pieces.next() {
                Some(Piece::Literal(literal)) => Ok(Filter::Compare(property, operator, literal)),
                _ => Err(senseless()),
            }
        }
        _ => Err(senseless()),
    }
}

fn pieces(text: &str) -> Result<Vec<Piece>, Refusal> {
    let mut pieces = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' => {}
            '(' => pieces.push(Piece::Open),
            ')' => pieces.push(Piece::Close),
            '\'' => {
                let mut literal = String::new();
                loop {
                    match letters.next() {
                        Some('\'') if letters.next_if_eq(&'\'').is_some() => literal.push('\''),
                        Some('\'') => break,
                        Some(letter) => literal.push(letter),
                        None => return Err(senseless()),
                    }
                }
                pieces.push(Piece::Literal(literal.into()));
            }
            letter => {
                let mut word = String::from(letter);
                while let Some(letter) = letters.next_if(|letter| !" ()'".contains(*letter)) {
                    word.push(letter);
                }
                pieces.push(bare(word)?);
            }
        }
    }
    Ok(pieces)
}

/// A word without quotes: a name, a number, a boolean, null, or a timestamp (which answers write as text).
fn bare(word: String) -> Result<Piece, Refusal> {
    let literal = match word.as_str() {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        "null" => Value::Null,
        _ if word.starts_with(|first: char| first.is_ascii_digit() || first == '-') => {
            match (word.parse::<i64>(), word.parse::<jiff::Timestamp>()) {
                (Ok(number), _) => number.into(),
                (Err(_), Ok(at)) => super::state::stamp(at.as_millisecond()).into(),
                (Err(_), Err(_)) => return Err(senseless()),
            }
        }
        _ => return Ok(Piece::Word(word)),
    };
    Ok(Piece::Literal(literal))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn and_binds_closer_than_or_and_quotes_are_doubled() {
        let row = json!({ "id": "a", "title": "Ada's desk", "active": true, "n": 3, "at": "2026-03-02T08:30:00.000Z",
                          "contact": { "identifier": "x@example.org" }, "none": null });
        for (filter, passes) in [
            ("id eq 'b' and active eq true or n ge 3", true),
            ("id eq 'b' and (active eq true or n ge 3)", false),
            ("title eq 'Ada''s desk'", true),
            ("not (n lt 3) and none eq null", true),
            ("at gt 2026-03-02T08:00:00Z and at le 2026-03-02T08:30:00Z", true),
            ("contact/identifier eq 'x@example.org'", true),
            ("contact/identifier eq 'X@example.org'", false),
            ("none/identifier ne null", false),
        ] {
            let parsed = Filter::parsed(filter).unwrap_or_else(|refusal| panic!("{filter}: {refusal:?}"));
            assert_eq!(parsed.passes(&row).ok(), Some(passes), "{filter}");
        }
        for senseless in [
            "contains(title,'A')",
            "id eq",
            "id = 'a'",
            "(id eq 'a'",
            "id eq 'a",
            "id eq 'a' id",
        ] {
            assert!(Filter::parsed(senseless).is_err(), "{senseless}");
        }
    }
}
