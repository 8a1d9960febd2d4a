//! The place the scenes play in: Pier 3 in Berlin, its doors, a plan, a room and a desk, and people who sign in.
//!
//! Always: it is Monday 2 March 2026, 11:28 on the clocks of Pier 3, until a scene says otherwise.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use access::Instant;
use access::change::{Observation, ObservedGroup, ObservedLock};
use access::facts::*;
use access::id::*;
use access::vendor::{
    Abilities, ConnectRefusal, Connected, GatewaysSeen, KeyAct, KeyOwner, KeyRefusal, KeySeen, OpenDoor, Opened,
};
use store::record::{Act, Actor as By};
use store::{Clock, SealKey, Store};
use tokio::net::TcpListener;
use web::{App, Outside, Settings};

use crate::actor::Actor;

/// Where everything happens.
pub struct World {
    pub store: Store,
    pub clock: Clock,
    pub url: String,
    pub network: NetworkId,
    pub pier: LocationId,
    pub integration: IntegrationId,
    pub flex: PlanId,
    pub lagoon: ResourceId,
    pub desk: ResourceId,
    /// What the vendor answers to the next presses.
    pub answer: Arc<Mutex<Opened>>,
    /// What the vendor was asked.
    pub presses: Arc<Mutex<Vec<OpenDoor>>>,
    /// What the vendor answers to the next acts about a digital key.
    pub key_answer: Arc<Mutex<KeySeen>>,
    /// What it was asked about digital keys.
    pub key_acts: Arc<Mutex<Vec<(KeyOwner, KeyAct)>>>,
    folder: PathBuf,
}

impl Drop for World {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("{} stays behind: {error}", self.folder.display());
        }
    }
}

pub fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

impl World {
    /// Opens the house at 11:28 local time.
    pub async fn open() -> Self {
        Self::open_with(Vec::new()).await
    }

    /// The same with a vendor whose members' phones can be keys.
    pub async fn open_with_keys() -> Self {
        let row = Abilities {
            vendor: "kisi",
            name: "Acme Locks",
            digital_key: true,
            ..Abilities::default()
        };
        Self::open_with(vec![row]).await
    }

