//! Leases: one node at a time may do a named thing, such as work one vendor login, by the lease clock of `wakeup.rs`.

use access::id::NetworkId;

use crate::error::Result;
use crate::sql::{Tx, args};
use crate::wakeup;

/// Takes, or renews, the lease of a name for `for_ms`. `token` is the taker's own and stays the same while it renews.
/// `false` while somebody else holds it.
pub async fn take(tx: &mut Tx, network: NetworkId, name: &str, token: &str, for_ms: i64) -> Result<bool> {
    let now = wakeup::lease_now(tx).await?;
    let taken = tx
        .execute(
            "INSERT INTO lease (network_id, name, token, until_ms) VALUES ($1, $2, $3, $4)
             ON CONFLICT (network_id, name) DO UPDATE SET token = excluded.token, until_ms = excluded.until_ms
             WHERE lease.token = excluded.token OR lease.until_ms <= $5",
            args![network, name, token, now.plus_ms(for_ms), now],
        )
        .await?;
    Ok(taken == 1)
}

/// Gives a lease back; `false`, and nothing happens, when it was lost.
pub async fn give_back(tx: &mut Tx, network: NetworkId, name: &str, token: &str) -> Result<bool> {
    let given = tx
        .execute(
            "DELETE FROM lease WHERE network_id = $1 AND name = $2 AND token = $3",
            args![network, name, token],
        )
        .await?;
    Ok(given == 1)
}

/// Does somebody hold the lease of a name, or did nobody give it back?
pub async fn stands(tx: &mut Tx, network: NetworkId, name: &str) -> Result<bool> {
    let row = tx
        .fetch_optional(
            "SELECT 1 AS one FROM lease WHERE network_id = $1 AND name = $2",
            args![network, name],
        )
        .await?;
    Ok(row.is_some())
}

/// Ends the lease of a name, whoever holds it.
pub async fn end(tx: &mut Tx, network: NetworkId, name: &str) -> Result<()> {
    tx.execute(
        "DELETE FROM lease WHERE network_id = $1 AND name = $2",
        args![network, name],
    )
    .await?;
    Ok(())
}

/// A token for a taker.
pub fn token() -> String {
    wakeup::token_text()
}
