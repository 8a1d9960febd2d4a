//! `POST /api/v1/subscriptions/{subscription}/items`

use access::id::SubscriptionId;
use access::may::Action;
use axum::http::Method;
use axum::response::Response;

use super::read::shown;
use super::shape::{NewItemShape, SubscriptionShape};
use crate::body::{Body, Id, created};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// The route.
pub fn route() -> Route {
    let (path, what) = ("/api/v1/subscriptions/{subscription}/items", "Add an item");
    Route::api(Method::POST, path, Action::SubscriptionsWrite, "subscriptions", what)
        .takes::<NewItemShape>()
        .creates::<SubscriptionShape>()
        .to(add)
}

async fn add(ctx: Ctx, Id(id): Id<SubscriptionId>, Body(new): Body<NewItemShape>) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let before = scope::subscription(&ctx, &mut tx, Action::SubscriptionsWrite, id).await?;
    if let Some(groups) = &new.groups {
        scope::groups(&ctx, &mut tx, Action::SubscriptionsWrite, ("groups", groups), &[]).await?;
    }
    let item = new.checked("")?;
    scope::item(&ctx, &mut tx, "", &item).await?;
    scope::fits(&ctx, &mut tx, "", before.location, item.of).await?;
    store::subscription::add_item(&mut tx, &ctx.act(), id, &item).await?;
    let subscription = shown(&ctx, &mut tx, id).await?;
    ctx.commit(tx, created(&format!("/api/v1/subscriptions/{id}"), subscription))
        .await
}
