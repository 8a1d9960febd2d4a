//! `GET /api/v1/plans`

use access::id::LocationId;
use access::may::Action;
use axum::http::Method;
use serde::Deserialize;

use super::PlanShape;
use crate::body::{Asked, List, Part};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

#[derive(Deserialize)]
struct Which {
    location: Option<LocationId>,
    archived: Option<bool>,
}

/// The route.
pub fn route() -> Route {
    Route::api(Method::GET, "/api/v1/plans", Action::PlansRead, "plans", "List plans")
        .query("location", "id-loc", false, "Only those of this location")
        .query("archived", "boolean", false, "Also those no longer offered")
        .lists::<PlanShape>()
        .to(list)
}

async fn list(ctx: Ctx, Asked(which): Asked<Which>, Asked(part): Asked<Part>) -> Result<List<PlanShape>, Problem> {
    let filter = store::plan::Filter {
        location: which.location,
        archived_too: which.archived.unwrap_or(false),
    };
    let mut tx = ctx.store().read().await?;
    let mut listed = store::plan::list(&mut tx, ctx.network(), &filter, &part.page()?).await?;
    listed.rows.retain(|plan| ctx.actor.acts_at(plan.details.location));
    Ok(List::of(listed, PlanShape::from))
}
