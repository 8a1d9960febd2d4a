//! The HTTP side: every call passes the fault dial, the login server or the routes, and the call log, in that order.
//!
//! One process serves both of Tapkey's hosts: `/connect/…` and `/.well-known/…` are the login server, `/api/v1/…` the
//! management API. A call is in the log before its answer leaves. `/` and `/_sim/…` belong to the console and to
//! tests: no faults, no limits, not counted.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderName;
use axum::response::Response;
use serde_json::Value;

use super::ask::{Ask, Refusal};
use super::rows::Call;
use super::state::World;
use super::{login, routes};
use crate::clock::{SimClock, http_date, pause};
use crate::fault::{FaultDial, RetryAfter, Struck, Trouble, segments};
use crate::html::esc;
use crate::socket::Thread;

const LARGEST_BODY: usize = 1 << 20;

/// What the server and the handle share.
pub(crate) struct Shared {
    pub clock: SimClock,
    pub faults: FaultDial,
    world: Mutex<World>,
    started: tokio::time::Instant,
}

/// An answer about to leave.
pub(super) struct Out {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Shared {
    pub fn new(clock: SimClock, world: World) -> Shared {
        Shared {
            clock,
            faults: FaultDial::default(),
            world: Mutex::new(world),
            started: tokio::time::Instant::now(),
        }
    }

