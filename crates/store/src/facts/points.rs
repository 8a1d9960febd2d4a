//! Follows what a person's rows point to: plans, resources, groups, doors, integrations, locations; each kind read by its ids.

use std::collections::BTreeSet;

use access::Instant;
use access::facts::{Facts, ItemAccess, ItemOf};
use access::id::*;

use super::rows::{both, by, door_of, group_of, integration_of, known_by, location_of, plan_of, resource_of, several};
use crate::error::Result;
use crate::sql::Tx;

pub(super) async fn follow(tx: &mut Tx, network: NetworkId, facts: &mut Facts, picks: Instant) -> Result<()> {
    let mut plans = BTreeSet::new();
    let mut resources: BTreeSet<ResourceId> = facts.bookings.iter().map(|one| one.resource).collect();
    let mut groups: BTreeSet<AccessGroupId> = BTreeSet::new();
    for item in facts.subscriptions.iter().flat_map(|one| &one.items) {
        match item.of {
            ItemOf::Plan(id) => drop(plans.insert(id)),
            ItemOf::Rental(id) => drop(resources.insert(id)),
        }
        if let ItemAccess::Set(own) = &item.access {
            groups.extend(own);
        }
    }
    let plans = by(known_by!("plan", "id"), network, picks, plans);
    let resources = by(known_by!("resource", "id"), network, picks, resources);
    (facts.plans, facts.resources) = both(tx, (plans, plan_of), (resources, resource_of)).await?;
    groups.extend(facts.plans.iter().flat_map(|one| &one.groups));
    groups.extend(facts.resources.iter().flat_map(|one| &one.groups));
    groups.extend(facts.holders.iter().flat_map(|one| &one.held).map(|held| held.group));
    let groups = by(known_by!("access_group", "id"), network, picks, groups);
    facts.groups = several(tx, groups, group_of).await?;
    let doors: BTreeSet<DoorId> = facts.groups.iter().flat_map(|one| one.doors.iter().copied()).collect();
    let doors = by(known_by!("door", "id"), network, picks, doors);
    let mut integrations: BTreeSet<IntegrationId> = facts.groups.iter().map(|one| one.integration).collect();
    integrations.extend(facts.holders.iter().map(|one| one.integration));
    let integrations = by(known_by!("integration", "id"), network, picks, integrations);
    (facts.doors, facts.integrations) = both(tx, (doors, door_of), (integrations, integration_of)).await?;
    locations(tx, network, facts, picks).await
}

/// The locations that anything in the facts points to.
pub(super) async fn locations(tx: &mut Tx, network: NetworkId, facts: &mut Facts, picks: Instant) -> Result<()> {
    let mut locations: BTreeSet<LocationId> = facts.subscriptions.iter().map(|one| one.location).collect();
    locations.extend(facts.resources.iter().map(|one| one.location));
    locations.extend(facts.integrations.iter().map(|one| one.location));
    locations.extend(facts.memberships.iter().map(|one| one.location));
    let locations = by(known_by!("location", "id"), network, picks, locations);
    facts.locations = several(tx, locations, location_of).await?;
    Ok(())
}
