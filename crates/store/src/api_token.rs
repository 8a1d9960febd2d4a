//! API tokens: programs that act for an account. Only the hash of a token is kept.

use access::Instant;
use access::id::*;
use access::vendor::Secret;
use serde::Serialize;

use crate::account::{self, Account};
use crate::error::{Error, Result};
use crate::record::{Act, Entry, record};
use crate::sql::{Row, Tx, args};
use crate::{chance, token};

/// A token, without its secret.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ApiToken {
    /// The tenant.
    pub network: NetworkId,
    /// Its id.
    pub id: TokenId,
    /// For whom it acts.
    pub account: AccountId,
    /// As its maker named it.
    pub name: String,
    /// When it was made.
    pub made_at: Instant,
    /// When it was last used, to the minute or so.
    pub used_at: Option<Instant>,
    /// It ends then; `None` while it is open-ended.
    pub ends_at: Option<Instant>,
}

/// A new token. Answers the secret, shown once and kept nowhere.
pub async fn create(
    tx: &mut Tx,
    act: &Act,
    account: AccountId,
    name: &str,
    ends_at: Option<Instant>,
) -> Result<(TokenId, Secret)> {
    account::read(tx, act.network, account).await?;
    let id = TokenId::new(act.now, chance::for_id(act.now));
    let secret = chance::token();
    tx.execute(
        "INSERT INTO api_token (network_id, id, account_id, name, token_hash, made_at_ms, ends_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![act.network, id, account, name, token::hash(&secret), act.now, ends_at],
    )
    .await?;
    let after = ApiToken {
        network: act.network,
        id,
        account,
        name: name.to_owned(),
        made_at: act.now,
        used_at: None,
        ends_at,
    };
    record(
        tx,
        act,
        Entry::new("api_token", "api_token.created", id).after(&after),
        &[],
    )
    .await?;
    Ok((id, secret))
}

/// Which token this secret is, with its account; ended ones are not found.
pub async fn by_secret(tx: &mut Tx, secret: &Secret, now: Instant) -> Result<Option<(ApiToken, Account)>> {
    let row = tx
        .fetch_optional(
            "SELECT * FROM api_token WHERE token_hash = $1 AND ended_at_ms IS NULL AND (ends_at_ms IS NULL OR ends_at_ms > $2)",
            args![token::hash(secret), now],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let token = from_row(&row)?;
    let account = account::read(tx, token.network, token.account).await?;
    Ok(account.ended_at.is_none().then_some((token, account)))
}

/// Notes that it is in use. Worth a write once a minute, not on every request.
pub async fn note_used(tx: &mut Tx, network: NetworkId, id: TokenId, now: Instant) -> Result<()> {
    tx.execute(
        "UPDATE api_token SET used_at_ms = $3 WHERE network_id = $1 AND id = $2",
        args![network, id, now],
    )
    .await?;
    Ok(())
}

/// The network's tokens that have not been ended, the newest first; at most 500.
pub async fn list(tx: &mut Tx, network: NetworkId) -> Result<Vec<ApiToken>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM api_token WHERE network_id = $1 AND ended_at_ms IS NULL ORDER BY id DESC LIMIT 500",
            args![network],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// Ends a token.
pub async fn end(tx: &mut Tx, act: &Act, id: TokenId) -> Result<()> {
    let ended = tx
        .execute(
            "UPDATE api_token SET ended_at_ms = $3 WHERE network_id = $1 AND id = $2 AND ended_at_ms IS NULL",
            args![act.network, id, act.now],
        )
        .await?;
    if ended == 0 {
        return Err(Error::not_found(id));
    }
    record(tx, act, Entry::new("api_token", "api_token.ended", id), &[]).await
}

/// Ends every token of an account.
pub(crate) async fn end_of_account(tx: &mut Tx, network: NetworkId, account: AccountId, now: Instant) -> Result<()> {
    tx.execute(
        "UPDATE api_token SET ended_at_ms = $3 WHERE network_id = $1 AND account_id = $2 AND ended_at_ms IS NULL",
        args![network, account, now],
    )
    .await?;
    Ok(())
}

fn from_row(row: &Row) -> Result<ApiToken> {
    Ok(ApiToken {
        network: row.id("network_id")?,
        id: row.id("id")?,
        account: row.id("account_id")?,
        name: row.text("name")?,
        made_at: row.at("made_at_ms")?,
        used_at: row.at_opt("used_at_ms")?,
        ends_at: row.at_opt("ends_at_ms")?,
    })
}
