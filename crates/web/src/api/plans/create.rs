//! `POST /api/v1/plans`

use access::id::{AccessGroupId, LocationId};
use access::may::{Action, Object};
use axum::http::Method;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;
use store::plan::{Details, Period};

use super::{PeriodWord, PlanShape};
use crate::body::{Body, created};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// A plan to be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewPlan {
    /// Where it is sold.
    #[schemars(with = "crate::wire::LocationRef")]
    location: LocationId,
    /// As shown.
    #[schemars(length(min = 1, max = 120))]
    name: String,
    /// Shown, never charged here.
    #[serde(default)]
    #[schemars(range(min = 0, max = 100_000_000))]
    price_cents: i64,
    /// ISO 4217; EUR when left out.
    #[schemars(length(min = 3, max = 3))]
    currency: Option<String>,
    /// How often the price is due; every month when left out.
    period: Option<PeriodWord>,
    /// In plain words.
    #[serde(default)]
    #[schemars(length(max = 2000))]
    description: String,
    /// The access groups it opens.
    #[serde(default)]
    #[schemars(with = "Vec<crate::wire::GroupRef>", length(max = 100))]
    groups: Vec<AccessGroupId>,
}

/// The route.
pub fn route() -> Route {
    Route::api(Method::POST, "/api/v1/plans", Action::PlansWrite, "plans", "Add a plan")
        .takes::<NewPlan>()
        .creates::<PlanShape>()
        .to(create)
}

async fn create(ctx: Ctx, Body(new): Body<NewPlan>) -> Result<Response, Problem> {
    ctx.allow(Action::PlansWrite, &Object::At(new.location))?;
    let mut tx = ctx.store().write().await?;
    scope::groups(&ctx, &mut tx, Action::PlansWrite, ("groups", &new.groups), &[]).await?;
    let details = Details {
        location: new.location,
        name: new.name,
        price_cents: new.price_cents,
        currency: new.currency.unwrap_or_else(|| "EUR".to_owned()),
        period: new.period.map_or(Period::Month, Into::into),
        description: new.description,
        groups: new.groups,
        archived: false,
    };
    let id = store::plan::create(&mut tx, &ctx.act(), &details)
        .await
        .map_err(Problem::at("location"))?;
    let plan = store::plan::read(&mut tx, ctx.network(), id).await?;
    ctx.commit(tx, created(&format!("/api/v1/plans/{id}"), PlanShape::from(plan)))
        .await
}
