//! Scenes of the Access page's value, from before a booking to after a suspension.

use access::facts::*;
use access::id::*;

use super::*;

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

const T0: Instant = Instant::from_ms(0);

fn person() -> PersonId {
    PersonId::new(T0, 1)
}

fn door(number: u128, name: &str) -> Door {
    let integration = IntegrationId::new(T0, 1);
    Door {
        id: DoorId::new(T0, number),
        integration,
        name: name.into(),
        site: None,
        gone: false,
        restrictions: Vec::new(),
    }
}

fn group(number: u128, doors: &[&Door]) -> AccessGroup {
    AccessGroup {
        id: AccessGroupId::new(T0, number),
        integration: IntegrationId::new(T0, 1),
        name: format!("Group {number}"),
        gone: false,
        doors: doors.iter().map(|door| door.id).collect(),
        restrictions: Vec::new(),
    }
}

/// A member in Berlin with a plan for the front door from Tuesday, and a room booked today from 14:00 to 15:00.
fn world() -> Facts {
    let (front, lagoon) = (door(1, "Front door"), door(2, "Room Lagoon"));
    let (members, room) = (group(1, &[&front]), group(2, &[&front, &lagoon]));
    let location = LocationId::new(T0, 1);
    let plan = Plan {
        id: PlanId::new(T0, 1),
        name: "Flex desk".into(),
        groups: vec![members.id],
    };
    let item = Item {
        id: ItemId::new(T0, 1),
        of: ItemOf::Plan(plan.id),
        access: ItemAccess::Inherited,
        reach: Reach::Everyone,
    };
    let resource = Resource {
        id: ResourceId::new(T0, 1),
        location,
        name: "Room Lagoon".into(),
        kind: ResourceKind::Room,
        groups: vec![room.id],
        grace: None,
    };
    Facts {
        locations: vec![Location {
            id: location,
            name: "Pier 3".into(),
            zone: "Europe/Berlin".into(),
            grace: Grace::default(),
        }],
        people: vec![Person {
            id: person(),
            name: "Ana".into(),
            email: "ana@x.example".into(),
            state: PersonState::Active,
        }],
        memberships: vec![Membership {
            person: person(),
            location,
            kind: MembershipKind::Member,
        }],
        plans: vec![plan],
        subscriptions: vec![Subscription {
            id: SubscriptionId::new(T0, 1),
            location,
            of: Subscriber::Person(person()),
            starts_on: "2026-03-03".parse().unwrap(),
            ends_on: None,
            cancelled_at: None,
            items: vec![item],
        }],
        bookings: vec![Booking {
            id: BookingId::new(T0, 1),
            resource: resource.id,
            booker: person(),
            invitees: Vec::new(),
            window: Window::new(at("2026-03-02T13:00:00Z"), at("2026-03-02T14:00:00Z")).unwrap(),
            state: BookingState::Confirmed,
        }],
        resources: vec![resource],
        integrations: vec![Integration {
            id: IntegrationId::new(T0, 1),
            location,
            vendor: "vendor".into(),
            state: IntegrationState::Connected,
            visibility: Visibility::Members,
            site: None,
        }],
        groups: vec![members, room],
        doors: vec![front, lagoon],
        ..Facts::default()
    }
}

fn seen(facts: &Facts, now: &str) -> Sight {
    seen_at(facts, &[], now)
}

fn seen_at(facts: &Facts, vendors: &[Abilities], now: &str) -> Sight {
    let viewer = Viewer {
        person: person(),
        staff: false,
    };
    sight(facts, &Names::of(facts), viewer, vendors, at(now))
}

#[test]
fn where_only_the_vendor_s_own_app_opens_the_page_says_what_to_install_and_offers_no_button() {
    let mut row = Abilities {
        vendor: "vendor",
        name: "Kelp Locks",
        app: "Install it and sign in as {email}.",
        ..Abilities::default()
    };
    let facts = world();
    let during = "2026-03-02T13:15:00Z";
    let with_button = Abilities {
        remote_open: true,
        ..row.clone()
    };
    assert!(!buttons(&seen_at(&facts, &[with_button], during)).is_empty());
    let told = seen_at(&facts, &[row.clone()], during);
    assert!(buttons(&told).is_empty());
    let email = &facts.people[0].email;
    assert_eq!(
        told.elsewhere[0].sentence,
        format!("Install it and sign in as {email}.")
    );
    assert_eq!(told.elsewhere[0].state, "open");
    assert!(
        told.why.is_empty(),
        "nobody is told that they hold nothing above what they hold: {:?}",
        told.why
    );
    row.app = "";
    let told = seen_at(&facts, &[row], during);
    assert_eq!(
        told.elsewhere[0].sentence,
        "These doors open with Kelp Locks’s own app or a card."
    );
}

