//! POST /admin/bookings/{booking}/invite and …/uninvite/{person}.

use access::id::{BookingId, PersonId};
use access::may::Action;
use axum::extract::Path;
use axum::response::Response;
use store::booking::Details;

use super::form::{self, Thing};
use super::show;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::render_again;
use crate::problem::Problem;
use crate::registry::Route;
use crate::words;

/// The two steps.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::form("/admin/bookings/{booking}/invite", Action::BookingsWrite).to(invite),
        Route::form("/admin/bookings/{booking}/uninvite/{person}", Action::BookingsWrite).to(uninvite),
    ]
}

async fn invite(ctx: Ctx, Path(id): Path<BookingId>, mut form: Fields) -> Result<Response, Problem> {
    let act = ctx.act();
    let mut tx = ctx.store().write().await?;
    let booking = store::booking::read(&mut tx, ctx.network(), id).await?;
    let thing = Thing::read(&mut tx, &ctx, booking.details.resource, Action::BookingsWrite).await?;
    form.text("invitees", 8000);
    let new = form::invited(&mut tx, &ctx, &act, &mut form, thing.location.id).await?;
    if form.ok() {
        let count = new.len();
        let mut invitees = booking.details.invitees.clone();
        invitees.extend(new);
        store::booking::change(
            &mut tx,
            &act,
            id,
            &Details {
                invitees,
                ..booking.details
            },
        )
        .await?;
        tx.commit().await?;
        let text = format!("{} invited.", words::count(count, "person is", "people are"));
        return Ok(ctx.go_with(&format!("/admin/bookings/{id}"), "open", text));
    }
    tx.roll_back().await?;
    let mut tx = ctx.store().read().await?;
    render_again(&show::page(&mut tx, &ctx, id, form).await?)
}

async fn uninvite(ctx: Ctx, Path((id, person)): Path<(BookingId, PersonId)>) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let booking = store::booking::read(&mut tx, ctx.network(), id).await?;
    Thing::read(&mut tx, &ctx, booking.details.resource, Action::BookingsWrite).await?;
    let invitees = booking
        .details
        .invitees
        .iter()
        .copied()
        .filter(|one| *one != person)
        .collect();
    store::booking::change(
        &mut tx,
        &ctx.act(),
        id,
        &Details {
            invitees,
            ..booking.details
        },
    )
    .await?;
    tx.commit().await?;
    Ok(ctx.go_with(
        &format!("/admin/bookings/{id}"),
        "quiet",
        "Uninvited. What it opened for them is being taken away now.",
    ))
}
