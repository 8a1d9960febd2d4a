//! `POST /api/v1/subscriptions`

use access::facts::{Date, Subscriber};
use access::id::*;
use access::may::{Action, Object};
use axum::http::Method;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;
use store::subscription::NewSubscription;

use super::in_order;
use super::read::shown;
use super::shape::{NewItemShape, SubscriptionShape};
use crate::body::{Body, created};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// A subscription to be: a person's or a company's.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewSubscriptionShape {
    /// The location whose zone its dates are read in.
    #[schemars(with = "crate::wire::LocationRef")]
    location: LocationId,
    /// The person whose it is.
    #[schemars(with = "Option<crate::wire::PersonRef>")]
    person: Option<PersonId>,
    /// The company whose it is.
    #[schemars(with = "Option<crate::wire::CompanyRef>")]
    company: Option<CompanyId>,
    /// First day.
    #[schemars(with = "crate::wire::Day")]
    starts_on: Date,
    /// Last day, inclusive; open-ended when left out.
    #[schemars(with = "Option<crate::wire::Day>")]
    ends_on: Option<Date>,
    /// Its lines.
    #[schemars(length(min = 1, max = 50))]
    items: Vec<NewItemShape>,
}

/// The route.
pub fn route() -> Route {
    let what = "Subscribe a person or a company";
    Route::api(
        Method::POST,
        "/api/v1/subscriptions",
        Action::SubscriptionsWrite,
        "subscriptions",
        what,
    )
    .takes::<NewSubscriptionShape>()
    .creates::<SubscriptionShape>()
    .to(create)
}

async fn create(ctx: Ctx, Body(new): Body<NewSubscriptionShape>) -> Result<Response, Problem> {
    ctx.allow(Action::SubscriptionsWrite, &Object::At(new.location))?;
    in_order(new.starts_on, new.ends_on)?;
    let (of, field) = match (new.person, new.company) {
        (Some(person), None) => (Subscriber::Person(person), "person"),
        (None, Some(company)) => (Subscriber::Company(company), "company"),
        _ => return Err(Problem::field("person", "Name either a person or a company.")),
    };
    let mut tx = ctx.store().write().await?;
    store::location::read(&mut tx, ctx.network(), new.location)
        .await
        .map_err(Problem::at("location"))?;
    let mut items = Vec::with_capacity(new.items.len());
    for (at, item) in new.items.into_iter().enumerate() {
        let at = format!("items.{at}.");
        if let Some(groups) = &item.groups {
            scope::groups(
                &ctx,
                &mut tx,
                Action::SubscriptionsWrite,
                (&format!("{at}groups"), groups),
                &[],
            )
            .await?;
        }
        let item = item.checked(&at)?;
        scope::item(&ctx, &mut tx, &at, &item).await?;
        scope::fits(&ctx, &mut tx, &at, new.location, item.of).await?;
        items.push(item);
    }
    let (location, starts_on, ends_on) = (new.location, new.starts_on, new.ends_on);
    let new = NewSubscription {
        location,
        of,
        starts_on,
        ends_on,
        items,
    };
    let id = store::subscription::create(&mut tx, &ctx.act(), &new)
        .await
        .map_err(Problem::at(field))?;
    let subscription = shown(&ctx, &mut tx, id).await?;
    ctx.commit(tx, created(&format!("/api/v1/subscriptions/{id}"), subscription))
        .await
}
