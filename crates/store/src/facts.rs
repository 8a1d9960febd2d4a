//! Facts: loads the one input of every decision, for now or as it was known at any past instant.
//!
//! In: whom or what it is for, and [`As`]. Out: [`Facts`], from one transaction, so all of it is from one moment.
//! Why so: granting, explaining and looking back are one function over one value; the same query texts serve now and then,
//! because every table that feeds them keeps its versions.
//! Always: `load_person` touches that person's rows and what they point to, not the network (cost follows the change);
//! bookings that ended more than 45 days before are left out; every list is sorted by id.

mod points;
mod rows;

use std::collections::BTreeSet;

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
    let (picks, after) = (at.picks(), at.bookings_after());
    let mut facts = Facts {
        people: rows::person(tx, network, person, picks).await?,
        ..Facts::default()
    };
    facts.memberships = rows::memberships_of(tx, network, person, picks).await?;
    facts.company_memberships = rows::company_memberships_of(tx, network, person, picks).await?;
    facts.subscriptions = rows::subscriptions_of_person(tx, network, person, picks).await?;
    let companies: BTreeSet<CompanyId> = facts.company_memberships.iter().map(|one| one.company).collect();
    for company in companies {
        facts
            .subscriptions
            .extend(rows::subscriptions_of_company(tx, network, company, picks).await?);
    }
    rows::fill_items(tx, network, &mut facts.subscriptions, picks).await?;
    facts.bookings = rows::bookings_of(tx, network, person, picks, after).await?;
    rows::fill_invitees(tx, network, &mut facts.bookings, picks).await?;
    facts.holders = rows::holders_of(tx, network, person, picks).await?;
    points::follow(tx, network, &mut facts, picks).await?;
    Ok(sorted(facts))
}

/// Everybody's world, as far as an integration may concern it: the whole network's people, with the groups and doors of this
/// integration alone.
pub async fn load_integration(tx: &mut Tx, network: NetworkId, integration: IntegrationId, at: As) -> Result<Facts> {
    let mut facts = load_network(tx, network, at).await?;
    facts.integrations.retain(|one| one.id == integration);
    facts.groups.retain(|one| one.integration == integration);
    facts.doors.retain(|one| one.integration == integration);
    facts.holders.retain(|one| one.integration == integration);
    Ok(facts)
}

/// The whole network.
pub async fn load_network(tx: &mut Tx, network: NetworkId, at: As) -> Result<Facts> {
    let (picks, after) = (at.picks(), at.bookings_after());
    let mut facts = rows::everything(tx, network, picks, after).await?;
    rows::fill_all_items(tx, network, &mut facts.subscriptions, picks).await?;
    rows::fill_all_invitees(tx, network, &mut facts.bookings, picks, after).await?;
    Ok(sorted(facts))
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