    /// The state; held only for a moment, never across a wait.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One request, read to its end.
struct Asked {
    method: String,
    path: String,
    query: String,
    content_type: String,
    authorization: Option<String>,
    body: Vec<u8>,
}

/// Every request that is not the console's.
pub(super) async fn front(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(thread): ConnectInfo<Thread>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return Out::refusal(&Refusal::new(413, "TooLarge", "The body is too large.")).response();
    };
    let asked = Asked {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        content_type: header("content-type").unwrap_or_default().to_lowercase(),
        authorization: header("authorization").map(str::to_owned),
        body: body.to_vec(),
    };
    let struck = shared.faults.strike(&asked.method, &asked.path);
    if !struck.latency.is_zero() {
        pause(struck.latency).await;
    }
    let out = {
        let real_ms = i64::try_from(shared.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        let mut world = shared.world();
        let at_ms = world.now();
        let (out, caller) = match before_effect(&world, &struck) {
            Some(out) => (out, None),
            None => {
                let (out, caller) = effect(&mut world, &asked, real_ms);
                (after_effect(out, &struck), caller)
            }
        };
        let is_json = asked.content_type.contains("json");
        let body = is_json.then(|| serde_json::from_slice(&asked.body).ok()).flatten();
        world.keep_call(Call {
            writing: !matches!(asked.method.as_str(), "GET" | "HEAD") && is_api(&asked.path),
            method: asked.method,
            path: asked.path,
            query: asked.query,
            body: body.unwrap_or(Value::Null),
            status: out.as_ref().map_or(0, |out| out.status),
            at_ms,
            caller,
        });
        out
    };
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

fn is_api(path: &str) -> bool {
    path.get(..8)
        .is_some_and(|start| start.eq_ignore_ascii_case("/api/v1/"))
}

/// Troubles that keep the call from taking effect. `Some(None)` is a reset.
fn before_effect(world: &World, struck: &Struck) -> Option<Option<Out>> {
    match struck.trouble? {
        Trouble::TooMany { retry_after } => {
            let mut out = Out::refusal(&too_many(None));
            match retry_after {
                Some(RetryAfter::Seconds(seconds)) => out.headers.push(("retry-after", seconds.to_string())),
                Some(RetryAfter::HttpDate(seconds)) => {
                    let at_ms = world.now() + i64::try_from(seconds).unwrap_or(0) * 1000;
                    out.headers.push(("retry-after", http_date(at_ms)));
                }
                None => {}
            }
            Some(Some(out))
        }
        Trouble::Status { status } => {
            let refusal = Refusal::new(status, "Unexpected", "An unexpected error occurred.");
            Some(Some(Out::refusal(&refusal)))
        }
        Trouble::HtmlPage { status } => Some(Some(Out::html(
            status,
            "<html><head><title>Error</title></head><body><h1>Something went wrong</h1></body></html>".to_owned(),
        ))),
        Trouble::ResetBefore => Some(None),
        Trouble::Latency { .. } | Trouble::HangAfter { .. } | Trouble::ResetAfter | Trouble::TruncatedJson => None,
    }
}

/// Troubles on the way back. `None` is a reset.
fn after_effect(mut out: Out, struck: &Struck) -> Option<Out> {
    match struck.trouble {
        Some(Trouble::ResetAfter) => None,
        Some(Trouble::TruncatedJson) => {
            out.body.truncate(out.body.len() / 2);
            Some(out)
        }
        _ => Some(out),
    }
}

/// 429 in the shape of every other refusal.
pub(super) fn too_many(retry_after_s: Option<u64>) -> Refusal {
    Refusal {
        retry_after_s,
        ..Refusal::new(429, "TooManyRequests", "Too many requests.")
    }
}

/// The answer, and for whom the caller acts.
fn effect(world: &mut World, asked: &Asked, real_ms: i64) -> (Out, Option<String>) {
    let lower = asked.path.to_ascii_lowercase();
    match (asked.method.as_str(), lower.as_str()) {
        ("GET", "/.well-known/openid-configuration") => (login::discovery(world), None),
        ("GET", "/connect/authorize") => (login::authorize(world, &parse_query(&asked.query)), None),
        ("POST", "/connect/token") => {
            let is_form = asked.content_type.starts_with("application/x-www-form-urlencoded");
            let form = String::from_utf8_lossy(&asked.body);
            (login::token(world, is_form.then(|| parse_query(&form))), None)
        }
        _ if is_api(&asked.path) => api(world, asked, real_ms),
        _ => (Out::refusal(&Refusal::absent("The page")), None),
    }
}

fn api(world: &mut World, asked: &Asked, real_ms: i64) -> (Out, Option<String>) {
    let caller = match world.authenticate(asked.authorization.as_deref()) {
        Ok(caller) => caller,
        Err(refusal) => return (Out::refusal(&refusal), None),
    };
    let email = world.email_of_user(&caller.user).map(str::to_owned);
    let body = match read_body(asked) {
        Ok(body) => body,
        Err(refusal) => return (Out::refusal(&refusal), email),
    };
    let ask = Ask {
        verb: &asked.method,
        query: parse_query(&asked.query),
        body,
    };
    let path: Vec<&str> = segments(&asked.path).skip(2).collect();
    let out = match routes::answer(world, &ask, &path, &caller, real_ms) {
        Ok(Some(body)) => Out::json(200, &body),
        Ok(None) => Out {
            status: 204,
            headers: Vec::new(),
            body: Vec::new(),
        },
        Err(refusal) => Out::refusal(&refusal),
    };
    (out, email)
}

/// A body that is sent must be JSON and say so (contract §10.2).
fn read_body(asked: &Asked) -> Result<Value, Refusal> {
    if asked.body.is_empty() {
        return Ok(Value::Null);
    }
    if !asked.content_type.contains("json") {
        return Err(Refusal::bad("The Content-Type must be application/json."));
    }
    serde_json::from_slice(&asked.body).map_err(|_| Refusal::bad("The body is not valid JSON."))
}

/// `a=1&b=2` decoded; what does not decode is left out.
fn parse_query(query: &str) -> Vec<(String, String)> {
    match reqwest::Url::parse(&format!("http://localhost/?{query}")) {
        Ok(url) => url
            .query_pairs()
            .map(|(key, value)| (key.into_owned(), value.into_owned()))
            .collect(),
        Err(_) => Vec::new(),
    }
}

impl Out {
    pub fn json(status: u16, body: &Value) -> Out {
        Out {
            status,
            headers: vec![("content-type", "application/json; charset=utf-8".to_owned())],
            body: body.to_string().into_bytes(),
        }
    }

    pub fn html(status: u16, page: String) -> Out {
        Out {
            status,
            headers: vec![("content-type", "text/html; charset=utf-8".to_owned())],
            body: page.into_bytes(),
        }
    }

    /// A page of the login server that goes nowhere.
    pub fn error_page(problem: &str) -> Out {
        let body = format!("<main><h1>Sign-in error</h1><p>{}</p></main>", esc(problem));
        Out::html(400, crate::html::page("Sign-in error", &body))
    }

    pub fn redirect(to: String) -> Out {
        Out {
            status: 302,
            headers: vec![("location", to)],
            body: Vec::new(),
        }
    }

    pub fn refusal(refusal: &Refusal) -> Out {
        let mut out = Out::json(refusal.status, &refusal.body());
        if let Some(seconds) = refusal.retry_after_s {
            out.headers.push(("retry-after", seconds.to_string()));
        }
        out
    }

    fn response(self) -> Response {
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
