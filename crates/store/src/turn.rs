//! Turns: racing makers of a thing that may be there only once queue, and each looks when the one before is done.
//!
//! Why so: on PostgreSQL two transactions may both look, both find nothing and both make it. Counting up one row first makes
//! the second wait until the first has committed; what it reads from then on shows what the first made. On SQLite writers
//! queue anyway.

use access::id::NetworkId;

use crate::error::Result;
use crate::sql::{Tx, args};

/// Waits for its turn at a named thing of a network; it ends with the transaction.
pub async fn of_network(tx: &mut Tx, network: NetworkId, name: &str) -> Result<()> {
    count_up(tx, &network.to_string(), name).await
}

/// The same for what an installation has once.
pub(crate) async fn of_installation(tx: &mut Tx, name: &str) -> Result<()> {
    count_up(tx, "", name).await
}

async fn count_up(tx: &mut Tx, network: &str, name: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO turn (network_id, name, turns) VALUES ($1, $2, 1)
         ON CONFLICT (network_id, name) DO UPDATE SET turns = turn.turns + 1",
        args![network, name],
    )
    .await?;
    Ok(())
}
