//! Every function of every family, once, with what it must answer; the same on both engines.

mod people;
mod signing;
mod things;

use store::{Store, network};

use crate::house::{House, read};

pub async fn all(store: &Store) {
    assert_eq!(store.migrations_to_run().await.unwrap(), 0);
    assert!(!network::any(&mut read(store).await).await.unwrap());
    let mut changed = store.changed();
    changed.mark_unchanged();
    store.migrate().await.unwrap();
    let house = House::build(store, "Harbor Works", 5).await;
    assert!(changed.has_changed().unwrap(), "every commit of a write is told");
    let other = House::build(store, "Elsewhere", 1).await;
    people::networks_and_locations(store, &house).await;
    people::people(store, &house, &other).await;
    people::companies(store, &house, &other).await;
    things::plans_and_resources(store, &house, &other).await;
    things::subscriptions(store, &house, &other).await;
    things::bookings(store, &house, &other).await;
    things::integrations(store, &house, &other).await;
    signing::accounts(store, &house).await;
    signing::answers_and_audit(store, &house, &other).await;
}
