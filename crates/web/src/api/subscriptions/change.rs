//! `PATCH /api/v1/subscriptions/{subscription}`: its dates.

use access::facts::Date;
use access::id::SubscriptionId;
use access::may::Action;
use axum::Json;
use axum::http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use super::in_order;
use super::read::shown;
use super::shape::SubscriptionShape;
use crate::api::change::Set;
use crate::body::{Body, Id};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// What changes; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChangeSubscription {
    /// First day.
    #[schemars(with = "Option<crate::wire::Day>")]
    starts_on: Option<Date>,
    /// Last day, inclusive; null is open-ended.
    #[serde(default)]
    #[schemars(with = "Option<crate::wire::Day>")]
    ends_on: Set<Date>,
}

/// The route.
pub fn route() -> Route {
    let (path, what) = (
        "/api/v1/subscriptions/{subscription}",
        "Change a subscription's first and last day",
    );
    Route::api(Method::PATCH, path, Action::SubscriptionsWrite, "subscriptions", what)
        .takes::<ChangeSubscription>()
        .answers::<SubscriptionShape>()
        .to(change)
}

async fn change(
    ctx: Ctx,
    Id(id): Id<SubscriptionId>,
    Body(change): Body<ChangeSubscription>,
) -> Result<Json<SubscriptionShape>, Problem> {
    let mut tx = ctx.store().write().await?;
    let before = scope::subscription(&ctx, &mut tx, Action::SubscriptionsWrite, id).await?;
    let starts_on = change.starts_on.unwrap_or(before.starts_on);
    let ends_on = change.ends_on.or(before.ends_on);
    in_order(starts_on, ends_on)?;
    store::subscription::change_dates(&mut tx, &ctx.act(), id, starts_on, ends_on).await?;
    let subscription = shown(&ctx, &mut tx, id).await?;
    tx.commit().await?;
    Ok(Json(subscription))
}
