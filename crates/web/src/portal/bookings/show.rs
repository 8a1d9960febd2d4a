//! `GET /bookings/{booking}`: when it is, when doors open, who is invited; and the forms to change it.

use access::may::Action;
use axum::extract::Path;
use axum::response::Response;

use super::one::{self, One};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// The page.
pub fn route() -> Route {
    Route::portal("/bookings/{booking}", Action::ViewOwn).to(show)
}

async fn show(ctx: Ctx, Path(booking): Path<String>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let one = One::load(&mut tx, &ctx, &booking).await?;
    one::shown(&ctx, &mut tx, one).await
}
