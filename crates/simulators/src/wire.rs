//! The HTTP side that all simulated vendors share: a call comes in, the fault dial strikes or not, an answer leaves.
//!
//! A vendor's front gives [`pass`] what the call does; the order is the same everywhere: latency, troubles that keep the
//! call from taking effect, the effect itself, troubles on the way back. `None` for an answer is a reset connection.
//! What an error or a 429 looks like is the vendor's own business.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderName, request::Parts};
use axum::response::Response;
use serde_json::Value;

use crate::clock::pause;
use crate::fault::{FaultDial, RetryAfter, Struck, Trouble};
use crate::socket::Thread;

const LARGEST_BODY: usize = 1 << 20;

/// An answer about to leave.
pub(crate) struct Out {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

/// A call as it came in, its body read to the end.
pub(crate) struct Asked {
    pub head: Parts,
    pub body: Bytes,
}

/// Lets a call through the dial. `effect` runs at once, holds the vendor's state while it does, and returns what leaves.
pub(crate) async fn pass(
    faults: &FaultDial,
    thread: &Thread,
    request: Request,
    effect: impl FnOnce(&Asked, &Struck) -> Option<Out>,
) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return Out::json(413, &Value::Null).response();
    };
    let asked = Asked { head, body };
    let struck = faults.strike(asked.method(), asked.path());
    if !struck.latency.is_zero() {
        pause(struck.latency).await;
    }
    let out = effect(&asked, &struck);
    if let Some(Trouble::HangAfter { ms }) = struck.trouble {
        pause(Duration::from_millis(ms)).await;
    }
    match out {
        Some(out) => out.response(),
        None => {
            thread.tear();
            Response::new(Body::empty())
        }
    }
}

/// Troubles that keep the call from taking effect, in the vendor's words. `Some(None)` is a reset.
pub(crate) fn before_effect(
    struck: &Struck,
    too_many: impl FnOnce(Option<RetryAfter>) -> Out,
    broken: impl FnOnce(u16) -> Out,
) -> Option<Option<Out>> {
    match struck.trouble? {
        Trouble::TooMany { retry_after } => Some(Some(too_many(retry_after))),
        Trouble::Status { status } => Some(Some(broken(status))),
        Trouble::HtmlPage { status } => Some(Some(Out::typed(
            status,
            "text/html",
            "<html><head><title>Error</title></head><body><h1>Something went wrong</h1></body></html>".to_owned(),
        ))),
        Trouble::ResetBefore => Some(None),
        Trouble::Latency { .. } | Trouble::HangAfter { .. } | Trouble::ResetAfter | Trouble::TruncatedJson => None,
    }
}

/// Troubles on the way back. `None` is a reset.
pub(crate) fn after_effect(mut out: Out, struck: &Struck) -> Option<Out> {
    match struck.trouble {
        Some(Trouble::ResetAfter) => None,
        Some(Trouble::TruncatedJson) => {
            out.body.truncate(out.body.len() / 2);
            Some(out)
        }
        _ => Some(out),
    }
}

/// `a=1&b=2` decoded; what does not decode is left out.
pub(crate) fn parse_query(query: &str) -> Vec<(String, String)> {
    match reqwest::Url::parse(&format!("http://localhost/?{query}")) {
        Ok(url) => url
            .query_pairs()
            .map(|(key, value)| (key.into_owned(), value.into_owned()))
            .collect(),
        Err(_) => Vec::new(),
    }
}

impl Asked {
    pub fn method(&self) -> &str {
        self.head.method.as_str()
    }

    pub fn path(&self) -> &str {
        self.head.uri.path()
    }

    /// Without the question mark.
    pub fn query(&self) -> &str {
        self.head.uri.query().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether the body says that it is JSON.
    pub fn is_json(&self) -> bool {
        self.header("content-type").is_some_and(|kind| kind.contains("json"))
    }
}

impl Out {
    pub fn json(status: u16, body: &Value) -> Out {
        Out::typed(status, "application/json; charset=utf-8", body.to_string())
    }

    pub fn html(status: u16, page: &str) -> Out {
        Out::typed(status, "text/html; charset=utf-8", page.to_owned())
    }

    pub fn typed(status: u16, kind: &str, body: String) -> Out {
        Out {
            status,
            headers: vec![("content-type", kind.to_owned())],
            body: body.into_bytes(),
        }
    }

    pub fn empty(status: u16) -> Out {
        Out {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// The same with one header more.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Out {
        self.headers.push((name, value.into()));
        self
    }

    pub fn response(self) -> Response {
        let mut response = Response::builder().status(self.status);
        for (name, value) in self.headers {
            response = response.header(HeaderName::from_static(name), value);
        }
        response.body(Body::from(self.body)).unwrap_or_else(|error| {
            tracing::error!(%error, "an answer could not be built");
            Response::new(Body::empty())
        })
    }
}
