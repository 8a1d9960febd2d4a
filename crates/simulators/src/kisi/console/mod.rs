//! The console: a page that shows the simulated Kisi to people, and the JSON of the same for programs.
//!
//! `GET /` is the page, `GET /_sim/live` its moving parts (asked for every second), `POST /_sim/console/…` the forms.
//! Server-rendered; without JavaScript it is merely not live.

mod forms;
mod live;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::questions::login_kind;
use super::rows::Assignment;
use super::server::Shared;
use super::state::World;
use crate::html::{esc, page};

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/", get(show))
        .route("/_sim/live", get(show_live))
        .route("/_sim/console/switches", post(forms::switches))
        .route("/_sim/console/lock", post(forms::lock))
        .route("/_sim/console/group", post(forms::group))
}

async fn show(State(shared): State<Arc<Shared>>) -> Html<String> {
    let faults = shared.faults.list();
    let world = shared.world();
    let name = if world.org.name.is_empty() {
        "no organization yet"
    } else {
        &world.org.name
    };
    let body = format!(
        "<header><h1>Kisi, simulated</h1><span class=soft>{} · domain <b>{}</b></span></header>\
         <main class=cards data-source='/_sim/live'>{}{}{}</main>",
        esc(name),
        esc(&world.org.domain),
        forms::clock_card(&world),
        live::sections(&world, &faults),
        forms::cards(&world),
    );
    Html(page(&format!("Kisi simulator – {name}"), &body))
}

async fn show_live(State(shared): State<Arc<Shared>>) -> Html<String> {
    let faults = shared.faults.list();
    let world = shared.world();
    Html(format!(
        "{}{}",
        forms::clock_card(&world),
        live::sections(&world, &faults)
    ))
}

/// Everything the simulator remembers, without secrets: `GET /_sim/state`.
pub(super) fn state(world: &World) -> Value {
    let now = world.now();
    let email = |user: i64| world.users.get(&user).map(|user| user.email.clone());
    let users = world.users.values().map(|user| {
        json!({ "id": user.id, "email": user.email, "name": user.name, "confirmed": user.confirmed,
                "access_enabled": user.access_enabled, "owner": user.id == world.org.owner })
    });
    let locks = world.locks.values().map(|lock| {
        json!({ "id": lock.id, "name": lock.name, "place_id": lock.place, "open_now": lock.is_unlocked(now),
                "online": lock.online, "locked_down": lock.locked_down })
    });
    let groups = world.groups.values().map(|group| {
        let locks = world
            .group_locks
            .values()
            .filter(|row| row.group == group.id)
            .map(|row| row.lock);
        json!({ "id": group.id, "name": group.name, "place_id": group.place, "locks": locks.collect::<Vec<_>>() })
    });
    let assignments = world.assignments.values().map(|row| {
        json!({ "id": row.id, "email": email(row.user), "group_id": group_id(row), "role_id": row.role,
                "valid_from": world.stamp_or_null(row.valid_from_ms),
                "valid_until": world.stamp_or_null(row.valid_until_ms), "created_by_id": row.created_by })
    });
    let logins = world.logins.values().map(|login| {
        json!({ "id": login.id, "email": email(login.user), "type": login_kind(login.kind), "name": login.name })
    });
    let unlocks = world
        .unlocks
        .iter()
        .map(|unlock| json!({ "at": world.stamp(unlock.at_ms), "lock_id": unlock.lock, "email": unlock.email }));
    let places = world.places.values().map(|place| {
        json!({ "id": place.id, "name": place.name, "time_zone": place.time_zone, "locked_down": place.locked_down })
    });
    json!({
        "now": world.stamp(now), "domain": world.org.domain,
        "users": users.collect::<Vec<_>>(), "places": places.collect::<Vec<_>>(), "locks": locks.collect::<Vec<_>>(),
        "groups": groups.collect::<Vec<_>>(), "assignments": assignments.collect::<Vec<_>>(),
        "logins": logins.collect::<Vec<_>>(), "unlocks": unlocks.collect::<Vec<_>>(),
        "events": world.events.iter().rev().take(200).map(|event| world.event_json(event)).collect::<Vec<_>>(),
        "calls": world.calls.len(),
    })
}

fn group_id(row: &Assignment) -> Option<i64> {
    match row.scope {
        super::rows::Scope::Group(group) => Some(group),
        super::rows::Scope::Place(_) | super::rows::Scope::Organization => None,
    }
}
