//! The stage for Tapkey: its simulator, signed in as the client's service account, with the little building.
//!
//! A group is a lock there, so the room's group opens the room alone. Nobody is refused in the log, nobody waits for a confirmation.

use std::net::SocketAddr;

use access::vendor::{ConnectForm, Connected, Consent, NewLogin, Secret};
use access::{Instant, Window};
use connectors::{Connector, Connectors, Login, Settings, tapkey};
use simulators::clock::SimClock;
use simulators::fault::Fault;
use simulators::tapkey::{GrantState, Role, TapkeySim};

use crate::stage::{At, Building, How, Row};

const CLIENT: &str = "spaces-service";
pub const SECRET: &str = "let me in, Tapkey";

pub struct TapkeyStage {
    pub sim: TapkeySim,
    pub connectors: Connectors,
    pub login: NewLogin,
    pub building: Building,
}

pub fn client_form() -> ConnectForm {
    let fields = [
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("service_account", "yes"),
    ];
    ConnectForm {
        vendor: "tapkey".to_owned(),
        fields: fields.map(|(key, value)| (key.to_owned(), Secret::new(value))).into(),
        label: "Vestibule – Harbor Works, Pier 3".to_owned(),
        consent: Consent::Impossible,
        like: None,
    }
}

fn lock_of(group: &str) -> &str {
    group.strip_prefix("lock:").expect("groups here are locks")
}

impl TapkeyStage {
    pub async fn open(now: Instant) -> Self {
        let anywhere: SocketAddr = ([127, 0, 0, 1], 0).into();
        let sim = TapkeySim::start(SimClock::frozen(now.ms()), anywhere)
            .await
            .expect("a free port");
        sim.set_switches(|switches| {
            // The scenes' clock jumps; what a renewal costs is asked elsewhere.
            switches.access_token_s = u32::MAX;
            switches.smartphone_quota = 0;
        });
        let (pier_3, pier_4) = (
            sim.add_owner("Pier 3", "owner@harbour.example"),
            sim.add_owner("Pier 4", "owner@harbour.example"),
        );
        let service = sim.add_service_client(CLIENT, SECRET);
        for site in [&pier_3, &pier_4] {
            sim.add_admin(site, &service, Role::Admin);
        }
        let (front, room_door) = (
            sim.add_lock(&pier_3, "Front door"),
            sim.add_lock(&pier_3, "Meeting room"),
        );
        let gate = sim.add_lock(&pier_4, "Gate");
        let building = Building {
            members: format!("lock:{front}"),
            room: format!("lock:{room_door}"),
            elsewhere: format!("lock:{gate}"),
            site: pier_3,
            front,
            room_door,
            gate,
        };
        let tapkey = tapkey::Settings {
            issuer_url: sim.url(),
            api_base_url: format!("{}/api/v1", sim.url()),
            calls_per_s: 1_000,
            ..tapkey::Settings::default()
        };
        let settings = Settings {
            tapkey,
            ..Settings::default()
        };
        let connectors = Connectors::new(settings, None).expect("loopback needs no TLS");
        let Connected::Yes(login) = connectors.connect(&client_form()).await else {
            panic!("the service account can sign in");
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

    /// Somebody made a new client secret meanwhile.
    pub fn connector_with_dead_key(&self) -> Connector {
        self.connector_with(Secret::new(self.login.secret.reveal().replace(SECRET, "another")))
    }

    fn connector_with(&self, secret: Secret) -> Connector {
        let login = Login::passing(&*self.login.account, secret);
        self.connectors
            .connector("tapkey", &login, Some(&self.building.site))
            .expect("Tapkey has a connector")
    }

    pub fn may_open(&self, email: &str, door: &str, at: Instant) -> bool {
        self.sim.opens_at(email, door, true, at.ms()).is_ok()
    }

    /// Grants that were neither revoked nor have ended.
    pub fn rows_of(&self, email: &str) -> Vec<Row> {
        let now = self.sim.clock().now_ms();
        let grants = self.sim.grants().into_iter();
        let live = grants
            .filter(|grant| grant.state == GrantState::Ok && grant.before_ms.is_none_or(|before_ms| now < before_ms));
        let theirs = live.filter_map(|grant| Some((grant.email.clone()?, grant)));
        theirs
            .filter(|(whose, _)| whose.eq_ignore_ascii_case(email))
            .map(|(email, grant)| Row {
                external: grant.id,
                email,
                group: format!("lock:{}", grant.target),
                window: Window {
                    from: grant.from_ms.map_or(Instant::MIN, Instant::from_ms),
                    until: grant.before_ms.map_or(Instant::MAX, Instant::from_ms),
                },
            })
            .collect()
    }

    pub fn calls(&self) -> (usize, usize) {
        let calls = self.sim.calls();
        let asked: Vec<_> = calls.iter().filter(|call| call.path.starts_with("/api/")).collect();
        (asked.len(), asked.iter().filter(|call| call.writing).count())
    }

    pub fn disturb(&self, at: At, how: How, times: u32) {
        let route = match at {
            At::MakePerson => "PUT /api/v1/Owners/*/Contacts",
            At::Give => "PUT /api/v1/Owners/*/Grants",
            At::Move => "PATCH /api/v1/Owners/*/Grants",
            At::Take => "POST /api/v1/Owners/*/Grants",
            At::LookAtRow => "GET /api/v1/Owners/*/Grants/*",
            At::ReadRows => "GET /api/v1/Owners/*/Grants$",
            At::Open => panic!("no door opens from afar"),
            At::Anything => "/api",
        };
        self.sim.faults().add(Fault::on(route, how.trouble()).times(times));
    }

    pub fn add_person(&self, email: &str, confirmed: bool) {
        assert!(confirmed, "nobody waits for a confirmation there");
        self.sim.add_contact(&self.building.site, email, Some("Somebody"));
    }

    pub fn delete_person(&self, email: &str) {
        self.sim.delete_contact(&self.contact(email));
    }

    pub fn people_called(&self, email: &str) -> usize {
        let contacts = self.sim.contacts().into_iter();
        let called = contacts.filter(|contact| contact.email.eq_ignore_ascii_case(email));
        called.filter(|contact| contact.owner == self.building.site).count()
    }

    pub fn put_by_hand(&self, email: &str, group: &str, window: Window) -> String {
        let date = |at: Instant| (!at.is_open()).then(|| at.ms());
        let (from, until) = (date(window.from), date(window.until));
        self.sim
            .foreign_grant(&self.contact(email), lock_of(group), from, until)
    }

    pub fn delete_row(&self, external: &str) {
        self.sim.revoke_grant(external);
    }

    /// The hardware is bound anew, so the lock of that name is another one.
    pub fn delete_group(&self, external: &str) {
        assert!(self.sim.rebind_lock(lock_of(external)).is_some());
    }

    pub fn openings(&self, door: &str) -> usize {
        self.sim.log_entries().iter().filter(|entry| entry.lock == door).count()
    }

    /// The person holds their phone to a door, whether it opens or not.
    pub fn hold_phone(&self, email: &str, door: &str) -> bool {
        self.sim.trigger(&self.contact(email), door, true).is_ok()
    }

    fn contact(&self, email: &str) -> String {
        let contacts = self.sim.contacts();
        let known = contacts
            .iter()
            .find(|contact| contact.email.eq_ignore_ascii_case(email));
        known.expect("the person has a record").id.clone()
    }
}
