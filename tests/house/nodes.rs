//! A second process of ours on the same database, with its own connections, worker and limiter.
//!
//! Always: both look at the same frozen clock; nobody tells one what the other did, so the clock moves on while they work.

use store::wakeup;
use tokio::task::JoinHandle;
use vestibule::wire::{self, Parts};
use worker::Worker;

use super::{House, PATIENCE};

/// The other process; it ends when this goes.
pub struct Node {
    working: JoinHandle<()>,
    /// Its worker, which ends when nobody can reach it any more.
    pub worker: Worker,
}

impl Drop for Node {
    fn drop(&mut self) {
        self.working.abort();
    }
}

impl House {
    /// Starts another process on the house's database.
    pub async fn another_node(&self) -> Node {
        let store = self.database.from_elsewhere().await;
        let wired = wire::House::start(Parts {
            clock: self.clock.clone(),
            connectors: super::connectors(&self.twin, super::WITHOUT_PAUSES_PER_S, &store),
            store,
            post: None,
            public_url: None,
            behind_proxy: false,
        });
        Node {
            working: wired.working,
            worker: wired.worker,
        }
    }

    /// Lets the clock run until nothing is due any more, whoever does it.
    pub async fn all_nodes_settle(&self) {
        let settled = async {
            loop {
                let mut tx = self.store().read().await.expect("the database answers");
                if !wakeup::any_due(&mut tx, self.now())
                    .await
                    .expect("the database answers")
                {
                    return;
                }
                drop(tx);
                let at = self.now().plus_ms(100);
                self.sim_clock.set_ms(at.ms());
                self.clock.set(at);
            }
        };
        let settled = tokio::time::timeout(PATIENCE, settled).await;
        settled.expect("everything due is worked within a minute");
    }
}
