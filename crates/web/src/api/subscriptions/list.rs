//! `GET /api/v1/subscriptions`

use access::id::*;
use access::may::Action;
use axum::http::Method;
use serde::Deserialize;

use super::shape::SubscriptionShape;
use crate::body::{Asked, List, Part};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope::Zones;

#[derive(Deserialize)]
struct Which {
    person: Option<PersonId>,
    company: Option<CompanyId>,
    location: Option<LocationId>,
    plan: Option<PlanId>,
    resource: Option<ResourceId>,
}

/// The route.
pub fn route() -> Route {
    let what = "List subscriptions with their items";
    Route::api(
        Method::GET,
        "/api/v1/subscriptions",
        Action::SubscriptionsRead,
        "subscriptions",
        what,
    )
    .query("person", "id-per", false, "Only this person's own")
    .query("company", "id-com", false, "Only this company's")
    .query("location", "id-loc", false, "Only those of this location")
    .query("plan", "id-pla", false, "Only those with an item of this plan")
    .query("resource", "id-res", false, "Only those that rent this resource")
    .lists::<SubscriptionShape>()
    .to(list)
}

async fn list(
    ctx: Ctx,
    Asked(which): Asked<Which>,
    Asked(part): Asked<Part>,
) -> Result<List<SubscriptionShape>, Problem> {
    let Which {
        person,
        company,
        location,
        plan,
        resource,
    } = which;
    let filter = store::subscription::Filter {
        person,
        company,
        location,
        plan,
        resource,
    };
    let mut tx = ctx.store().read().await?;
    let zones = Zones::read(&ctx, &mut tx).await?;
    let mut listed = store::subscription::list(&mut tx, ctx.network(), &filter, &part.page()?).await?;
    listed
        .rows
        .retain(|subscription| ctx.actor.acts_at(subscription.location));
    Ok(List::of(listed, |subscription| {
        let zone = zones.of(subscription.location);
        SubscriptionShape::of(subscription, zone, ctx.now)
    }))
}
