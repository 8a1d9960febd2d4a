//! `GET /book`: choose a place, a kind and a day; see what is free.
//!
//! In: `location`, `kind`, `on` (all optional). Out: each resource the person may see, with free times as links to its form.

use access::Window;
use access::booking::By;
use access::facts::{Date, ResourceKind};
use access::id::LocationId;
use access::may::Action;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use store::Page as Part;

use super::desk;
use super::free::{self, Offer, Slot};
use crate::book::Place;
use crate::ctx::Ctx;
use crate::page::{Page, render};
use crate::portal::mine::Mine;
use crate::portal::say;
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::{self, dates, validation};

/// The page.
pub fn route() -> Route {
    Route::portal("/book", Action::ViewOwn).to(show)
}

/// The kinds in the order people look for them, by their word in addresses.
const KINDS: [(&str, ResourceKind); 5] = [
    ("room", ResourceKind::Room),
    ("desk", ResourceKind::Desk),
    ("office", ResourceKind::Office),
    ("parking", ResourceKind::Parking),
    ("equipment", ResourceKind::Equipment),
];

#[derive(Deserialize)]
struct Asked {
    location: Option<String>,
    kind: Option<String>,
    on: Option<String>,
}

/// An entry of a select.
struct Choice {
    value: String,
    label: String,
    selected: bool,
}

/// A resource with its free times.
struct Offered {
    name: String,
    detail: String,
    form_href: String,
    slots: Vec<Button>,
    nothing: String,
}

/// A free time as a link.
struct Button {
    href: String,
    time: String,
    says: String,
}

#[derive(Template)]
#[template(path = "portal/book.html")]
struct BookPage {
    page: Page,
    places: Vec<Choice>,
    kinds: Vec<Choice>,
    on: String,
    on_error: String,
    heading: String,
    things: Vec<Offered>,
    nothing: &'static str,
}

async fn show(ctx: Ctx, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let mine = Mine::load_in(&mut tx, &ctx).await?;
    let locations = store::location::list(&mut tx, ctx.network(), &Part::longest())
        .await?
        .rows;
    let wanted: Option<LocationId> = asked.location.and_then(|text| text.parse().ok());
    let home = wanted.or_else(|| mine.home(None).map(|home| home.id));
    let place = locations.iter().find(|one| Some(one.id) == home).or(locations.first());
    let place = place.ok_or_else(Problem::not_found)?.clone();
    let zone = dates::zone(&place.details.zone);
    let today = dates::local(ctx.now, &zone).date();
    let typed = asked.on.unwrap_or_default();
    let day: Option<Date> = if typed.is_empty() {
        Some(today)
    } else {
        typed.parse().ok()
    };
    let on_error = if day.is_none() {
        validation::not_a_date()
    } else {
        String::new()
    };
    let memberships = mine.memberships();

    let filter = store::resource::Filter {
        location: Some(place.id),
        ..Default::default()
    };
    let mut shown: Vec<Place> = Vec::new();
    for resource in store::resource::list(&mut tx, ctx.network(), &filter, &Part::longest())
        .await?
        .rows
    {
        let thing = Place::read(&mut tx, ctx.network(), resource.id).await?;
        if mine.viewer.staff || desk::is_shown(&thing, &memberships) {
            shown.push(thing);
        }
    }
    let there = |kind: ResourceKind| shown.iter().any(|thing| thing.resource.details.kind == kind);
    let kind = KINDS
        .iter()
        .find(|(word, _)| Some(*word) == asked.kind.as_deref())
        .or(KINDS.iter().find(|(_, kind)| there(*kind)));
    let (word, kind) = *kind.unwrap_or(&KINDS[0]);
    let kinds = KINDS
        .iter()
        .filter(|(_, one)| there(*one) || *one == kind)
        .map(|(value, one)| Choice {
            value: (*value).to_owned(),
            label: say::kind(*one).to_owned(),
            selected: *value == word,
        });
    let kinds = kinds.collect();

    let by = desk::by(&mine, &memberships);
    let mut things = Vec::new();
    if let Some(day) = day {
        for thing in shown.iter().filter(|thing| thing.resource.details.kind == kind) {
            let offer = offer(&mut tx, &ctx, thing, &by, day).await?;
            things.push(offered(&ctx, thing, day, offer));
        }
    }
    let heading = day.map_or_else(String::new, |day| {
        format!(
            "{} at {}, {}",
            say::kind(kind),
            place.details.name,
            dates::day(day, ctx.now, &zone)
        )
    });
    let places = locations.iter().map(|one| Choice {
        value: one.id.to_string(),
        label: one.details.name.clone(),
        selected: one.id == place.id,
    });
    render(&BookPage {
        page: ctx.page("Book", "book").await?,
        places: places.collect(),
        kinds,
        on: day.map_or(typed, |day| day.to_string()),
        on_error,
        heading,
        things,
        nothing: "Choose another place or kind, or ask the team what you may book.",
    })
}

/// The free times of one resource on a day.
async fn offer(tx: &mut store::Tx, ctx: &Ctx, thing: &Place, by: &By<'_>, day: Date) -> Result<Offer, Problem> {
    let around = Window::new(
        thing.zone.day_start(day).plus_minutes(-24 * 60),
        thing.zone.day_end(day).plus_minutes(24 * 60),
    );
    let existing = match around {
        Some(around) => {
            let buffer = thing.rules.buffer_minutes;
            store::booking::clashes(tx, ctx.network(), thing.resource.id, around, buffer, None).await?
        }
        None => Vec::new(),
    };
    Ok(free::on(&thing.rules, &thing.zone, by, &existing, day, ctx.now))
}

fn offered(ctx: &Ctx, thing: &Place, day: Date, offer: Offer) -> Offered {
    let details = &thing.resource.details;
    let form = format!("/book/{}", thing.resource.id);
    let (slots, nothing) = match offer {
        Offer::Slots(slots) => (slots.iter().map(|slot| button(&form, slot)).collect(), String::new()),
        Offer::Nothing(why) => {
            let zone = dates::zone(&thing.location.details.zone);
            (Vec::new(), words::booking::refusal(&why, ctx.now, &zone).1)
        }
    };
    let detail = thing_detail(thing);
    Offered {
        name: details.name.clone(),
        detail,
        form_href: format!("{form}?on={day}"),
        slots,
        nothing,
    }
}

fn button(form: &str, slot: &Slot) -> Button {
    let time = |at: jiff::civil::DateTime| at.strftime("%H:%M").to_string();
    let (from, until) = (time(slot.from), time(slot.until));
    let on = slot.from.date();
    let last = if slot.until.date() == on {
        String::new()
    } else {
        format!("&until_on={}", slot.until.date())
    };
    Button {
        href: format!("{form}?on={on}&from={from}&until={until}{last}"),
        says: format!("{from} to {until}"),
        time: from,
    }
}

/// "8 people, at least 30 minutes".
pub fn thing_detail(thing: &Place) -> String {
    let details = &thing.resource.details;
    let people = words::count(usize::try_from(details.capacity).unwrap_or(0), "person", "people");
    match details.kind {
        ResourceKind::Room | ResourceKind::Office if details.capacity > 0 => {
            format!("{} · {people}", thing.location.details.name)
        }
        ResourceKind::Room
        | ResourceKind::Office
        | ResourceKind::Desk
        | ResourceKind::Parking
        | ResourceKind::Equipment => thing.location.details.name.clone(),
    }
}
