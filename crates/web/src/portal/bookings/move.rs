//! `POST /bookings/{booking}/move`: another time; doors follow at once (P-22).
//!
//! Always: the same rules as for booking, its own present time not in its way; refused with everything typed kept.
//! One that runs already keeps its start, which was fine when it was booked; only its end has to lie ahead.

use access::booking::{self, Refusal, When};
use access::facts::BookingState;
use access::may::Action;
use axum::extract::Path;
use axum::response::Response;
use store::Tx;

use super::one::{self, One};
use crate::book::{self, For};
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::portal::book::{create, desk};
use crate::problem::{Kind, Problem};
use crate::registry::Route;
use crate::words;

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
    let moved = if runs_on(&one, when, &ctx) {
        new_end(&ctx, &mut tx, &one, when).await
    } else {
        book::reschedule(&ctx, &mut tx, For::Themselves, one.booking.id, when).await
    };
    if let Err(problem) = moved {
        desk::note(&mut fields, problem)?;
        tx.roll_back().await?;
        let mut tx = ctx.store().read().await?;
        return one::again(&ctx, &mut tx, one, fields).await;
    }
    let state = store::booking::read(&mut tx, ctx.network(), one.booking.id)
        .await?
        .details
        .state;
    tx.commit().await?;
    let waits = state == BookingState::Requested;
    let say = if waits {
        "Asked for. Doors open once the team has approved it."
    } else {
        "Moved. Doors follow at once."
    };
    Ok(ctx.go_with(&format!("/bookings/{booking}"), "open", say))
}

/// Does it run already and keep its start?
fn runs_on(one: &One, when: When, ctx: &Ctx) -> bool {
    let from = one.booking.details.window.from;
    from <= ctx.now && booking::window(&one.thing.zone, when).is_ok_and(|new| new.from == from)
}

/// Gives a running booking another end.
async fn new_end(ctx: &Ctx, tx: &mut Tx, one: &One, when: When) -> Result<(), Problem> {
    let zone = words::dates::zone(&one.thing.location.details.zone);
    let refused = |why: Refusal| {
        let (field, say) = words::booking::refusal(&why, ctx.now, &zone);
        let field = if why == Refusal::InThePast { "until" } else { field };
        Problem {
            fields: vec![crate::problem::FieldError::new(field, say.clone())],
            ..Problem::new(Kind::Invalid, say)
        }
    };
    let window = booking::window(&one.thing.zone, when).map_err(refused)?;
    if window.until <= ctx.now {
        return Err(Problem::field(
            "until",
            "This end has passed. Choose a later one, or cancel the booking.",
        ));
    }
    let (thing, own) = (&one.thing, Some(one.booking.id));
    let buffer = thing.rules.buffer_minutes;
    let existing = store::booking::clashes(tx, ctx.network(), thing.resource.id, window, buffer, own).await?;
    let memberships = one.mine.memberships();
    let by = desk::by(&one.mine, &memberships);
    booking::accept(&thing.rules, &thing.zone, &by, when, &existing, window.from).map_err(refused)?;
    let details = store::booking::Details {
        window,
        ..one.booking.details.clone()
    };
    store::booking::change(tx, &ctx.act(), one.booking.id, &details)
        .await
        .map_err(Problem::at("until"))
}
