//! GET /admin/bookings: by day, with filters.

use access::facts::{BookingState, Date};
use access::id::ResourceId;
use access::may::Action;
use access::zone::Zone;
use access::{Instant, Window};
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use store::Page as Part;
use store::booking::Filter;

use crate::admin::parts::choice::Choice;
use crate::admin::parts::named::Named;
use crate::admin::parts::paging::address;
use crate::admin::parts::places::Places;
use crate::admin::parts::states;
use crate::ctx::Ctx;
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words;
use crate::words::dates;

/// The list of bookings.
pub(crate) fn route() -> Route {
    Route::page("/admin/bookings", Action::BookingsRead).to(show)
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    on: String,
    #[serde(default)]
    resource: String,
    #[serde(default)]
    state: String,
}

#[derive(Template)]
#[template(path = "admin/bookings/list.html")]
struct ListPage {
    page: Page,
    summary: String,
    view: &'static str,
    may_change: bool,
    new_href: String,
    on: String,
    resources: Vec<Choice>,
    states: Vec<Choice>,
    earlier_href: String,
    today_href: &'static str,
    later_href: String,
    days: Vec<Day>,
}

struct Day {
    title: String,
    text: String,
    rows: Vec<Row>,
}

struct Row {
    href: String,
    time: String,
    zone: String,
    what: String,
    title: String,
    who: String,
    guests: String,
    state: &'static str,
    word: &'static str,
}

const STATES: [(&str, BookingState, &str); 4] = [
    ("confirmed", BookingState::Confirmed, "Confirmed"),
    ("requested", BookingState::Requested, "Waiting for approval"),
    ("checked_in", BookingState::CheckedIn, "Checked in"),
    ("cancelled", BookingState::Cancelled, "Cancelled"),
];

/// Days shown when no day is asked for.
const DAYS: i64 = 7;

async fn show(ctx: Ctx, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let network = ctx.network();
    let mut tx = ctx.store().read().await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let zone = Zone::named(places.home().map_or("UTC", |one| &one.details.zone))
        .map_err(|error| Problem::internal("reading a zone", error))?;
    let tz = places.home_zone();
    let today = zone.date_at(ctx.now);
    let asked_day: Option<Date> = asked.on.parse().ok();
    let first = asked_day.unwrap_or(today);
    let count = if asked_day.is_some() { 1 } else { DAYS };
    let resource: Option<ResourceId> = asked.resource.parse().ok();
    let state = STATES
        .iter()
        .find(|(word, ..)| *word == asked.state)
        .map(|(_, state, _)| *state);

    let all = store::resource::Filter {
        location: places.chosen(),
        archived_too: true,
        ..store::resource::Filter::default()
    };
    let resources = store::resource::list(&mut tx, network, &all, &Part::longest())
        .await?
        .rows;
    let mut named = Named::of(network);
    let mut days = Vec::new();
    for i in 0..count {
        let date = first.saturating_add(jiff::Span::new().days(i));
        let filter = Filter {
            resource,
            location: places.chosen(),
            within: zone.days(date, date.tomorrow().unwrap_or(date)),
            state,
            ..Filter::default()
        };
        let listed = store::booking::list(&mut tx, network, &filter, &Part::longest()).await?;
        let mut rows = Vec::new();
        for one in listed.rows {
            let Some(thing) = resources.iter().find(|thing| thing.id == one.details.resource) else {
                continue;
            };
            if places.one(thing.details.location).is_none() {
                continue;
            }
            let their_zone = places.zone(thing.details.location);
            let (state, word) = states::booking(one.details.state, one.details.window, ctx.now);
            let place = if places.chosen().is_none() && places.all.len() > 1 {
                format!("{} · {}", thing.details.name, places.name(thing.details.location))
            } else {
                thing.details.name.clone()
            };
            let guests = one.details.invitees.len();
            rows.push(Row {
                href: format!("/admin/bookings/{}", one.id),
                time: times(one.details.window, &their_zone),
                zone: places.other_zone_words(thing.details.location),
                what: place,
                title: one.details.title.clone(),
                who: named.person(&mut tx, one.details.booker).await?,
                guests: if guests == 0 {
                    String::new()
                } else {
                    format!("and {}", words::count(guests, "guest", "guests"))
                },
                state,
                word,
            });
        }
        // Of the coming days only those with bookings; the first is always shown.
        if i == 0 || !rows.is_empty() {
            let title = dates::day(date, ctx.now, &tz);
            let title = title
                .chars()
                .next()
                .into_iter()
                .flat_map(char::to_uppercase)
                .chain(title.chars().skip(1))
                .collect();
            days.push(Day {
                title,
                text: words::count(rows.len(), "booking", "bookings"),
                rows,
            });
        }
    }
    drop(tx);
    let at = |date: Date| {
        address(
            "/admin/bookings",
            &[
                ("on", &date.to_string()),
                ("resource", &asked.resource),
                ("state", &asked.state),
            ],
        )
    };
    render(&ListPage {
        summary: places
            .home()
            .map_or_else(String::new, |home| places.zone_words(home.id)),
        view: "list",
        may_change: ctx.may(Action::BookingsWrite),
        new_href: address(
            "/admin/bookings/new",
            &[("on", &first.to_string()), ("resource", &asked.resource)],
        ),
        resources: resources
            .iter()
            .filter(|one| !one.details.archived)
            .map(|one| Choice::new(one.id, &one.details.name).selected(Some(one.id) == resource))
            .collect(),
        states: STATES
            .iter()
            .map(|(word, _, label)| Choice::new(word, *label).selected(*word == asked.state))
            .collect(),
        earlier_href: at(first.yesterday().unwrap_or(first)),
        today_href: "/admin/bookings",
        later_href: at(first.tomorrow().unwrap_or(first)),
        days,
        on: asked.on,
        page: ctx.page("Bookings", "bookings").await?,
    })
}

/// "11:30–12:30", with days where it crosses midnight.
pub(super) fn times(window: Window, zone: &jiff::tz::TimeZone) -> String {
    let day = |at: Instant| dates::local(at, zone).date();
    if day(window.from) == day(window.until) {
        return format!("{}–{}", dates::time(window.from, zone), dates::time(window.until, zone));
    }
    let said = |at: Instant| dates::local(at, zone).strftime("%a %-d %b %H:%M").to_string();
    format!("{} – {}", said(window.from), said(window.until))
}
