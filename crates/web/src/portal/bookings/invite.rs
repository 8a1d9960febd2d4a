//! `POST /bookings/{booking}/invite`: lets more people in through it.

use access::may::Action;
use axum::extract::Path;
use axum::response::Response;

use super::one::{self, One};
use crate::book;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::portal::book::guests;
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::{count, validation};

/// The form's target.
pub fn route() -> Route {
    Route::portal_form("/bookings/{booking}/invite", Action::BookOwn).to(invite)
}

async fn invite(ctx: Ctx, Path(booking): Path<String>, mut fields: Fields) -> Result<Response, Problem> {
    let addresses = guests::addresses(&mut fields, "invitees");
    if addresses.is_empty() && fields.ok() {
        fields.wrong("invitees", validation::needed());
    }
    let mut tx = ctx.store().write().await?;
    let one = One::load_to_change(&mut tx, &ctx, &booking).await?;
    let details = &one.booking.details;
    if details.invitees.len() + addresses.len() > guests::MOST {
        fields.wrong("invitees", validation::at_most_items(guests::MOST as u64));
    }
    if !fields.ok() {
        return one::again(&ctx, &mut tx, one, fields).await;
    }
    let people = guests::invited(&ctx, &mut tx, &addresses).await?;
    let (new, told) = book::invite(&ctx, &mut tx, one.booking.id, &people).await?;
    tx.commit().await?;
    let (state, text) = match new {
        0 => ("quiet", "They are invited already.".to_owned()),
        new => {
            let told = told.said(Some(one.mine.viewer.person));
            (
                "open",
                format!("{} invited. {told}", count(new, "person is", "people are")),
            )
        }
    };
    Ok(ctx.go_with(&format!("/bookings/{booking}"), state, text))
}
