//! Follows what a person's rows point to: groups, then doors, integrations and locations; each kind read by its ids.

use std::collections::BTreeSet;

use access::Instant;
use access::facts::{Facts, ItemAccess};
use access::id::*;

use super::rows::{all, by, door_of, group_of, integration_of, known_by, location_of, several};
use crate::error::Result;
use crate::sql::{Asked, Tx};

pub(super) async fn follow(tx: &mut Tx, network: NetworkId, facts: &mut Facts, picks: Instant) -> Result<()> {
    let mut groups: BTreeSet<AccessGroupId> = BTreeSet::new();
    for item in facts.subscriptions.iter().flat_map(|one| &one.items) {
        if let ItemAccess::Set(own) = &item.access {
            groups.extend(own);
        }
    }
    groups.extend(facts.plans.iter().flat_map(|one| &one.groups));
    groups.extend(facts.resources.iter().flat_map(|one| &one.groups));
    groups.extend(facts.holders.iter().flat_map(|one| &one.held).map(|held| held.group));
    let groups = by(known_by!("access_group", "id"), network, picks, groups);
    facts.groups = several(tx, groups, group_of).await?;
    let doors: BTreeSet<DoorId> = facts.groups.iter().flat_map(|one| one.doors.iter().copied()).collect();
    let doors = by(known_by!("door", "id"), network, picks, doors);
    let mut integrations: BTreeSet<IntegrationId> = facts.groups.iter().map(|one| one.integration).collect();
    integrations.extend(facts.holders.iter().map(|one| one.integration));
    let here: Vec<IntegrationId> = integrations.into_iter().collect();
    let integrations = by(known_by!("integration", "id"), network, picks, here.iter().copied());
    let mut locations = by(known_by!("location", "id"), network, picks, pointed(facts));
    locations.extend(by(OF_INTEGRATIONS, network, picks, here));
    let doors_and_more: Vec<Asked> = doors.iter().chain(&integrations).chain(&locations).cloned().collect();
    let mut found = tx.fetch_several(doors_and_more).await?.into_iter();
    facts.doors = all(found.by_ref().take(doors.len()), door_of)?;
    facts.integrations = all(found.by_ref().take(integrations.len()), integration_of)?;
    facts.locations = all(found, location_of)?;
    facts.locations.sort_by_key(|one| one.id);
    facts.locations.dedup_by_key(|one| one.id);
    Ok(())
}

/// The locations of integrations by their ids.
const OF_INTEGRATIONS: &str = "SELECT * FROM location WHERE network_id = $1 AND known_from_ms <= $2 AND known_until_ms > $2
     AND id IN (SELECT location_id FROM integration WHERE network_id = $1 AND known_from_ms <= $2 AND known_until_ms > $2
       AND id IN ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18))";

fn pointed(facts: &Facts) -> BTreeSet<LocationId> {
    let mut locations: BTreeSet<LocationId> = facts.subscriptions.iter().map(|one| one.location).collect();
    locations.extend(facts.resources.iter().map(|one| one.location));
    locations.extend(facts.integrations.iter().map(|one| one.location));
    locations.extend(facts.memberships.iter().map(|one| one.location));
    locations
}

/// The locations that anything in the facts points to.
pub(super) async fn locations(tx: &mut Tx, network: NetworkId, facts: &mut Facts, picks: Instant) -> Result<()> {
    let locations = by(known_by!("location", "id"), network, picks, pointed(facts));
    facts.locations = several(tx, locations, location_of).await?;
    Ok(())
}
