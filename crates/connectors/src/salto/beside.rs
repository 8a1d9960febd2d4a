//! What is kept of gateways, sealed together with the login (§5.10).
//!
//! In and out: [`Kept::beside`]. Why so: secret and PIN of a gateway can be read once and never again, and only with this login they open
//! anything. Always: nothing of it implements `Debug`; a wrong one-time password and a block are kept too, so that every process knows.

use std::collections::BTreeMap;

use access::Instant;
use serde::{Deserialize, Serialize};

use super::wire::PlatformUserId;
use crate::oauth::{Kept, Session};
use crate::trouble::Trouble;

/// So many wrong one-time passwords in a row mean that what we hold no longer fits (§5.10).
const MOST_WRONG: u32 = 3;

/// What is kept beside the login.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Beside {
    /// Whose activations these are: gateways know the person, not the login.
    pub account: PlatformUserId,
    /// By the vendor's id of the gateway.
    pub gateways: BTreeMap<String, Held>,
}

/// What we hold of one gateway.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Held {
    /// Captured in step 1.
    pub secret: String,
    /// Was a PIN asked for?
    pub asked: bool,
    /// As it was mailed; kept before it is tried, since it cannot be read again.
    pub pin: Option<String>,
    /// Did the gateway take it?
    pub ready: bool,
    /// Wrong one-time passwords in a row.
    pub wrong: u32,
    /// Openings are blocked until then, by our count of Salto's 20 minutes and a margin.
    pub blocked_until_ms: Option<i64>,
}

impl Held {
    /// Does it no longer fit, as far as openings showed?
    pub fn is_broken(&self) -> bool {
        self.wrong >= MOST_WRONG
    }

    /// May a wrong one be followed by another try?
    pub fn may_try_again(&self, wrong_now: u32) -> bool {
        self.wrong + wrong_now < MOST_WRONG
    }

    pub fn is_blocked(&self, now: Instant) -> bool {
        self.blocked_until_ms.is_some_and(|until_ms| now.ms() < until_ms)
    }

    /// Secret and PIN, once the gateway took them.
    pub fn pair(&self) -> Option<(&str, &str)> {
        let pin = self.pin.as_deref().filter(|_| self.ready)?;
        Some((&self.secret, pin))
    }
}

impl Beside {
    /// What another version of this program kept and we cannot read counts as nothing held.
    pub fn of(kept: &Kept) -> Self {
        Self::deserialize(&kept.beside).unwrap_or_default()
    }

    /// What is held of one gateway.
    pub fn held(kept: &Kept, gateway: &str) -> Option<Held> {
        Self::of(kept).gateways.remove(gateway)
    }

    /// Changes what is held of one gateway, and stores it before anything else happens.
    pub async fn change(
        session: &Session,
        account: &PlatformUserId,
        gateway: &str,
        change: impl FnOnce(&mut Held) + Send + 'static,
    ) -> Result<(), Trouble> {
        let (account, gateway) = (account.clone(), gateway.to_owned());
        let store = move |kept: &mut Kept| {
            let mut beside = Self::of(kept);
            if beside.account != account {
                // Somebody else's are of no use.
                (beside.account, beside.gateways) = (account, BTreeMap::new());
            }
            change(beside.gateways.entry(gateway).or_default());
            kept.beside = serde_json::to_value(beside).expect("it is plain JSON");
        };
        session.change(store).await.map(drop)
    }
}
