//! `GET /api/v1/resources`

use access::id::LocationId;
use access::may::Action;
use axum::http::Method;
use serde::Deserialize;

use super::ResourceShape;
use crate::api::shape::ResourceKindWord;
use crate::body::{Asked, List, Part};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

#[derive(Deserialize)]
struct Which {
    location: Option<LocationId>,
    kind: Option<ResourceKindWord>,
    archived: Option<bool>,
}

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::GET,
        "/api/v1/resources",
        Action::ResourcesRead,
        "resources",
        "List resources",
    )
    .query("location", "id-loc", false, "Only those of this location")
    .query("kind", "text", false, "room, desk, office, parking or equipment")
    .query("archived", "boolean", false, "Also those no longer offered")
    .lists::<ResourceShape>()
    .to(list)
}

async fn list(ctx: Ctx, Asked(which): Asked<Which>, Asked(part): Asked<Part>) -> Result<List<ResourceShape>, Problem> {
    let filter = store::resource::Filter {
        location: which.location,
        kind: which.kind.map(Into::into),
        archived_too: which.archived.unwrap_or(false),
    };
    let mut tx = ctx.store().read().await?;
    let mut listed = store::resource::list(&mut tx, ctx.network(), &filter, &part.page()?).await?;
    listed
        .rows
        .retain(|resource| ctx.actor.acts_at(resource.details.location));
    Ok(List::of(listed, ResourceShape::from))
}
