//! `POST /bookings/{booking}/uninvite`: somebody is no longer let in through it, at once (P-22).

use access::id::PersonId;
use access::may::Action;
use axum::extract::Path;
use axum::response::Response;

use super::one::{self, One};
use crate::book;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::problem::Problem;
use crate::registry::Route;

/// The form's target.
pub fn route() -> Route {
    Route::portal_form("/bookings/{booking}/uninvite", Action::BookOwn).to(uninvite)
}

async fn uninvite(ctx: Ctx, Path(booking): Path<String>, mut fields: Fields) -> Result<Response, Problem> {
    let person: Option<PersonId> = fields.choice("person");
    let mut tx = ctx.store().write().await?;
    let one = One::load_to_change(&mut tx, &ctx, &booking).await?;
    let Some(person) = person else {
        return one::again(&ctx, &mut tx, one, fields).await;
    };
    let told = book::uninvite(&ctx, &mut tx, one.booking.id, person).await?;
    tx.commit().await?;
    Ok(ctx.go_with(
        &format!("/bookings/{booking}"),
        "open",
        format!(
            "They are no longer invited, and no longer let in by this booking. {}",
            told.unwrap_or_default().said(Some(one.mine.viewer.person))
        ),
    ))
}
