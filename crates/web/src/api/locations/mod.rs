//! Locations (P-1).

mod change;
mod create;
mod list;
mod read;

use access::facts::Grace;
use access::id::LocationId;
use access::schedule::Schedule;
use schemars::JsonSchema;
use serde::Serialize;
use store::location::{Details, Location};

use super::schedule::ScheduleShape;
use super::shape::GraceShape;
use crate::registry::Route;

/// Every route about locations.
pub fn routes() -> Vec<Route> {
    vec![list::route(), create::route(), read::route(), change::route()]
}

/// A location.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Location")]
pub(super) struct LocationShape {
    /// Its id.
    #[schemars(with = "crate::wire::LocationRef")]
    id: LocationId,
    /// Its name.
    name: String,
    /// Where it stands.
    address: String,
    /// Its IANA time zone.
    #[schemars(with = "crate::wire::Zone")]
    zone: String,
    /// Minutes around bookings, where a resource says nothing else.
    grace: GraceShape,
    /// When members may book; null is always.
    opening_hours: Option<ScheduleShape>,
    /// Since when it is as it is.
    #[schemars(with = "crate::wire::At")]
    updated_at: access::Instant,
}

impl From<Location> for LocationShape {
    fn from(location: Location) -> Self {
        let Details {
            name,
            address,
            zone,
            grace,
            opening_hours,
        } = location.details;
        let grace: Grace = grace;
        let hours: Option<Schedule> = serde_json::from_value(opening_hours).unwrap_or_default();
        Self {
            id: location.id,
            name,
            address,
            zone,
            grace: grace.into(),
            opening_hours: hours.map(Into::into),
            updated_at: location.since,
        }
    }
}
