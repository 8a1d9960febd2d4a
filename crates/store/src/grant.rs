//! Grants: one row for each row we made, or mean to make, at a vendor: person × group × window, from intent to end.
//!
//! In: the worker's intents and the vendor's receipts. Out: what the vendor holds (for decisions), and the history of every
//! grant (for timelines, P-41). Why so: an intent is journalled before the call, so after a crash or a timeout we know what
//! may exist and is ours (P-30).
//! Always: versioned where decisions look: whose, which group, what is held. `sent` and failures change in place.

use access::causes::Source;
use access::id::*;
use access::{Instant, Window};
use serde::{Deserialize, Serialize};

use crate::chance;
use crate::error::{Error, Result};
use crate::record::{Act, Entry, record};
use crate::sql::{Arg, Listed, Page, Row, Tx, args};
use crate::version::{Versions, current, versions};

const VERSIONS: Versions = versions!("grant_row", "id = $3");

/// Where a grant stands (P-41).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Meant, not yet sent.
    Planned,
    /// A call for it is, or may be, under way.
    Sent,
    /// The vendor acknowledged it.
    Confirmed,
    /// No longer at the vendor.
    Ended,
    /// The vendor refused it; it is tried again while it is still wanted.
    Failed,
}

impl Grant {
    /// Is the outcome of a call open: under way, cut off, or never answered? Then look before anything else.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Planned | State::Sent) || self.sent_at.is_some()
    }
}

/// A grant.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Grant {
    /// Our id: the mark of what we made.
    pub id: GrantId,
    /// Since when it is as it is.
    pub since: Instant,
    /// At which account.
    pub integration: IntegrationId,
    /// Who.
    pub person: PersonId,
    /// In which group.
    pub group: AccessGroupId,
    /// As it shall be at the vendor.
    pub window: Window,
    /// As the vendor holds it by its last acknowledgement; `None` when it holds nothing.
    pub held: Option<Window>,
    /// The vendor's id of the row, once known.
    pub external: Option<String>,
    /// Where it stands.
    pub state: State,
    /// By what.
    pub causes: Vec<Source>,
    /// When it was first meant.
    pub intended_at: Instant,
    /// When it was last sent.
    pub sent_at: Option<Instant>,
    /// When the vendor last acknowledged it.
    pub confirmed_at: Option<Instant>,
    /// When it ended at the vendor.
    pub ended_at: Option<Instant>,
    /// Why it failed last, in plain words.
    pub last_error: Option<String>,
}

/// Journals the intent to give a person a group for a window, before any call.
pub async fn plan(
    tx: &mut Tx,
    act: &Act,
    integration: IntegrationId,
    person: PersonId,
    group: AccessGroupId,
    window: Window,
    causes: Vec<Source>,
) -> Result<GrantId> {
    let id = GrantId::new(act.now, chance::for_id(act.now));
    plan_as(tx, act, id, integration, person, group, window, causes).await?;
    Ok(id)
}

/// The same under an id that a comparison already gave out. `NotFound` unless all it names belong together, in this network.
#[expect(
    clippy::too_many_arguments,
    reason = "these are the fields of one row; a struct for one caller would only rename them"
)]
pub async fn plan_as(
    tx: &mut Tx,
    act: &Act,
    id: GrantId,
    integration: IntegrationId,
    person: PersonId,
    group: AccessGroupId,
    window: Window,
    causes: Vec<Source>,
) -> Result<()> {
    let grant = Grant {
        id,
        since: act.now,
        integration,
        person,
        group,
        window,
        held: None,
        external: None,
        state: State::Planned,
        causes,
        intended_at: act.now,
        sent_at: None,
        confirmed_at: None,
        ended_at: None,
        last_error: None,
    };
    tx.fetch_optional(
        "SELECT 1 AS one FROM access_group g JOIN person p ON p.network_id = g.network_id
         WHERE g.network_id = $1 AND g.id = $2 AND g.integration_id = $3 AND g.known_until_ms = $5
           AND p.id = $4 AND p.known_until_ms = $5",
        args![act.network, group, integration, person, Instant::MAX],
    )
    .await?
    .ok_or_else(|| Error::not_found(format_args!("{person}, or {group} at {integration}")))?;
    insert(tx, act, &grant).await?;
    record(
        tx,
        act,
        Entry::new("grant", "grant.planned", id).of(person).after(&grant),
        &[],
    )
    .await
}

