//! Lists: bare or in an envelope, paged by links, filtered and ordered by a little OData (contract §4).
//!
//! `$top` is the page size; the links lead to the end. The grammar is what clients were seen to send: `field eq 'x'`,
//! `contains(field,'x')`, comparisons with a date literal, joined by `and`. Everything else is 400/1102.

use serde_json::{Value, json};

use super::ask::{Ask, Refusal, Reply};
use super::rows::Host;
use super::state::World;
use super::switches::NextLinks;
use crate::wire::Out;

const LARGEST_PAGE: usize = 100;

/// One list: the rows as they are shown, and the fields that `$filter` and `$orderby` know.
pub(super) fn list(world: &World, ask: &Ask<'_>, mut rows: Vec<Value>, fields: &[&str]) -> Reply {
    select(ask, &mut rows, fields)?;
    let top = ask
        .number("$top")?
        .unwrap_or(world.switches.page_size)
        .clamp(1, LARGEST_PAGE);
    let skip = ask.number("$skip")?.unwrap_or(0);
    let total = rows.len();
    let page: Vec<Value> = rows.into_iter().skip(skip).take(top).collect();
    let name = list_name(ask.path);
    if world.switches.bare_lists.split_whitespace().any(|bare| bare == name) {
        return Ok(Out::json(200, &Value::Array(page)));
    }
    let next = (skip + top < total).then(|| next_link(world, ask, skip + top));
    let count = (ask.param("$inlinecount") == Some("allpages")).then_some(total);
    Ok(Out::json(
        200,
        &json!({ "items": page, "next_page_link": next, "count": count }),
    ))
}

/// `$filter` and `$orderby` over rows.
pub(super) fn select(ask: &Ask<'_>, rows: &mut Vec<Value>, fields: &[&str]) -> Result<(), Refusal> {
    if let Some(filter) = ask.param("$filter") {
        for term in split_terms(filter) {
            let term = Term::read(term, fields)?;
            rows.retain(|row| term.takes(row));
        }
    }
    if let Some(order) = ask.param("$orderby") {
        let mut words = order.split_whitespace();
        let field = known(words.next().unwrap_or_default(), fields)?;
        rows.sort_by_key(|row| words_of(row, field));
        match (words.next(), words.next()) {
            (None | Some("asc"), None) => {}
            (Some("desc"), None) => rows.reverse(),
            _ => return Err(Refusal::odata(format!("Syntax error in $orderby '{order}'"))),
        }
    }
    Ok(())
}

/// `v1.2/users` for `v1.2/sites/<site>/users`.
fn list_name(path: &str) -> String {
    let version = path.split('/').next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    format!("{version}/{name}")
}

fn next_link(world: &World, ask: &Ask<'_>, skip: usize) -> String {
    let base = world.url(Host::Api);
    let whole = format!("{base}/{}", ask.path);
    let Ok(mut url) = reqwest::Url::parse(&whole) else {
        return whole;
    };
    let kept = ask.query.iter().filter(|(key, _)| key != "$skip");
    url.query_pairs_mut()
        .extend_pairs(kept)
        .append_pair("$skip", &skip.to_string());
    let tail = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    match world.switches.next_links {
        NextLinks::Absolute => url.to_string(),
        NextLinks::Http => format!("http://{}{tail}", base.split_once("://").map_or(base, |(_, host)| host)),
        NextLinks::Relative => tail.to_owned(),
        NextLinks::Foreign => format!("https://connect.elsewhere.example{tail}"),
    }
}

struct Term<'a> {
    field: &'a str,
    compare: Compare,
    value: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Compare {
    Equal,
    Differs,
    Contains,
    Above,
    AtLeast,
    Below,
    AtMost,
}

impl<'a> Term<'a> {
    fn read(text: &str, fields: &[&'a str]) -> Result<Term<'a>, Refusal> {
        let syntax = || Refusal::odata(format!("Syntax error in $filter '{text}'"));
        if let Some(inside) = text.strip_prefix("contains(").and_then(|rest| rest.strip_suffix(')')) {
            let (field, value) = inside.split_once(',').ok_or_else(syntax)?;
            return Ok(Term {
                field: known(field.trim(), fields)?,
                compare: Compare::Contains,
                value: literal(value.trim()).ok_or_else(syntax)?,
            });
        }
        let mut parts = text.splitn(3, ' ');
        let (field, word, value) = (parts.next(), parts.next(), parts.next());
        let compare = match word.ok_or_else(syntax)? {
            "eq" => Compare::Equal,
            "ne" => Compare::Differs,
            "gt" => Compare::Above,
            "ge" => Compare::AtLeast,
            "lt" => Compare::Below,
            "le" => Compare::AtMost,
            _ => return Err(syntax()),
        };
        Ok(Term {
            field: known(field.unwrap_or_default(), fields)?,
            compare,
            value: literal(value.ok_or_else(syntax)?.trim()).ok_or_else(syntax)?,
        })
    }

    fn takes(&self, row: &Value) -> bool {
        // Without case, as the server's database compares; instants in UTC order as text.
        let (left, right) = (words_of(row, self.field).to_lowercase(), self.value.to_lowercase());
        match self.compare {
            Compare::Equal => left == right,
            Compare::Differs => left != right,
            Compare::Contains => left.contains(&right),
            Compare::Above => left > right,
            Compare::AtLeast => left >= right,
            Compare::Below => left < right,
            Compare::AtMost => left <= right,
        }
    }
}

fn known<'a>(field: &str, fields: &[&'a str]) -> Result<&'a str, Refusal> {
    fields
        .iter()
        .find(|known| **known == field)
        .copied()
        .ok_or_else(|| Refusal::odata(format!("Could not find a property named '{field}'")))
}

/// A quoted text with doubled quotes, a date literal of OData v3, a number or a word.
fn literal(text: &str) -> Option<String> {
    let text = text
        .strip_prefix("DateTime")
        .or_else(|| text.strip_prefix("datetime"))
        .unwrap_or(text);
    match text.strip_prefix('\'') {
        Some(rest) => rest.strip_suffix('\'').map(|inside| inside.replace("''", "'")),
        None => (!text.is_empty() && !text.contains('\'')).then(|| text.to_owned()),
    }
}

/// The terms between `and`s outside quotes.
fn split_terms(filter: &str) -> Vec<&str> {
    let (mut terms, mut from, mut quoted) = (Vec::new(), 0, false);
    for (at, letter) in filter.char_indices() {
        if letter == '\'' {
            quoted = !quoted;
        }
        if !quoted && at >= from && filter[at..].starts_with(" and ") {
            terms.push(filter[from..at].trim());
            from = at + " and ".len();
        }
    }
    terms.push(filter[from..].trim());
    terms
}

/// A field such as `user/email` as comparable text.
fn words_of(row: &Value, field: &str) -> String {
    match row.pointer(&format!("/{field}")) {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => "null".to_owned(),
        Some(other) => other.to_string(),
    }
}
