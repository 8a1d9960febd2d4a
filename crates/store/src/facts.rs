//! Facts: loads the one input of every decision, for now or as it was known at any past instant.
//!
//! In: whom or what it is for, and [`As`]. Out: [`Facts`], from one transaction, so all of it is from one moment.
//! Why so: granting, explaining and looking back are one function over one value; the same query texts serve now and then,
//! because every table that feeds them keeps its versions.
//! Always: `load_person` touches that person's rows and what they point to, not the network (cost follows the change), and
//! `load_integration` brings what can concern its groups; no query per row;
//! bookings that ended more than 45 days before are left out; every list is sorted by id.

mod about;
mod concerning;
mod own;
mod points;
mod rows;

use access::Instant;
use access::facts::Facts;
use access::id::*;

use crate::error::Result;
use crate::sql::{Arg, Tx, args};
use crate::version::LATEST;

/// How long an ended booking is still loaded, for "ended" among the reasons.
const ENDED_BOOKINGS_MS: i64 = 45 * 24 * 60 * 60 * 1000;

/// As known when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum As {
    /// The latest: what the worker and the pages work with.
    Known {
        /// The product's clock; it only bounds how old an ended booking may be.
        now: Instant,
    },
    /// What was known at this instant: at the end of its millisecond.
    Of(Instant),
}

impl As {
    /// The instant that picks versions.
    fn picks(self) -> Instant {
        match self {
            Self::Known { .. } => LATEST,
            Self::Of(at) => at,
        }
    }

    /// The instant that bounds the past.
    fn looks_at(self) -> Instant {
        match self {
            Self::Known { now: at } | Self::Of(at) => at,
        }
    }

    fn bookings_after(self) -> Instant {
        self.looks_at().plus_ms(-ENDED_BOOKINGS_MS)
    }
}

/// One person's world: their rows, and the plans, resources, groups, doors and integrations these point to.
pub async fn load_person(tx: &mut Tx, network: NetworkId, person: PersonId, at: As) -> Result<Facts> {
    let picks = at.picks();
    let mut facts = own::load(tx, network, person, picks, at.bookings_after()).await?;
    points::follow(tx, network, &mut facts, picks).await?;
    Ok(sorted(facts))
}

/// One person's world and one door's: `access::decision` about them says what it says of the whole network's facts, every
/// reason included.
pub async fn load_for(tx: &mut Tx, network: NetworkId, person: PersonId, door: DoorId, at: As) -> Result<Facts> {
    let mut facts = load_person(tx, network, person, at).await?;
    for other in about::namesakes(tx, network, &facts, at.picks()).await? {
        about::add(&mut facts, load_person(tx, network, other, at).await?);
    }
    about::door(tx, network, &mut facts, door, at.picks()).await?;
    Ok(sorted(facts))
}

/// What can concern an integration: its groups, doors and holders, what points to one of its groups, and whom that reaches.
/// Grants in its groups, and decisions about its doors, are those of the whole network, for everybody in it; whoever is left
/// out has none.
pub async fn load_integration(tx: &mut Tx, network: NetworkId, integration: IntegrationId, at: As) -> Result<Facts> {
    let facts = concerning::load(tx, network, integration, at.picks(), at.bookings_after()).await?;
    Ok(sorted(facts))
}

/// The whole network.
pub async fn load_network(tx: &mut Tx, network: NetworkId, at: As) -> Result<Facts> {
    let (picks, after) = (at.picks(), at.bookings_after());
    Ok(sorted(rows::everything(tx, network, picks, after).await?))
}

fn sorted(mut facts: Facts) -> Facts {
    facts.locations.sort_by_key(|one| one.id);
    facts.people.sort_by_key(|one| one.id);
    facts.memberships.sort_by_key(|one| (one.person, one.location));
    facts.company_memberships.sort_by_key(|one| one.id);
    facts.plans.sort_by_key(|one| one.id);
    facts.resources.sort_by_key(|one| one.id);
    facts.subscriptions.sort_by_key(|one| one.id);
    facts.bookings.sort_by_key(|one| one.id);
    facts.integrations.sort_by_key(|one| one.id);
    facts.groups.sort_by_key(|one| one.id);
    facts.doors.sort_by_key(|one| one.id);
    facts.holders.sort_by_key(|one| (one.person, one.integration));
    for subscription in &mut facts.subscriptions {
        subscription.items.sort_by_key(|item| item.id);
    }
    for booking in &mut facts.bookings {
        booking.invitees.sort_unstable();
    }
    for holder in &mut facts.holders {
        holder.held.sort_by_key(|held| (held.group, held.window));
    }
    facts
}

fn at(network: NetworkId, picks: Instant, key: impl Into<Arg>) -> Vec<Arg> {
    args![network, picks].into_iter().chain([key.into()]).collect()
}
