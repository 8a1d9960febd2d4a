//! GET /admin/bookings/calendar: resources down, time across. The drawing asks [`super::feed`] and drags to
//! [`super::moving`] and [`super::create`].

use access::may::Action;
use access::schedule::Hours;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use store::Page as Part;

use crate::admin::parts::places::Places;
use crate::book::place;
use crate::ctx::Ctx;
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::dates;

/// The resource timeline.
pub(crate) fn route() -> Route {
    Route::page("/admin/bookings/calendar", Action::BookingsRead).to(show)
}

#[derive(Deserialize)]
struct Asked {
    on: Option<access::facts::Date>,
}

#[derive(Template)]
#[template(path = "admin/bookings/calendar.html")]
struct CalendarPage {
    page: Page,
    summary: String,
    view: &'static str,
    may_change: bool,
    new_href: &'static str,
    bare: bool,
    place: String,
    date: String,
    now_local: String,
    zone: String,
    first_hour: String,
    last_hour: String,
}

async fn show(ctx: Ctx, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let home = places.home();
    let filter = store::resource::Filter {
        location: home.map(|one| one.id),
        ..store::resource::Filter::default()
    };
    let bare = store::resource::list(&mut tx, ctx.network(), &filter, &Part { limit: 1, after: None })
        .await?
        .rows
        .is_empty();
    drop(tx);
    let zone = places.home_zone();
    let local = dates::local(ctx.now, &zone);
    let schedule = place::schedule(home.map(|one| &one.details.opening_hours));
    // An hour around opening hours; without any, the waking day.
    let first = schedule
        .hours
        .iter()
        .map(|one: &Hours| one.from_minute / 60)
        .min()
        .map_or(7, |hour| hour.saturating_sub(1));
    let last = schedule
        .hours
        .iter()
        .map(|one| one.until_minute.div_ceil(60))
        .max()
        .map_or(22, |hour| (hour + 1).min(24));
    render(&CalendarPage {
        summary: String::new(),
        view: "calendar",
        may_change: ctx.may(Action::BookingsWrite),
        new_href: "/admin/bookings/new",
        bare,
        place: home.map_or_else(String::new, |one| one.details.name.clone()),
        date: asked.on.unwrap_or_else(|| local.date()).to_string(),
        now_local: local.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        zone: home.map_or_else(|| "UTC".to_owned(), |one| one.details.zone.clone()),
        first_hour: format!("{first:02}"),
        last_hour: format!("{last:02}"),
        page: ctx.page("Bookings", "bookings").await?,
    })
}