    async fn open_with(vendors: Vec<Abilities>) -> Self {
        static HOUSES: AtomicU32 = AtomicU32::new(0);
        let number = HOUSES.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("vestibule-portal-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let address = format!("sqlite:{}", folder.join("house.sqlite").display());
        let store = Store::open(&address, SealKey::random()).await.unwrap();
        let clock = Clock::frozen(at("2026-03-02T10:28:00Z"));

        let mut tx = store.write().await.unwrap();
        let now = clock.now();
        let named = store::network::Details {
            name: "Harbor Works".into(),
            accent: "petrol".into(),
        };
        let network = store::network::create(&mut tx, now, &named).await.unwrap();
        let act = Act::new(network, now, By::Setup);
        let pier = store::location::Details {
            name: "Pier 3".into(),
            address: "3 Pier Road, Kiel".into(),
            zone: "Europe/Berlin".into(),
            grace: Grace::default(),
            opening_hours: serde_json::Value::Null,
        };
        let pier = store::location::create(&mut tx, &act, &pier).await.unwrap();
        let integration = store::integration::Details {
            location: pier,
            vendor: "kisi".into(),
            state: IntegrationState::Connected,
            visibility: Visibility::Public,
            site: None,
            site_name: None,
            login: None,
        };
        let integration = store::integration::create(&mut tx, &act, &integration).await.unwrap();
        store::group::observe(&mut tx, &act, integration, &building())
            .await
            .unwrap();
        let groups = store::group::list(&mut tx, network, integration).await.unwrap();
        let group = |name: &str| groups.iter().find(|group| group.name == name).unwrap().id;
        let flex = store::plan::Details {
            location: pier,
            name: "Flex desk".into(),
            price_cents: 19_900,
            currency: "EUR".into(),
            period: store::plan::Period::Month,
            description: String::new(),
            groups: vec![group("Members")],
            archived: false,
        };
        let flex = store::plan::create(&mut tx, &act, &flex).await.unwrap();
        let lagoon = thing(pier, "Room Lagoon", ResourceKind::Room, group("Room Lagoon"));
        let lagoon = store::resource::create(&mut tx, &act, &lagoon).await.unwrap();
        let desk = thing(pier, "Desk 1", ResourceKind::Desk, group("Members"));
        let desk = store::resource::create(&mut tx, &act, &desk).await.unwrap();
        tx.commit().await.unwrap();

        let answer = Arc::new(Mutex::new(Opened::Open));
        let presses: Arc<Mutex<Vec<OpenDoor>>> = Arc::default();
        let key_answer = Arc::new(Mutex::new(KeySeen::refused(KeyRefusal::VendorError, "")));
        let key_acts: Arc<Mutex<Vec<(KeyOwner, KeyAct)>>> = Arc::default();
        let outside = Outside {
            key: key(&key_answer, &key_acts),
            vendors,
            ..outside(&answer, &presses)
        };
        let app = App::new(store.clone(), clock.clone(), outside, Settings::default(), None);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(web::serve(listener, app, std::future::pending()));
        Self {
            store,
            clock,
            url,
            network,
            pier,
            integration,
            flex,
            lagoon,
            desk,
            answer,
            presses,
            key_answer,
            key_acts,
            folder,
        }
    }

    pub fn act(&self) -> Act {
        Act::new(self.network, self.clock.now(), By::Setup)
    }

    /// Puts the clock to an instant.
    pub fn at(&self, text: &str) {
        self.clock.set(at(text));
    }

    /// Somebody who belongs to Pier 3 as `kind`.
    pub async fn person(&self, name: &str, kind: MembershipKind) -> PersonId {
        let mut tx = self.store.write().await.unwrap();
        let details = store::person::Details {
            name: name.into(),
            email: format!("{}@x.example", name.to_lowercase().replace(' ', ".")),
            phone: String::new(),
            cards: Vec::new(),
            state: PersonState::Active,
        };
        let id = store::person::create(&mut tx, &self.act(), &details).await.unwrap();
        store::person::set_membership(&mut tx, &self.act(), id, self.pier, Some(kind))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Somebody's browser, signed in.
    pub async fn sign_in(&self, person: PersonId) -> Actor {
        let mut tx = self.store.write().await.unwrap();
        let of = store::person::read(&mut tx, self.network, person)
            .await
            .unwrap()
            .details;
        let account = match store::account::by_person(&mut tx, self.network, person).await.unwrap() {
            Some(account) => account.id,
            None => {
                let details = store::account::Details {
                    person: Some(person),
                    email: of.email,
                    name: of.name,
                    role: store::account::Role::Member,
                    permissions: serde_json::Value::Null,
                };
                store::account::create(&mut tx, &self.act(), &details).await.unwrap()
            }
        };
        let session = store::session::NewSession {
            account,
            ends_at: self.clock.now().plus_minutes(30 * 24 * 60),
            device: "a phone".into(),
            address: "127.0.0.1".into(),
        };
        let (_, token) = store::session::create(&mut tx, self.network, &session, self.clock.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        Actor::new(&self.url, token.reveal())
    }

    /// A member with a browser.
    pub async fn member(&self, name: &str) -> (PersonId, Actor) {
        let person = self.person(name, MembershipKind::Member).await;
        (person, self.sign_in(person).await)
    }

    /// Gives a person the Flex desk plan.
    pub async fn subscribe(&self, person: PersonId, from: &str, until: Option<&str>) -> SubscriptionId {
        let mut tx = self.store.write().await.unwrap();
        let item = store::subscription::NewItem {
            of: ItemOf::Plan(self.flex),
            access: ItemAccess::Inherited,
            reach: Reach::Everyone,
        };
        let new = store::subscription::NewSubscription {
            location: self.pier,
            of: Subscriber::Person(person),
            starts_on: day(from),
            ends_on: until.map(day),
            items: vec![item],
        };
        let id = store::subscription::create(&mut tx, &self.act(), &new).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Room Lagoon, booked and confirmed.
    pub async fn book(&self, person: PersonId, from: &str, until: &str) {
        let mut tx = self.store.write().await.unwrap();
        let details = store::booking::Details {
            resource: self.lagoon,
            booker: person,
            invitees: Vec::new(),
            title: String::new(),
            window: access::Window::new(at(from), at(until)).unwrap(),
            state: BookingState::Confirmed,
        };
        store::booking::create(&mut tx, &self.act(), &details).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// As the worker does it after a member's consent.
    pub async fn keep_login(&self, person: PersonId) {
        let mut tx = self.store.write().await.unwrap();
        let (secret, now) = (access::vendor::Secret::new("a login"), self.clock.now());
        store::holder::keep_secret(&mut tx, self.network, self.integration, person, Some(&secret), now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Who sees the integration's doors and digital key.
    pub async fn set_visibility(&self, visibility: Visibility) {
        let mut tx = self.store.write().await.unwrap();
        let before = store::integration::read(&mut tx, self.network, self.integration)
            .await
            .unwrap();
        let details = store::integration::Details {
            visibility,
            ..before.details
        };
        store::integration::change(&mut tx, &self.act(), self.integration, &details)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// How the integration stands.
    pub async fn set_state(&self, state: IntegrationState) {
        let mut tx = self.store.write().await.unwrap();
        store::integration::set_state(&mut tx, &self.act(), self.integration, state)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Where a person stands.
    pub async fn suspend(&self, person: PersonId, state: PersonState) {
        let mut tx = self.store.write().await.unwrap();
        store::person::set_state(&mut tx, &self.act(), person, state)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// A door by name.
    pub async fn door(&self, name: &str) -> DoorId {
        let mut tx = self.store.read().await.unwrap();
        let doors = store::group::doors(&mut tx, self.network, self.integration)
            .await
            .unwrap();
        doors.iter().find(|door| door.name == name).unwrap().id
    }

    /// The bookings of a resource, cancelled ones too.
    pub async fn bookings(&self, resource: ResourceId) -> Vec<store::booking::Booking> {
        let mut tx = self.store.read().await.unwrap();
        let filter = store::booking::Filter {
            resource: Some(resource),
            cancelled_too: true,
            ..Default::default()
        };
        store::booking::list(&mut tx, self.network, &filter, &store::Page::longest())
            .await
            .unwrap()
            .rows
    }

    /// The mails in the outbox, the oldest first, as "ana@x.example: Booked: …".
    pub async fn mails(&self) -> Vec<String> {
        let mut tx = self.store.read().await.unwrap();
        let newest = store::mail::newest(&mut tx, self.network).await.unwrap();
        let said = |mail: store::mail::MailRow| format!("{}: {}", mail.to, mail.subject);
        newest.into_iter().rev().map(said).collect()
    }

    /// How often the vendor was asked to open something.
    pub fn pressed(&self) -> usize {
        self.presses.lock().unwrap().len()
    }
}

fn building() -> Observation {
    let lock = |order: i64, external: &str, name: &str| ObservedLock {
        external: external.into(),
        name: name.into(),
        site: None,
        order,
        online: Some(true),
        locked_down: false,
        restrictions: Vec::new(),
    };
    let group = |external: &str, name: &str, locks: &[&str]| ObservedGroup {
        external: external.into(),
        name: name.into(),
        site: None,
        locks: locks.iter().map(|lock| (*lock).to_owned()).collect(),
        restrictions: Vec::new(),
    };
    Observation {
        groups: vec![group("1", "Members", &["1"]), group("2", "Room Lagoon", &["1", "2"])],
        locks: vec![lock(1, "1", "Front door"), lock(2, "2", "Room Lagoon")],
        complete: true,
        ..Observation::default()
    }
}

fn thing(location: LocationId, name: &str, kind: ResourceKind, group: AccessGroupId) -> store::resource::Details {
    store::resource::Details {
        location,
        name: name.into(),
        kind,
        capacity: 8,
        groups: vec![group],
        grace: None,
        buffer_minutes: 0,
        min_minutes: 30,
        max_minutes: 480,
        step_minutes: 15,
        opening_hours: None,
        book_by: store::resource::OpenTo::Members,
        see_by: store::resource::OpenTo::Public,
        approval: false,
        confirmation: "Ring at the green door.".into(),
        archived: false,
    }
}

fn outside(answer: &Arc<Mutex<Opened>>, presses: &Arc<Mutex<Vec<OpenDoor>>>) -> Outside {
    let (answer, presses) = (Arc::clone(answer), Arc::clone(presses));
    Outside {
        open: Arc::new(move |door| {
            presses.lock().unwrap().push(door);
            let answer = answer.lock().unwrap().clone();
            Box::pin(async move { answer })
        }),
        connect: Arc::new(|_| Box::pin(async { Connected::No(ConnectRefusal::UnknownAccount) })),
        gateways: Arc::new(|_, _, _| Box::pin(async { GatewaysSeen::All(Vec::new()) })),
        key: Arc::new(|_, _| Box::pin(async { KeySeen::refused(KeyRefusal::NotOffered, "") })),
        vendors: Vec::new(),
    }
}

fn key(answer: &Arc<Mutex<KeySeen>>, acts: &Arc<Mutex<Vec<(KeyOwner, KeyAct)>>>) -> web::outside::Key {
    let (answer, acts) = (Arc::clone(answer), Arc::clone(acts));
    Arc::new(move |owner, act| {
        acts.lock().unwrap().push((owner, act));
        let answer = answer.lock().unwrap().clone();
        Box::pin(async move { answer })
    })
}
