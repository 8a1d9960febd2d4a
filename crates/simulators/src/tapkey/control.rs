//! The simulator's own endpoints, beside the vendor's (contract §10.3): tests and the demo in other languages use them.
//!
//! | call | does |
//! |---|---|
//! | `POST /_sim/reset`, `POST /_sim/seed` | forgets everything; adds the house of contract §10.3 and answers its ids |
//! | `GET/PUT/POST /_sim/switches` | reads the switches, or lays the given keys over them |
//! | `POST /_sim/locks/{id}/trigger` | `{"contactId","phone_online"}` → `{"opened","reason"}` |
//! | `POST /_sim/locks/{id}/sync` | a phone in touch with Tapkey stands at the lock |
//! | `POST /_sim/contacts/{id}/change-email` | `{"email"}`: the person changes it in the app |
//! | `POST /_sim/contacts/{id}/phone` | `{"reachable":false}`: the phone leaves the net |
//! | `POST /_sim/tokens/revoke` | kills every access and refresh token |
//! | `GET /_sim/journal`, `GET /_sim/state` | all calls; everything remembered, without secrets |
//!
//! Clock and faults are the dials that all simulators share.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::TapkeySim;
use super::rows::{Call, Grantee, Target};
use super::server::Shared;
use super::state::{World, stamp, stamp_or_null};
use super::{doors, phones};
use crate::dials;

type Tapkey = State<Arc<Shared>>;

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/_sim/reset", post(reset))
        .route("/_sim/seed", post(seed))
        .route("/_sim/switches", get(switches).put(set_switches).post(set_switches))
        .route("/_sim/locks/{id}/trigger", post(trigger))
        .route("/_sim/locks/{id}/sync", post(sync))
        .route("/_sim/contacts/{id}/change-email", post(change_email))
        .route("/_sim/contacts/{id}/phone", post(phone))
        .route("/_sim/tokens/revoke", post(revoke_tokens))
        .route("/_sim/journal", get(journal))
        .route("/_sim/state", get(show_state))
}

async fn reset(State(shared): Tapkey) -> StatusCode {
    shared.world().reset();
    StatusCode::NO_CONTENT
}

async fn seed(State(shared): Tapkey) -> Response {
    Json(TapkeySim::inside(shared).seed()).into_response()
}

async fn switches(State(shared): Tapkey) -> Response {
    Json(&shared.world().switches).into_response()
}

async fn set_switches(State(shared): Tapkey, Json(patch): Json<Value>) -> Response {
    let mut world = shared.world();
    match dials::patched(&world.switches, &patch) {
        Ok(switches) => {
            world.switches = switches;
            Json(&world.switches).into_response()
        }
        Err(problem) => misunderstood(&problem),
    }
}

async fn trigger(State(shared): Tapkey, Path(lock): Path<String>, Json(asked): Json<Value>) -> Response {
    let online = asked.get("phone_online").and_then(Value::as_bool).unwrap_or(true);
    let Some(contact) = asked.get("contactId").and_then(Value::as_str) else {
        return misunderstood("contactId is missing");
    };
    let outcome = doors::trigger(&mut shared.world(), contact, &lock, online);
    Json(json!({ "opened": outcome.is_ok(), "reason": outcome.err() })).into_response()
}

async fn sync(State(shared): Tapkey, Path(lock): Path<String>) -> StatusCode {
    found(doors::sync(&mut shared.world(), &lock))
}

async fn change_email(State(shared): Tapkey, Path(contact): Path<String>, Json(asked): Json<Value>) -> Response {
    match asked.get("email").and_then(Value::as_str) {
        Some(email) => found(TapkeySim::inside(shared).change_email(&contact, email)).into_response(),
        None => misunderstood("email is missing"),
    }
}

async fn phone(State(shared): Tapkey, Path(contact): Path<String>, Json(asked): Json<Value>) -> Response {
    let Some(reachable) = asked.get("reachable").and_then(Value::as_bool) else {
        return misunderstood("reachable is missing");
    };
    let mut world = shared.world();
    let known = world.contacts.contains_key(&contact);
    phones::set_reachable(&mut world, &contact, reachable);
    found(known).into_response()
}

async fn revoke_tokens(State(shared): Tapkey) -> StatusCode {
    TapkeySim::inside(shared).revoke_tokens();
    StatusCode::NO_CONTENT
}

async fn journal(State(shared): Tapkey) -> Json<Vec<Call>> {
    Json(shared.world().calls.iter().cloned().collect())
}

async fn show_state(State(shared): Tapkey) -> Json<Value> {
    Json(state(&shared.world()))
}

fn found(is_there: bool) -> StatusCode {
    if is_there {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }
}

fn misunderstood(problem: &str) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": problem }))).into_response()
}

/// Everything the simulator remembers, without secrets.
pub(super) fn state(world: &World) -> Value {
    let contacts = world.contacts.values().map(|row| {
        json!({ "id": row.id, "ownerId": row.owner, "ipId": row.ip_id, "title": row.title, "comment": row.comment,
                "email": world.email_of_user(&row.user) })
    });
    let locks = world.locks.values().map(|lock| {
        json!({ "id": lock.id, "ownerAccountId": lock.owner, "title": lock.title,
                "physicalLockId": super::encoding::in_json(&lock.physical), "active": lock.unbound_ms.is_none(),
                "rclSerialNo": lock.rcl_serial, "lastSeenRclSerialNo": lock.seen_rcl_serial })
    });
    let groups = world.user_groups.values().map(|group| {
        json!({ "id": group.id, "ownerAccountId": group.owner, "title": group.title, "members": group.members })
    });
    let lock_groups = world.lock_groups.values().map(
        |group| json!({ "id": group.id, "ownerAccountId": group.owner, "title": group.title, "locks": group.locks }),
    );
    let grants = world.grants.values().map(|grant| {
        let (kind, grantee) = match &grant.grantee {
            Grantee::Contact(id) => ("contact", id),
            Grantee::UserGroup(id) => ("user_group", id),
            Grantee::Card(id) => ("card", id),
        };
        let (Target::Lock(target) | Target::Group(target)) = &grant.target;
        json!({ "id": grant.id, "ownerAccountId": grant.owner, "grantee_kind": kind, "grantee": grantee,
                "target": target, "validFrom": stamp_or_null(grant.from_ms),
                "validBefore": stamp_or_null(grant.before_ms), "state": grant.state, "over_api": grant.over_api,
                "unlearnt": grant.unlearnt })
    });
    let owners = world.owners.values();
    let owners = owners.map(|owner| json!({ "id": owner.id, "name": owner.name, "active": owner.active }));
    let keys = world.keys.iter().map(|((contact, grant, lock), key)| {
        json!({ "contact": contact, "grant": grant, "lock": lock, "serial": key.serial,
                "issued_at": stamp(key.issued_as_of(world.now())) })
    });
    json!({
        "now": stamp(world.now()), "owners": owners.collect::<Vec<_>>(), "contacts": contacts.collect::<Vec<_>>(),
        "locks": locks.collect::<Vec<_>>(), "lock_groups": lock_groups.collect::<Vec<_>>(),
        "user_groups": groups.collect::<Vec<_>>(), "grants": grants.collect::<Vec<_>>(),
        "keys": keys.collect::<Vec<_>>(), "log": world.log.iter().map(super::logs::show).collect::<Vec<_>>(),
        "calls": world.calls.len(),
    })
}
