//! The doors out of this room, as values: opening a door, connecting a vendor account, activating its gateways.
//!
//! In: a request in our own words. Out: what came of it, in our own words.
//! Why so: pages may not name or call a vendor; the binary hands these in, and a test hands in closures that answer.
//! Always: nothing here is retried; an unknown outcome comes back as unknown.

use std::fmt;
use std::sync::Arc;

use access::id::{IntegrationId, NetworkId};
use access::vendor::{
    Abilities, ConnectForm, Connected, GatewayAct, GatewaysSeen, KeyAct, KeyOwner, KeySeen, OpenDoor, Opened,
};
use futures_util::future::BoxFuture;

/// Opens one door for one person, now.
pub type Open = Arc<dyn Fn(OpenDoor) -> BoxFuture<'static, Opened> + Send + Sync>;

/// Tries a vendor account live with what the operator typed.
pub type Connect = Arc<dyn Fn(ConnectForm) -> BoxFuture<'static, Connected> + Send + Sync>;

/// Looks after the gateways of an integration, live (P-32).
pub type Gateways = Arc<dyn Fn(NetworkId, IntegrationId, GatewayAct) -> BoxFuture<'static, GatewaysSeen> + Send + Sync>;

/// One act on the way to a member's digital key, live (P-32).
pub type Key = Arc<dyn Fn(KeyOwner, KeyAct) -> BoxFuture<'static, KeySeen> + Send + Sync>;

/// What the binary hands in.
#[derive(Clone)]
pub struct Outside {
    /// Opens a door.
    pub open: Open,
    /// Connects an account.
    pub connect: Connect,
    /// Looks after gateways.
    pub gateways: Gateways,
    /// Looks after a member's digital key.
    pub key: Key,
    /// Every vendor that can be connected, with the fields of its form.
    pub vendors: Vec<Abilities>,
}

impl Outside {
    /// The row of one vendor, by the word its connector goes by.
    pub fn vendor(&self, word: &str) -> Option<&Abilities> {
        self.vendors.iter().find(|vendor| vendor.vendor == word)
    }
}

impl fmt::Debug for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outside")
            .field("vendors", &self.vendors.len())
            .finish_non_exhaustive()
    }
}
