//! A round over everybody at one integration, from facts and journal alone: who differs is woken.
//!
//! In: an integration after a change with reach (a plan, a resource, a location). Out: wake-ups for the people whose rows differ, and
//! findings about groups and doors that are mapped now.
//! Why so: the steps themselves stay with the person's round, where an urgent revocation overtakes a long row of grants.

use std::collections::BTreeMap;

use access::Instant;
use access::change::{Change, Comparison};
use access::facts::IntegrationState;
use access::grants;
use access::id::*;
use connectors::{Question, Scope};
use store::facts::{self, As};
use store::finding::{self, Looked};
use store::wakeup::{self, Lane, Wake};
use store::{Tx, grant, group, holder, integration};

use crate::house::{Account, House};
use crate::reconcile::carry_out::Stopped;
use crate::reconcile::known::{self, Place};

/// Minutes between full readings of a vendor, before the spread.
const READ_EVERY_MINUTES: i64 = 30;
/// Longer than from one reading to the next.
const EDGES_AHEAD_MINUTES: i64 = 60;
/// Access that starts within this many minutes goes before access that starts later.
const SOON_MINUTES: i64 = 60;

/// Is it time to read the vendor again? Also when the clock was set back behind the last reading.
pub(crate) fn reading_is_due(account: &Account, now: Instant) -> bool {
    account.status.reading_due_at <= now || account.status.last_complete_at.is_none_or(|read_at| read_at > now)
}

/// Half an hour later, and up to ten minutes more, by the integration's id, so that many do not read in one instant.
pub(crate) fn next_reading(id: IntegrationId, read_at: Instant) -> Instant {
    let spread = id
        .to_string()
        .bytes()
        .fold(0_i64, |sum, byte| (sum * 31 + i64::from(byte)) % 600);
    read_at.plus_minutes(READ_EVERY_MINUTES).plus_s(spread)
}

/// Wakes everybody whose rows differ from what should hold.
pub(crate) async fn round(house: &House, account: &mut Account) -> Result<Option<Instant>, Stopped> {
    awake(house, account).await?;
    Ok(Some(account.status.reading_due_at))
}

/// The same while a vendor is left (P-37). Who leaves is disconnected once nobody's rows differ any more: all real ends are written. Who
/// lets it run out stays until nothing is left that does not end there by itself.
pub(crate) async fn leave(house: &House, account: &mut Account) -> Result<Option<Instant>, Stopped> {
    let differing = awake(house, account).await?;
    let mut tx = house.store.read().await?;
    let rows = grant::live(&mut tx, account.network, account.id).await?;
    drop(tx);
    let endless = |row: &grant::Grant| row.held.is_none_or(|held| held.until.is_open());
    let runs_on = account.is_running_out() && rows.iter().any(endless);
    if differing == 0 && !runs_on {
        let act = house.act(account.network);
        let mut tx = house.store.write().await?;
        integration::set_state(&mut tx, &act, account.id, IntegrationState::Disconnected).await?;
        tx.commit().await?;
        return Ok(None);
    }
    Ok(Some(house.clock.now().plus_minutes(READ_EVERY_MINUTES)))
}

/// Answers how many people's rows differ.
async fn awake(house: &House, account: &mut Account) -> Result<usize, Stopped> {
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
    let observed = known::with_place(known::observation(&rows, &holders, &place), &place);
    let question = Question {
        desired: &desired,
        observed: &observed,
        groups: &place.known_groups(&known::mapped(&facts)),
        doors: &place.known_doors(),
        learned: account.learned,
        now,
        scope: Scope::Integration,
        aim: account.aim(),
    };
    let comparison = account.connector.compare(&question, &mut || house.mint());
    let act = house.act(network);
    let mut tx = house.store.write().await?;
    finding::settle(&mut tx, &act, id, Looked::Place, &comparison.notes).await?;
    let differing = wake_differing(&mut tx, account, &comparison, &rows, now).await?;
    tx.commit().await?;
    Ok(differing)
}

/// Marks everybody with a live change or an open row, and answers how many they are; rows that only need tidying are left to the
/// reading. Whoever has an edge before the reading after the next is marked for it, since what moved it may have woken nobody.
pub(crate) async fn wake_differing(
    tx: &mut Tx,
    account: &Account,
    comparison: &Comparison,
    rows: &[grant::Grant],
    now: Instant,
) -> store::Result<usize> {
    let mut lanes: BTreeMap<PersonId, Lane> = BTreeMap::new();
    for change in comparison.changes.iter().filter(|change| !is_tidying(change, now)) {
        let lane = lane(change, now);
        lanes
            .entry(change.person())
            .and_modify(|known| *known = lane.max(*known))
            .or_insert(lane);
    }
    for row in rows.iter().filter(|row| row.is_open()) {
        lanes.entry(row.person).or_insert(Lane::Grant);
    }
    let ahead = now.plus_minutes(EDGES_AHEAD_MINUTES);
    for (person, at) in comparison.edges.iter().filter(|(_, at)| **at <= ahead) {
        let wake = Wake {
            integration: account.id,
            person: Some(*person),
            lane: Lane::GrantSoon,
        };
        wakeup::mark(tx, account.network, wake, *at).await?;
    }
    for (person, lane) in &lanes {
        let wake = Wake {
            integration: account.id,
            person: Some(*person),
            lane: *lane,
        };
        wakeup::mark(tx, account.network, wake, now).await?;
    }
    Ok(lanes.len())
}

/// Does it only take away what is over anyway?
pub(crate) fn is_tidying(change: &Change, now: Instant) -> bool {
    matches!(change, Change::Take { window, .. } if window.until <= now)
}

fn lane(change: &Change, now: Instant) -> Lane {
    match change {
        Change::Take { .. } => Lane::Revoke,
        Change::Move { from, to, .. } if to.until < from.until || to.from > from.from => Lane::Revoke,
        Change::Move { to, .. } => soon(to.from, now),
        Change::Give { window, .. } => soon(window.from, now),
    }
}

fn soon(from: Instant, now: Instant) -> Lane {
    if from <= now.plus_minutes(SOON_MINUTES) {
        Lane::GrantSoon
    } else {
        Lane::Grant
    }
}
