//! `POST /api/v1/people`

use access::facts::PersonState;
use access::id::LocationId;
use access::may::{Action, Object};
use axum::http::Method;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;
use store::person::Details;

use super::PersonShape;
use crate::api::shape::{MembershipWord, PersonStateWord};
use crate::body::{Body, created};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// A person to be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewPerson {
    /// As shown.
    #[schemars(length(min = 1, max = 120))]
    name: String,
    /// Their address; nobody else here may have it.
    #[schemars(with = "crate::wire::Email")]
    email: String,
    /// As typed.
    #[serde(default)]
    #[schemars(length(max = 40))]
    phone: String,
    /// Ids of access cards.
    #[serde(default)]
    #[schemars(length(max = 20))]
    cards: Vec<String>,
    /// Where they stand; invited when left out.
    state: Option<PersonStateWord>,
    /// Where they are member or nonmember.
    #[serde(default)]
    #[schemars(length(max = 50))]
    memberships: Vec<NewMembership>,
}

/// A standing at a location.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewMembership {
    /// Where.
    #[schemars(with = "crate::wire::LocationRef")]
    location: LocationId,
    /// As what.
    kind: MembershipWord,
}

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::POST,
        "/api/v1/people",
        Action::PeopleWrite,
        "people",
        "Add a person",
    )
    .takes::<NewPerson>()
    .creates::<PersonShape>()
    .to(create)
}

async fn create(ctx: Ctx, Body(new): Body<NewPerson>) -> Result<Response, Problem> {
    for membership in &new.memberships {
        ctx.allow(Action::PeopleWrite, &Object::At(membership.location))?;
    }
    if new.memberships.is_empty() {
        ctx.allow(Action::PeopleWrite, &Object::Network)?;
    }
    let details = Details {
        name: new.name,
        email: new.email,
        phone: new.phone,
        cards: new.cards,
        state: new.state.map_or(PersonState::Invited, Into::into),
    };
    let mut tx = ctx.store().write().await?;
    let id = store::person::create(&mut tx, &ctx.act(), &details)
        .await
        .map_err(Problem::at("email"))?;
    for (at, membership) in new.memberships.iter().enumerate() {
        let kind = Some(membership.kind.into());
        store::person::set_membership(&mut tx, &ctx.act(), id, membership.location, kind)
            .await
            .map_err(Problem::at(format!("memberships.{at}.location")))?;
    }
    let person = store::person::read(&mut tx, ctx.network(), id).await?;
    let memberships = store::person::memberships(&mut tx, ctx.network(), id).await?;
    ctx.commit(
        tx,
        created(
            &format!("/api/v1/people/{id}"),
            PersonShape::from(person).with(memberships),
        ),
    )
    .await
}
