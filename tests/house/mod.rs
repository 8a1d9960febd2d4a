//! A house: the whole product in this process, the simulated vendor and mail server on loopback, one frozen clock for all.
//!
//! In: domain verbs ([`acts`], [`company`], [`booking`], [`vendor`]). Out: answers, the last one always from the simulator ([`asks`]).
//! Why so: nothing is played: a real database, real sockets, the very worker that serves. Time passes only when a scene says so.
//! Always: a verb returns when everything due by then has been worked; nobody sleeps.

pub mod acts;
pub mod api;
pub mod asks;
pub mod booking;
pub mod company;
pub mod database;
pub mod items;
pub mod many;
pub mod nodes;
pub mod twin;
pub mod vendor;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use access::Instant;
use access::facts::Grace;
use access::id::*;
use access::zone::Zone;
use api::Program;
use connectors::Connectors;
use database::Database;
use jiff::civil::DateTime;
use serde_json::json;
use simulators::clock::SimClock;
use simulators::kisi::KisiSim;
use simulators::mail::MailSim;
use store::record::{Act, Actor};
use store::{Clock, Store, location, network};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use twin::{Twin, Vendor};
use vestibule::wire::{self, Parts};
use worker::post::Post;
use worker::{StoreVault, Worker};

/// The morning every scene begins at, unless it says otherwise: a Tuesday.
pub const MORNING: &str = "2026-03-10 09:00";
const DOMAIN: &str = "harbor-works";
const OWNER: &str = "owner@harbor.example";
const PASSWORD: &str = "correct horse";
/// Scenes end within seconds; what takes longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Calls a second and login that the vendor permits.
const PERMITTED_PER_S: usize = 5;
/// So many that nothing ever waits.
const WITHOUT_PAUSES_PER_S: usize = 1_000;

/// What differs between houses.
struct Setting {
    vendor: Vendor,
    zone: &'static str,
    /// Do the vendor's webhooks reach us?
    reachable: bool,
    /// Does the vendor count calls?
    paced: bool,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            vendor: Vendor::Kisi,
            zone: "Europe/Berlin",
            reachable: false,
            paced: false,
        }
    }
}

/// The product with everything around it.
pub struct House {
    /// The vendor.
    pub twin: Twin,
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
    clock: Clock,
    sim_clock: SimClock,
    connectors: Connectors,
    program: Program,
    reachable: bool,
    worker: Option<Worker>,
    working: Option<JoinHandle<()>>,
    pages: Option<JoinHandle<std::io::Result<()>>>,
    database: Database,
}

impl House {
    /// In Berlin, connected, nobody inside, nothing mapped but the building's own names: plan "Flex desk" opens group
    /// "Members", room "Lagoon" opens group "Room Lagoon", "Parking A" opens "Garage".
    pub async fn open() -> Self {
        Self::opened(Setting::default(), Database::file().await).await
    }

    /// The same at another vendor.
    pub async fn open_at(vendor: Vendor) -> Self {
        let setting = Setting {
            vendor,
            ..Setting::default()
        };
        Self::opened(setting, Database::file().await).await
    }

    /// The same in another zone.
    pub async fn open_in(zone: &'static str) -> Self {
        Self::opened(
            Setting {
                zone,
                ..Setting::default()
            },
            Database::file().await,
        )
        .await
    }

    /// The same, remembering in PostgreSQL.
    pub async fn open_on_postgres() -> Self {
        Self::opened(Setting::default(), Database::server().await).await
    }

    /// The same at another vendor, also remembering in PostgreSQL.
    pub async fn open_at_on_postgres(vendor: Vendor) -> Self {
        let setting = Setting {
            vendor,
            ..Setting::default()
        };
        Self::opened(setting, Database::server().await).await
    }

    /// The same with an address that the vendor's webhooks reach.
    pub async fn open_to_webhooks() -> Self {
        Self::opened(
            Setting {
                reachable: true,
                ..Setting::default()
            },
            Database::file().await,
        )
        .await
    }

    /// The same with a vendor that counts calls, and a server that keeps to what it permits.
    pub async fn open_at_the_vendors_pace() -> Self {
        Self::opened(
            Setting {
                paced: true,
                ..Setting::default()
            },
            Database::file().await,
        )
        .await
    }

    async fn opened(setting: Setting, database: Database) -> Self {
        Self::connected(Self::built(setting, database).await).await
    }

    async fn connected(mut house: Self) -> Self {
        house.integration = house.connect().await;
        house.furnish().await;
        house.twin.clear_calls();
        house
    }

    /// The building and its vendor, not introduced to each other yet.
    async fn built(setting: Setting, database: Database) -> Self {
        let named = Zone::named(setting.zone).expect("scenes use real zones");
        let start = named.start(civil(MORNING));
        let sim_clock = SimClock::frozen(start.ms());
        let twin = Twin::open(setting.vendor, sim_clock.clone(), setting.zone, setting.paced).await;
        let mail = MailSim::start(sim_clock.clone(), anywhere(), anywhere())
            .await
            .expect("two free ports");
        let (network, location, token) = found(database.store(), start, setting.zone).await;
        let pace = if setting.paced {
            PERMITTED_PER_S
        } else {
            WITHOUT_PAUSES_PER_S
        };
        let mut house = Self {
            connectors: connectors(&twin, pace, database.store()),
            twin,
            mail,
            network,
            location,
            integration: IntegrationId::new(start, 0),
            zone: named,
            clock: Clock::frozen(start),
            sim_clock,
            program: Program::new(token),
            reachable: setting.reachable,
            worker: None,
            working: None,
            pages: None,
            database,
        };
        house.start().await;
        house
    }

