//! Rounds and their changes: what the worker compared, what it then did, and what the vendor said to it.
//!
//! In: the worker's steps as they happen. Out: lists for pages, newest first.
//! Always: a round that changed nothing and found nothing to say is not kept, except full readings, so that pages can tell when
//! the vendor was last read.

use access::Instant;
use access::change::{Change, Receipt};
use access::id::*;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::record::Act;
use crate::sql::{Arg, Listed, Page, Row, Tx, args};
use crate::{chance, integration};

/// How a round ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundState {
    /// Under way, or cut off.
    Running,
    /// All done.
    Done,
    /// Something failed; it is tried again or waits.
    Failed,
}

/// One pass of desired × observed.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct RoundRow {
    /// Its id.
    pub id: RoundId,
    /// Where.
    pub integration: IntegrationId,
    /// Whom it was about; `None` is everybody.
    pub person: Option<PersonId>,
    /// What kind: `person`, `everybody`, `reading`.
    pub cause: String,
    /// How it ended.
    pub state: RoundState,
    /// Began.
    pub began_at: Instant,
    /// Ended.
    pub ended_at: Option<Instant>,
    /// Was everything read?
    pub complete: bool,
    /// Changes it made.
    pub changes: i64,
    /// Calls it took.
    pub calls: i64,
    /// What went wrong, in plain words.
    pub error: Option<String>,
}

/// How a change stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeState {
    /// Journalled; the call may be under way.
    Begun,
    /// Acknowledged.
    Done,
    /// Refused, or it had no effect.
    Failed,
    /// No answer: looked up before it is repeated.
    Unknown,
}

/// One step at a vendor.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ChangeRow {
    /// Its id.
    pub id: ChangeId,
    /// In which round.
    pub round: RoundId,
    /// Where.
    pub integration: IntegrationId,
    /// Whose doors.
    pub person: PersonId,
    /// What.
    pub change: Change,
    /// How it stands.
    pub state: ChangeState,
    /// What the vendor acknowledged.
    pub receipt: Option<Receipt>,
    /// Journalled at.
    pub made_at: Instant,
    /// Answered at.
    pub ended_at: Option<Instant>,
    /// What went wrong, in plain words.
    pub error: Option<String>,
}

/// Begins a round.
pub async fn begin(
    tx: &mut Tx,
    act: &Act,
    integration: IntegrationId,
    person: Option<PersonId>,
    cause: &'static str,
) -> Result<RoundId> {
    integration::check_known(tx, act.network, integration).await?;
    let id = RoundId::new(act.now, chance::for_id(act.now));
    tx.execute(
        "INSERT INTO round (network_id, id, integration_id, person_id, cause, state, began_at_ms, complete, changes, calls)
         VALUES ($1, $2, $3, $4, $5, 'running', $6, $7, 0, 0)",
        args![act.network, id, integration, person, cause, act.now, true],
    )
    .await?;
    Ok(id)
}

/// Ends a round.
pub async fn end(tx: &mut Tx, act: &Act, id: RoundId, complete: bool, error: Option<&str>) -> Result<()> {
    let state = if error.is_some() {
        RoundState::Failed
    } else {
        RoundState::Done
    };
    let ended = tx.execute(
        "UPDATE round SET state = $3, ended_at_ms = $4, complete = $5, error = $6 WHERE network_id = $1 AND id = $2",
        args![
            act.network,
            id,
            Arg::word(&state),
            act.now,
            complete,
            error.map(str::to_owned)
        ],
    )
    .await?;
    Error::unless_touched(ended, id)
}

/// Journals a change before its call.
pub async fn change_begun(
    tx: &mut Tx,
    act: &Act,
    round: RoundId,
    integration: IntegrationId,
    change: &Change,
) -> Result<ChangeId> {
    let id = ChangeId::new(act.now, chance::for_id(act.now));
    tx.execute(
        "INSERT INTO change_row (network_id, id, round_id, integration_id, person_id, grant_id, change_json, state, calls, made_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'begun', 0, $8)",
        args![act.network, id, round, integration, change.person(), change.grant(), Arg::json(change), act.now],
    )
    .await?;
    Ok(id)
}

/// Keeps what came of a change, and counts it in its round.
pub async fn change_ended(
    tx: &mut Tx,
    act: &Act,
    round: RoundId,
    id: ChangeId,
    state: ChangeState,
    receipt: Option<&Receipt>,
    error: Option<&str>,
) -> Result<()> {
    let calls = receipt.map_or(1, |receipt| i64::from(receipt.calls));
    let ended = tx.execute(
        "UPDATE change_row SET state = $3, receipt_json = $4, calls = $5, ended_at_ms = $6, error = $7 WHERE network_id = $1 AND id = $2",
        args![
            act.network,
            id,
            Arg::word(&state),
            receipt.map(|receipt| serde_json::to_string(receipt).expect("plain data has a JSON form")),
            calls,
            act.now,
            error.map(str::to_owned)
        ],
    )
    .await?;
    Error::unless_touched(ended, id)?;
    let counted = tx
        .execute(
            "UPDATE round SET changes = changes + 1, calls = calls + $3 WHERE network_id = $1 AND id = $2",
            args![act.network, round, calls],
        )
        .await?;
    Error::unless_touched(counted, round)
}

/// Rounds of an account, the newest first.
pub async fn list(
    tx: &mut Tx,
    network: NetworkId,
    integration: IntegrationId,
    page: &Page,
) -> Result<Listed<RoundRow>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM round WHERE network_id = $1 AND integration_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4",
            args![network, integration, page.before_id(), page.rows()],
        )
        .await?;
    let rounds = rows.iter().map(round_of).collect::<Result<_>>()?;
    Ok(Listed::cut(rounds, page, |round: &RoundRow| round.id.to_string()))
}

/// Changes of one round, in order; at most 500.
pub async fn changes(tx: &mut Tx, network: NetworkId, round: RoundId) -> Result<Vec<ChangeRow>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM change_row WHERE network_id = $1 AND round_id = $2 ORDER BY id LIMIT 500",
            args![network, round],
        )
        .await?;
    rows.iter().map(change_of).collect()
}

/// Changes about one person, the newest first.
pub async fn changes_of(tx: &mut Tx, network: NetworkId, person: PersonId, page: &Page) -> Result<Listed<ChangeRow>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM change_row WHERE network_id = $1 AND person_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4",
            args![network, person, page.before_id(), page.rows()],
        )
        .await?;
    let changes = rows.iter().map(change_of).collect::<Result<_>>()?;
    Ok(Listed::cut(changes, page, |change: &ChangeRow| change.id.to_string()))
}

fn round_of(row: &Row) -> Result<RoundRow> {
    Ok(RoundRow {
        id: row.id("id")?,
        integration: row.id("integration_id")?,
        person: row.id_opt("person_id")?,
        cause: row.text("cause")?,
        state: row.word("state")?,
        began_at: row.at("began_at_ms")?,
        ended_at: row.at_opt("ended_at_ms")?,
        complete: row.flag("complete")?,
        changes: row.int("changes")?,
        calls: row.int("calls")?,
        error: row.text_opt("error")?,
    })
}

fn change_of(row: &Row) -> Result<ChangeRow> {
    Ok(ChangeRow {
        id: row.id("id")?,
        round: row.id("round_id")?,
        integration: row.id("integration_id")?,
        person: row.id("person_id")?,
        change: row.json("change_json")?,
        state: row.word("state")?,
        receipt: row.json_opt("receipt_json")?,
        made_at: row.at("made_at_ms")?,
        ended_at: row.at_opt("ended_at_ms")?,
        error: row.text_opt("error")?,
    })
}
