//! The stage for Salto KS: its simulator, signed in as the owner of two sites, with the little building and its gateway activated.

use std::net::SocketAddr;
use std::sync::Arc;

use access::vendor::{ConnectForm, Connected, Consent, GatewayAct, GatewaysSeen, NewLogin, Secret};
use access::{Instant, Window};
use connectors::vault::Vault;
use connectors::{Connector, Connectors, Login, Settings, salto};
use simulators::clock::SimClock;
use simulators::fault::Fault;
use simulators::salto::{By, Client, Host, Hours, Key, SaltoSim};

use crate::stage::{At, Building, How, Row};
use crate::vault::{MemoryVault, key};

const OWNER: &str = "owner@harbour.example";
pub const PASSWORD: &str = "let me in, please";

pub struct SaltoStage {
    pub sim: SaltoSim,
    pub connectors: Connectors,
    pub login: NewLogin,
    pub building: Building,
    vault: Arc<MemoryVault>,
}

pub fn owner_form() -> ConnectForm {
    let fields = [
        ("client_id", "server-client"),
        ("client_secret", "s3cret"),
        ("email", OWNER),
        ("password", PASSWORD),
    ];
    ConnectForm {
        vendor: "salto".to_owned(),
        fields: fields.map(|(key, value)| (key.to_owned(), Secret::new(value))).into(),
        label: "Vestibule – Harbor Works, Pier 3".to_owned(),
        consent: Consent::Impossible,
        like: None,
    }
}

fn connectors(sim: &SaltoSim, vault: Arc<dyn Vault>) -> Connectors {
    let salto = salto::Settings {
        identity_url: sim.url(Host::Identity),
        api_url: sim.url(Host::Api),
        stream_url: sim.url(Host::Stream),
        calls_per_s: 1_000,
    };
    let settings = Settings {
        salto,
        ..Settings::default()
    };
    Connectors::new(settings, Some(vault)).expect("loopback needs no TLS")
}

impl SaltoStage {
    pub async fn open(now: Instant) -> Self {
        let anywhere: SocketAddr = ([127, 0, 0, 1], 0).into();
        let sim = SaltoSim::start(SimClock::frozen(now.ms()), [anywhere; 3])
            .await
            .expect("free ports");
        // Doors learn at once, so that scenes can ask for exact minutes.
        sim.set_switches(|switches| {
            (switches.member_rollout_s, switches.schedule_rollout_s) = (0, 0);
            switches.delete_settle_s = 0;
        });
        sim.add_client(Client {
            id: "server-client".to_owned(),
            secret: Some("s3cret".to_owned()),
            redirect_uris: vec![],
            grants: vec!["password".to_owned()],
            scopes: vec!["user_api.full_access".to_owned()],
        });
        let owner = (OWNER, PASSWORD);
        let pier_3 = sim.add_site("Pier 3", "DE0042113377", "Europe/Berlin", 1_000, owner);
        let pier_4 = sim.add_site("Pier 4", "PT0042113378", "Europe/Lisbon", 1_000, owner);
        let (hall, shed) = (sim.add_iq(&pier_3, "Hall IQ"), sim.add_iq(&pier_4, "Shed IQ"));
        let (front, room_door) = (sim.add_lock(&hall, "Front door"), sim.add_lock(&hall, "Meeting room"));
        let gate = sim.add_lock(&shed, "Gate");
        let group = |site: &str, name: &str, locks: &[&String]| {
            let locks: Vec<String> = locks.iter().map(|lock| (*lock).clone()).collect();
            sim.add_group(site, name, &locks, &[Hours::always()])
        };
        let building = Building {
            members: group(&pier_3, "Members", &[&front]),
            room: group(&pier_3, "Meeting room", &[&front, &room_door]),
            elsewhere: group(&pier_4, "Elsewhere", &[&gate]),
            site: pier_3,
            front,
            room_door,
            gate,
        };
        let vault = Arc::new(MemoryVault::default());
        let connectors = connectors(&sim, vault.clone());
        let Connected::Yes(login) = connectors.connect(&owner_form()).await else {
            panic!("the owner can sign in");
        };
        vault.keep(key(1), login.secret.clone());
        let stage = Self {
            sim,
            connectors,
            login,
            building,
            vault,
        };
        stage.activate(&hall, now).await;
        stage.sim.clear_calls();
        stage
    }

    /// Once, as the operator does it.
    async fn activate(&self, gateway: &str, now: Instant) {
        let (connector, gateway) = (self.connector(), gateway.to_owned());
        let begin = GatewayAct::Begin {
            gateway: gateway.clone(),
        };
        connector.gateways(&begin, now).await;
        let letter = self.sim.letters().pop().expect("the PIN was mailed");
        let pin = Secret::new(&letter.text[letter.text.len() - 4..]);
        let seen = connector.gateways(&GatewayAct::Finish { gateway, pin }, now).await;
        assert!(matches!(seen, GatewaysSeen::All(_)), "{seen:?}");
    }

