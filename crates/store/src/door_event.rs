//! Door events: what happened at doors, by our own unlocks and as vendors tell.
//!
//! In: events with the vendor's id, or ours where the event is our own. Out: lists, newest first.
//! Always: the same event told twice is kept once.

use access::Instant;
use access::id::*;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::sql::{Arg, Listed, Page, Row, Tx, args};
use crate::{chance, integration};

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DoorEventKind {
    /// It opened for somebody.
    Opened,
    /// It did not.
    Refused,
    /// Nobody knows: no answer in time.
    Unknown,
    /// It was opened by force.
    Forced,
    /// It stays open too long.
    HeldOpen,
}

/// One event.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct DoorEvent {
    /// Its id.
    pub id: DoorEventId,
    /// At which account.
    pub integration: IntegrationId,
    /// At which door, if we know it.
    pub door: Option<DoorId>,
    /// Who, if we know them.
    pub person: Option<PersonId>,
    /// What.
    pub kind: DoorEventKind,
    /// In plain words: who as the vendor shows them, why it was refused.
    pub detail: String,
    /// When.
    pub at: Instant,
}

/// An event to keep.
#[derive(Clone, PartialEq, Debug)]
pub struct NewDoorEvent {
    /// The vendor's id of the event, or ours for our own unlocks: what makes it one event.
    pub external: String,
    /// At which account.
    pub integration: IntegrationId,
    /// At which door.
    pub door: Option<DoorId>,
    /// Who.
    pub person: Option<PersonId>,
    /// What.
    pub kind: DoorEventKind,
    /// In plain words.
    pub detail: String,
    /// When.
    pub at: Instant,
}

/// Keeps an event; `false` when it was known.
pub async fn keep(tx: &mut Tx, network: NetworkId, event: &NewDoorEvent) -> Result<bool> {
    integration::check_known(tx, network, event.integration).await?;
    let kept = tx
        .execute(
            "INSERT INTO door_event (network_id, id, integration_id, external, door_id, person_id, kind, ok, detail, at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (network_id, integration_id, external) DO NOTHING",
            args![
                network,
                DoorEventId::new(event.at, chance::for_id(event.at)),
                event.integration,
                &event.external,
                event.door,
                event.person,
                Arg::word(&event.kind),
                event.kind == DoorEventKind::Opened,
                &event.detail,
                event.at,
            ],
        )
        .await?;
    Ok(kept == 1)
}

/// The outcome of a press that was kept when it began; kept as a whole when that failed.
pub async fn conclude(tx: &mut Tx, network: NetworkId, event: &NewDoorEvent) -> Result<()> {
    if keep(tx, network, event).await? {
        return Ok(());
    }
    tx.execute(
        "UPDATE door_event SET kind = $4, ok = $5, detail = $6 WHERE network_id = $1 AND integration_id = $2 AND external = $3",
        args![
            network,
            event.integration,
            &event.external,
            Arg::word(&event.kind),
            event.kind == DoorEventKind::Opened,
            &event.detail,
        ],
    )
    .await?;
    Ok(())
}

/// Has an own unlock of this person (`None`: of anybody) at this door been kept within a span? The vendor's telling of it is then the same event, also
/// when it comes before the outcome is kept.
pub async fn own_near(
    tx: &mut Tx,
    network: NetworkId,
    door: DoorId,
    person: Option<PersonId>,
    kind: DoorEventKind,
    from: Instant,
    until: Instant,
) -> Result<bool> {
    let row = tx
        .fetch_optional(
            "SELECT 1 AS one FROM door_event WHERE network_id = $1 AND door_id = $2 AND ($3 IS NULL OR person_id = $3)
             AND kind IN ($4, 'unknown') AND at_ms >= $5 AND at_ms <= $6 AND external LIKE 'own-%' LIMIT 1",
            args![network, door, person, Arg::word(&kind), from, until],
        )
        .await?;
    Ok(row.is_some())
}

/// Events of the network, the newest first.
pub async fn list(tx: &mut Tx, network: NetworkId, page: &Page) -> Result<Listed<DoorEvent>> {
    let (at, id) = page.after_at()?.unwrap_or((i64::MAX, "~"));
    let rows = tx
        .fetch_all(
            "SELECT * FROM door_event WHERE network_id = $1 AND (at_ms < $2 OR (at_ms = $2 AND id < $3))
             ORDER BY at_ms DESC, id DESC LIMIT $4",
            args![network, at, id, page.rows()],
        )
        .await?;
    cut(&rows, page)
}

/// Events of one account, the newest first.
pub async fn of_integration(
    tx: &mut Tx,
    network: NetworkId,
    integration: IntegrationId,
    page: &Page,
) -> Result<Listed<DoorEvent>> {
    let (at, id) = page.after_at()?.unwrap_or((i64::MAX, "~"));
    let rows = tx
        .fetch_all(
            "SELECT * FROM door_event WHERE network_id = $1 AND integration_id = $2 AND (at_ms < $3 OR (at_ms = $3 AND id < $4))
             ORDER BY at_ms DESC, id DESC LIMIT $5",
            args![network, integration, at, id, page.rows()],
        )
        .await?;
    cut(&rows, page)
}

/// Events of one person, the newest first.
pub async fn of_person(tx: &mut Tx, network: NetworkId, person: PersonId, page: &Page) -> Result<Listed<DoorEvent>> {
    let (at, id) = page.after_at()?.unwrap_or((i64::MAX, "~"));
    let rows = tx
        .fetch_all(
            "SELECT * FROM door_event WHERE network_id = $1 AND person_id = $2 AND (at_ms < $3 OR (at_ms = $3 AND id < $4))
             ORDER BY at_ms DESC, id DESC LIMIT $5",
            args![network, person, at, id, page.rows()],
        )
        .await?;
    cut(&rows, page)
}

/// Events of one door, the newest first.
pub async fn of_door(tx: &mut Tx, network: NetworkId, door: DoorId, page: &Page) -> Result<Listed<DoorEvent>> {
    let (at, id) = page.after_at()?.unwrap_or((i64::MAX, "~"));
    let rows = tx
        .fetch_all(
            "SELECT * FROM door_event WHERE network_id = $1 AND door_id = $2 AND (at_ms < $3 OR (at_ms = $3 AND id < $4))
             ORDER BY at_ms DESC, id DESC LIMIT $5",
            args![network, door, at, id, page.rows()],
        )
        .await?;
    cut(&rows, page)
}

fn cut(rows: &[Row], page: &Page) -> Result<Listed<DoorEvent>> {
    let events = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Listed::cut(events, page, |event: &DoorEvent| {
        format!("{}|{}", event.at.ms(), event.id)
    }))
}

fn from_row(row: &Row) -> Result<DoorEvent> {
    Ok(DoorEvent {
        id: row.id("id")?,
        integration: row.id("integration_id")?,
        door: row.id_opt("door_id")?,
        person: row.id_opt("person_id")?,
        kind: row.word("kind")?,
        detail: row.text("detail")?,
        at: row.at("at_ms")?,
    })
}