    /// Starts worker and pages, as the server does.
    pub async fn start(&mut self) {
        assert!(self.working.is_none(), "the worker runs already");
        let (host, port) = (self.mail.smtp_addr().ip(), self.mail.smtp_addr().port());
        let post = Post::new(&format!("smtp://{host}:{port}"), "Harbor Works <doors@harbor.example>");
        let listener = TcpListener::bind(anywhere()).await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let wired = wire::House::start(Parts {
            store: self.store().clone(),
            clock: self.clock.clone(),
            connectors: self.connectors.clone(),
            post: Some(post.expect("a good address")),
            public_url: self.reachable.then(|| url.clone()),
            behind_proxy: false,
        });
        let pages = tokio::spawn(web::serve(listener, wired.app(None), std::future::pending()));
        if let Some(before) = self.pages.replace(pages) {
            before.abort();
        }
        self.program.moves_to(url);
        self.worker = Some(wired.worker);
        self.working = Some(wired.working);
    }

    /// Ends the worker; what it was at is finished first. Pages go on answering.
    pub async fn stop(&mut self) {
        self.worker().stop().await;
        let working = self.working.take().expect("the worker runs");
        working.await.expect("the worker ended by itself");
    }

    /// From now on our server makes at most so many calls a second.
    pub async fn keeps_pace(&mut self, calls_per_s: usize) {
        self.stop().await;
        self.connectors = connectors(&self.twin, calls_per_s, self.database.store());
        self.start().await;
    }

    /// Where the pages are.
    pub fn url(&self) -> &str {
        self.program.url()
    }

    /// The owner's API token.
    pub fn token(&self) -> &str {
        self.program.token()
    }

    /// Ends the worker in the middle of whatever it is at, as a crash would. Pages go on answering.
    pub async fn crash(&mut self) {
        let working = self.working.take().expect("the worker runs");
        working.abort();
        let ended = working.await;
        assert!(ended.is_err_and(|error| error.is_cancelled()), "it was cut off");
    }

    /// Returns when everything due by now has been worked.
    pub async fn settle(&self) {
        self.settle_for(PATIENCE).await;
    }

    /// The same for what is known to take longer.
    pub async fn settle_for(&self, patience: Duration) {
        if self.working.is_none() {
            return;
        }
        let settled = tokio::time::timeout(patience, self.worker().settle()).await;
        settled
            .expect("everything due is worked in time")
            .expect("the store answers");
    }

    /// Its place there.
    pub fn place(&self) -> i64 {
        self.twin.site().parse().expect("Kisi's ids are numbers")
    }

    /// Kisi's simulator, in a house that is at Kisi.
    pub fn sim(&self) -> &KisiSim {
        match &self.twin {
            Twin::Kisi { sim, .. } => sim,
            Twin::Salto { .. } | Twin::Tapkey { .. } => panic!("this house is at another vendor"),
        }
    }

    /// What remembers.
    pub fn store(&self) -> &Store {
        self.database.store()
    }

    /// The worker, for what pages ask of it.
    pub fn worker(&self) -> &Worker {
        self.worker.as_ref().expect("the worker was started")
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
        self.clock_only(at);
        self.settle().await;
    }

    /// Moves every clock and waits for nothing.
    pub fn clock_only(&self, at: Instant) {
        self.sim_clock.set_ms(at.ms());
        self.clock.set(at);
    }

    /// Lets so many minutes pass.
    pub async fn minutes_pass(&self, minutes: i64) {
        self.clock_at(self.now().plus_minutes(minutes)).await;
    }

    /// Connects the location's place with the owner's e-mail and password, and waits for the first reading.
    pub async fn connect(&self) -> IntegrationId {
        let fields: BTreeMap<&str, &str> = self.twin.account().into_iter().collect();
        let (vendor, site) = (self.twin.vendor(), self.twin.site());
        let account = json!({ "location": self.location, "vendor": vendor, "fields": fields, "site": site });
        self.make("/api/v1/integrations", account).await
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(working) = &self.working {
            working.abort();
        }
        if let Some(pages) = &self.pages {
            pages.abort();
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

/// The way to the simulated vendor.
fn connectors(twin: &Twin, calls_per_s: usize, store: &Store) -> Connectors {
    let vault = Arc::new(StoreVault::new(store.clone()));
    Connectors::new(twin.settings(calls_per_s), Some(vault)).expect("loopback needs no TLS")
}

/// The network and its one location.
async fn found(store: &Store, now: Instant, zone: &str) -> (NetworkId, LocationId, String) {
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
    let token = api::owner(&mut tx, &act).await;
    tx.commit().await.expect("it is durable");
    (network, location, token)
}
