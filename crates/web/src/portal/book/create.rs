//! `POST /book/{resource}`: takes the time, invites people, and goes to the booking's page, which says when doors open.
//!
//! Always: decided with fresh rows inside the transaction that stores it; everything typed is kept when it is refused.

use access::booking::When;
use access::id::ResourceId;
use access::may::Action;
use axum::extract::Path;
use axum::response::Response;
use jiff::civil::DateTime;
use store::Tx;

use super::{desk, form, guests};
use crate::book::{self, For, Kept, NotBooked, Wanted};
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::render_again;
use crate::portal::mine::Mine;
use crate::portal::say;
use crate::problem::Problem;
use crate::registry::Route;

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
    let place = desk::seen(&mut tx, &ctx, &mine, resource).await?;
    if let (Some(when), true) = (when, fields.ok()) {
        match store(&ctx, &mut tx, &mine, resource, when, &title, &addresses).await {
            Ok(Kept { booking, told }) => {
                tx.commit().await?;
                let text = format!(
                    "{} {}",
                    say::booked(booking.details.state),
                    told.said(Some(mine.viewer.person))
                );
                return Ok(ctx.go_with(&format!("/bookings/{}", booking.id), "open", text));
            }
            Err(not) => desk::note(&mut fields, not.into())?,
        }
    }
    tx.roll_back().await?;
    render_again(&form::page(&ctx, &place, fields).await?)
}

async fn store(
    ctx: &Ctx,
    tx: &mut Tx,
    mine: &Mine,
    resource: ResourceId,
    when: When,
    title: &str,
    addresses: &[String],
) -> Result<Kept, NotBooked> {
    let invitees = guests::invited(ctx, tx, addresses).await?;
    let wanted = Wanted {
        resource,
        booker: mine.viewer.person,
        invitees,
        when,
        title: title.to_owned(),
    };
    book::make(ctx, tx, For::Themselves, &wanted).await
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
