//! Whom a change reaches: who may open which door, now or later, before and after it.
//!
//! In: facts of the network inside the transaction that makes the change. Out: a sentence with numbers.
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

/// Doors by person, and the doors' names.
pub(crate) struct Reached {
    doors: BTreeMap<PersonId, BTreeSet<DoorId>>,
    names: BTreeMap<DoorId, String>,
}

impl Reached {
    /// As things stand in this transaction. Nothing is read when no groups are touched.
    pub(crate) async fn by_groups(tx: &mut Tx, ctx: &Ctx, touched: &[AccessGroupId]) -> Result<Self, Problem> {
        if touched.is_empty() {
            return Ok(Self {
                doors: BTreeMap::new(),
                names: BTreeMap::new(),
            });
        }
        let facts = store::facts::load_network(tx, ctx.network(), As::Known { now: ctx.now }).await?;
        Ok(Self::of(&facts, ctx))
    }

    fn of(facts: &Facts, ctx: &Ctx) -> Self {
        let groups: BTreeMap<_, _> = facts.groups.iter().map(|group| (group.id, &group.doors)).collect();
        let mut doors: BTreeMap<PersonId, BTreeSet<DoorId>> = BTreeMap::new();
        for grant in grants::desired(facts, ctx.now) {
            if let Some(opens) = groups.get(&grant.group) {
                doors.entry(grant.person).or_default().extend(opens.iter().copied());
            }
        }
        let names = facts.doors.iter().map(|door| (door.id, door.name.clone())).collect();
        Self { doors, names }
    }

    /// "12 people gain Front door and Lift. Nobody loses a door."
    pub(crate) fn compared(&self, after: &Self) -> String {
        let gain = after.beyond(self);
        let lose = self.beyond(after);
        match (gain.0, lose.0) {
            (0, 0) => "Nobody gains or loses a door.".to_owned(),
            (gains, 0) => format!("{} {}. Nobody loses a door.", people(gains, "gains", "gain"), gain.1),
            (0, loses) => format!("{} {}. Nobody gains a door.", people(loses, "loses", "lose"), lose.1),
            (gains, loses) => {
                format!(
                    "{} {}, {} {}.",
                    people(gains, "gains", "gain"),
                    gain.1,
                    people(loses, "loses", "lose"),
                    lose.1
                )
            }
        }
    }

    /// How many people have more here than there, and which doors that are.
    fn beyond(&self, other: &Self) -> (usize, String) {
        let (mut count, mut more) = (0, BTreeSet::new());
        for (person, doors) in &self.doors {
            let there = other.doors.get(person);
            let own: Vec<_> = doors
                .iter()
                .filter(|door| !there.is_some_and(|there| there.contains(door)))
                .collect();
            count += usize::from(!own.is_empty());
            more.extend(own);
        }
        let named = |door: &&DoorId| self.names.get(door).cloned().unwrap_or_else(|| "a door".to_owned());
        let mut names: Vec<String> = more.iter().map(named).collect();
        if names.len() > 4 {
            let rest = names.len() - 3;
            names.truncate(3);
            names.push(format!("{rest} more doors"));
        }
        (count, words::list_and(names))
    }
}

fn people(count: usize, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        words::count(count, "person", "people"),
        if count == 1 { one } else { many }
    )
}
