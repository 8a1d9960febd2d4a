//! A house for scenes: a store of its own, a frozen clock, a server on a free port, people with roles, and browsers.

use std::collections::HashMap;
use std::sync::Once;

use access::change::{Observation, ObservedGroup, ObservedLock};
use access::facts::{Grace, IntegrationState, MembershipKind, PersonState, ResourceKind, Visibility};
use access::id::*;
use access::may::{Area, Locations};
use access::vendor::Secret;
use reqwest::Client;
use reqwest::redirect::Policy;
use store::account::Role;
use store::record::{Act, Actor};
use store::testing::TempStore;
use store::{Clock, Page};
use web::auth::permissions::Permissions;
use web::{App, Settings};

use crate::browser::Browser;
use crate::vendors;

/// Monday, 2 March 2026, 09:00 in Berlin.
pub const NOON: &str = "2026-03-02T08:00:00Z";
/// The password of everybody who has one.
pub const PASSWORD: &str = "three words in a row";

/// A server with its store and clock.
pub struct House {
    /// What it stores.
    pub store: TempStore,
    /// What time it is there.
    pub clock: Clock,
    /// Where it answers.
    pub base: String,
    /// A client that follows no redirect.
    pub client: Client,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // Nobody listens any more when the server has ended by itself.
            let _ended = stop.send(());
        }
    }
}

/// Everything one network holds in these scenes.
#[derive(Clone)]
pub struct Network {
    pub id: NetworkId,
    pub location: LocationId,
    pub owner: AccountId,
    pub owner_person: PersonId,
    pub member: AccountId,
    pub person: PersonId,
    pub company: CompanyId,
    pub belonging: CompanyMembershipId,
    pub plan: PlanId,
    pub resource: ResourceId,
    pub subscription: SubscriptionId,
    pub item: ItemId,
    pub booking: BookingId,
    pub integration: IntegrationId,
    pub group: AccessGroupId,
    pub door: DoorId,
    pub round: RoundId,
    pub finding: FindingId,
    pub token_id: TokenId,
    pub token: String,
}

