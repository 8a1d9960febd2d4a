//! The demo's directory: ids by readable names, addresses and keys, as people and as scripts read them.
//!
//! In: the store and the running servers. Out: one JSON value, and calm plain text. Why so: both are made from what is
//! stored, so a demo that goes on with old data names it just the same.

use std::collections::BTreeMap;
use std::fmt::Display;

use access::id::NetworkId;
use serde_json::{Value, json};
use simulators::salto::Host;
use store::record::{Act, Actor};
use store::{Page, Store, Tx};

use super::building;
use super::contracts::{MEMBERS, OPERATOR};
use super::seed::OPERATOR_PASSWORD;
use super::vendor::{CLIENT_SECRET, CLIENTS, DOMAIN, Neighbours, OWNER, PASSWORD};

/// The name that tokens of earlier starts are found by.
const TOKEN_NAME: &str = "Printed at the demo's start";

/// Where everything is.
pub struct Directory {
    /// The network.
    pub network: NetworkId,
    /// An API token of the owner's.
    pub token: String,
    /// One-click sign-in links.
    pub links: Vec<web::DemoLink>,
    ids: BTreeMap<&'static str, BTreeMap<String, String>>,
    emails: BTreeMap<String, String>,
}

impl Directory {
    /// Reads it, with a new token and new links; those of earlier starts end.
    ///
    /// # Errors
    /// When the store cannot be read, or holds something else than a demo.
    pub async fn read(store: &Store, act: &Act) -> store::Result<Self> {
        let network = act.network;
        let mut tx = store.write().await?;
        let (name, email) = OPERATOR;
        let owner = account(&mut tx, network, email).await?;
        for old in store::api_token::list(&mut tx, network).await? {
            if old.name == TOKEN_NAME {
                store::api_token::end(&mut tx, act, old.id).await?;
            }
        }
        let (_, token) = store::api_token::create(&mut tx, act, owner, TOKEN_NAME, None).await?;
        let link = |label: String, account| web::DemoLink {
            label,
            key: store::chance::token().reveal().to_owned(),
            account,
            network,
        };
        let mut links = vec![link(format!("{name}, operator"), owner)];
        for (name, _) in MEMBERS {
            let account = account(&mut tx, network, &building::email(name)).await?;
            links.push(link(name.to_owned(), account));
        }
        let mut directory = Self {
            network,
            token: token.reveal().to_owned(),
            links,
            ids: BTreeMap::new(),
            emails: BTreeMap::new(),
        };
        directory.names(&mut tx).await?;
        tx.commit().await?;
        Ok(directory)
    }

    async fn names(&mut self, tx: &mut Tx) -> store::Result<()> {
        let (network, all) = (self.network, Page::longest());
        let mut things = BTreeMap::new();
        for one in store::location::list(tx, network, &all).await?.rows {
            self.note("locations", &one.details.name, one.id);
        }
        for one in store::person::list(tx, network, &store::person::Filter::default(), &all)
            .await?
            .rows
        {
            self.note("people", &one.details.name, one.id);
            self.emails.insert(one.details.name, one.details.email);
        }
        for one in store::plan::list(tx, network, &store::plan::Filter::default(), &all)
            .await?
            .rows
        {
            self.note("plans", &one.details.name, one.id);
        }
        for one in store::resource::list(tx, network, &store::resource::Filter::default(), &all)
            .await?
            .rows
        {
            self.note("resources", &one.details.name, one.id);
            things.insert(one.id, one.details.name);
        }
        for one in store::company::list(tx, network, &store::company::Filter::default(), &all)
            .await?
            .rows
        {
            self.note("companies", &one.details.name, one.id);
        }
        for one in store::booking::list(tx, network, &store::booking::Filter::default(), &all)
            .await?
            .rows
        {
            let thing = things.get(&one.details.resource).map_or("", String::as_str);
            let name = if one.details.title.is_empty() {
                thing
            } else {
                one.details.title.as_str()
            };
            self.note("bookings", name, one.id);
        }
        for one in store::integration::list(tx, network, None, &all).await?.rows {
            let location = store::location::read(tx, network, one.details.location).await?;
            self.note("integrations", &location.details.name, one.id);
            for group in store::group::list(tx, network, one.id).await? {
                self.note("groups", &group.name, group.id);
            }
            for door in store::group::doors(tx, network, one.id).await? {
                self.note("doors", &door.name, door.id);
            }
        }
        Ok(())
    }

