//! POST /admin/bookings/{booking}/cancel and …/approve.

use access::facts::BookingState;
use access::id::BookingId;
use access::may::Action;
use axum::extract::Path;
use axum::response::Response;

use super::form::Thing;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// The two steps.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::form("/admin/bookings/{booking}/cancel", Action::BookingsWrite).to(cancel),
        Route::form("/admin/bookings/{booking}/approve", Action::BookingsWrite).to(approve),
    ]
}

async fn cancel(ctx: Ctx, Path(id): Path<BookingId>) -> Result<Response, Problem> {
    step(
        &ctx,
        id,
        BookingState::Cancelled,
        "Cancelled. What it opened is being taken away now.",
    )
    .await
}

async fn approve(ctx: Ctx, Path(id): Path<BookingId>) -> Result<Response, Problem> {
    step(&ctx, id, BookingState::Confirmed, "Approved. The doors are told now.").await
}

async fn step(ctx: &Ctx, id: BookingId, state: BookingState, came: &str) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let booking = store::booking::read(&mut tx, ctx.network(), id).await?;
    Thing::read(&mut tx, ctx, booking.details.resource, Action::BookingsWrite).await?;
    if state == BookingState::Confirmed && booking.details.state != BookingState::Requested {
        return Err(Problem::conflict("This booking does not wait for approval any more."));
    }
    store::booking::set_state(&mut tx, &ctx.act(), id, state).await?;
    tx.commit().await?;
    Ok(ctx.go_with(&format!("/admin/bookings/{id}"), "open", came))
}
