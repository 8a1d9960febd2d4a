//! Resources, and what they open (P-6).

mod change;
mod create;
mod list;
mod read;

use access::id::*;
use access::schedule::Schedule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::resource::{Details, OpenTo, Resource};

use super::schedule::ScheduleShape;
use super::shape::{GraceShape, ResourceKindWord};
use crate::problem::Problem;
use crate::registry::Route;

/// Every route about resources.
pub fn routes() -> Vec<Route> {
    vec![list::route(), create::route(), read::route(), change::route()]
}

/// Who may see or book something.
#[derive(Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "OpenTo")]
enum OpenToWord {
    Nobody,
    Members,
    NetworkMembers,
    Public,
}

impl From<OpenTo> for OpenToWord {
    fn from(open: OpenTo) -> Self {
        match open {
            OpenTo::Nobody => Self::Nobody,
            OpenTo::Members => Self::Members,
            OpenTo::NetworkMembers => Self::NetworkMembers,
            OpenTo::Public => Self::Public,
        }
    }
}

impl From<OpenToWord> for OpenTo {
    fn from(word: OpenToWord) -> Self {
        match word {
            OpenToWord::Nobody => Self::Nobody,
            OpenToWord::Members => Self::Members,
            OpenToWord::NetworkMembers => Self::NetworkMembers,
            OpenToWord::Public => Self::Public,
        }
    }
}

/// A resource.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Resource")]
struct ResourceShape {
    /// Its id.
    #[schemars(with = "crate::wire::ResourceRef")]
    id: ResourceId,
    /// Where it stands.
    #[schemars(with = "crate::wire::LocationRef")]
    location: LocationId,
    /// As shown.
    name: String,
    /// What it is.
    kind: ResourceKindWord,
    /// How many people.
    capacity: i64,
    /// The access groups it opens, for bookings and rentals.
    #[schemars(with = "Vec<crate::wire::GroupRef>")]
    groups: Vec<AccessGroupId>,
    /// Its own minutes around bookings; null means the location's.
    grace: Option<GraceShape>,
    /// Minutes that stay free between two bookings.
    buffer_minutes: i64,
    /// The shortest booking of members.
    min_minutes: i64,
    /// The longest booking of members; 0 is as long as any.
    max_minutes: i64,
    /// Members' bookings start and end on multiples of this.
    step_minutes: i64,
    /// When members may book. Null, or a week without hours, is as at its location, whose closed days always count.
    opening_hours: Option<ScheduleShape>,
    /// Who may book it.
    book_by: OpenToWord,
    /// Who sees it.
    see_by: OpenToWord,
    /// Members' bookings wait for approval.
    approval: bool,
    /// What a booker reads in the confirmation e-mail.
    confirmation: String,
    /// No longer offered.
    archived: bool,
    /// Since when it is as it is.
    #[schemars(with = "crate::wire::At")]
    updated_at: access::Instant,
}

impl From<Resource> for ResourceShape {
    fn from(resource: Resource) -> Self {
        let of: Details = resource.details;
        let hours: Option<Schedule> = of.opening_hours.and_then(|kept| serde_json::from_value(kept).ok());
        Self {
            id: resource.id,
            location: of.location,
            name: of.name,
            kind: of.kind.into(),
            capacity: of.capacity,
            groups: of.groups,
            grace: of.grace.map(Into::into),
            buffer_minutes: of.buffer_minutes,
            min_minutes: of.min_minutes,
            max_minutes: of.max_minutes,
            step_minutes: of.step_minutes,
            opening_hours: hours.map(Into::into),
            book_by: of.book_by.into(),
            see_by: of.see_by.into(),
            approval: of.approval,
            confirmation: of.confirmation,
            archived: of.archived,
            updated_at: resource.since,
        }
    }
}

/// What must agree between fields.
fn sound(details: &Details) -> Result<(), Problem> {
    if details.max_minutes > 0 && details.max_minutes < details.min_minutes {
        return Err(Problem::field(
            "max_minutes",
            "The longest booking must not be shorter than the shortest.",
        ));
    }
    Ok(())
}
