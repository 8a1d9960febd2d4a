//! A slice of the facts, for one person or one integration, decides what the whole network's facts decide.

use std::collections::BTreeSet;

use access::decision::decide_in;
use access::facts::*;
use access::id::*;
use access::index::Index;
use access::{Instant, grants};
use store::Tx;
use store::facts::{As, load_for};

/// One person's world is a part of everybody's, and desires the same for them.
pub fn person_is_part(one: &Facts, all: &Facts, person: PersonId, seed: u64) {
    for subscription in &one.subscriptions {
        assert!(all.subscriptions.contains(subscription), "seed {seed}");
    }
    for booking in &one.bookings {
        assert!(all.bookings.contains(booking), "seed {seed}");
    }
    let known: Vec<_> = all.people.iter().filter(|one| one.id == person).cloned().collect();
    assert_eq!(one.people, known, "seed {seed}");
    assert_eq!(
        grants::desired_of(one, person, Instant::from_ms(0)),
        grants::desired_of(all, person, Instant::from_ms(0)),
        "seed {seed}"
    );
}

/// What concerns an integration: the same grants in its groups, the same decisions about its doors with every reason, the
/// same groups in use; who is left out has nothing there.
pub fn integration_decides_alike(here: &Facts, all: &Facts, integration: IntegrationId, now: Instant, seed: u64) {
    let groups: Vec<_> = all
        .groups
        .iter()
        .filter(|one| one.integration == integration)
        .cloned()
        .collect();
    let doors: Vec<_> = all
        .doors
        .iter()
        .filter(|one| one.integration == integration)
        .cloned()
        .collect();
    let holders: Vec<_> = all
        .holders
        .iter()
        .filter(|one| one.integration == integration)
        .cloned()
        .collect();
    assert_eq!(
        (&here.groups, &here.doors, &here.holders),
        (&groups, &doors, &holders),
        "seed {seed}"
    );
    let ours: BTreeSet<AccessGroupId> = groups.iter().map(|group| group.id).collect();
    let mut wanted = grants::desired(all, now);
    wanted.retain(|grant| ours.contains(&grant.group));
    assert_eq!(grants::desired(here, now), wanted, "seed {seed} at {now}");
    let used = |facts| pointed_to(facts).intersection(&ours).copied().collect::<BTreeSet<_>>();
    assert_eq!(used(here), used(all), "seed {seed}");

    let (here_index, all_index) = (Index::new(here), Index::new(all));
    for at in [now, now.plus_minutes(1_500)] {
        for (person, door) in all
            .people
            .iter()
            .flat_map(|one| doors.iter().map(move |door| (one.id, door.id)))
        {
            let there = decide_in(&all_index, person, door, at);
            if here_index.person(person).is_some() {
                assert_eq!(decide_in(&here_index, person, door, at), there, "seed {seed} at {at}");
            } else {
                assert!(!there.open && there.next.is_none(), "seed {seed} at {at}: {there:?}");
            }
        }
    }
}

/// Every group that a plan, a resource or an item of these facts names.
fn pointed_to(facts: &Facts) -> BTreeSet<AccessGroupId> {
    let plans = facts.plans.iter().flat_map(|one| &one.groups);
    let resources = facts.resources.iter().flat_map(|one| &one.groups);
    let items = facts.subscriptions.iter().flat_map(|one| &one.items);
    let own = items.flat_map(|item| match &item.access {
        ItemAccess::Set(groups) => groups.as_slice(),
        ItemAccess::Inherited => &[],
    });
    plans.chain(resources).chain(own).copied().collect()
}

/// A person's world and a door's: the same decision with every reason, for people and doors of the network.
pub async fn person_and_door_decide_alike(tx: &mut Tx, network: NetworkId, all: &Facts, now: Instant, seed: u64) {
    let all_index = Index::new(all);
    for person in &all.people {
        // Another door with each history: one is enough for each person.
        for door in all.doors.iter().cycle().skip(seed as usize % 7).take(1) {
            let known = As::Known { now };
            let about = load_for(tx, network, person.id, door.id, known).await.unwrap();
            let index = Index::new(&about);
            for at in [now, now.plus_minutes(1_500)] {
                let (told, whole) = (
                    decide_in(&index, person.id, door.id, at),
                    decide_in(&all_index, person.id, door.id, at),
                );
                assert_eq!(told, whole, "seed {seed} at {at}");
            }
        }
    }
}
