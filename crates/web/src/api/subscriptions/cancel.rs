//! `POST /api/v1/subscriptions/{subscription}/cancel`: at once, at an instant, or with the end of a day.

use access::Instant;
use access::facts::Date;
use access::id::SubscriptionId;
use access::may::Action;
use axum::Json;
use axum::http::Method;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;

use super::read::shown;
use super::shape::SubscriptionShape;
use crate::body::{Body, Id};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope::{self, Zones};

/// From when on nothing is given any more.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Cancel {
    /// With effect from this instant.
    #[schemars(with = "Option<crate::wire::At>")]
    at: Option<Instant>,
    /// With the end of this day, in the location's zone.
    #[schemars(with = "Option<crate::wire::Day>")]
    on: Option<Date>,
    /// Take a cancellation back.
    #[serde(default)]
    never: bool,
}

/// The route.
pub fn route() -> Route {
    let (path, what) = (
        "/api/v1/subscriptions/{subscription}/cancel",
        "Cancel a subscription, at once when no time is given",
    );
    Route::api(Method::POST, path, Action::SubscriptionsWrite, "subscriptions", what)
        .takes::<Cancel>()
        .answers::<SubscriptionShape>()
        .to(cancel)
}

async fn cancel(ctx: Ctx, Id(id): Id<SubscriptionId>, Body(wanted): Body<Cancel>) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let before = scope::subscription(&ctx, &mut tx, Action::SubscriptionsWrite, id).await?;
    let zones = Zones::read(&ctx, &mut tx).await?;
    let at = match (wanted.at, wanted.on, wanted.never) {
        (None, None, true) => None,
        (Some(at), None, false) => Some(at),
        (None, Some(on), false) => {
            let zone = zones
                .of(before.location)
                .ok_or_else(|| Problem::conflict("The location's time zone is not known."))?;
            Some(zone.day_end(on))
        }
        (None, None, false) => Some(ctx.now),
        _ => return Err(Problem::field("at", "Give at most one of at, on and never.")),
    };
    store::subscription::cancel(&mut tx, &ctx.act(), id, at).await?;
    let subscription = shown(&ctx, &mut tx, id).await?;
    ctx.commit(tx, Json(subscription)).await
}
