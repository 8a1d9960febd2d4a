//! POST /admin/bookings/{booking}/cancel and …/approve.

use access::id::BookingId;
use access::may::Action;
use axum::extract::Path;
use axum::response::Response;
use store::Tx;

use crate::book;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// The two steps.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::form("/admin/bookings/{booking}/cancel", Action::BookingsWrite).to(cancel),
        Route::form("/admin/bookings/{booking}/approve", Action::BookingsWrite).to(approve),
    ]
}

async fn cancel(ctx: Ctx, Path(id): Path<BookingId>) -> Result<Response, Problem> {
    let mut tx = allowed(&ctx, id).await?;
    let told = book::cancel(&ctx, &mut tx, id).await?.told;
    tx.commit().await?;
    let text = format!("Cancelled. What it opened is being taken away now. {}", told.said(None));
    Ok(ctx.go_with(&format!("/admin/bookings/{id}"), "open", text))
}

async fn approve(ctx: Ctx, Path(id): Path<BookingId>) -> Result<Response, Problem> {
    let mut tx = allowed(&ctx, id).await?;
    let told = book::approve(&ctx, &mut tx, id).await?.told;
    tx.commit().await?;
    let text = format!("Approved. The doors are told now. {}", told.said(None));
    Ok(ctx.go_with(&format!("/admin/bookings/{id}"), "open", text))
}

/// A transaction, if this booking is the actor's to change.
async fn allowed(ctx: &Ctx, id: BookingId) -> Result<Tx, Problem> {
    let mut tx = ctx.store().write().await?;
    scope::booking(ctx, &mut tx, Action::BookingsWrite, id).await?;
    Ok(tx)
}
