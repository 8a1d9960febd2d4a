//! From a wish to a booking, for pages and programs alike (P-7).
//!
//! In: who books what, for when, with whom. Out: the stored booking, or a problem that names the field to change.
//! Why so: `access::booking` decides with rows read in the same transaction that stores, so two clients racing get one
//! booking and one clear refusal. Always: who books or is invited without a membership becomes nonmember of the location.

use access::booking::{self, Accepted, BookBy, By, Rules, When};
use access::causes::is_let_in;
use access::facts::{Membership, MembershipKind, PersonState};
use access::id::*;
use access::schedule::Schedule;
use access::zone::Zone;
use store::Tx;
use store::booking::Details;
use store::location::Location;
use store::resource::{OpenTo, Resource};

use crate::ctx::Ctx;
use crate::problem::{FieldError, Kind, Problem};
use crate::words;

/// Whose limits hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum For {
    /// Staff books for somebody: the resource's limits for members do not bind.
    Anybody,
    /// People book for themselves.
    Themselves,
}

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What.
    pub resource: ResourceId,
    /// For whom.
    pub booker: PersonId,
    /// Who comes along.
    pub invitees: Vec<PersonId>,
    /// When.
    pub when: When,
    /// In their words; may be empty.
    pub title: String,
}

/// A resource with its location and the rules for booking it.
#[derive(Clone, Debug)]
pub struct Place {
    /// The resource.
    pub resource: Resource,
    /// Where it stands.
    pub location: Location,
    /// That location's zone.
    pub zone: Zone,
    /// What binds members.
    pub rules: Rules,
}

/// Reads a resource with everything that booking it needs.
pub async fn place(tx: &mut Tx, network: NetworkId, resource: ResourceId) -> Result<Place, Problem> {
    let resource = store::resource::read(tx, network, resource).await?;
    let location = store::location::read(tx, network, resource.details.location).await?;
    let zone = Zone::named(&location.details.zone).map_err(|error| {
        Problem::conflict(format!(
            "The location's time zone cannot be read: {error}. Set it in Settings."
        ))
    })?;
    let of = &resource.details;
    let hours = match &of.opening_hours {
        Some(own) => schedule(own),
        None => schedule(&location.details.opening_hours),
    };
    let rules = Rules {
        location: of.location,
        archived: of.archived,
        book_by: match of.book_by {
            OpenTo::Nobody => BookBy::Staff,
            OpenTo::Members => BookBy::Members,
            OpenTo::NetworkMembers => BookBy::NetworkMembers,
            OpenTo::Public => BookBy::Public,
        },
        min_minutes: of.min_minutes,
        max_minutes: (of.max_minutes > 0).then_some(of.max_minutes),
        step_minutes: of.step_minutes,
        buffer_minutes: of.buffer_minutes,
        hours,
        approval: of.approval,
    };
    Ok(Place {
        resource,
        location,
        zone,
        rules,
    })
}

/// What was kept as JSON; never set, or kept by another version, is "always open", which takes nothing from anybody.
fn schedule(kept: &serde_json::Value) -> Option<Schedule> {
    serde_json::from_value(kept.clone()).ok()
}

/// Makes the booking.
pub async fn make(ctx: &Ctx, tx: &mut Tx, whose: For, wanted: &Wanted) -> Result<BookingId, Problem> {
    let place = place(tx, ctx.network(), wanted.resource).await?;
    let accepted = accepted(ctx, tx, &place, whose, wanted.booker, wanted.when, None).await?;
    let details = Details {
        resource: wanted.resource,
        booker: wanted.booker,
        invitees: wanted.invitees.clone(),
        window: accepted.window,
        state: accepted.state,
        title: wanted.title.clone(),
    };
    let id = store::booking::create(tx, &ctx.act(), &details)
        .await
        .map_err(Problem::at("from"))?;
    for person in std::iter::once(wanted.booker).chain(wanted.invitees.iter().copied()) {
        known_here(ctx, tx, person, place.location.id).await?;
    }
    Ok(id)
}

