//! Every edge minute of the offer: a booking's grace, a contract's first day, visibility, leaving.

use super::*;
use crate::Window;
use crate::facts::*;

const MINUTE: i64 = 60_000;

fn id<T>(new: impl Fn(Instant, u128) -> T, number: u128) -> T {
    new(Instant::from_ms(0), number)
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn ada() -> PersonId {
    id(PersonId::new, 1)
}

fn pier() -> LocationId {
    id(LocationId::new, 1)
}

fn account() -> IntegrationId {
    id(IntegrationId::new, 1)
}

fn members() -> AccessGroupId {
    id(AccessGroupId::new, 1)
}

fn room() -> ResourceId {
    id(ResourceId::new, 1)
}

fn row() -> Abilities {
    Abilities {
        digital_key: true,
        ..Abilities::default()
    }
}

/// Ada, who is no member of anything yet; a room with 30 minutes of grace, behind an account that everybody sees.
fn world() -> Facts {
    Facts {
        locations: vec![Location {
            id: pier(),
            name: "Pier 3".into(),
            zone: "Europe/Berlin".into(),
            grace: Grace::default(),
        }],
        people: vec![Person {
            id: ada(),
            name: "Ada".into(),
            email: "ada@x.example".into(),
            state: PersonState::Active,
        }],
        resources: vec![Resource {
            id: room(),
            location: pier(),
            name: "Lagoon".into(),
            kind: ResourceKind::Room,
            groups: vec![members()],
            grace: None,
        }],
        integrations: vec![Integration {
            id: account(),
            location: pier(),
            vendor: "any".into(),
            state: IntegrationState::Connected,
            visibility: Visibility::Public,
            site: None,
        }],
        groups: vec![AccessGroup {
            id: members(),
            integration: account(),
            name: "Members".into(),
            gone: false,
            doors: Vec::new(),
            restrictions: Vec::new(),
        }],
        ..Facts::default()
    }
}

fn booked(facts: &mut Facts, number: u128, from: &str, until: &str) {
    facts.bookings.push(Booking {
        id: id(BookingId::new, number),
        resource: room(),
        booker: ada(),
        invitees: Vec::new(),
        window: Window::new(at(from), at(until)).unwrap(),
        state: BookingState::Confirmed,
    });
}

fn subscribed(facts: &mut Facts, from: &str, until: Option<&str>) {
    facts.subscriptions.push(Subscription {
        id: id(SubscriptionId::new, 1),
        location: pier(),
        of: Subscriber::Person(ada()),
        starts_on: from.parse().unwrap(),
        ends_on: until.map(|until| until.parse().unwrap()),
        cancelled_at: None,
        items: vec![Item {
            id: id(ItemId::new, 1),
            of: ItemOf::Rental(room()),
            access: ItemAccess::Inherited,
            reach: Reach::Everyone,
        }],
    });
}

fn member(facts: &mut Facts, kind: MembershipKind) {
    facts.memberships = vec![Membership {
        person: ada(),
        location: pier(),
        kind,
    }];
}

fn asked(facts: &Facts, staff: bool, row: &Abilities, now: Instant) -> Offer {
    let asker = Asker {
        person: ada(),
        staff,
        had_one: false,
        integration: account(),
        row,
    };
    offer(&Index::new(facts), asker, now)
}

/// The same to somebody who had a key before.
fn offered_again(facts: &Facts, now: Instant) -> Offer {
    let asker = Asker {
        person: ada(),
        staff: false,
        had_one: true,
        integration: account(),
        row: &row(),
    };
    offer(&Index::new(facts), asker, now)
}

fn offered(facts: &Facts, now: Instant) -> Offer {
    asked(facts, false, &row(), now)
}

const INSIDE: Offer = Offer::Offered { inside: true };
const OUTSIDE: Offer = Offer::Offered { inside: false };

#[test]
fn it_appears_thirty_minutes_before_the_first_booking_to_the_minute() {
    let mut facts = world();
    booked(&mut facts, 1, "2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z");
    let from = at("2026-03-02T11:30:00Z");
    let source = Source::Booker {
        booking: id(BookingId::new, 1),
    };
    let waits = Offer::NotYet { from, source };
    assert_eq!(offered(&facts, from.plus_ms(-MINUTE)), waits);
    assert_eq!(offered(&facts, from.plus_ms(-1)), waits);
    assert_eq!(offered(&facts, from), INSIDE);
    let until = at("2026-03-02T13:30:00Z");
    assert_eq!(offered(&facts, until.plus_ms(-1)), INSIDE);
    assert_eq!(offered(&facts, until), Offer::Ended { since: until });
}

#[test]
fn the_resources_own_grace_counts() {
    let mut facts = world();
    facts.resources[0].grace = Some(Grace {
        before_minutes: 5,
        after_minutes: 0,
    });
    booked(&mut facts, 1, "2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z");
    let from = at("2026-03-02T11:55:00Z");
    assert!(matches!(offered(&facts, from.plus_ms(-1)), Offer::NotYet { from: says, .. } if says == from));
    assert_eq!(offered(&facts, from), INSIDE);
}

#[test]
fn a_contract_brings_it_on_its_first_day_in_the_locations_zone() {
    let mut facts = world();
    subscribed(&mut facts, "2026-03-03", Some("2026-03-05"));
    let midnight = at("2026-03-02T23:00:00Z");
    assert!(matches!(offered(&facts, midnight.plus_ms(-1)), Offer::NotYet { from, .. } if from == midnight));
    assert_eq!(offered(&facts, midnight), INSIDE);
    let over = at("2026-03-05T23:00:00Z");
    assert_eq!(offered(&facts, over.plus_ms(-1)), INSIDE);
    assert_eq!(offered(&facts, over), Offer::Ended { since: over });
}

#[test]
fn who_had_access_before_need_not_wait_for_the_next_booking() {
    let mut facts = world();
    booked(&mut facts, 1, "2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z");
    booked(&mut facts, 2, "2026-03-09T12:00:00Z", "2026-03-09T13:00:00Z");
    assert_eq!(offered(&facts, at("2026-03-02T10:00:00Z")), OUTSIDE);
    // The first one long ago is not among the facts; that she had a key then is still known.
    facts.bookings.remove(0);
    assert!(matches!(
        offered(&facts, at("2026-03-02T10:00:00Z")),
        Offer::NotYet { .. }
    ));
    assert_eq!(offered_again(&facts, at("2026-03-02T10:00:00Z")), OUTSIDE);
}

#[test]
fn nothing_held_is_nothing_offered_even_to_somebody_who_had_a_key_before() {
    assert_eq!(offered_again(&world(), at("2026-03-02T10:00:00Z")), Offer::Hidden);
}

#[test]
fn what_the_vendor_is_given_ahead_of_time_brings_no_key_ahead_of_time() {
    let mut facts = world();
    booked(&mut facts, 1, "2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z");
    let from = at("2026-03-02T11:30:00Z");
    facts.holders.push(Holder {
        person: ada(),
        integration: account(),
        unconfirmed: false,
        disabled: false,
        held: vec![Held {
            group: members(),
            window: Window::new(from, at("2026-03-02T13:30:00Z")).unwrap(),
        }],
        refused: None,
    });
    assert!(matches!(offered(&facts, from.plus_s(-60)), Offer::NotYet { .. }));
}

#[test]
fn a_booking_that_counts_for_nothing_offers_nothing() {
    let now = at("2026-03-02T12:10:00Z");
    for state in [BookingState::Requested, BookingState::Cancelled] {
        let mut facts = world();
        booked(&mut facts, 1, "2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z");
        facts.bookings[0].state = state;
        assert_eq!(offered(&facts, now), Offer::Hidden);
    }
}

#[test]
fn visibility_rules_the_key_as_it_rules_the_doors_and_staff_see_it_always() {
    let now = at("2026-03-02T12:10:00Z");
    let mut facts = world();
    booked(&mut facts, 1, "2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z");
    for (visibility, nonmember, here) in [
        (Visibility::Public, INSIDE, INSIDE),
        (Visibility::NetworkMembers, Offer::Hidden, INSIDE),
        (Visibility::Members, Offer::Hidden, INSIDE),
        (Visibility::Administrators, Offer::Hidden, Offer::Hidden),
    ] {
        facts.integrations[0].visibility = visibility;
        member(&mut facts, MembershipKind::Nonmember);
        assert_eq!(offered(&facts, now), nonmember, "{visibility:?}");
        assert_eq!(asked(&facts, true, &row(), now), INSIDE, "{visibility:?}");
        member(&mut facts, MembershipKind::Member);
        assert_eq!(offered(&facts, now), here, "{visibility:?}");
    }
}

#[test]
fn a_vendor_without_keys_and_an_account_that_is_left_offer_none() {
    let now = at("2026-03-02T12:10:00Z");
    let mut facts = world();
    booked(&mut facts, 1, "2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z");
    assert_eq!(asked(&facts, true, &Abilities::default(), now), Offer::Hidden);
    for (state, says) in [
        (IntegrationState::Connected, INSIDE),
        (IntegrationState::NeedsSignIn, INSIDE),
        (IntegrationState::Leaving, Offer::Hidden),
        (IntegrationState::RunningOut, Offer::Hidden),
        (IntegrationState::Revoking, Offer::Hidden),
        (IntegrationState::Disconnected, Offer::Hidden),
    ] {
        facts.integrations[0].state = state;
        assert_eq!(offered(&facts, now), says, "{state:?}");
    }
}

#[test]
fn a_suspended_person_and_a_group_that_is_gone_or_elsewhere_lead_to_no_key() {
    let now = at("2026-03-02T12:10:00Z");
    let mut facts = world();
    booked(&mut facts, 1, "2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z");
    let mut suspended = facts.clone();
    suspended.people[0].state = PersonState::Suspended;
    assert_eq!(offered(&suspended, now), Offer::Hidden);
    let mut gone = facts.clone();
    gone.groups[0].gone = true;
    assert_eq!(offered(&gone, now), Offer::Hidden);
    facts.groups[0].integration = id(IntegrationId::new, 2);
    assert_eq!(offered(&facts, now), Offer::Hidden);
}
