//! The stage for Kisi: its simulator, signed in as the owner, with the little building.

use std::net::SocketAddr;

use access::vendor::{ConnectForm, Connected, NewLogin, Secret};
use access::{Instant, Window};
use connectors::{Connector, Connectors, Settings, kisi};
use simulators::clock::SimClock;
use simulators::fault::Fault;
use simulators::kisi::switches::RateLimits;
use simulators::kisi::{KisiSim, LoginKind};

use crate::stage::{At, Building, How, Row};

pub const DOMAIN: &str = "harbor-works";
pub const OWNER: &str = "owner@harbor.example";
pub const PASSWORD: &str = "correct horse";

pub struct KisiStage {
    pub sim: KisiSim,
    pub connectors: Connectors,
    pub login: NewLogin,
    pub building: Building,
}

/// An empty organization at an instant, without rate limits.
pub async fn empty(now: Instant) -> (KisiSim, Connectors) {
    let anywhere: SocketAddr = ([127, 0, 0, 1], 0).into();
    let sim = KisiSim::start(SimClock::frozen(now.ms()), anywhere)
        .await
        .expect("a free port");
    sim.seed_org(DOMAIN, OWNER, PASSWORD);
    sim.set_switches(|switches| switches.rate_limits = RateLimits::Off);
    (sim.clone(), connectors(&sim, 1_000))
}

pub fn connectors(sim: &KisiSim, calls_per_s: usize) -> Connectors {
    let kisi = kisi::Settings {
        base_url: sim.url(),
        calls_per_s,
        ..kisi::Settings::default()
    };
    let settings = Settings {
        kisi,
        ..Settings::default()
    };
    Connectors::new(settings, None).expect("loopback needs no TLS")
}

pub fn form(fields: &[(&str, &str)]) -> ConnectForm {
    let fields = fields
        .iter()
        .map(|(key, value)| ((*key).to_owned(), Secret::new(*value)))
        .collect();
    ConnectForm {
        vendor: "kisi".to_owned(),
        fields,
        label: "Vestibule – Harbor Works, Pier 3".to_owned(),
        consent: access::vendor::Consent::Impossible,
        like: None,
    }
}

pub fn owner_form() -> ConnectForm {
    form(&[("domain", DOMAIN), ("email", OWNER), ("password", PASSWORD)])
}

impl KisiStage {
    pub async fn open(now: Instant) -> Self {
        let (sim, connectors) = empty(now).await;
        let (pier_3, pier_4) = (
            sim.add_place("Pier 3", "Europe/Berlin"),
            sim.add_place("Pier 4", "Europe/Lisbon"),
        );
        let (front, room_door) = (sim.add_lock(pier_3, "Front door"), sim.add_lock(pier_3, "Meeting room"));
        let gate = sim.add_lock(pier_4, "Gate");
        let building = Building {
            site: pier_3.to_string(),
            front: front.to_string(),
            room_door: room_door.to_string(),
            gate: gate.to_string(),
            members: sim.add_group(Some(pier_3), "Members", &[front]).to_string(),
            room: sim.add_group(None, "Meeting room", &[front, room_door]).to_string(),
            elsewhere: sim.add_group(Some(pier_4), "Elsewhere", &[gate]).to_string(),
        };
        let Connected::Yes(login) = connectors.connect(&owner_form()).await else {
            panic!("the owner can sign in");
        };
        sim.clear_calls();
        Self {
            sim,
            connectors,
            login,
            building,
        }
    }

    pub fn connector(&self) -> Connector {
        self.connector_with(self.login.secret.clone())
    }

    pub fn connector_with(&self, secret: Secret) -> Connector {
        let site = Some(&*self.building.site);
        self.connectors
            .connector("kisi", &connectors::Login::passing(&*self.login.account, secret), site)
            .expect("Kisi has a connector")
    }

    pub fn may_open(&self, email: &str, door: &str, at: Instant) -> bool {
        self.sim.may_open_at(email, number(door), at.ms()).is_ok()
    }

    pub fn rows_of(&self, email: &str) -> Vec<Row> {
        let rows = self
            .sim
            .assignments()
            .into_iter()
            .filter(|row| row.email.eq_ignore_ascii_case(email));
        let shown = rows.map(|row| Row {
            external: row.id.to_string(),
            email: row.email,
            group: row.group.map(|group| group.to_string()).unwrap_or_default(),
            window: Window {
                from: row.valid_from_ms.map_or(Instant::MIN, Instant::from_ms),
                until: row.valid_until_ms.map_or(Instant::MAX, Instant::from_ms),
            },
        });
        shown.collect()
    }

    pub fn calls(&self) -> (usize, usize) {
        let calls = self.sim.calls();
        (calls.len(), calls.iter().filter(|call| call.writing).count())
    }

    pub fn disturb(&self, at: At, how: How, times: u32) {
        let route = match at {
            At::MakePerson => "POST /users",
            At::Give => "POST /role_assignments",
            At::Move => "PATCH /role_assignments",
            At::Take => "DELETE /role_assignments",
            At::LookAtRow => "GET /role_assignments/*",
            At::ReadRows => "GET /role_assignments$",
            At::Open => "POST /locks/*/unlock",
            At::Anything => "*",
        };
        self.sim.faults().add(Fault::on(route, how.trouble()).times(times));
    }

    pub fn add_person(&self, email: &str, confirmed: bool) {
        self.sim.add_user(email, "Somebody", confirmed);
    }

    pub fn delete_person(&self, email: &str) {
        assert!(self.sim.delete_user(self.user(email)));
    }

    pub fn switch_person_off(&self, email: &str) {
        assert!(self.sim.set_user(self.user(email), |user| user.access_enabled = false));
    }

    pub fn people_called(&self, email: &str) -> usize {
        self.sim
            .users()
            .iter()
            .filter(|user| user.email.eq_ignore_ascii_case(email))
            .count()
    }

    pub fn put_by_hand(&self, email: &str, group: &str, window: Window) -> String {
        let date = |at: Instant| (!at.is_open()).then(|| at.ms());
        let (from, until) = (date(window.from), date(window.until));
        self.sim
            .foreign_assignment(self.user(email), number(group), from, until)
            .to_string()
    }

    pub fn delete_row(&self, external: &str) {
        assert!(self.sim.delete_assignment(number(external)));
    }

    pub fn delete_group(&self, external: &str) {
        assert!(self.sim.delete_group(number(external)));
    }

    pub fn openings(&self, door: &str) -> usize {
        self.sim
            .unlocks()
            .iter()
            .filter(|unlock| unlock.lock == number(door))
            .count()
    }

    pub fn device_logins(&self, email: &str) -> usize {
        let theirs = |login: &&simulators::kisi::SimLogin| login.email == email && login.kind == LoginKind::Device;
        self.sim.logins().iter().filter(theirs).count()
    }

    pub fn end_sessions(&self, email: &str) {
        for login in self.sim.logins().iter().filter(|login| login.email == email) {
            assert!(self.sim.delete_login(login.id));
        }
    }

    pub fn user(&self, email: &str) -> i64 {
        let users = self.sim.users();
        users
            .iter()
            .find(|user| user.email.eq_ignore_ascii_case(email))
            .expect("the person has a record")
            .id
    }
}

pub fn number(external: &str) -> i64 {
    external.parse().expect("Kisi's ids are numbers")
}
