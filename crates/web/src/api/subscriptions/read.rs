//! `GET /api/v1/subscriptions/{subscription}`

use access::id::SubscriptionId;
use access::may::Action;
use axum::Json;
use axum::http::Method;
use store::Tx;

use super::shape::SubscriptionShape;
use crate::body::Id;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope::{self, Zones};

/// The route.
pub fn route() -> Route {
    let (path, what) = (
        "/api/v1/subscriptions/{subscription}",
        "Read a subscription with its items",
    );
    Route::api(Method::GET, path, Action::SubscriptionsRead, "subscriptions", what)
        .answers::<SubscriptionShape>()
        .to(read)
}

async fn read(ctx: Ctx, Id(id): Id<SubscriptionId>) -> Result<Json<SubscriptionShape>, Problem> {
    let mut tx = ctx.store().read().await?;
    scope::subscription(&ctx, &mut tx, Action::SubscriptionsRead, id).await?;
    shown(&ctx, &mut tx, id).await.map(Json)
}

/// As it is now.
pub(super) async fn shown(ctx: &Ctx, tx: &mut Tx, id: SubscriptionId) -> Result<SubscriptionShape, Problem> {
    let subscription = store::subscription::read(tx, ctx.network(), id).await?;
    let zones = Zones::read(ctx, tx).await?;
    let zone = zones.of(subscription.location);
    Ok(SubscriptionShape::of(subscription, zone, ctx.now))
}
