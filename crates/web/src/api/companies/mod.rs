//! Companies and who belongs to them (P-3).

mod create;
mod join;
mod leave;
mod list;
mod members;
mod membership;
mod read;
mod rename;

use access::facts::CompanyMembership;
use access::id::*;
use schemars::JsonSchema;
use serde::Serialize;
use store::company::Company;

use crate::registry::Route;

/// Every route about companies.
pub fn routes() -> Vec<Route> {
    vec![
        list::route(),
        create::route(),
        read::route(),
        rename::route(),
        members::route(),
        join::route(),
        membership::route(),
        leave::route(),
    ]
}

/// A company.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Company")]
struct CompanyShape {
    /// Its id.
    #[schemars(with = "crate::wire::CompanyRef")]
    id: CompanyId,
    /// Where it is at home.
    #[schemars(with = "crate::wire::LocationRef")]
    location: LocationId,
    /// As shown.
    name: String,
}

impl From<Company> for CompanyShape {
    fn from(company: Company) -> Self {
        Self {
            id: company.id,
            location: company.details.location,
            name: company.details.name,
        }
    }
}

/// One belonging of a person to a company.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CompanyMembership")]
struct BelongingShape {
    /// Its id.
    #[schemars(with = "crate::wire::CompanyMembershipRef")]
    id: CompanyMembershipId,
    /// Who.
    #[schemars(with = "crate::wire::PersonRef")]
    person: PersonId,
    /// First day.
    #[schemars(with = "crate::wire::Day")]
    joined_on: access::facts::Date,
    /// Last day, inclusive; null while it goes on.
    #[schemars(with = "Option<crate::wire::Day>")]
    left_on: Option<access::facts::Date>,
    /// Removed at once at this instant.
    #[schemars(with = "Option<crate::wire::At>")]
    removed_at: Option<access::Instant>,
}

impl From<CompanyMembership> for BelongingShape {
    fn from(belonging: CompanyMembership) -> Self {
        Self {
            id: belonging.id,
            person: belonging.person,
            joined_on: belonging.joined_on,
            left_on: belonging.left_on,
            removed_at: belonging.removed_at,
        }
    }
}

/// The last day is not before the first.
fn in_order(joined_on: access::facts::Date, left_on: Option<access::facts::Date>) -> Result<(), crate::Problem> {
    if left_on.is_some_and(|left_on| left_on < joined_on) {
        return Err(crate::Problem::field(
            "left_on",
            "The last day must not come before the first.",
        ));
    }
    Ok(())
}
