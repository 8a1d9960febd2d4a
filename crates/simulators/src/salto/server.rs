//! The fronts of the three hosts: every call passes the fault dial, its host's endpoints and the call log.
//!
//! A call is in the log before its answer leaves, so a test that has its answer sees the call counted. The console and
//! `/_sim/…` on the API's host belong to people and tests: no faults, not counted.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::ask::{Ask, Refusal};
use super::rows::{Call, Host, Id};
use super::state::World;
use super::{identity, routes};
use crate::clock::{SimClock, http_date};
use crate::fault::{FaultDial, RetryAfter, Struck};
use crate::socket::Thread;
use crate::wire::{self, Asked, Out, parse_query};

/// What the servers and the handle share.
pub(crate) struct Shared {
    pub clock: SimClock,
    pub faults: FaultDial,
    world: Mutex<World>,
}

impl Shared {
    pub fn new(clock: SimClock, world: World) -> Shared {
        Shared {
            clock,
            faults: FaultDial::default(),
            world: Mutex::new(world),
        }
    }

    /// The state; held only for a moment, never across a wait.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Front = (State<Arc<Shared>>, ConnectInfo<Thread>);

pub(super) async fn identity(state: State<Arc<Shared>>, thread: ConnectInfo<Thread>, request: Request) -> Response {
    front((state, thread), Host::Identity, request, identity::answer).await
}

pub(super) async fn api(state: State<Arc<Shared>>, thread: ConnectInfo<Thread>, request: Request) -> Response {
    front((state, thread), Host::Api, request, api_answer).await
}

pub(super) async fn stream(state: State<Arc<Shared>>, thread: ConnectInfo<Thread>, request: Request) -> Response {
    front((state, thread), Host::Stream, request, super::stream::negotiate).await
}

async fn front(
    (State(shared), ConnectInfo(thread)): Front,
    host: Host,
    request: Request,
    answer: impl FnOnce(&mut World, &Asked) -> (Out, Option<Id>),
) -> Response {
    wire::pass(&shared.faults, &thread, request, |asked, struck| {
        let mut world = shared.world();
        let at_ms = world.now();
        let (out, caller) = match before_effect(at_ms, struck) {
            Some(out) => (out, None),
            None => {
                let (out, caller) = answer(&mut world, asked);
                (wire::after_effect(out, struck), caller)
            }
        };
        let caller = caller
            .and_then(|id| world.people.get(&id))
            .and_then(|person| person.email.clone());
        let query = parse_query(asked.query());
        let open: Vec<String> = query
            .iter()
            .filter(|(key, _)| key != "access_token")
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        world.keep_call(Call {
            host,
            method: asked.method().to_owned(),
            path: asked.path().to_owned(),
            query: open.join("&"),
            status: out.as_ref().map_or(0, |out| out.status),
            at_ms,
            writing: host == Host::Api && !matches!(asked.method(), "GET" | "HEAD"),
            caller,
        });
        out
    })
    .await
}

pub(super) fn before_effect(now_ms: i64, struck: &Struck) -> Option<Option<Out>> {
    let too_many = |retry_after| match retry_after {
        None => Out::empty(429),
        Some(RetryAfter::Seconds(seconds)) => Out::empty(429).with("retry-after", seconds.to_string()),
        Some(RetryAfter::HttpDate(seconds)) => {
            let at_ms = now_ms + i64::try_from(seconds).unwrap_or(0) * 1000;
            Out::empty(429).with("retry-after", http_date(at_ms))
        }
    };
    let broken = |status| Out::json(status, &json!({ "Message": "An unexpected error occurred." }));
    wire::before_effect(struck, too_many, broken)
}

/// A call to the Connect API: the token first, then the form, then the endpoint (contract §4).
fn api_answer(world: &mut World, asked: &Asked) -> (Out, Option<Id>) {
    let token = asked
        .header("authorization")
        .and_then(|header| header.strip_prefix("Bearer "));
    let caller = match identity::bearer(world, token) {
        Ok(caller) => caller,
        Err(out) => return (out, None),
    };
    let codes = world.switches.error_codes;
    let reply = body_of(asked).and_then(|body| {
        let ask = Ask {
            verb: asked.method(),
            path: asked.path().trim_matches('/'),
            query: parse_query(asked.query()),
            body,
            continuation: asked.header("clp-continuation-token"),
            caller: caller.clone(),
        };
        routes::answer(world, &ask)
    });
    (reply.unwrap_or_else(|refusal| refusal.out(codes)), Some(caller))
}

fn body_of(asked: &Asked) -> Result<Value, Refusal> {
    if asked.body.is_empty() {
        return Ok(Value::Null);
    }
    if !asked.is_json() {
        return Err(Refusal::plain(415, ""));
    }
    match serde_json::from_slice(&asked.body) {
        Ok(body) => Ok(body),
        Err(_) => Err(Refusal::malformed("The request body is not valid JSON.")),
    }
}
