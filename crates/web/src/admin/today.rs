//! GET /admin: who is expected, whether the doors know, the door systems' health, what to mend, what happens at the doors.
//!
//! Always: asked anew on every change by a live page, so it reads one snapshot of facts and decides from that.

use std::collections::BTreeSet;

use access::causes::Source;
use access::facts::{BookingState, Facts, IntegrationState};
use access::id::{BookingId, PersonId};
use access::index::Index;
use access::may::Action;
use access::timeline::{self, VendorState};
use access::zone::Zone;
use access::{Instant, Window, decision};
use askama::Template;
use axum::response::Response;
use jiff::tz::TimeZone;
use store::facts::As;
use store::{Page as Part, Tx};

use super::parts::places::Places;
use super::parts::states;
use super::parts::troubles::{Event, Trouble};
use crate::ctx::Ctx;
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words;
use crate::words::dates;
use crate::words::names::Names;

/// Today.
pub(crate) fn route() -> Route {
    Route::page("/admin", Action::TodayRead).to(show)
}

#[derive(Template)]
#[template(path = "admin/today/show.html")]
struct TodayPage {
    page: Page,
    greeting: String,
    day: String,
    stats: Vec<Stat>,
    arrivals: Vec<Arrival>,
    events: Vec<Event>,
    health: Vec<Health>,
    findings: Vec<Trouble>,
}

struct Stat {
    label: &'static str,
    value: String,
    detail: String,
    icon: &'static str,
    state: &'static str,
    href: String,
}

struct Arrival {
    href: String,
    state: &'static str,
    who: String,
    what: String,
    time: String,
    word: String,
}

struct Health {
    href: String,
    state: &'static str,
    what: String,
    detail: String,
}

/// Arrivals and findings shown; the rest has its own page.
const ARRIVALS: usize = 12;
const FINDINGS: usize = 5;

async fn show(ctx: Ctx) -> Result<Response, Problem> {
    let network = ctx.network();
    let mut tx = ctx.store().read().await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let facts = store::facts::load_network(&mut tx, network, As::Known { now: ctx.now }).await?;
    let names = Names::of(&facts);
    let zone = places.home_zone();
    let here: BTreeSet<_> = facts
        .integrations
        .iter()
        .filter(|one| places.one(one.location).is_some() && places.chosen().is_none_or(|chosen| chosen == one.location))
        .map(|one| one.id)
        .collect();
    let open = store::finding::open(&mut tx, network).await?;
    let open: Vec<_> = open
        .into_iter()
        .filter(|finding| here.contains(&finding.integration))
        .collect();
    let events = store::door_event::list(&mut tx, network, &Part { limit: 30, after: None })
        .await?
        .rows;
    let health = health(&mut tx, &ctx, &facts, &places).await?;
    drop(tx);
    let arrivals = arrivals(&facts, &names, &places, &ctx);
    let events = events.iter().filter(|event| here.contains(&event.integration)).take(8);
    let local = dates::local(ctx.now, &zone);
    let known = ctx
        .known()
        .map_or("", |known| known.name.split_whitespace().next().unwrap_or_default());
    let part = match local.hour() {
        4..12 => "morning",
        12..18 => "afternoon",
        _ => "evening",
    };
    render(&TodayPage {
        greeting: if known.is_empty() {
            format!("Good {part}")
        } else {
            format!("Good {part}, {known}")
        },
        day: format!(
            "{} {}",
            local.strftime("%A %-d %B, %H:%M"),
            places
                .home()
                .map_or_else(String::new, |home| places.zone_words(home.id))
        ),
        stats: stats(&facts, &arrivals, &open, &health, &here, ctx.now),
        arrivals: arrivals.into_iter().take(ARRIVALS).collect(),
        events: events.map(|event| Event::of(event, &facts, &ctx, &zone)).collect(),
        health,
        findings: open
            .iter()
            .take(FINDINGS)
            .map(|finding| Trouble::of(finding, &names))
            .collect(),
        page: ctx.page("Today", "today").await?,
    })
}

fn stats(
    facts: &Facts,
    arrivals: &[Arrival],
    open: &[store::finding::Finding],
    health: &[Health],
    here: &BTreeSet<access::id::IntegrationId>,
    now: Instant,
) -> Vec<Stat> {
    let index = Index::new(facts);
    let opens_here = |person: PersonId| {
        decision::doors_open_to_in(&index, person, now)
            .iter()
            .any(|door| index.door(*door).is_some_and(|door| here.contains(&door.integration)))
    };
    let inside = facts.people.iter().filter(|person| opens_here(person.id)).count();
    let late = arrivals
        .iter()
        .filter(|one| matches!(one.state, "attention" | "refused"))
        .count();
    let ill = health.iter().filter(|one| one.state != "open").count();
    vec![
        Stat {
            label: "May come in now",
            value: inside.to_string(),
            detail: format!("of {}", words::count(facts.people.len(), "person", "people")),
            icon: "users",
            state: "",
            href: "/admin/people".into(),
        },
        Stat {
            label: "Still to come today",
            value: arrivals.len().to_string(),
            detail: if late == 0 {
                "The doors know everybody".into()
            } else {
                format!("{late} not ready at a door")
            },
            icon: "calendar-clock",
            state: if late == 0 { "" } else { "attention" },
            href: "/admin/bookings".into(),
        },
        Stat {
            label: "Door systems",
            value: health.len().to_string(),
            detail: match (health.len(), ill) {
                (0, _) => "None connected".into(),
                (_, 0) => "All well".into(),
                (_, ill) => format!("{ill} in trouble"),
            },
            icon: "plug",
            state: if ill == 0 && !health.is_empty() {
                "open"
            } else {
                "attention"
            },
            href: "/admin/integrations".into(),
        },
        Stat {
            label: "To mend",
            value: open.len().to_string(),
            detail: if open.is_empty() {
                "Nothing".into()
            } else {
                "Each with what to do".into()
            },
            icon: "wrench",
            state: if open.is_empty() { "" } else { "attention" },
            href: "/admin/integrations".into(),
        },
    ]
}

