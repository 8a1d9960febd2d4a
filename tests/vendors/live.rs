//! Live events at Salto KS: what happens at a door is in our list while no reading is due, once, whatever becomes of the connection.

use std::time::Duration;

use access::vendor::{GatewayAct, GatewaysSeen, Opened, Secret};
use simulators::salto::{Host, Key, SaltoSim};
use store::door_event::{DoorEvent, DoorEventKind};
use suite::House;
use suite::house::twin::{Twin, Vendor};

use crate::doors_learn;

const TAG: &str = "02300417";
/// Scenes hear within moments; what takes longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(20);
/// Real time that passes while nothing is heard, before the scene's clock moves by a second.
const A_SECOND_OF_THE_SCENE: Duration = Duration::from_millis(50);
const FRONT: &str = "Front door";
/// More than the longest pause before a broken connection is tried again, and than another process waits for its turn.
const OVER_A_PAUSE_S: i64 = 61;

fn sim(house: &House) -> &SaltoSim {
    match &house.twin {
        Twin::Salto { sim, .. } => sim,
        Twin::Kisi { .. } | Twin::Tapkey { .. } => panic!("these scenes play at Salto KS"),
    }
}

/// Ada is a member and has a tag.
async fn ada_with_a_tag() -> House {
    with_ada(House::open_at(Vendor::Salto).await).await
}

async fn with_ada(house: House) -> House {
    house.subscribe("Ada", "Flex desk", "2026-03-01", None).await;
    doors_learn(&house).await;
    let tag = |person: &mut simulators::salto::Person| person.tag_number = Some(TAG.to_owned());
    assert!(sim(&house).set_person(&house.email("Ada"), tag));
    house
}

/// Ada opens with her tag, and a second goes by.
fn at_the_door(house: &House) {
    let key = Key::Tag(TAG.to_owned());
    sim(house)
        .present(&house.twin.lock(FRONT), &key)
        .expect("there is such a door");
    house.clock_only(house.now().plus_s(1));
}

/// The gateway is activated, so that doors open from our pages.
async fn activated(house: &House) {
    let gateways = async |act| house.worker().gateways(house.network, house.integration, act).await;
    let seen = gateways(GatewayAct::Look).await;
    let GatewaysSeen::All(all) = seen else {
        panic!("they can be read: {seen:?}");
    };
    let gateway = all[0].external.clone();
    gateways(GatewayAct::Begin {
        gateway: gateway.clone(),
    })
    .await;
    let letter = sim(house).letters().pop().expect("a PIN was mailed");
    let pin = Secret::new(&letter.text[letter.text.len() - 4..]);
    let seen = gateways(GatewayAct::Finish { gateway, pin }).await;
    assert!(matches!(seen, GatewaysSeen::All(_)), "{seen:?}");
}

/// Waits until so many events of the front door are kept, while time goes by second after second.
async fn heard(house: &House, events: usize) -> Vec<DoorEvent> {
    let mut changed = house.store().changed();
    let heard = async {
        loop {
            let known = house.door_events(FRONT).await;
            if known.len() >= events {
                return known;
            }
            if tokio::time::timeout(A_SECOND_OF_THE_SCENE, changed.changed())
                .await
                .is_err()
            {
                house.clock_only(house.now().plus_s(1));
            }
        }
    };
    tokio::time::timeout(PATIENCE, heard)
        .await
        .expect("it is heard of in time")
}

/// Somebody opens with the tag, and we hear of it: from then on a connection stands.
async fn listening(house: &House, events: usize) {
    at_the_door(house);
    heard(house, events).await;
}

/// How often the whole site was read since calls were last forgotten.
fn readings(house: &House) -> usize {
    let calls = sim(house).calls();
    calls
        .iter()
        .filter(|call| call.path.ends_with("/access_groups"))
        .count()
}

