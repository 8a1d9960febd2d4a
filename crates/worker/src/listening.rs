//! Live events: what vendors tell while it happens, where their row says that they do.
//!
//! In: which integrations are connected, and what their vendors say. Out: door events, kept as those that are read.
//! Why so: the stream is quick and may lose events, the reading is late and whole; each beginning is followed by reading what happened
//! meanwhile, and the regular readings go on as if nobody listened.
//! Always: one process listens to an integration, by a lease; it begins once the integration has been read, and ends when it is left,
//! needs a sign-in, or the worker stops; nothing waits for it. Events change no access (P-30).

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use access::id::*;
use connectors::{Connectors, SeenEvent, SeenPress, Trouble};
use store::{integration, lease};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::door_events;
use crate::house::{Account, House};
use crate::reconcile::Stopped;

/// Whom to listen to is looked at after every piece of work, and this often.
const LOOK_EVERY_S: i64 = 10;
/// A process that is gone without a word is replaced after this long.
const LEASE_MS: i64 = 60_000;
/// The first pause before a connection is tried again; each one that did not last doubles it.
const PAUSE_FIRST_S: i64 = 1;
const PAUSE_MOST_S: i64 = 60;
/// A connection that held this long did last.
const LASTED_S: i64 = 60;
/// Where the vendor does not let us listen at all, it is asked again this seldom: a plan may have been widened.
const PAUSE_REFUSED_S: i64 = 3_600;

type Key = (NetworkId, IntegrationId);

/// Listens to whoever is to be listened to, until `stop` is dropped.
pub(crate) async fn run(house: Arc<House>, mut stop: oneshot::Receiver<()>) {
    // This process, among those that share the database.
    let token = lease::token();
    let mut ears = JoinSet::new();
    let mut open: BTreeMap<Key, oneshot::Sender<()>> = BTreeMap::new();
    let mut progress = house.progress.subscribe();
    loop {
        match wanted(&house).await {
            Ok(wanted) => {
                open.retain(|key, stop| wanted.contains(key) && !stop.is_closed());
                for key in wanted {
                    open.entry(key).or_insert_with(|| {
                        let (stop, stopped) = oneshot::channel();
                        ears.spawn(listen_to(Arc::clone(&house), key, token.clone(), stopped));
                        stop
                    });
                }
            }
            Err(error) => tracing::error!(%error, "whom to listen to could not be read"),
        }
        let next = house.clock.now().plus_s(LOOK_EVERY_S);
        tokio::select! {
            _ = &mut stop => break,
            changed = progress.changed() => if changed.is_err() { break },
            () = house.clock.sleep_until(next) => {}
            Some(ended) = ears.join_next() => {
                if let Err(error) = ended { tracing::error!(%error, "listening to an account broke off"); }
            }
        }
    }
    drop(open);
    while ears.join_next().await.is_some() {}
}

/// Connected integrations whose vendors tell of events as they happen.
async fn wanted(house: &House) -> store::Result<Vec<Key>> {
    let mut tx = house.store.read().await?;
    let mut all = Vec::new();
    for row in Connectors::vendors().iter().filter(|row| row.live_events) {
        all.extend(integration::connected_at(&mut tx, row.vendor).await?);
    }
    Ok(all)
}

/// Listens to one integration while the lease is ours, until `stop` is dropped.
async fn listen_to(house: Arc<House>, key: Key, token: String, stop: oneshot::Receiver<()>) {
    tokio::select! {
        _ = stop => {}
        () = in_turn(&house, key, &token) => {}
    }
    let given_back = async {
        let mut tx = house.store.write().await?;
        lease::give_back(&mut tx, key.0, &lease_name(key), &token).await?;
        tx.commit().await
    };
    if let Err(error) = given_back.await {
        tracing::warn!(%error, integration = %key.1, "the turn to listen could not be given back; it runs out by itself");
    }
}

