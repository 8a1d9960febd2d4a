//! The console's forms: switches, and what an administrator would do to a door or a group. Clock and faults are shared.
//!
//! Every form answers with the page again, or with the problem in words when something was not understood.

use std::sync::Arc;

use axum::extract::{Form, State};
use axum::response::Response;

use super::super::auth::Caller;
use super::super::groups;
use super::super::server::Shared;
use super::super::state::World;
use super::super::switches::CHOICES;
use crate::dials::{self, Fields, done, field};

/// The clock: shown in the first place's zone, with the ways to move it.
pub(super) fn clock_card(world: &World) -> String {
    let zone_name = world
        .places
        .values()
        .next()
        .map_or("UTC", |place| place.time_zone.as_str());
    dials::clock_card(&world.clock, zone_name)
}

/// The fault dial and the switches; not live, so that nobody's typing is lost.
pub(super) fn cards(world: &World) -> String {
    let routes = [
        "POST /role_assignments",
        "POST /locks/*/unlock",
        "DELETE",
        "GET /groups$",
    ];
    dials::faults_card(&routes) + &dials::switches_card("Switches: what Kisi leaves open", &world.switches, CHOICES)
}

pub(super) async fn switches(State(shared): State<Arc<Shared>>, Form(fields): Fields) -> Response {
    let mut world = shared.world();
    let patched = dials::patched_by_form(&world.switches, fields);
    done(patched.map(|switches| world.switches = switches))
}

pub(super) async fn lock(State(shared): State<Arc<Shared>>, Form(fields): Fields) -> Response {
    let mut world = shared.world();
    let Some(lock) = id(&fields).and_then(|id| world.locks.get_mut(&id)) else {
        return done(Err("that door is gone".to_owned()));
    };
    match field(&fields, "what") {
        Some("online") => lock.online = Some(lock.online == Some(false)),
        Some("lockdown") => lock.locked_down = !lock.locked_down,
        Some("reader") => lock.reader_restriction_enabled = !lock.reader_restriction_enabled,
        _ => return done(Err("that cannot be done to a door".to_owned())),
    }
    done(Ok(()))
}

pub(super) async fn group(State(shared): State<Arc<Shared>>, Form(fields): Fields) -> Response {
    let mut world = shared.world();
    let Some(id) = id(&fields).filter(|id| world.groups.contains_key(id)) else {
        return done(Err("that group is gone".to_owned()));
    };
    match (field(&fields, "what"), world.groups.get_mut(&id)) {
        (Some("app"), Some(group)) => group.login_enabled = !group.login_enabled,
        (Some("reader"), Some(group)) => group.reader_restriction_enabled = !group.reader_restriction_enabled,
        (Some("delete"), Some(_)) => _ = groups::remove(&mut world, id, Caller::Nobody),
        _ => return done(Err("that cannot be done to a group".to_owned())),
    }
    done(Ok(()))
}

fn id(fields: &[(String, String)]) -> Option<i64> {
    field(fields, "id").and_then(|id| id.parse().ok())
}
