//! Cards and seats at Salto KS, which both are read and never changed: whose card opened a door, and when seats run out.

use access::change::Note;
use serde_json::json;
use simulators::salto::{By, Key, Person, SaltoSim};
use store::door_event::DoorEventKind;
use suite::House;
use suite::house::twin::{Twin, Vendor};

use crate::doors_learn;

const FRONT: &str = "Front door";

fn sim(house: &House) -> &SaltoSim {
    match &house.twin {
        Twin::Salto { sim, .. } => sim,
        Twin::Kisi { .. } | Twin::Tapkey { .. } => panic!("these scenes play at Salto KS"),
    }
}

/// The vendor handed somebody a card.
fn has_card(house: &House, email: &str, number: &str) {
    let number = number.to_owned();
    let handed = sim(house).set_person(email, |person: &mut Person| person.tag_number = Some(number));
    assert!(handed, "they are known there");
}

/// Somebody made by hand at the vendor, with a card, in the members' group.
fn by_hand(house: &House, email: &str, number: &str) {
    sim(house).add_user(&house.twin.site(), email, "By", "Hand", &["site_user"]);
    has_card(house, email, number);
    let groups = sim(house).groups();
    let members = groups.iter().find(|group| group.name == "Members");
    assert!(sim(house).foreign_member(&members.expect("it is there").id, email));
}

/// The number is written down with somebody.
async fn writes_down(house: &House, name: &str, number: &str) {
    let id = house.person(name).await;
    house
        .api("PATCH", &format!("/api/v1/people/{id}"), json!({ "cards": [number] }))
        .await;
}

/// A card is held to the front door, and the log is read.
async fn held_to_the_door(house: &House, number: &str) {
    let key = Key::Tag(number.to_owned());
    let light = sim(house).present(&house.twin.lock(FRONT), &key);
    light.expect("there is such a door");
    house.minutes_pass(1).await;
    house.compare_now().await;
}

#[tokio::test]
async fn a_card_handed_out_at_the_vendor_is_known_with_the_person_until_it_is_taken_back() {
    let house = House::open_at(Vendor::Salto).await;
    let ada = house.person("Ada").await;
    house.subscribe("Ada", "Flex desk", "2026-03-01", None).await;
    let card = async || {
        let mut tx = house.store().read().await.expect("the database answers");
        let known = store::holder::find(&mut tx, house.network, house.integration, ada).await;
        known.expect("it can be read").expect("she is known there").details.card
    };
    assert_eq!(card().await, None);
    has_card(&house, &house.email("Ada"), "02300417");
    house.compare_now().await;
    assert_eq!(card().await.as_deref(), Some("02300417"));
    assert!(sim(&house).set_person(&house.email("Ada"), |person| person.tag_number = None));
    house.compare_now().await;
    assert_eq!(card().await, None);
}

#[tokio::test]
async fn who_opens_with_a_card_we_never_gave_rights_to_is_known_by_its_number() {
    let house = House::open_at(Vendor::Salto).await;
    house.subscribe("Ada", "Flex desk", "2026-03-01", None).await;
    let bea = house.nonmember("Bea").await;
    writes_down(&house, "Bea", "02300533").await;
    by_hand(&house, "fob-17@harbor.example", "02300533");
    by_hand(&house, "fob-18@harbor.example", "02300999");
    doors_learn(&house).await;
    held_to_the_door(&house, "02300533").await;
    let events = house.door_events(FRONT).await;
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].kind, events[0].person), (DoorEventKind::Opened, Some(bea)));

    held_to_the_door(&house, "02300999").await;
    let events = house.door_events(FRONT).await;
    assert_eq!(
        (events.len(), events[0].person),
        (2, None),
        "nobody here has that number"
    );

    // A number that two people have tells nothing.
    house.nonmember("Cleo").await;
    writes_down(&house, "Cleo", "02300533").await;
    held_to_the_door(&house, "02300533").await;
    let events = house.door_events(FRONT).await;
    assert_eq!((events.len(), events[0].person), (3, None));
}

#[tokio::test]
async fn the_record_at_the_vendor_counts_more_than_a_number_written_down_with_somebody_else() {
    let house = House::open_at(Vendor::Salto).await;
    let ada = house.person("Ada").await;
    house.subscribe("Ada", "Flex desk", "2026-03-01", None).await;
    has_card(&house, &house.email("Ada"), "02300417");
    house.nonmember("Bea").await;
    writes_down(&house, "Bea", "02300417").await;
    doors_learn(&house).await;
    held_to_the_door(&house, "02300417").await;
    let events = house.door_events(FRONT).await;
    assert_eq!((events.len(), events[0].person), (1, Some(ada)));
}