    pub fn connector(&self) -> Connector {
        let login = Login {
            key: Some(key(1)),
            account: self.login.account.clone(),
            secret: self.vault.kept(key(1)),
        };
        self.connector_of(&login)
    }

    /// Somebody changed the password meanwhile.
    pub fn connector_with_dead_key(&self) -> Connector {
        let secret = self.login.secret.reveal().replace(PASSWORD, "another");
        self.connector_of(&Login::passing(&*self.login.account, Secret::new(secret)))
    }

    fn connector_of(&self, login: &Login) -> Connector {
        self.connectors
            .connector("salto", login, Some(&self.building.site))
            .expect("Salto KS has a connector")
    }

    pub fn may_open(&self, email: &str, door: &str, at: Instant) -> bool {
        self.sim.may_open_at(email, door, By::AnyKey, at.ms()).is_ok()
    }

    pub fn rows_of(&self, email: &str) -> Vec<Row> {
        let mut rows = Vec::new();
        for group in self.sim.groups() {
            let members = self.sim.members(&group.id);
            let theirs = members.into_iter().filter(|member| member.eq_ignore_ascii_case(email));
            rows.extend(theirs.map(|email| Row {
                external: format!(
                    "{}/{}",
                    group.id,
                    self.sim.person(&email).expect("a member is somebody")
                ),
                email,
                group: group.id.clone(),
                window: Window::ALWAYS,
            }));
        }
        rows
    }

    pub fn calls(&self) -> (usize, usize) {
        let calls = self.sim.calls();
        let asked: Vec<_> = calls.iter().filter(|call| call.host == Host::Api).collect();
        (asked.len(), asked.iter().filter(|call| call.writing).count())
    }

    pub fn disturb(&self, at: At, how: How, times: u32) {
        let members = "/v1.2/sites/*/access_groups/*/users";
        let route = match at {
            At::MakePerson => "POST /v1.2/sites/*/users$".to_owned(),
            At::Give => format!("POST {members}"),
            At::Take => format!("DELETE {members}"),
            At::ReadRows => format!("GET {members}"),
            At::Open => "PATCH /v1.2/sites/*/locks/*/locking".to_owned(),
            At::Anything => "*".to_owned(),
            At::Move | At::LookAtRow => panic!("rows here have no dates and no address of their own"),
        };
        self.sim.faults().add(Fault::on(&route, how.trouble()).times(times));
    }

    pub fn add_person(&self, email: &str, confirmed: bool) {
        self.sim
            .add_user(&self.building.site, email, "Some", "Body", &["site_user"]);
        assert!(self.sim.set_person(email, |person| person.invited = !confirmed));
    }

    pub fn delete_person(&self, email: &str) {
        assert!(self.sim.delete_user(&self.building.site, &self.user(email)));
    }

    pub fn switch_person_off(&self, email: &str) {
        assert!(self.sim.set_user(&self.user(email), |user| user.blocked = true));
    }

    pub fn people_called(&self, email: &str) -> usize {
        let person = self.sim.person(email);
        let users = self.sim.users(&self.building.site);
        users
            .iter()
            .filter(|user| Some(&user.person) == person.as_ref())
            .count()
    }

    pub fn put_by_hand(&self, email: &str, group: &str) -> String {
        assert!(self.sim.foreign_member(group, email));
        format!("{group}/{}", self.sim.person(email).expect("they have a record"))
    }

    pub fn delete_row(&self, external: &str) {
        let (group, id) = external.split_once('/').expect("a row is a group and a person");
        let people = self.sim.people();
        let person = people
            .iter()
            .find(|person| person.id == id)
            .expect("a member is somebody");
        let email = person.email.as_deref().expect("with an address");
        assert!(self.sim.remove_member(group, email));
    }

    pub fn openings(&self, door: &str) -> usize {
        let entries = self.sim.entries();
        let opened = entries
            .iter()
            .filter(|entry| entry.category == "lock_opened" && entry.lock == door);
        opened.count()
    }

    /// Holds the person's tag to the reader of a door.
    pub fn hold_tag(&self, email: &str, door: &str) {
        let number = format!("tag of {email}");
        assert!(
            self.sim
                .set_person(email, |person| person.tag_number = Some(number.clone()))
        );
        self.sim.present(door, &Key::Tag(number)).expect("there is such a door");
    }

    fn user(&self, email: &str) -> String {
        let person = self.sim.person(email).expect("the person has a record");
        let users = self.sim.users(&self.building.site);
        let user = users.into_iter().find(|user| user.person == person);
        user.expect("the person is on the site").id
    }
}
