//! `PATCH /api/v1/locations/{location}`

use access::id::LocationId;
use access::may::Action;
use axum::Json;
use axum::http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use super::LocationShape;
use crate::api::change::Set;
use crate::api::schedule::ScheduleShape;
use crate::api::shape::GraceShape;
use crate::body::{Body, Id};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// What changes; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChangeLocation {
    /// Its name.
    #[schemars(length(min = 1, max = 120))]
    name: Option<String>,
    /// Where it stands.
    #[schemars(length(max = 300))]
    address: Option<String>,
    /// Its IANA time zone. A new zone moves every window.
    #[schemars(with = "Option<crate::wire::Zone>")]
    zone: Option<String>,
    /// Minutes around bookings.
    grace: Option<GraceShape>,
    /// When members may book; null is always.
    #[serde(default)]
    opening_hours: Set<ScheduleShape>,
}

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::PATCH,
        "/api/v1/locations/{location}",
        Action::SettingsWrite,
        "locations",
        "Change a location",
    )
    .takes::<ChangeLocation>()
    .answers::<LocationShape>()
    .to(change)
}

async fn change(
    ctx: Ctx,
    Id(id): Id<LocationId>,
    Body(change): Body<ChangeLocation>,
) -> Result<Json<LocationShape>, Problem> {
    let mut tx = ctx.store().write().await?;
    let mut details = scope::location(&ctx, &mut tx, Action::SettingsWrite, id).await?.details;
    details.name = change.name.unwrap_or(details.name);
    details.address = change.address.unwrap_or(details.address);
    details.zone = change.zone.unwrap_or(details.zone);
    details.grace = change.grace.map_or(details.grace, Into::into);
    if let Set::To(hours) = change.opening_hours {
        details.opening_hours = serde_json::json!(hours.map(|hours| hours.checked("opening_hours")).transpose()?);
    }
    store::location::change(&mut tx, &ctx.act(), id, &details).await?;
    let location = store::location::read(&mut tx, ctx.network(), id).await?;
    tx.commit().await?;
    Ok(Json(location.into()))
}
