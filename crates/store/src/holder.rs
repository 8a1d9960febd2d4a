//! Holders: a person's record at one vendor, and their own login there, sealed.
//!
//! In: what receipts and readings showed. Out: the vendor's id (which saves a search per change), flags that feed facts.
//! Always: versioned, and only written when something differs; the login is sealed with its row as associated data.

use access::Instant;
use access::id::*;
use access::vendor::Secret;

use crate::error::Result;
use crate::record::Act;
use crate::sql::{Arg, Row, Tx, args};
use crate::version::{Versions, current, versions};

const VERSIONS: Versions = versions!("holder", "integration_id = $3 AND person_id = $4");

/// A person's record at a vendor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HolderRow {
    /// At which account.
    pub integration: IntegrationId,
    /// Who.
    pub person: PersonId,
    /// The vendor's id; `None` while there is none.
    pub external: Option<String>,
    /// The address it was made or found under.
    pub email: String,
    /// The vendor waits for the address to be confirmed.
    pub unconfirmed: bool,
    /// Switched off at the vendor.
    pub disabled: bool,
    /// The vendor's last refusal of a change, in plain words.
    pub refused: Option<String>,
}

/// Keeps what is known; nothing is written when it is as known. Answers whether something differed.
pub async fn keep(tx: &mut Tx, act: &Act, holder: &HolderRow) -> Result<bool> {
    let known = one(tx, act.network, holder.integration, holder.person).await?;
    if known.as_ref().is_some_and(|(known, _)| known == holder) {
        return Ok(false);
    }
    if let Some((_, since)) = known {
        let key = [Arg::from(holder.integration), Arg::from(holder.person)];
        VERSIONS.end(tx, act.network, since, act.now, &key).await?;
    }
    tx.execute(
        "INSERT INTO holder (network_id, integration_id, person_id, known_from_ms, known_until_ms, external, email, unconfirmed, disabled, refused)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            act.network,
            holder.integration,
            holder.person,
            act.now,
            Instant::MAX,
            holder.external.clone(),
            &holder.email,
            holder.unconfirmed,
            holder.disabled,
            holder.refused.clone(),
        ],
    )
    .await?;
    Ok(true)
}

/// One person's record.
pub async fn of_person(
    tx: &mut Tx,
    network: NetworkId,
    integration: IntegrationId,
    person: PersonId,
) -> Result<Option<HolderRow>> {
    Ok(one(tx, network, integration, person).await?.map(|(holder, _)| holder))
}

/// Everybody's records at one account, by person.
pub async fn of_integration(tx: &mut Tx, network: NetworkId, integration: IntegrationId) -> Result<Vec<HolderRow>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT * FROM holder WHERE network_id = $1 AND integration_id = $2 AND ",
                current!(),
                " ORDER BY person_id"
            ),
            args![network, integration],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

async fn one(
    tx: &mut Tx,
    network: NetworkId,
    integration: IntegrationId,
    person: PersonId,
) -> Result<Option<(HolderRow, Instant)>> {
    let row = tx
        .fetch_optional(
            concat!(
                "SELECT * FROM holder WHERE network_id = $1 AND integration_id = $2 AND person_id = $3 AND ",
                current!()
            ),
            args![network, integration, person],
        )
        .await?;
    row.map(|row| Ok((from_row(&row)?, row.at("known_from_ms")?)))
        .transpose()
}

fn from_row(row: &Row) -> Result<HolderRow> {
    Ok(HolderRow {
        integration: row.id("integration_id")?,
        person: row.id("person_id")?,
        external: row.text_opt("external")?,
        email: row.text("email")?,
        unconfirmed: row.flag("unconfirmed")?,
        disabled: row.flag("disabled")?,
        refused: row.text_opt("refused")?,
    })
}

/// The person's own login at the vendor, if one is kept.
pub async fn login(
    tx: &mut Tx,
    network: NetworkId,
    integration: IntegrationId,
    person: PersonId,
) -> Result<Option<Secret>> {
    let row = tx
        .fetch_optional(
            "SELECT secret FROM holder_secret WHERE network_id = $1 AND integration_id = $2 AND person_id = $3",
            args![network, integration, person],
        )
        .await?;
    row.map(|row| {
        tx.key().open(
            "holder_secret",
            &login_row(integration, person),
            network,
            &row.text("secret")?,
        )
    })
    .transpose()
}

/// Keeps the person's own login at the vendor; `None` forgets it.
pub async fn keep_login(
    tx: &mut Tx,
    act: &Act,
    integration: IntegrationId,
    person: PersonId,
    login: Option<&Secret>,
) -> Result<()> {
    let Some(login) = login else {
        tx.execute(
            "DELETE FROM holder_secret WHERE network_id = $1 AND integration_id = $2 AND person_id = $3",
            args![act.network, integration, person],
        )
        .await?;
        return Ok(());
    };
    let sealed = tx
        .key()
        .seal("holder_secret", &login_row(integration, person), act.network, login);
    tx.execute(
        "INSERT INTO holder_secret (network_id, integration_id, person_id, secret, made_at_ms) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (network_id, integration_id, person_id) DO UPDATE SET secret = excluded.secret, made_at_ms = excluded.made_at_ms",
        args![act.network, integration, person, sealed, act.now],
    )
    .await?;
    Ok(())
}

fn login_row(integration: IntegrationId, person: PersonId) -> String {
    format!("{integration}/{person}")
}
