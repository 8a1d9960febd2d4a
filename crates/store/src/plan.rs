//! Plans: what can be subscribed to, and what it opens (P-4). Versioned.

use std::collections::BTreeSet;

use access::Instant;
use access::id::*;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::record::{Act, Entry, record};
use crate::sql::{Arg, Listed, Page, Row, Tx, args};
use crate::version::{Versions, current, versions};
use crate::wakeup::Lane;
use crate::{chance, concerned, location};

const VERSIONS: Versions = versions!("plan", "id = $3");

/// How often a price is due; shown, never charged here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Every day.
    Day,
    /// Every week.
    Week,
    /// Every month.
    Month,
    /// Every year.
    Year,
    /// Once.
    Once,
}

/// What people set.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Details {
    /// Where it is sold.
    pub location: LocationId,
    /// As shown.
    pub name: String,
    /// Shown, never charged here.
    pub price_cents: i64,
    /// ISO 4217, as in `EUR`.
    pub currency: String,
    /// How often the price is due.
    pub period: Period,
    /// In plain words; may be empty.
    pub description: String,
    /// What it opens, across all integrations.
    pub groups: Vec<AccessGroupId>,
    /// No longer offered; running subscriptions keep what it opens.
    pub archived: bool,
}

/// A plan.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// Since when it is as it is.
    pub since: Instant,
    /// What people set.
    pub details: Details,
}

/// Which plans.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Filter {
    /// Only those of this location.
    pub location: Option<LocationId>,
    /// Also those no longer offered.
    pub archived_too: bool,
}

/// A new plan.
pub async fn create(tx: &mut Tx, act: &Act, details: &Details) -> Result<PlanId> {
    check(tx, act.network, details).await?;
    let id = PlanId::new(act.now, chance::for_id(act.now));
    insert(tx, act, id, details).await?;
    record(tx, act, Entry::new("plan", "plan.created", id).after(details), &[]).await?;
    Ok(id)
}

/// Changes what people set. Other groups wake the integrations of the groups that came or went, as a whole.
pub async fn change(tx: &mut Tx, act: &Act, id: PlanId, details: &Details) -> Result<()> {
    let before = read(tx, act.network, id).await?;
    check(tx, act.network, details).await?;
    VERSIONS
        .end(tx, act.network, before.since, act.now, &[id.into()])
        .await?;
    insert(tx, act, id, details).await?;
    let (was, is) = (
        before.details.groups.iter().collect::<BTreeSet<_>>(),
        details.groups.iter().collect(),
    );
    let changed: Vec<AccessGroupId> = was.symmetric_difference(&is).map(|group| **group).collect();
    let wakes = concerned::by_groups(tx, act.network, changed, None, Lane::Revoke).await?;
    record(
        tx,
        act,
        Entry::new("plan", "plan.changed", id)
            .before(&before.details)
            .after(details),
        &wakes,
    )
    .await
}

/// Is all it names of this network? Asked before anything is written.
async fn check(tx: &mut Tx, network: NetworkId, details: &Details) -> Result<()> {
    location::read(tx, network, details.location).await?;
    concerned::all_known(tx, network, &details.groups).await
}

async fn insert(tx: &mut Tx, act: &Act, id: PlanId, details: &Details) -> Result<()> {
    tx.execute(
        "INSERT INTO plan (network_id, id, known_from_ms, known_until_ms,
           location_id, name, price_cents, currency, period, description, groups_json, archived)
         VALUES ($1, $2, $3, 9223372036854775807, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            act.network,
            id,
            act.now,
            details.location,
            &details.name,
            details.price_cents,
            &details.currency,
            Arg::word(&details.period),
            &details.description,
            Arg::json(&details.groups),
            details.archived
        ],
    )
    .await?;
    Ok(())
}

/// One plan.
pub async fn read(tx: &mut Tx, network: NetworkId, id: PlanId) -> Result<Plan> {
    find(tx, network, id).await?.ok_or_else(|| Error::not_found(id))
}

/// One plan, if it is there.
pub async fn find(tx: &mut Tx, network: NetworkId, id: PlanId) -> Result<Option<Plan>> {
    let row = tx
        .fetch_optional(
            concat!("SELECT * FROM plan WHERE network_id = $1 AND id = $2 AND ", current!()),
            args![network, id],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Plans, oldest first.
pub async fn list(tx: &mut Tx, network: NetworkId, filter: &Filter, page: &Page) -> Result<Listed<Plan>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT * FROM plan WHERE network_id = $1 AND id > $2 AND ($3 IS NULL OR location_id = $3)
                   AND ($4 OR NOT archived) AND ",
                current!(),
                " ORDER BY id LIMIT $5"
            ),
            args![
                network,
                page.after_id(),
                filter.location,
                filter.archived_too,
                page.rows()
            ],
        )
        .await?;
    let rows = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Listed::cut(rows, page, |plan: &Plan| plan.id.to_string()))
}

fn from_row(row: &Row) -> Result<Plan> {
    Ok(Plan {
        id: row.id("id")?,
        since: row.at("known_from_ms")?,
        details: Details {
            location: row.id("location_id")?,
            name: row.text("name")?,
            price_cents: row.int("price_cents")?,
            currency: row.text("currency")?,
            period: row.word("period")?,
            description: row.text("description")?,
            groups: row.json("groups_json")?,
            archived: row.flag("archived")?,
        },
    })
}
