//! Holders: a person's record at one vendor. Versioned; what a vendor refused is part of "why?".
//!
//! Not here: the windows a vendor holds for them; those are grants (`grant.rs`).

use access::Instant;
use access::id::*;
use access::vendor::Secret;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::record::{Act, Entry, record};
use crate::sql::{Row, Tx, args};
use crate::version::{Versions, current, versions};
use crate::{integration, person};

const VERSIONS: Versions = versions!("holder", "integration_id = $3 AND person_id = $4");

/// What is known of a person at a vendor.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Details {
    /// The vendor's id of the record; `None` while there is none.
    pub external: Option<String>,
    /// The e-mail under which the record was found or made, lower-case.
    pub email: String,
    /// They still have to confirm their address there.
    pub unconfirmed: bool,
    /// Switched off there.
    pub disabled: bool,
    /// The number of the card they have there, as printed on it.
    #[serde(default)]
    pub card: Option<String>,
    /// The vendor's last refusal of a change for them, in plain words.
    pub refused: Option<String>,
}

/// A holder.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Holder {
    /// At which account.
    pub integration: IntegrationId,
    /// Who.
    pub person: PersonId,
    /// Since when it is as it is.
    pub since: Instant,
    /// What is known.
    pub details: Details,
}

/// Keeps what is known; `None` when the record is gone. Nothing is written when nothing differs.
pub async fn keep(
    tx: &mut Tx,
    act: &Act,
    integration: IntegrationId,
    person: PersonId,
    details: Option<&Details>,
) -> Result<()> {
    let before = find(tx, act.network, integration, person).await?;
    if before.as_ref().map(|holder| &holder.details) == details {
        return Ok(());
    }
    if let Some(holder) = &before {
        VERSIONS
            .end(
                tx,
                act.network,
                holder.since,
                act.now,
                &[integration.into(), person.into()],
            )
            .await?;
    }
    if before.is_none() {
        check_known(tx, act.network, integration, person).await?;
    }
    let mut entry = Entry::new("holder", "holder.read", format_args!("{integration} {person}")).of(person);
    if let Some(holder) = &before {
        entry = entry.before(&holder.details);
    }
    if let Some(details) = details {
        tx.execute(
            "INSERT INTO holder (network_id, integration_id, person_id, known_from_ms, known_until_ms,
               external, email, unconfirmed, disabled, card, refused)
             VALUES ($1, $2, $3, $4, 9223372036854775807, $5, $6, $7, $8, $9, $10)",
            args![
                act.network,
                integration,
                person,
                act.now,
                details.external.as_ref(),
                &details.email,
                details.unconfirmed,
                details.disabled,
                details.card.as_ref(),
                details.refused.as_ref()
            ],
        )
        .await?;
        entry = entry.after(details);
    }
    record(tx, act, entry, &[]).await
}

/// `$1` is the network, `$2` the integration, `$3` the person.
pub(crate) const FIND: &str = concat!(
    "SELECT * FROM holder WHERE network_id = $1 AND integration_id = $2 AND person_id = $3 AND ",
    current!()
);

/// A person at one vendor, if anything is known.
pub async fn find(
    tx: &mut Tx,
    network: NetworkId,
    integration: IntegrationId,
    person: PersonId,
) -> Result<Option<Holder>> {
    let row = tx.fetch_optional(FIND, args![network, integration, person]).await?;
    row.as_ref().map(from_row).transpose()
}

/// Everybody known at one vendor; all of them, as the worker compares them with an observation.
pub async fn of_integration(tx: &mut Tx, network: NetworkId, integration: IntegrationId) -> Result<Vec<Holder>> {
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

/// One person at every vendor.
pub async fn of_person(tx: &mut Tx, network: NetworkId, person: PersonId) -> Result<Vec<Holder>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT * FROM holder WHERE network_id = $1 AND person_id = $2 AND ",
                current!(),
                " ORDER BY integration_id"
            ),
            args![network, person],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// Keeps a person's own login at a vendor, sealed, so that opening a door needs one call; `None` forgets it.
pub async fn keep_secret(
    tx: &mut Tx,
    network: NetworkId,
    integration: IntegrationId,
    person: PersonId,
    secret: Option<&Secret>,
    now: Instant,
) -> Result<()> {
    let Some(secret) = secret else {
        tx.execute(
            "DELETE FROM holder_secret WHERE network_id = $1 AND integration_id = $2 AND person_id = $3",
            args![network, integration, person],
        )
        .await?;
        return Ok(());
    };
    check_known(tx, network, integration, person).await?;
    let sealed = tx
        .key()
        .seal("holder_secret", &place(integration, person), network, secret);
    tx.execute(
        "INSERT INTO holder_secret (network_id, integration_id, person_id, secret, made_at_ms) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (network_id, integration_id, person_id) DO UPDATE SET
           secret = excluded.secret, made_at_ms = excluded.made_at_ms",
        args![network, integration, person, sealed, now],
    )
    .await?;
    Ok(())
}

/// A person's own login at a vendor, if one is kept.
pub async fn secret(
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
    let Some(row) = row else { return Ok(None) };
    tx.key()
        .open(
            "holder_secret",
            &place(integration, person),
            network,
            &row.text("secret")?,
        )
        .map(Some)
}

/// Are both of this network? Else `NotFound`.
async fn check_known(tx: &mut Tx, network: NetworkId, integration: IntegrationId, person: PersonId) -> Result<()> {
    integration::check_known(tx, network, integration).await?;
    person::read(tx, network, person).await.map(drop)
}

fn place(integration: IntegrationId, person: PersonId) -> String {
    format!("{integration} {person}")
}

pub(crate) fn from_row(row: &Row) -> Result<Holder> {
    Ok(Holder {
        integration: row.id("integration_id")?,
        person: row.id("person_id")?,
        since: row.at("known_from_ms")?,
        details: Details {
            external: row.text_opt("external")?,
            email: row.text("email")?,
            unconfirmed: row.flag("unconfirmed")?,
            disabled: row.flag("disabled")?,
            card: row.text_opt("card")?,
            refused: row.text_opt("refused")?,
        },
    })
}
