//! `GET /api/v1/locations`

use access::may::Action;
use axum::http::Method;

use super::LocationShape;
use crate::body::{Asked, List, Part};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::GET,
        "/api/v1/locations",
        Action::TodayRead,
        "locations",
        "List locations",
    )
    .lists::<LocationShape>()
    .to(list)
}

async fn list(ctx: Ctx, Asked(part): Asked<Part>) -> Result<List<LocationShape>, Problem> {
    let mut tx = ctx.store().read().await?;
    let mut listed = store::location::list(&mut tx, ctx.network(), &part.page()?).await?;
    listed.rows.retain(|location| ctx.actor.acts_at(location.id));
    Ok(List::of(listed, LocationShape::from))
}
