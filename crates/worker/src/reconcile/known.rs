//! Facts and journal, put into the words a comparison is asked in. Pure.
//!
//! In: grants that should hold, rows as acknowledged, holders, groups. Out: [`Desired`], [`Observation`], [`KnownGroup`].
//! Why so: a round for one person needs no reading of the vendor: what our receipts add up to is the observation.

use std::collections::{BTreeMap, BTreeSet};

use access::change::{Change, Desired, Observation, Observed, ObservedGroup, ObservedHolder, ObservedLock};
use access::facts::{Facts, ItemAccess};
use access::grants::Grant;
use access::id::*;
use connectors::{KnownDoor, KnownGroup};
use store::grant::{self, State};
use store::group::{DoorRow, GroupRow};
use store::holder::Holder;

/// An integration's groups and doors, by our ids.
pub(crate) struct Place {
    pub(crate) groups: Vec<GroupRow>,
    pub(crate) doors: Vec<DoorRow>,
}

impl Place {
    pub(crate) fn group(&self, id: AccessGroupId) -> Option<&GroupRow> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// Every group, with whether anything points to it.
    pub(crate) fn known_groups(&self, mapped: &BTreeSet<AccessGroupId>) -> Vec<KnownGroup> {
        self.groups
            .iter()
            .map(|group| KnownGroup {
                id: group.id,
                external: group.external.clone(),
                mapped: mapped.contains(&group.id),
            })
            .collect()
    }

    pub(crate) fn known_doors(&self) -> Vec<KnownDoor> {
        self.doors
            .iter()
            .map(|door| KnownDoor {
                id: door.id,
                external: door.external.clone(),
            })
            .collect()
    }

    pub(crate) fn gone_groups(&self) -> Vec<String> {
        self.groups
            .iter()
            .filter(|group| group.gone)
            .map(|group| group.external.clone())
            .collect()
    }
}

/// Every group that a plan, a resource or an item points to.
pub(crate) fn mapped(facts: &Facts) -> BTreeSet<AccessGroupId> {
    let plans = facts.plans.iter().flat_map(|plan| &plan.groups);
    let resources = facts.resources.iter().flat_map(|resource| &resource.groups);
    let items = facts
        .subscriptions
        .iter()
        .flat_map(|subscription| &subscription.items)
        .flat_map(|item| match &item.access {
            ItemAccess::Set(groups) => groups.as_slice(),
            ItemAccess::Inherited => &[],
        });
    plans.chain(resources).chain(items).copied().collect()
}

/// Grants as the vendor of this place shall hold them: those of its groups that still exist there.
pub(crate) fn desired(facts: &Facts, grants: &[Grant], place: &Place) -> Vec<Desired> {
    let people: BTreeMap<PersonId, _> = facts.people.iter().map(|person| (person.id, person)).collect();
    grants
        .iter()
        .filter_map(|grant| {
            let group = place.group(grant.group).filter(|group| !group.gone)?;
            let person = people.get(&grant.person)?;
            Some(Desired {
                person: grant.person,
                email: person.email.clone(),
                name: person.name.clone(),
                group: grant.group,
                external_group: group.external.clone(),
                windows: grant.windows.as_slice().to_vec(),
            })
        })
        .collect()
}

/// What the vendor holds of ours, as our receipts add up. Rows whose outcome is open are not among them: resolve those first.
pub(crate) fn observation(rows: &[grant::Grant], holders: &[Holder], place: &Place) -> Observation {
    let by_person: BTreeMap<PersonId, &Holder> = holders.iter().map(|holder| (holder.person, holder)).collect();
    let observed = rows
        .iter()
        .filter(|row| row.state == State::Confirmed && !row.is_open())
        .filter_map(|row| {
            let holder = by_person.get(&row.person);
            Some(Observed {
                external: row.external.clone()?,
                external_holder: holder
                    .and_then(|holder| holder.details.external.clone())
                    .unwrap_or_default(),
                person: Some(row.person),
                email: holder.map(|holder| holder.details.email.clone()).unwrap_or_default(),
                external_group: place.group(row.group)?.external.clone(),
                window: row.held?,
                ours: Some(row.id),
            })
        });
    Observation {
        groups: Vec::new(),
        locks: Vec::new(),
        holders: holders.iter().filter_map(observed_holder).collect(),
        rows: observed.collect(),
        complete: true,
        seats: None,
        gone_groups: place.gone_groups(),
    }
}

/// The same with groups and doors as last read, so that notes about them can be made without reading anew.
pub(crate) fn with_place(observed: Observation, place: &Place) -> Observation {
    let lock_of = |door: &DoorId| place.doors.iter().find(|known| known.id == *door && !known.gone);
    let groups = place
        .groups
        .iter()
        .filter(|group| !group.gone)
        .map(|group| ObservedGroup {
            external: group.external.clone(),
            name: group.name.clone(),
            site: group.site.clone(),
            locks: group
                .doors
                .iter()
                .filter_map(lock_of)
                .map(|door| door.external.clone())
                .collect(),
            restrictions: group.restrictions.clone(),
        });
    let locks = place.doors.iter().filter(|door| !door.gone).map(|door| ObservedLock {
        external: door.external.clone(),
        name: door.name.clone(),
        site: door.site.clone(),
        order: door.position,
        online: door.online,
        locked_down: door.locked_down,
        restrictions: door.restrictions.clone(),
    });
    Observation {
        groups: groups.collect(),
        locks: locks.collect(),
        ..observed
    }
}

fn observed_holder(holder: &Holder) -> Option<ObservedHolder> {
    Some(ObservedHolder {
        external: holder.details.external.clone()?,
        person: Some(holder.person),
        email: holder.details.email.clone(),
        unconfirmed: holder.details.unconfirmed,
        disabled: holder.details.disabled,
        card: holder.details.card.clone(),
    })
}

/// The change an open row stands for, so that its traces can be looked for.
pub(crate) fn change_of(
    row: &grant::Grant,
    place: &Place,
    holder: Option<&Holder>,
    email: &str,
    name: &str,
) -> Option<Change> {
    let group = place.group(row.group)?;
    let Some(held) = row.held else {
        return Some(Change::Give {
            grant: row.id,
            person: row.person,
            email: email.to_owned(),
            name: name.to_owned(),
            group: row.group,
            external_group: group.external.clone(),
            window: row.window,
        });
    };
    let external = row.external.clone()?;
    if held == row.window {
        return Some(Change::Take {
            grant: row.id,
            person: row.person,
            group: row.group,
            external,
            window: held,
        });
    }
    Some(Change::Move {
        grant: row.id,
        person: row.person,
        group: row.group,
        external_group: group.external.clone(),
        external,
        external_holder: holder
            .and_then(|holder| holder.details.external.clone())
            .unwrap_or_default(),
        from: held,
        to: row.window,
    })
}
