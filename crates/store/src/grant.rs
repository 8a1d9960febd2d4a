//! Grant rows: one for each row we made, or mean to make, at a vendor. The journal of intents and receipts.
//!
//! In: intents before a call, acknowledgements after it. Out: what a vendor holds of ours, as last acknowledged; it feeds facts.
//! Why so: a vendor has no idempotency keys, so an intent is on disk before the call, and after a crash or a timeout it says what
//! to look for. Always: a row is ours because it stands here; versioned; a receipt leaves an audit entry (P-48).

use access::causes::Source;
use access::change::Receipt;
use access::id::*;
use access::{Instant, Window};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::record::{Act, Entry, record};
use crate::sql::{Arg, Row, Tx, args};
use crate::version::{Versions, current, versions};

const VERSIONS: Versions = versions!("grant_row", "id = $3");

/// Where a row stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantState {
    /// Journalled; the call may be under way, or its answer was lost: look before repeating.
    Planned,
    /// The vendor holds it.
    Confirmed,
    /// The vendor holds it with another window; the move is under way, or its answer was lost.
    Moving,
    /// The vendor held it; taking it away is under way, or the answer was lost.
    Taking,
    /// Taken away, or gone by itself.
    Ended,
    /// It never came to be.
    Failed,
}

impl GrantState {
    /// Is the outcome of a call open?
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Planned | Self::Moving | Self::Taking)
    }
}

/// One row at a vendor.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct GrantRow {
    /// Our id.
    pub id: GrantId,
    /// At which account.
    pub integration: IntegrationId,
    /// Whose.
    pub person: PersonId,
    /// In which group.
    pub group: AccessGroupId,
    /// What it shall be.
    pub window: Window,
    /// What the vendor acknowledged; `None` before the first acknowledgement.
    pub held: Option<Window>,
    /// The vendor's id of it.
    pub external: Option<String>,
    /// Where it stands.
    pub state: GrantState,
    /// Why it was made.
    pub causes: Vec<Source>,
    /// When the last intent was journalled; what was made at the vendor earlier is not its.
    pub intended_at: Instant,
    /// When the vendor last acknowledged it.
    pub confirmed_at: Option<Instant>,
    /// When it ended or failed.
    pub ended_at: Option<Instant>,
    /// The last refusal, in plain words.
    pub last_error: Option<String>,
    #[serde(skip)]
    since: Instant,
}

/// A row that is to be made.
#[derive(Clone, PartialEq, Debug)]
pub struct NewGrant {
    /// The id the comparison minted.
    pub id: GrantId,
    /// At which account.
    pub integration: IntegrationId,
    /// Whose.
    pub person: PersonId,
    /// In which group.
    pub group: AccessGroupId,
    /// From when to when, as the vendor shall hold it.
    pub window: Window,
    /// Why.
    pub causes: Vec<Source>,
}

/// Journals the intent to make a row. Repeating it for the same id journals the new intent.
pub async fn plan(tx: &mut Tx, act: &Act, new: &NewGrant) -> Result<()> {
    let row = GrantRow {
        id: new.id,
        integration: new.integration,
        person: new.person,
        group: new.group,
        window: new.window,
        held: None,
        external: None,
        state: GrantState::Planned,
        causes: new.causes.clone(),
        intended_at: act.now,
        confirmed_at: None,
        ended_at: None,
        last_error: None,
        since: act.now,
    };
    if let Some(known) = one(tx, act.network, new.id).await? {
        VERSIONS
            .end(tx, act.network, known.since, act.now, &[Arg::from(new.id)])
            .await?;
    }
    insert(tx, act, &row).await
}

/// Journals the intent to give a row another window.
pub async fn intend_move(tx: &mut Tx, act: &Act, id: GrantId, to: Window) -> Result<()> {
    let row = read(tx, act.network, id).await?;
    put(
        tx,
        act,
        &GrantRow {
            window: to,
            state: GrantState::Moving,
            intended_at: act.now,
            ..row
        },
    )
    .await
}

/// Journals the intent to take a row away.
pub async fn intend_take(tx: &mut Tx, act: &Act, id: GrantId) -> Result<()> {
    let row = read(tx, act.network, id).await?;
    put(
        tx,
        act,
        &GrantRow {
            state: GrantState::Taking,
            intended_at: act.now,
            ..row
        },
    )
    .await
}

/// The vendor holds it, with this window. Leaves an audit entry with the receipt.
pub async fn acknowledge(
    tx: &mut Tx,
    act: &Act,
    id: GrantId,
    external: &str,
    held: Window,
    receipt: &Receipt,
) -> Result<()> {
    let row = read(tx, act.network, id).await?;
    let action = if row.held.is_some() {
        "grant.moved"
    } else {
        "grant.given"
    };
    let after = GrantRow {
        held: Some(held),
        external: Some(external.to_owned()),
        state: GrantState::Confirmed,
        confirmed_at: Some(act.now),
        last_error: None,
        ..row.clone()
    };
    put(tx, act, &after).await?;
    journal(tx, act, action, &row, &after, receipt).await
}

/// It is gone at the vendor. Leaves an audit entry with the receipt.
pub async fn ended(tx: &mut Tx, act: &Act, id: GrantId, receipt: &Receipt) -> Result<()> {
    let row = read(tx, act.network, id).await?;
    let after = GrantRow {
        held: None,
        state: GrantState::Ended,
        ended_at: Some(act.now),
        ..row.clone()
    };
    put(tx, act, &after).await?;
    journal(tx, act, "grant.taken", &row, &after, receipt).await
}

