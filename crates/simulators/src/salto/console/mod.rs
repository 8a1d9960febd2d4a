//! The console: a page that shows the simulated Salto KS to people, and the JSON of the same for programs.
//!
//! `GET /` on the API's host is the page, `GET /_sim/live` its moving parts, `POST /_sim/console/…` the forms.

mod forms;
mod live;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::rows::{Host, Id};
use super::server::Shared;
use super::state::World;
use super::switches::CHOICES;
use crate::clock::rfc3339;
use crate::dials;
use crate::html::{esc, page};

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/", get(show))
        .route("/_sim/live", get(show_live))
        .route("/_sim/console/switches", post(forms::switches))
        .route("/_sim/console/key", post(forms::key))
        .route("/_sim/console/lock", post(forms::lock))
        .route("/_sim/console/iq", post(forms::iq))
        .route("/_sim/console/user", post(forms::user))
}

async fn show(State(shared): State<Arc<Shared>>) -> Html<String> {
    let faults = shared.faults.list();
    let world = shared.world();
    let routes = [
        "POST /v1.2/sites/*/users",
        "/v1.2/sites/*/access_groups/*/users",
        "POST /connect/token",
        "/v1/hub",
    ];
    let body = format!(
        "<header><h1>Salto KS, simulated</h1><span class=soft>identity {} · API {} · stream {}</span></header>\
         <main class=cards data-source='/_sim/live'>{}{}{}{}{}</main>",
        esc(world.url(Host::Identity)),
        esc(world.url(Host::Api)),
        esc(world.url(Host::Stream)),
        dials::clock_card(&world.clock, zone_name(&world)),
        forms::key_card(&world),
        live::sections(&world, &faults),
        dials::faults_card(&routes),
        dials::switches_card("Switches: what Salto leaves open", &world.switches, CHOICES),
    );
    Html(page("Salto KS simulator", &body))
}

async fn show_live(State(shared): State<Arc<Shared>>) -> Html<String> {
    let faults = shared.faults.list();
    let world = shared.world();
    Html(format!(
        "{}{}",
        dials::clock_card(&world.clock, zone_name(&world)),
        live::sections(&world, &faults)
    ))
}

/// The first site's zone.
fn zone_name(world: &World) -> &str {
    world
        .sites
        .values()
        .next()
        .map_or("UTC", |site| site.time_zone.as_str())
}

/// Everything the simulator remembers, without secrets, PINs and tokens: `GET /_sim/state`.
pub(super) fn state(world: &World) -> Value {
    let now = world.now();
    let email = |person: &Id| world.people.get(person).and_then(|person| person.email.clone());
    let sites = world.sites.values().map(|site| {
        json!({ "id": site.id, "site_uid": site.uid, "name": site.name, "time_zone": site.time_zone,
                "seats": site.seats, "seats_used": world.seats_used(&site.id) })
    });
    let users = world.users.values().filter(|user| user.gone_ms.is_none()).map(|user| {
        json!({ "id": user.id, "person": user.person, "site": user.site, "email": email(&user.person),
                "alias": user.alias, "subscribed": user.subscribed, "blocked": user.blocked, "roles": user.roles })
    });
    let groups = world.groups.values().map(|group| {
        let members: Vec<_> = world.members_of(&group.id).map(|person| email(&person.id)).collect();
        let locks = world
            .group_locks
            .iter()
            .filter(|row| row.listed && row.group == group.id);
        let locks: Vec<_> = locks.map(|row| &row.lock).collect();
        let hours: Vec<_> = super::schedules::of_group(world, &group.id)
            .map(|row| row.hours.shown(&row.id))
            .collect();
        json!({ "id": group.id, "site": group.site, "name": group.name, "members": members, "locks": locks,
                "time_schedules": hours })
    });
    let locks = world.locks.values().map(|lock| {
        json!({ "id": lock.id, "site": lock.site, "name": lock.name, "state": lock.locked_state(now),
                "online": world.lock_looks_online(lock), "cut_off": world.cut_off_since(lock).is_some(),
                "light": lock.light.as_ref().map(|(at_ms, green, why)| {
                    json!({ "at": rfc3339(*at_ms), "light": if *green { "green" } else { "red" }, "why": why })
                }) })
    });
    let entries: Vec<Value> = world
        .entries
        .iter()
        .rev()
        .take(200)
        .map(|entry| super::entries::entry_json(world, entry))
        .collect();
    json!({
        "now": rfc3339(now), "sites": sites.collect::<Vec<_>>(), "users": users.collect::<Vec<_>>(),
        "groups": groups.collect::<Vec<_>>(), "locks": locks.collect::<Vec<_>>(), "entries": entries,
        "calls": world.calls.len(), "letters": world.letters.len(),
    })
}
