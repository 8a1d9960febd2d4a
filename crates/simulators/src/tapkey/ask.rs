//! A call to the management API as the routes see it, and the answers they give: bare JSON out, `ErrorCode` and
//! `Message` for a refusal (contract §2, §5).

use serde_json::{Map, Value, json};

/// One call, taken apart.
pub(crate) struct Ask<'a> {
    pub verb: &'a str,
    pub query: Vec<(String, String)>,
    /// The JSON body; null when there was none.
    pub body: Value,
}

/// A good answer.
#[derive(Debug)]
pub(crate) enum Answer {
    /// 200 with an object.
    Body(Value),
    /// 200 with a bare array, after filter, order and page.
    List(Vec<Value>),
    /// The same for log entries, which have a cap of their own.
    Log(Vec<Value>),
    /// 204.
    Done,
}

/// A refusal.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub status: u16,
    pub code: &'static str,
    pub message: String,
    /// What `Retry-After` says, in seconds.
    pub retry_after_s: Option<u64>,
}

pub(crate) type Reply = Result<Answer, Refusal>;

impl Refusal {
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal {
            status,
            code,
            message: message.into(),
            retry_after_s: None,
        }
    }

    /// 400: the request is not understood or not allowed as it stands.
    pub fn bad(message: impl Into<String>) -> Refusal {
        Refusal::new(400, "InvalidRequest", message)
    }

    /// 401: no valid token, or one without the scope (contract §5).
    pub fn unauthorized(message: impl Into<String>) -> Refusal {
        Refusal::new(401, "Unauthorized", message)
    }

    /// 402: the plan does not allow it.
    pub fn plan(message: impl Into<String>) -> Refusal {
        Refusal::new(402, "SubscriptionInsufficient", message)
    }

    /// 403 on this object.
    pub fn forbidden(message: impl Into<String>) -> Refusal {
        Refusal::new(403, "Forbidden", message)
    }

    /// 404.
    pub fn absent(what: &str) -> Refusal {
        Refusal::new(404, "NotFound", format!("{what} was not found."))
    }

    /// 405.
    pub fn method() -> Refusal {
        Refusal::new(405, "MethodNotAllowed", "The resource does not support this method.")
    }

    /// 409 with the one code that has been seen in the wild (contract §5).
    pub fn duplicate(message: impl Into<String>) -> Refusal {
        Refusal::new(409, "Duplicate", message)
    }

    /// 409 of an object in the wrong state.
    pub fn conflict(message: impl Into<String>) -> Refusal {
        Refusal::new(409, "Conflict", message)
    }

    pub fn body(&self) -> Value {
        json!({ "ErrorCode": self.code, "Message": self.message })
    }
}

impl Ask<'_> {
    /// A query parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as an object; 400 otherwise. Unknown properties are simply never looked at.
    pub fn object(&self) -> Result<&Map<String, Value>, Refusal> {
        self.body
            .as_object()
            .ok_or_else(|| Refusal::bad("The body must be a JSON object."))
    }

    /// Whether `expand` (without a dollar sign) names this part.
    pub fn expands(&self, part: &str) -> bool {
        self.param("expand")
            .is_some_and(|parts| parts.split(',').any(|asked| asked.trim().eq_ignore_ascii_case(part)))
    }
}

/// A text property; absent, null and empty are the same.
pub(crate) fn text(object: &Map<String, Value>, key: &str) -> Option<String> {
    object
        .get(key)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

/// An instant as unix ms; absent and null are unbounded.
pub(crate) fn instant(object: &Map<String, Value>, key: &str) -> Result<Option<i64>, Refusal> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => match text.parse::<jiff::Timestamp>() {
            Ok(at) => Ok(Some(at.as_millisecond())),
            Err(_) => Err(Refusal::bad(format!("{key} is no ISO 8601 timestamp."))),
        },
        Some(_) => Err(Refusal::bad(format!("{key} is no ISO 8601 timestamp."))),
    }
}
