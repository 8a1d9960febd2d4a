//! What every part of the worker stands on: store, clock, connectors, mail; and one integration's account, ready to be asked.
//!
//! Always: a secret is unsealed for as long as one round takes, and no longer.

use access::Instant;
use access::facts::IntegrationState;
use access::id::*;
use access::vendor::{Learned, Secret};
use connectors::vault::LoginKey;
use connectors::{Aim, Connector, Connectors, Login, Memory, Trouble};
use store::integration::{self, Integration, Status};
use store::record::{Act, Actor};
use store::vendor_login::VendorLogin;
use store::{Clock, Store, Tx, chance};
use tokio::sync::{Mutex, watch};

use crate::post::Post;

/// How the worker is set up.
#[derive(Clone)]
pub struct Settings {
    /// Where facts and the queue are.
    pub store: Store,
    /// The product's clock.
    pub clock: Clock,
    /// The way to the vendors.
    pub connectors: Connectors,
    /// The mail server, if there is one; mails wait in the outbox without.
    pub post: Option<Post>,
    /// Our address as vendors reach it, for their webhooks; without it, events are read instead.
    pub public_url: Option<String>,
}

/// The same, shared by all tasks, with a bell that rings after every piece of work.
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) connectors: Connectors,
    pub(crate) post: Option<Post>,
    pub(crate) public_url: Option<String>,
    pub(crate) progress: watch::Sender<u64>,
    /// Becomes true when the queue ends: nothing rests any longer then.
    pub(crate) stopping: watch::Sender<bool>,
    /// Presses of buttons, and acts for digital keys, that go on or whose outcome is still being kept.
    pub(crate) presses: watch::Sender<usize>,
    /// What the clock showed when the queue last looked at it.
    pub(crate) shown_at: Mutex<Instant>,
}

impl House {
    pub(crate) fn new(settings: Settings) -> Self {
        let Settings {
            store,
            clock,
            connectors,
            post,
            public_url,
        } = settings;
        Self {
            shown_at: Mutex::new(clock.now()),
            store,
            clock,
            connectors,
            post,
            public_url,
            progress: watch::Sender::new(0),
            stopping: watch::Sender::new(false),
            presses: watch::Sender::new(0),
        }
    }

    /// The worker acts, now.
    pub(crate) fn act(&self, network: NetworkId) -> Act {
        Act::new(network, self.clock.now(), Actor::Worker)
    }

    /// A new id for a grant.
    pub(crate) fn mint(&self) -> GrantId {
        let now = self.clock.now();
        GrantId::new(now, chance::for_id(now))
    }

    /// One piece of work is done.
    pub(crate) fn ring(&self) {
        self.progress.send_modify(|count| *count += 1);
    }
}

/// One integration's account.
pub(crate) struct Account {
    pub(crate) network: NetworkId,
    pub(crate) id: IntegrationId,
    pub(crate) integration: Integration,
    pub(crate) status: Status,
    pub(crate) learned: Learned,
    pub(crate) connector: Connector,
}

/// Why there is no account to work with.
#[derive(Debug)]
pub(crate) enum NoAccount {
    /// The integration is gone or left: nothing is to be done.
    Left,
    /// Somebody has to sign in again first.
    NeedsSignIn,
    /// The login cannot be used at all.
    Unusable(Trouble),
}

impl Account {
    /// Loads it.
    pub(crate) async fn load(
        house: &House,
        tx: &mut Tx,
        network: NetworkId,
        id: IntegrationId,
    ) -> store::Result<Result<Self, NoAccount>> {
        let Some(found) = integration::account(tx, network, id).await? else {
            return Ok(Err(NoAccount::Left));
        };
        let (integration, status) = (found.integration, found.status);
        match integration.details.state {
            IntegrationState::Connected
            | IntegrationState::Leaving
            | IntegrationState::RunningOut
            | IntegrationState::Revoking => {}
            IntegrationState::NeedsSignIn => return Ok(Err(NoAccount::NeedsSignIn)),
            IntegrationState::Disconnected => return Ok(Err(NoAccount::Left)),
        }
        let Some((login, secret)) = found.login else {
            return Ok(Err(NoAccount::Left));
        };
        let (vendor, site) = (&integration.details.vendor, integration.details.site.as_deref());
        let login = stored(network, login, secret);
        let connector = match house.connectors.connector(vendor, &login, site) {
            Ok(connector) => connector,
            Err(trouble) => return Ok(Err(NoAccount::Unusable(trouble))),
        };
        Ok(Ok(Self {
            network,
            id,
            learned: status.learned,
            integration,
            status,
            connector,
        }))
    }

    /// The same, sharing what was read with the rest of one stretch of work.
    pub(crate) fn remembering(self, memory: &Memory) -> Self {
        let connector = self.connector.remembering(memory);
        Self { connector, ..self }
    }

    /// Does what is left get its real ends, or run out?
    pub(crate) fn is_leaving(&self) -> bool {
        self.aim() != Aim::Keep
    }

    /// Does what is left run out?
    pub(crate) fn is_running_out(&self) -> bool {
        self.aim() == Aim::RunOut
    }

    /// What comparisons aim at.
    pub(crate) fn aim(&self) -> Aim {
        match self.integration.details.state {
            IntegrationState::Leaving => Aim::Leave,
            IntegrationState::RunningOut => Aim::RunOut,
            IntegrationState::Connected
            | IntegrationState::NeedsSignIn
            | IntegrationState::Revoking
            | IntegrationState::Disconnected => Aim::Keep,
        }
    }

    /// Is everything of ours being taken away?
    pub(crate) fn is_revoking(&self) -> bool {
        self.integration.details.state == IntegrationState::Revoking
    }
}

/// A stored login, as connectors take it.
pub fn stored(network: NetworkId, login: VendorLogin, secret: Secret) -> Login {
    let key = LoginKey {
        network,
        login: login.id,
    };
    Login {
        key: Some(key),
        account: login.account,
        secret,
    }
}