#[tokio::test]
async fn whoever_changes_their_address_at_the_vendor_stays_the_same_person_there() {
    let house = House::open_at(Vendor::Salto).await;
    house.subscribe("Ada", "Flex desk", "2026-03-01", None).await;
    let users = sim(&house).users(&house.twin.site()).len();
    let moved = "ada.now@elsewhere.example";
    let known = sim(&house).set_person(&house.email("Ada"), |person| person.email = Some(moved.to_owned()));
    assert!(known);
    house.compare_now().await;
    house.book("Lagoon", "Ada", "09:10", "10:00").await;
    doors_learn(&house).await;
    let lock = house.twin.lock("Room Lagoon");
    let opens = sim(&house).may_open_at(moved, &lock, By::AnyKey, house.now().ms());
    assert!(opens.is_ok(), "{opens:?}");
    assert_eq!(
        sim(&house).users(&house.twin.site()).len(),
        users,
        "nobody was made twice"
    );
}

#[tokio::test]
async fn seats_that_run_short_and_run_out_are_findings_until_more_are_bought() {
    let house = House::open_at(Vendor::Salto).await;
    house.subscribe("Ada", "Flex desk", "2026-03-01", None).await;
    for n in 1..=4 {
        by_hand(&house, &format!("fob-{n}@harbor.example"), &format!("0230{n}"));
    }
    let site = house.twin.site();
    let used = sim(&house).seats(&site).used;
    let with_seats = async |seats: usize| {
        assert!(sim(&house).set_site(&site, |site| site.seats = seats));
        house.compare_now().await;
        let mut tx = house.store().read().await.expect("the database answers");
        let status = store::integration::status(&mut tx, house.network, house.integration).await;
        let seats = status.expect("it can be read").seats.expect("Salto counts them");
        let found = house.findings().await;
        let about_seats = |note: &Note| matches!(note, Note::SeatsShort { .. } | Note::SeatsTaken { .. });
        (seats.free(), found.into_iter().filter(about_seats).collect::<Vec<_>>())
    };
    assert_eq!(with_seats(used * 10).await.1, []);
    let bought = u32::try_from(used).expect("a few");
    assert_eq!(with_seats(used).await, (0, vec![Note::SeatsTaken { bought }]));
    let short = Note::SeatsShort { bought: bought + 1 };
    assert_eq!(with_seats(used + 1).await, (1, vec![short]));
    assert_eq!(with_seats(used * 10).await.1, []);
}

#[tokio::test]
async fn a_full_site_takes_nobody_new_and_lets_them_in_by_itself_once_a_seat_is_bought() {
    let house = House::open_at(Vendor::Salto).await;
    house.subscribe("Ada", "Flex desk", "2026-03-01", None).await;
    let site = house.twin.site();
    let used = sim(&house).seats(&site).used;
    assert!(sim(&house).set_site(&site, |site| site.seats = used));
    house.subscribe("Grace", "Flex desk", "2026-03-10", None).await;
    doors_learn(&house).await;
    assert!(house.may_open("Ada", FRONT) && !house.may_open("Grace", FRONT));
    let grace = house.person("Grace").await;
    let refused = async || {
        let found = house.findings().await;
        found.into_iter().find_map(|note| match note {
            Note::Refused { person, what } if person == grace => Some(what),
            _ => None,
        })
    };
    let what = refused().await.expect("the operator is told");
    assert!(what.contains("no free seat") && what.contains("Buy seats"), "{what}");
    house.minutes_pass(30).await;
    doors_learn(&house).await;
    assert!(!house.may_open("Grace", FRONT), "asking again makes no seat");
    assert!(refused().await.is_some());
    assert_eq!(sim(&house).seats(&site).used, used);

    // It is tried again every five minutes.
    assert!(sim(&house).set_site(&site, |site| site.seats = used + 1));
    house.minutes_pass(6).await;
    doors_learn(&house).await;
    assert!(house.may_open("Grace", FRONT) && house.may_open("Ada", FRONT));
    assert_eq!(refused().await, None);
    house.compare_now().await;
    let bought = u32::try_from(used + 1).expect("a few");
    assert!(house.findings().await.contains(&Note::SeatsTaken { bought }));
}
