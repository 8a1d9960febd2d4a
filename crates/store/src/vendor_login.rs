//! Vendor logins: an account at a vendor, shared by the integrations that use it, its secret sealed.

use access::Instant;
use access::id::*;
use access::vendor::{Secret, Site};
use serde::Serialize;

use crate::chance;
use crate::error::{Error, Result};
use crate::lease;
use crate::record::{Act, Entry, record};
use crate::sql::{Arg, Row, Tx, args};
use crate::version::current;

/// Nobody renews a login for longer; a process that was killed meanwhile holds it no longer.
const RENEWAL_MS: i64 = 30_000;

/// A vendor login, without its secret.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct VendorLogin {
    /// Its id; also the key of the one limiter that all its integrations share.
    pub id: VendorLoginId,
    /// Which vendor.
    pub vendor: String,
    /// Same account, same owner, same key.
    pub account: String,
    /// As shown on the integration's card.
    pub shown: String,
    /// When the secret was last set.
    pub made_at: Instant,
}

/// Keeps a login that works; the same account again gets the new secret and stays the same login. Whoever renews the old secret just
/// now has lost it.
pub async fn keep(
    tx: &mut Tx,
    act: &Act,
    vendor: &str,
    account: &str,
    shown: &str,
    secret: &Secret,
) -> Result<VendorLoginId> {
    let row = tx
        .fetch_optional(
            "SELECT id FROM vendor_login WHERE network_id = $1 AND vendor = $2 AND account = $3",
            args![act.network, vendor, account],
        )
        .await?;
    let known = row.map(|row| row.id("id")).transpose()?;
    let id = known.unwrap_or_else(|| VendorLoginId::new(act.now, chance::for_id(act.now)));
    let sealed = tx.key().seal("vendor_login", &id.to_string(), act.network, secret);
    tx.execute(
        "INSERT INTO vendor_login (network_id, id, vendor, account, shown, secret, made_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (network_id, id) DO UPDATE SET
           shown = excluded.shown, secret = excluded.secret, made_at_ms = excluded.made_at_ms",
        args![act.network, id, vendor, account, shown, sealed, act.now],
    )
    .await?;
    lease::end(tx, act.network, &renewal(id)).await?;
    let action = if known.is_some() {
        "vendor_login.renewed"
    } else {
        "vendor_login.created"
    };
    let after = VendorLogin {
        id,
        vendor: vendor.to_owned(),
        account: account.to_owned(),
        shown: shown.to_owned(),
        made_at: act.now,
    };
    record(tx, act, Entry::new("vendor_login", action, id).after(&after), &[]).await?;
    Ok(id)
}

/// One login, without its secret.
pub async fn read(tx: &mut Tx, network: NetworkId, id: VendorLoginId) -> Result<VendorLogin> {
    tx.fetch_optional(
        "SELECT * FROM vendor_login WHERE network_id = $1 AND id = $2",
        args![network, id],
    )
    .await?
    .ok_or_else(|| Error::not_found(id))
    .and_then(|row| from_row(&row))
}

/// The secret itself, for the connector.
pub async fn secret(tx: &mut Tx, network: NetworkId, id: VendorLoginId) -> Result<Secret> {
    let row = tx
        .fetch_optional(
            "SELECT secret FROM vendor_login WHERE network_id = $1 AND id = $2",
            args![network, id],
        )
        .await?
        .ok_or_else(|| Error::not_found(id))?;
    tx.key()
        .open("vendor_login", &id.to_string(), network, &row.text("secret")?)
}

/// Takes a login for a renewal, with its secret as it is now; `None` while another process renews it. `token` is the taker's own
/// (`lease::token`); it gives the login back, or loses it after half a minute.
pub async fn borrow(tx: &mut Tx, network: NetworkId, id: VendorLoginId, token: &str) -> Result<Option<Secret>> {
    let kept = secret(tx, network, id).await?;
    let taken = lease::take(tx, network, &renewal(id), token, RENEWAL_MS).await?;
    Ok(taken.then_some(kept))
}