    /// Notes an id; of two things with one name the first stays.
    fn note(&mut self, family: &'static str, name: &str, id: impl Display) {
        self.ids
            .entry(family)
            .or_default()
            .entry(name.to_owned())
            .or_insert_with(|| id.to_string());
    }

    /// The line for scripts.
    pub fn json(&self, web: &str, around: &Neighbours) -> Value {
        let sign_in: BTreeMap<&str, String> = self
            .links
            .iter()
            .map(|link| (link.label.as_str(), address(web, link)))
            .collect();
        let mut line = json!({
            "web": web,
            "api": format!("{web}/api/v1"),
            "token": self.token,
            "clock": format!("{web}/demo/clock"),
            "mail": around.mail.url(),
            "kisi": { "url": around.kisi.url(), "domain": DOMAIN, "email": OWNER, "password": PASSWORD },
            "salto": { "url": around.salto.url(Host::Api), "client_id": CLIENTS[1], "client_secret": CLIENT_SECRET, "email": OWNER, "password": PASSWORD },
            "tapkey": { "url": around.tapkey.url(), "client_id": CLIENTS[1], "client_secret": CLIENT_SECRET, "email": OWNER },
            "network": self.network,
            "sign_in": sign_in,
            "operator": { "email": OPERATOR.1, "password": OPERATOR_PASSWORD },
            "emails": self.emails,
        });
        for (family, names) in &self.ids {
            line[*family] = json!(names);
        }
        line
    }

    /// The same for people.
    pub fn text(&self, web: &str, around: &Neighbours) -> String {
        let mut lines = vec![
            "Harbor Works is open: a coworking business with three locations at three vendors, on this machine alone."
                .to_owned(),
            String::new(),
            "Sign in with one click:".to_owned(),
        ];
        let seen = std::iter::once("the operator, who runs the space").chain(MEMBERS.iter().map(|(_, what)| *what));
        for (link, what) in self.links.iter().zip(seen) {
            lines.push(format!("  {what}\n    {}", address(web, link)));
        }
        lines.extend([
            String::new(),
            "Look around:".to_owned(),
            format!("  the pages        {web}"),
            format!(
                "  Kisi, simulated  {}  (doors, groups, people and what arrives there)",
                around.kisi.url()
            ),
            format!(
                "  Salto, simulated {}  (the same for Hudson Loft)",
                around.salto.url(Host::Api)
            ),
            format!("  Tapkey, simulated {} (the same for Cais Verde)", around.tapkey.url()),
            format!("  mail, simulated  {}  (every mail that is sent)", around.mail.url()),
            String::new(),
            format!(
                "The operator also signs in as {} with the password “{OPERATOR_PASSWORD}”.",
                OPERATOR.1
            ),
            format!("Kisi's owner is {OWNER} at {DOMAIN}, with the password “{PASSWORD}”."),
            format!(
                "To connect Salto KS or Tapkey by consent, use the client “{}” with the secret “{CLIENT_SECRET}”, and the same owner there.",
                CLIENTS[1]
            ),
            "The bar at the top of every page moves the clock: jump to just before a booking, and watch.".to_owned(),
            "Ctrl-C ends it.".to_owned(),
        ]);
        lines.join("\n")
    }
}

fn address(web: &str, link: &web::DemoLink) -> String {
    format!("{web}/demo/sign-in?key={}", link.key)
}

async fn account(tx: &mut Tx, network: NetworkId, email: &str) -> store::Result<access::id::AccountId> {
    let found = store::account::by_email(tx, network, email).await?;
    found
        .map(|account| account.id)
        .ok_or_else(|| store::Error::not_found(format!("the demo's account {email}")))
}

/// Who acts when the demo starts.
pub fn act(network: NetworkId, now: access::Instant) -> Act {
    Act::new(network, now, Actor::Setup)
}
