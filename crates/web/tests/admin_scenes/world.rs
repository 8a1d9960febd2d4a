//! The place the scenes play in: Pier 3 in Berlin and Alfama in Lisbon, a door system at Pier 3, a plan, a room, and Ines, the
//! owner.
//!
//! Always: it is Monday 2 March 2026, 11:28 on the clocks of Pier 3, until a scene says otherwise.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use access::Instant;
use access::change::{Note, Observation, ObservedGroup, ObservedLock, Seats};
use access::facts::*;
use access::id::*;
use access::vendor::{
    Abilities, ConnectForm, ConnectRefusal, Connected, Field, FieldKind, GatewaysSeen, NewLogin, Opened, Secret, Site,
};
use access::vendor::{KeyRefusal, KeySeen};
use store::finding::Looked;
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
    pub alfama: LocationId,
    pub integration: IntegrationId,
    pub members: AccessGroupId,
    pub lagoon_group: AccessGroupId,
    pub flex: PlanId,
    pub lagoon: ResourceId,
    folder: PathBuf,
}

impl Drop for World {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("{} stays behind: {error}", self.folder.display());
        }
    }
}

fn vendor() -> Abilities {
    Abilities {
        vendor: "gatekeeper",
        name: "Gatekeeper",
        effective: "Within a minute at doors that are online.",
        native_windows: true,
        several_windows: true,
        remote_open: true,
        revocation_lag_s: 5,
        offline: "Cards keep opening.",
        lease_s: 1_209_600,
        calls_per_s: 5.0,
        fields: vec![
            Field {
                key: "domain",
                label: "Domain",
                hint: "As in the address",
                kind: FieldKind::Text,
                optional: false,
                only_if: "",
            },
            Field {
                key: "email",
                label: "Owner’s e-mail",
                hint: "",
                kind: FieldKind::Email,
                optional: false,
                only_if: "",
            },
            Field {
                key: "password",
                label: "Password",
                hint: "Not kept",
                kind: FieldKind::Password,
                optional: false,
                only_if: "",
            },
            Field {
                key: "code",
                label: "One-time code",
                hint: "From the mail",
                kind: FieldKind::Code,
                optional: false,
                only_if: "",
            },
        ],
        ..Abilities::default()
    }
}

