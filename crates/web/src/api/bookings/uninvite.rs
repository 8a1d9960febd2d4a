//! `DELETE /api/v1/bookings/{booking}/invitees/{person}`: takes effect at once (P-22).

use access::id::{BookingId, PersonId};
use access::may::Action;
use axum::http::Method;
use axum::response::Response;

use crate::body::{Ids, nothing};
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
    let (booking, _) = scope::booking(&ctx, &mut tx, Action::BookingsWrite, id).await?;
    let mut details = booking.details;
    if !details.invitees.contains(&person) {
        return Err(Problem::not_found());
    }
    details.invitees.retain(|invited| *invited != person);
    store::booking::change(&mut tx, &ctx.act(), id, &details).await?;
    tx.commit().await?;
    Ok(nothing())
}
