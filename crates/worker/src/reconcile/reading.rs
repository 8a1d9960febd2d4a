//! A full reading of one vendor account: groups, doors, rows, people, door events; then who differs is woken.
//!
//! In: an integration whose reading is due. Out: known groups and doors, rows as the vendor really has them, findings.
//! Why so: webhooks and receipts are hints; this is the truth. Always: an incomplete reading marks nothing as gone and takes
//! nothing away; only rows of ours that are over are taken here, to tidy; a reading without differences makes no writing call.

use std::collections::{BTreeMap, BTreeSet};

use access::Instant;
use access::change::{Change, Note, Observation};
use access::grants;
use access::id::*;
use connectors::{Connectors, Question, Scope, WebhookState};
use store::facts::{self, As};
use store::finding::{self, Looked};
use store::grant::State;
use store::holder;
use store::integration::{self, Status};
use store::record::Act;
use store::{Tx, chance, grant, group, round};

use crate::door_events;
use crate::house::{Account, House};
use crate::reconcile::carry_out::{Hand, Stopped};
use crate::reconcile::journal::Journal;
use crate::reconcile::known::{self, Place};
use crate::reconcile::whole::{is_tidying, next_reading, wake_differing};

/// Rows that are over and taken in one reading, at the most.
const MOST_TIDIED: usize = 50;
/// After a reading with holes, the next one comes this soon.
const AGAIN_AFTER_HOLES_S: i64 = 60;

/// Reads, keeps, compares, wakes.
pub(crate) async fn round(
    house: &House,
    account: &mut Account,
    journal: &mut Journal<'_>,
) -> Result<Option<Instant>, Stopped> {
    let (tx, id) = journal.begin().await?;
    journal.keep_round(tx, id).await?;
    let read = read(house, account, journal).await;
    let now = house.clock.now();
    let (complete, why) = match &read {
        Ok(complete) => (*complete, None),
        Err(Stopped::Vendor(trouble)) => (false, Some(trouble.to_string())),
        Err(Stopped::Store(error)) => (false, Some(error.to_string())),
        Err(Stopped::Changed | Stopped::Elsewhere) => (false, Some("another process went on with it".to_owned())),
    };
    let mut tx = house.store.write().await?;
    round::end(&mut tx, &house.act(account.network), id, complete, why.as_deref()).await?;
    let status = integration::status(&mut tx, account.network, account.id).await?;
    let after = Status {
        last_round_at: Some(now),
        last_complete_at: if complete { Some(now) } else { status.last_complete_at },
        last_error_at: if why.is_some() { Some(now) } else { status.last_error_at },
        last_error: why,
        ..status
    };
    integration::note_status(&mut tx, account.network, account.id, &after).await?;
    let next = if complete {
        next_reading(account.id, now)
    } else {
        now.plus_s(AGAIN_AFTER_HOLES_S)
    };
    if read.is_ok() {
        integration::set_reading_due(&mut tx, account.network, account.id, next).await?;
    }
    tx.commit().await?;
    read.map(|_| Some(next))
}

/// Answers whether everything could be read.
async fn read(house: &House, account: &mut Account, journal: &mut Journal<'_>) -> Result<bool, Stopped> {
    let (network, id) = (account.network, account.id);
    let now = house.clock.now();
    let mut tx = house.store.read().await?;
    let mapped = known::mapped(&facts::load_integration(&mut tx, network, id, As::Known { now }).await?);
    let with_rows: BTreeSet<AccessGroupId> = grant::live(&mut tx, network, id)
        .await?
        .into_iter()
        .map(|row| row.group)
        .collect();
    let groups = group::list(&mut tx, network, id).await?;
    drop(tx);
    let asked: Vec<String> = groups
        .into_iter()
        .filter(|group| mapped.contains(&group.id) || with_rows.contains(&group.id))
        .map(|group| group.external)
        .collect();
    let mut seen = account.connector.observe(&asked).await.map_err(Stopped::Vendor)?;

    let act = house.act(network);
    let mut tx = house.store.write().await?;
    group::observe(&mut tx, &act, id, &seen).await?;
    keep_rows(&mut tx, &act, id, &mut seen).await?;
    let status = integration::status(&mut tx, network, id).await?;
    if status.seats != seen.seats {
        let seats = seen.seats;
        integration::note_status(&mut tx, network, id, &Status { seats, ..status }).await?;
    }
    tx.commit().await?;
    compare(house, account, journal, &seen).await?;
    watch(house, account).await;
    door_events::catch_up(house, account).await?;
    Ok(seen.complete)
}

