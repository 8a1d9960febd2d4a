//! The console: a page that shows the simulated Tapkey to people.
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

use super::server::Shared;
use super::switches::CHOICES;
use crate::dials;
use crate::html::page;

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/", get(show))
        .route("/_sim/live", get(show_live))
        .route("/_sim/console/switches", post(forms::switches))
        .route("/_sim/console/door", post(forms::door))
        .route("/_sim/console/contact", post(forms::contact))
        .route("/_sim/console/grant", post(forms::grant))
}

async fn show(State(shared): State<Arc<Shared>>) -> Html<String> {
    let faults = shared.faults.list();
    let world = shared.world();
    let body = format!(
        "<header><h1>Tapkey, simulated</h1><span class=soft>login server and management API · {}</span></header>\
         <main class=cards data-source='/_sim/live'>{}{}{}{}{}</main>",
        world.url,
        dials::clock_card(&world.clock, "UTC"),
        forms::door_card(&world),
        live::sections(&world, &faults),
        dials::faults_card(&["PUT /api/v1/Owners/*/Grants", "POST /connect/token", "DELETE"]),
        dials::switches_card("Switches: what Tapkey leaves open", &world.switches, CHOICES),
    );
    Html(page("Tapkey simulator", &body))
}

async fn show_live(State(shared): State<Arc<Shared>>) -> Html<String> {
    let faults = shared.faults.list();
    let world = shared.world();
    Html(format!(
        "{}{}",
        dials::clock_card(&world.clock, "UTC"),
        live::sections(&world, &faults)
    ))
}
