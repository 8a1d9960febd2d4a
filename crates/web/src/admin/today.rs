//! GET /admin: who is expected, whether the doors know, the door systems' health, what to mend, what happens at the doors.
//!
//! Always: asked anew on every change by a live page, so it reads what it shows and no more: the accounts of the locations
//! that are chosen, today's bookings there, and the names of whoever is on the page.

use std::collections::{BTreeSet, HashMap};

use access::causes::Source;
use access::facts::{BookingState, Facts, IntegrationState};
use access::id::{BookingId, IntegrationId, LocationId, PersonId, ResourceId};
use access::index::Index;
use access::may::Action;
use access::timeline::{self, VendorState};
use access::zone::Zone;
use access::{Instant, Window, decision};
use askama::Template;
use axum::response::Response;
use jiff::tz::TimeZone;
use store::booking::Booking;
use store::facts::As;
use store::integration::Integration;
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
use crate::words::names::{Names, for_note};

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
    let zone = places.home_zone();
    let shown = |at| places.one(at).is_some() && places.chosen().is_none_or(|chosen| chosen == at);
    let mut integrations = store::integration::list(&mut tx, network, None, &Part::longest())
        .await?
        .rows;
    integrations.retain(|one| shown(one.details.location));
    let here: BTreeSet<IntegrationId> = integrations.iter().map(|one| one.id).collect();
    let mut worlds = Vec::with_capacity(integrations.len());
    for one in &integrations {
        let known = As::Known { now: ctx.now };
        worlds.push(store::facts::load_integration(&mut tx, network, one.id, known).await?);
    }
    let expected = expected(&mut tx, &ctx, &places).await?;
    let mut open = store::finding::open(&mut tx, network).await?;
    open.retain(|finding| here.contains(&finding.integration));
    let mut findings = Vec::new();
    for finding in open.iter().take(FINDINGS) {
        let names = for_note(&mut tx, network, &finding.note).await?;
        findings.push(Trouble::of(finding, &names));
    }
    let events = store::door_event::list(&mut tx, network, &Part { limit: 30, after: None })
        .await?
        .rows;
    let events: Vec<_> = events
        .into_iter()
        .filter(|event| here.contains(&event.integration))
        .take(8)
        .collect();
    let on_page = events.iter().filter_map(|event| event.person);
    let on_page = on_page.chain(expected.iter().flat_map(Expected::people));
    let named = named(&mut tx, &ctx, on_page.collect(), &worlds).await?;
    let people = store::person::count(&mut tx, network).await?;
    let health = health(&mut tx, &ctx, &integrations, &places).await?;
    drop(tx);
    let (inside, arrivals) = decided(&worlds, &expected, &Names::of(&named), &places, &ctx);
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
        stats: stats((inside, people), &arrivals, open.len(), &health),
        arrivals: arrivals.into_iter().take(ARRIVALS).collect(),
        events: events
            .iter()
            .map(|event| Event::of(event, &named, &ctx, &zone))
            .collect(),
        health,
        findings,
        page: ctx.page("Today", "today").await?,
    })
}

/// A booking of today that is not over, with the thing and the place.
struct Expected {
    booking: Booking,
    thing: String,
    place: LocationId,
}

impl Expected {
    /// Booker and invitees.
    fn people(&self) -> impl Iterator<Item = PersonId> {
        let of = &self.booking.details;
        std::iter::once(of.booker).chain(of.invitees.iter().copied())
    }
}

async fn expected(tx: &mut Tx, ctx: &Ctx, places: &Places) -> Result<Vec<Expected>, Problem> {
    let things = store::resource::list(tx, ctx.network(), &ANY_RESOURCE, &Part::longest()).await?;
    let things: HashMap<ResourceId, String> = things.rows.into_iter().map(|one| (one.id, one.details.name)).collect();
    let mut expected = Vec::new();
    for place in &places.all {
        let Ok(zone) = Zone::named(&place.details.zone) else {
            continue;
        };
        if places.chosen().is_some_and(|chosen| chosen != place.id) {
            continue;
        }
        let filter = store::booking::Filter {
            location: Some(place.id),
            within: Window::new(ctx.now, zone.day_end(zone.date_at(ctx.now))),
            ..store::booking::Filter::default()
        };
        for booking in store::booking::list(tx, ctx.network(), &filter, &Part::longest())
            .await?
            .rows
        {
            let thing = things.get(&booking.details.resource).cloned().unwrap_or_default();
            let place = place.id;
            expected.push(Expected { booking, thing, place });
        }
    }
    Ok(expected)
}

const ANY_RESOURCE: store::resource::Filter = store::resource::Filter {
    location: None,
    kind: None,
    archived_too: true,
};

/// Who and what is named on the page.
async fn named(tx: &mut Tx, ctx: &Ctx, people: BTreeSet<PersonId>, worlds: &[Facts]) -> Result<Facts, Problem> {
    let people: Vec<PersonId> = people.into_iter().collect();
    let people = store::person::several(tx, ctx.network(), &people).await?;
    let people = people.into_iter().map(|one| access::facts::Person {
        id: one.id,
        name: one.details.name,
        email: one.details.email,
        state: one.details.state,
    });
    Ok(Facts {
        people: people.collect(),
        doors: worlds.iter().flat_map(|one| one.doors.iter().cloned()).collect(),
        ..Facts::default()
    })
}

