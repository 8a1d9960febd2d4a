//! GET /admin/bookings/{booking}: what, when, who gets in and from when to when.

use access::causes::Source;
use access::facts::BookingState;
use access::id::{BookingId, PersonId};
use access::may::{Action, Object};
use access::timeline::{self, Tense};
use access::{Instant, Window};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use jiff::tz::TimeZone;
use store::Tx;
use store::facts::As;

use super::form;
use crate::admin::parts::effects::effects;
use crate::admin::parts::places::Places;
use crate::admin::parts::states;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words;
use crate::words::dates;

/// A booking's page.
pub(crate) fn route() -> Route {
    Route::page("/admin/bookings/{booking}", Action::BookingsRead).to(show)
}

#[derive(Template)]
#[template(path = "admin/bookings/show.html")]
pub(super) struct ShowPage {
    page: Page,
    what: String,
    span: String,
    state: &'static str,
    word: &'static str,
    may_change: bool,
    alive: bool,
    requested: bool,
    requested_says: String,
    approve_action: String,
    edit_href: String,
    opens_state: &'static str,
    opens_text: String,
    doors_text: String,
    people: Vec<Guest>,
    invite_action: String,
    invite_hint: &'static str,
    resource_href: String,
    place: String,
    headline: String,
    booker: String,
    booker_href: String,
    cancel_action: String,
    cancel_label: &'static str,
    cancel_title: &'static str,
    cancel_button: &'static str,
    cancel_says: Vec<String>,
    form: Fields,
}

struct Guest {
    href: String,
    name: String,
    part: &'static str,
    state: &'static str,
    word: String,
    span: String,
    uninvite_action: String,
}

async fn show(ctx: Ctx, Path(id): Path<BookingId>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    render(&page(&mut tx, &ctx, id, Fields::new()).await?)
}

/// The page, with what was typed into its form.
pub(super) async fn page(tx: &mut Tx, ctx: &Ctx, id: BookingId, typed: Fields) -> Result<ShowPage, Problem> {
    let booking = store::booking::read(tx, ctx.network(), id).await?;
    let details = &booking.details;
    let thing = form::place(tx, ctx, details.resource, Action::BookingsRead).await?;
    let zone = thing.tz();
    let elsewhere = Places::read(tx, ctx).await?.other_zone_words(thing.location.id);
    let href = format!("/admin/bookings/{id}");
    let alive = details.state != BookingState::Cancelled && details.window.until > ctx.now;

    let (mut people, mut opens, mut doors) = (Vec::new(), None, Vec::new());
    for (person, part) in
        std::iter::once((details.booker, "Booked it")).chain(details.invitees.iter().map(|one| (*one, "Invited")))
    {
        let (guest, window, through) = guest(tx, ctx, id, person, part, &zone).await?;
        opens = opens.or(window);
        doors.extend(through);
        people.push(guest);
    }
    doors.sort();
    doors.dedup();
    let booker = people.first().map_or_else(String::new, |guest| guest.name.clone());
    let (state, word) = states::booking(details.state, details.window, ctx.now);
    let (opens_state, opens_text) = opening(details.state, opens, &doors, people.len(), ctx.now, &zone);
    let lost = effects(tx, ctx, &thing.resource.details.groups).await?;
    let may_change = ctx.allow(Action::BookingsWrite, &Object::At(thing.location.id)).is_ok();
    let name = &thing.resource.details.name;
    let requested = details.state == BookingState::Requested;
    Ok(ShowPage {
        page: ctx.page(name, "bookings").await?,
        what: name.clone(),
        span: format!("{} {elsewhere}", dates::window(details.window, ctx.now, &zone))
            .trim_end()
            .to_owned(),
        state,
        word,
        may_change,
        alive,
        requested,
        requested_says: format!(
            "{booker} asked for it. Until you approve it, it opens no door and the time stays free. {booker} gets a mail with \
             what you decide."
        ),
        approve_action: format!("{href}/approve"),
        edit_href: format!("{href}/edit"),
        opens_state,
        opens_text,
        doors_text: words::list_and(doors.clone()),
        invite_action: format!("{href}/invite"),
        invite_hint: if requested {
            "One a line. Somebody new becomes a nonmember. They get a mail once it is approved"
        } else {
            "One a line. Somebody new becomes a nonmember. They get a mail with the time and how to come in"
        },
        resource_href: format!("/admin/resources/{}", details.resource),
        place: thing.location.details.name.clone(),
        headline: details.title.clone(),
        booker_href: format!("/admin/people/{}", details.booker),
        booker,
        cancel_action: format!("{href}/cancel"),
        cancel_label: if requested { "Decline" } else { "Cancel the booking" },
        cancel_title: if requested {
            "Decline this wish?"
        } else {
            "Cancel this booking?"
        },
        cancel_button: if requested { "Decline it" } else { "Cancel it" },
        cancel_says: cancelling(details.state, &doors, people.len(), lost),
        people,
        form: typed,
    })
}

