//! `PATCH /api/v1/people/{person}`: also suspends, reinstates and removes, by the state.

use access::id::PersonId;
use access::may::Action;
use axum::Json;
use axum::http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use super::PersonShape;
use crate::api::shape::PersonStateWord;
use crate::body::{Body, Id};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// What changes; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChangePerson {
    /// As shown.
    #[schemars(length(min = 1, max = 120))]
    name: Option<String>,
    /// Their address; vendors know people by it.
    #[schemars(with = "Option<crate::wire::Email>")]
    email: Option<String>,
    /// As typed.
    #[schemars(length(max = 40))]
    phone: Option<String>,
    /// Ids of access cards.
    #[schemars(length(max = 20))]
    cards: Option<Vec<String>>,
    /// Suspended and removed people lose everything at once.
    state: Option<PersonStateWord>,
}

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::PATCH,
        "/api/v1/people/{person}",
        Action::PeopleWrite,
        "people",
        "Change, suspend or remove a person",
    )
    .takes::<ChangePerson>()
    .answers::<PersonShape>()
    .to(change)
}

async fn change(
    ctx: Ctx,
    Id(id): Id<PersonId>,
    Body(change): Body<ChangePerson>,
) -> Result<Json<PersonShape>, Problem> {
    let mut tx = ctx.store().write().await?;
    let (person, memberships) = scope::person(&ctx, &mut tx, Action::PeopleWrite, id).await?;
    let mut details = person.details;
    details.name = change.name.unwrap_or(details.name);
    details.email = change.email.unwrap_or(details.email);
    details.phone = change.phone.unwrap_or(details.phone);
    details.cards = change.cards.unwrap_or(details.cards);
    details.state = change.state.map_or(details.state, Into::into);
    store::person::change(&mut tx, &ctx.act(), id, &details)
        .await
        .map_err(Problem::at("email"))?;
    let person = store::person::read(&mut tx, ctx.network(), id).await?;
    tx.commit().await?;
    Ok(Json(PersonShape::from(person).with(memberships)))
}