impl House {
    /// A server with nothing in it.
    pub async fn empty() -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // Another test of this process may have chosen the same one first.
            let _chosen = rustls::crypto::ring::default_provider().install_default();
        });
        let store = TempStore::open().await.unwrap();
        let clock = Clock::frozen(NOON.parse().unwrap());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let settings = Settings {
            base_url: Some(base.clone()),
            behind_proxy: false,
        };
        let app = App::new((*store).clone(), clock.clone(), vendors::outside(), settings, None);
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        tokio::spawn(web::serve(listener, app, async move {
            // Dropped without a word is also a reason to stop.
            let _told = stopped.await;
        }));
        Self {
            store,
            clock,
            base,
            client: client(),
            stop: Some(stop),
        }
    }

    /// A server with one furnished network.
    pub async fn furnished() -> (Self, Network) {
        let house = Self::empty().await;
        let network = house.network("Harbor Works", "harbor.example").await;
        (house, network)
    }

    /// Who sets things up in a network.
    pub fn act(&self, network: NetworkId) -> Act {
        Act::new(network, self.clock.now(), Actor::Setup)
    }

    /// A network with something of everything.
    pub async fn network(&self, name: &str, domain: &str) -> Network {
        let now = self.clock.now();
        let mut whole = self.store.write().await.unwrap();
        let tx = &mut whole;
        let details = store::network::Details {
            name: name.into(),
            accent: "petrol".into(),
        };
        let id = store::network::create(tx, now, &details).await.unwrap();
        let act = self.act(id);
        let location = location(tx, &act, &format!("{name} Pier")).await;
        let owner_person = person(tx, &act, "Olga Owner", &format!("olga@{domain}"), location).await;
        let owner = account(
            tx,
            &act,
            Some(owner_person),
            &format!("olga@{domain}"),
            Role::Owner,
            Permissions::default(),
        )
        .await;
        store::account::set_password(tx, &act, owner, &hash().await)
            .await
            .unwrap();
        let one = person(tx, &act, "Mia Member", &format!("mia@{domain}"), location).await;
        let member = account(
            tx,
            &act,
            Some(one),
            &format!("mia@{domain}"),
            Role::Member,
            Permissions::default(),
        )
        .await;
        let details = store::company::Details {
            location,
            name: format!("{name} Company"),
        };
        let company = store::company::create(tx, &act, &details).await.unwrap();
        let joined_on = "2026-01-01".parse().unwrap();
        let belonging = store::company::join(tx, &act, company, one, joined_on, None)
            .await
            .unwrap();

        let login = store::vendor_login::keep(tx, &act, "test", "a/1", "shown", &Secret::new("s"))
            .await
            .unwrap();
        let details = store::integration::Details {
            location,
            vendor: "test".into(),
            state: IntegrationState::Connected,
            visibility: Visibility::Members,
            site: None,
            site_name: None,
            login: Some(login),
        };
        let integration = store::integration::create(tx, &act, &details).await.unwrap();
        let groups = vec![ObservedGroup {
            external: "g1".into(),
            name: "All doors".into(),
            site: None,
            locks: vec!["l1".into()],
            restrictions: Vec::new(),
        }];
        let locks = vec![ObservedLock {
            external: "l1".into(),
            name: "Front door".into(),
            site: None,
            order: 1,
            online: Some(true),
            locked_down: false,
            restrictions: Vec::new(),
        }];
        let reading = Observation {
            groups,
            locks,
            complete: true,
            ..Observation::default()
        };
        store::group::observe(tx, &act, integration, &reading).await.unwrap();
        let group = store::group::list(tx, id, integration).await.unwrap()[0].id;
        let door = store::group::doors(tx, id, integration).await.unwrap()[0].id;
        let round = store::round::begin(tx, &act, integration, None, "reading")
            .await
            .unwrap();
        store::round::end(tx, &act, round, true, None).await.unwrap();
        let note = access::change::Note::Unconfirmed { person: one };
        store::finding::settle(tx, &act, integration, store::finding::Looked::Everything, &[note])
            .await
            .unwrap();
        let finding = store::finding::open(tx, id).await.unwrap()[0].id;

        let details = store::plan::Details {
            location,
            name: "Flex".into(),
            price_cents: 19_900,
            currency: "EUR".into(),
            period: store::plan::Period::Month,
            description: String::new(),
            groups: vec![group],
            archived: false,
        };
        let plan = store::plan::create(tx, &act, &details).await.unwrap();
        let resource = store::resource::create(tx, &act, &room(location, vec![group]))
            .await
            .unwrap();
        let item = store::subscription::NewItem {
            of: access::facts::ItemOf::Plan(plan),
            access: access::facts::ItemAccess::Inherited,
            reach: access::facts::Reach::Everyone,
        };
        let new = store::subscription::NewSubscription {
            location,
            of: access::facts::Subscriber::Person(one),
            starts_on: "2026-01-01".parse().unwrap(),
            ends_on: None,
            items: vec![item],
        };
        let subscription = store::subscription::create(tx, &act, &new).await.unwrap();
        let item = store::subscription::read(tx, id, subscription).await.unwrap().items[0].id;
        let window = access::Window::new(now.plus_minutes(180), now.plus_minutes(240)).unwrap();
        let details = store::booking::Details {
            resource,
            booker: one,
            invitees: vec![owner_person],
            window,
            state: access::facts::BookingState::Confirmed,
            title: "Standup".into(),
        };
        let booking = store::booking::create(tx, &act, &details).await.unwrap();
        let (token_id, token) = store::api_token::create(tx, &act, owner, "scenes", None).await.unwrap();
        let network = Network {
            id,
            location,
            owner,
            owner_person,
            member,
            person: one,
            company,
            belonging,
            plan,
            resource,
            subscription,
            item,
            booking,
            integration,
            group,
            door,
            round,
            finding,
            token_id,
            token: token.reveal().to_owned(),
        };
        whole.commit().await.unwrap();
        network
    }

    /// How many lines a network's audit log has.
    pub async fn audit_lines(&self, network: NetworkId) -> usize {
        let mut tx = self.store.read().await.unwrap();
        let mut page = Page::longest();
        let mut count = 0;
        loop {
            let listed = store::audit::list(&mut tx, network, &store::audit::Filter::default(), &page)
                .await
                .unwrap();
            count += listed.rows.len();
            match listed.next {
                Some(next) => page.after = Some(next),
                None => return count,
            }
        }
    }

    /// The text of the newest mail to an address.
    pub async fn newest_mail(&self, to: &str) -> Option<String> {
        let now = self.clock.now();
        let mut newest = None;
        loop {
            let mut tx = self.store.write().await.unwrap();
            let Some(claimed) = store::mail::claim(&mut tx, now).await.unwrap() else {
                return newest;
            };
            store::mail::sent(&mut tx, &claimed, now).await.unwrap();
            tx.commit().await.unwrap();
            if claimed.mail.to == to {
                newest = Some(claimed.mail.text);
            }
        }
    }

    /// The cookie of a new session of an account.
    pub async fn session(&self, network: NetworkId, account: AccountId) -> String {
        let now = self.clock.now();
        let new = store::session::NewSession {
            account,
            ends_at: now.plus_s(86_400),
            device: "scene".into(),
            address: "127.0.0.1".into(),
        };
        let mut tx = self.store.write().await.unwrap();
        let (_, token) = store::session::create(&mut tx, network, &new, now).await.unwrap();
        tx.commit().await.unwrap();
        token.reveal().to_owned()
    }

    /// A browser nobody has signed in with.
    pub fn browser(&self) -> Browser {
        Browser {
            client: self.client.clone(),
            base: self.base.clone(),
            cookies: HashMap::new(),
        }
    }

    /// A browser that is signed in.
    pub async fn browser_of(&self, network: NetworkId, account: AccountId) -> Browser {
        let mut browser = self.browser();
        browser
            .cookies
            .insert("vestibule_session".into(), self.session(network, account).await);
        browser
    }
}

