//! POST /admin/bookings/{booking}/move: dragged in the calendar to another time or resource.
//!
//! In: `resource`, `from`, `until` as civil times of the location. Out: 204, or problem+json whose sentence the calendar shows.

use access::booking::When;
use access::id::{BookingId, ResourceId};
use access::may::Action;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::civil::DateTime;
use store::booking::Details;

use super::form::Thing;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::booking as say;

/// The step.
pub(crate) fn route() -> Route {
    Route::form("/admin/bookings/{booking}/move", Action::BookingsWrite).to(shift)
}

async fn shift(ctx: Ctx, Path(id): Path<BookingId>, mut form: Fields) -> Result<Response, Problem> {
    let resource: Option<ResourceId> = form.choice("resource");
    let (from, until): (Option<DateTime>, Option<DateTime>) = (form.choice("from"), form.choice("until"));
    let (Some(resource), Some(from), Some(until)) = (resource, from, until) else {
        return Err(Problem::invalid(form.errors().to_vec()));
    };
    let mut tx = ctx.store().write().await?;
    let booking = store::booking::read(&mut tx, ctx.network(), id).await?;
    Thing::read(&mut tx, &ctx, booking.details.resource, Action::BookingsWrite).await?;
    let thing = Thing::read(&mut tx, &ctx, resource, Action::BookingsWrite).await?;
    match thing
        .accept(&mut tx, &ctx, When::Civil { from, until }, Some(id))
        .await?
    {
        Ok(accepted) => {
            let details = Details {
                resource,
                window: accepted.window,
                ..booking.details
            };
            store::booking::change(&mut tx, &ctx.act(), id, &details).await?;
            tx.commit().await?;
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        Err(refusal) => Err(Problem::conflict(say::refusal(&refusal, ctx.now, &thing.tz()).1)),
    }
}