/// Moves, lengthens or shortens it.
pub async fn reschedule(ctx: &Ctx, tx: &mut Tx, whose: For, id: BookingId, when: When) -> Result<(), Problem> {
    let before = store::booking::read(tx, ctx.network(), id).await?.details;
    let place = place(tx, ctx.network(), before.resource).await?;
    let accepted = accepted(ctx, tx, &place, whose, before.booker, when, Some(id)).await?;
    let state = if before.state.counts() && whose == For::Anybody {
        before.state
    } else {
        accepted.state
    };
    let details = Details {
        window: accepted.window,
        state,
        ..before
    };
    store::booking::change(tx, &ctx.act(), id, &details)
        .await
        .map_err(Problem::at("from"))
}

/// Lets one more person in.
pub async fn invite(ctx: &Ctx, tx: &mut Tx, id: BookingId, person: PersonId) -> Result<(), Problem> {
    let mut details = store::booking::read(tx, ctx.network(), id).await?.details;
    let resource = store::resource::read(tx, ctx.network(), details.resource).await?;
    details.invitees.push(person);
    store::booking::change(tx, &ctx.act(), id, &details)
        .await
        .map_err(Problem::at("person"))?;
    known_here(ctx, tx, person, resource.details.location).await
}

/// Who has this address; somebody new is added as invited.
pub async fn by_email(ctx: &Ctx, tx: &mut Tx, email: &str, name: &str) -> Result<PersonId, Problem> {
    let email = email.trim().to_lowercase();
    if let Some(person) = store::person::by_email(tx, ctx.network(), &email).await? {
        return Ok(person.id);
    }
    let name = if name.trim().is_empty() {
        email.split('@').next().unwrap_or(&email)
    } else {
        name.trim()
    };
    let details = store::person::Details {
        name: name.to_owned(),
        email: email.clone(),
        phone: String::new(),
        cards: Vec::new(),
        state: PersonState::Invited,
    };
    store::person::create(tx, &ctx.act(), &details)
        .await
        .map_err(Problem::at("email"))
}

async fn accepted(
    ctx: &Ctx,
    tx: &mut Tx,
    place: &Place,
    whose: For,
    booker: PersonId,
    when: When,
    own: Option<BookingId>,
) -> Result<Accepted, Problem> {
    let network = ctx.network();
    let refused = |why| refused(ctx, place, &why);
    let window = booking::window(&place.zone, when).map_err(refused)?;
    let buffer = place.rules.buffer_minutes;
    let existing = store::booking::clashes(tx, network, place.resource.id, window, buffer, own).await?;
    let person = store::person::read(tx, network, booker)
        .await
        .map_err(Problem::at("booker"))?;
    let memberships: Vec<Membership> = store::person::memberships(tx, network, booker)
        .await?
        .into_iter()
        .map(|(location, kind)| Membership {
            person: booker,
            location,
            kind,
        })
        .collect();
    let state = person.details.state;
    if own.is_none() && !is_let_in(state) {
        return Err(refused(booking::Refusal::NotLetIn { state }));
    }
    let by = match whose {
        For::Anybody => By::Staff,
        For::Themselves => By::Person {
            state: person.details.state,
            memberships: &memberships,
        },
    };
    booking::accept(&place.rules, &place.zone, &by, when, &existing, ctx.now).map_err(refused)
}

fn refused(ctx: &Ctx, place: &Place, why: &booking::Refusal) -> Problem {
    let zone = words::dates::zone(&place.location.details.zone);
    let (field, say) = words::booking::refusal(why, ctx.now, &zone);
    let kind = if matches!(why, booking::Refusal::Taken { .. }) {
        Kind::Conflict
    } else {
        Kind::Invalid
    };
    Problem {
        fields: vec![FieldError::new(field, say.clone())],
        ..Problem::new(kind, say)
    }
}

/// Nonmember of the location, where they were nothing (P-2).
async fn known_here(ctx: &Ctx, tx: &mut Tx, person: PersonId, location: LocationId) -> Result<(), Problem> {
    let known = store::person::memberships(tx, ctx.network(), person).await?;
    if known.iter().all(|(at, _)| *at != location) {
        let kind = Some(MembershipKind::Nonmember);
        store::person::set_membership(tx, &ctx.act(), person, location, kind).await?;
    }
    Ok(())
}
