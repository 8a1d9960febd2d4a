//! The log (§7.11; §10.4 no. 13): openings by arrival, told by the lock's clock.

use access::vendor::Connected;
use connectors::{Login, SeenWhat};
use simulators::tapkey::Role;
use simulators::tapkey::switches::LogOrder;

use crate::kit::*;

/// Mara is let in for a long time; her contact.
async fn mara_is_in(desk: &mut Desk) -> String {
    let front = lock(&desk.seed.front_door);
    desk.hold(MARA, &front, &[w(-10, 20 * DAY)])
        .await
        .expect("nothing is in the way");
    desk.journal[0].external_holder.clone()
}

#[tokio::test]
async fn an_opening_is_told_with_door_person_and_moment() {
    let mut desk = Desk::open().await;
    let contact = mara_is_in(&mut desk).await;
    desk.go_to(5);
    desk.sim.trigger(&contact, &desk.seed.front_door, true).unwrap();
    let read = desk.connector.door_events(w(0, 10)).await.unwrap();
    assert_eq!((read.events.len(), read.read_until), (1, at(10)));
    let event = &read.events[0];
    assert_eq!((event.at, event.what), (at(5), SeenWhat::Opened));
    assert_eq!(event.lock.as_ref(), Some(&desk.seed.front_door));
    assert_eq!(event.holder.as_ref(), Some(&contact));
}

#[tokio::test]
async fn what_arrives_nine_days_late_is_told_when_it_arrives_by_the_locks_clock() {
    for orderby in [true, false] {
        let mut desk = Desk::open().await;
        desk.sim.set_switches(|switches| switches.orderby = orderby);
        let contact = mara_is_in(&mut desk).await;
        desk.sim.trigger(&contact, &desk.seed.front_door, false).unwrap();
        assert!(desk.connector.door_events(w(-10, 10)).await.unwrap().events.is_empty());
        desk.go_to(9 * DAY);
        desk.sim.sync_lock(&desk.seed.front_door);
        let read = desk.connector.door_events(w(9 * DAY - 5, 9 * DAY + 5)).await.unwrap();
        assert_eq!(
            read.events.iter().map(|event| event.at).collect::<Vec<_>>(),
            [at(0)],
            "{orderby}"
        );
    }
}

#[tokio::test]
async fn whatever_the_order_and_the_cap_each_opening_is_told_once() {
    for (orderby, order, cap) in [
        (true, LogOrder::OldestFirst, 0),
        (true, LogOrder::NewestFirst, 100),
        (false, LogOrder::OldestFirst, 0),
        (false, LogOrder::NewestFirst, 0),
        (false, LogOrder::OldestFirst, 100),
    ] {
        let mut desk = Desk::open().await;
        desk.sim
            .set_switches(|switches| (switches.orderby, switches.log_order, switches.log_cap) = (orderby, order, cap));
        let contact = mara_is_in(&mut desk).await;
        for _ in 0..720 {
            desk.sim.trigger(&contact, &desk.seed.front_door, true).unwrap();
        }
        let read = desk.connector.door_events(w(-10, 10)).await.unwrap();
        let mut ids: Vec<&String> = read.events.iter().map(|event| &event.external).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((ids.len(), read.events.len()), (720, 720), "{orderby} {order:?} {cap}");
    }
}

#[tokio::test]
async fn only_the_newest_pages_are_read_where_the_server_sorts() {
    let mut desk = Desk::open().await;
    let contact = mara_is_in(&mut desk).await;
    for _ in 0..1_200 {
        desk.sim.trigger(&contact, &desk.seed.front_door, true).unwrap();
    }
    desk.go_to(3 * DAY);
    desk.sim.trigger(&contact, &desk.seed.front_door, true).unwrap();
    desk.sim.clear_calls();
    let read = desk.connector.door_events(w(3 * DAY - 5, 3 * DAY + 5)).await.unwrap();
    assert_eq!(read.events.len(), 1);
    assert_eq!(desk.calls("GET", "/LogEntries").len(), 1);
}

#[tokio::test]
async fn a_login_that_may_not_read_the_log_stops_nothing_else_and_misses_nothing_for_good() {
    let desk = Desk::open().await;
    let keeper = "keeper@example.org";
    desk.sim.add_user(keeper);
    desk.sim.add_admin(&desk.seed.harbour_loft, keeper, Role::AccessManager);
    let consented = given(&desk.connectors, &desk.seed, &[("sim_user", keeper)]).await;
    let Connected::Yes(login) = desk.connectors.connect(&consent_form(&desk.seed, consented)).await else {
        panic!("an access manager may connect");
    };
    let stored = Login::passing(&*login.account, login.secret);
    let connector = desk
        .connectors
        .connector("tapkey", &stored, Some(&desk.seed.harbour_loft))
        .unwrap();
    let read = connector.door_events(w(0, 10)).await.unwrap();
    assert_eq!((read.events.len(), read.read_until), (0, at(0)));
}
