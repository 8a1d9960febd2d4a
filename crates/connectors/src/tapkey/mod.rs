//! Tapkey: people get grants on doors that carry dates, so access is written ahead; user groups are driven at the edges.
//!
//! In and out: the port's words; Tapkey's own stay in this folder. Contract: `vendors/tapkey.md` of the project's references, cited as §.
//! Why every lock is an access group of its own: grants on single locks are the one way whose every call is documented (§7.7); windows of
//! several causes merge per person and lock by themselves (P-24); and the operator has nothing to set up at Tapkey first. User groups
//! are offered beside them where this server's operator has confirmed their unpublished calls (§7.6). Lock groups are not offered: that a
//! grant takes one is not known (§11).
//! `compare` decides (pure); `observe`, `apply`, `logs` and `connect` do; `client` sends; `wire` holds shapes; `errors` turns statuses
//! into kinds and plain words.
//! Always: contacts are never deleted, all grants of a contact are never revoked at once (§7.8), schedules never written (§7.7).

mod apply;
mod client;
mod compare;
mod connect;
mod contacts;
mod errors;
mod grants;
mod logs;
mod looking;
mod moves;
mod names;
mod observe;
mod user_groups;
mod wire;

use std::sync::Arc;

use access::vendor::{OpenRefusal, Opened, Site};
use reqwest::Url;

pub use compare::compare;
pub(crate) use connect::connect;

use crate::http;
use crate::limiter::Lane;
use crate::memory::Memory;
use crate::oauth::Kept;
use crate::port::{Login, Ways};
use crate::trouble::{Kind, Trouble};
use client::{Auth, Client};
use connect::Endpoints;

/// The word Tapkey goes by.
pub const VENDOR: &str = "tapkey";

/// How Tapkey is reached.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where people and clients sign in, without a path (§2).
    pub issuer_url: String,
    /// Where the API is, with its version (§2).
    pub api_base_url: String,
    /// What is asked for when somebody consents; words between spaces (§3.2).
    pub scope: String,
    /// Calls per second and login; none are published, 5 is the contract's own limit (§6).
    pub calls_per_s: usize,
    /// What is done with user groups (§7.6).
    pub user_groups: UserGroups,
}

/// What is done with user groups, whose calls are not published (§7.6).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum UserGroups {
    /// Nothing.
    Off,
    /// They are looked for when an account is connected, and not offered.
    #[default]
    Probe,
    /// They are offered and written where they can be read.
    On,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            issuer_url: "https://login.tapkey.com".to_owned(),
            api_base_url: "https://my.tapkey.com/api/v1/".to_owned(),
            scope: "read:owneraccounts read:core:entities write:core:entities read:grants write:grants read:logs offline_access"
                .to_owned(),
            calls_per_s: 5,
            user_groups: UserGroups::default(),
        }
    }
}

impl Settings {
    /// Are the addresses any?
    pub(crate) fn check(&self) -> Result<(), Trouble> {
        self.issuer()?;
        self.api().map(drop)
    }

    pub(crate) fn issuer(&self) -> Result<Url, Trouble> {
        address(&self.issuer_url)
    }

    pub(crate) fn api(&self) -> Result<Url, Trouble> {
        address(&self.api_base_url)
    }
}

fn address(text: &str) -> Result<Url, Trouble> {
    http::address("Tapkey", text)
}

/// One login at Tapkey, seen from one integration.
#[derive(Clone, Debug)]
pub struct Tapkey {
    client: Client,
    /// The chosen owner account; without one only what concerns the login itself can be asked.
    owner: Option<String>,
    memory: Memory,
    user_groups: UserGroups,
    endpoints: Arc<Endpoints>,
}

impl Tapkey {
    pub(crate) fn new(settings: &Settings, ways: &Ways, login: &Login, site: Option<&str>) -> Result<Self, Trouble> {
        let endpoints = Endpoints::kept(settings, &Kept::read(&login.secret)?)?;
        let session = ways.session(login, endpoints.token.clone());
        let limiter = ways.limiters.of(&limiter_key(&login.account), settings.calls_per_s);
        let owner = site.map(str::to_owned);
        let client = Client::new(
            settings.api()?,
            &ways.http,
            limiter,
            Auth::Session(session),
            owner.clone(),
        );
        Ok(Self {
            client,
            owner,
            memory: Memory::default(),
            user_groups: settings.user_groups,
            endpoints: Arc::new(endpoints),
        })
    }

    pub(crate) fn remembering(self, memory: &Memory) -> Self {
        Self {
            memory: memory.clone(),
            ..self
        }
    }

    /// The chosen owner account.
    fn owner(&self) -> Result<&str, Trouble> {
        let say = "no locking system is chosen for this location; choose one";
        self.owner
            .as_deref()
            .ok_or_else(|| Trouble::new("reach the locking system", Kind::Invalid, say))
    }

    /// The active owner accounts (§7.1).
    pub(crate) async fn sites(&self) -> Result<Vec<Site>, Trouble> {
        connect::sites(&self.client, Lane::Read).await
    }

    /// The cheapest health check: there is no "who am I", so the list of owner accounts it is (§7.12).
    pub(crate) async fn check(&self) -> Result<(), Trouble> {
        let sites = self.sites().await?;
        match &self.owner {
            Some(owner) if sites.iter().all(|site| site.external != *owner) => Err(Trouble::new(
                "look at the locking system",
                Kind::Forbidden,
                errors::NOT_AN_ADMINISTRATOR,
            )),
            _ => Ok(()),
        }
    }

    /// No door opens from afar: locks are offline, the phone opens them (§7.12, §8).
    pub(crate) fn open(&self) -> Opened {
        Opened::Refused {
            why: OpenRefusal::TapOnly,
            vendor_says: "Tapkey's locks are opened by the phone in front of them".to_owned(),
        }
    }

    /// Nothing of ours is at Tapkey but the refresh token; it is ended where the issuer says how (§3.8).
    pub(crate) async fn disconnect(&self, last: bool) -> Result<(), Trouble> {
        if let (true, Some(url)) = (last, &self.endpoints.revocation)
            && let Err(trouble) = self.client.end_session(url).await
        {
            tracing::warn!(%trouble, "the sign-in at Tapkey could not be ended; it runs out by itself");
        }
        Ok(())
    }

    /// A path below the owner account.
    fn path<'a>(&'a self, rest: &[&'a str]) -> Result<Vec<&'a str>, Trouble> {
        let mut path = vec!["Owners", self.owner()?];
        path.extend(rest);
        Ok(path)
    }

    /// Reads one object; `None` when it is gone.
    async fn one<T: serde::de::DeserializeOwned>(
        &self,
        lane: Lane,
        path: &[&str],
        attempted: &str,
    ) -> Result<Option<T>, Trouble> {
        match self.client.read(lane, &self.path(path)?, attempted).await {
            Ok(found) => Ok(Some(found)),
            Err(trouble) if trouble.kind == Kind::Gone => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }
}

/// The login's quota is shared by everything that uses it.
fn limiter_key(account: &str) -> String {
    format!("tapkey {account}")
}
