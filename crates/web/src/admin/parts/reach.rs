//! Whom a change reaches: who may open which door, now or later, before and after it.
//!
//! In: facts of the accounts concerned, inside the transaction that makes the change. Out: a sentence with numbers, and for a
//! preview the names (P-43).
//! Why so: the count comes from the grants themselves, so it cannot differ from what then happens at the doors.

use std::collections::{BTreeMap, BTreeSet};

use access::facts::Facts;
use access::grants;
use access::id::{AccessGroupId, DoorId, PersonId};
use store::Tx;
use store::facts::As;

use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::words;

/// People named in a preview; the rest is counted.
const NAMED: usize = 20;

/// Doors by person, and the names of both.
#[derive(Default)]
pub(crate) struct Reached {
    doors: BTreeMap<PersonId, BTreeSet<DoorId>>,
    names: BTreeMap<DoorId, String>,
    people: BTreeMap<PersonId, String>,
    /// When losing a door takes effect, as its vendor's row says it.
    effective: BTreeMap<DoorId, String>,
}

impl Reached {
    /// As things stand in this transaction, at the accounts of these groups. Nothing is read when no groups are touched.
    pub(crate) async fn by_groups(tx: &mut Tx, ctx: &Ctx, touched: &[AccessGroupId]) -> Result<Self, Problem> {
        let mut integrations = BTreeSet::new();
        for group in touched.iter().collect::<BTreeSet<_>>() {
            match store::group::read(tx, ctx.network(), *group).await {
                Ok(group) => drop(integrations.insert(group.integration)),
                // Saving it will say so, at its field.
                Err(error) if error.kind == store::Kind::NotFound => {}
                Err(error) => return Err(error.into()),
            }
        }
        let mut reached = Self::default();
        for integration in integrations {
            let known = As::Known { now: ctx.now };
            let facts = store::facts::load_integration(tx, ctx.network(), integration, known).await?;
            reached.add(&facts, ctx);
        }
        Ok(reached)
    }

    fn add(&mut self, facts: &Facts, ctx: &Ctx) {
        let groups: BTreeMap<_, _> = facts.groups.iter().map(|group| (group.id, &group.doors)).collect();
        for grant in grants::desired(facts, ctx.now) {
            if let Some(opens) = groups.get(&grant.group) {
                self.doors
                    .entry(grant.person)
                    .or_default()
                    .extend(opens.iter().copied());
            }
        }
        let names = facts.doors.iter().map(|door| (door.id, door.name.clone()));
        self.names.extend(names);
        let vendors: BTreeMap<_, _> = facts
            .integrations
            .iter()
            .filter_map(|one| Some((one.id, ctx.outside().vendor(&one.vendor)?)))
            .collect();
        let effective = facts.doors.iter().filter_map(|door| {
            let row = vendors.get(&door.integration)?;
            Some((door.id, words::effect_at(row.name, row.effective)))
        });
        self.effective.extend(effective);
        let people = facts.people.iter().map(|person| (person.id, person.name.clone()));
        self.people.extend(people);
    }

    /// The same with names: "1 person gains Lift. Nobody loses a door. Gains Lift: Ana Ferreira."
    pub(crate) fn named(&self, after: &Self) -> String {
        let mut said = vec![self.compared(after)];
        said.extend(after.who_beyond(self, "Gains"));
        said.extend(self.who_beyond(after, "Loses"));
        said.join(" ")
    }

    /// Who has which doors more here than there; people with the same doors share a sentence.
    fn who_beyond(&self, other: &Self, verb: &str) -> Vec<String> {
        let mut by_doors: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut people: Vec<(&str, String)> = Vec::new();
        for (person, doors) in &self.doors {
            let there = other.doors.get(person);
            let own = doors
                .iter()
                .filter(|door| !there.is_some_and(|there| there.contains(door)));
            let own: BTreeSet<&DoorId> = own.collect();
            if !own.is_empty() {
                let name = self.people.get(person).map_or("somebody", String::as_str);
                people.push((name, words::list_and(self.door_names(&own))));
            }
        }
        people.sort();
        let rest = people.len().saturating_sub(NAMED);
        people.truncate(NAMED);
        for (name, doors) in people {
            by_doors.entry(doors).or_default().push(name.to_owned());
        }
        let mut said: Vec<String> = by_doors
            .into_iter()
            .map(|(doors, names)| format!("{verb} {doors}: {}", words::list_and(names)))
            .collect();
        if let (Some(last), 1..) = (said.last_mut(), rest) {
            last.push_str(&format!("; and {rest} more"));
        }
        said.into_iter().map(|one| one + ".").collect()
    }

