//! `GET /api/v1/plans/{plan}`

use access::id::PlanId;
use access::may::{Action, Object};
use axum::Json;
use axum::http::Method;

use super::PlanShape;
use crate::body::Id;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::GET,
        "/api/v1/plans/{plan}",
        Action::PlansRead,
        "plans",
        "Read a plan",
    )
    .answers::<PlanShape>()
    .to(read)
}

async fn read(ctx: Ctx, Id(id): Id<PlanId>) -> Result<Json<PlanShape>, Problem> {
    let mut tx = ctx.store().read().await?;
    let plan = store::plan::read(&mut tx, ctx.network(), id).await?;
    ctx.allow(Action::PlansRead, &Object::At(plan.details.location))?;
    Ok(Json(plan.into()))
}
