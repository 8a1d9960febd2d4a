//! `POST /api/v1/bookings/{booking}/approve`

use access::id::BookingId;
use access::may::Action;
use axum::Json;
use axum::http::Method;
use axum::response::Response;

use super::BookingShape;
use crate::body::Id;
use crate::book;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// The route.
pub fn route() -> Route {
    let (path, what) = ("/api/v1/bookings/{booking}/approve", "Approve a requested booking");
    Route::api(Method::POST, path, Action::BookingsWrite, "bookings", what)
        .answers::<BookingShape>()
        .to(approve)
}

async fn approve(ctx: Ctx, Id(id): Id<BookingId>) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    scope::booking(&ctx, &mut tx, Action::BookingsWrite, id).await?;
    let kept = book::approve(&ctx, &mut tx, id).await?;
    ctx.commit(tx, Json(BookingShape::from(kept.booking))).await
}
