//! Locations: sites with a zone (P-1). Versioned.

use access::Instant;
use access::facts::Grace;
use access::id::*;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::record::{Act, Entry, record};
use crate::sql::{Arg, Listed, Page, Row, Tx, args};
use crate::version::{Versions, current, versions};
use crate::wakeup::Lane;
use crate::{chance, concerned};

const VERSIONS: Versions = versions!("location", "id = $3");

/// What people set.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Details {
    /// As people call it.
    pub name: String,
    /// Where it stands.
    pub address: String,
    /// IANA name, as in `Europe/Berlin`; the caller has checked it.
    pub zone: String,
    /// Minutes around bookings where the resource says nothing else (P-22).
    pub grace: Grace,
    /// Weekly hours and closures, as the pages keep them; `null` when never set.
    pub opening_hours: serde_json::Value,
}

/// A location.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Location {
    /// Its id.
    pub id: LocationId,
    /// Since when it is as it is.
    pub since: Instant,
    /// What people set.
    pub details: Details,
}

/// A new location.
pub async fn create(tx: &mut Tx, act: &Act, details: &Details) -> Result<LocationId> {
    let id = LocationId::new(act.now, chance::for_id(act.now));
    insert(tx, act, id, details).await?;
    record(
        tx,
        act,
        Entry::new("location", "location.created", id).after(details),
        &[],
    )
    .await?;
    Ok(id)
}

/// Changes what people set. A new zone or grace wakes every integration, since windows everywhere may move.
pub async fn change(tx: &mut Tx, act: &Act, id: LocationId, details: &Details) -> Result<()> {
    let before = read(tx, act.network, id).await?;
    VERSIONS
        .end(tx, act.network, before.since, act.now, &[id.into()])
        .await?;
    insert(tx, act, id, details).await?;
    let moves = before.details.zone != details.zone || before.details.grace != details.grace;
    let wakes = if moves {
        concerned::everything(tx, act.network, Lane::Revoke).await?
    } else {
        Vec::new()
    };
    let entry = Entry::new("location", "location.changed", id)
        .before(&before.details)
        .after(details);
    record(tx, act, entry, &wakes).await
}

async fn insert(tx: &mut Tx, act: &Act, id: LocationId, details: &Details) -> Result<()> {
    tx.execute(
        "INSERT INTO location (network_id, id, known_from_ms, known_until_ms,
           name, address, zone, grace_before_minutes, grace_after_minutes, opening_hours)
         VALUES ($1, $2, $3, 9223372036854775807, $4, $5, $6, $7, $8, $9)",
        args![
            act.network,
            id,
            act.now,
            &details.name,
            &details.address,
            &details.zone,
            details.grace.before_minutes,
            details.grace.after_minutes,
            Arg::json(&details.opening_hours)
        ],
    )
    .await?;
    Ok(())
}

/// One location.
pub async fn read(tx: &mut Tx, network: NetworkId, id: LocationId) -> Result<Location> {
    find(tx, network, id).await?.ok_or_else(|| Error::not_found(id))
}

/// One location, if it is there.
pub async fn find(tx: &mut Tx, network: NetworkId, id: LocationId) -> Result<Option<Location>> {
    let row = tx
        .fetch_optional(
            concat!(
                "SELECT * FROM location WHERE network_id = $1 AND id = $2 AND ",
                current!()
            ),
            args![network, id],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// The locations of a network, oldest first.
pub async fn list(tx: &mut Tx, network: NetworkId, page: &Page) -> Result<Listed<Location>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT * FROM location WHERE network_id = $1 AND id > $2 AND ",
                current!(),
                " ORDER BY id LIMIT $3"
            ),
            args![network, page.after_id(), page.rows()],
        )
        .await?;
    let rows = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Listed::cut(rows, page, |location: &Location| location.id.to_string()))
}

fn from_row(row: &Row) -> Result<Location> {
    Ok(Location {
        id: row.id("id")?,
        since: row.at("known_from_ms")?,
        details: Details {
            name: row.text("name")?,
            address: row.text("address")?,
            zone: row.text("zone")?,
            grace: Grace {
                before_minutes: row.int("grace_before_minutes")?,
                after_minutes: row.int("grace_after_minutes")?,
            },
            opening_hours: row.json("opening_hours")?,
        },
    })
}
