//! Who may do what: each kind of actor against every action.
//!
//! Why so: a default of "no" is only worth something when a test names everything that is "yes".

use access::Instant;
use access::id::*;
use access::may::{Action, Actor, Area, Denial, Locations, Object, Permit, may};

fn person(n: u128) -> PersonId {
    PersonId::new(Instant::from_ms(0), n)
}

fn here() -> LocationId {
    LocationId::new(Instant::from_ms(0), 1)
}

fn there() -> LocationId {
    LocationId::new(Instant::from_ms(0), 2)
}

fn company(n: u128) -> CompanyId {
    CompanyId::new(Instant::from_ms(0), n)
}

fn granted(actor: &Actor) -> Vec<Action> {
    Action::ALL
        .into_iter()
        .filter(|action| may(actor, *action, &Object::Some).is_granted())
        .collect()
}

fn administrator(locations: Locations, areas: &[Area]) -> Actor {
    Actor::Administrator {
        person: None,
        locations,
        areas: areas.to_vec(),
    }
}

#[test]
fn nobody_does_nothing() {
    assert_eq!(granted(&Actor::Anonymous), []);
}

#[test]
fn a_member_has_what_is_theirs_and_a_suspended_one_only_looks() {
    let member = Actor::Member { person: person(1) };
    assert_eq!(
        granted(&member),
        [Action::ViewOwn, Action::BookOwn, Action::OpenOwnDoor]
    );
    assert_eq!(granted(&Actor::Suspended { person: person(1) }), [Action::ViewOwn]);
    let other = Object::Person {
        person: person(2),
        locations: vec![here()],
    };
    for action in Action::ALL {
        assert!(
            !may(&member, action, &other).is_granted(),
            "{action:?} on somebody else"
        );
    }
}

#[test]
fn a_company_manager_has_their_companies_besides() {
    let actor = Actor::CompanyManager {
        person: person(1),
        companies: vec![company(1)],
    };
    let own = [
        Action::ViewOwn,
        Action::BookOwn,
        Action::OpenOwnDoor,
        Action::OwnCompanyRead,
        Action::OwnCompanyWrite,
    ];
    assert_eq!(granted(&actor), own);
    let of = |n| Object::Company {
        company: company(n),
        location: here(),
    };
    assert_eq!(may(&actor, Action::OwnCompanyWrite, &of(1)), Permit::Granted);
    assert_eq!(
        may(&actor, Action::OwnCompanyWrite, &of(2)),
        Permit::Denied(Denial::NotYours)
    );
    assert_eq!(
        may(&actor, Action::CompaniesWrite, &of(1)),
        Permit::Denied(Denial::StaffOnly)
    );
}

#[test]
fn an_administrator_has_their_areas_and_nothing_of_the_owners() {
    let all = granted(&administrator(Locations::All, &Area::ALL));
    let not_theirs = [
        Action::ViewOwn,
        Action::BookOwn,
        Action::OpenOwnDoor,
        Action::OwnCompanyRead,
        Action::OwnCompanyWrite,
        Action::OwnerOnly,
    ];
    for action in Action::ALL {
        assert_eq!(all.contains(&action), !not_theirs.contains(&action), "{action:?}");
    }
    assert_eq!(
        granted(&administrator(Locations::All, &[Area::Bookings])),
        [Action::TodayRead, Action::BookingsRead, Action::BookingsWrite]
    );
    assert_eq!(granted(&administrator(Locations::All, &[])), [Action::TodayRead]);
}

#[test]
fn an_administrator_of_one_location_stays_there() {
    let actor = administrator(Locations::Chosen(vec![here()]), &Area::ALL);
    let denied = Permit::Denied(Denial::OtherLocation);
    assert_eq!(may(&actor, Action::BookingsWrite, &Object::At(here())), Permit::Granted);
    assert_eq!(may(&actor, Action::BookingsWrite, &Object::At(there())), denied);
    assert_eq!(may(&actor, Action::PlansRead, &Object::Network), Permit::Granted);
    assert_eq!(may(&actor, Action::PlansWrite, &Object::Network), denied);
    let of = |locations| Object::Person {
        person: person(1),
        locations,
    };
    assert_eq!(
        may(&actor, Action::PeopleWrite, &of(vec![there(), here()])),
        Permit::Granted
    );
    assert_eq!(may(&actor, Action::PeopleWrite, &of(vec![there()])), denied);
    assert_eq!(may(&actor, Action::PeopleWrite, &of(vec![])), denied);
}

#[test]
fn the_owner_has_all_of_the_business_and_a_token_all_but_what_is_the_owners_in_person() {
    let owner = granted(&Actor::Owner {
        person: Some(person(1)),
    });
    for action in Action::ALL {
        let company = matches!(action, Action::OwnCompanyRead | Action::OwnCompanyWrite);
        assert_eq!(owner.contains(&action), !company, "{action:?}");
    }
    let token = granted(&Actor::ApiToken);
    assert!(token.contains(&Action::IntegrationsWrite) && token.contains(&Action::OpenDoorForOthers));
    assert!(!token.contains(&Action::OwnerOnly) && !token.contains(&Action::OpenOwnDoor));
}
