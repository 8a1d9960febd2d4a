//! `GET /portal/key/linked`: the browser comes back from the vendor, where the member consented or did not.
//!
//! In: a code and the state we sent along. Out: back to the journey, linked or on the screen that says why not.
//! Always: a state that does not match is never used, and neither is one of another person or of long ago.

use access::may::Action;
use access::vendor::{KeyOwner, KeyRefusal, KeySeen};
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::journey::href;
use super::trip::{self, Trip};
use super::{screens, show};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// The callback.
pub fn route() -> Route {
    Route::portal(trip::BACK, Action::OpenOwnDoor).to(back)
}

#[derive(Deserialize)]
struct Returned {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    error: Option<String>,
}

async fn back(ctx: Ctx, Query(returned): Query<Returned>) -> Result<Response, Problem> {
    let Some(trip) = Trip::returned(&ctx, &returned.state) else {
        return show::only(&ctx, StatusCode::CONFLICT, screens::not_this_trip()).await;
    };
    let said = match returned.error.as_deref() {
        Some("access_denied") => Some("consent-refused".to_owned()),
        Some(_) => Some("sent-back".to_owned()),
        None if returned.code.is_empty() => Some("sent-back".to_owned()),
        None => {
            let owner = KeyOwner {
                network: ctx.network(),
                integration: trip.about.integration,
                person: ctx.person()?,
            };
            match (ctx.outside().key)(owner, trip.link(&ctx, &returned.code)).await {
                KeySeen::Linked => None,
                KeySeen::Refused { why, .. } => Some(screens::refused(why)),
                KeySeen::Go { .. } | KeySeen::Key { .. } | KeySeen::Unlinked => {
                    Some(screens::refused(KeyRefusal::VendorError))
                }
            }
        }
    };
    let below = said.map_or_else(String::new, |said| format!("?said={said}"));
    Ok(trip::over(&ctx, ctx.go(&href(trip.about.integration, &below))))
}
