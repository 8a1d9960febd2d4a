//! The booking desk: stored resources as booking rules, and who may see or book them.
//!
//! In: rows of the store. Out: what [`access::booking`] asks for. Why so: the stored shape is for editing, the rules are for
//! deciding; this is the one place of the portal where one becomes the other.
//! Always: opening hours that cannot be read close the resource to members instead of opening it.

use access::booking::{BookBy, By, Rules};
use access::facts::{Membership, MembershipKind, PersonState};
use access::id::ResourceId;
use access::schedule::Schedule;
use access::zone::Zone;
use store::Tx;
use store::location::Location;
use store::resource::{OpenTo, Resource};

use crate::ctx::Ctx;
use crate::portal::mine::Mine;
use crate::problem::Problem;

/// A resource with everything that booking it needs.
pub struct Thing {
    /// The resource.
    pub resource: Resource,
    /// Where it stands.
    pub location: Location,
    /// The location's zone.
    pub zone: Zone,
    /// Its rules.
    pub rules: Rules,
}

impl Thing {
    /// Puts it together.
    pub fn of(resource: Resource, location: Location) -> Result<Self, Problem> {
        let zone = Zone::named(&location.details.zone).map_err(|error| Problem::internal("reading a zone", error))?;
        let rules = rules(&resource, &location)?;
        Ok(Self {
            resource,
            location,
            zone,
            rules,
        })
    }

    /// Reads one that the person may see.
    pub async fn load(tx: &mut Tx, ctx: &Ctx, mine: &Mine, id: ResourceId) -> Result<Self, Problem> {
        let resource = store::resource::read(tx, ctx.network(), id).await?;
        let location = store::location::read(tx, ctx.network(), resource.details.location).await?;
        let thing = Self::of(resource, location)?;
        if mine.viewer.staff || thing.is_shown(&mine.memberships()) {
            Ok(thing)
        } else {
            Err(Problem::not_found())
        }
    }

    /// Is it shown to somebody with these memberships (P-6)?
    pub fn is_shown(&self, memberships: &[Membership]) -> bool {
        let mut member = memberships.iter().filter(|one| one.kind == MembershipKind::Member);
        match self.resource.details.see_by {
            OpenTo::Public => true,
            OpenTo::NetworkMembers => member.next().is_some(),
            OpenTo::Members => member.any(|one| one.location == self.location.id),
            OpenTo::Nobody => false,
        }
    }
}

/// The person as somebody who books for themselves.
pub fn by<'a>(mine: &Mine, memberships: &'a [Membership]) -> By<'a> {
    By::Person {
        state: mine.me().map_or(PersonState::Removed, |person| person.state),
        memberships,
    }
}

fn rules(resource: &Resource, location: &Location) -> Result<Rules, Problem> {
    let details = &resource.details;
    let hours = match details
        .opening_hours
        .as_ref()
        .unwrap_or(&location.details.opening_hours)
    {
        serde_json::Value::Null => None,
        stored => Some(
            serde_json::from_value::<Schedule>(stored.clone())
                .map_err(|error| Problem::internal("reading opening hours", error))?,
        ),
    };
    Ok(Rules {
        location: details.location,
        archived: details.archived,
        book_by: match details.book_by {
            OpenTo::Public => BookBy::Public,
            OpenTo::NetworkMembers => BookBy::NetworkMembers,
            OpenTo::Members => BookBy::Members,
            OpenTo::Nobody => BookBy::Staff,
        },
        min_minutes: details.min_minutes,
        max_minutes: (details.max_minutes > 0).then_some(details.max_minutes),
        step_minutes: details.step_minutes,
        buffer_minutes: details.buffer_minutes,
        hours,
        approval: details.approval,
    })
}
