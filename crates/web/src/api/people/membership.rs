//! `PUT /api/v1/people/{person}/memberships/{location}`

use access::id::{LocationId, PersonId};
use access::may::{Action, Object};
use axum::Json;
use axum::http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use super::PersonShape;
use crate::api::shape::MembershipWord;
use crate::body::{Body, Ids};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// What they shall be here.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SetMembership {
    /// Member, nonmember, or null for nothing.
    kind: Option<MembershipWord>,
}

/// The route.
pub fn route() -> Route {
    let what = "Make a person member or nonmember of a location, or nothing";
    Route::api(
        Method::PUT,
        "/api/v1/people/{person}/memberships/{location}",
        Action::PeopleWrite,
        "people",
        what,
    )
    .takes::<SetMembership>()
    .answers::<PersonShape>()
    .to(set)
}

async fn set(
    ctx: Ctx,
    Ids(person, location): Ids<PersonId, LocationId>,
    Body(wanted): Body<SetMembership>,
) -> Result<Json<PersonShape>, Problem> {
    let mut tx = ctx.store().write().await?;
    let row = store::person::read(&mut tx, ctx.network(), person).await?;
    store::location::read(&mut tx, ctx.network(), location).await?;
    ctx.allow(Action::PeopleWrite, &Object::At(location))?;
    store::person::set_membership(&mut tx, &ctx.act(), person, location, wanted.kind.map(Into::into)).await?;
    let memberships = store::person::memberships(&mut tx, ctx.network(), person).await?;
    tx.commit().await?;
    Ok(Json(PersonShape::from(row).with(memberships)))
}
