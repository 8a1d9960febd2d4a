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

use super::form;
use crate::book::{self, Change, For};
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// The step.
pub(crate) fn route() -> Route {
    Route::form("/admin/bookings/{booking}/move", Action::BookingsWrite).to(shift)
}

async fn shift(ctx: Ctx, Path(id): Path<BookingId>, mut typed: Fields) -> Result<Response, Problem> {
    let resource: Option<ResourceId> = typed.choice("resource");
    let (from, until): (Option<DateTime>, Option<DateTime>) = (typed.choice("from"), typed.choice("until"));
    let (Some(resource), Some(from), Some(until)) = (resource, from, until) else {
        return Err(Problem::invalid(typed.errors().to_vec()));
    };
    let mut tx = ctx.store().write().await?;
    scope::booking(&ctx, &mut tx, Action::BookingsWrite, id).await?;
    form::place(&mut tx, &ctx, resource, Action::BookingsWrite).await?;
    let change = Change {
        resource: Some(resource),
        ..Change::default()
    };
    book::rebook(&ctx, &mut tx, For::Anybody, id, When::Civil { from, until }, change).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
