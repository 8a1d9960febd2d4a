//! Wake-ups: which integration, or which person there, has to be computed anew. Keys, not commands.
//!
//! In: marks from every change that can alter access. Out: claims for the worker, one key of an integration at a time over all
//! processes, fenced by a token.
//! Why so: many changes of one key are one computation; the computation reads facts, so a mark carries no content.
//! Always: a mark during a claim makes its completion a "still dirty"; an expired lease is claimable at once; due times
//! run on the product's clock, leases on the database's (PostgreSQL) or the machine's (SQLite).

use access::Instant;
use access::id::*;
use access::vendor::Secret;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::sql::{Arg, Asked, Row, Tx, args};
use crate::{chance, clock, lease};

/// How long a claim holds without being renewed.
pub const LEASE_MS: i64 = 30_000;

/// Which work goes first, the most urgent last in this list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// Renewals, full comparisons.
    Tidy,
    /// Access that starts later.
    Grant,
    /// Access that starts within the hour.
    GrantSoon,
    /// Access that ends.
    Revoke,
    /// Somebody was suspended or removed.
    EmergencyRevoke,
}

impl Lane {
    fn from_int(lane: i64) -> Self {
        match lane {
            ..=0 => Self::Tidy,
            1 => Self::Grant,
            2 => Self::GrantSoon,
            3 => Self::Revoke,
            _ => Self::EmergencyRevoke,
        }
    }
}

/// What is to be computed anew, and how urgently.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wake {
    /// Where.
    pub integration: IntegrationId,
    /// Whom; `None` is the whole integration.
    pub person: Option<PersonId>,
    /// How urgently.
    pub lane: Lane,
}

/// A claimed wake-up.
#[derive(Clone, PartialEq, Debug)]
pub struct Claimed {
    /// The tenant.
    pub network: NetworkId,
    /// Where.
    pub integration: IntegrationId,
    /// Whom; `None` is the whole integration.
    pub person: Option<PersonId>,
    /// How urgently.
    pub lane: Lane,
    /// Since when it is due.
    pub due_at: Instant,
    /// Failures so far.
    pub attempts: u32,
    /// Why it failed last.
    pub last_error: Option<String>,
    generation: i64,
    token: String,
}

/// Whether a key could be taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Held {
    /// It is ours until the lease runs out.
    Ours,
    /// It was marked, worked or taken since it was read: read it again.
    Changed,
    /// Another process works this integration: come back later.
    Elsewhere,
}

/// How a completion went.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Completed {
    /// Done, or put to its next instant.
    Clean,
    /// Marked again meanwhile: due at once.
    StillDirty,
    /// The lease ran out and somebody else has it: their completion counts.
    Lost,
}

/// A wake-up that waits, for pages and metrics.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Waiting {
    /// Where.
    pub integration: IntegrationId,
    /// Whom; `None` is the whole integration.
    pub person: Option<PersonId>,
    /// How urgently.
    pub lane: Lane,
    /// When it is due.
    pub due_at: Instant,
    /// Failures so far.
    pub attempts: u32,
    /// Why it failed last.
    pub last_error: Option<String>,
}

/// Marks a key dirty, due at `due_at`: earlier due wins, higher lane wins, the generation goes up. A new row begins at a generation by
/// chance, so that whoever read the row that stood here before, and was held up, cannot take this one for it.
pub async fn mark(tx: &mut Tx, network: NetworkId, wake: Wake, due_at: Instant) -> Result<()> {
    let first = i64::from_le_bytes(chance::bytes()) & (i64::MAX >> 1);
    tx.execute(
        "INSERT INTO wakeup (network_id, integration_id, person_id, lane, due_at_ms, generation, leased_until_ms, token, attempts)
         VALUES ($1, $2, $3, $4, $5, $6, 0, '', 0)
         ON CONFLICT (network_id, integration_id, person_id) DO UPDATE SET
           lane = CASE WHEN excluded.lane > wakeup.lane THEN excluded.lane ELSE wakeup.lane END,
           due_at_ms = CASE WHEN excluded.due_at_ms < wakeup.due_at_ms THEN excluded.due_at_ms ELSE wakeup.due_at_ms END,
           generation = wakeup.generation + 1",
        args![network, wake.integration, person_key(wake.person), wake.lane as i64, due_at, first],
    )
    .await?;
    tx.wakes();
    Ok(())
}

/// The most urgent due key of one integration that nobody holds. Nothing is written: [`hold`] makes it a claim.
pub async fn next(
    tx: &mut Tx,
    now: Instant,
    network: NetworkId,
    integration: IntegrationId,
) -> Result<Option<Claimed>> {
    let lease_now = lease_now(tx).await?;
    let row = tx
        .fetch_optional(
            "SELECT person_id, lane, due_at_ms, generation, attempts, last_error FROM wakeup
             WHERE network_id = $1 AND integration_id = $2 AND due_at_ms <= $3 AND leased_until_ms <= $4
             ORDER BY lane DESC, due_at_ms, person_id LIMIT 1",
            args![network, integration, now, lease_now],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Claimed {
        network,
        integration,
        person: person_of(&row)?,
        lane: Lane::from_int(row.int("lane")?),
        due_at: row.at("due_at_ms")?,
        attempts: attempts(&row)?,
        last_error: row.text_opt("last_error")?,
        generation: row.int("generation")?,
        token: token_text(),
    }))
}