/// Notes that a call for it goes out now, for this window.
pub async fn sent(tx: &mut Tx, network: NetworkId, id: GrantId, window: Window, now: Instant) -> Result<()> {
    Error::unless_touched(
        tx.execute(
            concat!(
                "UPDATE grant_row SET state = CASE WHEN state = 'confirmed' THEN state ELSE 'sent' END,
                   from_ms = $3, until_ms = $4, sent_at_ms = $5 WHERE network_id = $1 AND id = $2 AND ",
                current!()
            ),
            args![network, id, window.from, window.until, now],
        )
        .await?,
        id,
    )
}

/// The vendor acknowledged it: its row, and the window it holds.
pub async fn confirm(tx: &mut Tx, act: &Act, id: GrantId, external: &str, held: Window) -> Result<()> {
    let before = read(tx, act.network, id).await?;
    let after = Grant {
        held: Some(held),
        external: Some(external.to_owned()),
        state: State::Confirmed,
        sent_at: None,
        confirmed_at: Some(act.now),
        ended_at: None,
        last_error: None,
        ..before.clone()
    };
    replace(tx, act, &before, after, "grant.confirmed").await
}

/// The vendor holds it no longer.
pub async fn end(tx: &mut Tx, act: &Act, id: GrantId) -> Result<()> {
    let before = read(tx, act.network, id).await?;
    if before.state == State::Ended {
        return Ok(());
    }
    let after = Grant {
        held: None,
        state: State::Ended,
        sent_at: None,
        ended_at: Some(act.now),
        last_error: None,
        ..before.clone()
    };
    replace(tx, act, &before, after, "grant.ended").await
}

/// The vendor refused it. What it held before, it still holds.
pub async fn refuse(tx: &mut Tx, act: &Act, id: GrantId, error: &str) -> Result<()> {
    let before = read(tx, act.network, id).await?;
    let state = if before.held.is_some() {
        before.state
    } else {
        State::Failed
    };
    Error::unless_touched(
        tx.execute(
            concat!(
                "UPDATE grant_row SET state = $3, last_error = $4, sent_at_ms = NULL WHERE network_id = $1 AND id = $2 AND ",
                current!()
            ),
            args![act.network, id, Arg::word(&state), error],
        )
        .await?,
        id,
    )?;
    let after = Grant {
        state,
        sent_at: None,
        last_error: Some(error.to_owned()),
        ..before.clone()
    };
    let entry = Entry::new("grant", "grant.refused", id)
        .of(before.person)
        .before(&before)
        .after(&after);
    record(tx, act, entry, &[]).await
}

/// The call surely had no effect: what was never made is over, what is held is as it was.
pub async fn undone(tx: &mut Tx, act: &Act, id: GrantId, why: Option<&str>) -> Result<()> {
    let before = read(tx, act.network, id).await?;
    let last_error = why.map(str::to_owned);
    let after = match before.held {
        Some(held) => Grant {
            window: held,
            state: State::Confirmed,
            sent_at: None,
            last_error,
            ..before.clone()
        },
        None => Grant {
            state: State::Ended,
            sent_at: None,
            ended_at: Some(act.now),
            last_error,
            ..before.clone()
        },
    };
    replace(tx, act, &before, after, "grant.undone").await
}

/// A reading showed it with another window than the vendor last acknowledged; nothing is written when it is as known.
pub async fn observe(tx: &mut Tx, act: &Act, id: GrantId, held: Window) -> Result<()> {
    let before = read(tx, act.network, id).await?;
    if before.held == Some(held) {
        return Ok(());
    }
    let after = Grant {
        held: Some(held),
        ..before.clone()
    };
    replace(tx, act, &before, after, "grant.observed").await
}

/// Other causes hold the same grant now; nothing changes at the vendor.
pub async fn set_causes(tx: &mut Tx, network: NetworkId, id: GrantId, causes: &[Source]) -> Result<()> {
    Error::unless_touched(
        tx.execute(
            concat!(
                "UPDATE grant_row SET causes_json = $3 WHERE network_id = $1 AND id = $2 AND ",
                current!()
            ),
            args![network, id, Arg::json(&causes)],
        )
        .await?,
        id,
    )
}

async fn replace(tx: &mut Tx, act: &Act, before: &Grant, after: Grant, action: &'static str) -> Result<()> {
    let after = Grant {
        since: act.now,
        ..after
    };
    VERSIONS
        .end(tx, act.network, before.since, act.now, &[before.id.into()])
        .await?;
    insert(tx, act, &after).await?;
    let entry = Entry::new("grant", action, before.id)
        .of(before.person)
        .before(before)
        .after(&after);
    record(tx, act, entry, &[]).await
}

