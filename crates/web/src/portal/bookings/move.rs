//! `POST /bookings/{booking}/move`: another time; doors follow at once (P-22).
//!
//! Always: the same rules as for booking, its own present time not in its way; refused with everything typed kept.

use access::facts::BookingState;
use access::may::Action;
use axum::extract::Path;
use axum::response::Response;

use super::one::{self, One};
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
    let memberships = one.mine.memberships();
    let by = desk::by(&one.mine, &memberships);
    match create::accept(&mut tx, &ctx, &one.thing, &by, when, Some(&one.booking)).await? {
        Err(refusal) => {
            create::refuse(&mut fields, &refusal, &one.thing, &ctx);
            one::again(&ctx, &mut tx, one, fields).await
        }
        Ok(accepted) => {
            let mut details = one.booking.details.clone();
            details.window = accepted.window;
            // Approval once given holds only for the time it was given for.
            if details.state != BookingState::CheckedIn {
                details.state = accepted.state;
            }
            store::booking::change(&mut tx, &ctx.act(), one.booking.id, &details).await?;
            tx.commit().await?;
            let say = if accepted.state == BookingState::Requested {
                "Asked for. The team approves it."
            } else {
                "Moved. Doors follow at once."
            };
            Ok(ctx.go_with(&format!("/bookings/{booking}"), "open", say))
        }
    }
}
