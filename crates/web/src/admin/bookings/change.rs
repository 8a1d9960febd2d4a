//! GET and POST /admin/bookings/{booking}/edit: move, shorten, another resource, title, invitees.

use access::id::{BookingId, ResourceId};
use access::may::Action;
use axum::extract::Path;
use axum::response::Response;
use store::Tx;
use store::booking::Booking;

use super::form;
use crate::book::{self, Change, For, Place};
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{render, render_again};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::dates;

/// The form, and what it submits to.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::page("/admin/bookings/{booking}/edit", Action::BookingsWrite).to(show),
        Route::form("/admin/bookings/{booking}/edit", Action::BookingsWrite).to(save),
    ]
}

async fn read(tx: &mut Tx, ctx: &Ctx, id: BookingId) -> Result<(Booking, Place, String), Problem> {
    let booking = store::booking::read(tx, ctx.network(), id).await?;
    let thing = form::place(tx, ctx, booking.details.resource, Action::BookingsWrite).await?;
    let booker = store::person::read(tx, ctx.network(), booking.details.booker)
        .await?
        .details
        .name;
    Ok((booking, thing, booker))
}

async fn show(ctx: Ctx, Path(id): Path<BookingId>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let (booking, thing, booker) = read(&mut tx, &ctx, id).await?;
    let zone = thing.tz();
    let (from, until) = (
        dates::local(booking.details.window.from, &zone),
        dates::local(booking.details.window.until, &zone),
    );
    let mut invitees = Vec::new();
    for person in &booking.details.invitees {
        invitees.push(
            store::person::read(&mut tx, ctx.network(), *person)
                .await?
                .details
                .email,
        );
    }
    let mut form = Fields::of([
        ("resource", booking.details.resource.to_string()),
        ("on", from.date().to_string()),
        ("from", from.strftime("%H:%M").to_string()),
        ("until", until.strftime("%H:%M").to_string()),
        ("title", booking.details.title.clone()),
        ("invitees", invitees.join("\n")),
    ]);
    if until.date() != from.date() {
        form.set("until_on", until.date().to_string());
    }
    render(&form::page(&mut tx, &ctx, Some((id, booker)), form, None).await?)
}

async fn save(ctx: Ctx, Path(id): Path<BookingId>, mut form: Fields) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let (_, before, booker) = read(&mut tx, &ctx, id).await?;
    let resource: Option<ResourceId> = form.choice("resource");
    let when = form::when(&mut form);
    let title = form.optional_text("title", 120).unwrap_or_default();
    let thing = match resource {
        Some(resource) if resource != before.resource.id => {
            form::place(&mut tx, &ctx, resource, Action::BookingsWrite).await?
        }
        Some(_) | None => before,
    };
    let invitees = form::invited(&mut tx, &ctx, &mut form).await?;
    let mut taken = None;
    if let (Some(when), true) = (when, form.ok()) {
        let change = Change {
            resource: Some(thing.resource.id),
            invitees: Some(invitees),
            title: Some(title),
        };
        match book::rebook(&ctx, &mut tx, For::Anybody, id, when, change).await {
            Ok(kept) => {
                tx.commit().await?;
                let text = format!("Saved. The doors follow at once. {}", kept.told.said(None));
                return Ok(ctx.go_with(&format!("/admin/bookings/{id}"), "open", text));
            }
            Err(not) => taken = form::refuse(&mut tx, &ctx, &mut form, &thing, not, Some(id)).await?,
        }
    }
    tx.roll_back().await?;
    let mut tx = ctx.store().read().await?;
    render_again(&form::page(&mut tx, &ctx, Some((id, booker)), form, taken).await?)
}
