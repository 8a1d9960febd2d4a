//! GET /admin/bookings/new, POST /admin/bookings: book for somebody, also for somebody new, with invitees.

use access::id::ResourceId;
use access::may::Action;
use axum::extract::Query;
use axum::response::Response;
use jiff::civil::DateTime;

use super::form;
use crate::admin::parts::people::{self, Meant};
use crate::admin::parts::places::Places;
use crate::book::{self, For, Kept, Wanted};
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{render, render_again};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::dates;

/// The form, and what it submits to.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::page("/admin/bookings/new", Action::BookingsWrite).to(new),
        Route::form("/admin/bookings", Action::BookingsWrite).to(create),
    ]
}

/// Prefilled from the calendar (`resource`, `from`, `until` as civil times), a day, or a person's page (`booker`).
async fn new(ctx: Ctx, Query(asked): Query<Vec<(String, String)>>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let asked = Fields::of(asked);
    let local = dates::local(ctx.now, &places.home_zone());
    let mut form = Fields::of([("on", local.date().to_string())]);
    form.set("resource", asked.value("resource"));
    if !asked.value("on").is_empty() {
        form.set("on", asked.value("on"));
    }
    for (name, value) in [("from", asked.value("from")), ("until", asked.value("until"))] {
        if let Ok(civil) = value.parse::<DateTime>() {
            form.set(name, civil.strftime("%H:%M").to_string());
            if name == "from" {
                form.set("on", civil.date().to_string());
            } else if civil.date().to_string() != form.value("on") {
                form.set("until_on", civil.date().to_string());
            }
        }
    }
    if let Ok(booker) = asked.value("booker").parse() {
        form.set(
            "booker",
            store::person::read(&mut tx, ctx.network(), booker).await?.details.email,
        );
    }
    render(&form::page(&mut tx, &ctx, None, form, None).await?)
}

async fn create(ctx: Ctx, mut form: Fields) -> Result<Response, Problem> {
    let resource: Option<ResourceId> = form.choice("resource");
    let when = form::when(&mut form);
    let booker = form.text("booker", 254);
    let booker_name = form.optional_text("booker_name", 120);
    let title = form.optional_text("title", 120).unwrap_or_default();

    let mut tx = ctx.store().write().await?;
    let mut taken = None;
    if let Some(resource) = resource {
        let thing = form::place(&mut tx, &ctx, resource, Action::BookingsWrite).await?;
        let who = match people::meant(&mut tx, &ctx, &booker).await? {
            Meant::Known(person) => Some(person.id),
            Meant::New(email) => {
                Some(book::by_email(&ctx, &mut tx, &email, booker_name.as_deref().unwrap_or_default()).await?)
            }
            Meant::Unclear(_) if booker.is_empty() => None,
            Meant::Unclear(why) => {
                form.wrong("booker", why);
                None
            }
        };
        let invitees = form::invited(&mut tx, &ctx, &mut form).await?;
        if let (true, Some(booker), Some(when)) = (form.ok(), who, when) {
            let wanted = Wanted {
                resource,
                booker,
                invitees,
                when,
                title,
            };
            match book::make(&ctx, &mut tx, For::Anybody, &wanted).await {
                Ok(Kept { booking, told }) => {
                    tx.commit().await?;
                    let text = format!(
                        "{} is booked {}. {}",
                        thing.resource.details.name,
                        dates::window(booking.details.window, ctx.now, &thing.tz()),
                        told.said(None)
                    );
                    return Ok(ctx.go_with(&format!("/admin/bookings/{}", booking.id), "open", text));
                }
                Err(not) => taken = form::refuse(&mut tx, &ctx, &mut form, &thing, not, None).await?,
            }
        }
    }
    // People added on the way go with the transaction: nothing is stored half.
    tx.roll_back().await?;
    let mut tx = ctx.store().read().await?;
    render_again(&form::page(&mut tx, &ctx, None, form, taken).await?)
}
