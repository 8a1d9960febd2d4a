//! The simulator's own endpoints on the API's host: switches, state, keys at readers; clock and faults are shared.
//!
//! | call | does |
//! |---|---|
//! | `GET/PUT /_sim/switches` | reads the switches, or lays the given keys over them |
//! | `GET /_sim/state` | everything the simulator remembers, without secrets |
//! | `GET /_sim/letters` | invitations and PINs that Salto would have sent |
//! | `POST /_sim/locks/<lock>/key` | holds `{"tag":…}`, `{"pin":…}`, `{"mobile":…}` or `{"inside_handle":true}` to a reader |
//! | `POST /_sim/streams/drop` | breaks every connection to the event stream |

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::console;
use super::door::{self, Key};
use super::rows::text;
use super::server::Shared;
use crate::dials;

type Salto = State<Arc<Shared>>;

pub(super) fn router(shared: &Shared) -> Router<Arc<Shared>> {
    dials::router(&shared.clock, &shared.faults)
        .route("/_sim/switches", get(switches).put(set_switches))
        .route("/_sim/state", get(state))
        .route("/_sim/letters", get(letters))
        .route("/_sim/locks/{lock}/key", post(key))
        .route("/_sim/streams/drop", post(drop_streams))
}

async fn switches(State(shared): Salto) -> Response {
    Json(&shared.world().switches).into_response()
}

async fn set_switches(State(shared): Salto, Json(patch): Json<Value>) -> Response {
    let mut world = shared.world();
    match dials::patched(&world.switches, &patch) {
        Ok(switches) => {
            world.switches = switches;
            Json(&world.switches).into_response()
        }
        Err(problem) => not_done(&problem),
    }
}

async fn state(State(shared): Salto) -> Json<Value> {
    Json(console::state(&shared.world()))
}

async fn letters(State(shared): Salto) -> Json<Value> {
    let world = shared.world();
    let show =
        |letter: &super::rows::Letter| json!({ "to": letter.to, "subject": letter.subject, "text": letter.text });
    Json(world.letters.iter().map(show).collect())
}

async fn key(State(shared): Salto, Path(lock): Path<String>, Json(asked): Json<Value>) -> Response {
    let Some(key) = read_key(&asked) else {
        return not_done("give tag, pin, mobile or inside_handle");
    };
    match door::present(&mut shared.world(), &lock, &key) {
        Some(light) => {
            let colour = if light.green { "green" } else { "red" };
            Json(json!({ "light": colour, "why": light.why, "person": light.person })).into_response()
        }
        None => not_done("there is no such lock"),
    }
}

fn read_key(asked: &Value) -> Option<Key> {
    let of = |key: &str, make: fn(String) -> Key| text(asked, key).map(|value| make(value.to_owned()));
    of("tag", Key::Tag)
        .or_else(|| of("pin", Key::Pin))
        .or_else(|| of("mobile", Key::Mobile))
        .or_else(|| (asked.get("inside_handle") == Some(&Value::Bool(true))).then_some(Key::InsideHandle))
}

async fn drop_streams(State(shared): Salto) -> StatusCode {
    shared.world().drops.send_modify(|count| *count += 1);
    StatusCode::NO_CONTENT
}

fn not_done(problem: &str) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": problem }))).into_response()
}
