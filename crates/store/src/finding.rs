//! Findings: typed troubles that are open until a round no longer notices them (P-42).
//!
//! In: the notes of a round and how far it looked. Out: open findings for pages and counts.
//! Always: at most one open finding per trouble; one is resolved only by a round that looked there.

use access::Instant;
use access::change::Note;
use access::id::*;
use serde::Serialize;

use crate::error::Result;
use crate::record::Act;
use crate::sql::{Arg, Row, Tx, args};
use crate::{chance, integration};

/// A trouble.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Finding {
    /// Its id.
    pub id: FindingId,
    /// Where.
    pub integration: IntegrationId,
    /// Whose matter, if one person's.
    pub person: Option<PersonId>,
    /// What.
    pub note: Note,
    /// Noticed first.
    pub first_at: Instant,
    /// Noticed last.
    pub last_at: Instant,
    /// No longer noticed since.
    pub resolved_at: Option<Instant>,
}

/// How far a round looked: what it did not look at stays open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Looked {
    /// At one person.
    Person(PersonId),
    /// At groups and doors as they were last read: what is mapped may have changed since.
    Place,
    /// At everything, with a complete reading of the vendor.
    Everything,
    /// Nothing is resolved: only what is noticed is noted.
    Partly,
}

/// Opens what is new, and resolves what was looked at and is no longer noticed. Writes nothing when all is as before.
pub async fn settle(tx: &mut Tx, act: &Act, integration: IntegrationId, looked: Looked, notes: &[Note]) -> Result<()> {
    integration::check_known(tx, act.network, integration).await?;
    let open = open_of(tx, act.network, integration).await?;
    for note in notes
        .iter()
        .filter(|note| !open.iter().any(|finding| finding.note == **note))
    {
        tx.execute(
            "INSERT INTO finding (network_id, id, integration_id, person_id, key, note_json, first_at_ms, last_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (network_id, integration_id, key) WHERE resolved_at_ms IS NULL DO UPDATE SET last_at_ms = excluded.last_at_ms",
            args![
                act.network,
                FindingId::new(act.now, chance::for_id(act.now)),
                integration,
                person_of(note),
                key(note),
                Arg::json(note),
                act.now,
                act.now,
            ],
        )
        .await?;
        tx.wakes();
    }
    for finding in &open {
        let seen = match looked {
            Looked::Everything => true,
            Looked::Person(person) => finding.person == Some(person),
            Looked::Place => is_of_place(&finding.note),
            Looked::Partly => false,
        };
        if seen && !notes.contains(&finding.note) {
            tx.execute(
                "UPDATE finding SET resolved_at_ms = $3 WHERE network_id = $1 AND id = $2",
                args![act.network, finding.id, act.now],
            )
            .await?;
            tx.wakes();
        }
    }
    Ok(())
}

/// Resolves everything of an account that was left.
pub async fn forget(tx: &mut Tx, act: &Act, integration: IntegrationId) -> Result<()> {
    settle(tx, act, integration, Looked::Everything, &[]).await
}

/// Open ones of an account, the oldest first; at most 1,000.
pub async fn open_of(tx: &mut Tx, network: NetworkId, integration: IntegrationId) -> Result<Vec<Finding>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM finding WHERE network_id = $1 AND integration_id = $2 AND resolved_at_ms IS NULL ORDER BY id LIMIT 1000",
            args![network, integration],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// Open ones about one person: `$1` is the network, `$2` the integration, `$3` the person.
pub(crate) const OPEN_OF_PERSON: &str = "SELECT * FROM finding
     WHERE network_id = $1 AND integration_id = $2 AND resolved_at_ms IS NULL AND person_id = $3 ORDER BY id LIMIT 1000";

/// Open ones of the network, the oldest first; at most 1,000.
pub async fn open(tx: &mut Tx, network: NetworkId) -> Result<Vec<Finding>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM finding WHERE network_id = $1 AND resolved_at_ms IS NULL ORDER BY id LIMIT 1000",
            args![network],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// How many are open in the network.
pub async fn count_open(tx: &mut Tx, network: NetworkId) -> Result<u64> {
    let row = tx
        .fetch_optional(
            "SELECT count(*) AS open FROM finding WHERE network_id = $1 AND resolved_at_ms IS NULL",
            args![network],
        )
        .await?;
    row.map_or(Ok(0), |row| Ok(row.int("open")?.unsigned_abs()))
}

/// Is it about a group or a door itself?
const fn is_of_place(note: &Note) -> bool {
    match note {
        Note::GroupGone { .. }
        | Note::GroupWithoutLocks { .. }
        | Note::GroupRestriction { .. }
        | Note::DoorRestriction { .. } => true,
        Note::Unconfirmed { .. }
        | Note::HolderDisabled { .. }
        | Note::Refused { .. }
        | Note::ForeignMember { .. }
        | Note::WindowsIgnored
        | Note::SeatsShort { .. }
        | Note::SeatsTaken { .. }
        | Note::SignInNeeded => false,
    }
}

/// Whose matter a trouble is, if one person's.
const fn person_of(note: &Note) -> Option<PersonId> {
    match note {
        Note::Unconfirmed { person } | Note::HolderDisabled { person } | Note::Refused { person, .. } => Some(*person),
        Note::GroupGone { .. }
        | Note::GroupWithoutLocks { .. }
        | Note::ForeignMember { .. }
        | Note::GroupRestriction { .. }
        | Note::DoorRestriction { .. }
        | Note::WindowsIgnored
        | Note::SeatsShort { .. }
        | Note::SeatsTaken { .. }
        | Note::SignInNeeded => None,
    }
}

/// The trouble itself, as text: the same trouble has the same key.
fn key(note: &Note) -> String {
    serde_json::to_string(note).expect("plain data has a JSON form")
}

pub(crate) fn from_row(row: &Row) -> Result<Finding> {
    Ok(Finding {
        id: row.id("id")?,
        integration: row.id("integration_id")?,
        person: row.id_opt("person_id")?,
        note: row.json("note_json")?,
        first_at: row.at("first_at_ms")?,
        last_at: row.at("last_at_ms")?,
        resolved_at: row.at_opt("resolved_at_ms")?,
    })
}
