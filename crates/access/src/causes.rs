//! Causes: facts → why somebody may come in, and when.
//!
//! In: [`Facts`]. Out: one [`Cause`] for each item or booking that reaches a person in a group.
//! Why so: everything else (grants, decisions, timelines) is a view of this list, so they cannot disagree (P-28).
//! Always: suspended and removed people have none (P-25); nothing here knows the time of day or a vendor.

use serde::{Deserialize, Serialize};

use crate::Windows;
use crate::facts::Facts;
use crate::id::*;

/// The concrete reason in the data: this item, that booking.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "source")]
pub enum Source {
    /// A subscription's item: the person's own, or their company's.
    Item {
        /// Of which subscription.
        subscription: SubscriptionId,
        /// Which line.
        item: ItemId,
        /// Through which company, if not their own.
        company: Option<CompanyId>,
    },
    /// A booking they made.
    Booker {
        /// Which.
        booking: BookingId,
    },
    /// A booking they are invited to.
    Invitee {
        /// Which.
        booking: BookingId,
    },
}

/// Why one person may come in through one group, and when.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Cause {
    /// Who.
    pub person: PersonId,
    /// Through which group.
    pub group: AccessGroupId,
    /// By what.
    pub source: Source,
    /// When: sorted, disjoint, half-open, never empty.
    pub windows: Windows,
}

/// All causes of one person, sorted by group, then source.
pub fn of_person(_facts: &Facts, _person: PersonId) -> Vec<Cause> {
    Vec::new()
}

/// All causes of everybody in the facts, sorted by person, group, source.
pub fn of_everybody(facts: &Facts) -> Vec<Cause> {
    facts.people.iter().flat_map(|person| of_person(facts, person.id)).collect()
}
