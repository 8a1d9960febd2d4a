//! The HTTP side: every call passes the fault dial, the routes and the call log, in that order.
//!
//! A call is in the log before its answer leaves, so a test that has its answer sees the call counted. `/` and
//! `/_sim/…` belong to the console and to tests: no faults, no limits, not counted.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use serde_json::Value;

use super::ask::{Answer, Ask, Refusal};
use super::routes;
use super::rows::Call;
use super::state::World;
use super::switches::{TooManyBody, TooManyHeader};
use crate::clock::{SimClock, http_date};
use crate::fault::{FaultDial, RetryAfter, segments};
use crate::socket::Thread;
use crate::wire::{self, Out, parse_query};

/// What the server, the webhook task and the handle share.
pub(crate) struct Shared {
    pub clock: SimClock,
    pub faults: FaultDial,
    world: Mutex<World>,
    started: tokio::time::Instant,
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
    wire::pass(&shared.faults, &thread, request, |asked, struck| {
        let mut world = shared.world();
        let (method, path) = (asked.method(), asked.path());
        let mut call = Call {
            method: method.to_owned(),
            path: path.to_owned(),
            query: asked.query().to_owned(),
            status: 0,
            at_ms: world.now(),
            writing: !matches!(method, "GET" | "HEAD") && path != "/event_sets",
            caller: None,
        };
        let broken = |status| {
            let refusal = Refusal::new(status, "ffffff", "An unexpected error occurred.");
            Out::json(status, &refusal.body())
        };
        let out = match wire::before_effect(struck, |retry_after| too_many(&world, retry_after), broken) {
            Some(out) => out,
            None => {
                let ask = Ask {
                    verb: if method == "PUT" { "PATCH" } else { method },
                    segments: segments(path).collect(),
                    query: parse_query(asked.query()),
                    body: Value::Null,
                    authorization: asked.header("authorization"),
                    ip: thread.peer.ip(),
                };
                let real_ms = shared.started.elapsed().as_millis() as i64;
                let (out, user) = effect(&mut world, ask, &asked.body, asked.is_json(), real_ms);
                call.caller = user.and_then(|id| world.users.get(&id)).map(|user| user.email.clone());
                wire::after_effect(out, struck)
            }
        };
        call.status = out.as_ref().map_or(0, |out| out.status);
        world.keep_call(call);
        out
    })
    .await
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
                Answer::Page(body, range) => Out::json(status, &body).with("x-collection-range", range),
                Answer::Done => Out::empty(status),
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
        TooManyBody::Text => Out::typed(429, "text/plain", sentence.to_owned()),
        TooManyBody::Empty => Out::empty(429),
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
