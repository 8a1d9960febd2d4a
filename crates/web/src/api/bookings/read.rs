//! `GET /api/v1/bookings/{booking}`

use access::id::BookingId;
use access::may::Action;
use axum::Json;
use axum::http::Method;

use super::BookingShape;
use crate::body::Id;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::GET,
        "/api/v1/bookings/{booking}",
        Action::BookingsRead,
        "bookings",
        "Read a booking",
    )
    .answers::<BookingShape>()
    .to(read)
}

async fn read(ctx: Ctx, Id(id): Id<BookingId>) -> Result<Json<BookingShape>, Problem> {
    let mut tx = ctx.store().read().await?;
    let (booking, _) = scope::booking(&ctx, &mut tx, Action::BookingsRead, id).await?;
    Ok(Json(booking.into()))
}