impl World {
    /// Opens the house.
    pub async fn open() -> Self {
        static HOUSES: AtomicU32 = AtomicU32::new(0);
        let number = HOUSES.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("vestibule-admin-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let address = format!("sqlite:{}", folder.join("house.sqlite").display());
        let store = Store::open(&address, SealKey::random()).await.unwrap();
        let clock = Clock::frozen("2026-03-02T10:28:00Z".parse().unwrap());

        let mut tx = store.write().await.unwrap();
        let now = clock.now();
        let named = store::network::Details {
            name: "Harbor Works".into(),
            accent: "petrol".into(),
        };
        let network = store::network::create(&mut tx, now, &named).await.unwrap();
        let act = Act::new(network, now, By::Setup);
        let place = |name: &str, zone: &str| store::location::Details {
            name: name.into(),
            address: String::new(),
            zone: zone.into(),
            grace: Grace::default(),
            opening_hours: serde_json::Value::Null,
        };
        let pier = store::location::create(&mut tx, &act, &place("Pier 3", "Europe/Berlin"))
            .await
            .unwrap();
        let alfama = store::location::create(&mut tx, &act, &place("Alfama", "Europe/Lisbon"))
            .await
            .unwrap();
        let secret = Secret::new("key");
        let login = store::vendor_login::keep(&mut tx, &act, "gatekeeper", "harbor/1", "ines at harbor", &secret);
        let login = login.await.unwrap();
        let integration = store::integration::Details {
            location: pier,
            vendor: "gatekeeper".into(),
            state: IntegrationState::Connected,
            visibility: Visibility::Members,
            site: None,
            site_name: None,
            login: Some(login),
        };
        let integration = store::integration::create(&mut tx, &act, &integration).await.unwrap();
        store::group::observe(&mut tx, &act, integration, &building(&["Members", "Room Lagoon"]))
            .await
            .unwrap();
        let groups = store::group::list(&mut tx, network, integration).await.unwrap();
        let group = |name: &str| groups.iter().find(|group| group.name == name).unwrap().id;
        let (members, lagoon_group) = (group("Members"), group("Room Lagoon"));
        let flex = store::plan::Details {
            location: pier,
            name: "Flex desk".into(),
            price_cents: 19_900,
            currency: "EUR".into(),
            period: store::plan::Period::Month,
            description: String::new(),
            groups: vec![members],
            archived: false,
        };
        let flex = store::plan::create(&mut tx, &act, &flex).await.unwrap();
        let lagoon = store::resource::create(&mut tx, &act, &room(pier, lagoon_group))
            .await
            .unwrap();
        tx.commit().await.unwrap();

        let outside = Outside {
            open: Arc::new(|_| Box::pin(async { Opened::Open })),
            connect: Arc::new(|form| Box::pin(async move { connected(&form) })),
            gateways: Arc::new(|_, _, _| Box::pin(async { GatewaysSeen::All(Vec::new()) })),
            key: Arc::new(|_, _| Box::pin(async { KeySeen::refused(KeyRefusal::NotOffered, "") })),
            vendors: vec![vendor()],
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
            alfama,
            integration,
            members,
            lagoon_group,
            flex,
            lagoon,
            folder,
        }
    }

    pub fn act(&self) -> Act {
        Act::new(self.network, self.clock.now(), By::Setup)
    }

    /// Puts the clock to an instant.
    pub fn at(&self, text: &str) {
        self.clock.set(text.parse::<Instant>().unwrap());
    }

    /// A member of Pier 3.
    pub async fn person(&self, name: &str) -> PersonId {
        let mut tx = self.store.write().await.unwrap();
        let details = store::person::Details {
            name: name.into(),
            email: format!("{}@x.example", name.to_lowercase().replace(' ', ".")),
            phone: String::new(),
            cards: Vec::new(),
            state: PersonState::Active,
        };
        let id = store::person::create(&mut tx, &self.act(), &details).await.unwrap();
        let kind = Some(MembershipKind::Member);
        store::person::set_membership(&mut tx, &self.act(), id, self.pier, kind)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A person's own subscription to the Flex desk plan.
    pub async fn subscribe(&self, person: PersonId) -> SubscriptionId {
        let mut tx = self.store.write().await.unwrap();
        let item = store::subscription::NewItem {
            of: ItemOf::Plan(self.flex),
            access: ItemAccess::Inherited,
            reach: Reach::Everyone,
        };
        let new = store::subscription::NewSubscription {
            location: self.pier,
            of: Subscriber::Person(person),
            starts_on: "2026-02-01".parse().unwrap(),
            ends_on: None,
            items: vec![item],
        };
        let id = store::subscription::create(&mut tx, &self.act(), &new).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A booking of Room Lagoon this afternoon.
    pub async fn book(&self, title: &str, booker: PersonId) -> BookingId {
        let mut tx = self.store.write().await.unwrap();
        let now = self.clock.now();
        let details = store::booking::Details {
            resource: self.lagoon,
            booker,
            invitees: Vec::new(),
            window: access::Window::new(now.plus_minutes(120), now.plus_minutes(180)).unwrap(),
            state: BookingState::Confirmed,
            title: title.into(),
        };
        let id = store::booking::create(&mut tx, &self.act(), &details).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A browser signed in as somebody with this role.
    pub async fn sign_in(&self, name: &str, role: store::account::Role, permissions: serde_json::Value) -> Actor {
        let person = self.person(name).await;
        let mut tx = self.store.write().await.unwrap();
        let of = store::person::read(&mut tx, self.network, person)
            .await
            .unwrap()
            .details;
        let details = store::account::Details {
            person: Some(person),
            email: of.email,
            name: of.name,
            role,
            permissions,
        };
        let account = store::account::create(&mut tx, &self.act(), &details).await.unwrap();
        let session = store::session::NewSession {
            account,
            ends_at: self.clock.now().plus_minutes(30 * 24 * 60),
            device: "a desk".into(),
            address: "127.0.0.1".into(),
        };
        let now = self.clock.now();
        let (_, token) = store::session::create(&mut tx, self.network, &session, now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        Actor::new(&self.url, token.reveal())
    }

    /// The owner.
    pub async fn ines(&self) -> Actor {
        self.sign_in("Ines Castro", store::account::Role::Owner, serde_json::Value::Null)
            .await
    }

    /// Pier 3 uses this site of the vendor.
    pub async fn pier_works_with(&self, site: &str) {
        let mut tx = self.store.write().await.unwrap();
        let known = store::integration::read(&mut tx, self.network, self.integration)
            .await
            .unwrap();
        let details = store::integration::Details {
            site: Some(site.into()),
            ..known.details
        };
        store::integration::change(&mut tx, &self.act(), self.integration, &details)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// The vendor knows somebody, with a card.
    pub async fn vendor_knows(&self, person: PersonId, card: &str) {
        let mut tx = self.store.write().await.unwrap();
        let known = store::holder::Details {
            external: Some("p1".into()),
            email: "ana.ferreira@x.example".into(),
            unconfirmed: false,
            disabled: false,
            card: Some(card.into()),
            refused: None,
        };
        store::holder::keep(&mut tx, &self.act(), self.integration, person, Some(&known))
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// The vendor was read, and all its seats are taken.
    pub async fn seats(&self, used: u32, bought: u32) {
        let mut tx = self.store.write().await.unwrap();
        let (network, id) = (self.network, self.integration);
        let mut status = store::integration::status(&mut tx, network, id).await.unwrap();
        status.seats = Some(Seats { used, bought });
        store::integration::note_status(&mut tx, network, id, &status)
            .await
            .unwrap();
        let notes = [Note::SeatsTaken { bought }];
        store::finding::settle(&mut tx, &self.act(), id, Looked::Partly, &notes)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// The vendor now shows only these groups.
    pub async fn vendor_shows(&self, groups: &[&str]) {
        let mut tx = self.store.write().await.unwrap();
        store::group::observe(&mut tx, &self.act(), self.integration, &building(groups))
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
}

fn building(names: &[&str]) -> Observation {
    let lock = |order: i64, external: &str, name: &str| ObservedLock {
        external: external.into(),
        name: name.into(),
        site: None,
        order,
        online: Some(true),
        locked_down: false,
        restrictions: Vec::new(),
    };
    let group = |name: &&str| ObservedGroup {
        external: format!("group of {name}"),
        name: (*name).into(),
        site: None,
        locks: if *name == "Room Lagoon" {
            vec!["1".into(), "2".into()]
        } else {
            vec!["1".into()]
        },
        restrictions: Vec::new(),
    };
    Observation {
        groups: names.iter().map(group).collect(),
        locks: vec![lock(1, "1", "Front door"), lock(2, "2", "Lagoon door")],
        complete: true,
        ..Observation::default()
    }
}

fn room(location: LocationId, group: AccessGroupId) -> store::resource::Details {
    store::resource::Details {
        location,
        name: "Room Lagoon".into(),
        kind: ResourceKind::Room,
        capacity: 8,
        groups: vec![group],
        grace: None,
        buffer_minutes: 0,
        min_minutes: 30,
        max_minutes: 480,
        step_minutes: 15,
        opening_hours: None,
        book_by: store::resource::OpenTo::Members,
        see_by: store::resource::OpenTo::Members,
        approval: false,
        confirmation: String::new(),
        archived: false,
    }
}

/// The vendor: one password, one code.
fn connected(form: &ConnectForm) -> Connected {
    let typed = |key: &str| {
        form.fields
            .iter()
            .find(|(known, _)| known == key)
            .map_or("", |(_, text)| text.reveal())
    };
    match (typed("password"), typed("code")) {
        ("right", "123456") => Connected::Yes(NewLogin {
            account: "alfama/2".into(),
            shown: format!("{} at {}", typed("email"), typed("domain")),
            secret: Secret::new("new key"),
            sites: vec![
                Site {
                    external: "7".into(),
                    name: "Old town".into(),
                    zone: None,
                },
                Site {
                    external: "8".into(),
                    name: "River side".into(),
                    zone: None,
                },
            ],
            warnings: vec!["The account may not read events.".into()],
        }),
        ("right", "") => Connected::CodeNeeded {
            say: "Type the code from the mail.".into(),
        },
        ("right", _) => Connected::No(ConnectRefusal::WrongCode),
        _ => Connected::No(ConnectRefusal::WrongCredentials),
    }
}
