//! A house: the whole product in this process, the simulated vendor and mail server on loopback, one frozen clock for all.
//!
//! In: domain verbs ([`acts`], [`company`], [`booking`], [`vendor`]). Out: answers, the last one always from the simulator ([`asks`]).
//! Why so: nothing is played: a real database, real sockets, the very worker that serves. Time passes only when a scene says so.
//! Always: a verb returns when everything due by then has been worked; nobody sleeps.

pub mod acts;
pub mod asks;
pub mod booking;
pub mod company;
pub mod items;
pub mod vendor;

use std::net::SocketAddr;
use std::time::Duration;

use access::Instant;
use access::facts::{Grace, IntegrationState, Visibility};
use access::id::*;
use access::vendor::{ConnectForm, Connected, NewLogin, Secret};
use access::zone::Zone;
use connectors::{Connectors, kisi};
use jiff::civil::DateTime;
use simulators::clock::SimClock;
use simulators::kisi::KisiSim;
use simulators::kisi::switches::RateLimits;
use simulators::mail::MailSim;
use store::record::{Act, Actor};
use store::testing::TempStore;
use store::{Clock, Store, location, network};
use tokio::task::JoinHandle;
use worker::Worker;
use worker::post::Post;

/// The morning every scene begins at, unless it says otherwise: a Tuesday.
pub const MORNING: &str = "2026-03-10 09:00";
const DOMAIN: &str = "harbor-works";
const OWNER: &str = "owner@harbor.example";
const PASSWORD: &str = "correct horse";
/// Scenes end within seconds; what takes longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// The product with everything around it.
pub struct House {
    /// The vendor.
    pub sim: KisiSim,
    /// The mail server.
    pub mail: MailSim,
    /// The tenant.
    pub network: NetworkId,
    /// The one location.
    pub location: LocationId,
    /// Its account at the vendor.
    pub integration: IntegrationId,
    /// The location's zone.
    pub zone: Zone,
    /// The vendor's site.
    pub place: i64,
    clock: Clock,
    sim_clock: SimClock,
    connectors: Connectors,
    worker: Option<(Worker, JoinHandle<()>)>,
    store: TempStore,
}

impl House {
    /// In Berlin, connected, nobody inside, nothing mapped but the building's own names: plan "Flex desk" opens group
    /// "Members", room "Lagoon" opens group "Room Lagoon", "Parking A" opens "Garage".
    pub async fn open() -> Self {
        Self::open_in("Europe/Berlin").await
    }

    /// The same in another zone.
    pub async fn open_in(zone: &str) -> Self {
        let mut house = Self::unconnected(zone).await;
        house.integration = house.connect().await;
        house.furnish().await;
        house.sim.clear_calls();
        house
    }

    /// The building and its vendor, not introduced to each other yet.
    pub async fn unconnected(zone: &str) -> Self {
        let named = Zone::named(zone).expect("scenes use real zones");
        let start = named.start(civil(MORNING));
        let sim_clock = SimClock::frozen(start.ms());
        let sim = KisiSim::start(sim_clock.clone(), anywhere())
            .await
            .expect("a free port");
        let mail = MailSim::start(sim_clock.clone(), anywhere(), anywhere())
            .await
            .expect("two free ports");
        let place = build(&sim, zone);
        let store = TempStore::open().await.expect("a database of its own");
        let clock = Clock::frozen(start);
        let (network, location) = found(&store, start, zone).await;
        let mut house = Self {
            connectors: connectors(&sim),
            sim,
            mail,
            network,
            location,
            integration: IntegrationId::new(start, 0),
            zone: named,
            place,
            clock,
            sim_clock,
            worker: None,
            store,
        };
        house.start();
        house
    }

    /// Starts the worker, as the server does.
    pub fn start(&mut self) {
        assert!(self.worker.is_none(), "the worker runs already");
        let (host, port) = (self.mail.smtp_addr().ip(), self.mail.smtp_addr().port());
        let post = Post::new(&format!("smtp://{host}:{port}"), "Harbor Works <doors@harbor.example>");
        self.worker = Some(Worker::start(worker::Settings {
            store: self.store().clone(),
            clock: self.clock.clone(),
            connectors: self.connectors.clone(),
            post: Some(post.expect("a good address")),
            public_url: None,
        }));
    }

    /// Ends the worker; what it was at is finished first.
    pub async fn stop(&mut self) {
        let (worker, working) = self.worker.take().expect("the worker runs");
        worker.stop().await;
        working.await.expect("the worker ended by itself");
    }

    /// Ends the worker in the middle of whatever it is at, as a crash would.
    pub async fn crash(&mut self) {
        let (_, working) = self.worker.take().expect("the worker runs");
        working.abort();
        let ended = working.await;
        assert!(ended.is_err_and(|error| error.is_cancelled()), "it was cut off");
    }

    /// Returns when everything due by now has been worked.
    pub async fn settle(&self) {
        let Some((worker, _)) = &self.worker else { return };
        let settled = tokio::time::timeout(PATIENCE, worker.settle()).await;
        settled
            .expect("everything due is worked within a minute")
            .expect("the store answers");
    }

