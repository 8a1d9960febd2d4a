//! The one desk for bookings: from a wish to a booking, for pages and programs alike (P-7).
//!
//! In: who books or changes what, for when, with whom. Out: the booking as it now is, or why not, with the field to change.
//! Why so: `access::booking` decides with rows read in the same transaction that stores, so two clients racing get one
//! booking and one clear refusal. Always: who books or is invited without a membership becomes nonmember of the location;
//! whom a change concerns gets one mail, promised in the same transaction.

mod entry;
mod mails;
pub mod notice;
pub mod place;

use access::booking::{self, By, Held, Refusal, When};
use access::facts::{BookingState, Membership, MembershipKind, PersonState};
use access::id::*;
use store::Tx;
use store::booking::{Booking, Details};

pub use self::mails::Told;
pub use self::place::Place;
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

/// What of a booking is to be otherwise; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// What is booked.
    pub resource: Option<ResourceId>,
    /// Who comes along.
    pub invitees: Option<Vec<PersonId>>,
    /// In the booker's words.
    pub title: Option<String>,
}

/// A booking as it now is, and who was written to.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The booking.
    pub booking: Booking,
    /// Who gets a mail.
    pub told: Told,
}

/// Why a booking was neither made nor moved.
#[derive(Clone, Debug)]
pub enum NotBooked {
    /// The rules refuse it; said with the field to change.
    Refused {
        /// Why.
        why: Refusal,
        /// In words.
        said: Problem,
    },
    /// Anything else.
    Problem(Problem),
}

impl From<NotBooked> for Problem {
    fn from(not: NotBooked) -> Self {
        match not {
            NotBooked::Refused { said, .. } => said,
            NotBooked::Problem(problem) => problem,
        }
    }
}

impl From<Problem> for NotBooked {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<store::Error> for NotBooked {
    fn from(error: store::Error) -> Self {
        Self::Problem(error.into())
    }
}

/// Makes the booking.
pub async fn make(ctx: &Ctx, tx: &mut Tx, whose: For, wanted: &Wanted) -> Result<Kept, NotBooked> {
    let place = Place::read(tx, ctx.network(), wanted.resource).await?;
    let asks = Asks::read(ctx, tx, wanted.booker).await?;
    let existing = around(ctx, tx, &place, wanted.when, None).await?;
    let (by, now) = (asks.by(whose), ctx.now);
    let accepted = booking::accept(&place.rules, &place.zone, &by, wanted.when, &existing, now);
    let accepted = accepted.map_err(|why| refused(ctx, &place, why))?;
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
    let booking = store::booking::read(tx, ctx.network(), id).await?;
    let told = mails::tell(ctx, tx, &place, None, &booking).await?;
    Ok(Kept { booking, told })
}

/// Moves, lengthens or shortens it, and changes what else is said.
pub async fn rebook(
    ctx: &Ctx,
    tx: &mut Tx,
    whose: For,
    id: BookingId,
    when: When,
    change: Change,
) -> Result<Kept, NotBooked> {
    let before = store::booking::read(tx, ctx.network(), id).await?;
    let was = &before.details;
    let resource = change.resource.unwrap_or(was.resource);
    let place = Place::read(tx, ctx.network(), resource).await?;
    let asks = Asks::read(ctx, tx, was.booker).await?;
    let existing = around(ctx, tx, &place, when, Some(id)).await?;
    let held = Held {
        window: (resource == was.resource).then_some(was.window),
        state: was.state,
    };
    let (by, now) = (asks.by(whose), ctx.now);
    let accepted = booking::rebook(&place.rules, &place.zone, &by, held, when, &existing, now);
    let accepted = accepted.map_err(|why| refused(ctx, &place, why))?;
    let details = Details {
        resource,
        booker: was.booker,
        invitees: change.invitees.unwrap_or_else(|| was.invitees.clone()),
        window: accepted.window,
        state: accepted.state,
        title: change.title.unwrap_or_else(|| was.title.clone()),
    };
    Ok(keep(ctx, tx, &before, &place, details, "from").await?)
}

/// Lets more people in; answers how many of them were not invited before, and who gets a mail.
pub async fn invite(ctx: &Ctx, tx: &mut Tx, id: BookingId, people: &[PersonId]) -> Result<(usize, Told), Problem> {
    let before = store::booking::read(tx, ctx.network(), id).await?;
    let place = Place::read(tx, ctx.network(), before.details.resource).await?;
    let mut invitees = before.details.invitees.clone();
    invitees.extend(people);
    let details = Details {
        invitees,
        ..before.details.clone()
    };
    let after = keep(ctx, tx, &before, &place, details, "person").await?;
    let new = after.booking.details.invitees.len() - before.details.invitees.len();
    Ok((new, after.told))
}

/// Lets somebody in no longer, at once (P-22); `None` when they were not invited.
pub async fn uninvite(ctx: &Ctx, tx: &mut Tx, id: BookingId, person: PersonId) -> Result<Option<Told>, Problem> {
    let before = store::booking::read(tx, ctx.network(), id).await?;
    if !before.details.invitees.contains(&person) {
        return Ok(None);
    }
    let place = Place::read(tx, ctx.network(), before.details.resource).await?;
    let mut details = before.details.clone();
    details.invitees.retain(|invited| *invited != person);
    Ok(Some(keep(ctx, tx, &before, &place, details, "person").await?.told))
}

/// Grants what was asked for.
pub async fn approve(ctx: &Ctx, tx: &mut Tx, id: BookingId) -> Result<Kept, Problem> {
    let before = store::booking::read(tx, ctx.network(), id).await?;
    if before.details.state != BookingState::Requested {
        return Err(Problem::conflict("This booking does not wait for approval any more."));
    }
    stands(ctx, tx, before, BookingState::Confirmed).await
}

/// Calls it off, or declines what was asked for; what it opened ends at once (P-22).
pub async fn cancel(ctx: &Ctx, tx: &mut Tx, id: BookingId) -> Result<Kept, Problem> {
    let before = store::booking::read(tx, ctx.network(), id).await?;
    stands(ctx, tx, before, BookingState::Cancelled).await
}

async fn stands(ctx: &Ctx, tx: &mut Tx, before: Booking, state: BookingState) -> Result<Kept, Problem> {
    let place = Place::read(tx, ctx.network(), before.details.resource).await?;
    let details = Details {
        state,
        ..before.details.clone()
    };
    keep(ctx, tx, &before, &place, details, "").await
}

/// Stores a booking as it is to be; a clash is said at `field`.
async fn keep(
    ctx: &Ctx,
    tx: &mut Tx,
    before: &Booking,
    place: &Place,
    details: Details,
    field: &str,
) -> Result<Kept, Problem> {
    store::booking::change(tx, &ctx.act(), before.id, &details)
        .await
        .map_err(Problem::at(field))?;
    let booking = store::booking::read(tx, ctx.network(), before.id).await?;
    let was = &before.details;
    for person in &booking.details.invitees {
        if !was.invitees.contains(person) || was.resource != booking.details.resource {
            known_here(ctx, tx, *person, place.location.id).await?;
        }
    }
    let told = mails::tell(ctx, tx, place, Some(was), &booking).await?;
    Ok(Kept { booking, told })
}

/// Who has this address; somebody new is added as invited, by the name that is said or that their address suggests.
pub async fn by_email(ctx: &Ctx, tx: &mut Tx, email: &str, name: &str) -> Result<PersonId, Problem> {
    let email = email.trim().to_lowercase();
    if let Some(person) = store::person::by_email(tx, ctx.network(), &email).await? {
        return Ok(person.id);
    }
    let name = Some(name.trim()).filter(|name| !name.is_empty());
    let details = store::person::Details {
        name: name.map_or_else(|| name_of(&email), str::to_owned),
        email,
        phone: String::new(),
        cards: Vec::new(),
        state: PersonState::Invited,
    };
    store::person::create(tx, &ctx.act(), &details)
        .await
        .map_err(Problem::at("email"))
}

/// "Ada Lovelace" from `ada.lovelace@example.org`, until they say otherwise.
fn name_of(address: &str) -> String {
    let local = address.split(['@', '+']).next().unwrap_or(address);
    let words = local
        .split(['.', '_', '-'])
        .filter(|word| !word.is_empty())
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        });
    let name = words.collect::<Vec<String>>().join(" ");
    if name.is_empty() { address.to_owned() } else { name }
}

