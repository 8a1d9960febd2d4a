//! A small house to try things in: a network, a location, an integration with two groups and two doors, people.

use access::change::{Observation, ObservedGroup, ObservedLock};
use access::facts::*;
use access::id::*;
use access::{Instant, Window};
use store::record::{Act, Actor};
use store::{Store, Tx, booking, group, integration, location, network, person, plan, resource};

pub const START: Instant = Instant::from_ms(1_790_000_000_000);

pub struct House {
    pub network: NetworkId,
    pub location: LocationId,
    pub integration: IntegrationId,
    pub groups: Vec<AccessGroupId>,
    pub plan: PlanId,
    pub room: ResourceId,
    pub people: Vec<PersonId>,
}

impl House {
    pub fn act(&self, now: Instant) -> Act {
        Act::new(self.network, now, Actor::Setup)
    }

    pub async fn build(store: &Store, name: &str, people: usize) -> Self {
        let mut tx = store.write().await.unwrap();
        let details = network::Details {
            name: name.to_owned(),
            accent: "#204060".to_owned(),
        };
        let network = network::create(&mut tx, START, &details).await.unwrap();
        let act = Act::new(network, START, Actor::Setup);
        let location = location::create(&mut tx, &act, &place()).await.unwrap();
        let integration = integration::create(&mut tx, &act, &account(location)).await.unwrap();
        group::observe(&mut tx, &act, integration, &seen()).await.unwrap();
        let groups: Vec<AccessGroupId> = group::list(&mut tx, network, integration)
            .await
            .unwrap()
            .iter()
            .map(|group| group.id)
            .collect();
        let plan = plan::create(&mut tx, &act, &offer(location, vec![groups[0]]))
            .await
            .unwrap();
        let room = resource::create(&mut tx, &act, &room(location, vec![groups[1]]))
            .await
            .unwrap();
        let mut ids = Vec::new();
        for number in 0..people {
            ids.push(person::create(&mut tx, &act, &human(number)).await.unwrap());
        }
        tx.commit().await.unwrap();
        Self {
            network,
            location,
            integration,
            groups,
            plan,
            room,
            people: ids,
        }
    }

    pub fn booked(&self, booker: usize, from_minutes: i64, until_minutes: i64) -> booking::Details {
        booking::Details {
            resource: self.room,
            booker: self.people[booker],
            invitees: Vec::new(),
            window: span(from_minutes, until_minutes),
            state: BookingState::Confirmed,
            title: "Planning".to_owned(),
        }
    }
}

pub fn span(from_minutes: i64, until_minutes: i64) -> Window {
    Window::new(START.plus_minutes(from_minutes), START.plus_minutes(until_minutes)).unwrap()
}

pub async fn read(store: &Store) -> Tx {
    store.read().await.unwrap()
}

pub async fn write(store: &Store) -> Tx {
    store.write().await.unwrap()
}

pub fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn human(number: usize) -> person::Details {
    person::Details {
        name: format!("Ada {number:03}"),
        email: format!("Ada{number}@Harbor.example"),
        phone: String::new(),
        cards: vec![format!("card-{number}")],
        state: PersonState::Active,
    }
}

pub fn place() -> location::Details {
    location::Details {
        name: "Pier 3".to_owned(),
        address: "Pier 3, Harbor".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        grace: Grace::default(),
        opening_hours: serde_json::Value::Null,
    }
}

pub fn account(location: LocationId) -> integration::Details {
    integration::Details {
        location,
        vendor: "kisi".to_owned(),
        state: IntegrationState::Connected,
        visibility: Visibility::Members,
        site: None,
        site_name: None,
        login: None,
    }
}

pub fn offer(location: LocationId, groups: Vec<AccessGroupId>) -> plan::Details {
    plan::Details {
        location,
        name: "Flex".to_owned(),
        price_cents: 19_900,
        currency: "EUR".to_owned(),
        period: plan::Period::Month,
        description: String::new(),
        groups,
        archived: false,
    }
}

pub fn room(location: LocationId, groups: Vec<AccessGroupId>) -> resource::Details {
    resource::Details {
        location,
        name: "Bridge".to_owned(),
        kind: ResourceKind::Room,
        capacity: 8,
        groups,
        grace: None,
        buffer_minutes: 15,
        min_minutes: 15,
        max_minutes: 480,
        step_minutes: 15,
        opening_hours: None,
        book_by: resource::OpenTo::Members,
        see_by: resource::OpenTo::Public,
        approval: false,
        confirmation: String::new(),
        archived: false,
    }
}

pub fn seen() -> Observation {
    let lock = |external: &str| ObservedLock {
        external: external.to_owned(),
        name: format!("Door {external}"),
        site: None,
        order: 1,
        online: Some(true),
        locked_down: false,
        restrictions: Vec::new(),
    };
    let group = |external: &str, locks: &[&str]| ObservedGroup {
        external: external.to_owned(),
        name: format!("Group {external}"),
        site: None,
        locks: locks.iter().map(|lock| (*lock).to_owned()).collect(),
        restrictions: Vec::new(),
    };
    Observation {
        groups: vec![group("1", &["a"]), group("2", &["a", "b"])],
        locks: vec![lock("a"), lock("b")],
        complete: true,
        ..Observation::default()
    }
}
