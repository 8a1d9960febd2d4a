//! Every function of every family, once, with what it must answer; the same on both engines.

mod holding;
mod journal;
mod people;
mod post;
mod reading;
mod signing;
mod sites;
mod strangers;
mod things;
mod time;

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
    assert!(
        network::only(&mut read(store).await).await.unwrap().is_none(),
        "there are two"
    );
    people::networks_and_locations(store, &house).await;
    people::people(store, &house, &other).await;
    people::companies(store, &house, &other).await;
    people::in_one_go(store, &house, &other).await;
    things::plans_and_resources(store, &house, &other).await;
    things::subscriptions(store, &house, &other).await;
    things::bookings(store, &house, &other).await;
    sites::sites_and_turns(store, &house, &other).await;
    things::integrations(store, &house, &other).await;
    signing::accounts(store, &house).await;
    signing::answers_and_audit(store, &house, &other).await;

    let house = House::build(store, "Boathouse", 3).await;
    journal::findings(store, &house, &other).await;
    journal::rounds(store, &house, &other).await;
    journal::door_events(store, &house, &other).await;
    post::mails(store, &house, &other).await;
    post::inbox(store, &house, &other).await;
    holding::grants(store, &house, &other).await;
    holding::holders(store, &house, &other).await;
    holding::groups(store, &house, &other).await;
    time::set_back(store, &house).await;
    reading::only_whom_it_concerns(store).await;
    strangers::another_networks_ids_are_not_found(store, &house, &other).await;
}
