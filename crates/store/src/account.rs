//! Accounts: logins to our pages, of staff and of members.
//!
//! Always: the password is kept as an argon2id hash, the second factor sealed; a second-factor step is accepted once;
//! ending an account or changing its role ends its sessions and tokens in the same transaction.

use access::Instant;
use access::id::*;
use access::vendor::Secret;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::record::{Act, Entry, record};
use crate::sql::{Arg, Row, Tx, args};
use crate::{api_token, chance, person, session};

/// What an account may do (P-2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything; one per network.
    Owner,
    /// What its permissions say.
    Administrator,
    /// A member's own pages.
    Member,
}

/// What people set.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Details {
    /// The person it belongs to, if it belongs to one; members always do.
    pub person: Option<PersonId>,
    /// Lower-case; signs in with it.
    pub email: String,
    /// As shown.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// An administrator's areas and locations, in the words of the pages' permission check; `null` for others.
    pub permissions: serde_json::Value,
}

/// An account, without password and second factor.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// What people set.
    pub details: Details,
    /// Has it a password?
    pub has_password: bool,
    /// Has it a second factor?
    pub has_totp: bool,
    /// Failed sign-ins in a row.
    pub failed: u32,
    /// Soft lock: no password is looked at before this.
    pub locked_until: Option<Instant>,
    /// When it was made.
    pub made_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
}

/// A new account. An e-mail that already signs in here is a `Conflict`.
pub async fn create(tx: &mut Tx, act: &Act, details: &Details) -> Result<AccountId> {
    let id = AccountId::new(act.now, chance::for_id(act.now));
    if let Some(person) = details.person {
        person::read(tx, act.network, person).await?;
    }
    let email = details.email.trim().to_lowercase();
    if by_email(tx, act.network, &email).await?.is_some() {
        return Err(Error::conflict(format!("{email} already signs in here")));
    }
    tx.execute(
        "INSERT INTO account (network_id, id, person_id, email, name, role, permissions_json, totp_step, failed, made_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8)",
        args![
            act.network,
            id,
            details.person,
            &email,
            &details.name,
            Arg::word(&details.role),
            details.permissions.to_string(),
            act.now
        ],
    )
    .await
    .map_err(|why| why.when_conflict(format!("{email} already signs in here")))?;
    record(
        tx,
        act,
        Entry::new("account", "account.created", id)
            .of(details.person)
            .after(details),
        &[],
    )
    .await?;
    Ok(id)
}

/// Changes what people set. Another role, other permissions or another e-mail end its sessions.
pub async fn change(tx: &mut Tx, act: &Act, id: AccountId, details: &Details) -> Result<()> {
    let before = read(tx, act.network, id).await?.details;
    if let Some(person) = details.person {
        person::read(tx, act.network, person).await?;
    }
    let email = details.email.trim().to_lowercase();
    tx.execute(
        "UPDATE account SET person_id = $3, email = $4, name = $5, role = $6, permissions_json = $7
         WHERE network_id = $1 AND id = $2",
        args![
            act.network,
            id,
            details.person,
            &email,
            &details.name,
            Arg::word(&details.role),
            details.permissions.to_string()
        ],
    )
    .await
    .map_err(|why| why.when_conflict(format!("{email} already signs in here")))?;
    if (before.role, &before.permissions, &before.email) != (details.role, &details.permissions, &email) {
        session::end_of_account(tx, act.network, id).await?;
    }
    let entry = Entry::new("account", "account.changed", id)
        .of(details.person)
        .before(&before)
        .after(details);
    record(tx, act, entry, &[]).await
}

/// Ends it: no sign-in, no session, no token any more.
pub async fn end(tx: &mut Tx, act: &Act, id: AccountId) -> Result<()> {
    let before = read(tx, act.network, id).await?.details;
    tx.execute(
        "UPDATE account SET ended_at_ms = $3 WHERE network_id = $1 AND id = $2 AND ended_at_ms IS NULL",
        args![act.network, id, act.now],
    )
    .await?;
    session::end_of_account(tx, act.network, id).await?;
    api_token::end_of_account(tx, act.network, id, act.now).await?;
    record(
        tx,
        act,
        Entry::new("account", "account.ended", id)
            .of(before.person)
            .before(&before),
        &[],
    )
    .await
}

/// Sets the password by its hash (see [`crate::password`]); ends all its sessions, so a stolen one is worth nothing.
pub async fn set_password(tx: &mut Tx, act: &Act, id: AccountId, hash: &str) -> Result<()> {
    let person = read(tx, act.network, id).await?.details.person;
    tx.execute(
        "UPDATE account SET password_hash = $3, failed = 0, locked_until_ms = NULL WHERE network_id = $1 AND id = $2",
        args![act.network, id, hash],
    )
    .await?;
    session::end_of_account(tx, act.network, id).await?;
    record(
        tx,
        act,
        Entry::new("account", "account.password_set", id).of(person),
        &[],
    )
    .await
}

/// Forgets password and second factor of somebody who lost both; ends all its sessions and its soft lock.
pub async fn reset(tx: &mut Tx, act: &Act, id: AccountId) -> Result<()> {
    let person = read(tx, act.network, id).await?.details.person;
    tx.execute(
        "UPDATE account SET password_hash = NULL, totp = NULL, totp_step = 0, failed = 0, locked_until_ms = NULL
         WHERE network_id = $1 AND id = $2",
        args![act.network, id],
    )
    .await?;
    session::end_of_account(tx, act.network, id).await?;
    record(tx, act, Entry::new("account", "account.reset", id).of(person), &[]).await
}