/// Makes a key ours, and with it its integration: one key of an integration is worked at a time, wherever that is, so that its
/// order and the vendor's rate stay exact. Unless it is [`Held::Ours`], roll back: nothing may be kept of this transaction.
pub async fn hold(tx: &mut Tx, claimed: &Claimed) -> Result<Held> {
    if !lease::take(tx, claimed.network, &lease_name(claimed), &claimed.token, LEASE_MS).await? {
        return Ok(Held::Elsewhere);
    }
    let lease_now = lease_now(tx).await?;
    let mut args = key(claimed);
    args.extend([
        claimed.generation.into(),
        lease_now.into(),
        lease_now.plus_ms(LEASE_MS).into(),
    ]);
    let held = tx
        .execute(
            "UPDATE wakeup SET leased_until_ms = $7, token = $4
             WHERE network_id = $1 AND integration_id = $2 AND person_id = $3 AND generation = $5 AND leased_until_ms <= $6",
            args,
        )
        .await?;
    Ok(if held == 1 { Held::Ours } else { Held::Changed })
}

/// Holds a claim for another lease; `false` when it was lost.
pub async fn renew(tx: &mut Tx, claimed: &Claimed) -> Result<bool> {
    if !lease::take(tx, claimed.network, &lease_name(claimed), &claimed.token, LEASE_MS).await? {
        return Ok(false);
    }
    let until = lease_now(tx).await?.plus_ms(LEASE_MS);
    let mut args = key(claimed);
    args.push(until.into());
    let renewed = tx
        .execute(
            "UPDATE wakeup SET leased_until_ms = $5
             WHERE network_id = $1 AND integration_id = $2 AND person_id = $3 AND token = $4",
            args,
        )
        .await?;
    Ok(renewed == 1)
}

/// Gives a claim back as done. `again` is when the key is due next, if ever, and in which lane.
/// What was marked during the work stays dirty and due. Whoever read the key before it was worked can no longer hold it.
pub async fn complete(tx: &mut Tx, claimed: &Claimed, again: Option<(Instant, Lane)>) -> Result<Completed> {
    lease::give_back(tx, claimed.network, &lease_name(claimed), &claimed.token).await?;
    let mut args = key(claimed);
    args.push(claimed.generation.into());
    let clean = match again {
        None => {
            tx.execute(
                "DELETE FROM wakeup
                 WHERE network_id = $1 AND integration_id = $2 AND person_id = $3 AND token = $4 AND generation = $5",
                args,
            )
            .await?
        }
        Some((due_at, lane)) => {
            args.extend([due_at.into(), (lane as i64).into()]);
            tx.wakes();
            tx.execute(
                "UPDATE wakeup SET due_at_ms = $6, lane = $7, leased_until_ms = 0, token = '', attempts = 0, last_error = NULL,
                 generation = generation + 1
                 WHERE network_id = $1 AND integration_id = $2 AND person_id = $3 AND token = $4 AND generation = $5",
                args,
            )
            .await?
        }
    };
    if clean == 1 {
        return Ok(Completed::Clean);
    }
    let given_back = tx
        .execute(
            "UPDATE wakeup SET leased_until_ms = 0, token = '', attempts = 0, last_error = NULL
             WHERE network_id = $1 AND integration_id = $2 AND person_id = $3 AND token = $4",
            key(claimed),
        )
        .await?;
    tx.wakes();
    Ok(if given_back == 1 {
        Completed::StillDirty
    } else {
        Completed::Lost
    })
}

/// Gives a claim back as failed: due again at `again_at`, with the reason kept.
pub async fn fail(tx: &mut Tx, claimed: &Claimed, again_at: Instant, error: &str) -> Result<Completed> {
    lease::give_back(tx, claimed.network, &lease_name(claimed), &claimed.token).await?;
    let mut args = key(claimed);
    args.extend([again_at.into(), error.into()]);
    let failed = tx
        .execute(
            "UPDATE wakeup SET due_at_ms = $5, leased_until_ms = 0, token = '', attempts = attempts + 1, last_error = $6,
             generation = generation + 1
             WHERE network_id = $1 AND integration_id = $2 AND person_id = $3 AND token = $4",
            args,
        )
        .await?;
    tx.wakes();
    Ok(if failed == 1 {
        Completed::StillDirty
    } else {
        Completed::Lost
    })
}