    fn door_names(&self, doors: &BTreeSet<&DoorId>) -> Vec<String> {
        let named = |door: &&DoorId| self.names.get(door).cloned().unwrap_or_else(|| "a door".to_owned());
        doors.iter().map(named).collect()
    }

    /// "Front door, Lift, Garage and 2 more doors".
    fn doors_said(&self, doors: &BTreeSet<&DoorId>) -> String {
        let mut names = self.door_names(doors);
        if names.len() > 4 {
            let rest = names.len() - 3;
            names.truncate(3);
            names.push(format!("{rest} more doors"));
        }
        words::list_and(names)
    }

    /// "12 people gain Front door and Lift. Nobody loses a door."
    pub(crate) fn compared(&self, after: &Self) -> String {
        let gain = after.beyond(self);
        let lose = self.beyond(after);
        let effect = lose.2;
        match (gain.0, lose.0) {
            (0, 0) => "Nobody gains or loses a door.".to_owned(),
            (gains, 0) => format!("{} {}. Nobody loses a door.", people(gains, "gains", "gain"), gain.1),
            (0, loses) => format!(
                "{} {}. Nobody gains a door.{effect}",
                people(loses, "loses", "lose"),
                lose.1
            ),
            (gains, loses) => {
                format!(
                    "{} {}, {} {}.{effect}",
                    people(gains, "gains", "gain"),
                    gain.1,
                    people(loses, "loses", "lose"),
                    lose.1
                )
            }
        }
    }

    /// How many people have more here than there, which doors that are, and when losing them takes effect.
    fn beyond(&self, other: &Self) -> (usize, String, String) {
        let (mut count, mut more) = (0, BTreeSet::<&DoorId>::new());
        for (person, doors) in &self.doors {
            let there = other.doors.get(person);
            let own: Vec<_> = doors
                .iter()
                .filter(|door| !there.is_some_and(|there| there.contains(door)))
                .collect();
            count += usize::from(!own.is_empty());
            more.extend(own);
        }
        let effects: BTreeSet<&String> = more.iter().filter_map(|door| self.effective.get(*door)).collect();
        let effects: String = effects.iter().map(|effect| format!(" {effect}")).collect();
        (count, self.doors_said(&more), effects)
    }
}

fn people(count: usize, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        words::count(count, "person", "people"),
        if count == 1 { one } else { many }
    )
}

#[cfg(test)]
mod tests {
    use access::Instant;

    use super::*;

    /// These people, each with the same doors.
    fn reached(people: u128, doors: &[(u128, &str)]) -> Reached {
        let at = Instant::from_ms(0);
        let ids: BTreeSet<DoorId> = doors.iter().map(|(id, _)| DoorId::new(at, *id)).collect();
        Reached {
            doors: (0..people).map(|one| (PersonId::new(at, one), ids.clone())).collect(),
            names: doors
                .iter()
                .map(|(id, name)| (DoorId::new(at, *id), (*name).to_owned()))
                .collect(),
            people: (0..people)
                .map(|one| (PersonId::new(at, one), format!("Person {one:02}")))
                .collect(),
            effective: doors
                .iter()
                .map(|(id, _)| (DoorId::new(at, *id), "At Kelp Locks: At once.".to_owned()))
                .collect(),
        }
    }

    #[test]
    fn twenty_are_named_with_every_door_and_the_rest_is_counted() {
        let doors = [(1, "Front"), (2, "Lift"), (3, "Loft"), (4, "Garage"), (5, "Roof")];
        let (nobody, many) = (reached(0, &[]), reached(23, &doors));
        let said = nobody.named(&many);
        assert!(
            said.starts_with("23 people gain Front, Lift, Loft and 2 more doors. Nobody loses a door. "),
            "{said}"
        );
        assert!(
            said.contains("Gains Front, Lift, Loft, Garage and Roof: Person 00, Person 01"),
            "{said}"
        );
        assert!(said.ends_with("Person 18 and Person 19; and 3 more."), "{said}");
        assert!(many.named(&nobody).contains(" Loses Front, "));
        assert!(
            many.compared(&nobody)
                .ends_with("Nobody gains a door. At Kelp Locks: At once.")
        );
        assert!(!said.contains("At Kelp Locks"), "who gains need not wait for anybody");
        assert_eq!(many.named(&many), "Nobody gains or loses a door.");
    }
}