fn buttons(sight: &Sight) -> Vec<&str> {
    sight
        .places
        .iter()
        .flat_map(|place| &place.doors)
        .map(|door| door.name.as_str())
        .collect()
}

#[test]
fn before_the_booking_nothing_opens_and_the_page_says_when_and_why() {
    let sight = seen(&world(), "2026-03-02T10:28:00Z");
    assert!(buttons(&sight).is_empty());
    let rows: Vec<_> = sight
        .later
        .iter()
        .map(|row| format!("{} | {} | {} {}", row.doors, row.cause, row.day, row.time))
        .collect();
    assert_eq!(
        rows,
        [
            "Front door and Room Lagoon | Your booking of Room Lagoon, 14:00 to 15:00 | today 13:30",
            "Front door | Your plan Flex desk | tomorrow 00:00"
        ]
    );
    assert_eq!(
        sight.why[0].sentence,
        "Opens from today 13:30. Your booking of Room Lagoon, 14:00 to 15:00."
    );
    assert_eq!(sight.why[0].state, "scheduled");
    assert_eq!(sight.next_edge, Some(at("2026-03-02T12:30:00Z")));
}

#[test]
fn inside_the_window_both_doors_are_buttons_with_their_end() {
    let sight = seen(&world(), "2026-03-02T12:30:00Z");
    assert_eq!(buttons(&sight), ["Front door", "Room Lagoon"]);
    assert_eq!(sight.places[0].doors[1].place, "Pier 3 · until 15:30");
    assert!(sight.why.is_empty());
    assert_eq!(sight.later.len(), 1, "only the plan is still to come");
}

#[test]
fn a_page_that_is_not_shown_to_them_offers_no_button_and_says_so() {
    let mut facts = world();
    facts.memberships.clear();
    let sight = seen(&facts, "2026-03-02T12:30:00Z");
    assert!(buttons(&sight).is_empty() && sight.later.is_empty());
    assert_eq!(sight.elsewhere[0].doors, "Front door and Room Lagoon");
}

#[test]
fn a_door_that_cannot_be_opened_remotely_is_no_button() {
    let mut facts = world();
    facts.doors[1]
        .restrictions
        .push("the reader wants the phone nearby".into());
    let sight = seen(&facts, "2026-03-02T12:30:00Z");
    assert_eq!(buttons(&sight), ["Front door"]);
    assert_eq!(sight.elsewhere[0].doors, "Room Lagoon");
}

#[test]
fn suspended_people_read_one_sentence_and_no_promises() {
    let mut facts = world();
    facts.people[0].state = PersonState::Suspended;
    let sight = seen(&facts, "2026-03-02T12:30:00Z");
    assert!(buttons(&sight).is_empty() && sight.later.is_empty());
    assert_eq!(sight.why.len(), 1);
    assert!(sight.why[0].sentence.contains("suspended"));
}

#[test]
fn a_group_that_is_gone_is_named_even_when_no_door_is_left() {
    let mut facts = world();
    facts.groups[1].gone = true;
    facts.groups[1].doors.clear();
    facts.doors.clear();
    let sight = seen(&facts, "2026-03-02T12:30:00Z");
    assert!(
        sight.why[0].sentence.contains("the door system has none"),
        "{:?}",
        sight.why
    );
}

#[test]
fn who_holds_nothing_reads_one_sentence_not_one_for_each_door() {
    let mut facts = world();
    facts.bookings.clear();
    facts.subscriptions.clear();
    let sight = seen(&facts, "2026-03-02T12:30:00Z");
    assert_eq!(sight.why.len(), 1);
    assert_eq!(sight.why[0].doors, "");
}

#[test]
fn the_mark_changes_with_what_is_shown_and_only_then() {
    let facts = world();
    assert_eq!(
        seen(&facts, "2026-03-02T12:30:00Z").mark(),
        seen(&facts, "2026-03-02T12:35:00Z").mark()
    );
    assert_ne!(
        seen(&facts, "2026-03-02T12:29:00Z").mark(),
        seen(&facts, "2026-03-02T12:30:00Z").mark()
    );
}