/// Everybody of today's bookings that are not over, with whether the vendor has what they need (P-47, as far as it goes).
fn arrivals(facts: &Facts, names: &Names, places: &Places, ctx: &Ctx) -> Vec<Arrival> {
    let mut arrivals: Vec<(Window, Arrival)> = Vec::new();
    for booking in facts.bookings.iter().filter(|one| one.state != BookingState::Cancelled) {
        let Some(thing) = facts.resources.iter().find(|thing| thing.id == booking.resource) else {
            continue;
        };
        let Some(place) = places.one(thing.location) else {
            continue;
        };
        if places.chosen().is_some_and(|chosen| chosen != place.id) || booking.window.until <= ctx.now {
            continue;
        }
        let Ok(zone) = Zone::named(&place.details.zone) else {
            continue;
        };
        if booking.window.from >= zone.day_end(zone.date_at(ctx.now)) {
            continue;
        }
        let tz = dates::zone(&place.details.zone);
        for person in std::iter::once(booking.booker).chain(booking.invitees.iter().copied()) {
            let (state, word) = ready(facts, person, booking.id, booking.state, ctx.now);
            let what = if places.chosen().is_none() && places.all.len() > 1 {
                format!("{} · {}", thing.name, place.details.name)
            } else {
                thing.name.clone()
            };
            arrivals.push((
                booking.window,
                Arrival {
                    href: format!("/admin/bookings/{}", booking.id),
                    state,
                    who: names.person(person).to_owned(),
                    what,
                    time: format!(
                        "{} {}",
                        time(booking.window, ctx.now, &tz),
                        places.other_zone_words(place.id)
                    )
                    .trim_end()
                    .to_owned(),
                    word,
                },
            ));
        }
    }
    arrivals.sort_by(|(a, x), (b, y)| (a.from, &x.who).cmp(&(b.from, &y.who)));
    arrivals.into_iter().map(|(_, arrival)| arrival).collect()
}

fn time(window: Window, now: Instant, zone: &TimeZone) -> String {
    if window.from <= now {
        format!("until {}", dates::time(window.until, zone))
    } else {
        dates::time(window.from, zone)
    }
}

/// Does the vendor hold what this booking gives this person?
fn ready(
    facts: &Facts,
    person: PersonId,
    booking: BookingId,
    state: BookingState,
    now: Instant,
) -> (&'static str, String) {
    if state == BookingState::Requested {
        return ("attention", "waits for approval".into());
    }
    let holder_of = |integration| {
        facts
            .holders
            .iter()
            .find(|one| one.person == person && one.integration == integration)
    };
    let by_this = |source: Source| source == Source::Booker { booking } || source == Source::Invitee { booking };
    let lines = timeline::of_person(
        facts,
        person,
        Window {
            from: now,
            until: Instant::MAX,
        },
        now,
    );
    let lines: Vec<_> = lines
        .iter()
        .filter(|line| line.causes.iter().any(|span| by_this(span.source)))
        .collect();
    let Some(line) = lines
        .iter()
        .find(|line| !matches!(line.vendor, VendorState::Confirmed { .. }))
        .or(lines.first())
    else {
        return ("attention", "opens no door".into());
    };
    let group = facts.groups.iter().find(|group| group.id == line.group);
    let unconfirmed = group
        .and_then(|group| holder_of(group.integration))
        .is_some_and(|holder| holder.unconfirmed);
    match &line.vendor {
        VendorState::Confirmed { .. } if unconfirmed => ("attention", "e-mail not confirmed".into()),
        VendorState::Confirmed { .. } => ("open", "doors know".into()),
        other => {
            let (state, word) = states::vendor(other, false);
            (state, word)
        }
    }
}

async fn health(tx: &mut Tx, ctx: &Ctx, facts: &Facts, places: &Places) -> Result<Vec<Health>, Problem> {
    let mut rows = Vec::new();
    for one in &facts.integrations {
        let shown = places.one(one.location).is_some() && places.chosen().is_none_or(|chosen| chosen == one.location);
        if !shown || one.state == IntegrationState::Disconnected {
            continue;
        }
        let status = store::integration::status(tx, ctx.network(), one.id).await?;
        let zone = places.zone(one.location);
        let vendor = ctx
            .outside()
            .vendor(&one.vendor)
            .map_or("Door system", |vendor| vendor.name);
        let (state, detail) = match (one.state, &status.last_error, status.last_round_at) {
            (IntegrationState::NeedsSignIn, ..) => ("refused", "Its sign-in no longer works; connect again".to_owned()),
            (IntegrationState::Leaving, ..) => ("attention", "Being left".to_owned()),
            (IntegrationState::Revoking, ..) => ("attention", "Being taken away".to_owned()),
            (_, Some(error), _) => ("attention", error.clone()),
            (_, None, Some(at)) => (
                "open",
                format!("Well, compared {}", dates::relative(at, ctx.now, &zone)),
            ),
            (_, None, None) => ("scheduled", "Being read for the first time".to_owned()),
        };
        rows.push(Health {
            href: format!("/admin/integrations/{}", one.id),
            state,
            what: format!("{vendor} · {}", places.name(one.location)),
            detail,
        });
    }
    Ok(rows)
}
