//! Follows what a person's rows point to: plans, resources, locations, groups, doors, integrations; each read once, by its id.

use std::collections::BTreeSet;

use access::Instant;
use access::facts::{Facts, ItemAccess, ItemOf};
use access::id::*;

use super::at;
use super::rows::{door_of, group_of, integration_of, location_of, plan_of, read, resource_of};
use crate::error::Result;
use crate::sql::Tx;

macro_rules! one {
    ($table:literal) => {
        concat!(
            "SELECT * FROM ",
            $table,
            " WHERE network_id = $1 AND id = $3 AND known_from_ms <= $2 AND known_until_ms > $2"
        )
    };
}

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
    for id in plans {
        facts
            .plans
            .extend(read(tx, one!("plan"), at(network, picks, id), plan_of).await?);
    }
    for id in resources {
        facts
            .resources
            .extend(read(tx, one!("resource"), at(network, picks, id), resource_of).await?);
    }
    groups.extend(facts.plans.iter().flat_map(|one| &one.groups));
    groups.extend(facts.resources.iter().flat_map(|one| &one.groups));
    groups.extend(facts.holders.iter().flat_map(|one| &one.held).map(|held| held.group));
    for id in groups {
        facts
            .groups
            .extend(read(tx, one!("access_group"), at(network, picks, id), group_of).await?);
    }
    let doors: BTreeSet<DoorId> = facts.groups.iter().flat_map(|one| one.doors.iter().copied()).collect();
    for id in doors {
        facts
            .doors
            .extend(read(tx, one!("door"), at(network, picks, id), door_of).await?);
    }
    let mut integrations: BTreeSet<IntegrationId> = facts.groups.iter().map(|one| one.integration).collect();
    integrations.extend(facts.holders.iter().map(|one| one.integration));
    for id in integrations {
        facts
            .integrations
            .extend(read(tx, one!("integration"), at(network, picks, id), integration_of).await?);
    }
    let mut locations: BTreeSet<LocationId> = facts.subscriptions.iter().map(|one| one.location).collect();
    locations.extend(facts.resources.iter().map(|one| one.location));
    locations.extend(facts.integrations.iter().map(|one| one.location));
    locations.extend(facts.memberships.iter().map(|one| one.location));
    for id in locations {
        facts
            .locations
            .extend(read(tx, one!("location"), at(network, picks, id), location_of).await?);
    }
    Ok(())
}
