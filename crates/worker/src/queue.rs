//! The queue: claims due wake-ups and works them, one account at a time, and sends mails and reads the inbox beside it.
//!
//! In: commits that left work, the clock, pieces of work that ended. Out: worked keys.
//! Why so: an account that is slow or broken holds up nobody else; inside one account, order and rate stay exact.
//! Always: a claim is completed only with its own token and generation; what was marked meanwhile stays due; when our own database
//! fails, the lease runs out and the key is claimed again.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::Instant;
use access::facts::IntegrationState;
use access::id::*;
use connectors::Memory;
use store::finding::{self, Looked};
use store::integration;
use store::record::Act;
use store::wakeup::{self, Agenda, Claimed, Lane};
use store::{Tx, inbox, mail, round};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{self, JoinSet};

use crate::door_events;
use crate::house::House;
use crate::listening;
use crate::mail as post_office;
use crate::outcome::Outcome;
use crate::reconcile::{self, Journal, Stopped};

/// With nothing due, the queue still looks this often: for leases that ran out, and for what other processes left.
const LOOK_EVERY_S: i64 = 2;
/// A clock that shows so many milliseconds less than before was set back.
const SET_BACK_MS: i64 = 1_000;
/// While an account is being left and its login is refused, the next try comes after this many minutes.
const AFTER_REFUSED_LOGIN_MINUTES: i64 = 5;
/// When our own database fails, the next try comes after this many seconds.
const AFTER_DATABASE_TROUBLE_S: i64 = 2;

type Key = (NetworkId, IntegrationId);

/// Works until the stop is rung; then finishes what is under way.
pub(crate) async fn run(house: Arc<House>, mut stop: mpsc::Receiver<()>) {
    if let Err(error) = free_what_a_crash_left(&house).await {
        tracing::error!(%error, "claims of an earlier process could not be freed; they run out by themselves");
    }
    let mut woken = house.store.woken();
    let mut accounts: JoinSet<()> = JoinSet::new();
    let mut busy: BTreeMap<Key, task::Id> = BTreeMap::new();
    // Runs beside the queue and ends with it, however that ends.
    let mut listening = JoinSet::new();
    let (listens, stops) = oneshot::channel();
    listening.spawn(listening::run(Arc::clone(&house), stops));
    let mut office = JoinSet::new();
    // Doors before letters: the office opens when one key was worked, nothing is worked, or the regular look comes round.
    let mut office_wanted = true;
    let mut office_waits = false;
    let mut progress = house.progress.subscribe();
    let mut heard = *woken.borrow();
    loop {
        // Whatever ended the last wait, what was committed meanwhile is not missed.
        let commits = *woken.borrow_and_update();
        if commits != heard && !office_wanted {
            (office_wanted, office_waits) = (true, true);
            progress.mark_unchanged();
        }
        heard = commits;
        if let Err(error) = notice_the_clock(&house).await {
            tracing::error!(%error, "the queue could not be marked");
        }
        let now = house.clock.now();
        let agenda = agenda(&house, now).await.unwrap_or_else(|error| {
            tracing::error!(%error, "the queue could not be read");
            Agenda::default()
        });
        for key in agenda.due {
            busy.entry(key)
                .or_insert_with(|| accounts.spawn(drain(Arc::clone(&house), key)).id());
        }
        office_waits &= !accounts.is_empty();
        if office_wanted && !office_waits && office.is_empty() {
            office_wanted = false;
            office.spawn(run_office(Arc::clone(&house)));
        }
        // What is due already is being worked; its end rings.
        let regular = now.plus_s(LOOK_EVERY_S);
        let next = agenda.next_at.map_or(regular, |at| at.min(regular));
        tokio::select! {
            _ = stop.recv() => break,
            changed = woken.changed() => {
                if changed.is_err() { break }
            }
            () = house.clock.sleep_until(next) => {
                office_wanted = true;
                office_waits = false;
            }
            changed = progress.changed(), if office_wanted && office_waits => {
                if changed.is_err() { break }
                office_waits = false;
            }
            Some(ended) = accounts.join_next_with_id() => {
                let id = match ended {
                    Ok((id, ())) => id,
                    Err(error) => {
                        tracing::error!(%error, "an account's work broke off");
                        error.id()
                    }
                };
                busy.retain(|_, running| *running != id);
                house.ring();
            }
            Some(ended) = office.join_next() => {
                if let Err(error) = ended { tracing::error!(%error, "mail and inbox broke off"); }
                house.ring();
            }
        }
    }
    drop(listens);
    while listening.join_next().await.is_some() {}
    house.stopping.send_replace(true);
    while accounts.join_next().await.is_some() {}
    while office.join_next().await.is_some() {}
    if let Err(error) = house.presses.subscribe().wait_for(|count| *count == 0).await {
        tracing::error!(%error, "the last presses could not be waited for");
    }
}

