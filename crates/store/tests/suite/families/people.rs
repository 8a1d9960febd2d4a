//! Networks, locations, people, companies.

use access::facts::*;
use access::id::*;
use store::*;

use crate::house::{House, START, date, human, place, read, write};

pub async fn networks_and_locations(store: &Store, house: &House) {
    let mut tx = write(store).await;
    let act = house.act(START.plus_s(1));
    let renamed = network::Details {
        name: "Harbor".to_owned(),
        accent: "#000000".to_owned(),
    };
    network::change(&mut tx, &act, &renamed).await.unwrap();
    assert_eq!(network::read(&mut tx, house.network).await.unwrap().details, renamed);
    assert!(network::all(&mut tx).await.unwrap().len() >= 2);
    wakeup::forget(&mut tx, house.network, house.integration).await.unwrap();
    let details = location::Details {
        name: "Pier 4".to_owned(),
        ..place()
    };
    location::change(&mut tx, &act, house.location, &details).await.unwrap();
    assert!(
        wakeup::waiting(&mut tx, house.network).await.unwrap().is_empty(),
        "a name moves no window"
    );
    let details = location::Details {
        zone: "Europe/Lisbon".to_owned(),
        ..details
    };
    location::change(&mut tx, &act, house.location, &details).await.unwrap();
    assert_eq!(
        wakeup::waiting(&mut tx, house.network).await.unwrap().len(),
        1,
        "a zone does"
    );
    assert_eq!(
        location::read(&mut tx, house.network, house.location)
            .await
            .unwrap()
            .details,
        details
    );
    assert!(
        location::find(&mut tx, house.network, LocationId::new(START, 1))
            .await
            .unwrap()
            .is_none()
    );
    let second = location::create(&mut tx, &act, &place()).await.unwrap();
    let page = Page { limit: 1, after: None };
    let part = location::list(&mut tx, house.network, &page).await.unwrap();
    assert_eq!(part.rows[0].id, house.location);
    let rest = location::list(
        &mut tx,
        house.network,
        &Page {
            limit: 1,
            after: part.next,
        },
    )
    .await
    .unwrap();
    assert_eq!((rest.rows[0].id, rest.next), (second, None));
    tx.commit().await.unwrap();
}

pub async fn people(store: &Store, house: &House, other: &House) {
    let act = house.act(START.plus_s(2));
    let mut tx = write(store).await;
    assert_eq!(person::count(&mut tx, house.network).await.unwrap(), 5);
    let found = person::by_email(&mut tx, house.network, " ADA1@harbor.EXAMPLE ")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (found.id, found.details.cards.as_slice()),
        (house.people[1], ["card-1".to_owned()].as_slice())
    );
    assert_eq!(
        person::read(&mut tx, other.network, house.people[1])
            .await
            .unwrap_err()
            .kind,
        Kind::NotFound
    );
    for wrong in ["", "ada", "@x", "a@", "a b@c", "a@b@c"] {
        let details = person::Details {
            email: wrong.to_owned(),
            ..human(50)
        };
        assert_eq!(
            person::create(&mut tx, &act, &details).await.unwrap_err().kind,
            Kind::Invalid,
            "{wrong}"
        );
    }
    let conflict = person::create(&mut tx, &act, &human(1)).await.unwrap_err();
    assert_eq!(conflict.kind, Kind::Conflict);
    assert!(conflict.to_string().contains("ada1@harbor.example"));
    let odd = person::create(
        &mut tx,
        &act,
        &person::Details {
            name: "100%_Öl!".to_owned(),
            ..human(60)
        },
    )
    .await
    .unwrap();
    by_card(&mut tx, house, other, odd).await;
    let search = |text: &str| person::Filter {
        search: Some(text.to_owned()),
        ..Default::default()
    };
    let page = Page::default();
    for text in ["%_ö", "ÖL!", "ada60@"] {
        let rows = person::list(&mut tx, house.network, &search(text), &page)
            .await
            .unwrap()
            .rows;
        assert_eq!(rows.iter().map(|one| one.id).collect::<Vec<_>>(), [odd], "{text}");
    }
    // Pages of two, by name, meet everybody once.
    let (mut met, mut after) = (Vec::new(), None);
    loop {
        let part = person::list(&mut tx, house.network, &Default::default(), &Page { limit: 2, after })
            .await
            .unwrap();
        met.extend(part.rows.iter().map(|one| one.id));
        after = part.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(met.len(), 6);
    assert!(
        person::list(
            &mut tx,
            house.network,
            &Default::default(),
            &Page {
                limit: 2,
                after: Some("x".into())
            }
        )
        .await
        .is_err()
    );

    let member = Some(MembershipKind::Member);
    person::set_membership(&mut tx, &act, house.people[0], house.location, member)
        .await
        .unwrap();
    person::set_membership(&mut tx, &act, house.people[0], house.location, member)
        .await
        .unwrap();
    assert_eq!(
        person::memberships(&mut tx, house.network, house.people[0])
            .await
            .unwrap(),
        [(house.location, MembershipKind::Member)]
    );
    let here = person::Filter {
        location: Some(house.location),
        ..Default::default()
    };
    assert_eq!(
        person::list(&mut tx, house.network, &here, &page)
            .await
            .unwrap()
            .rows
            .len(),
        1
    );
    assert!(
        person::set_membership(&mut tx, &act, house.people[0], other.location, member)
            .await
            .is_err()
    );

    // A removed person frees the e-mail, and is no longer listed.
    person::set_state(&mut tx, &act, odd, PersonState::Removed)
        .await
        .unwrap();
    assert!(person::find(&mut tx, house.network, odd).await.unwrap().is_some());
    assert!(
        person::by_email(&mut tx, house.network, "ada60@harbor.example")
            .await
            .unwrap()
            .is_none()
    );
    person::create(&mut tx, &act, &human(60)).await.unwrap();
    let gone = person::Filter {
        state: Some(PersonState::Removed),
        ..Default::default()
    };
    assert_eq!(
        person::list(&mut tx, house.network, &gone, &page)
            .await
            .unwrap()
            .rows
            .len(),
        1
    );
    tx.commit().await.unwrap();
}

