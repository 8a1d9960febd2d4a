//! Integrations: vendor accounts of locations, with what was read from them (P-30).

mod change;
mod check;
mod connect;
mod disconnect;
mod doors;
mod groups;
mod left;
mod list;
mod read;
mod reconnect;
mod rounds;
mod sites;

use access::Instant;
use access::change::Seats;
use access::id::*;
use schemars::JsonSchema;
use serde::Serialize;
use store::integration::{Integration, Status};

use super::shape::{IntegrationStateWord, VisibilityWord};
use crate::registry::Route;

/// Every route about integrations.
pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        list::route(),
        connect::route(),
        read::route(),
        change::route(),
        reconnect::route(),
        disconnect::route(),
        sites::route(),
        check::route(),
        groups::route(),
        doors::route(),
        left::route(),
    ];
    routes.extend(rounds::routes());
    routes
}

/// A vendor account of a location.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Integration")]
struct IntegrationShape {
    /// Its id.
    #[schemars(with = "crate::wire::IntegrationRef")]
    id: IntegrationId,
    /// For which location.
    #[schemars(with = "crate::wire::LocationRef")]
    location: LocationId,
    /// Which vendor.
    vendor: String,
    /// Does it grant?
    state: IntegrationStateWord,
    /// Who sees its doors on the Access page.
    visibility: VisibilityWord,
    /// The vendor's site; null is all of the account.
    site: Option<String>,
    /// The site's name at the vendor.
    site_name: Option<String>,
    /// When a round last ended.
    #[schemars(with = "Option<crate::wire::At>")]
    last_round_at: Option<Instant>,
    /// When everything was last read completely.
    #[schemars(with = "Option<crate::wire::At>")]
    last_complete_at: Option<Instant>,
    /// The last failure, in plain words; null when the last round went well.
    last_error: Option<String>,
    /// Seats as last read; null where the vendor counts none.
    seats: Option<SeatsShape>,
    /// Since when it is as it is.
    #[schemars(with = "crate::wire::At")]
    updated_at: Instant,
}

/// Places for people that the vendor's contract counts.
#[derive(Serialize, JsonSchema)]
struct SeatsShape {
    /// Taken.
    used: u32,
    /// Paid for.
    bought: u32,
}

impl IntegrationShape {
    fn of(integration: Integration, status: Status) -> Self {
        let of = integration.details;
        Self {
            id: integration.id,
            location: of.location,
            vendor: of.vendor,
            state: of.state.into(),
            visibility: of.visibility.into(),
            site: of.site,
            site_name: of.site_name,
            last_round_at: status.last_round_at,
            last_complete_at: status.last_complete_at,
            last_error: status.last_error,
            seats: status.seats.map(SeatsShape::of),
            updated_at: integration.since,
        }
    }
}

impl SeatsShape {
    const fn of(seats: Seats) -> Self {
        Self {
            used: seats.used,
            bought: seats.bought,
        }
    }
}
