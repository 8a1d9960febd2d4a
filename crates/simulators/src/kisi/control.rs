//! The simulator's own endpoints, beside the vendor's: switches and state as JSON; clock and faults are shared.
//!
//! | call | does |
//! |---|---|
//! | `GET/PUT /_sim/switches` | reads the switches, or lays the given keys over them |
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
use crate::dials;

type Kisi = State<Arc<Shared>>;

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/_sim/switches", get(switches).put(set_switches))
        .route("/_sim/state", get(state))
}

async fn switches(State(shared): Kisi) -> Response {
    Json(&shared.world().switches).into_response()
}

async fn set_switches(State(shared): Kisi, Json(patch): Json<Value>) -> Response {
    let mut world = shared.world();
    match dials::patched(&world.switches, &patch) {
        Ok(switches) => {
            world.switches = switches;
            Json(&world.switches).into_response()
        }
        Err(problem) => (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": problem }))).into_response(),
    }
}

async fn state(State(shared): Kisi) -> Json<Value> {
    Json(console::state(&shared.world()))
}