/// What lists read of many rows in one go is what they would read one by one.
pub async fn in_one_go(store: &Store, house: &House, other: &House) {
    let mut tx = read(store).await;
    let network = house.network;
    let people = person::list(&mut tx, network, &person::Filter::default(), &Page::longest())
        .await
        .unwrap()
        .rows;
    let ids: Vec<PersonId> = people.iter().map(|one| one.id).collect();
    let mut several = person::several(&mut tx, network, &ids).await.unwrap();
    several.sort_by_key(|one| ids.iter().position(|id| *id == one.id));
    assert_eq!(several, people);
    assert!(person::several(&mut tx, other.network, &ids).await.unwrap().is_empty());
    assert!(person::several(&mut tx, network, &[]).await.unwrap().is_empty());
    let (mut places, mut belongings) = (Vec::new(), Vec::new());
    for id in &ids {
        let own = person::memberships(&mut tx, network, *id).await.unwrap();
        places.extend(own.into_iter().map(|(location, kind)| (*id, location, kind)));
        belongings.extend(company::of_person(&mut tx, network, *id).await.unwrap());
    }
    let mut told = person::memberships_of(&mut tx, network, &ids).await.unwrap();
    told.sort_by_key(|one| (ids.iter().position(|id| *id == one.0), one.1));
    assert_eq!(told, places);
    let mut told = company::of_people(&mut tx, network, &ids).await.unwrap();
    told.sort_by_key(|one| one.id);
    belongings.sort_by_key(|one| one.id);
    assert_eq!(told, belongings);
    assert!(
        company::of_people(&mut tx, other.network, &ids)
            .await
            .unwrap()
            .is_empty()
    );
    let all = company::list(&mut tx, network, &company::Filter::default(), &Page::longest())
        .await
        .unwrap()
        .rows;
    let companies: Vec<CompanyId> = all.iter().map(|one| one.id).collect();
    assert_eq!(
        company::several(&mut tx, network, &companies).await.unwrap().len(),
        all.len()
    );
    let mut told = company::members_of(&mut tx, network, &companies).await.unwrap();
    told.sort_by_key(|one| one.id);
    let mut members = Vec::new();
    for id in &companies {
        members.extend(company::members(&mut tx, network, *id).await.unwrap());
    }
    members.sort_by_key(|one| one.id);
    assert_eq!(told, members);

    let mut newest = Vec::new();
    let mut page = Page { limit: 2, after: None };
    loop {
        let part = person::newest(&mut tx, network, &person::Filter::default(), &page)
            .await
            .unwrap();
        newest.extend(part.rows.into_iter().map(|one| one.id));
        match part.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    let mut downwards = ids.clone();
    downwards.sort_unstable_by(|a, b| b.cmp(a));
    assert_eq!(newest, downwards);
}

pub async fn companies(store: &Store, house: &House, other: &House) {
    let act = house.act(START.plus_s(3));
    let mut tx = write(store).await;
    let details = company::Details {
        location: house.location,
        name: "Tide".to_owned(),
    };
    let tide = company::create(&mut tx, &act, &details).await.unwrap();
    let wave = company::create(
        &mut tx,
        &act,
        &company::Details {
            name: "Wave".to_owned(),
            ..details
        },
    )
    .await
    .unwrap();
    company::rename(&mut tx, &act, tide, "Tide & Co").await.unwrap();
    assert_eq!(
        company::read(&mut tx, house.network, tide).await.unwrap().details.name,
        "Tide & Co"
    );
    assert!(company::find(&mut tx, other.network, tide).await.unwrap().is_none());
    let filter = company::Filter {
        search: Some("& c".to_owned()),
        location: Some(house.location),
    };
    assert_eq!(
        company::list(&mut tx, house.network, &filter, &Page::default())
            .await
            .unwrap()
            .rows
            .len(),
        1
    );
    let (from, until) = (date("2026-09-01"), date("2026-09-30"));
    let who = house.people[0];
    assert!(
        company::join(&mut tx, &act, tide, who, until, Some(from))
            .await
            .is_err()
    );
    let id = company::join(&mut tx, &act, tide, who, from, Some(until))
        .await
        .unwrap();
    let clash = company::join(&mut tx, &act, wave, who, until, None).await.unwrap_err();
    assert!(clash.kind == Kind::Conflict && clash.to_string().contains("Tide & Co"));
    company::join(&mut tx, &act, wave, who, date("2026-10-01"), None)
        .await
        .unwrap();
    company::change_dates(&mut tx, &act, id, from, Some(date("2026-09-15")))
        .await
        .unwrap();
    assert_eq!(
        company::read_membership(&mut tx, house.network, id)
            .await
            .unwrap()
            .left_on,
        Some(date("2026-09-15"))
    );
    company::remove(&mut tx, &act, id).await.unwrap();
    company::remove(&mut tx, &act, id).await.unwrap();
    assert_eq!(
        company::members(&mut tx, house.network, tide).await.unwrap()[0].removed_at,
        Some(act.now)
    );
    assert_eq!(company::of_person(&mut tx, house.network, who).await.unwrap().len(), 2);
    let filter = person::Filter {
        company: Some(wave),
        ..Default::default()
    };
    assert_eq!(
        person::list(&mut tx, house.network, &filter, &Page::default())
            .await
            .unwrap()
            .rows
            .len(),
        1
    );
    tx.commit().await.unwrap();
}

/// A card is one person's, or nobody's: never somebody else's with a number alike.
async fn by_card(tx: &mut Tx, house: &House, other: &House, odd: PersonId) {
    let act = house.act(START.plus_s(3));
    let whose = async |tx: &mut Tx, number: &str| person::with_card(tx, house.network, number).await.unwrap();
    assert_eq!(whose(tx, "card-1").await, Some(house.people[1]));
    for alike in [
        "card-",
        "card",
        "ard-1",
        "CARD-1",
        "card_1",
        "%",
        "",
        "card-1\",\"card-2",
    ] {
        assert_eq!(whose(tx, alike).await, None, "{alike}");
    }
    let elsewhere = person::with_card(tx, other.network, "card-0").await.unwrap();
    assert_eq!(elsewhere, Some(other.people[0]), "each network has its own");
    assert_eq!(person::with_card(tx, other.network, "card-1").await.unwrap(), None);
    let before = person::read(tx, house.network, odd).await.unwrap().details;
    let cards = |cards: &[&str]| person::Details {
        cards: cards.iter().map(|&card| card.to_owned()).collect(),
        ..before.clone()
    };
    person::change(tx, &act, odd, &cards(&["Ä%_!\"", "card-1"]))
        .await
        .unwrap();
    assert_eq!(whose(tx, "Ä%_!\"").await, Some(odd));
    assert_eq!(whose(tx, "card-1").await, None, "two people have it");
    person::set_state(tx, &act, odd, PersonState::Removed).await.unwrap();
    assert_eq!(whose(tx, "card-1").await, Some(house.people[1]));
    person::set_state(tx, &act, odd, PersonState::Active).await.unwrap();
    person::change(tx, &act, odd, &before).await.unwrap();
}