#[tokio::test]
async fn somebodys_tag_is_in_our_list_at_once_and_after_a_dropped_connection_the_next_one_too() {
    let house = ada_with_a_tag().await;
    sim(&house).clear_calls();
    listening(&house, 1).await;
    at_the_door(&house);
    let known = heard(&house, 2).await;
    let ada = Some(house.person("Ada").await);
    assert_eq!((known[0].kind, known[0].person), (DoorEventKind::Opened, ada));

    sim(&house).drop_streams();
    at_the_door(&house);
    assert_eq!(heard(&house, 3).await.len(), 3, "what happened meanwhile is read");
    at_the_door(&house);
    assert_eq!(heard(&house, 4).await.len(), 4, "and what happens now is heard");
    assert_eq!(readings(&house), 0, "no reading was due");

    house.compare_now().await;
    assert_eq!(heard(&house, 4).await.len(), 4, "nothing is doubled by a reading");
    assert_eq!(readings(&house), 1);
}

#[tokio::test]
async fn a_press_on_our_page_is_one_event_and_names_who_pressed() {
    let house = ada_with_a_tag().await;
    activated(&house).await;
    listening(&house, 1).await;
    assert_eq!(house.press("Ada", FRONT).await, Opened::Open);
    // Comes after what Salto told of the press.
    at_the_door(&house);
    heard(&house, 3).await;
    house.clock_at(house.now().plus_s(3)).await;
    house.compare_now().await;
    let known = heard(&house, 3).await;
    assert_eq!(known.len(), 3, "the press, and the tag twice: {known:?}");
    let ada = Some(house.person("Ada").await);
    assert!(known.iter().all(|event| event.person == ada), "{known:?}");
    assert_eq!(sim(&house).entries().len(), 3, "Salto has them all");
}

#[tokio::test]
async fn our_account_opening_past_our_pages_is_an_event_of_its_own() {
    let house = ada_with_a_tag().await;
    activated(&house).await;
    assert_eq!(house.press("Ada", FRONT).await, Opened::Open);
    house.clock_at(house.now().plus_s(120)).await;
    house.opens_with_own_phone("Ada", FRONT).await;
    house.clock_at(house.now().plus_s(1)).await;
    house.compare_now().await;
    house.settle().await;
    let known = house.door_events(FRONT).await;
    assert_eq!(known.len(), 2, "{known:?}");
    assert_eq!((known[0].kind, known[0].person), (DoorEventKind::Opened, None));
}

#[tokio::test]
async fn nobody_listens_to_an_account_that_was_left_and_a_stopped_worker_hangs_on_to_nothing() {
    let mut house = ada_with_a_tag().await;
    listening(&house, 1).await;
    house.stop().await;
    house.start().await;
    listening(&house, 2).await;
    house.disconnect("leave").await;
    house.settle().await;
    sim(&house).clear_calls();
    sim(&house).drop_streams();
    for _ in 0..3 {
        house.clock_at(house.now().plus_s(OVER_A_PAUSE_S)).await;
    }
    let calls = sim(&house).calls();
    assert!(
        calls.iter().all(|call| call.host != Host::Stream),
        "it is not taken up again: {calls:?}"
    );
    house.stop().await;
}

/// Connections that were made since calls were last forgotten.
fn connections(house: &House) -> usize {
    let calls = sim(house).calls();
    let made = calls
        .iter()
        .filter(|call| call.host == Host::Stream && call.status == 101);
    made.count()
}

#[tokio::test]
async fn on_postgres_one_process_listens_and_another_takes_its_place_when_it_stops() {
    let mut house = with_ada(House::open_at_on_postgres(Vendor::Salto).await).await;
    listening(&house, 1).await;
    let _other = house.another_node().await;
    sim(&house).clear_calls();
    for events in 2..6 {
        house.clock_at(house.now().plus_s(OVER_A_PAUSE_S)).await;
        at_the_door(&house);
        heard(&house, events).await;
    }
    assert_eq!(connections(&house), 0, "the one that was made before serves");
    house.stop().await;
    at_the_door(&house);
    assert_eq!(heard(&house, 6).await.len(), 6);
    assert_eq!(connections(&house), 1);
}
