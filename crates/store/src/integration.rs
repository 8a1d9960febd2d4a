//! Integrations: one configured account at one vendor for a location. Versioned, apart from the worker's own notes on it
//! (`integration_status`), which change with every round and which no decision reads.

use access::Instant;
use access::change::Seats;
use access::facts::{IntegrationState, Visibility};
use access::id::*;
use access::vendor::{Learned, Secret};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::record::{Act, Entry, record};
use crate::sql::{Arg, Asked, Listed, Page, Row, Tx, args};
use crate::vendor_login::VendorLogin;
use crate::version::{Versions, current, versions};
use crate::wakeup::{self, Lane, Wake};
use crate::{chance, location, vendor_login};

const VERSIONS: Versions = versions!("integration", "id = $3");

/// What people set.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Details {
    /// For which location.
    pub location: LocationId,
    /// Which vendor, by the word its connector goes by.
    pub vendor: String,
    /// Does it grant?
    pub state: IntegrationState,
    /// Who sees its doors (P-31).
    pub visibility: Visibility,
    /// The vendor's site; `None` is all of the account.
    pub site: Option<String>,
    /// Its name at the vendor.
    pub site_name: Option<String>,
    /// The login it uses; `None` once it is disconnected.
    pub login: Option<VendorLoginId>,
}

/// An integration.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Integration {
    /// Its id.
    pub id: IntegrationId,
    /// Since when it is as it is.
    pub since: Instant,
    /// What people set.
    pub details: Details,
}

/// The worker's notes on an integration.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Status {
    /// What this account was found to do.
    pub learned: Learned,
    /// The connector's own settings, as JSON.
    pub settings: serde_json::Value,
    /// A wake-up of the whole integration reads the vendor from then on; before it, it only recomputes from facts.
    pub reading_due_at: Instant,
    /// When a round last ended.
    pub last_round_at: Option<Instant>,
    /// When everything was last read completely.
    pub last_complete_at: Option<Instant>,
    /// The last failure, in plain words; `None` when the last round went well.
    pub last_error: Option<String>,
    /// When it failed.
    pub last_error_at: Option<Instant>,
    /// The vendor's cursor behind the last door event read.
    pub events_after: Option<String>,
    /// Seats as last read, where the vendor counts them.
    pub seats: Option<Seats>,
}

/// A new integration; wakes it.
pub async fn create(tx: &mut Tx, act: &Act, details: &Details) -> Result<IntegrationId> {
    let id = IntegrationId::new(act.now, chance::for_id(act.now));
    insert(tx, act, id, details).await?;
    tx.execute(
        "INSERT INTO integration_status (network_id, integration_id, learned_json, settings_json, reading_due_at_ms)
         VALUES ($1, $2, '{}', 'null', 0)",
        args![act.network, id],
    )
    .await?;
    let wake = Wake {
        integration: id,
        person: None,
        lane: Lane::GrantSoon,
    };
    record(
        tx,
        act,
        Entry::new("integration", "integration.connected", id).after(details),
        &[wake],
    )
    .await?;
    Ok(id)
}

/// Changes what people set; wakes it.
pub async fn change(tx: &mut Tx, act: &Act, id: IntegrationId, details: &Details) -> Result<()> {
    let before = read(tx, act.network, id).await?;
    if before.details == *details {
        return Ok(());
    }
    VERSIONS
        .end(tx, act.network, before.since, act.now, &[id.into()])
        .await?;
    insert(tx, act, id, details).await?;
    if (&before.details.site, before.details.login) != (&details.site, details.login) {
        set_reading_due(tx, act.network, id, Instant::from_ms(0)).await?;
    }
    let action = match (before.details.state == details.state, details.state) {
        (true, _) => "integration.changed",
        (false, IntegrationState::Connected) => "integration.connected",
        (false, IntegrationState::NeedsSignIn) => "integration.needs_sign_in",
        (false, IntegrationState::Leaving) => "integration.leaving",
        (false, IntegrationState::RunningOut) => "integration.running_out",
        (false, IntegrationState::Revoking) => "integration.revoking",
        (false, IntegrationState::Disconnected) => "integration.disconnected",
    };
    let entry = Entry::new("integration", action, id)
        .before(&before.details)
        .after(details);
    record(
        tx,
        act,
        entry,
        &[Wake {
            integration: id,
            person: None,
            lane: Lane::Revoke,
        }],
    )
    .await
}

/// Changes whether it grants, and nothing else.
pub async fn set_state(tx: &mut Tx, act: &Act, id: IntegrationId, state: IntegrationState) -> Result<()> {
    let details = read(tx, act.network, id).await?.details;
    change(tx, act, id, &Details { state, ..details }).await
}

