//! The access log (§5.14): newest first, page by page, each entry once, late ones too.

use access::Window;
use connectors::SeenWhat;
use simulators::salto::Key;

use crate::kit::{Desk, NOOR, desk};

const MINUTE_MS: i64 = 60_000;

/// Noor with a tag in the members' group.
fn noor(desk: &Desk) {
    desk.sim.add_user(&desk.site, NOOR, "Noor", "Visser", &["site_user"]);
    assert!(
        desk.sim
            .set_person(NOOR, |noor| noor.tag_number = Some("02300417".to_owned()))
    );
    assert!(desk.sim.foreign_member(&desk.members, NOOR));
}

fn tag(desk: &Desk) {
    desk.sim
        .present(&desk.front, &Key::Tag("02300417".to_owned()))
        .expect("there is such a door");
}

/// So many minutes back from now.
fn last(desk: &Desk, minutes: i64) -> Window {
    Window::new(desk.now().plus_minutes(-minutes), desk.now().plus_s(1)).expect("not empty")
}

#[tokio::test]
async fn openings_and_refusals_name_door_and_person_and_say_why() {
    let desk = desk().await;
    let connector = desk.connector().await;
    noor(&desk);
    tag(&desk);
    desk.clock.advance_ms(MINUTE_MS);
    let user = desk.user(NOOR).id;
    assert!(desk.sim.set_seat(&desk.site, &user, false));
    tag(&desk);
    desk.clock.advance_ms(MINUTE_MS);
    desk.sim.present(&desk.front, &Key::Pin("999999".to_owned()));
    let read = connector.door_events(last(&desk, 60)).await.expect("Salto answers");
    let told: Vec<_> = read.events.iter().map(|event| event.what).collect();
    assert_eq!(
        told,
        [SeenWhat::Opened, SeenWhat::Refused, SeenWhat::Refused],
        "oldest first"
    );
    let [opened, suspended, unknown] = &read.events[..] else {
        panic!("three")
    };
    assert_eq!(
        (opened.holder.as_ref(), opened.lock.as_ref()),
        (desk.sim.person(NOOR).as_ref(), Some(&desk.front))
    );
    assert_eq!(
        (opened.who.as_deref(), opened.vendor_says.as_deref()),
        (Some("Noor Visser"), None)
    );
    let card = opened.card.as_deref();
    assert_eq!(
        (card, &unknown.card),
        (Some("02300417"), &None),
        "a PIN is no card's number"
    );
    assert!(
        suspended
            .vendor_says
            .as_deref()
            .is_some_and(|says| says.contains("seat"))
    );
    assert!(
        desk.sim
            .people()
            .iter()
            .all(|person| Some(&person.id) != unknown.holder.as_ref()),
        "an id of nobody's"
    );
}

#[tokio::test]
async fn many_pages_are_read_and_each_entry_once() {
    let desk = desk().await;
    let connector = desk.connector().await;
    noor(&desk);
    for _ in 0..230 {
        tag(&desk);
        desk.clock.advance_ms(1_000);
    }
    let read = connector.door_events(last(&desk, 60)).await.expect("Salto answers");
    assert_eq!(read.events.len(), 230);
    assert!(read.events.windows(2).all(|two| two[0].at < two[1].at));
    desk.sim.clear_calls();
    let read = connector.door_events(last(&desk, 1)).await.expect("Salto answers");
    assert_eq!(read.events.len(), 230, "what may have come late is read again");
    desk.clock.advance_ms(30 * MINUTE_MS);
    tag(&desk);
    desk.sim.clear_calls();
    let read = connector.door_events(last(&desk, 1)).await.expect("Salto answers");
    assert_eq!(
        (read.events.len(), desk.sim.calls().len()),
        (1, 1),
        "and no further back than that"
    );
}

#[tokio::test]
async fn an_entry_that_comes_late_is_still_read() {
    let desk = desk().await;
    let connector = desk.connector().await;
    noor(&desk);
    desk.sim.set_switches(|switches| switches.entries_late_s = 300);
    tag(&desk);
    desk.clock.advance_ms(2 * MINUTE_MS);
    let read = connector.door_events(last(&desk, 2)).await.expect("Salto answers");
    assert!(read.events.is_empty());
    desk.clock.advance_ms(4 * MINUTE_MS);
    let next = Window::new(read.read_until, desk.now()).expect("not empty");
    assert_eq!(
        connector.door_events(next).await.expect("Salto answers").events.len(),
        1
    );
}

#[tokio::test]
async fn other_kinds_of_entries_are_left_out() {
    let desk = desk().await;
    let connector = desk.connector().await;
    desk.activate(&connector).await;
    noor(&desk);
    assert_eq!(
        connector
            .door_events(last(&desk, 60))
            .await
            .expect("Salto answers")
            .events,
        []
    );
    desk.sim.present(&desk.front, &Key::InsideHandle);
    let read = connector.door_events(last(&desk, 60)).await.expect("Salto answers");
    assert_eq!((read.events.len(), read.events[0].holder.as_ref()), (1, None));
}