/// Frees what a process that is gone had claimed. Only where one process has the database to itself (SQLite): elsewhere another
/// node may hold it, and leases run out by themselves.
pub async fn free_all(tx: &mut Tx) -> Result<()> {
    if tx.is_postgres() {
        return Ok(());
    }
    tx.execute(
        "UPDATE wakeup SET leased_until_ms = 0, token = '' WHERE leased_until_ms <> 0",
        Vec::new(),
    )
    .await?;
    tx.execute(
        "UPDATE mail SET leased_until_ms = 0, token = '' WHERE leased_until_ms <> 0",
        Vec::new(),
    )
    .await?;
    tx.execute("DELETE FROM lease", Vec::new()).await?;
    Ok(())
}

/// Drops every mark of an integration, once nothing is to be done there any more.
pub async fn forget(tx: &mut Tx, network: NetworkId, integration: IntegrationId) -> Result<()> {
    tx.execute(
        "DELETE FROM wakeup WHERE network_id = $1 AND integration_id = $2",
        args![network, integration],
    )
    .await?;
    Ok(())
}

/// What there is to do, over all networks.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Agenda {
    /// Integrations with keys that are due and that nobody holds; at most 1,000.
    pub due: Vec<(NetworkId, IntegrationId)>,
    /// When the next key or mail that nobody holds is due, later than now; `None` when nothing waits.
    pub next_at: Option<Instant>,
}

/// Reads it in one go.
pub async fn agenda(tx: &mut Tx, now: Instant) -> Result<Agenda> {
    const DUE: &str =
        "SELECT DISTINCT network_id, integration_id FROM wakeup WHERE due_at_ms <= $1 AND leased_until_ms <= $2
         ORDER BY network_id, integration_id LIMIT 1000";
    const NEXT_KEY: &str = "SELECT min(due_at_ms) AS due FROM wakeup WHERE due_at_ms > $1 AND leased_until_ms <= $2";
    const NEXT_MAIL: &str =
        "SELECT min(due_at_ms) AS due FROM mail WHERE state = 'queued' AND due_at_ms > $1 AND leased_until_ms <= $2";
    let lease_now = lease_now(tx).await?;
    let asked = [DUE, NEXT_KEY, NEXT_MAIL].map(|sql| Asked::new(sql, args![now, lease_now]));
    let found = tx.fetch_several(asked.into()).await?;
    let [due, ahead @ ..] = found.as_slice() else {
        return Ok(Agenda::default());
    };
    let mut next_at: Option<Instant> = None;
    for row in ahead.iter().flatten() {
        let at = row.at_opt("due")?;
        next_at = [next_at, at].into_iter().flatten().min();
    }
    Ok(Agenda {
        due: due
            .iter()
            .map(|row| Ok((row.id("network_id")?, row.id("integration_id")?)))
            .collect::<Result<_>>()?,
        next_at,
    })
}

/// Is any key due by `by`, held or not? "Everything due by then has been worked" is its "no".
pub async fn any_due(tx: &mut Tx, by: Instant) -> Result<bool> {
    let row = tx
        .fetch_optional("SELECT 1 AS one FROM wakeup WHERE due_at_ms <= $1 LIMIT 1", args![by])
        .await?;
    Ok(row.is_some())
}

/// What waits in one network, the most urgent first; at most 500.
pub async fn waiting(tx: &mut Tx, network: NetworkId) -> Result<Vec<Waiting>> {
    let rows = tx
        .fetch_all(
            "SELECT integration_id, person_id, lane, due_at_ms, attempts, last_error FROM wakeup
             WHERE network_id = $1 ORDER BY lane DESC, due_at_ms LIMIT 500",
            args![network],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Waiting {
                integration: row.id("integration_id")?,
                person: person_of(row)?,
                lane: Lane::from_int(row.int("lane")?),
                due_at: row.at("due_at_ms")?,
                attempts: attempts(row)?,
                last_error: row.text_opt("last_error")?,
            })
        })
        .collect()
}

/// The clock that leases run on: the database's where many machines share it, else this machine's.
pub(crate) async fn lease_now(tx: &mut Tx) -> Result<Instant> {
    if !tx.is_postgres() {
        return Ok(clock::machine_now());
    }
    tx.fetch_optional(
        "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) AS now",
        Vec::new(),
    )
    .await?
    .ok_or_else(|| Error::database("the database did not say what time it is"))?
    .at("now")
}

pub(crate) fn token_text() -> String {
    let token: Secret = chance::token();
    token.reveal().to_owned()
}

fn person_key(person: Option<PersonId>) -> String {
    person.map(|person| person.to_string()).unwrap_or_default()
}

fn person_of(row: &Row) -> Result<Option<PersonId>> {
    if row.text("person_id")?.is_empty() {
        Ok(None)
    } else {
        row.id("person_id").map(Some)
    }
}

fn attempts(row: &Row) -> Result<u32> {
    Ok(u32::try_from(row.int("attempts")?).unwrap_or(u32::MAX))
}

fn lease_name(claimed: &Claimed) -> String {
    format!("integration:{}", claimed.integration)
}

fn key(claimed: &Claimed) -> Vec<Arg> {
    args![
        claimed.network,
        claimed.integration,
        person_key(claimed.person),
        claimed.token.as_str()
    ]
}
