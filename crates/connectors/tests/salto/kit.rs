//! A small site at Salto KS with an owner, a system user and a gateway, and the connector towards it.

use std::net::SocketAddr;
use std::sync::Arc;

use access::change::Change;
use access::id::{AccessGroupId, GrantId, PersonId};
use access::vendor::{
    ConnectForm, ConnectRefusal, Connected, Consent, Gateway, GatewayAct, GatewaysSeen, Learned, NewLogin, Secret,
};
use access::{Instant, Window};
use connectors::vault::LoginKey;
use connectors::{Applied, Connector, Connectors, Login, Repeat, Settings, Step, Trouble, salto};
use simulators::clock::SimClock;
use simulators::salto::{Client, Host, Hours, Id, SaltoSim, SiteUser};

use crate::vault::{MemoryVault, key};

/// 2027-03-09T11:00:00Z, noon in Amsterdam.
pub const NOON: i64 = 1_804_590_000_000;
pub const OWNER: &str = "owner@harbour.example";
pub const PASSWORD: &str = "let me in, please";
pub const NOOR: &str = "noor@example.org";
pub const BACK: &str = "https://doors.example.org/callback";
pub const VERIFIER: &str = "a-verifier-that-is-long-enough-for-the-standard-0123456789";

pub struct Desk {
    pub sim: SaltoSim,
    pub clock: SimClock,
    pub connectors: Connectors,
    pub vault: Arc<MemoryVault>,
    pub site: Id,
    pub iq: Id,
    pub front: Id,
    pub studio: Id,
    pub members: Id,
}

pub fn settings(sim: &SaltoSim) -> Settings {
    let salto = salto::Settings {
        identity_url: sim.url(Host::Identity),
        api_url: sim.url(Host::Api),
        stream_url: sim.url(Host::Stream),
        calls_per_s: 1_000,
    };
    Settings {
        salto,
        ..Settings::default()
    }
}

pub fn client(id: &str, secret: Option<&str>, grants: &[&str]) -> Client {
    let scopes = ["openid", "profile", "user_api.full_access", "offline_access"];
    Client {
        id: id.to_owned(),
        secret: secret.map(str::to_owned),
        redirect_uris: vec![BACK.to_owned()],
        grants: grants.iter().map(|grant| (*grant).to_owned()).collect(),
        scopes: scopes.map(str::to_owned).to_vec(),
    }
}

pub fn form(fields: &[(&str, &str)], consent: Consent) -> ConnectForm {
    let fields = fields
        .iter()
        .map(|(key, value)| ((*key).to_owned(), Secret::new(*value)));
    ConnectForm {
        vendor: "salto".to_owned(),
        fields: fields.collect(),
        label: "Vestibule – Harbour Works".to_owned(),
        consent,
        like: None,
    }
}

pub fn by_password(email: &str, password: &str) -> ConnectForm {
    let fields = [
        ("client_id", "server"),
        ("client_secret", "s3cret"),
        ("email", email),
        ("password", password),
    ];
    form(&fields, Consent::Impossible)
}

pub fn refusal(connected: Connected) -> ConnectRefusal {
    match connected {
        Connected::No(refusal) => refusal,
        other => panic!("it should be refused: {other:?}"),
    }
}

pub fn yes(connected: Connected) -> NewLogin {
    match connected {
        Connected::Yes(login) => login,
        other => panic!("it should work: {other:?}"),
    }
}

pub async fn desk() -> Desk {
    desk_with_seats(200).await
}

pub async fn desk_with_seats(seats: usize) -> Desk {
    let clock = SimClock::frozen(NOON);
    let anywhere: SocketAddr = ([127, 0, 0, 1], 0).into();
    let sim = SaltoSim::start(clock.clone(), [anywhere; 3]).await.expect("free ports");
    sim.set_switches(|switches| (switches.member_rollout_s, switches.delete_settle_s) = (0, 0));
    sim.add_client(client("web", None, &["authorization_code", "refresh_token"]));
    sim.add_client(client("server", Some("s3cret"), &["password"]));
    let site = sim.add_site(
        "Harbour Works",
        "NL0042113377",
        "Europe/Amsterdam",
        seats,
        (OWNER, PASSWORD),
    );
    let iq = sim.add_iq(&site, "Hall IQ");
    let (front, studio) = (sim.add_lock(&iq, "Front door"), sim.add_lock(&iq, "Studio"));
    let doors = [front.clone(), studio.clone()];
    let members = sim.add_group(&site, "Members 24/7", &doors, &[Hours::always()]);
    let vault = Arc::new(MemoryVault::default());
    let connectors = Connectors::new(settings(&sim), Some(vault.clone())).expect("loopback needs no TLS");
    sim.clear_calls();
    Desk {
        sim,
        clock,
        connectors,
        vault,
        site,
        iq,
        front,
        studio,
        members,
    }
}