/// How many may come in here now, and everybody who is expected.
fn decided(
    worlds: &[Facts],
    expected: &[Expected],
    names: &Names,
    places: &Places,
    ctx: &Ctx,
) -> (usize, Vec<Arrival>) {
    let indexes: Vec<Index> = worlds.iter().map(Index::new).collect();
    let inside: BTreeSet<PersonId> = indexes
        .iter()
        .flat_map(|index| index.people().iter().map(move |person| (index, person.id)))
        .filter(|(index, person)| !decision::doors_open_to_in(index, *person, ctx.now).is_empty())
        .map(|(_, person)| person)
        .collect();
    (inside.len(), arrivals(expected, &indexes, names, places, ctx))
}

fn stats((inside, people): (usize, u64), arrivals: &[Arrival], open: usize, health: &[Health]) -> Vec<Stat> {
    let late = arrivals
        .iter()
        .filter(|one| matches!(one.state, "attention" | "refused"))
        .count();
    let ill = health.iter().filter(|one| one.state != "open").count();
    vec![
        Stat {
            label: "May come in now",
            value: inside.to_string(),
            detail: format!(
                "of {}",
                words::count(usize::try_from(people).unwrap_or(usize::MAX), "person", "people")
            ),
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
            value: open.to_string(),
            detail: if open == 0 {
                "Nothing".into()
            } else {
                "Each with what to do".into()
            },
            icon: "wrench",
            state: if open == 0 { "" } else { "attention" },
            href: "/admin/integrations".into(),
        },
    ]
}

/// Everybody of today's bookings that are not over, with whether the vendor has what they need (P-47, as far as it goes).
fn arrivals(expected: &[Expected], indexes: &[Index<'_>], names: &Names, places: &Places, ctx: &Ctx) -> Vec<Arrival> {
    let mut arrivals: Vec<(Window, Arrival)> = Vec::new();
    for one in expected {
        let (id, of) = (one.booking.id, &one.booking.details);
        let tz = places.zone(one.place);
        for person in one.people() {
            let (state, word) = ready(indexes, person, id, of.state, ctx.now);
            let what = if places.chosen().is_none() && places.all.len() > 1 {
                format!("{} · {}", one.thing, places.name(one.place))
            } else {
                one.thing.clone()
            };
            let time = format!(
                "{} {}",
                time(of.window, ctx.now, &tz),
                places.other_zone_words(one.place)
            );
            arrivals.push((
                of.window,
                Arrival {
                    href: format!("/admin/bookings/{id}"),
                    state,
                    who: names.person(person).to_owned(),
                    what,
                    time: time.trim_end().to_owned(),
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
    indexes: &[Index<'_>],
    person: PersonId,
    booking: BookingId,
    state: BookingState,
    now: Instant,
) -> (&'static str, String) {
    if state == BookingState::Requested {
        return ("attention", "waits for approval".into());
    }
    let by_this = |source: Source| source == Source::Booker { booking } || source == Source::Invitee { booking };
    let ahead = Window {
        from: now,
        until: Instant::MAX,
    };
    let lines = indexes.iter().flat_map(|index| {
        let lines = timeline::of_person_in(index, person, ahead, now).into_iter();
        lines.map(move |line| (index, line))
    });
    let lines: Vec<_> = lines
        .filter(|(_, line)| line.causes.iter().any(|span| by_this(span.source)))
        .collect();
    let Some((index, line)) = lines
        .iter()
        .find(|(_, line)| !matches!(line.vendor, VendorState::Confirmed { .. }))
        .or(lines.first())
    else {
        return ("attention", "opens no door".into());
    };
    let unconfirmed = index
        .group(line.group)
        .and_then(|group| index.holder(person, group.integration))
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

async fn health(tx: &mut Tx, ctx: &Ctx, integrations: &[Integration], places: &Places) -> Result<Vec<Health>, Problem> {
    let mut rows = Vec::new();
    for one in integrations {
        let of = &one.details;
        if of.state == IntegrationState::Disconnected {
            continue;
        }
        let status = store::integration::status(tx, ctx.network(), one.id).await?;
        let zone = places.zone(of.location);
        let vendor = ctx
            .outside()
            .vendor(&of.vendor)
            .map_or("Door system", |vendor| vendor.name);
        let (state, detail) = match (of.state, &status.last_error, status.last_round_at) {
            (IntegrationState::NeedsSignIn, ..) => ("refused", "Its sign-in no longer works; connect again".to_owned()),
            (IntegrationState::Leaving, ..) => ("attention", "Being left".to_owned()),
            (IntegrationState::RunningOut, ..) => ("attention", "Running out".to_owned()),
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
            what: format!("{vendor} · {}", places.name(of.location)),
            detail,
        });
    }
    Ok(rows)
}