async fn insert(tx: &mut Tx, act: &Act, grant: &Grant) -> Result<()> {
    tx.execute(
        "INSERT INTO grant_row (network_id, id, known_from_ms, known_until_ms, integration_id, person_id, group_id,
           from_ms, until_ms, held_from_ms, held_until_ms, external, state, causes_json,
           intended_at_ms, sent_at_ms, confirmed_at_ms, ended_at_ms, last_error)
         VALUES ($1, $2, $3, 9223372036854775807, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        args![
            act.network,
            grant.id,
            act.now,
            grant.integration,
            grant.person,
            grant.group,
            grant.window.from,
            grant.window.until,
            grant.held.map(|held| held.from),
            grant.held.map(|held| held.until),
            grant.external.as_ref(),
            Arg::word(&grant.state),
            Arg::json(&grant.causes),
            grant.intended_at,
            grant.sent_at,
            grant.confirmed_at,
            grant.ended_at,
            grant.last_error.as_ref()
        ],
    )
    .await?;
    Ok(())
}

/// One grant.
pub async fn read(tx: &mut Tx, network: NetworkId, id: GrantId) -> Result<Grant> {
    tx.fetch_optional(
        concat!(
            "SELECT * FROM grant_row WHERE network_id = $1 AND id = $2 AND ",
            current!()
        ),
        args![network, id],
    )
    .await?
    .ok_or_else(|| Error::not_found(id))
    .and_then(|row| from_row(&row))
}

/// Everything of ours that an integration holds or may hold: all but what has ended. All of it, as rounds compare it.
pub async fn live(tx: &mut Tx, network: NetworkId, integration: IntegrationId) -> Result<Vec<Grant>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT * FROM grant_row WHERE network_id = $1 AND integration_id = $2 AND state <> 'ended' AND ",
                current!(),
                " ORDER BY person_id, group_id, from_ms"
            ),
            args![network, integration],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// The same for one person: `$1` is the network, `$2` the integration, `$3` the person.
pub(crate) const LIVE_OF: &str = concat!(
    "SELECT * FROM grant_row WHERE network_id = $1 AND person_id = $3 AND integration_id = $2
       AND state <> 'ended' AND ",
    current!(),
    " ORDER BY group_id, from_ms"
);

/// Every grant of a person, also ended ones, the newest first (P-41).
pub async fn of_person(tx: &mut Tx, network: NetworkId, person: PersonId, page: &Page) -> Result<Listed<Grant>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT * FROM grant_row WHERE network_id = $1 AND person_id = $2 AND id < $3 AND ",
                current!(),
                " ORDER BY id DESC LIMIT $4"
            ),
            args![network, person, page.before_id(), page.rows()],
        )
        .await?;
    let rows = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Listed::cut(rows, page, |grant: &Grant| grant.id.to_string()))
}

/// What an integration holds of ours, by our ids: also after it was disconnected, for the receipt of what is left (P-37).
pub async fn held(tx: &mut Tx, network: NetworkId, integration: IntegrationId, page: &Page) -> Result<Listed<Grant>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT * FROM grant_row WHERE network_id = $1 AND integration_id = $2 AND state <> 'ended'
                   AND held_from_ms IS NOT NULL AND id > $3 AND ",
                current!(),
                " ORDER BY id LIMIT $4"
            ),
            args![network, integration, page.after_id(), page.rows()],
        )
        .await?;
    let rows = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Listed::cut(rows, page, |grant: &Grant| grant.id.to_string()))
}

/// How many grants an integration holds or may hold.
pub async fn count_live(tx: &mut Tx, network: NetworkId, integration: IntegrationId) -> Result<u64> {
    let row = tx
        .fetch_optional(
            concat!(
                "SELECT count(*) AS live FROM grant_row WHERE network_id = $1 AND integration_id = $2 AND state <> 'ended' AND ",
                current!()
            ),
            args![network, integration],
        )
        .await?;
    row.map_or(Ok(0), |row| Ok(u64::try_from(row.int("live")?).unwrap_or(0)))
}

pub(crate) fn from_row(row: &Row) -> Result<Grant> {
    let held = match row.at_opt("held_from_ms")? {
        Some(_) => Some(row.window("held_from_ms", "held_until_ms")?),
        None => None,
    };
    Ok(Grant {
        id: row.id("id")?,
        since: row.at("known_from_ms")?,
        integration: row.id("integration_id")?,
        person: row.id("person_id")?,
        group: row.id("group_id")?,
        window: row.window("from_ms", "until_ms")?,
        held,
        external: row.text_opt("external")?,
        state: row.word("state")?,
        causes: row.json("causes_json")?,
        intended_at: row.at("intended_at_ms")?,
        sent_at: row.at_opt("sent_at_ms")?,
        confirmed_at: row.at_opt("confirmed_at_ms")?,
        ended_at: row.at_opt("ended_at_ms")?,
        last_error: row.text_opt("last_error")?,
    })
}
