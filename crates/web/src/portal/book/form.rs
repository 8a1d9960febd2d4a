//! `GET /book/{resource}`: the form, filled with the time that was chosen.

use access::id::ResourceId;
use access::may::Action;
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use serde::Deserialize;

use super::desk;
use super::show::thing_detail;
use crate::book::Place;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render};
use crate::portal::mine::Mine;
use crate::portal::say;
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::dates;

/// The page.
pub fn route() -> Route {
    Route::portal("/book/{resource}", Action::BookOwn).to(show)
}

#[derive(Deserialize)]
struct Asked {
    on: Option<String>,
    until_on: Option<String>,
    from: Option<String>,
    until: Option<String>,
}

/// What the template shows of the resource.
struct Shown {
    name: String,
    detail: String,
    approval: bool,
}

#[derive(Template)]
#[template(path = "portal/book_form.html")]
pub(super) struct FormPage {
    page: Page,
    form: Fields,
    thing: Shown,
    action: String,
    back_href: String,
    grace: String,
    zone: String,
}

async fn show(ctx: Ctx, Path(resource): Path<String>, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let resource: ResourceId = resource.parse().map_err(|_| Problem::not_found())?;
    let mut tx = ctx.store().read().await?;
    let mine = Mine::load_in(&mut tx, &ctx).await?;
    let thing = desk::seen(&mut tx, &ctx, &mine, resource).await?;
    drop(tx);
    let today = thing.zone.date_at(ctx.now).to_string();
    let form = Fields::of([
        ("on", asked.on.unwrap_or(today)),
        ("until_on", asked.until_on.unwrap_or_default()),
        ("from", asked.from.unwrap_or_default()),
        ("until", asked.until.unwrap_or_default()),
    ]);
    render(&page(&ctx, &thing, form).await?)
}

/// The page with a form in whatever state it is.
pub(super) async fn page(ctx: &Ctx, thing: &Place, form: Fields) -> Result<FormPage, Problem> {
    let details = &thing.resource.details;
    let grace = thing.grace();
    let on: String = form
        .value("on")
        .chars()
        .filter(|letter| letter.is_ascii_digit() || *letter == '-')
        .collect();
    let kind = match details.kind {
        access::facts::ResourceKind::Room => "room",
        access::facts::ResourceKind::Desk => "desk",
        access::facts::ResourceKind::Office => "office",
        access::facts::ResourceKind::Parking => "parking",
        access::facts::ResourceKind::Equipment => "equipment",
    };
    Ok(FormPage {
        page: ctx.page(&format!("Book {}", details.name), "book").await?,
        thing: Shown {
            name: details.name.clone(),
            detail: thing_detail(thing),
            approval: details.approval,
        },
        action: format!("/book/{}", thing.resource.id),
        back_href: format!("/book?location={}&kind={kind}&on={on}", thing.location.id),
        grace: say::grace(grace, details.groups.is_empty()),
        zone: format!("Times are {}.", dates::zone_words(&thing.location.details.zone)),
        form,
    })
}
