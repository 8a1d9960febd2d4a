//! `GET /api/v1/people/{person}`

use access::id::PersonId;
use access::may::Action;
use axum::Json;
use axum::http::Method;

use super::PersonShape;
use crate::body::Id;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::GET,
        "/api/v1/people/{person}",
        Action::PeopleRead,
        "people",
        "Read a person",
    )
    .answers::<PersonShape>()
    .to(read)
}

async fn read(ctx: Ctx, Id(id): Id<PersonId>) -> Result<Json<PersonShape>, Problem> {
    let mut tx = ctx.store().read().await?;
    let (person, memberships) = scope::person(&ctx, &mut tx, Action::PeopleRead, id).await?;
    Ok(Json(PersonShape::from(person).with(memberships)))
}