/// Says of every row whether it is ours, brings our journal to what was read, and keeps what people's records show.
async fn keep_rows(tx: &mut Tx, act: &Act, id: IntegrationId, seen: &mut Observation) -> store::Result<()> {
    let ours = grant::live(tx, act.network, id).await?;
    let by_external: BTreeMap<&str, usize> = ours
        .iter()
        .enumerate()
        .filter_map(|(index, row)| Some((row.external.as_deref()?, index)))
        .collect();
    let mut met = BTreeSet::new();
    for row in &mut seen.rows {
        let Some(index) = by_external.get(row.external.as_str()) else {
            continue;
        };
        let known = &ours[*index];
        met.insert(known.id);
        row.ours = Some(known.id);
        row.person = Some(known.person);
        if known.state == State::Confirmed && !known.is_open() {
            grant::observe(tx, act, known.id, row.window).await?;
        }
    }
    if seen.complete {
        for row in ours
            .iter()
            .filter(|row| row.state == State::Confirmed && !row.is_open() && !met.contains(&row.id))
        {
            grant::end(tx, &act.because("the vendor no longer lists it"), row.id).await?;
        }
    }
    for holder in holder::of_integration(tx, act.network, id).await? {
        let Some(shown) = seen
            .holders
            .iter_mut()
            .find(|shown| Some(&shown.external) == holder.details.external.as_ref())
        else {
            continue;
        };
        shown.person = Some(holder.person);
        let after = holder::Details {
            unconfirmed: shown.unconfirmed,
            disabled: shown.disabled,
            card: shown.card.clone(),
            ..holder.details
        };
        holder::keep(tx, act, id, holder.person, Some(&after)).await?;
    }
    Ok(())
}

/// Compares everything with the reading, tidies what is over, notes findings, wakes who differs.
async fn compare(
    house: &House,
    account: &mut Account,
    journal: &mut Journal<'_>,
    seen: &Observation,
) -> Result<(), Stopped> {
    let (network, id) = (account.network, account.id);
    let now = house.clock.now();
    let mut tx = house.store.read().await?;
    let facts = facts::load_integration(&mut tx, network, id, As::Known { now }).await?;
    let place = Place {
        groups: group::list(&mut tx, network, id).await?,
        doors: group::doors(&mut tx, network, id).await?,
    };
    let rows = grant::live(&mut tx, network, id).await?;
    let holders = holder::of_integration(&mut tx, network, id).await?;
    drop(tx);
    let grants = if account.is_revoking() {
        Vec::new()
    } else {
        grants::desired(&facts, now)
    };
    let desired = known::desired(&facts, &grants, &place);
    let question = Question {
        desired: &desired,
        observed: seen,
        groups: &place.known_groups(&known::mapped(&facts)),
        doors: &place.known_doors(),
        learned: account.learned,
        now,
        scope: Scope::Integration,
        aim: account.aim(),
    };
    let comparison = account.connector.compare(&question, &mut || house.mint());
    for change in comparison
        .changes
        .iter()
        .filter(|change| is_tidying(change, now))
        .take(MOST_TIDIED)
    {
        tidy(house, account, journal, change).await?;
    }
    let mut notes = comparison.notes.clone();
    let refused = holders.iter().filter_map(|holder| {
        Some(Note::Refused {
            person: holder.person,
            what: holder.details.refused.clone()?,
        })
    });
    notes.extend(refused);
    let looked = if seen.complete {
        Looked::Everything
    } else {
        Looked::Partly
    };
    let act = house.act(network);
    let mut tx = house.store.write().await?;
    finding::settle(&mut tx, &act, id, looked, &notes).await?;
    wake_differing(&mut tx, account, &comparison, &rows, now).await?;
    tx.commit().await?;
    Ok(())
}

async fn tidy(house: &House, account: &mut Account, journal: &mut Journal<'_>, change: &Change) -> Result<(), Stopped> {
    let mut hand = Hand {
        house,
        account,
        journal,
    };
    hand.carry_out(change, "", &[], None, &[]).await.map(|_| ())
}

/// The vendor's id of our webhook, if one was made.
pub(crate) fn webhook(status: &Status) -> Option<String> {
    status
        .settings
        .get("webhook")
        .and_then(|id| id.as_str())
        .map(str::to_owned)
}

/// Keeps our webhook in place where vendors can reach us. Trouble here is no reason to stop: events are read as well.
async fn watch(house: &House, account: &Account) {
    let Some(public_url) = &house.public_url else { return };
    let row = Connectors::abilities(&account.integration.details.vendor);
    if !row.is_some_and(|row| row.webhooks) {
        return;
    }
    if let Err(stopped) = try_watch(house, account, public_url).await {
        tracing::warn!(integration = %account.id, ?stopped, "door events will be read instead of pushed");
    }
}

async fn try_watch(house: &House, account: &Account, public_url: &str) -> Result<(), Stopped> {
    if let Some(known) = webhook(&account.status) {
        match account.connector.check_watch(&known).await.map_err(Stopped::Vendor)? {
            WebhookState::Works | WebhookState::WasOff => return Ok(()),
            WebhookState::Missing => {}
        }
    }
    let (network, id) = (account.network, account.id);
    let mut tx = house.store.write().await?;
    let key = match integration::hook_secret(&mut tx, network, id).await? {
        Some(key) => key,
        None => {
            let key = chance::token();
            integration::set_hook_secret(&mut tx, network, id, Some(&key)).await?;
            key
        }
    };
    tx.commit().await?;
    let url = format!("{}/hooks/{network}/{id}", public_url.trim_end_matches('/'));
    let made = account.connector.watch(&url, &key).await.map_err(Stopped::Vendor)?;
    let mut tx = house.store.write().await?;
    let status = integration::status(&mut tx, network, id).await?;
    let settings = serde_json::json!({ "webhook": made });
    integration::note_status(&mut tx, network, id, &Status { settings, ..status }).await?;
    tx.commit().await?;
    Ok(())
}
