//! `DELETE /api/v1/subscriptions/{subscription}/items/{item}`

use access::id::{ItemId, SubscriptionId};
use access::may::Action;
use axum::http::Method;
use axum::response::Response;

use crate::body::{Ids, nothing};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// The route.
pub fn route() -> Route {
    let (path, what) = ("/api/v1/subscriptions/{subscription}/items/{item}", "Remove an item");
    Route::api(Method::DELETE, path, Action::SubscriptionsWrite, "subscriptions", what)
        .answers_nothing()
        .to(remove)
}

async fn remove(ctx: Ctx, Ids(id, item): Ids<SubscriptionId, ItemId>) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    scope::subscription(&ctx, &mut tx, Action::SubscriptionsWrite, id).await?;
    store::subscription::remove_item(&mut tx, &ctx.act(), id, item).await?;
    tx.commit().await?;
    Ok(nothing())
}
