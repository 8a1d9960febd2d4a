//! Makes it so: wake-ups → rounds → changes → receipts; door events in, mail out.
//!
//! In: the store's queue, the clock, connectors. Out: vendors that hold what should hold, and a journal of how.
//! Why so: one loop over one queue; events, timers, operators and repairs all end in the same round.
//! Always: no transaction is open while a vendor is called; changes come only from a comparison; opening a door is live,
//! once, and never queued.

mod connect;
mod door_events;
mod gateways;
mod house;
mod keys;
mod listening;
mod mail;
mod open;
pub mod outcome;
pub mod post;
mod queue;
mod reconcile;
mod vault;

use std::sync::Arc;

use access::Instant;
use access::id::{IntegrationId, NetworkId};
use access::vendor::{
    Abilities, ConnectForm, Connected, GatewayAct, GatewaysSeen, KeyAct, KeyOwner, KeySeen, OpenDoor, Opened,
};
use connectors::Connectors;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub use house::{Settings, stored};
pub use vault::StoreVault;

use crate::house::House;

/// A running worker. Clones are the same one.
#[derive(Clone)]
pub struct Worker {
    house: Arc<House>,
    stop: mpsc::Sender<()>,
}

impl Worker {
    /// Starts it; the handle ends after [`Worker::stop`], when what was under way is finished.
    pub fn start(settings: Settings) -> (Self, JoinHandle<()>) {
        let house = Arc::new(House::new(settings));
        let (stop, stopped) = mpsc::channel(1);
        let running = tokio::spawn(queue::run(Arc::clone(&house), stopped));
        (Self { house, stop }, running)
    }

    /// Claims nothing more.
    pub async fn stop(&self) {
        // A closed channel means that it has stopped already.
        let _ = self.stop.send(()).await;
    }

    /// Opens a door for somebody, live and once (P-31).
    pub async fn open(&self, asked: OpenDoor) -> Opened {
        open::open(&self.house, asked).await
    }

    /// Tries a vendor account with what the operator typed, live.
    pub async fn connect(&self, form: ConnectForm) -> Connected {
        connect::connect(&self.house, form).await
    }

    /// Looks after the gateways of an integration, live (P-32).
    pub async fn gateways(&self, network: NetworkId, integration: IntegrationId, act: GatewayAct) -> GatewaysSeen {
        gateways::gateways(&self.house, network, integration, act).await
    }

    /// One act on the way to a member's digital key, live (P-32).
    pub async fn key(&self, owner: KeyOwner, act: KeyAct) -> KeySeen {
        keys::key(&self.house, owner, act).await
    }

    /// One row per vendor that can be connected.
    pub fn vendors() -> &'static [Abilities] {
        Connectors::vendors()
    }

    /// Returns once nothing is due any more at the clock's instant: all wake-ups worked, mails sent, events read.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn settle(&self) -> store::Result<()> {
        let mut progress = self.house.progress.subscribe();
        let mut woken = self.house.store.woken();
        queue::notice_the_clock(&self.house).await?;
        while queue::unsettled(&self.house, self.now()).await? {
            tokio::select! {
                changed = progress.changed() => if changed.is_err() { break },
                changed = woken.changed() => if changed.is_err() { break },
            }
        }
        Ok(())
    }

    fn now(&self) -> Instant {
        self.house.clock.now()
    }
}
