//! People (P-2).

mod change;
mod create;
mod list;
mod membership;
mod read;

use access::facts::MembershipKind;
use access::id::{LocationId, PersonId};
use schemars::JsonSchema;
use serde::Serialize;
use store::person::{Details, Person};

use super::shape::{MembershipWord, PersonStateWord};
use crate::registry::Route;

/// Every route about people.
pub fn routes() -> Vec<Route> {
    vec![
        list::route(),
        create::route(),
        read::route(),
        change::route(),
        membership::route(),
    ]
}

/// A person.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Person")]
pub(super) struct PersonShape {
    /// Their id.
    #[schemars(with = "crate::wire::PersonRef")]
    id: PersonId,
    /// As shown.
    name: String,
    /// Lower-case; one person per address in a network.
    email: String,
    /// As typed; may be empty.
    phone: String,
    /// Ids of access cards.
    cards: Vec<String>,
    /// Where they stand.
    state: PersonStateWord,
    /// Where they are member or nonmember; only when one person is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    memberships: Option<Vec<MembershipShape>>,
    /// Since when they are as they are.
    #[schemars(with = "crate::wire::At")]
    updated_at: access::Instant,
}

/// A standing at a location.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Membership")]
struct MembershipShape {
    /// Where.
    #[schemars(with = "crate::wire::LocationRef")]
    location: LocationId,
    /// As what.
    kind: MembershipWord,
}

impl From<Person> for PersonShape {
    fn from(person: Person) -> Self {
        let Details {
            name,
            email,
            phone,
            cards,
            state,
        } = person.details;
        Self {
            id: person.id,
            name,
            email,
            phone,
            cards,
            state: state.into(),
            memberships: None,
            updated_at: person.since,
        }
    }
}

impl PersonShape {
    fn with(mut self, memberships: Vec<(LocationId, MembershipKind)>) -> Self {
        let shapes = memberships.into_iter().map(|(location, kind)| MembershipShape {
            location,
            kind: kind.into(),
        });
        self.memberships = Some(shapes.collect());
        self
    }
}