async fn insert(tx: &mut Tx, act: &Act, id: IntegrationId, details: &Details) -> Result<()> {
    location::read(tx, act.network, details.location).await?;
    if let Some(login) = details.login {
        vendor_login::read(tx, act.network, login).await?;
    }
    tx.execute(
        "INSERT INTO integration (network_id, id, known_from_ms, known_until_ms,
           location_id, vendor, state, visibility, site, site_name, vendor_login_id)
         VALUES ($1, $2, $3, 9223372036854775807, $4, $5, $6, $7, $8, $9, $10)",
        args![
            act.network,
            id,
            act.now,
            details.location,
            &details.vendor,
            Arg::word(&details.state),
            Arg::word(&details.visibility),
            details.site.as_ref(),
            details.site_name.as_ref(),
            details.login
        ],
    )
    .await?;
    Ok(())
}

/// One integration.
pub async fn read(tx: &mut Tx, network: NetworkId, id: IntegrationId) -> Result<Integration> {
    find(tx, network, id).await?.ok_or_else(|| Error::not_found(id))
}

const FIND: &str = concat!(
    "SELECT * FROM integration WHERE network_id = $1 AND id = $2 AND ",
    current!()
);

/// One integration, if it is there.
pub async fn find(tx: &mut Tx, network: NetworkId, id: IntegrationId) -> Result<Option<Integration>> {
    let row = tx.fetch_optional(FIND, args![network, id]).await?;
    row.as_ref().map(from_row).transpose()
}

/// Integrations, oldest first, also disconnected ones.
pub async fn list(
    tx: &mut Tx,
    network: NetworkId,
    location: Option<LocationId>,
    page: &Page,
) -> Result<Listed<Integration>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT * FROM integration WHERE network_id = $1 AND id > $2 AND ($3 IS NULL OR location_id = $3) AND ",
                current!(),
                " ORDER BY id LIMIT $4"
            ),
            args![network, page.after_id(), location, page.rows()],
        )
        .await?;
    let rows = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Listed::cut(rows, page, |integration: &Integration| {
        integration.id.to_string()
    }))
}

/// Every integration of every network that is not disconnected, for the worker's timers; at most 10,000.
pub async fn all_live(tx: &mut Tx) -> Result<Vec<(NetworkId, IntegrationId)>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT network_id, id FROM integration WHERE state <> 'disconnected' AND ",
                current!(),
                " ORDER BY network_id, id LIMIT 10000"
            ),
            Vec::new(),
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.id("network_id")?, row.id("id")?)))
        .collect()
}

/// Connected integrations of a vendor, in every network, whose events have been read before: those that can be listened to; at most
/// 10,000.
pub async fn connected_at(tx: &mut Tx, vendor: &str) -> Result<Vec<(NetworkId, IntegrationId)>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT network_id, id FROM integration WHERE vendor = $1 AND state = 'connected' AND ",
                current!(),
                " AND EXISTS (SELECT 1 FROM integration_status s WHERE s.network_id = integration.network_id
                   AND s.integration_id = integration.id AND s.events_after IS NOT NULL)
                 ORDER BY network_id, id LIMIT 10000"
            ),
            args![vendor],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.id("network_id")?, row.id("id")?)))
        .collect()
}

/// Is it of this network? Else `NotFound`: for rows that name it.
pub(crate) async fn check_known(tx: &mut Tx, network: NetworkId, id: IntegrationId) -> Result<()> {
    tx.fetch_optional(
        "SELECT 1 AS one FROM integration_status WHERE network_id = $1 AND integration_id = $2",
        args![network, id],
    )
    .await?
    .map(drop)
    .ok_or_else(|| Error::not_found(id))
}

/// Computes it anew from `due_at` on: a full comparison on a timer, or at an operator's wish.
pub async fn wake(tx: &mut Tx, network: NetworkId, id: IntegrationId, lane: Lane, due_at: Instant) -> Result<()> {
    check_known(tx, network, id).await?;
    wakeup::mark(
        tx,
        network,
        Wake {
            integration: id,
            person: None,
            lane,
        },
        due_at,
    )
    .await
}

const STATUS: &str = "SELECT * FROM integration_status WHERE network_id = $1 AND integration_id = $2";

/// The worker's notes on one integration.
pub async fn status(tx: &mut Tx, network: NetworkId, id: IntegrationId) -> Result<Status> {
    let row = tx.fetch_optional(STATUS, args![network, id]).await?;
    status_of(&row.ok_or_else(|| Error::not_found(id))?)
}