/// A client that follows no redirect.
pub fn client() -> Client {
    Client::builder().redirect(Policy::none()).build().unwrap()
}

/// The hash of [`PASSWORD`], made once.
pub async fn hash() -> String {
    static HASH: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    HASH.get_or_init(|| async { store::password::hash(Secret::new(PASSWORD)).await.unwrap() })
        .await
        .clone()
}

/// A location in Berlin.
pub async fn location(tx: &mut store::Tx, act: &Act, name: &str) -> LocationId {
    let details = store::location::Details {
        name: name.into(),
        address: "Pier 3".into(),
        zone: "Europe/Berlin".into(),
        grace: Grace::default(),
        opening_hours: serde_json::Value::Null,
    };
    store::location::create(tx, act, &details).await.unwrap()
}

/// An active member of a location.
pub async fn person(tx: &mut store::Tx, act: &Act, name: &str, email: &str, location: LocationId) -> PersonId {
    let details = store::person::Details {
        name: name.into(),
        email: email.into(),
        phone: String::new(),
        cards: Vec::new(),
        state: PersonState::Active,
    };
    let id = store::person::create(tx, act, &details).await.unwrap();
    store::person::set_membership(tx, act, id, location, Some(MembershipKind::Member))
        .await
        .unwrap();
    id
}

/// A login.
pub async fn account(
    tx: &mut store::Tx,
    act: &Act,
    person: Option<PersonId>,
    email: &str,
    role: Role,
    permissions: Permissions,
) -> AccountId {
    let name = email.split('@').next().unwrap().to_owned();
    let details = store::account::Details {
        person,
        email: email.into(),
        name,
        role,
        permissions: permissions.to_json(),
    };
    store::account::create(tx, act, &details).await.unwrap()
}

/// Permissions for all locations and these areas.
pub fn areas(areas: &[Area]) -> Permissions {
    Permissions {
        locations: Locations::All,
        areas: areas.to_vec(),
        companies: Vec::new(),
    }
}

/// A meeting room that members book in quarters of an hour.
pub fn room(location: LocationId, groups: Vec<AccessGroupId>) -> store::resource::Details {
    store::resource::Details {
        location,
        name: "Room A".into(),
        kind: ResourceKind::Room,
        capacity: 6,
        groups,
        grace: None,
        buffer_minutes: 0,
        min_minutes: 15,
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