/// Who it is for, as the rules ask.
struct Asks {
    state: PersonState,
    memberships: Vec<Membership>,
}

impl Asks {
    async fn read(ctx: &Ctx, tx: &mut Tx, person: PersonId) -> Result<Self, Problem> {
        let known = store::person::read(tx, ctx.network(), person)
            .await
            .map_err(Problem::at("booker"))?;
        let memberships = store::person::memberships(tx, ctx.network(), person).await?;
        let membership = |(location, kind)| Membership { person, location, kind };
        Ok(Self {
            state: known.details.state,
            memberships: memberships.into_iter().map(membership).collect(),
        })
    }

    fn by(&self, whose: For) -> By<'_> {
        match whose {
            For::Anybody => By::Staff { state: self.state },
            For::Themselves => By::Person {
                state: self.state,
                memberships: &self.memberships,
            },
        }
    }
}

/// What is booked around a wished time, without the booking that is being moved.
async fn around(
    ctx: &Ctx,
    tx: &mut Tx,
    place: &Place,
    when: When,
    own: Option<BookingId>,
) -> Result<Vec<access::Window>, NotBooked> {
    let window = booking::window(&place.zone, when).map_err(|why| refused(ctx, place, why))?;
    let buffer = place.rules.buffer_minutes;
    Ok(store::booking::clashes(tx, ctx.network(), place.resource.id, window, buffer, own).await?)
}

fn refused(ctx: &Ctx, place: &Place, why: Refusal) -> NotBooked {
    let (field, say) = words::booking::refusal(&why, ctx.now, &place.tz());
    let kind = match why {
        Refusal::Taken { .. } | Refusal::Cancelled => Kind::Conflict,
        _ => Kind::Invalid,
    };
    let said = Problem {
        fields: vec![FieldError::new(field, say.clone())],
        ..Problem::new(kind, say)
    };
    NotBooked::Refused { why, said }
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

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn a_name_is_made_from_an_address() {
        assert_eq!(name_of("ada.lovelace+doors@example.org"), "Ada Lovelace");
        assert_eq!(name_of("zoe@example.org"), "Zoe");
    }
}
