//! `GET /api/v1/locations/{location}`

use access::id::LocationId;
use access::may::Action;
use axum::Json;
use axum::http::Method;

use super::LocationShape;
use crate::body::Id;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::GET,
        "/api/v1/locations/{location}",
        Action::TodayRead,
        "locations",
        "Read a location",
    )
    .answers::<LocationShape>()
    .to(read)
}

async fn read(ctx: Ctx, Id(id): Id<LocationId>) -> Result<Json<LocationShape>, Problem> {
    let mut tx = ctx.store().read().await?;
    let location = scope::location(&ctx, &mut tx, Action::TodayRead, id).await?;
    Ok(Json(location.into()))
}
