//! `POST /book/{resource}`: takes the time, invites people, and goes to the booking's page, which says when doors open.
//!
//! Always: decided with fresh rows inside the transaction that stores it; everything typed is kept when it is refused.

use access::booking::{self, By, Refusal, When};
use access::id::ResourceId;
use access::may::Action;
use axum::extract::Path;
use axum::response::Response;
use jiff::civil::DateTime;
use store::booking::Booking;

use super::desk::{self, Thing};
use super::{form, guests};
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::render_again;
use crate::portal::mine::Mine;
use crate::portal::say;
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::dates;

/// The form's target.
pub fn route() -> Route {
    Route::portal_form("/book/{resource}", Action::BookOwn).to(create)
}

async fn create(ctx: Ctx, Path(resource): Path<String>, mut fields: Fields) -> Result<Response, Problem> {
    let resource: ResourceId = resource.parse().map_err(|_| Problem::not_found())?;
    let when = when(&mut fields);
    let title = fields.optional_text("title", 120).unwrap_or_default();
    let addresses = guests::addresses(&mut fields, "invitees");

    let mut tx = ctx.store().write().await?;
    let mine = Mine::load_in(&mut tx, &ctx).await?;
    let thing = Thing::load(&mut tx, &ctx, &mine, resource).await?;
    let (Some(when), true) = (when, fields.ok()) else {
        tx.roll_back().await?;
        return render_again(&form::page(&ctx, &thing, fields).await?);
    };
    let memberships = mine.memberships();
    let by = desk::by(&mine, &memberships);
    let act = ctx.act();
    let accepted = match accept(&mut tx, &ctx, &thing, &by, when, None).await? {
        Ok(accepted) => accepted,
        Err(refusal) => {
            tx.roll_back().await?;
            refuse(&mut fields, &refusal, &thing, &ctx);
            return render_again(&form::page(&ctx, &thing, fields).await?);
        }
    };
    let invitees = guests::invited(&mut tx, &act, thing.location.id, &addresses).await?;
    let details = store::booking::Details {
        resource,
        booker: mine.viewer.person,
        invitees,
        window: accepted.window,
        state: accepted.state,
        title,
    };
    let booking = store::booking::create(&mut tx, &act, &details).await?;
    tx.commit().await?;
    Ok(ctx.go_with(&format!("/bookings/{booking}"), "open", say::booked(accepted.state)))
}

/// The time of a form: a day, perhaps another last day, from and until.
pub fn when(fields: &mut Fields) -> Option<When> {
    let on = fields.date("on");
    let until_on = fields.optional_date("until_on");
    let (from, until) = (fields.time("from"), fields.time("until"));
    let on = on?;
    Some(When::Civil {
        from: DateTime::from_parts(on, from?),
        until: DateTime::from_parts(until_on.unwrap_or(on), until?),
    })
}

/// Asks the booking rules with fresh rows; `own` is the booking that is being moved, if one is.
pub async fn accept(
    tx: &mut store::Tx,
    ctx: &Ctx,
    thing: &Thing,
    by: &By<'_>,
    when: When,
    own: Option<&Booking>,
) -> Result<Result<booking::Accepted, Refusal>, Problem> {
    let window = match booking::window(&thing.zone, when) {
        Ok(window) => window,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (buffer, id) = (thing.rules.buffer_minutes, own.map(|own| own.id));
    let existing = store::booking::clashes(tx, ctx.network(), thing.resource.id, window, buffer, id).await?;
    // One that runs already keeps its start, which was fine when it was booked; only its end has to lie ahead.
    let runs_on = own.is_some_and(|own| own.details.window.from == window.from && window.from <= ctx.now);
    if runs_on && window.until <= ctx.now {
        return Ok(Err(Refusal::InThePast));
    }
    let as_of = if runs_on { window.from } else { ctx.now };
    Ok(booking::accept(&thing.rules, &thing.zone, by, when, &existing, as_of))
}

/// Notes a refusal where it can be mended.
pub fn refuse(fields: &mut Fields, refusal: &Refusal, thing: &Thing, ctx: &Ctx) {
    let zone = dates::zone(&thing.location.details.zone);
    let (field, sentence) = say::refusal(refusal, &thing.resource.details.name, ctx.now, &zone);
    fields.wrong(field, sentence);
}