/// One person's row, the window this booking gives them, and the doors it opens.
async fn guest(
    tx: &mut Tx,
    ctx: &Ctx,
    booking: BookingId,
    person: PersonId,
    part: &'static str,
    zone: &TimeZone,
) -> Result<(Guest, Option<Window>, Vec<String>), Problem> {
    let known = store::person::read(tx, ctx.network(), person).await?;
    let facts = store::facts::load_person(tx, ctx.network(), person, As::Known { now: ctx.now }).await?;
    let by_this = |source: Source| source == Source::Booker { booking } || source == Source::Invitee { booking };
    let lines = timeline::of_person(&facts, person, Window::ALWAYS, ctx.now);
    let mut row = Guest {
        href: format!("/admin/people/{person}"),
        name: known.details.name,
        part,
        state: "quiet",
        word: "opens nothing".into(),
        span: String::new(),
        uninvite_action: if part == "Invited" {
            format!("/admin/bookings/{booking}/uninvite/{person}")
        } else {
            String::new()
        },
    };
    let (mut window, mut doors) = (None, Vec::new());
    for line in &lines {
        let Some(span) = line.causes.iter().find(|span| by_this(span.source)) else {
            continue;
        };
        if let Some(group) = facts.groups.iter().find(|group| group.id == line.group) {
            let named = group
                .doors
                .iter()
                .filter_map(|door| facts.doors.iter().find(|one| one.id == *door));
            doors.extend(named.map(|door| door.name.clone()));
        }
        let (state, word) = states::vendor(&line.vendor, line.tense == Tense::Now);
        // The worst of several groups is the one to know of.
        if window.is_none() || state == "refused" || state == "attention" {
            row.state = state;
            row.word = word;
            row.span = dates::window(span.window, ctx.now, zone);
        }
        window = window.or(Some(span.window));
    }
    Ok((row, window, doors))
}

fn opening(
    state: BookingState,
    opens: Option<Window>,
    doors: &[String],
    people: usize,
    now: Instant,
    zone: &TimeZone,
) -> (&'static str, String) {
    if state == BookingState::Requested {
        return ("attention", "It opens no door before it is approved.".to_owned());
    }
    match opens {
        Some(window) if !doors.is_empty() => {
            let state = if window.contains(now) { "open" } else { "scheduled" };
            let doors = words::list_and(doors.iter().cloned());
            let people = words::count(people, "person", "people");
            (
                state,
                format!(
                    "{doors}: open {} for {people}, with the minutes around the booking.",
                    dates::window(window, now, zone)
                ),
            )
        }
        Some(_) | None => (
            "attention",
            "It opens no door: the resource has no access group that works. Choose one on the resource’s page."
                .to_owned(),
        ),
    }
}

fn cancelling(state: BookingState, doors: &[String], people: usize, effects: Vec<String>) -> Vec<String> {
    let people = words::count(people, "person", "people");
    let mut says = match (state.counts(), doors.is_empty()) {
        (true, false) => {
            let doors = words::count(doors.len(), "door", "doors");
            let lose = format!("{people} lose {doors} at once, unless something else lets them in.");
            [vec![lose], effects].concat()
        }
        _ => vec!["It opens no door, so nobody loses one.".to_owned()],
    };
    let free = if state == BookingState::Requested {
        "Who asked for it gets a mail. The wish stays in the history."
    } else {
        "The time becomes free for others, and everybody concerned gets a mail. The booking stays in the history."
    };
    says.push(free.to_owned());
    says
}