/// What an earlier process of ours had claimed when it was killed is claimable at once.
async fn free_what_a_crash_left(house: &House) -> store::Result<()> {
    let mut tx = house.store.write().await?;
    wakeup::free_all(&mut tx).await?;
    tx.commit().await
}

/// After the clock was set back, what is due lies too far ahead: everything is computed anew.
pub(crate) async fn notice_the_clock(house: &House) -> store::Result<()> {
    let mut shown = house.shown_at.lock().await;
    let now = house.clock.now();
    if now.plus_ms(SET_BACK_MS) < *shown {
        let mut tx = house.store.write().await?;
        for (network, id) in integration::all_live(&mut tx).await? {
            integration::wake(&mut tx, network, id, Lane::GrantSoon, now).await?;
        }
        tx.commit().await?;
        tracing::warn!(from = %*shown, to = %now, "the clock was set back; every integration is computed anew");
    }
    *shown = now;
    Ok(())
}

async fn agenda(house: &House, now: Instant) -> store::Result<Agenda> {
    let mut tx = house.store.read().await?;
    wakeup::agenda(&mut tx, now).await
}

/// Works everything due at one account, the most urgent first.
async fn drain(house: Arc<House>, key: Key) {
    let memory = Memory::default();
    loop {
        match Box::pin(work_one(&house, key, &memory)).await {
            Ok(Worked::One) => house.ring(),
            Ok(Worked::Nothing) => return,
            Ok(Worked::Elsewhere) => {
                rest(&house, LOOK_EVERY_S).await;
                return;
            }
            Err(error) => {
                tracing::error!(%error, integration = %key.1, "our own database failed during a round");
                rest(&house, AFTER_DATABASE_TROUBLE_S).await;
                return;
            }
        }
    }
}

/// Lets an account be for some seconds, or until the queue ends.
async fn rest(house: &House, seconds: i64) {
    let mut stopping = house.stopping.subscribe();
    tokio::select! {
        () = house.clock.sleep_until(house.clock.now().plus_s(seconds)) => {}
        // The house holds the other end, so it only ever ends by becoming true.
        _ = stopping.wait_for(|stopping| *stopping) => {}
    }
}

enum Worked {
    /// A key was worked, or has to be read again.
    One,
    /// Nothing is due.
    Nothing,
    /// Another process works this integration.
    Elsewhere,
}

/// Works the most urgent key and renews its claim meanwhile. When the claim is lost, somebody else works it by now: breaking off in the
/// middle of a call is what a crash does too, the row stays open and is looked up before anything else happens to it.
async fn work_one(house: &House, (network, integration): Key, memory: &Memory) -> store::Result<Worked> {
    let mut tx = house.store.read().await?;
    let Some(claimed) = wakeup::next(&mut tx, house.clock.now(), network, integration).await? else {
        return Ok(Worked::Nothing);
    };
    let mut journal = Journal::new(house, &claimed);
    // Both go on side by side: a renewal waits for the writer's turn, which the work may have.
    let worked = tokio::select! {
        worked = reconcile::work(house, &mut journal, memory, tx) => match worked {
            Ok(worked) => worked,
            Err(error) => {
                let_go(house, &claimed, &error).await;
                return Err(error);
            }
        },
        lost = renewed_until_lost(house, &claimed) => {
            lost?;
            tracing::warn!(%integration, "a claim was lost; its new holder goes on");
            return Ok(Worked::One);
        }
    };
    match worked {
        reconcile::Worked::To(outcome) => match conclude(house, &mut journal, outcome).await {
            Ok(()) | Err(Stopped::Changed) => Ok(Worked::One),
            Err(Stopped::Elsewhere) => Ok(Worked::Elsewhere),
            Err(Stopped::Store(error)) => {
                let_go(house, &claimed, &error).await;
                Err(error)
            }
            Err(Stopped::Vendor(_)) => unreachable!("concluding asks no vendor"),
        },
        reconcile::Worked::Changed => Ok(Worked::One),
        reconcile::Worked::Elsewhere => Ok(Worked::Elsewhere),
    }
}

/// Gives a claim back that our own database broke off, so that its integration need not wait for the lease to run out.
async fn let_go(house: &House, claimed: &Claimed, error: &store::Error) {
    let freed = async {
        let mut tx = house.store.write().await?;
        let later = house.clock.now().plus_s(AFTER_DATABASE_TROUBLE_S);
        wakeup::fail(&mut tx, claimed, later, &error.to_string()).await?;
        tx.commit().await
    };
    if let Err(error) = freed.await {
        tracing::error!(%error, integration = %claimed.integration, "a claim could not be given back; it runs out by itself");
    }
}

