//! `POST /bookings/{booking}/move`: another time; doors follow at once (P-22).
//!
//! Always: what may become of it is `access::booking`'s answer; refused with everything typed kept.

use access::facts::BookingState;
use access::may::Action;
use axum::extract::Path;
use axum::response::Response;

use super::one::{self, One};
use crate::book::{self, Change, For};
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::portal::book::{create, desk};
use crate::problem::Problem;
use crate::registry::Route;

/// The form's target.
pub fn route() -> Route {
    Route::portal_form("/bookings/{booking}/move", Action::BookOwn).to(to_another_time)
}

async fn to_another_time(ctx: Ctx, Path(booking): Path<String>, mut fields: Fields) -> Result<Response, Problem> {
    let when = create::when(&mut fields);
    let mut tx = ctx.store().write().await?;
    let one = One::load_to_change(&mut tx, &ctx, &booking).await?;
    let (Some(when), true) = (when, fields.ok()) else {
        return one::again(&ctx, &mut tx, one, fields).await;
    };
    let id = one.booking.id;
    let moved = match book::rebook(&ctx, &mut tx, For::Themselves, id, when, Change::default()).await {
        Ok(moved) => moved,
        Err(not) => {
            desk::note(&mut fields, not.into())?;
            tx.roll_back().await?;
            let mut tx = ctx.store().read().await?;
            return one::again(&ctx, &mut tx, one, fields).await;
        }
    };
    tx.commit().await?;
    let waits = moved.booking.details.state == BookingState::Requested;
    let say = if waits {
        "Asked for. Doors open once the team has approved it."
    } else {
        "Moved. Doors follow at once."
    };
    let told = moved.told.said(Some(one.mine.viewer.person));
    Ok(ctx.go_with(&format!("/bookings/{booking}"), "open", format!("{say} {told}")))
}
