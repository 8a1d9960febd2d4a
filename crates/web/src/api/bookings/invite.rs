//! `POST /api/v1/bookings/{booking}/invitees`

use access::id::{BookingId, PersonId};
use access::may::Action;
use axum::Json;
use axum::http::Method;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;

use super::BookingShape;
use crate::body::{Body, Id};
use crate::book;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// Who: a person, or an address.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Invite {
    /// A person's id.
    #[schemars(with = "Option<crate::wire::PersonRef>")]
    person: Option<PersonId>,
    /// An address; somebody new is added as invited.
    #[schemars(with = "Option<crate::wire::Email>")]
    email: Option<String>,
    /// The name of somebody new.
    #[serde(default)]
    #[schemars(length(max = 120))]
    name: String,
}

/// The route.
pub fn route() -> Route {
    let (path, what) = ("/api/v1/bookings/{booking}/invitees", "Let one more person in");
    Route::api(Method::POST, path, Action::BookingsWrite, "bookings", what)
        .takes::<Invite>()
        .answers::<BookingShape>()
        .to(invite)
}

async fn invite(ctx: Ctx, Id(id): Id<BookingId>, Body(who): Body<Invite>) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    scope::booking(&ctx, &mut tx, Action::BookingsWrite, id).await?;
    let person = match (who.person, &who.email) {
        (Some(person), None) => person,
        (None, Some(email)) => book::by_email(&ctx, &mut tx, email, &who.name).await?,
        _ => return Err(Problem::field("person", "Name either a person or an email.")),
    };
    book::invite(&ctx, &mut tx, id, &[person]).await?;
    let booking = store::booking::read(&mut tx, ctx.network(), id).await?;
    ctx.commit(tx, Json(BookingShape::from(booking))).await
}
