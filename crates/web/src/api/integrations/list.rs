//! `GET /api/v1/integrations`

use access::id::LocationId;
use access::may::Action;
use axum::http::Method;
use serde::Deserialize;

use super::IntegrationShape;
use crate::body::{Asked, List, Part};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

#[derive(Deserialize)]
struct Which {
    location: Option<LocationId>,
}

/// The route.
pub fn route() -> Route {
    let what = "List integrations with their health";
    Route::api(
        Method::GET,
        "/api/v1/integrations",
        Action::IntegrationsRead,
        "integrations",
        what,
    )
    .query("location", "id-loc", false, "Only those of this location")
    .lists::<IntegrationShape>()
    .to(list)
}

async fn list(
    ctx: Ctx,
    Asked(which): Asked<Which>,
    Asked(part): Asked<Part>,
) -> Result<List<IntegrationShape>, Problem> {
    let mut tx = ctx.store().read().await?;
    let listed = store::integration::list(&mut tx, ctx.network(), which.location, &part.page()?).await?;
    let mut items = Vec::with_capacity(listed.rows.len());
    for integration in listed
        .rows
        .into_iter()
        .filter(|one| ctx.actor.acts_at(one.details.location))
    {
        let status = store::integration::status(&mut tx, ctx.network(), integration.id).await?;
        items.push(IntegrationShape::of(integration, status));
    }
    Ok(List {
        items,
        next: listed.next,
    })
}
