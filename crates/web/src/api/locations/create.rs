//! `POST /api/v1/locations`

use access::facts::Grace;
use access::may::{Action, Object};
use axum::http::Method;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;
use store::location::Details;

use super::LocationShape;
use crate::api::schedule::ScheduleShape;
use crate::api::shape::GraceShape;
use crate::body::{Body, created};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// A location to be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewLocation {
    /// Its name.
    #[schemars(length(min = 1, max = 120))]
    name: String,
    /// Where it stands.
    #[serde(default)]
    #[schemars(length(max = 300))]
    address: String,
    /// Its IANA time zone.
    #[schemars(with = "crate::wire::Zone")]
    zone: String,
    /// Minutes around bookings; 30 and 30 when left out.
    grace: Option<GraceShape>,
    /// When members may book; always when left out.
    opening_hours: Option<ScheduleShape>,
}

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::POST,
        "/api/v1/locations",
        Action::SettingsWrite,
        "locations",
        "Add a location",
    )
    .takes::<NewLocation>()
    .creates::<LocationShape>()
    .to(create)
}

async fn create(ctx: Ctx, Body(new): Body<NewLocation>) -> Result<Response, Problem> {
    ctx.allow(Action::SettingsWrite, &Object::Network)?;
    let hours = new
        .opening_hours
        .map(|hours| hours.checked("opening_hours"))
        .transpose()?;
    let details = Details {
        name: new.name,
        address: new.address,
        zone: new.zone,
        grace: new.grace.map_or_else(Grace::default, Into::into),
        opening_hours: serde_json::json!(hours),
    };
    let mut tx = ctx.store().write().await?;
    let id = store::location::create(&mut tx, &ctx.act(), &details).await?;
    let location = store::location::read(&mut tx, ctx.network(), id).await?;
    ctx.commit(
        tx,
        created(&format!("/api/v1/locations/{id}"), LocationShape::from(location)),
    )
    .await
}
