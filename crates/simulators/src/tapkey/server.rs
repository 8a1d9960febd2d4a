//! The HTTP side: every call passes the fault dial, the login server or the routes, and the call log, in that order.
//!
//! One process serves both of Tapkey's hosts: `/connect/…` and `/.well-known/…` are the login server, `/api/v1/…` the
//! management API. A call is in the log before its answer leaves. `/` and `/_sim/…` belong to the console and to
//! tests: no faults, no limits, not counted.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use serde_json::Value;

use super::ask::{Ask, Refusal};
use super::rows::Call;
use super::state::World;
use super::{login, routes};
use crate::clock::{SimClock, http_date};
use crate::fault::{FaultDial, RetryAfter, Struck, segments};
use crate::socket::Thread;
use crate::wire::{self, Asked, Out, parse_query};

/// What the server and the handle share.
pub(crate) struct Shared {
    pub clock: SimClock,
    pub faults: FaultDial,
    world: Mutex<World>,
    started: tokio::time::Instant,
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

/// Every request that is not the console's.
pub(super) async fn front(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(thread): ConnectInfo<Thread>,
    request: Request,
) -> Response {
    wire::pass(&shared.faults, &thread, request, |asked, struck| {
        let real_ms = i64::try_from(shared.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        let mut world = shared.world();
        let at_ms = world.now();
        let (out, caller) = match before_effect(at_ms, struck) {
            Some(out) => (out, None),
            None => {
                let (out, caller) = effect(&mut world, asked, real_ms);
                (wire::after_effect(out, struck), caller)
            }
        };
        let body = asked.is_json().then(|| serde_json::from_slice(&asked.body).ok());
        world.keep_call(Call {
            method: asked.method().to_owned(),
            path: asked.path().to_owned(),
            query: asked.query().to_owned(),
            body: body.flatten().unwrap_or(Value::Null),
            status: out.as_ref().map_or(0, |out| out.status),
            at_ms,
            writing: !matches!(asked.method(), "GET" | "HEAD") && is_api(asked.path()),
            caller,
        });
        out
    })
    .await
}

fn is_api(path: &str) -> bool {
    path.get(..8)
        .is_some_and(|start| start.eq_ignore_ascii_case("/api/v1/"))
}

fn before_effect(now_ms: i64, struck: &Struck) -> Option<Option<Out>> {
    let too_many = |retry_after| match retry_after {
        None => refused(&too_many(None)),
        Some(RetryAfter::Seconds(seconds)) => refused(&too_many(Some(seconds))),
        Some(RetryAfter::HttpDate(seconds)) => {
            let at_ms = now_ms + i64::try_from(seconds).unwrap_or(0) * 1000;
            refused(&too_many(None)).with("retry-after", http_date(at_ms))
        }
    };
    let broken = |status| refused(&Refusal::new(status, "Unexpected", "An unexpected error occurred."));
    wire::before_effect(struck, too_many, broken)
}

/// 429 in the shape of every other refusal.
pub(super) fn too_many(retry_after_s: Option<u64>) -> Refusal {
    Refusal {
        retry_after_s,
        ..Refusal::new(429, "TooManyRequests", "Too many requests.")
    }
}

fn refused(refusal: &Refusal) -> Out {
    let out = Out::json(refusal.status, &refusal.body());
    match refusal.retry_after_s {
        Some(seconds) => out.with("retry-after", seconds.to_string()),
        None => out,
    }
}

/// The answer, and for whom the caller acts.
fn effect(world: &mut World, asked: &Asked, real_ms: i64) -> (Out, Option<String>) {
    let lower = asked.path().to_ascii_lowercase();
    match (asked.method(), lower.as_str()) {
        ("GET", "/.well-known/openid-configuration") => (login::discovery(world), None),
        ("GET", "/connect/authorize") => (login::authorize(world, &parse_query(asked.query())), None),
        ("POST", "/connect/token") => {
            let kind = asked.header("content-type").unwrap_or_default();
            let is_form = kind.starts_with("application/x-www-form-urlencoded");
            let form = String::from_utf8_lossy(&asked.body);
            (login::token(world, is_form.then(|| parse_query(&form))), None)
        }
        _ if is_api(asked.path()) => api(world, asked, real_ms),
        _ => (refused(&Refusal::absent("The page")), None),
    }
}

fn api(world: &mut World, asked: &Asked, real_ms: i64) -> (Out, Option<String>) {
    let caller = match world.authenticate(asked.header("authorization")) {
        Ok(caller) => caller,
        Err(refusal) => return (refused(&refusal), None),
    };
    let email = world.email_of_user(&caller.user).map(str::to_owned);
    let reply = read_body(asked).and_then(|body| {
        let ask = Ask {
            verb: asked.method(),
            query: parse_query(asked.query()),
            body,
        };
        let path: Vec<&str> = segments(asked.path()).skip(2).collect();
        routes::answer(world, &ask, &path, &caller, real_ms)
    });
    let out = match reply {
        Ok(Some(body)) => Out::json(200, &body),
        Ok(None) => Out::empty(204),
        Err(refusal) => refused(&refusal),
    };
    (out, email)
}

/// A body that is sent must be JSON and say so (contract §10.2).
fn read_body(asked: &Asked) -> Result<Value, Refusal> {
    if asked.body.is_empty() {
        return Ok(Value::Null);
    }
    if !asked.is_json() {
        return Err(Refusal::bad("The Content-Type must be application/json."));
    }
    serde_json::from_slice(&asked.body).map_err(|_| Refusal::bad("The body is not valid JSON."))
}
