//! The simulator's own endpoints, beside the vendor's: faults, switches, clock and state as JSON.
//!
//! | call | does |
//! |---|---|
//! | `GET/PUT /_sim/faults` | reads or replaces the list of faults |
//! | `GET/PUT /_sim/switches` | reads the switches, or lays the given keys over them |
//! | `GET/PUT /_sim/clock` | reads; sets by `{"now_ms":…}`, `{"now":"…Z"}`, `{"advance_ms":…}` or `{"advance_s":…}` |
//! | `GET /_sim/state` | everything the simulator remembers, without secrets |

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::console;
use super::server::Shared;
use crate::clock::{SimClock, rfc3339};
use crate::fault::Fault;

type Kisi = State<Arc<Shared>>;

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/_sim/faults", get(faults).put(set_faults))
        .route("/_sim/switches", get(switches).put(set_switches))
        .route("/_sim/clock", get(clock).put(set_clock))
        .route("/_sim/state", get(state))
}

async fn faults(State(shared): Kisi) -> Json<Vec<Fault>> {
    Json(shared.faults.list())
}

async fn set_faults(State(shared): Kisi, Json(faults): Json<Vec<Fault>>) -> Json<Vec<Fault>> {
    shared.faults.replace(faults);
    Json(shared.faults.list())
}

async fn switches(State(shared): Kisi) -> Response {
    Json(&shared.world().switches).into_response()
}

async fn set_switches(State(shared): Kisi, Json(patch): Json<Value>) -> Response {
    let mut world = shared.world();
    match world.switches.patched(&patch) {
        Ok(switches) => {
            world.switches = switches;
            Json(&world.switches).into_response()
        }
        Err(problem) => (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": problem }))).into_response(),
    }
}

async fn clock(State(shared): Kisi) -> Json<Value> {
    Json(show_clock(&shared.clock))
}

async fn set_clock(State(shared): Kisi, Json(asked): Json<Value>) -> Response {
    match move_clock(&shared.clock, &asked) {
        Ok(()) => Json(show_clock(&shared.clock)).into_response(),
        Err(problem) => (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": problem }))).into_response(),
    }
}

async fn state(State(shared): Kisi) -> Json<Value> {
    Json(console::state(&shared.world()))
}

fn show_clock(clock: &SimClock) -> Value {
    let now_ms = clock.now_ms();
    json!({ "now": rfc3339(now_ms), "now_ms": now_ms, "running": clock.is_running() })
}

pub(super) fn move_clock(clock: &SimClock, asked: &Value) -> Result<(), String> {
    let number = |key: &str| asked.get(key).and_then(Value::as_i64);
    if let Some(now_ms) = number("now_ms") {
        clock.set_ms(now_ms);
    } else if let Some(now) = asked.get("now").and_then(Value::as_str) {
        let at = now
            .parse::<jiff::Timestamp>()
            .map_err(|error| format!("now is no instant: {error}"))?;
        clock.set_ms(at.as_millisecond());
    } else if let Some(by_ms) = number("advance_ms").or(number("advance_s").map(|seconds| seconds.saturating_mul(1000)))
    {
        clock.advance_ms(by_ms);
    } else {
        return Err("give now_ms, now, advance_ms or advance_s".to_owned());
    }
    Ok(())
}
