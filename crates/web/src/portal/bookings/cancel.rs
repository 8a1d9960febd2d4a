//! `POST /bookings/{booking}/cancel`: calls it off; what it opened ends at once (P-22).

use access::may::Action;
use axum::extract::Path;
use axum::response::Response;

use super::one::One;
use crate::book;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// The form's target.
pub fn route() -> Route {
    Route::portal_form("/bookings/{booking}/cancel", Action::BookOwn).to(cancel)
}

async fn cancel(ctx: Ctx, Path(booking): Path<String>) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let one = One::load_to_change(&mut tx, &ctx, &booking).await?;
    let told = book::cancel(&ctx, &mut tx, one.booking.id).await?.told;
    tx.commit().await?;
    Ok(ctx.go_with(
        "/bookings",
        "quiet",
        format!(
            "{} is cancelled. Its doors no longer open by it. {}",
            one.thing.resource.details.name,
            told.said(Some(one.mine.viewer.person))
        ),
    ))
}
