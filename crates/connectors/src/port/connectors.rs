//! Makes connectors: settings, shared connections and limiters, one session per login.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use access::vendor::{Abilities, ConnectForm, ConnectRefusal, Connected, Secret};
use reqwest::Url;

use super::{Connector, WebhookHint};
use crate::http::Http;
use crate::kisi::{self, Kisi};
use crate::limiter::Limiters;
use crate::oauth::{Kept, Session};
use crate::salto::{self, Salto};
use crate::tapkey::{self, Tapkey};
use crate::trouble::{Kind, Trouble};
use crate::vault::{LoginKey, Vault};
use crate::vendors;

/// What an operator of the server may set; the defaults are the real vendors.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Kisi's address and how we introduce ourselves there.
    pub kisi: kisi::Settings,
    /// Salto KS's three addresses.
    pub salto: salto::Settings,
    /// Tapkey's two addresses.
    pub tapkey: tapkey::Settings,
}

/// One stored vendor login.
#[derive(Clone, Debug)]
pub struct Login {
    /// Where it is kept; `None` before it is, and then nothing that changes in it can be.
    pub key: Option<LoginKey>,
    /// [`access::vendor::NewLogin::account`].
    pub account: String,
    /// What was kept of it.
    pub secret: Secret,
}

/// Makes connectors; one per process, since logins share limiters and connections. Clones share them too.
#[derive(Clone, Debug)]
pub struct Connectors {
    settings: Settings,
    ways: Ways,
}

impl Login {
    /// One that is not stored.
    pub fn passing(account: impl Into<String>, secret: Secret) -> Self {
        Self {
            key: None,
            account: account.into(),
            secret,
        }
    }
}

/// What all connectors of a process share.
#[derive(Clone, Debug)]
pub(crate) struct Ways {
    pub http: Http,
    pub limiters: Limiters,
    vault: Option<Arc<dyn Vault>>,
    sessions: Arc<Mutex<HashMap<LoginKey, Session>>>,
}

impl Ways {
    /// The one session of a stored login, or a passing one.
    pub fn session(&self, login: &Login, token_url: Url) -> Session {
        let new = |vault| Session::new(&self.http, token_url, vault, login.secret.clone());
        match (login.key, &self.vault) {
            (Some(key), Some(vault)) => {
                let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
                let session = sessions
                    .entry(key)
                    .or_insert_with(|| new(Some((Arc::clone(vault), key))));
                session.clone()
            }
            _ => new(None),
        }
    }
}

impl Connectors {
    /// The one of this process. Without a vault, logins that renew themselves work until their vendor changes what is kept of them.
    ///
    /// # Errors
    /// When TLS cannot start at all, or a base URL is none.
    pub fn new(settings: Settings, vault: Option<Arc<dyn Vault>>) -> Result<Self, Trouble> {
        settings.kisi.base()?;
        settings.salto.check()?;
        settings.tapkey.check()?;
        let ways = Ways {
            http: Http::new()?,
            limiters: Limiters::default(),
            vault,
            sessions: Arc::default(),
        };
        Ok(Self { settings, ways })
    }

    /// One row per vendor.
    pub fn vendors() -> &'static [Abilities] {
        vendors::all()
    }

    /// The abilities of a vendor by its word; `None` for an unknown word.
    pub fn abilities(vendor: &str) -> Option<&'static Abilities> {
        vendors::of(vendor)
    }

    /// A connector for a stored login; `site` is the chosen site (`None`: all of the account).
    ///
    /// # Errors
    /// [`Kind::Invalid`] when there is no such vendor or the account is none of its; [`Kind::SignInNeeded`] when what was kept of the
    /// login cannot be read.
    pub fn connector(&self, vendor: &str, login: &Login, site: Option<&str>) -> Result<Connector, Trouble> {
        match vendor {
            kisi::VENDOR => Kisi::new(&self.settings.kisi, &self.ways, login, site).map(Connector::Kisi),
            salto::VENDOR => Salto::new(&self.settings.salto, &self.ways, login, site).map(Connector::Salto),
            tapkey::VENDOR => Tapkey::new(&self.settings.tapkey, &self.ways, login, site).map(Connector::Tapkey),
            _ => Err(Trouble::new(
                format!("reach {vendor}"),
                Kind::Invalid,
                "there is no connector for it",
            )),
        }
    }

    /// Signs in with what the operator typed, live. Where the vendor's row says no consent, each success makes a new key at the vendor:
    /// when the account is known already, keep one of the two and let [`Connector::disconnect`] delete the other.
    pub async fn connect(&self, form: &ConnectForm) -> Connected {
        match &*form.vendor {
            kisi::VENDOR => kisi::connect(&self.settings.kisi, &self.ways, form).await,
            salto::VENDOR => salto::connect(&self.settings.salto, &self.ways, form).await,
            tapkey::VENDOR => tapkey::connect(&self.settings.tapkey, &self.ways, form).await,
            _ => {
                let say = "There is no such vendor.".to_owned();
                Connected::No(ConnectRefusal::Field {
                    key: "vendor".to_owned(),
                    say,
                })
            }
        }
    }

    /// What one typed for a login, as far as it is kept: to sign in again without typing it anew.
    pub fn typed_before(vendor: &str, secret: &Secret) -> Vec<(String, Secret)> {
        match vendor {
            salto::VENDOR | tapkey::VENDOR => Kept::read(secret).map(|kept| kept.typed()).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// A new secret of an account with what was kept beside the old ones, such as activated gateways: they belong to the account.
    pub fn carried_over(vendor: &str, old: &[Secret], new: Secret) -> Secret {
        match vendor {
            salto::VENDOR => Kept::carried_over(old, new),
            // Nothing is kept beside.
            _ => new,
        }
    }

    /// Is this request from the vendor, signed with `key`? `header` answers a request header by its lower-case name.
    pub fn verify_webhook(
        vendor: &str,
        body: &[u8],
        header: impl Fn(&str) -> Option<String>,
        key: &Secret,
    ) -> Option<WebhookHint> {
        match vendor {
            kisi::VENDOR => kisi::verify_webhook(body, header, key),
            // The others send none.
            _ => None,
        }
    }
}
