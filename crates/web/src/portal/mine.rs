//! What every portal page starts from: the signed-in person's own facts, with the names that sentences need.
//!
//! In: a request. Out: facts of that person alone, read in one snapshot; nothing of anybody else beyond names they may see.

use access::decision::Decision;
use access::facts::{Facts, Location, Membership, MembershipKind};
use access::id::*;
use access::index::Index;
use access::vendor::Abilities;
use access::{Instant, facts};
use store::Tx;
use store::facts::As;

use super::access::sight::{self, Button, Sight, Viewer};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::words::names::Names;

/// A person's own world.
pub struct Mine {
    /// Who looks.
    pub viewer: Viewer,
    /// Their facts.
    pub facts: Facts,
    /// Names for sentences.
    pub names: Names,
}

impl Mine {
    /// Reads it.
    pub async fn load(ctx: &Ctx) -> Result<Self, Problem> {
        let mut tx = ctx.store().read().await?;
        Self::load_in(&mut tx, ctx).await
    }

    /// Reads it from an open snapshot.
    pub async fn load_in(tx: &mut Tx, ctx: &Ctx) -> Result<Self, Problem> {
        let (network, person) = (ctx.network(), ctx.person()?);
        let facts = store::facts::load_person(tx, network, person, As::Known { now: ctx.now }).await?;
        let mut companies = Vec::new();
        for belonging in &facts.company_memberships {
            if !companies.iter().any(|(id, _)| *id == belonging.company) {
                let company = store::company::read(tx, network, belonging.company).await?;
                companies.push((company.id, company.details.name));
            }
        }
        let names = Names::of(&facts).with_companies(companies);
        Ok(Self {
            viewer: Viewer {
                person,
                staff: ctx.actor.is_staff(),
            },
            facts,
            names,
        })
    }

    /// The Access page's value.
    pub fn sight(&self, vendors: &[Abilities], now: Instant) -> Sight {
        sight::sight(&self.facts, &self.names, self.viewer, vendors, now)
    }

    /// Their name.
    pub fn name(&self) -> &str {
        self.me().map_or("", |person| person.name.as_str())
    }

    /// Themselves.
    pub fn me(&self) -> Option<&facts::Person> {
        self.facts.people.iter().find(|person| person.id == self.viewer.person)
    }

    /// Where they are member or nonmember.
    pub fn memberships(&self) -> Vec<Membership> {
        self.facts
            .memberships
            .iter()
            .filter(|one| one.person == self.viewer.person)
            .cloned()
            .collect()
    }

    /// Where they are at home: the place asked for, else where they are member, else where they are anything, else the first.
    pub fn home(&self, asked: Option<LocationId>) -> Option<&Location> {
        let find = |id: LocationId| self.facts.locations.iter().find(|location| location.id == id);
        let memberships = self.memberships();
        let member = memberships
            .iter()
            .find(|one| one.kind == MembershipKind::Member)
            .or(memberships.first());
        asked
            .and_then(find)
            .or_else(|| member.and_then(|one| find(one.location)))
            .or(self.facts.locations.first())
    }

    /// The zone of a door's location.
    pub fn zone_of(&self, door: DoorId) -> String {
        let index = Index::new(&self.facts);
        let found = index
            .door(door)
            .and_then(|door| sight::whereabouts(&index, door.integration));
        found.map_or_else(|| "UTC".to_owned(), |(_, zone)| zone)
    }

    /// A door as a button; `None` when it is not among their facts at all.
    pub fn button(&self, decision: &Decision, now: Instant) -> Option<Button> {
        let index = Index::new(&self.facts);
        let door = index.door(decision.door)?;
        let ((_, place), zone) = sight::whereabouts(&index, door.integration)?;
        let mut button = sight::button(door, decision, now, &zone);
        button.place = sight::place_and_until(&place, &button.place);
        Some(button)
    }
}
