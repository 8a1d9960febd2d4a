//! Sessions: signed-in browsers. Only the hash of a session's token is kept.
//!
//! Always: a session that has ended, or whose account has, is not found. Looking one up by its token is one of the few
//! questions asked without a tenant: the token itself says whose it is.

use access::Instant;
use access::id::*;
use access::vendor::Secret;
use serde::Serialize;

use crate::account::{self, Account};
use crate::error::{Error, Result};
use crate::sql::{Row, Tx, args};
use crate::{chance, token};

/// A session to be.
#[derive(Clone, PartialEq, Debug)]
pub struct NewSession {
    /// Whose.
    pub account: AccountId,
    /// It ends then at the latest.
    pub ends_at: Instant,
    /// The browser, as it names itself; cut to 200 characters.
    pub device: String,
    /// Where it signed in from.
    pub address: String,
}

/// A signed-in browser.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Session {
    /// The tenant.
    pub network: NetworkId,
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub account: AccountId,
    /// When it signed in.
    pub made_at: Instant,
    /// When it was last used, to the minute or so.
    pub seen_at: Instant,
    /// When somebody last proved to be the account's owner: a fresh login.
    pub fresh_at: Instant,
    /// It ends then at the latest.
    pub ends_at: Instant,
    /// The browser, as it names itself.
    pub device: String,
    /// Where it signed in from.
    pub address: String,
}

/// A new session. Answers the token for the cookie, which is kept nowhere.
pub async fn create(tx: &mut Tx, network: NetworkId, new: &NewSession, now: Instant) -> Result<(SessionId, Secret)> {
    account::read(tx, network, new.account).await?;
    let id = SessionId::new(now, chance::for_id(now));
    let secret = chance::token();
    tx.execute(
        "INSERT INTO session (network_id, id, account_id, token_hash, made_at_ms, seen_at_ms, fresh_at_ms, ends_at_ms, device, address)
         VALUES ($1, $2, $3, $4, $5, $5, $5, $6, $7, $8)",
        args![
            network,
            id,
            new.account,
            token::hash(&secret),
            now,
            new.ends_at,
            new.device.chars().take(200).collect::<String>(),
            &new.address
        ],
    )
    .await?;
    Ok((id, secret))
}

/// Whose session this token is, with the account; idle for longer than `idle_ms` counts as ended.
pub async fn by_token(tx: &mut Tx, secret: &Secret, now: Instant, idle_ms: i64) -> Result<Option<(Session, Account)>> {
    let row = tx
        .fetch_optional(
            "SELECT * FROM session WHERE token_hash = $1 AND ends_at_ms > $2 AND seen_at_ms > $3",
            args![token::hash(secret), now, now.plus_ms(-idle_ms)],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let session = from_row(&row)?;
    let account = account::read(tx, session.network, session.account).await?;
    Ok(account.ended_at.is_none().then_some((session, account)))
}

/// Notes that it is in use. Worth a write once a minute, not on every request.
pub async fn note_seen(tx: &mut Tx, network: NetworkId, id: SessionId, now: Instant) -> Result<()> {
    tx.execute(
        "UPDATE session SET seen_at_ms = $3 WHERE network_id = $1 AND id = $2",
        args![network, id, now],
    )
    .await?;
    Ok(())
}

/// Notes a fresh login, and answers the new token that replaces the old one.
pub async fn note_fresh(tx: &mut Tx, network: NetworkId, id: SessionId, now: Instant) -> Result<Secret> {
    let secret = chance::token();
    let touched = tx
        .execute(
            "UPDATE session SET fresh_at_ms = $3, seen_at_ms = $3, token_hash = $4 WHERE network_id = $1 AND id = $2",
            args![network, id, now, token::hash(&secret)],
        )
        .await?;
    Error::unless_touched(touched, id)?;
    Ok(secret)
}

/// The sessions of an account that have not ended, the newest first; at most 200.
pub async fn list(tx: &mut Tx, network: NetworkId, account: AccountId, now: Instant) -> Result<Vec<Session>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM session WHERE network_id = $1 AND account_id = $2 AND ends_at_ms > $3 ORDER BY id DESC LIMIT 200",
            args![network, account, now],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// Signs it out.
pub async fn end(tx: &mut Tx, network: NetworkId, id: SessionId) -> Result<()> {
    tx.execute(
        "DELETE FROM session WHERE network_id = $1 AND id = $2",
        args![network, id],
    )
    .await?;
    Ok(())
}

/// Signs an account out everywhere.
pub async fn end_of_account(tx: &mut Tx, network: NetworkId, account: AccountId) -> Result<()> {
    tx.execute(
        "DELETE FROM session WHERE network_id = $1 AND account_id = $2",
        args![network, account],
    )
    .await?;
    Ok(())
}

/// Signs a person out everywhere.
pub(crate) async fn end_of_person(tx: &mut Tx, network: NetworkId, person: PersonId) -> Result<()> {
    tx.execute(
        "DELETE FROM session WHERE network_id = $1
           AND account_id IN (SELECT id FROM account WHERE network_id = $1 AND person_id = $2)",
        args![network, person],
    )
    .await?;
    Ok(())
}

/// Drops sessions that ended before `now`, in every network.
pub async fn tidy(tx: &mut Tx, now: Instant) -> Result<u64> {
    tx.execute("DELETE FROM session WHERE ends_at_ms <= $1", args![now])
        .await
}

fn from_row(row: &Row) -> Result<Session> {
    Ok(Session {
        network: row.id("network_id")?,
        id: row.id("id")?,
        account: row.id("account_id")?,
        made_at: row.at("made_at_ms")?,
        seen_at: row.at("seen_at_ms")?,
        fresh_at: row.at("fresh_at_ms")?,
        ends_at: row.at("ends_at_ms")?,
        device: row.text("device")?,
        address: row.text("address")?,
    })
}
