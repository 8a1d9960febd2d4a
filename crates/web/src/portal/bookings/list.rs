//! `GET /bookings`: what is coming, and what was within the last three months.

use access::facts::BookingState;
use access::may::Action;
use access::{Instant, Window};
use askama::Template;
use axum::response::Response;
use store::Page as Part;
use store::booking::Booking;

use crate::ctx::Ctx;
use crate::page::{Page, render};
use crate::portal::mine::Mine;
use crate::portal::say;
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::{count, dates};

/// How far back "past" looks.
const PAST_DAYS: i64 = 90;
/// More past rows than this are not shown.
const PAST_ROWS: usize = 20;

/// The page.
pub fn route() -> Route {
    Route::portal("/bookings", Action::ViewOwn).to(show)
}

/// A line.
struct Line {
    id: String,
    name: String,
    detail: String,
    state: &'static str,
    day: String,
    span: String,
}

#[derive(Template)]
#[template(path = "portal/bookings.html")]
struct BookingsPage {
    page: Page,
    upcoming: Vec<Line>,
    past: Vec<Line>,
}

async fn show(ctx: Ctx) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let mine = Mine::load_in(&mut tx, &ctx).await?;
    let since = ctx.now.plus_minutes(-PAST_DAYS * 24 * 60);
    let filter = store::booking::Filter {
        person: Some(mine.viewer.person),
        within: Window::new(since, Instant::MAX),
        cancelled_too: true,
        ..Default::default()
    };
    let bookings = store::booking::list(&mut tx, ctx.network(), &filter, &Part::longest())
        .await?
        .rows;
    let (mut upcoming, mut past) = (Vec::new(), Vec::new());
    for booking in bookings {
        let line = line(&mut tx, &ctx, &mine, &booking).await?;
        if booking.details.window.until > ctx.now && booking.details.state != BookingState::Cancelled {
            upcoming.push(line);
        } else {
            past.push(line);
        }
    }
    drop(tx);
    past.reverse();
    past.truncate(PAST_ROWS);
    render(&BookingsPage {
        page: ctx.page("Bookings", "bookings").await?,
        upcoming,
        past,
    })
}

async fn line(tx: &mut store::Tx, ctx: &Ctx, mine: &Mine, booking: &Booking) -> Result<Line, Problem> {
    let details = &booking.details;
    let resource = store::resource::read(tx, ctx.network(), details.resource)
        .await?
        .details;
    let location = store::location::read(tx, ctx.network(), resource.location)
        .await?
        .details;
    let zone = dates::zone(&location.zone);
    let (state, word) = say::booking_state(details.state, details.window, ctx.now);
    let mut parts: Vec<String> = Vec::new();
    if !details.title.is_empty() {
        parts.push(details.title.clone());
    }
    parts.push(location.name);
    if details.booker != mine.viewer.person {
        parts.push("you are invited".into());
    } else if !details.invitees.is_empty() {
        parts.push(count(details.invitees.len(), "person invited", "people invited"));
    }
    if !matches!(word, "Confirmed" | "Over") {
        parts.push(word.to_lowercase());
    }
    Ok(Line {
        id: booking.id.to_string(),
        name: resource.name,
        detail: parts.join(" · "),
        state,
        day: dates::day(dates::local(details.window.from, &zone).date(), ctx.now, &zone),
        span: say::span(details.window, &zone),
    })
}
