//! A call as the routes see it, and the answers they give: wrapped bodies in, Kisi's three error shapes and
//! `X-Collection-Range` out (contract §2).

use std::net::IpAddr;

use serde_json::{Map, Value, json};

/// One HTTP call, taken apart.
pub(crate) struct Ask<'a> {
    /// `GET`, `POST`, `PATCH` (PUT is taken for PATCH) or `DELETE`.
    pub verb: &'a str,
    pub segments: Vec<&'a str>,
    pub query: Vec<(String, String)>,
    pub body: Value,
    pub authorization: Option<&'a str>,
    pub ip: IpAddr,
}

/// A good answer.
#[derive(Debug)]
pub(crate) enum Answer {
    /// 200 with a body.
    Body(Value),
    /// 200 with one page of a list and its `X-Collection-Range`.
    Page(Value, String),
    /// 204.
    Done,
}

/// A refusal, in one of Kisi's shapes.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub status: u16,
    /// Kisi's code; empty when the body has none.
    pub code: &'static str,
    pub message: String,
    /// Field errors, which replace code and message (422).
    pub errors: Option<Value>,
    /// Milliseconds until the quota has room again (429).
    pub wait_ms: Option<i64>,
}

pub(crate) type Reply = Result<Answer, Refusal>;

impl Refusal {
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal {
            status,
            code,
            message: message.into(),
            errors: None,
            wait_ms: None,
        }
    }

    /// 422 about one field.
    pub fn field(field: &str, problem: &str) -> Refusal {
        let errors = json!({ field: [problem] });
        Refusal {
            errors: Some(errors),
            ..Refusal::new(422, "", format!("{field} {problem}"))
        }
    }

    /// 404 of a row that is absent or not visible.
    pub fn absent() -> Refusal {
        Refusal::new(404, "fcd8ef", "Not found.")
    }

    /// 404 of a path that does not exist.
    pub fn no_route() -> Refusal {
        Refusal::new(404, "000404", "The endpoint does not exist, please check your request.")
    }

    /// 403 of a caller without the right.
    pub fn forbidden() -> Refusal {
        Refusal::new(403, "fcd8ef", "Access denied.")
    }

    /// 400 of a missing mandatory filter or a bad argument.
    pub fn bad(message: impl Into<String>) -> Refusal {
        Refusal::new(400, "000400", message)
    }

    pub fn body(&self) -> Value {
        match (&self.errors, self.code) {
            (Some(errors), _) => json!({ "errors": errors }),
            (None, "") => json!({ "error": self.message }),
            (None, code) => json!({ "code": code, "error": self.message }),
        }
    }
}

impl Ask<'_> {
    /// A query parameter; an empty one counts as absent.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// A query parameter that must be a whole number.
    pub fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        match self.param(name) {
            None => Ok(None),
            Some(text) => match text.parse() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(Refusal::bad(format!("{name} must be a number."))),
            },
        }
    }

    /// A query parameter `true` or `false`.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.param(name).and_then(|text| text.parse().ok())
    }

    /// The object inside its singular name; 400 when it is not wrapped.
    pub fn wrapped(&self, name: &str) -> Result<&Map<String, Value>, Refusal> {
        match self.body.get(name).and_then(Value::as_object) {
            Some(object) => Ok(object),
            None => Err(Refusal::bad(format!("param is missing or the value is empty: {name}"))),
        }
    }

    /// Whether a row passes the `ids` filter (comma separated).
    pub fn wants_id(&self, id: i64) -> bool {
        self.param("ids")
            .is_none_or(|ids| ids.split(',').any(|text| text.trim().parse() == Ok(id)))
    }

    /// Whether a row passes the free-text `query`: any word in any field, without case. Fuzzy on purpose.
    pub fn wants_text(&self, fields: &[&str]) -> bool {
        let Some(query) = self.param("query") else { return true };
        let text = fields.join("\n").to_lowercase();
        query
            .to_lowercase()
            .split([' ', '@', '+'])
            .filter(|word| !word.is_empty())
            .any(|word| text.contains(word))
    }

    /// One page of `rows` by `limit` and `offset`, with the header's range over the requested window (contract §2.1).
    pub fn page<T>(&self, rows: Vec<T>, limits: Limits, show: impl Fn(&T) -> Value) -> Reply {
        let limit = self.number("limit")?.unwrap_or(limits.default).clamp(1, limits.max);
        let offset = self.number("offset")?.unwrap_or(0);
        if !(0..=20_000).contains(&offset) {
            return Err(Refusal::bad("offset must be between 0 and 20000."));
        }
        let page: Vec<Value> = rows
            .iter()
            .skip(offset as usize)
            .take(limit as usize)
            .map(show)
            .collect();
        let range = match rows.len() {
            0 => "*/0".to_owned(),
            total => format!("{offset}-{}/{total}", offset + limit - 1),
        };
        Ok(Answer::Page(Value::Array(page), range))
    }

    /// Sorts rows by the field that `sort` names, if it is one of `fields`; a leading `-` reverses.
    pub fn sort<T>(&self, rows: &mut [T], fields: &[&str], key: impl Fn(&T, &str) -> String) -> Result<(), Refusal> {
        let Some(sort) = self.param("sort") else { return Ok(()) };
        let field = sort.strip_prefix('-').unwrap_or(sort);
        if !fields.contains(&field) {
            return Err(Refusal::bad(format!("cannot sort by {field}.")));
        }
        rows.sort_by_key(|row| key(row, field).to_lowercase());
        if sort.starts_with('-') {
            rows.reverse();
        }
        Ok(())
    }
}

/// Default and maximum page size of a resource.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub default: i64,
    pub max: i64,
}

/// Locks and places.
pub(crate) const LOCKS: Limits = Limits { default: 50, max: 250 };
/// Users and members.
pub(crate) const USERS: Limits = Limits { default: 50, max: 100 };
/// Everything else.
pub(crate) const OTHERS: Limits = Limits { default: 10, max: 250 };

/// A boolean, also written as a string (the guides do).
pub(crate) fn lenient_bool(value: Option<&Value>) -> Option<bool> {
    match value? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// A text field; null and absent are `None`.
pub(crate) fn text(object: &Map<String, Value>, key: &str) -> Option<String> {
    object.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// An instant in RFC 3339 with any offset; null and absent are `None`, anything else is a 422.
pub(crate) fn instant(object: &Map<String, Value>, key: &str) -> Result<Option<i64>, Refusal> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok()) {
            Some(at) => Ok(Some(at.as_millisecond())),
            None => Err(Refusal::field(key, "is not a valid date")),
        },
    }
}
