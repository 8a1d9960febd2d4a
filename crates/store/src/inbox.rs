//! The inbox: what vendors' webhooks brought, raw, until the worker has looked at it.
//!
//! In: headers and body as they came. Out: the oldest one for the worker.
//! Why so: the answer to a vendor must be quick and durable; whether it is signed, and what it means, is for the connector.
//! Always: bounded: a body of at most 64 KiB, and at most 1,000 waiting per account; content is a hint only (P-30).

use access::Instant;
use access::id::*;

use crate::error::{Error, Result};
use crate::sql::{Arg, Row, Tx, args};
use crate::{chance, integration};

/// The largest body that is kept, in bytes.
pub const LARGEST_BODY: usize = 64 * 1024;
/// The most that may wait for one account.
const MOST_WAITING: i64 = 1_000;

/// One request as it came.
#[derive(Clone, PartialEq, Debug)]
pub struct Letter {
    /// The tenant.
    pub network: NetworkId,
    /// Its id.
    pub id: JobId,
    /// For which account.
    pub integration: IntegrationId,
    /// Headers with lower-case names.
    pub headers: Vec<(String, String)>,
    /// The body, exactly.
    pub body: String,
    /// When it came.
    pub at: Instant,
}

/// Keeps a request. `Busy` when too many wait, so that the vendor sends it again.
pub async fn keep(
    tx: &mut Tx,
    network: NetworkId,
    integration: IntegrationId,
    headers: &[(String, String)],
    body: &str,
    now: Instant,
) -> Result<JobId> {
    if body.len() > LARGEST_BODY {
        return Err(Error::invalid("this body is too large to be an event"));
    }
    integration::check_known(tx, network, integration).await?;
    let waiting = tx
        .fetch_optional(
            "SELECT count(*) AS waiting FROM inbox WHERE network_id = $1 AND integration_id = $2",
            args![network, integration],
        )
        .await?
        .map_or(Ok(0), |row| row.int("waiting"))?;
    if waiting >= MOST_WAITING {
        return Err(Error::busy("too many events wait to be looked at; send it again later"));
    }
    let id = JobId::new(now, chance::for_id(now));
    tx.execute(
        "INSERT INTO inbox (network_id, id, integration_id, headers_json, body, at_ms) VALUES ($1, $2, $3, $4, $5, $6)",
        args![network, id.to_string(), integration, Arg::json(&headers), body, now],
    )
    .await?;
    tx.wakes();
    Ok(id)
}

/// The oldest that wait, over all networks; at most 100.
pub async fn oldest(tx: &mut Tx) -> Result<Vec<Letter>> {
    let rows = tx
        .fetch_all("SELECT * FROM inbox ORDER BY id LIMIT 100", Vec::new())
        .await?;
    rows.iter().map(from_row).collect()
}

/// Looked at.
pub async fn done(tx: &mut Tx, network: NetworkId, id: JobId) -> Result<()> {
    tx.execute(
        "DELETE FROM inbox WHERE network_id = $1 AND id = $2",
        args![network, id.to_string()],
    )
    .await?;
    Ok(())
}

fn from_row(row: &Row) -> Result<Letter> {
    Ok(Letter {
        network: row.id("network_id")?,
        id: row.id("id")?,
        integration: row.id("integration_id")?,
        headers: row.json("headers_json")?,
        body: row.text("body")?,
        at: row.at("at_ms")?,
    })
}