async fn renewed_until_lost(house: &House, claimed: &Claimed) -> store::Result<()> {
    loop {
        let next = house.clock.now().plus_ms(wakeup::LEASE_MS / 3);
        house.clock.sleep_until(next).await;
        let mut tx = house.store.write().await?;
        if !wakeup::renew(&mut tx, claimed).await? {
            return Ok(());
        }
        tx.commit().await?;
    }
}

/// Gives the key back with what it came to, and ends its round.
async fn conclude(house: &House, journal: &mut Journal<'_>, outcome: Outcome) -> Result<(), Stopped> {
    let claimed = journal.claimed();
    let act = house.act(claimed.network);
    let mut tx = journal.write().await?;
    if let (Some(round), Some(_)) = (journal.round(), claimed.person) {
        round::end(&mut tx, &act, round, true, outcome.why()).await?;
    }
    // What was refused is no reason to miss the next edge of what is held.
    let edge = journal.edge().map(|at| (at, Lane::GrantSoon));
    match outcome {
        Outcome::Done { again_at } => {
            let again = again_at.map(|at| (at, Lane::GrantSoon));
            wakeup::complete(&mut tx, claimed, again).await?;
        }
        Outcome::Again { at, why } => {
            tracing::warn!(integration = %claimed.integration, why, "a round is tried again");
            let at = journal.edge().map_or(at, |edge| edge.min(at));
            wakeup::fail(&mut tx, claimed, at, &why).await?;
        }
        Outcome::Waits { why } => {
            tracing::warn!(integration = %claimed.integration, why, "a round waits for somebody");
            wakeup::complete(&mut tx, claimed, edge).await?;
        }
        Outcome::ReadAnew { why } => {
            tracing::warn!(integration = %claimed.integration, why, "the vendor is read anew");
            wakeup::complete(&mut tx, claimed, edge).await?;
            door_events::read_soon(&mut tx, claimed.network, claimed.integration, house.clock.now()).await?;
        }
        Outcome::SignIn { why } => sign_in_needed(&mut tx, &act, claimed, why).await?,
    }
    journal.keep(tx).await
}

/// The account's credential is refused.
async fn sign_in_needed(tx: &mut Tx, act: &Act, claimed: &Claimed, why: String) -> store::Result<()> {
    let (network, id) = (claimed.network, claimed.integration);
    if is_being_left(tx, claimed).await? {
        // Somebody decided to leave: signing in again must not grant everything anew, so the state stays.
        tracing::error!(integration = %id, why, "leaving a vendor waits: its login no longer works");
        let again_at = act.now.plus_minutes(AFTER_REFUSED_LOGIN_MINUTES);
        wakeup::fail(tx, claimed, again_at, &why).await?;
    } else {
        tracing::error!(integration = %id, why, "the vendor login no longer works");
        wakeup::complete(tx, claimed, None).await?;
        integration::set_state(tx, &act.because(why), id, IntegrationState::NeedsSignIn).await?;
        // What happened there meanwhile is read as soon as somebody has signed in again.
        integration::set_reading_due(tx, network, id, Instant::from_ms(0)).await?;
    }
    finding::settle(tx, act, id, Looked::Partly, &[access::change::Note::SignInNeeded]).await
}

async fn is_being_left(tx: &mut Tx, claimed: &Claimed) -> store::Result<bool> {
    let known = integration::find(tx, claimed.network, claimed.integration).await?;
    let state = known.map(|known| known.details.state);
    Ok(matches!(
        state,
        Some(IntegrationState::Revoking | IntegrationState::Leaving | IntegrationState::RunningOut)
    ))
}

/// Sends what is due and reads what came in.
async fn run_office(house: Arc<House>) {
    loop {
        let worked = async {
            let read = door_events::read_inbox(&house).await?;
            let sent = post_office::send_one(&house).await?;
            store::Result::Ok(read || sent)
        };
        match worked.await {
            Ok(true) => house.ring(),
            // What comes in later wakes the queue, which opens the office again.
            Ok(false) => return,
            Err(error) => {
                tracing::error!(%error, "mail and inbox could not be worked");
                return;
            }
        }
    }
}

/// Is anything due by then still to be worked?
pub(crate) async fn unsettled(house: &House, by: Instant) -> store::Result<bool> {
    if *house.presses.borrow() > 0 {
        return Ok(true);
    }
    let mut tx = house.store.read().await?;
    if wakeup::any_due(&mut tx, by).await? {
        return Ok(true);
    }
    if !inbox::oldest(&mut tx).await?.is_empty() {
        return Ok(true);
    }
    Ok(house.post.is_some() && mail::any_due(&mut tx, by).await?)
}
