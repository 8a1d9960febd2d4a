//! What an account's permissions say, as its row keeps them.
//!
//! In and out: JSON. Always: what is left out is nothing; staff without a word about locations act nowhere.

use access::id::{CompanyId, PersonId};
use access::may::{Actor, Area, Locations};
use serde::{Deserialize, Serialize};
use store::account::Role;

/// Permissions of an account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Permissions {
    /// Where an administrator acts.
    pub locations: Locations,
    /// What about.
    pub areas: Vec<Area>,
    /// The companies a member looks after.
    pub companies: Vec<CompanyId>,
}

impl Default for Permissions {
    fn default() -> Self {
        Self {
            locations: Locations::Chosen(Vec::new()),
            areas: Vec::new(),
            companies: Vec::new(),
        }
    }
}

impl Permissions {
    /// As kept; what cannot be read permits nothing.
    pub fn read(kept: &serde_json::Value) -> Self {
        serde_json::from_value(kept.clone()).unwrap_or_default()
    }

    /// To keep.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }
}

/// Who somebody is to decisions about permission. A login without a person, and without a role, is nobody.
pub fn actor(role: Role, permissions: Permissions, person: Option<PersonId>) -> Actor {
    let Permissions {
        locations,
        areas,
        companies,
    } = permissions;
    match (role, person) {
        (Role::Owner, person) => Actor::Owner { person },
        (Role::Administrator, person) => Actor::Administrator {
            person,
            locations,
            areas,
        },
        (Role::Member, Some(person)) if companies.is_empty() => Actor::Member { person },
        (Role::Member, Some(person)) => Actor::CompanyManager { person, companies },
        (Role::Member, None) => Actor::Anonymous,
    }
}
