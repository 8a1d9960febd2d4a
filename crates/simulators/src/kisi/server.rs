//! The HTTP side: every call passes the fault dial, the routes and the call log, in that order.
//!
//! A call is in the log before its answer leaves, so a test that has its answer sees the call counted. `/` and
//! `/_sim/…` belong to the console and to tests: no faults, no limits, not counted.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderName;
use axum::response::Response;
use serde_json::Value;

use super::ask::{Answer, Ask, Refusal};
use super::routes;
use super::rows::Call;
use super::state::World;
use super::switches::{TooManyBody, TooManyHeader};
use crate::clock::{SimClock, http_date, pause};
use crate::fault::{FaultDial, RetryAfter, Struck, Trouble, segments};
use crate::socket::Thread;

const LARGEST_BODY: usize = 1 << 20;

/// What the server, the webhook task and the handle share.
pub(crate) struct Shared {
    pub clock: SimClock,
    pub faults: FaultDial,
    world: Mutex<World>,
    started: tokio::time::Instant,
}

/// An answer about to leave.
struct Out {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Shared {
    pub fn new(clock: SimClock, world: World) -> Shared {
        let faults = FaultDial::default();
        Shared {
            clock,
            faults,
            world: Mutex::new(world),
            started: tokio::time::Instant::now(),
        }
    }

    /// The state; held only for a moment, never across a wait.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Every request that is not the console's.
pub(super) async fn front(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(thread): ConnectInfo<Thread>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let is_json = header("content-type").is_some_and(|kind| kind.contains("json"));
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return Out::json(413, &Value::Null).response();
    };
    let (method, path) = (head.method.as_str(), head.uri.path());
    let struck = shared.faults.strike(method, path);
    if !struck.latency.is_zero() {
        pause(struck.latency).await;
    }
    let query = head.uri.query().unwrap_or_default();
    let out = {
        let mut world = shared.world();
        let mut call = Call {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            status: 0,
            at_ms: world.now(),
            writing: !matches!(method, "GET" | "HEAD") && path != "/event_sets",
            caller: None,
        };
        let out = match before_effect(&world, &struck) {
            Some(out) => out,
            None => {
                let ask = Ask {
                    verb: if method == "PUT" { "PATCH" } else { method },
                    segments: segments(path).collect(),
                    query: parse_query(query),
                    body: Value::Null,
                    authorization: header("authorization"),
                    ip: thread.peer.ip(),
                };
                let real_ms = shared.started.elapsed().as_millis() as i64;
                let (out, user) = effect(&mut world, ask, &body, is_json, real_ms);
                call.caller = user.and_then(|id| world.users.get(&id)).map(|user| user.email.clone());
                after_effect(out, &struck)
            }
        };
        call.status = out.as_ref().map_or(0, |out| out.status);
        world.keep_call(call);
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

/// Troubles that keep the call from taking effect. `Some(None)` is a reset.
fn before_effect(world: &World, struck: &Struck) -> Option<Option<Out>> {
    match struck.trouble? {
        Trouble::TooMany { retry_after } => Some(Some(too_many(world, retry_after))),
        Trouble::Status { status } => {
            let refusal = Refusal::new(status, "ffffff", "An unexpected error occurred.");
            Some(Some(Out::json(status, &refusal.body())))
        }
        Trouble::HtmlPage { status } => Some(Some(Out {
            status,
            headers: vec![("content-type", "text/html".to_owned())],
            body: b"<html><head><title>Error</title></head><body><h1>Something went wrong</h1></body></html>".to_vec(),
        })),
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

fn effect(world: &mut World, ask: Ask<'_>, body: &[u8], is_json: bool, real_ms: i64) -> (Out, Option<i64>) {
    let body = match (body.is_empty() || !is_json, serde_json::from_slice(body)) {
        (true, _) => Value::Null,
        (false, Ok(body)) => body,
        (false, Err(_)) => {
            return (
                Out::json(400, &Refusal::bad("The body is not valid JSON.").body()),
                None,
            );
        }
    };
    let (reply, user) = routes::answer(world, &Ask { body, ..ask }, real_ms);
    let out = match reply {
        Ok(answer) => {
            let status = answer.status();
            match answer {
                Answer::Body(body) => Out::json(status, &body),
                Answer::Page(body, range) => {
                    let mut out = Out::json(status, &body);
                    out.headers.push(("x-collection-range", range));
                    out
                }
                Answer::Done => Out {
                    status,
                    headers: Vec::new(),
                    body: Vec::new(),
                },
            }
        }
        Err(Refusal {
            wait_ms: Some(wait_ms), ..
        }) => {
            let seconds = wait_ms.max(0).unsigned_abs().div_ceil(1000);
            let retry_after = match world.switches.too_many_retry_after {
                TooManyHeader::Absent => None,
                TooManyHeader::Seconds => Some(RetryAfter::Seconds(seconds)),
                TooManyHeader::Date => Some(RetryAfter::HttpDate(seconds)),
            };
            too_many(world, retry_after)
        }
        Err(refusal) => Out::json(refusal.status, &refusal.body()),
    };
    (out, user)
}

/// A 429 in the form the switches ask for; what Kisi really sends is not published (contract §8).
fn too_many(world: &World, retry_after: Option<RetryAfter>) -> Out {
    let sentence = "Too many requests. Please slow down.";
    let mut out = match world.switches.too_many_body {
        TooManyBody::Json => Out::json(429, &Refusal::new(429, "000429", sentence).body()),
        TooManyBody::Text => Out {
            status: 429,
            headers: vec![("content-type", "text/plain".to_owned())],
            body: sentence.as_bytes().to_vec(),
        },
        TooManyBody::Empty => Out {
            status: 429,
            headers: Vec::new(),
            body: Vec::new(),
        },
    };
    match retry_after {
        Some(RetryAfter::Seconds(seconds)) => out.headers.push(("retry-after", seconds.to_string())),
        Some(RetryAfter::HttpDate(seconds)) => {
            let at_ms = world.now() + i64::try_from(seconds).unwrap_or(0) * 1000;
            out.headers.push(("retry-after", http_date(at_ms)));
        }
        None => {}
    }
    out
}

/// `a=1&b=2` decoded; what does not decode is left out.
pub(super) fn parse_query(query: &str) -> Vec<(String, String)> {
    match reqwest::Url::parse(&format!("http://localhost/?{query}")) {
        Ok(url) => url
            .query_pairs()
            .map(|(key, value)| (key.into_owned(), value.into_owned()))
            .collect(),
        Err(_) => Vec::new(),
    }
}

impl Out {
    fn json(status: u16, body: &Value) -> Out {
        let headers = vec![("content-type", "application/json; charset=utf-8".to_owned())];
        Out {
            status,
            headers,
            body: body.to_string().into_bytes(),
        }
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