    /// What remembers.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The worker, for what pages ask of it.
    pub fn worker(&self) -> &Worker {
        &self.worker.as_ref().expect("the worker runs").0
    }

    /// The operator acts, now.
    pub fn act(&self) -> Act {
        Act::new(self.network, self.now(), Actor::Setup)
    }

    /// The instant it is.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// An instant as people here say it: `2026-03-11 00:00`, or `11:30` for today.
    pub fn at(&self, said: &str) -> Instant {
        self.zone.start(self.civil(said))
    }

    fn civil(&self, said: &str) -> DateTime {
        if said.contains('-') {
            return civil(said);
        }
        civil(&format!("{} {said}", self.zone.date_at(self.now())))
    }

    /// Moves every clock to an instant; returns when everything due by then has been worked.
    pub async fn clock_to(&self, said: &str) {
        self.clock_at(self.at(said)).await;
    }

    /// The same for an instant.
    pub async fn clock_at(&self, at: Instant) {
        self.sim_clock.set_ms(at.ms());
        self.clock.set(at);
        self.settle().await;
    }

    /// Lets so many minutes pass.
    pub async fn minutes_pass(&self, minutes: i64) {
        self.clock_at(self.now().plus_minutes(minutes)).await;
    }

    /// Signs in at the vendor as the wizard does.
    pub async fn sign_in(&self) -> NewLogin {
        let fields = [("domain", DOMAIN), ("email", OWNER), ("password", PASSWORD)];
        let form = ConnectForm {
            vendor: "kisi".to_owned(),
            fields: fields.map(|(key, typed)| (key.to_owned(), Secret::new(typed))).into(),
            label: "Vestibule – Harbor Works, Pier 3".to_owned(),
        };
        match self.worker().connect(form).await {
            Connected::Yes(login) => login,
            other => panic!("the owner can sign in: {other:?}"),
        }
    }

    /// Connects the location's place, as the wizard does, and waits for the first reading.
    pub async fn connect(&self) -> IntegrationId {
        let login = self.sign_in().await;
        let mut tx = self.store().write().await.expect("the database answers");
        let act = self.act();
        let kept = store::vendor_login::keep(&mut tx, &act, "kisi", &login.account, &login.shown, &login.secret).await;
        let details = store::integration::Details {
            location: self.location,
            vendor: "kisi".to_owned(),
            state: IntegrationState::Connected,
            visibility: Visibility::Members,
            site: Some(self.place.to_string()),
            site_name: Some("Pier 3".to_owned()),
            login: Some(kept.expect("the login is kept")),
        };
        let id = store::integration::create(&mut tx, &act, &details)
            .await
            .expect("the integration is kept");
        tx.commit().await.expect("it is durable");
        self.settle().await;
        id
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some((_, working)) = &self.worker {
            working.abort();
        }
    }
}

/// A civil date and time as people write it.
fn civil(said: &str) -> DateTime {
    said.replace(' ', "T")
        .parse()
        .unwrap_or_else(|why| panic!("“{said}” is no date and time: {why}"))
}

/// Any free port of this machine.
fn anywhere() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// The way to the simulated vendor; without its rate limits nothing need wait.
pub fn connectors(sim: &KisiSim) -> Connectors {
    let kisi = kisi::Settings {
        base_url: sim.url(),
        calls_per_s: 1_000,
        ..kisi::Settings::default()
    };
    Connectors::new(connectors::Settings { kisi }).expect("loopback needs no TLS")
}

/// The vendor's side of the building: a place, its locks and groups.
fn build(sim: &KisiSim, zone: &str) -> i64 {
    sim.set_switches(|switches| switches.rate_limits = RateLimits::Off);
    sim.seed_org(DOMAIN, OWNER, PASSWORD);
    let place = sim.add_place("Pier 3", zone);
    let lock = |name: &str| sim.add_lock(place, name);
    let (front, lagoon, beacon) = (lock("Front door"), lock("Room Lagoon"), lock("Room Beacon"));
    let (garage, workshop) = (lock("Garage"), lock("Workshop"));
    sim.add_group(Some(place), "Members", &[front]);
    sim.add_group(Some(place), "Room Lagoon", &[front, lagoon]);
    sim.add_group(Some(place), "Room Beacon", &[front, beacon]);
    sim.add_group(Some(place), "Garage", &[garage]);
    sim.add_group(Some(place), "Workshop", &[workshop]);
    place
}

/// The network and its one location.
async fn found(store: &Store, now: Instant, zone: &str) -> (NetworkId, LocationId) {
    let mut tx = store.write().await.expect("the database answers");
    let brand = network::Details {
        name: "Harbor Works".to_owned(),
        accent: "#0f6e66".to_owned(),
    };
    let network = network::create(&mut tx, now, &brand)
        .await
        .expect("the network is kept");
    let place = location::Details {
        name: "Pier 3".to_owned(),
        address: "3 Pier Road".to_owned(),
        zone: zone.to_owned(),
        grace: Grace::default(),
        opening_hours: serde_json::Value::Null,
    };
    let act = Act::new(network, now, Actor::Setup);
    let location = location::create(&mut tx, &act, &place)
        .await
        .expect("the location is kept");
    tx.commit().await.expect("it is durable");
    (network, location)
}