/// The call had no effect: an unmade row has failed, a held one is as it was.
pub async fn undone(tx: &mut Tx, act: &Act, id: GrantId, why: Option<&str>) -> Result<()> {
    let row = read(tx, act.network, id).await?;
    let last_error = why.map(str::to_owned);
    let after = match row.held {
        Some(held) => GrantRow {
            window: held,
            state: GrantState::Confirmed,
            last_error,
            ..row
        },
        None => GrantRow {
            state: GrantState::Failed,
            ended_at: Some(act.now),
            last_error,
            ..row
        },
    };
    put(tx, act, &after).await
}

/// A reading showed it with another window than was acknowledged. Nothing is written when it is as known.
pub async fn observed(tx: &mut Tx, act: &Act, id: GrantId, held: Window) -> Result<()> {
    let row = read(tx, act.network, id).await?;
    if row.held == Some(held) {
        return Ok(());
    }
    put(
        tx,
        act,
        &GrantRow {
            held: Some(held),
            ..row
        },
    )
    .await
}

/// One row, as known now.
pub async fn read(tx: &mut Tx, network: NetworkId, id: GrantId) -> Result<GrantRow> {
    one(tx, network, id).await?.ok_or_else(|| Error::not_found(id))
}

/// A person's rows that are not over, oldest first.
pub async fn of_person(
    tx: &mut Tx,
    network: NetworkId,
    integration: IntegrationId,
    person: PersonId,
) -> Result<Vec<GrantRow>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT * FROM grant_row WHERE network_id = $1 AND person_id = $2 AND integration_id = $3
                 AND state NOT IN ('ended', 'failed') AND ",
                current!(),
                " ORDER BY id"
            ),
            args![network, person, integration],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// An integration's rows that are not over, by person, oldest first.
pub async fn of_integration(tx: &mut Tx, network: NetworkId, integration: IntegrationId) -> Result<Vec<GrantRow>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT * FROM grant_row WHERE network_id = $1 AND integration_id = $2
                 AND state NOT IN ('ended', 'failed') AND ",
                current!(),
                " ORDER BY person_id, id"
            ),
            args![network, integration],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// A person's rows, also those that are over, the newest first; at most 200. For timelines.
pub async fn history(tx: &mut Tx, network: NetworkId, person: PersonId) -> Result<Vec<GrantRow>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT * FROM grant_row WHERE network_id = $1 AND person_id = $2 AND ",
                current!(),
                " ORDER BY id DESC LIMIT 200"
            ),
            args![network, person],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

async fn one(tx: &mut Tx, network: NetworkId, id: GrantId) -> Result<Option<GrantRow>> {
    let row = tx
        .fetch_optional(
            concat!(
                "SELECT * FROM grant_row WHERE network_id = $1 AND id = $2 AND ",
                current!()
            ),
            args![network, id],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

async fn put(tx: &mut Tx, act: &Act, row: &GrantRow) -> Result<()> {
    VERSIONS
        .end(tx, act.network, row.since, act.now, &[Arg::from(row.id)])
        .await?;
    insert(tx, act, row).await
}

async fn insert(tx: &mut Tx, act: &Act, row: &GrantRow) -> Result<()> {
    tx.execute(
        "INSERT INTO grant_row (network_id, id, known_from_ms, known_until_ms, integration_id, person_id, group_id, from_ms, until_ms,
           held_from_ms, held_until_ms, external, state, causes_json, intended_at_ms, confirmed_at_ms, ended_at_ms, last_error)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        args![
            act.network,
            row.id,
            act.now,
            Instant::MAX,
            row.integration,
            row.person,
            row.group,
            row.window.from,
            row.window.until,
            row.held.map(|held| held.from),
            row.held.map(|held| held.until),
            row.external.clone(),
            Arg::word(&row.state),
            Arg::json(&row.causes),
            row.intended_at,
            row.confirmed_at,
            row.ended_at,
            row.last_error.clone(),
        ],
    )
    .await?;
    Ok(())
}

async fn journal(
    tx: &mut Tx,
    act: &Act,
    action: &'static str,
    before: &GrantRow,
    after: &GrantRow,
    receipt: &Receipt,
) -> Result<()> {
    let after_image = serde_json::json!({ "grant": after, "receipt": receipt });
    let entry = Entry::new("grant", action, after.id)
        .of(after.person)
        .before(before)
        .after(&after_image);
    record(tx, act, entry, &[]).await
}

fn from_row(row: &Row) -> Result<GrantRow> {
    let held = match (row.at_opt("held_from_ms")?, row.at_opt("held_until_ms")?) {
        (Some(from), Some(until)) => Window::new(from, until),
        _ => None,
    };
    Ok(GrantRow {
        id: row.id("id")?,
        integration: row.id("integration_id")?,
        person: row.id("person_id")?,
        group: row.id("group_id")?,
        window: row.window("from_ms", "until_ms")?,
        held,
        external: row.text_opt("external")?,
        state: row.word("state")?,
        causes: row.json("causes_json")?,
        intended_at: row.at("intended_at_ms")?,
        confirmed_at: row.at_opt("confirmed_at_ms")?,
        ended_at: row.at_opt("ended_at_ms")?,
        last_error: row.text_opt("last_error")?,
        since: row.at("known_from_ms")?,
    })
}
