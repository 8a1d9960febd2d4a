//! GET /admin/bookings/feed?from=DATE&until=DATE: what the calendar draws, as JSON, in civil times of the location.

use access::Window;
use access::facts::{BookingState, Date};
use access::may::Action;
use access::zone::Zone;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use store::Page as Part;
use store::booking::Filter;

use crate::admin::parts::named::Named;
use crate::admin::parts::places::Places;
use crate::admin::parts::states;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// The feed.
pub(crate) fn route() -> Route {
    Route::page("/admin/bookings/feed", Action::BookingsRead).to(show)
}

#[derive(Deserialize)]
struct Asked {
    from: Date,
    until: Date,
}

#[derive(Serialize)]
struct Feed {
    resources: Vec<Lane>,
    bookings: Vec<Drawn>,
}

#[derive(Serialize)]
struct Lane {
    id: String,
    title: String,
    detail: String,
}

#[derive(Serialize)]
struct Drawn {
    id: String,
    resource: String,
    from: String,
    until: String,
    title: String,
    state: &'static str,
    word: &'static str,
    href: String,
    movable: bool,
}

/// At most this many days at once.
const DAYS: i64 = 62;

async fn show(ctx: Ctx, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let network = ctx.network();
    let mut tx = ctx.store().read().await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let Some(home) = places.home() else {
        return Ok(axum::Json(Feed {
            resources: Vec::new(),
            bookings: Vec::new(),
        })
        .into_response());
    };
    let zone = Zone::named(&home.details.zone).map_err(|error| Problem::internal("reading a zone", error))?;
    let until = asked.until.min(asked.from.saturating_add(jiff::Span::new().days(DAYS)));
    let within: Window = zone
        .days(asked.from, until)
        .ok_or_else(|| Problem::field("until", "The end lies before the start."))?;
    let here = store::resource::Filter {
        location: Some(home.id),
        ..store::resource::Filter::default()
    };
    let things = store::resource::list(&mut tx, network, &here, &Part::longest())
        .await?
        .rows;
    let filter = Filter {
        location: Some(home.id),
        within: Some(within),
        ..Filter::default()
    };
    let listed = store::booking::list(&mut tx, network, &filter, &Part::longest())
        .await?
        .rows;
    let mut named = Named::of(network);
    let may_change = ctx.may(Action::BookingsWrite);
    let mut bookings = Vec::with_capacity(listed.len());
    for one in listed {
        let details = &one.details;
        let (state, word) = states::booking(details.state, details.window, ctx.now);
        let who = named.person(&mut tx, details.booker).await?;
        let civil = |at| zone.local(at).strftime("%Y-%m-%dT%H:%M:%S").to_string();
        bookings.push(Drawn {
            id: one.id.to_string(),
            resource: details.resource.to_string(),
            from: civil(details.window.from),
            until: civil(details.window.until),
            title: if details.title.is_empty() {
                who
            } else {
                format!("{} · {who}", details.title)
            },
            state,
            word,
            href: format!("/admin/bookings/{}", one.id),
            movable: may_change && details.window.until > ctx.now && details.state != BookingState::Cancelled,
        });
    }
    let mut resources: Vec<(usize, Lane)> = Vec::with_capacity(things.len());
    for thing in things {
        let kind = states::KINDS
            .iter()
            .position(|kind| *kind == thing.details.kind)
            .unwrap_or_default();
        let detail = states::resource(thing.details.kind).1.to_owned();
        resources.push((
            kind,
            Lane {
                id: thing.id.to_string(),
                title: thing.details.name,
                detail,
            },
        ));
    }
    resources.sort_by(|a, b| (a.0, &a.1.title).cmp(&(b.0, &b.1.title)));
    Ok(axum::Json(Feed {
        resources: resources.into_iter().map(|(_, lane)| lane).collect(),
        bookings,
    })
    .into_response())
}
