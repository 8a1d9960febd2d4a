//! Idempotency keys: a request that is repeated with its key gets the first answer again (P-50).
//!
//! Always: the answer is kept in the transaction of what it answers for.

use access::Instant;
use access::id::NetworkId;

use crate::error::{Error, Result};
use crate::sql::{Tx, args};

/// A kept answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// The HTTP status, opaque here.
    pub status: i64,
    /// The body.
    pub body: String,
}

/// The answer kept for a key. The same key with another request is a `Conflict`.
pub async fn find(tx: &mut Tx, network: NetworkId, key: &str, request_hash: &str) -> Result<Option<Answer>> {
    let row = tx
        .fetch_optional(
            "SELECT request_hash, status, answer FROM idempotency WHERE network_id = $1 AND key = $2",
            args![network, key],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    if row.text("request_hash")? != request_hash {
        return Err(Error::conflict("this idempotency key was used for another request"));
    }
    Ok(Some(Answer {
        status: row.int("status")?,
        body: row.text("answer")?,
    }))
}

/// Keeps the answer for a key. A key that was kept meanwhile is `Busy`: the caller rolls back and finds the answer.
pub async fn keep(
    tx: &mut Tx,
    network: NetworkId,
    key: &str,
    request_hash: &str,
    answer: &Answer,
    now: Instant,
) -> Result<()> {
    let kept = tx
        .execute(
            "INSERT INTO idempotency (network_id, key, request_hash, status, answer, made_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (network_id, key) DO NOTHING",
            args![network, key, request_hash, answer.status, &answer.body, now],
        )
        .await?;
    if kept == 0 {
        Err(Error::busy("the same request is being answered just now"))
    } else {
        Ok(())
    }
}

/// Drops keys made before an instant, in every network.
pub async fn tidy(tx: &mut Tx, made_before: Instant) -> Result<u64> {
    tx.execute("DELETE FROM idempotency WHERE made_at_ms < $1", args![made_before])
        .await
}