/// The password's hash, if one was set.
pub async fn password_hash(tx: &mut Tx, network: NetworkId, id: AccountId) -> Result<Option<String>> {
    let row = tx
        .fetch_optional(
            "SELECT password_hash FROM account WHERE network_id = $1 AND id = $2",
            args![network, id],
        )
        .await?
        .ok_or_else(|| Error::not_found(id))?;
    row.text_opt("password_hash")
}

/// Sets, or takes away, the second factor's secret.
pub async fn set_totp(tx: &mut Tx, act: &Act, id: AccountId, secret: Option<&Secret>) -> Result<()> {
    let person = read(tx, act.network, id).await?.details.person;
    let sealed = secret.map(|secret| tx.key().seal("account", &id.to_string(), act.network, secret));
    tx.execute(
        "UPDATE account SET totp = $3, totp_step = 0 WHERE network_id = $1 AND id = $2",
        args![act.network, id, sealed],
    )
    .await?;
    let action = if secret.is_some() {
        "account.second_factor_set"
    } else {
        "account.second_factor_removed"
    };
    record(tx, act, Entry::new("account", action, id).of(person), &[]).await
}

/// The second factor's secret, if one was set.
pub async fn totp(tx: &mut Tx, network: NetworkId, id: AccountId) -> Result<Option<Secret>> {
    let row = tx
        .fetch_optional(
            "SELECT totp FROM account WHERE network_id = $1 AND id = $2",
            args![network, id],
        )
        .await?
        .ok_or_else(|| Error::not_found(id))?;
    row.text_opt("totp")?
        .map(|sealed| tx.key().open("account", &id.to_string(), network, &sealed))
        .transpose()
}

/// Spends a second-factor step; `false` when it, or a later one, was spent before.
pub async fn spend_totp_step(tx: &mut Tx, network: NetworkId, id: AccountId, step: i64) -> Result<bool> {
    let spent = tx
        .execute(
            "UPDATE account SET totp_step = $3 WHERE network_id = $1 AND id = $2 AND totp_step < $3",
            args![network, id, step],
        )
        .await?;
    Ok(spent == 1)
}

/// Notes a failed sign-in, with a soft lock until an instant if the caller wants one.
pub async fn note_failure(tx: &mut Tx, network: NetworkId, id: AccountId, locked_until: Option<Instant>) -> Result<()> {
    let touched = tx
        .execute(
            "UPDATE account SET failed = failed + 1, locked_until_ms = $3 WHERE network_id = $1 AND id = $2",
            args![network, id, locked_until],
        )
        .await?;
    Error::unless_touched(touched, id)
}

/// Notes a sign-in that went well: failures are forgotten.
pub async fn note_success(tx: &mut Tx, network: NetworkId, id: AccountId) -> Result<()> {
    let touched = tx
        .execute(
            "UPDATE account SET failed = 0, locked_until_ms = NULL WHERE network_id = $1 AND id = $2",
            args![network, id],
        )
        .await?;
    Error::unless_touched(touched, id)
}

/// One account, also an ended one.
pub async fn read(tx: &mut Tx, network: NetworkId, id: AccountId) -> Result<Account> {
    tx.fetch_optional(
        "SELECT * FROM account WHERE network_id = $1 AND id = $2",
        args![network, id],
    )
    .await?
    .ok_or_else(|| Error::not_found(id))
    .and_then(|row| from_row(&row))
}

/// The account that signs in with this e-mail, in any case; ended ones do not.
pub async fn by_email(tx: &mut Tx, network: NetworkId, email: &str) -> Result<Option<Account>> {
    let row = tx
        .fetch_optional(
            "SELECT * FROM account WHERE network_id = $1 AND email = $2 AND ended_at_ms IS NULL",
            args![network, email.trim().to_lowercase()],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Accounts that sign in with this e-mail, over all networks, for the sign-in page alone; at most 100.
pub async fn everywhere(tx: &mut Tx, email: &str) -> Result<Vec<(NetworkId, Account)>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM account WHERE email = $1 AND ended_at_ms IS NULL ORDER BY network_id LIMIT 100",
            args![email.trim().to_lowercase()],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.id("network_id")?, from_row(row)?)))
        .collect()
}

/// The account of a person, if they have one that has not ended.
pub async fn by_person(tx: &mut Tx, network: NetworkId, person: PersonId) -> Result<Option<Account>> {
    let row = tx
        .fetch_optional(
            "SELECT * FROM account WHERE network_id = $1 AND person_id = $2 AND ended_at_ms IS NULL ORDER BY id LIMIT 1",
            args![network, person],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Owner and administrators, oldest first; at most 500.
pub async fn staff(tx: &mut Tx, network: NetworkId) -> Result<Vec<Account>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM account WHERE network_id = $1 AND role <> 'member' AND ended_at_ms IS NULL ORDER BY id LIMIT 500",
            args![network],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

pub(crate) fn from_row(row: &Row) -> Result<Account> {
    Ok(Account {
        id: row.id("id")?,
        details: Details {
            person: row.id_opt("person_id")?,
            email: row.text("email")?,
            name: row.text("name")?,
            role: row.word("role")?,
            permissions: row.json("permissions_json")?,
        },
        has_password: row.text_opt("password_hash")?.is_some(),
        has_totp: row.text_opt("totp")?.is_some(),
        failed: u32::try_from(row.int("failed")?).unwrap_or(u32::MAX),
        locked_until: row.at_opt("locked_until_ms")?,
        made_at: row.at("made_at_ms")?,
        ended_at: row.at_opt("ended_at_ms")?,
    })
}
