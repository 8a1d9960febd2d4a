//! `PATCH /api/v1/plans/{plan}`: new groups reach every running subscription at once (P-5).

use access::id::{AccessGroupId, PlanId};
use access::may::{Action, Object};
use axum::Json;
use axum::http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{PeriodWord, PlanShape};
use crate::body::{Body, Id};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// What changes; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChangePlan {
    /// As shown.
    #[schemars(length(min = 1, max = 120))]
    name: Option<String>,
    /// Shown, never charged here.
    #[schemars(range(min = 0, max = 100_000_000))]
    price_cents: Option<i64>,
    /// ISO 4217.
    #[schemars(length(min = 3, max = 3))]
    currency: Option<String>,
    /// How often the price is due.
    period: Option<PeriodWord>,
    /// In plain words.
    #[schemars(length(max = 2000))]
    description: Option<String>,
    /// The access groups it opens: all of them, the whole list anew.
    #[schemars(with = "Option<Vec<crate::wire::GroupRef>>", length(max = 100))]
    groups: Option<Vec<AccessGroupId>>,
    /// No longer offered.
    archived: Option<bool>,
}

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::PATCH,
        "/api/v1/plans/{plan}",
        Action::PlansWrite,
        "plans",
        "Change a plan, and what it opens",
    )
    .takes::<ChangePlan>()
    .answers::<PlanShape>()
    .to(change)
}

async fn change(ctx: Ctx, Id(id): Id<PlanId>, Body(change): Body<ChangePlan>) -> Result<Json<PlanShape>, Problem> {
    let mut tx = ctx.store().write().await?;
    let mut details = store::plan::read(&mut tx, ctx.network(), id).await?.details;
    ctx.allow(Action::PlansWrite, &Object::At(details.location))?;
    if let Some(groups) = &change.groups {
        scope::groups(&ctx, &mut tx, Action::PlansWrite, ("groups", groups), &details.groups).await?;
    }
    details.name = change.name.unwrap_or(details.name);
    details.price_cents = change.price_cents.unwrap_or(details.price_cents);
    details.currency = change.currency.unwrap_or(details.currency);
    details.period = change.period.map_or(details.period, Into::into);
    details.description = change.description.unwrap_or(details.description);
    details.groups = change.groups.unwrap_or(details.groups);
    details.archived = change.archived.unwrap_or(details.archived);
    store::plan::change(&mut tx, &ctx.act(), id, &details).await?;
    let plan = store::plan::read(&mut tx, ctx.network(), id).await?;
    tx.commit().await?;
    Ok(Json(plan.into()))
}
