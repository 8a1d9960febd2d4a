//! `DELETE /api/v1/bookings/{booking}/invitees/{person}`: takes effect at once (P-22).

use access::id::{BookingId, PersonId};
use access::may::Action;
use axum::http::Method;
use axum::response::Response;

use crate::body::{Ids, nothing};
use crate::book;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// The route.
pub fn route() -> Route {
    let (path, what) = (
        "/api/v1/bookings/{booking}/invitees/{person}",
        "No longer let a person in",
    );
    Route::api(Method::DELETE, path, Action::BookingsWrite, "bookings", what)
        .answers_nothing()
        .to(uninvite)
}

async fn uninvite(ctx: Ctx, Ids(id, person): Ids<BookingId, PersonId>) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    scope::booking(&ctx, &mut tx, Action::BookingsWrite, id).await?;
    book::uninvite(&ctx, &mut tx, id, person)
        .await?
        .ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    Ok(nothing())
}
