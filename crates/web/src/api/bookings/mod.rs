//! Bookings and whom they let in (P-7).

mod approve;
mod cancel;
mod create;
mod invite;
mod list;
mod read;
mod reschedule;
mod uninvite;

use access::Instant;
use access::booking::When;
use access::id::*;
use schemars::JsonSchema;
use serde::Serialize;
use store::booking::Booking;

use super::shape::BookingStateWord;
use crate::problem::Problem;
use crate::registry::Route;

/// Every route about bookings.
pub fn routes() -> Vec<Route> {
    vec![
        list::route(),
        create::route(),
        read::route(),
        reschedule::route(),
        cancel::route(),
        approve::route(),
        invite::route(),
        uninvite::route(),
    ]
}

/// A booking.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Booking")]
struct BookingShape {
    /// Its id.
    #[schemars(with = "crate::wire::BookingRef")]
    id: BookingId,
    /// What is booked.
    #[schemars(with = "crate::wire::ResourceRef")]
    resource: ResourceId,
    /// Who booked.
    #[schemars(with = "crate::wire::PersonRef")]
    booker: PersonId,
    /// Who is let in besides.
    #[schemars(with = "Vec<crate::wire::PersonRef>")]
    invitees: Vec<PersonId>,
    /// Start, without grace.
    #[schemars(with = "crate::wire::At")]
    from: Instant,
    /// End, without grace.
    #[schemars(with = "crate::wire::At")]
    until: Instant,
    /// Where it stands.
    state: BookingStateWord,
    /// In the booker's words.
    title: String,
    /// Since when it is as it is.
    #[schemars(with = "crate::wire::At")]
    updated_at: Instant,
}

impl From<Booking> for BookingShape {
    fn from(booking: Booking) -> Self {
        let of = booking.details;
        Self {
            id: booking.id,
            resource: of.resource,
            booker: of.booker,
            invitees: of.invitees,
            from: of.window.from,
            until: of.window.until,
            state: of.state.into(),
            title: of.title,
            updated_at: booking.since,
        }
    }
}

/// A moment as programs give it: an instant with its offset, or what the clocks at the resource will show.
fn when(from: &str, until: &str) -> Result<When, Problem> {
    if let (Ok(from), Ok(until)) = (from.parse::<Instant>(), until.parse::<Instant>()) {
        return Ok(When::Instants { from, until });
    }
    match (from.parse(), until.parse()) {
        (Ok(from), Ok(until)) => Ok(When::Civil { from, until }),
        (from_fits, _) => {
            let field = if from_fits.is_err() { "from" } else { "until" };
            let say = "Write both as instants with an offset (2026-03-01T12:00:00Z), or both as local times of the place (2026-03-01T12:00).";
            Err(Problem::field(field, say))
        }
    }
}
