//! `PUT /api/v1/subscriptions/{subscription}/items/{item}`

use access::facts::ItemAccess;
use access::id::{ItemId, SubscriptionId};
use access::may::Action;
use axum::Json;
use axum::http::Method;

use super::read::shown;
use super::shape::{NewItemShape, SubscriptionShape};
use crate::body::{Body, Ids};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// The route.
pub fn route() -> Route {
    let (path, what) = (
        "/api/v1/subscriptions/{subscription}/items/{item}",
        "Put another item in its place",
    );
    Route::api(Method::PUT, path, Action::SubscriptionsWrite, "subscriptions", what)
        .takes::<NewItemShape>()
        .answers::<SubscriptionShape>()
        .to(change)
}

async fn change(
    ctx: Ctx,
    Ids(id, item): Ids<SubscriptionId, ItemId>,
    Body(new): Body<NewItemShape>,
) -> Result<Json<SubscriptionShape>, Problem> {
    let mut tx = ctx.store().write().await?;
    let before = scope::subscription(&ctx, &mut tx, Action::SubscriptionsWrite, id).await?;
    let known = before.items.iter().find(|known| known.id == item);
    let known = known.ok_or_else(Problem::not_found)?;
    let mut stand = scope::inherited(&ctx, &mut tx, known.of).await?;
    if let ItemAccess::Set(groups) = &known.access {
        stand.extend(groups);
    }
    let known = known.of;
    if let Some(groups) = &new.groups {
        scope::groups(&ctx, &mut tx, Action::SubscriptionsWrite, ("groups", groups), &stand).await?;
    }
    let new = new.checked("")?;
    scope::item(&ctx, &mut tx, "", &new).await?;
    if new.of != known {
        scope::fits(&ctx, &mut tx, "", before.location, new.of).await?;
    }
    store::subscription::change_item(&mut tx, &ctx.act(), id, item, &new).await?;
    let subscription = shown(&ctx, &mut tx, id).await?;
    tx.commit().await?;
    Ok(Json(subscription))
}