impl Desk {
    pub fn now(&self) -> Instant {
        Instant::from_ms(self.clock.now_ms())
    }

    /// The owner's login by password, kept in the vault.
    pub async fn connector(&self) -> Connector {
        let login = yes(self.connectors.connect(&by_password(OWNER, PASSWORD)).await);
        let connector = self.keep(1, &login);
        self.sim.clear_calls();
        connector
    }

    /// A login kept in the vault, and the connector that uses it.
    pub fn keep(&self, number: u128, login: &NewLogin) -> Connector {
        self.vault.keep(key(number), login.secret.clone());
        self.connector_of(&self.connectors, &login.account, key(number))
    }

    pub fn connector_of(&self, connectors: &Connectors, account: &str, key: LoginKey) -> Connector {
        let login = Login {
            key: Some(key),
            account: account.to_owned(),
            secret: self.vault.kept(key),
        };
        let connector = connectors.connector("salto", &login, Some(&self.site));
        connector.expect("Salto KS has a connector")
    }

    /// Another process on the same database.
    pub fn elsewhere(&self) -> Connectors {
        Connectors::new(settings(&self.sim), Some(self.vault.clone())).expect("loopback needs no TLS")
    }

    /// The person's site user.
    pub fn user(&self, email: &str) -> SiteUser {
        let person = self.sim.person(email).expect("the person has a record");
        let users = self.sim.users(&self.site);
        users
            .into_iter()
            .find(|user| user.person == person)
            .expect("the person is on the site")
    }

    /// Calls so far, as in `POST /v1.2/…`.
    pub fn calls(&self, host: Host, method: &str, part: &str) -> usize {
        let calls = self.sim.calls();
        let those = calls
            .iter()
            .filter(|call| call.host == host && call.method == method && call.path.contains(part));
        those.count()
    }

    pub fn token_calls(&self) -> usize {
        self.calls(Host::Identity, "POST", "/connect/token")
    }

    /// The PIN that was mailed last.
    pub fn pin(&self) -> String {
        let letter = self.sim.letters().pop().expect("a PIN was mailed");
        letter.text[letter.text.len() - 4..].to_owned()
    }

    pub async fn begin(&self, connector: &Connector) -> GatewaysSeen {
        let gateway = self.iq.clone();
        connector.gateways(&GatewayAct::Begin { gateway }, self.now()).await
    }

    pub async fn finish(&self, connector: &Connector, pin: &str) -> GatewaysSeen {
        let (gateway, pin) = (self.iq.clone(), Secret::new(pin));
        connector
            .gateways(&GatewayAct::Finish { gateway, pin }, self.now())
            .await
    }

    /// The one gateway as it is now.
    pub async fn gateway(&self, connector: &Connector) -> Gateway {
        match connector.gateways(&GatewayAct::Look, self.now()).await {
            GatewaysSeen::All(mut all) => all.pop().expect("there is one"),
            other => panic!("they can be read: {other:?}"),
        }
    }

    pub async fn activate(&self, connector: &Connector) {
        self.begin(connector).await;
        let seen = self.finish(connector, &self.pin()).await;
        assert!(matches!(seen, GatewaysSeen::All(_)), "{seen:?}");
        self.sim.clear_calls();
    }

    pub fn give(&self, email: &str, name: &str) -> Change {
        self.give_in(&self.members, email, name)
    }

    pub fn give_in(&self, group: &str, email: &str, name: &str) -> Change {
        let at = self.now();
        Change::Give {
            grant: GrantId::new(at, 1),
            person: PersonId::new(at, 1),
            email: email.to_owned(),
            name: name.to_owned(),
            group: AccessGroupId::new(at, 1),
            external_group: group.to_owned(),
            window: Window::ALWAYS,
        }
    }

    pub fn take(&self, external: &str) -> Change {
        let at = self.now();
        Change::Take {
            grant: GrantId::new(at, 1),
            person: PersonId::new(at, 1),
            group: AccessGroupId::new(at, 1),
            external: external.to_owned(),
            window: Window::ALWAYS,
        }
    }

    /// The row of somebody in the members' group.
    pub fn row(&self, email: &str) -> String {
        format!(
            "{}/{}",
            self.members,
            self.sim.person(email).expect("they have a record")
        )
    }
}

/// Does a step for the first time.
pub async fn first(connector: &Connector, change: &Change) -> Result<Applied, Trouble> {
    step(connector, change, &[], Repeat::First).await
}

pub async fn step(
    connector: &Connector,
    change: &Change,
    known: &[String],
    repeat: Repeat,
) -> Result<Applied, Trouble> {
    let step = Step {
        holder: None,
        learned: Learned::default(),
        known,
        repeat,
    };
    connector.apply(change, &step).await
}