fn status_of(row: &Row) -> Result<Status> {
    Ok(Status {
        learned: row.json("learned_json")?,
        settings: row.json("settings_json")?,
        reading_due_at: row.at("reading_due_at_ms")?,
        last_round_at: row.at_opt("last_round_at_ms")?,
        last_complete_at: row.at_opt("last_complete_at_ms")?,
        last_error: row.text_opt("last_error")?,
        last_error_at: row.at_opt("last_error_at_ms")?,
        events_after: row.text_opt("events_after")?,
        seats: row.json("seats_json")?,
    })
}

/// An integration with all that working with its vendor needs.
pub struct Account {
    /// What people set.
    pub integration: Integration,
    /// The worker's notes.
    pub status: Status,
    /// The login and its secret; `None` once it is disconnected.
    pub login: Option<(VendorLogin, Secret)>,
}

/// Reads an account in one go; `None` when there is no such integration.
pub async fn account(tx: &mut Tx, network: NetworkId, id: IntegrationId) -> Result<Option<Account>> {
    let asked = [FIND, STATUS, vendor_login::OF_INTEGRATION].map(|sql| Asked::new(sql, args![network, id]));
    let found = tx.fetch_several(asked.into()).await?;
    let first = |at: usize| found.get(at).and_then(|rows| rows.first());
    let (Some(integration), Some(status)) = (first(0), first(1)) else {
        return Ok(None);
    };
    Ok(Some(Account {
        integration: from_row(integration)?,
        status: status_of(status)?,
        login: first(2).map(|row| vendor_login::opened(tx, network, row)).transpose()?,
    }))
}

/// When the vendor is to be read next; the epoch is at once. The caller marks the whole integration to be woken.
pub async fn set_reading_due(tx: &mut Tx, network: NetworkId, id: IntegrationId, at: Instant) -> Result<()> {
    let touched = tx
        .execute(
            "UPDATE integration_status SET reading_due_at_ms = $3 WHERE network_id = $1 AND integration_id = $2",
            args![network, id, at],
        )
        .await?;
    Error::unless_touched(touched, id)
}

/// Keeps the worker's notes, apart from when the next reading is due; no version, no audit entry.
pub async fn note_status(tx: &mut Tx, network: NetworkId, id: IntegrationId, status: &Status) -> Result<()> {
    let touched = tx
        .execute(
            "UPDATE integration_status SET learned_json = $3, settings_json = $4, last_round_at_ms = $5,
           last_complete_at_ms = $6, last_error = $7, last_error_at_ms = $8, events_after = $9, seats_json = $10
         WHERE network_id = $1 AND integration_id = $2",
            args![
                network,
                id,
                Arg::json(&status.learned),
                status.settings.to_string(),
                status.last_round_at,
                status.last_complete_at,
                status.last_error.as_ref(),
                status.last_error_at,
                status.events_after.as_ref(),
                Arg::json(&status.seats)
            ],
        )
        .await?;
    Error::unless_touched(touched, id)
}

/// The secret that the vendor's event webhook is checked with, if one was set.
pub async fn hook_secret(tx: &mut Tx, network: NetworkId, id: IntegrationId) -> Result<Option<Secret>> {
    let row = tx
        .fetch_optional(
            "SELECT hook_secret FROM integration_status WHERE network_id = $1 AND integration_id = $2",
            args![network, id],
        )
        .await?
        .ok_or_else(|| Error::not_found(id))?;
    let sealed = row.text_opt("hook_secret")?;
    sealed
        .map(|sealed| tx.key().open("integration_status", &id.to_string(), network, &sealed))
        .transpose()
}

/// Keeps the secret that the vendor's event webhook is checked with, sealed.
pub async fn set_hook_secret(
    tx: &mut Tx,
    network: NetworkId,
    id: IntegrationId,
    secret: Option<&Secret>,
) -> Result<()> {
    let sealed = secret.map(|secret| tx.key().seal("integration_status", &id.to_string(), network, secret));
    let touched = tx
        .execute(
            "UPDATE integration_status SET hook_secret = $3 WHERE network_id = $1 AND integration_id = $2",
            args![network, id, sealed],
        )
        .await?;
    Error::unless_touched(touched, id)
}

fn from_row(row: &Row) -> Result<Integration> {
    Ok(Integration {
        id: row.id("id")?,
        since: row.at("known_from_ms")?,
        details: Details {
            location: row.id("location_id")?,
            vendor: row.text("vendor")?,
            state: row.word("state")?,
            visibility: row.word("visibility")?,
            site: row.text_opt("site")?,
            site_name: row.text_opt("site_name")?,
            login: row.id_opt("vendor_login_id")?,
        },
    })
}
