//! Facts for the questions of the Access pages and the API (P-28): for a moment now, to come, or past.
//!
//! In: whom or which door, and the moment asked about. Out: facts as of then when it is past, else as known now.
//! Why so: "why could he not get in yesterday" is answered with what was known yesterday.

use access::Instant;
use access::facts::Facts;
use access::id::*;
use jiff::tz::TimeZone;
use store::Tx;
use store::facts::{As, load_for, load_integration, load_person};

use crate::words::dates;

/// As known at a moment that is past, else as known now.
pub const fn as_of(at: Instant, now: Instant) -> As {
    if at.ms() < now.ms() {
        As::Of(at)
    } else {
        As::Known { now }
    }
}

/// One person's world, for a moment.
pub async fn of_person(
    tx: &mut Tx,
    network: NetworkId,
    person: PersonId,
    at: Instant,
    now: Instant,
) -> Result<Facts, store::Error> {
    load_person(tx, network, person, as_of(at, now)).await
}

/// One person's world and one door's, for a moment.
pub async fn of_person_and_door(
    tx: &mut Tx,
    network: NetworkId,
    person: PersonId,
    door: DoorId,
    at: Instant,
    now: Instant,
) -> Result<Facts, store::Error> {
    load_for(tx, network, person, door, as_of(at, now)).await
}

/// What concerns one account, for a moment: enough for decisions about its doors.
pub async fn of_integration(
    tx: &mut Tx,
    network: NetworkId,
    integration: IntegrationId,
    at: Instant,
    now: Instant,
) -> Result<Facts, store::Error> {
    load_integration(tx, network, integration, as_of(at, now)).await
}

/// The location a door's account is for.
pub fn location_of_door(facts: &Facts, door: DoorId) -> Option<LocationId> {
    let door = facts.doors.iter().find(|one| one.id == door)?;
    facts
        .integrations
        .iter()
        .find(|one| one.id == door.integration)
        .map(|one| one.location)
}

/// The zone of a door's location; UTC when the facts do not know the door.
pub fn zone_of_door(facts: &Facts, door: DoorId) -> TimeZone {
    let location = location_of_door(facts, door);
    let known = facts.locations.iter().find(|one| Some(one.id) == location);
    known.map_or(TimeZone::UTC, |location| dates::zone(&location.zone))
}
