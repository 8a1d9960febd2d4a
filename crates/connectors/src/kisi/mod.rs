//! Kisi: people are put in groups by role assignments that carry dates, so access is written ahead.
//!
//! In and out: the port's words; Kisi's own stay in this folder. Contract: `vendors/kisi.md` of the project's references, cited as §.
//! `compare` decides (pure); `observe`, `apply`, `unlock`, `events`, `webhook` and `connect` do; `client` sends; `wire` holds shapes;
//! `errors` turns statuses and codes into kinds and plain words.
//! Always: users are never deleted, roles other than `group_basic` never made or touched, `notify` and mails always off (§4.5, §4.7).

mod apply;
mod client;
mod compare;
mod connect;
mod errors;
mod events;
mod looking;
mod observe;
mod people;
mod rows;
mod unlock;
mod webhook;
mod wire;

use access::vendor::Site;
use reqwest::Url;

pub use compare::compare;
pub(crate) use connect::connect;
pub use webhook::verify_webhook;

use crate::http;
use crate::limiter::Lane;
use crate::port::{Login, Ways};
use crate::trouble::{Kind, Trouble};
use client::Client;

/// The word Kisi goes by.
pub const VENDOR: &str = "kisi";

/// How Kisi is reached.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the API is, without a path.
    pub base_url: String,
    /// Sent as `X-Kisi-Integration-Identifier` (§2).
    pub partner: String,
    /// Sent as `X-Kisi-Integration-Contact`: an e-mail address (§2).
    pub contact: String,
    /// Calls per second and login; 5 is what Kisi permits (§2.2). For accounts with other terms, and simulators without a limit.
    pub calls_per_s: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            base_url: "https://api.kisi.io".to_owned(),
            partner: "Vestibule".to_owned(),
            contact: "vestibule@localhost".to_owned(),
            calls_per_s: 5,
        }
    }
}

impl Settings {
    /// The address as a URL.
    pub(crate) fn base(&self) -> Result<Url, Trouble> {
        http::address("Kisi", &self.base_url)
    }
}

/// One owner's login at Kisi, seen from one integration.
#[derive(Clone, Debug)]
pub struct Kisi {
    client: Client,
    /// The owner's user id; rows it made after an intent of ours are ours (§8).
    me: i64,
    /// The chosen place; `None` is all of them.
    place: Option<i64>,
}

impl Kisi {
    pub(crate) fn new(settings: &Settings, ways: &Ways, login: &Login, site: Option<&str>) -> Result<Self, Trouble> {
        let account = &*login.account;
        let wrong = |what: &str| Trouble::new("reach Kisi", Kind::Invalid, format!("“{what}” is not one of Kisi's"));
        let me = account
            .rsplit_once('/')
            .and_then(|(_, user)| user.parse().ok())
            .ok_or_else(|| wrong(account))?;
        let place = site.map(|site| site.parse().map_err(|_| wrong(site))).transpose()?;
        let client = Client::new(
            settings,
            &ways.http,
            ways.limiters.of(&limiter_key(account), settings.calls_per_s),
            Some(login.secret.clone()),
        )?;
        Ok(Self { client, me, place })
    }

    /// Reads the places (§4.1).
    pub(crate) async fn sites(&self) -> Result<Vec<Site>, Trouble> {
        connect::sites(&self.client).await
    }

    /// The cheapest health check (§3.2).
    pub(crate) async fn check(&self) -> Result<(), Trouble> {
        self.client
            .read::<serde_json::Value>(Lane::Read, "login", &[], "check the key")
            .await
            .map(drop)
    }

    /// Deletes the webhook and, with `last`, the key in use (§7).
    pub(crate) async fn disconnect(&self, webhook: Option<&str>, last: bool) -> Result<(), Trouble> {
        if let Some(id) = webhook {
            gone_is_done(
                self.client
                    .delete(Lane::Revoke, &format!("integrations/{id}"), "delete our webhook")
                    .await,
            )?;
        }
        if last {
            gone_is_done(self.client.delete(Lane::Revoke, "login", "delete our key").await)?;
        }
        Ok(())
    }
}

/// Deleting what is gone already, or with a key that is gone already, is done.
fn gone_is_done(result: Result<(), Trouble>) -> Result<(), Trouble> {
    match result {
        Err(trouble) if matches!(trouble.kind, Kind::Gone | Kind::SignInNeeded) => Ok(()),
        other => other,
    }
}

/// The owner's quota is shared by everything that uses their login.
fn limiter_key(account: &str) -> String {
    format!("kisi {account}")
}
