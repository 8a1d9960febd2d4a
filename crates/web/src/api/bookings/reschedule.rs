//! `POST /api/v1/bookings/{booking}/move`

use access::id::BookingId;
use access::may::Action;
use axum::Json;
use axum::http::Method;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{BookingShape, when};
use crate::body::{Body, Id};
use crate::book::{self, Change, For};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// To when.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MoveBooking {
    /// Start: an instant, or the local time of the place.
    #[schemars(length(min = 1, max = 40))]
    from: String,
    /// End: an instant, or the local time of the place.
    #[schemars(length(min = 1, max = 40))]
    until: String,
}

/// The route.
pub fn route() -> Route {
    let what = "Move, lengthen or shorten a booking";
    Route::api(
        Method::POST,
        "/api/v1/bookings/{booking}/move",
        Action::BookingsWrite,
        "bookings",
        what,
    )
    .takes::<MoveBooking>()
    .answers::<BookingShape>()
    .to(reschedule)
}

async fn reschedule(ctx: Ctx, Id(id): Id<BookingId>, Body(to): Body<MoveBooking>) -> Result<Response, Problem> {
    let when = when(&to.from, &to.until)?;
    let mut tx = ctx.store().write().await?;
    scope::booking(&ctx, &mut tx, Action::BookingsWrite, id).await?;
    let kept = book::rebook(&ctx, &mut tx, For::Anybody, id, when, Change::default()).await?;
    ctx.commit(tx, Json(BookingShape::from(kept.booking))).await
}
