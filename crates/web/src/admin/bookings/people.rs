//! POST /admin/bookings/{booking}/invite and …/uninvite/{person}.

use access::id::{BookingId, PersonId};
use access::may::Action;
use axum::extract::Path;
use axum::response::Response;

use super::{form, show};
use crate::book;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::render_again;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;
use crate::words;

/// The two steps.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::form("/admin/bookings/{booking}/invite", Action::BookingsWrite).to(invite),
        Route::form("/admin/bookings/{booking}/uninvite/{person}", Action::BookingsWrite).to(uninvite),
    ]
}

async fn invite(ctx: Ctx, Path(id): Path<BookingId>, mut form: Fields) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    scope::booking(&ctx, &mut tx, Action::BookingsWrite, id).await?;
    form.text("invitees", 8000);
    let people = form::invited(&mut tx, &ctx, &mut form).await?;
    if form.ok() {
        let (new, told) = book::invite(&ctx, &mut tx, id, &people).await?;
        tx.commit().await?;
        let (state, text) = match new {
            0 => ("quiet", "They are invited already.".to_owned()),
            new => {
                let people = words::count(new, "person is", "people are");
                ("open", format!("{people} invited. {}", told.said(None)))
            }
        };
        return Ok(ctx.go_with(&format!("/admin/bookings/{id}"), state, text));
    }
    tx.roll_back().await?;
    let mut tx = ctx.store().read().await?;
    render_again(&show::page(&mut tx, &ctx, id, form).await?)
}

async fn uninvite(ctx: Ctx, Path((id, person)): Path<(BookingId, PersonId)>) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    scope::booking(&ctx, &mut tx, Action::BookingsWrite, id).await?;
    let told = book::uninvite(&ctx, &mut tx, id, person).await?.unwrap_or_default();
    tx.commit().await?;
    let text = format!(
        "Uninvited. What it opened for them is being taken away now. {}",
        told.said(None)
    );
    Ok(ctx.go_with(&format!("/admin/bookings/{id}"), "quiet", text))
}