/// Gives a login back, with what its vendor made of its secret; that is of no use when somebody signed in anew meanwhile. The secret
/// changed by itself, so nobody is told (no audit entry).
pub async fn give_back(
    tx: &mut Tx,
    network: NetworkId,
    id: VendorLoginId,
    token: &str,
    changed: Option<&Secret>,
) -> Result<()> {
    let name = renewal(id);
    // Whoever took it over renews the secret from before, so what we have is the newer one; nobody's lease means a new sign-in.
    let newest = lease::give_back(tx, network, &name, token).await? || lease::stands(tx, network, &name).await?;
    let Some(changed) = changed.filter(|_| newest) else {
        return Ok(());
    };
    let sealed = tx.key().seal("vendor_login", &id.to_string(), network, changed);
    let touched = tx
        .execute(
            "UPDATE vendor_login SET secret = $3 WHERE network_id = $1 AND id = $2",
            args![network, id, sealed],
        )
        .await?;
    Error::unless_touched(touched, id)
}

fn renewal(id: VendorLoginId) -> String {
    format!("renew {id}")
}

/// The login of an integration: `$1` is the network, `$2` the integration.
pub(crate) const OF_INTEGRATION: &str = concat!(
    "SELECT l.* FROM vendor_login l JOIN integration i ON i.network_id = l.network_id AND i.vendor_login_id = l.id
     WHERE i.network_id = $1 AND i.id = $2 AND i.",
    current!()
);

/// A login with its secret.
pub(crate) fn opened(tx: &Tx, network: NetworkId, row: &Row) -> Result<(VendorLogin, Secret)> {
    let login = from_row(row)?;
    let secret = tx
        .key()
        .open("vendor_login", &login.id.to_string(), network, &row.text("secret")?)?;
    Ok((login, secret))
}

/// Keeps which sites the account has, as its vendor listed them while it was signed in.
pub async fn keep_sites(tx: &mut Tx, network: NetworkId, id: VendorLoginId, sites: &[Site]) -> Result<()> {
    let touched = tx
        .execute(
            "UPDATE vendor_login SET sites_json = $3 WHERE network_id = $1 AND id = $2",
            args![network, id, Arg::json(&sites)],
        )
        .await?;
    Error::unless_touched(touched, id)
}

/// The sites of the account at its last sign-in; none where its vendor has no sites, or was not asked for them.
pub async fn sites(tx: &mut Tx, network: NetworkId, id: VendorLoginId) -> Result<Vec<Site>> {
    tx.fetch_optional(
        "SELECT sites_json FROM vendor_login WHERE network_id = $1 AND id = $2",
        args![network, id],
    )
    .await?
    .ok_or_else(|| Error::not_found(id))?
    .json("sites_json")
}

/// All logins of a network, oldest first; at most 500.
pub async fn list(tx: &mut Tx, network: NetworkId) -> Result<Vec<VendorLogin>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM vendor_login WHERE network_id = $1 ORDER BY id LIMIT 500",
            args![network],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// Forgets a login and its secret. The caller has taken it off every integration.
pub async fn forget(tx: &mut Tx, act: &Act, id: VendorLoginId) -> Result<()> {
    let before = read(tx, act.network, id).await?;
    let used = tx
        .fetch_optional(
            concat!(
                "SELECT id FROM integration WHERE network_id = $1 AND vendor_login_id = $2 AND ",
                crate::version::current!()
            ),
            args![act.network, id],
        )
        .await?;
    if used.is_some() {
        return Err(Error::conflict("this login is still used by an integration"));
    }
    tx.execute(
        "DELETE FROM vendor_login WHERE network_id = $1 AND id = $2",
        args![act.network, id],
    )
    .await?;
    record(
        tx,
        act,
        Entry::new("vendor_login", "vendor_login.forgotten", id).before(&before),
        &[],
    )
    .await
}

fn from_row(row: &Row) -> Result<VendorLogin> {
    Ok(VendorLogin {
        id: row.id("id")?,
        vendor: row.text("vendor")?,
        account: row.text("account")?,
        shown: row.text("shown")?,
        made_at: row.at("made_at_ms")?,
    })
}
