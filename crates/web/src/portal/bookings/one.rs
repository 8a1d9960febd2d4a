//! One booking as its booker or an invitee sees it: what every page and form of a booking begins with.
//!
//! Always: anybody else's booking is not found; only the booker changes it, and only until it is over or cancelled.

use access::facts::BookingState;
use access::id::{BookingId, PersonId};
use askama::Template;
use axum::response::Response;
use store::Tx;
use store::booking::Booking;

use crate::book::Place;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, initials, render, render_again};
use crate::portal::access::sight;
use crate::portal::mine::Mine;
use crate::portal::say;
use crate::problem::{Kind, Problem};
use crate::words::dates;

/// A booking with what belongs to it.
pub struct One {
    /// The booking.
    pub booking: Booking,
    /// What is booked.
    pub thing: Place,
    /// The viewer's world.
    pub mine: Mine,
}

impl One {
    /// Reads one that the viewer booked or is invited to.
    pub async fn load(tx: &mut Tx, ctx: &Ctx, id: &str) -> Result<Self, Problem> {
        let id: BookingId = id.parse().map_err(|_| Problem::not_found())?;
        let mine = Mine::load_in(tx, ctx).await?;
        let booking = store::booking::read(tx, ctx.network(), id).await?;
        let theirs =
            booking.details.booker == mine.viewer.person || booking.details.invitees.contains(&mine.viewer.person);
        if !theirs {
            return Err(Problem::not_found());
        }
        let thing = Place::read(tx, ctx.network(), booking.details.resource).await?;
        Ok(Self { thing, booking, mine })
    }

    /// The same, to be changed: only by its booker, only while there is something left of it.
    pub async fn load_to_change(tx: &mut Tx, ctx: &Ctx, id: &str) -> Result<Self, Problem> {
        let one = Self::load(tx, ctx, id).await?;
        if one.booking.details.booker != one.mine.viewer.person {
            return Err(Problem::new(
                Kind::NotAllowed,
                "Only who booked it can change it. Ask them.",
            ));
        }
        if !one.is_left(ctx) {
            return Err(Problem::conflict(
                "This booking is over or cancelled, so it cannot be changed any more.",
            ));
        }
        Ok(one)
    }

    fn is_left(&self, ctx: &Ctx) -> bool {
        let details = &self.booking.details;
        details.state != BookingState::Cancelled && details.window.until > ctx.now
    }
}

/// An invitee in the list.
struct Guest {
    id: PersonId,
    name: String,
    email: String,
    initials: String,
}

#[derive(Template)]
#[template(path = "portal/booking.html")]
struct BookingPage {
    page: Page,
    form: Fields,
    id: BookingId,
    thing: String,
    place: String,
    state: &'static str,
    state_word: &'static str,
    opens: String,
    opens_title: &'static str,
    opens_state: &'static str,
    when: String,
    zone: String,
    what_for: String,
    booker: String,
    confirmation: String,
    invitees: Vec<Guest>,
    mine: bool,
    changeable: bool,
    cancel_action: String,
    cancel_says: String,
    move_says: &'static str,
    invite_hint: &'static str,
}

/// The page as it is.
pub async fn shown(ctx: &Ctx, tx: &mut Tx, one: One) -> Result<Response, Problem> {
    let form = filled(&one);
    render(&page(ctx, tx, one, form).await?)
}

/// The page again, because a form on it was refused; what was typed stays, the rest is as it is.
pub async fn again(ctx: &Ctx, tx: &mut Tx, one: One, mut form: Fields) -> Result<Response, Problem> {
    if form.values("from").is_empty() {
        for (name, value) in filled(&one).all() {
            form.set(name, value);
        }
    }
    render_again(&page(ctx, tx, one, form).await?)
}

/// The move form as the booking is now.
fn filled(one: &One) -> Fields {
    let (zone, window) = (&one.thing.zone, one.booking.details.window);
    let (from, until) = (zone.local(window.from), zone.local(window.until));
    let last = if until.date() == from.date() {
        String::new()
    } else {
        until.date().to_string()
    };
    Fields::of([
        ("on", from.date().to_string()),
        ("until_on", last),
        ("from", from.strftime("%H:%M").to_string()),
        ("until", until.strftime("%H:%M").to_string()),
    ])
}

async fn page(ctx: &Ctx, tx: &mut Tx, one: One, form: Fields) -> Result<BookingPage, Problem> {
    let details = &one.booking.details;
    let resource = &one.thing.resource.details;
    let location = &one.thing.location.details;
    let zone = dates::zone(&location.zone);
    let mut invitees = Vec::with_capacity(details.invitees.len());
    for id in &details.invitees {
        let person = store::person::read(tx, ctx.network(), *id).await?.details;
        let initials = initials(&person.name);
        invitees.push(Guest {
            id: *id,
            name: person.name,
            email: person.email,
            initials,
        });
    }
    let mine = details.booker == one.mine.viewer.person;
    let booker = if mine {
        "You".to_owned()
    } else {
        store::person::read(tx, ctx.network(), details.booker)
            .await?
            .details
            .name
    };
    let doors = one.mine.facts.doors.iter().filter(|door| {
        let groups = one
            .mine
            .facts
            .groups
            .iter()
            .filter(|group| resource.groups.contains(&group.id) && !group.gone);
        !door.gone && groups.into_iter().any(|group| group.doors.contains(&door.id))
    });
    let doors = say::names(doors.map(|door| door.name.clone()).collect());
    let span = sight::booking_span(&one.mine.facts, one.mine.viewer.person, one.booking.id);
    let (opens_state, opens_title, opens) = say::opens(details.state, details.window, span, &doors, ctx.now, &zone);
    let (state, state_word) = say::booking_state(details.state, details.window, ctx.now);
    Ok(BookingPage {
        page: ctx.page(&resource.name, "bookings").await?,
        form,
        id: one.booking.id,
        thing: resource.name.clone(),
        place: location.name.clone(),
        state,
        state_word,
        opens,
        opens_title,
        opens_state,
        when: dates::window(details.window, ctx.now, &zone),
        zone: dates::zone_words(&location.zone),
        what_for: details.title.clone(),
        booker,
        confirmation: resource.confirmation.clone(),
        cancel_action: format!("/bookings/{}/cancel", one.booking.id),
        cancel_says: say::cancelling(details.invitees.len(), &doors),
        changeable: mine && one.is_left(ctx),
        invite_hint: say::inviting(details.state),
        move_says: say::moving(details.state, !details.invitees.is_empty(), one.thing.rules.approval),
        mine,
        invitees,
    })
}
