//! What happened at the doors: read back by every connector; Kisi's event sets and webhooks (§5 of its contract).

use access::Window;
use access::vendor::Secret;
use connectors::{Connectors, SeenEvent, SeenWhat, WebhookHint, WebhookState};
use simulators::kisi::switches::Signature;

use crate::house::{House, at, w};
use crate::listener::{Got, listen};
use crate::scenes;
use crate::stage::{Stage, Vendor};

const MIRA: &str = "mira.lund@example.org";

/// Opens the front door at minute 1 and tries the room's at minute 2.
async fn come_and_go(house: &mut House) {
    let building = house.building();
    house.give(MIRA, &building.members, &[w(0, 300)]).await;
    let mut login = None;
    for (minute, door) in [(1, &building.front), (2, &building.room_door)] {
        house.go_to(minute);
        match &house.stage {
            Stage::Kisi(_) => drop(house.connector.open(door, MIRA, &mut login, house.now).await),
            // Opened in our own name it would be ours; with her own key it is hers.
            Stage::Salto(stage) => stage.hold_tag(MIRA, door),
            Stage::Tapkey(stage) => assert_eq!(stage.hold_phone(MIRA, door), door == &building.front),
        }
    }
    house.go_to(3);
}

fn told(events: &[SeenEvent]) -> Vec<(SeenWhat, Option<String>, i64)> {
    let minute = |event: &SeenEvent| (event.at.ms() - at(0).ms()) / 60_000;
    events
        .iter()
        .map(|event| (event.what, event.lock.clone(), minute(event)))
        .collect()
}

scenes! {
    openings_and_refusals_are_read_back_oldest_first(house) {
        let building = house.building();
        come_and_go(&mut house).await;
        let read = house.connector.door_events(w(0, 60)).await.expect("the vendor answers");
        let front = (SeenWhat::Opened, Some(building.front.clone()), 1);
        let room = (SeenWhat::Refused, Some(building.room_door.clone()), 2);
        let refusals = usize::from(house.stage.logs_refusals());
        assert_eq!(told(&read.events), [front, room][..=refusals]);
        assert_eq!(read.read_until, at(60));
        let holder = house.journal_of(MIRA)[0].external_holder.clone();
        assert!(read.events.iter().all(|event| event.holder.as_ref() == Some(&holder)), "the person, not the owner");
        assert!(read.events[0].vendor_says.is_none());
        for refused in &read.events[1..] {
            assert!(refused.vendor_says.is_some() && refused.external != read.events[0].external);
        }
    }

    only_what_lies_in_the_span_is_read(house) {
        come_and_go(&mut house).await;
        let read = house.connector.door_events(w(2, 60)).await.expect("the vendor answers");
        let in_span = read.events.iter().filter(|event| event.at >= at(2)).count();
        assert_eq!(in_span, usize::from(house.stage.logs_refusals()));
        // A vendor whose gateways tell late is read a little further back; the same event is known by its id.
        assert!(read.events.len() == 1 || house.opens_in_our_name() || !house.stage.logs_refusals());
    }
}

async fn kisi_house() -> (House, simulators::kisi::KisiSim) {
    let house = House::open(Vendor::Kisi).await;
    let stage = house.stage.kisi();
    let sim = stage.sim.clone();
    (house, sim)
}

#[tokio::test]
async fn a_set_that_takes_its_time_is_waited_for_and_many_pages_are_read() {
    let (mut house, sim) = kisi_house().await;
    let building = house.building();
    house.give(MIRA, &building.members, &[w(0, 300)]).await;
    let mut login = None;
    for _ in 0..60 {
        house.connector.open(&building.front, MIRA, &mut login, house.now).await;
    }
    sim.set_switches(|switches| switches.event_set_polls = 2);
    let read = house
        .connector
        .door_events(w(-60, 60))
        .await
        .expect("the vendor answers");
    assert_eq!(read.events.len(), 60);
}

#[tokio::test]
async fn webhooks_arrive_signed_and_hint_at_what_happened() {
    for signature in [Signature::Prefixed, Signature::Bare] {
        let (mut house, sim) = kisi_house().await;
        sim.set_switches(|switches| switches.signature = signature);
        let building = house.building();
        let (addr, mut got) = listen(|_| (200, vec![], String::new())).await;
        let key = Secret::new("a random key");
        let url = format!("http://{addr}/hooks/kisi/1");
        let id = house.connector.watch(&url, &key).await.expect("it can be registered");
        assert_eq!(
            house.connector.check_watch(&id).await.expect("the vendor answers"),
            WebhookState::Works
        );
        house.give(MIRA, &building.members, &[w(0, 300)]).await;
        let row = house.journal_of(MIRA)[0].external.clone();
        let verify =
            |got: &Got, key: &Secret| Connectors::verify_webhook("kisi", &got.body, |name| got.header(name), key);
        let hint = loop {
            let got = got.recv().await.expect("the webhook comes");
            assert_eq!(verify(&got, &Secret::new("another key")), None);
            match verify(&got, &key).expect("signed with our key") {
                WebhookHint::Row { external } => break external,
                _ => continue,
            }
        };
        assert_eq!(hint, row);
        house.connector.open(&building.front, MIRA, &mut None, house.now).await;
        let event = loop {
            let got = got.recv().await.expect("the webhook comes");
            if let Some(WebhookHint::Door(event)) = verify(&got, &key) {
                break event;
            }
        };
        assert_eq!((event.what, event.lock), (SeenWhat::Opened, Some(building.front)));
        let read = house
            .connector
            .door_events(Window::new(at(-1), at(60)).expect("not empty"))
            .await
            .expect("read");
        assert_eq!(
            read.events[0].external, event.external,
            "the same event is known by the same name"
        );
    }
}

#[tokio::test]
async fn a_vendor_can_be_watched_exactly_when_its_row_says_so() {
    for (vendor, word) in Vendor::ALL.into_iter().zip(["kisi", "salto", "tapkey"]) {
        let house = House::open(vendor).await;
        let row = Connectors::abilities(word).expect("it has a row");
        let watched = house
            .connector
            .watch("http://127.0.0.1:9/hooks", &Secret::new("key"))
            .await;
        assert_eq!(watched.is_ok(), row.webhooks, "{vendor:?}");
    }
}

#[tokio::test]
async fn registering_again_replaces_and_a_webhook_switched_off_is_switched_on_again() {
    let (house, sim) = kisi_house().await;
    let key = Secret::new("key");
    let first = house
        .connector
        .watch("http://127.0.0.1:9/hooks", &key)
        .await
        .expect("it can be registered");
    let second = house
        .connector
        .watch("http://127.0.0.1:9/hooks", &key)
        .await
        .expect("it can be registered");
    assert_eq!(
        house.connector.check_watch(&first).await.expect("the vendor answers"),
        WebhookState::Missing
    );
    sim.set_switches(|switches| {
        switches.webhook_disable_after = 1;
        switches.webhook_retries = 0;
    });
    sim.add_user("x@example.org", "X", true);
    let building = house.building();
    let mut house = house;
    house.give(MIRA, &building.members, &[w(0, 300)]).await;
    // Nobody listens there: the delivery fails and Kisi switches it off; when, is Kisi's business.
    let was_off = async {
        loop {
            match house.connector.check_watch(&second).await.expect("the vendor answers") {
                WebhookState::WasOff => break,
                WebhookState::Works => tokio::task::yield_now().await,
                WebhookState::Missing => panic!("it is registered"),
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), was_off)
        .await
        .expect("it is switched off in the end");
    assert_eq!(
        house.connector.check_watch(&second).await.expect("the vendor answers"),
        WebhookState::Works
    );
}
