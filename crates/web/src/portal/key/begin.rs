//! `POST /portal/key/{integration}/begin`: to the vendor, for the member's own consent.
//!
//! Out: a page whose link leads there; a form may not lead to another host by itself (our own policy). The script follows it at once.

use access::id::IntegrationId;
use access::may::Action;
use access::vendor::{KeyRefusal, KeySeen};
use askama::Template;
use axum::response::Response;

use super::journey::Journey;
use super::screens;
use super::trip::Trip;
use crate::body::Id;
use crate::ctx::Ctx;
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::digital_key as words;

/// The form.
pub fn route() -> Route {
    Route::portal_form("/portal/key/{integration}/begin", Action::OpenOwnDoor).to(begin)
}

#[derive(Template)]
#[template(path = "portal/key_go.html")]
struct GoPage {
    page: Page,
    title: &'static str,
    says: String,
    go: String,
    url: String,
    back: String,
}

async fn begin(ctx: Ctx, Id(id): Id<IntegrationId>) -> Result<Response, Problem> {
    let journey = Journey::load(&ctx, id).await?;
    let trip = Trip::of(&ctx, &journey);
    let why = match (ctx.outside().key)(journey.owner(&ctx), trip.begin(&ctx)).await {
        KeySeen::Go { url } => {
            let (title, says) = words::go(&journey.vendor);
            let page = render(&GoPage {
                page: ctx.page("Digital key", "access").await?,
                title,
                says,
                go: format!("Go to {}", journey.vendor),
                url,
                back: journey.href(""),
            })?;
            return Ok(trip.sets_out(&ctx, page));
        }
        KeySeen::Refused { why, .. } => why,
        KeySeen::Linked | KeySeen::Key { .. } | KeySeen::Unlinked => KeyRefusal::VendorError,
    };
    Ok(ctx.go(&journey.href(&format!("?said={}", screens::refused(why)))))
}
