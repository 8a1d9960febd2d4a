//! Cost follows what is shown: a page asks the database as often in a network of 5,000 people as in one of 60.

use std::sync::atomic::{AtomicUsize, Ordering};

use access::facts::{ItemAccess, ItemOf, Reach, Subscriber};
use access::id::PersonId;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber as Listener};

use crate::house::{House, Network, person};

/// Statements told by the database driver so far.
static STATEMENTS: AtomicUsize = AtomicUsize::new(0);

/// Listens to the driver's own log and counts.
struct Counting;

impl Listener for Counting {
    fn enabled(&self, about: &Metadata<'_>) -> bool {
        about.target() == "sqlx::query"
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {
        STATEMENTS.fetch_add(1, Ordering::Relaxed);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Adds people until there are so many, each a member with a subscription of their own.
async fn fill(house: &House, network: &Network, from: usize, until: usize) -> PersonId {
    let act = house.act(network.id);
    let mut tx = house.store.write().await.unwrap();
    let mut last = network.person;
    for i in from..until {
        last = person(
            &mut tx,
            &act,
            &format!("Person {i:05}"),
            &format!("p{i}@harbor.example"),
            network.location,
        )
        .await;
        let new = store::subscription::NewSubscription {
            location: network.location,
            of: Subscriber::Person(last),
            starts_on: "2026-01-01".parse().unwrap(),
            ends_on: None,
            items: vec![store::subscription::NewItem {
                of: ItemOf::Plan(network.plan),
                access: ItemAccess::Inherited,
                reach: Reach::Everyone,
            }],
        };
        store::subscription::create(&mut tx, &act, &new).await.unwrap();
    }
    tx.commit().await.unwrap();
    last
}

/// Statements of each page.
async fn walk(house: &House, network: &Network, paths: &[String]) -> Vec<usize> {
    let mut owner = house.browser_of(network.id, network.owner).await;
    let mut told = Vec::new();
    for path in paths {
        let before = STATEMENTS.load(Ordering::Relaxed);
        let answer = owner.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        told.push(STATEMENTS.load(Ordering::Relaxed) - before);
    }
    told
}

#[tokio::test]
async fn pages_ask_as_often_for_five_thousand_people_as_for_sixty() {
    tracing::subscriber::set_global_default(Counting).unwrap();
    let (house, network) = House::furnished().await;
    let somebody = fill(&house, &network, 0, 58).await;
    let paths = [
        "/admin".to_owned(),
        "/admin/people".to_owned(),
        "/admin/people?sort=newest".to_owned(),
        format!("/admin/people/{somebody}"),
        format!("/admin/people/{somebody}/why?door={}", network.door),
        "/admin/companies".to_owned(),
        "/admin/subscriptions".to_owned(),
        "/admin/plans".to_owned(),
        "/admin/resources".to_owned(),
        "/admin/palette?q=person".to_owned(),
    ];
    let few = walk(&house, &network, &paths).await;
    fill(&house, &network, 58, 5_000).await;
    let many = walk(&house, &network, &paths).await;
    for ((path, few), many) in paths.iter().zip(&few).zip(&many) {
        eprintln!("{path}: {few} statements; of 5,000 people: {many}");
        assert!(*few > 0, "the driver tells what it does");
    }
    for ((path, few), many) in paths.iter().zip(&few).zip(&many) {
        // A list that looks on for rows that match may need one part more.
        assert!(*many <= few + 3, "{path}: {few} statements became {many}");
    }
}
