//! Subscriptions: `/admin/subscriptions`.

mod create;
mod dates;
mod item;
mod list;
mod show;

use access::facts::{ItemOf, Subscription};
use access::id::SubscriptionId;
use access::may::{Action, Object};
use store::Tx;

use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// Every route of these pages.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = vec![list::route(), show::route()];
    routes.extend(create::routes());
    routes.extend(item::routes());
    routes.extend(dates::routes());
    routes
}

/// One subscription at a location where the actor may do this.
async fn read(tx: &mut Tx, ctx: &Ctx, id: SubscriptionId, action: Action) -> Result<Subscription, Problem> {
    let subscription = store::subscription::read(tx, ctx.network(), id).await?;
    ctx.allow(action, &Object::At(subscription.location))?;
    Ok(subscription)
}

/// A plan's or resource's id as the value of a form.
fn item_of(value: &str) -> Option<ItemOf> {
    value
        .parse()
        .map(ItemOf::Plan)
        .ok()
        .or_else(|| value.parse().map(ItemOf::Rental).ok())
}
