//! GET /admin/people/{person}/timeline: past, running and coming windows with cause and what the vendor has (P-41).

use access::facts::{Date, Facts};
use access::id::PersonId;
use access::may::Action;
use access::timeline::{self, Line, Tense};
use access::{Instant, Window};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use jiff::tz::TimeZone;
use serde::Deserialize;
use store::facts::As;

use super::Head;
use crate::admin::parts::choice::Tab;
use crate::admin::parts::paging::address;
use crate::admin::parts::people;
use crate::admin::parts::places::Places;
use crate::admin::parts::states;
use crate::ctx::Ctx;
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::dates;
use crate::words::names::Names;

/// The timeline.
pub(crate) fn route() -> Route {
    Route::page("/admin/people/{person}/timeline", Action::PeopleRead).to(show)
}

#[derive(Deserialize)]
struct Asked {
    from: Option<Date>,
    days: Option<i64>,
}

#[derive(Template)]
#[template(path = "admin/people/timeline.html")]
struct TimelinePage {
    page: Page,
    head: Head,
    span: String,
    zone: String,
    earlier_href: String,
    now_href: String,
    later_href: String,
    widths: Vec<Tab>,
    axis: Vec<String>,
    now: i64,
    bars: Vec<Bar>,
}

/// One window, drawn.
pub(super) struct Bar {
    pub(super) what: String,
    pub(super) cause: String,
    pub(super) span: String,
    pub(super) state: &'static str,
    pub(super) word: String,
    pub(super) offset: i64,
    pub(super) width: i64,
}

const WIDTHS: [(i64, &str); 4] = [(1, "A day"), (7, "A week"), (31, "A month"), (365, "A year")];

async fn show(ctx: Ctx, Path(id): Path<PersonId>, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    ctx.allow(Action::PeopleRead, &people::object(&mut tx, &ctx, id).await?)?;
    let person = store::person::read(&mut tx, ctx.network(), id).await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let facts = store::facts::load_person(&mut tx, ctx.network(), id, As::Known { now: ctx.now }).await?;
    let names = super::show::names(&mut tx, &ctx, &facts).await?;
    drop(tx);
    let zone = places.home_zone();
    let days = asked
        .days
        .filter(|days| WIDTHS.iter().any(|(width, _)| width == days))
        .unwrap_or(7);
    let today = dates::local(ctx.now, &zone).date();
    let from = asked.from.unwrap_or_else(|| shifted(today, -days / 3));
    let within = span(from, days, &zone);
    let lines = timeline::of_person(&facts, id, within, ctx.now);
    let head = Head::of(&ctx, &person, "timeline");
    let at = |from: Date| {
        address(
            &head.timeline_href,
            &[("from", &from.to_string()), ("days", &days.to_string())],
        )
    };
    let width = |(width, label): &(i64, &str)| {
        let href = address(&head.timeline_href, &[("days", &width.to_string())]);
        Tab::new(href, *label, *width == days)
    };
    let this_year = today.year();
    let last = shifted(from, days - 1);
    render(&TimelinePage {
        span: if days == 1 {
            dates::day(from, ctx.now, &zone)
        } else {
            format!("{} – {}", dates::date(from, this_year), dates::date(last, this_year))
        },
        zone: places
            .home()
            .map_or_else(String::new, |home| places.zone_words(home.id)),
        earlier_href: at(shifted(from, -days)),
        now_href: address(&head.timeline_href, &[("days", &days.to_string())]),
        later_href: at(shifted(from, days)),
        widths: WIDTHS.iter().map(width).collect(),
        axis: axis(within, days, &zone),
        now: if within.contains(ctx.now) {
            share(within, ctx.now)
        } else {
            -1
        },
        bars: lines
            .iter()
            .map(|line| bar(line, &facts, &names, within, ctx.now, &zone))
            .collect(),
        head,
        page: ctx.page(&person.details.name, "people").await?,
    })
}

fn shifted(date: Date, days: i64) -> Date {
    date.saturating_add(jiff::Span::new().days(days))
}

fn span(from: Date, days: i64, zone: &TimeZone) -> Window {
    let start = |date: Date| {
        date.to_zoned(zone.clone())
            .map_or(Instant::MIN, |at| Instant::from(at.timestamp()))
    };
    let from_at = start(from);
    Window::new(from_at, start(shifted(from, days))).unwrap_or(Window {
        from: from_at,
        until: from_at.plus_minutes(1440),
    })
}

/// In thousandths of the axis.
fn share(within: Window, at: Instant) -> i64 {
    let at = at.max(within.from).min(within.until);
    let whole = (within.until.ms() - within.from.ms()).max(1);
    (at.ms() - within.from.ms()) * 1000 / whole
}

fn axis(within: Window, days: i64, zone: &TimeZone) -> Vec<String> {
    let pieces = if days == 7 { 7 } else { 6 };
    (0..=pieces)
        .map(|i| {
            let at = Instant::from_ms(within.from.ms() + (within.until.ms() - within.from.ms()) * i / pieces);
            let local = dates::local(at, zone);
            let pattern = match days {
                1 => "%H:%M",
                7 => "%a %-d",
                365 => "%b",
                _ => "%-d %b",
            };
            local.strftime(pattern).to_string()
        })
        .collect()
}

fn bar(line: &Line, facts: &Facts, names: &Names, within: Window, now: Instant, zone: &TimeZone) -> Bar {
    let offset = share(within, line.window.from);
    let (state, word) = states::vendor(&line.vendor, line.tense == Tense::Now);
    Bar {
        what: what(line, facts, names),
        cause: causes(line, names, now, zone),
        span: dates::window(line.window, now, zone),
        state,
        word,
        offset,
        width: (share(within, line.window.until) - offset).max(4),
    }
}

/// The group and its doors: "Members: Front door, Lift".
pub(super) fn what(line: &Line, facts: &Facts, names: &Names) -> String {
    let doors = facts.groups.iter().find(|group| group.id == line.group).map(|group| {
        group
            .doors
            .iter()
            .map(|door| names.door(*door).to_owned())
            .collect::<Vec<_>>()
            .join(", ")
    });
    match doors {
        Some(doors) if !doors.is_empty() => format!("{}: {doors}", names.group(line.group)),
        _ => format!("{}: no door", names.group(line.group)),
    }
}

/// "By the plan Team of Maré Studio and the booking of Atlas, today 14:00–15:00."
pub(super) fn causes(line: &Line, names: &Names, now: Instant, zone: &TimeZone) -> String {
    let mut sources: Vec<String> = line
        .causes
        .iter()
        .map(|span| names.source(span.source, now, zone))
        .collect();
    sources.dedup();
    format!("By {}.", crate::words::list_and(sources))
}
