//! Salto KS: people are put in access groups that carry no dates, so access is written at the edges of its window.
//!
//! In and out: the port's words; Salto's own stay in this folder. Contract: `vendors/salto-ks.md` of the project's references, cited as §.
//! `compare` decides (pure); `observe`, `apply`, `people`, `looking`, `events`, `stream`, `unlock`, `gateways` and `connect` do; `client` sends; `wire`
//! holds shapes; `errors` turns statuses and codes into kinds and plain words; `beside` is what is kept of gateways with the login.
//! Always: a person is named by the platform id towards groups and by the site-user id towards seats, and the compiler keeps the two
//! apart (§8); people are never deleted, and the system user through which we are connected is never given, taken or changed.

mod apply;
mod beside;
mod client;
mod compare;
mod connect;
mod errors;
mod events;
mod gateways;
mod key;
mod looking;
mod observe;
mod people;
mod stream;
mod unlock;
mod wire;

use access::vendor::Site;
use reqwest::Url;

pub use compare::compare;
pub(crate) use connect::connect;
pub use stream::Listening;

use crate::http;
use crate::limiter::Lane;
use crate::memory::Memory;
use crate::oauth::{How, Kept};
use crate::port::{Login, Ways};
use crate::trouble::{Kind, Trouble};
use client::Client;
use wire::{Me, PlatformUserId};

/// The word Salto KS goes by.
pub const VENDOR: &str = "salto";

/// How Salto KS is reached: three addresses per environment (§2), without paths.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The identity server.
    pub identity_url: String,
    /// The Connect API.
    pub api_url: String,
    /// The event stream.
    pub stream_url: String,
    /// Calls per second and login; 5 is our own budget, since Salto publishes none (§4).
    pub calls_per_s: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            identity_url: "https://identity.eu.my-clay.com".to_owned(),
            api_url: "https://connect.my-clay.com".to_owned(),
            stream_url: "https://eventstreaming-connect-production.saltoks.com".to_owned(),
            calls_per_s: 5,
        }
    }
}

impl Settings {
    /// Are the three addresses any?
    pub(crate) fn check(&self) -> Result<(), Trouble> {
        for url in [&self.identity_url, &self.api_url, &self.stream_url] {
            address(url)?;
        }
        Ok(())
    }

    fn api(&self) -> Result<Url, Trouble> {
        address(&self.api_url)
    }

    /// An endpoint of the identity server (§3).
    fn identity(&self, path: &str) -> Result<Url, Trouble> {
        let base = address(&self.identity_url)?;
        address(&format!("{}{path}", base.as_str().trim_end_matches('/')))
    }

    fn token(&self) -> Result<Url, Trouble> {
        self.identity("/connect/token")
    }
}

fn address(text: &str) -> Result<Url, Trouble> {
    http::address("Salto KS", text)
}

/// One login at Salto KS, seen from one integration.
#[derive(Clone, Debug)]
pub struct Salto {
    settings: Settings,
    client: Client,
    /// Whose login it is: the system user, or the administrator who consented.
    me: PlatformUserId,
    /// The chosen site's UUID; paths want it (§4).
    site: String,
    /// What is shared with others of the same stretch of work; without it every step reads for itself.
    memory: Option<Memory>,
}

impl Salto {
    pub(crate) fn new(settings: &Settings, ways: &Ways, login: &Login, site: Option<&str>) -> Result<Self, Trouble> {
        let wrong = |say: &str| Trouble::new("reach Salto KS", Kind::Invalid, say);
        let site = site.filter(|site| !site.is_empty());
        let site = site.ok_or_else(|| wrong("no site is chosen; a location at Salto KS always uses exactly one"))?;
        if login.account.is_empty() {
            return Err(wrong("the account is not one of Salto's"));
        }
        Kept::read(&login.secret)?;
        let session = ways.session(login, settings.token()?);
        let limiter = ways.limiters.of(&limiter_key(&login.account), settings.calls_per_s);
        Ok(Self {
            settings: settings.clone(),
            client: Client::new(settings.api()?, &ways.http, limiter, session),
            me: PlatformUserId::from(&*login.account),
            site: site.to_owned(),
            memory: None,
        })
    }

    pub(crate) fn remembering(self, memory: &Memory) -> Self {
        Self {
            memory: Some(memory.clone()),
            ..self
        }
    }

    /// Sites where the account is administrator (§5.2, §5.3).
    pub(crate) async fn sites(&self) -> Result<Vec<Site>, Trouble> {
        let look = connect::look_around(&self.client, &self.me).await?;
        Ok(look.sites)
    }

    /// The cheapest call there is (§5.3).
    pub(crate) async fn check(&self) -> Result<(), Trouble> {
        let me: Me = self.client.read(Lane::Read, "v1.2/me", &[], "check the login").await?;
        if me.id == self.me {
            return Ok(());
        }
        let say = "the login belongs to another person at Salto KS now";
        Err(Trouble::new("check the login", Kind::SignInNeeded, say))
    }

    /// Leaves: with `last`, the refresh token is taken back where Salto offers that (§3). What was granted stays.
    ///
    /// Best effort: a token that lives on opens nothing by itself, and leaving must not hang on the identity server.
    pub(crate) async fn disconnect(&self, last: bool) -> Result<(), Trouble> {
        if last && let Err(trouble) = self.revoke().await {
            tracing::warn!(%trouble, "the refresh token stays behind at Salto KS");
        }
        Ok(())
    }

    async fn revoke(&self) -> Result<(), Trouble> {
        let kept = self.client.session.kept_anew().await?;
        let How::Refresh { token } = &kept.how else {
            return Ok(());
        };
        let discovery = self.settings.identity("/.well-known/openid-configuration")?;
        self.client.take_back(discovery, &kept, token).await
    }

    /// A path below the site.
    fn path(&self, rest: &str) -> String {
        format!("v1.2/sites/{}/{rest}", self.site)
    }

    /// The same in the older version, where the newer has none (§4).
    fn older_path(&self, rest: &str) -> String {
        format!("v1.1/sites/{}/{rest}", self.site)
    }

    /// The name of a list in the memory.
    fn list(&self, what: &str) -> String {
        format!("salto {} {what}", self.site)
    }
}

/// The budget is shared by everything that uses the login.
fn limiter_key(account: &str) -> String {
    format!("salto {account}")
}
