//! `GET /api/v1/bookings`

use access::id::*;
use access::may::{Action, Object};
use access::{Instant, Window};
use axum::http::Method;
use serde::Deserialize;

use super::BookingShape;
use crate::api::shape::BookingStateWord;
use crate::body::{Asked, List, Part};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

#[derive(Deserialize)]
struct Which {
    from: Option<Instant>,
    until: Option<Instant>,
    resource: Option<ResourceId>,
    location: Option<LocationId>,
    person: Option<PersonId>,
    state: Option<BookingStateWord>,
    cancelled: Option<bool>,
}

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::GET,
        "/api/v1/bookings",
        Action::BookingsRead,
        "bookings",
        "List bookings by start",
    )
    .query("from", "date-time", false, "Only those that end after this instant")
    .query("until", "date-time", false, "Only those that start before this instant")
    .query("resource", "id-res", false, "Only of this resource")
    .query("location", "id-loc", false, "Only of resources of this location")
    .query(
        "person",
        "id-per",
        false,
        "Only those this person booked or is invited to",
    )
    .query("state", "text", false, "requested, confirmed, checked_in or cancelled")
    .query("cancelled", "boolean", false, "Also cancelled ones")
    .lists::<BookingShape>()
    .to(list)
}

async fn list(ctx: Ctx, Asked(which): Asked<Which>, Asked(part): Asked<Part>) -> Result<List<BookingShape>, Problem> {
    let (from, until) = (which.from.unwrap_or(Instant::MIN), which.until.unwrap_or(Instant::MAX));
    let within =
        Window::new(from, until).ok_or_else(|| Problem::field("until", "The end must come after the start."))?;
    if let Some(location) = which.location {
        ctx.allow(Action::BookingsRead, &Object::At(location))?;
    }
    let filter = store::booking::Filter {
        resource: which.resource,
        location: which.location,
        person: which.person,
        within: (within != Window::ALWAYS).then_some(within),
        state: which.state.map(Into::into),
        cancelled_too: which.cancelled.unwrap_or(false),
    };
    let mut tx = ctx.store().read().await?;
    let listed = store::booking::list(&mut tx, ctx.network(), &filter, &part.page()?).await?;
    Ok(List::of(listed, BookingShape::from))
}
