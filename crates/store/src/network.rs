//! Networks: one brand, one tenant (P-1).

use access::Instant;
use access::id::NetworkId;
use serde::{Deserialize, Serialize};

use crate::chance;
use crate::error::{Error, Result};
use crate::record::{Act, Actor, Entry, record};
use crate::sql::{Row, Tx, args};
use crate::turn;

/// What people set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Details {
    /// As shown.
    pub name: String,
    /// The brand's colour for pages, as `#rrggbb`.
    pub accent: String,
}

/// A network.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Network {
    /// Its id.
    pub id: NetworkId,
    /// What people set.
    pub details: Details,
}

/// A new network.
pub async fn create(tx: &mut Tx, now: Instant, details: &Details) -> Result<NetworkId> {
    let id = NetworkId::new(now, chance::for_id(now));
    tx.execute(
        "INSERT INTO network (network_id, name, accent, created_at_ms) VALUES ($1, $2, $3, $4)",
        args![id, &details.name, &details.accent, now],
    )
    .await?;
    let act = Act::new(id, now, Actor::Setup);
    let entry = Entry::new("network", "network.created", id).after(details);
    record(tx, &act, entry, &[]).await?;
    Ok(id)
}

/// The first network of an installation. Of several that are made at the same time one is; the others are a `Conflict`.
pub async fn create_first(tx: &mut Tx, now: Instant, details: &Details) -> Result<NetworkId> {
    turn::of_installation(tx, "first network").await?;
    if any(tx).await? {
        return Err(Error::conflict("this installation is set up already"));
    }
    create(tx, now, details).await
}

/// Changes what people set.
pub async fn change(tx: &mut Tx, act: &Act, details: &Details) -> Result<()> {
    let before = read(tx, act.network).await?;
    tx.execute(
        "UPDATE network SET name = $2, accent = $3 WHERE network_id = $1",
        args![act.network, &details.name, &details.accent],
    )
    .await?;
    let entry = Entry::new("network", "network.changed", act.network)
        .before(&before.details)
        .after(details);
    record(tx, act, entry, &[]).await
}

/// One network.
pub async fn read(tx: &mut Tx, network: NetworkId) -> Result<Network> {
    tx.fetch_optional(
        "SELECT network_id, name, accent FROM network WHERE network_id = $1",
        args![network],
    )
    .await?
    .ok_or_else(|| Error::not_found(network))
    .and_then(|row| from_row(&row))
}

/// Is there any network yet? Its "no" is the first-run page.
pub async fn any(tx: &mut Tx) -> Result<bool> {
    let row = tx
        .fetch_optional("SELECT 1 AS one FROM network LIMIT 1", Vec::new())
        .await?;
    Ok(row.is_some())
}

/// The network of an installation that holds exactly one.
pub async fn only(tx: &mut Tx) -> Result<Option<Network>> {
    let rows = tx
        .fetch_all(
            "SELECT network_id, name, accent FROM network ORDER BY network_id LIMIT 2",
            Vec::new(),
        )
        .await?;
    match rows.as_slice() {
        [one] => from_row(one).map(Some),
        _ => Ok(None),
    }
}

/// Every network of this installation, oldest first; at most 1,000.
pub async fn all(tx: &mut Tx) -> Result<Vec<Network>> {
    let rows = tx
        .fetch_all(
            "SELECT network_id, name, accent FROM network ORDER BY network_id LIMIT 1000",
            Vec::new(),
        )
        .await?;
    rows.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<Network> {
    let details = Details {
        name: row.text("name")?,
        accent: row.text("accent")?,
    };
    Ok(Network {
        id: row.id("network_id")?,
        details,
    })
}
