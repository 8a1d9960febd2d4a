//! One vendor account: each question goes to its vendor's folder.

use access::change::{Change, Comparison, Observation};
use access::id::GrantId;
use access::vendor::{Abilities, GatewayAct, GatewaysSeen, KeyAct, KeyRefusal, KeySeen, Opened, Secret, Site};
use access::{Instant, Window};

use super::{Applied, DoorEvents, KeyLogin, Listening, LookedUp, Question, Step, WebhookState};
use crate::kisi::{self, Kisi};
use crate::memory::Memory;
use crate::salto::{self, Salto};
use crate::tapkey::{self, Tapkey};
use crate::trouble::{Kind, Trouble};
use crate::vendors;

/// One vendor account, ready to be asked.
#[derive(Clone, Debug)]
pub enum Connector {
    /// Kisi.
    Kisi(Kisi),
    /// Salto KS.
    Salto(Salto),
    /// Tapkey.
    Tapkey(Tapkey),
}

impl Connector {
    /// What the vendor can do.
    pub fn abilities(&self) -> &'static Abilities {
        match self {
            Self::Kisi(_) => vendors::kisi(),
            Self::Salto(_) => vendors::salto(),
            Self::Tapkey(_) => vendors::tapkey(),
        }
    }

    /// The same, sharing what was read with others of one stretch of work.
    #[must_use]
    pub fn remembering(self, memory: &Memory) -> Self {
        match self {
            // Its rows are told apart by their ids, so nothing has to be read before giving.
            Self::Kisi(kisi) => Self::Kisi(kisi),
            Self::Salto(salto) => Self::Salto(salto.remembering(memory)),
            Self::Tapkey(tapkey) => Self::Tapkey(tapkey.remembering(memory)),
        }
    }

    /// What must be done so that the vendor holds what should hold. Pure; `mint` gives the id of each new grant.
    pub fn compare(&self, question: &Question<'_>, mint: &mut dyn FnMut() -> GrantId) -> Comparison {
        match self {
            Self::Kisi(_) => kisi::compare(question, mint),
            Self::Salto(_) => salto::compare(question, mint),
            Self::Tapkey(_) => tapkey::compare(question, mint),
        }
    }

    /// Reads groups and locks of the site, and the rows and people of the groups asked for (vendor's ids).
    ///
    /// # Errors
    /// When nothing useful could be read; a reading with holes comes back with `complete: false`.
    pub async fn observe(&self, groups: &[String]) -> Result<Observation, Trouble> {
        match self {
            Self::Kisi(kisi) => kisi.observe(groups).await,
            Self::Salto(salto) => salto.observe(groups).await,
            Self::Tapkey(tapkey) => tapkey.observe(groups).await,
        }
    }

    /// Does one step.
    ///
    /// # Errors
    /// See [`Trouble`]; when `unknown` is set, look up or repeat with [`Repeat::AfterUnknown`].
    pub async fn apply(&self, change: &Change, step: &Step<'_>) -> Result<Applied, Trouble> {
        match self {
            Self::Kisi(kisi) => kisi.apply(change, step).await,
            Self::Salto(salto) => salto.apply(change, step).await,
            Self::Tapkey(tapkey) => tapkey.apply(change, step).await,
        }
    }

    /// Looks for the traces of a step whose outcome is unknown, without doing it; a half-done one is completed.
    /// With [`Repeat::First`] there is nothing to look for: [`LookedUp::NotDone`].
    ///
    /// # Errors
    /// As [`Connector::apply`].
    pub async fn look_up(&self, change: &Change, step: &Step<'_>) -> Result<LookedUp, Trouble> {
        match self {
            Self::Kisi(kisi) => kisi.look_up(change, step).await,
            Self::Salto(salto) => salto.look_up(change, step).await,
            Self::Tapkey(tapkey) => tapkey.look_up(change, step).await,
        }
    }

    /// Opens a door on a person's behalf, once. `login` is the person's kept device login; when it changes, keep the new one. `now` is
    /// the moment by the gateway's clock, for one-time passwords.
    pub async fn open(&self, lock: &str, email: &str, login: &mut Option<Secret>, now: Instant) -> Opened {
        match self {
            Self::Kisi(kisi) => kisi.open(lock, email, login).await,
            Self::Salto(salto) => salto.open(lock, now).await,
            Self::Tapkey(tapkey) => tapkey.open(),
        }
    }

    /// Looks after the gateways that have to be activated before their doors open from our pages (P-32).
    pub async fn gateways(&self, act: &GatewayAct, now: Instant) -> GatewaysSeen {
        match self {
            Self::Kisi(_) | Self::Tapkey(_) => GatewaysSeen::All(Vec::new()),
            Self::Salto(salto) => salto.gateways(act, now).await,
        }
    }

    /// One act on the way to a member's digital key, with the member's own login (P-32). What it says is not asked twice.
    pub async fn key(&self, act: &KeyAct, login: KeyLogin<'_>, now: Instant) -> KeySeen {
        match self {
            Self::Kisi(_) | Self::Tapkey(_) => KeySeen::refused(KeyRefusal::NotOffered, ""),
            Self::Salto(salto) => salto.key(act, login, now).await,
        }
    }

    /// What happened at the doors of the site within a span.
    ///
    /// # Errors
    /// When it could not be read.
    pub async fn door_events(&self, span: Window) -> Result<DoorEvents, Trouble> {
        match self {
            Self::Kisi(kisi) => kisi.door_events(span).await,
            Self::Salto(salto) => salto.door_events(span).await,
            Self::Tapkey(tapkey) => tapkey.door_events(span).await,
        }
    }

    /// Begins to listen to what happens at the doors of the site; `None` where the vendor's row says that there is nothing to hear.
    ///
    /// # Errors
    /// When the vendor does not let us.
    pub async fn listen(&self) -> Result<Option<Listening>, Trouble> {
        match self {
            Self::Kisi(_) | Self::Tapkey(_) => Ok(None),
            Self::Salto(salto) => salto.listen().await.map(Some),
        }
    }

    /// Sites of the account.
    ///
    /// # Errors
    /// When they could not be read.
    pub async fn sites(&self) -> Result<Vec<Site>, Trouble> {
        match self {
            Self::Kisi(kisi) => kisi.sites().await,
            Self::Salto(salto) => salto.sites().await,
            Self::Tapkey(tapkey) => tapkey.sites().await,
        }
    }

    /// Does the credential still work? The cheapest call there is.
    ///
    /// # Errors
    /// [`Kind::SignInNeeded`] when not; others when nobody can say.
    pub async fn check(&self) -> Result<(), Trouble> {
        match self {
            Self::Kisi(kisi) => kisi.check().await,
            Self::Salto(salto) => salto.check().await,
            Self::Tapkey(tapkey) => tapkey.check().await,
        }
    }

    /// Registers our webhook, replacing one with the same address; answers the vendor's id of it.
    ///
    /// # Errors
    /// When it could not be made.
    pub async fn watch(&self, url: &str, key: &Secret) -> Result<String, Trouble> {
        match self {
            Self::Kisi(kisi) => kisi.watch(url, key).await,
            Self::Salto(_) | Self::Tapkey(_) => Err(no_webhooks()),
        }
    }

    /// Looks after our webhook: switches it on again when the vendor switched it off.
    ///
    /// # Errors
    /// When nobody can say.
    pub async fn check_watch(&self, webhook: &str) -> Result<WebhookState, Trouble> {
        match self {
            Self::Kisi(kisi) => kisi.check_watch(webhook).await,
            Self::Salto(_) | Self::Tapkey(_) => Err(no_webhooks()),
        }
    }

    /// Leaves the account: deletes our webhook and, with `last`, our key. What was granted stays. Repeating is harmless.
    ///
    /// # Errors
    /// When something of ours may still be there.
    pub async fn disconnect(&self, webhook: Option<&str>, last: bool) -> Result<(), Trouble> {
        match self {
            Self::Kisi(kisi) => kisi.disconnect(webhook, last).await,
            Self::Salto(salto) => salto.disconnect(last).await,
            Self::Tapkey(tapkey) => tapkey.disconnect(last).await,
        }
    }
}

fn no_webhooks() -> Trouble {
    Trouble::new(
        "watch the account",
        Kind::Invalid,
        "this vendor sends no events by itself",
    )
}