/// Listens whenever no other process does.
async fn in_turn(house: &House, key: Key, token: &str) {
    loop {
        match take_turn(house, key, token).await {
            Ok(true) => {
                tokio::select! {
                    never = connected_again_and_again(house, key) => match never {},
                    () = until_lost(house, key, token) => {}
                }
            }
            Ok(false) => {}
            Err(error) => tracing::error!(%error, integration = %key.1, "the turn to listen could not be taken"),
        }
        house.clock.sleep_until(house.clock.now().plus_ms(LEASE_MS / 3)).await;
    }
}

fn lease_name((_, integration): Key) -> String {
    format!("listen {integration}")
}

async fn take_turn(house: &House, key: Key, token: &str) -> store::Result<bool> {
    let mut tx = house.store.write().await?;
    let taken = lease::take(&mut tx, key.0, &lease_name(key), token, LEASE_MS).await?;
    tx.commit().await?;
    Ok(taken)
}

async fn until_lost(house: &House, key: Key, token: &str) {
    loop {
        house.clock.sleep_until(house.clock.now().plus_ms(LEASE_MS / 3)).await;
        match take_turn(house, key, token).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(%error, integration = %key.1, "the turn to listen could not be renewed"),
        }
    }
}

/// How one connection ended.
enum Ended {
    /// As connections do: its life was over, or it broke.
    Over,
    /// There is nothing to listen to, or the vendor does not let us.
    Refused,
}

async fn connected_again_and_again(house: &House, key: Key) -> Infallible {
    let mut pause_s = PAUSE_FIRST_S;
    loop {
        let began = house.clock.now();
        let ended = match connected(house, key).await {
            Ok(ended) => ended,
            Err(Stopped::Vendor(trouble)) => told(key, &trouble),
            Err(error) => {
                tracing::error!(?error, integration = %key.1, "listening broke off");
                Ended::Over
            }
        };
        if house.clock.now() >= began.plus_s(LASTED_S) {
            pause_s = PAUSE_FIRST_S;
        }
        let pause = match ended {
            Ended::Over => pause_s,
            Ended::Refused => PAUSE_REFUSED_S,
        };
        pause_s = (pause_s * 2).min(PAUSE_MOST_S);
        house.clock.sleep_until(house.clock.now().plus_s(pause)).await;
    }
}

fn told(key: Key, trouble: &Trouble) -> Ended {
    let integration = key.1;
    if trouble.passes() {
        tracing::info!(%trouble, %integration, "live events stopped; they are read until they go on");
        return Ended::Over;
    }
    tracing::warn!(%trouble, %integration, "there are no live events; door events are read instead");
    Ended::Refused
}

/// One connection, from its beginning to its end.
async fn connected(house: &House, (network, id): Key) -> Result<Ended, Stopped> {
    let mut tx = house.store.read().await?;
    let account = Account::load(house, &mut tx, network, id).await?;
    drop(tx);
    let Ok(account) = account else {
        // Left, or in need of a sign-in, since a moment ago: whoever looks who is to be listened to ends this.
        return Ok(Ended::Refused);
    };
    let Some(mut listening) = account.connector.listen().await.map_err(Stopped::Vendor)? else {
        return Ok(Ended::Refused);
    };
    // What happened while nobody listened; what happens meanwhile waits in the connection. How far it goes is left to the regular
    // readings: what comes late after a gateway's outage, only they find.
    door_events::read_back(house, &account).await?;
    drop(account);
    tracing::info!(integration = %id, "door events are told as they happen");
    while let Some(event) = listening.next().await.map_err(Stopped::Vendor)? {
        keep(house, network, id, &event).await?;
    }
    Ok(Ended::Over)
}

async fn keep(house: &House, network: NetworkId, id: IntegrationId, event: &SeenEvent) -> store::Result<()> {
    // A press of ours may be told of before it is kept; it is shown already, and what else our account opened is read later.
    if event.press == SeenPress::OfAnybody {
        return Ok(());
    }
    let mut tx = house.store.write().await?;
    door_events::keep(&mut tx, network, id, event).await?;
    tx.commit().await
}
