//! Facts of one integration: who is among them, and who is not.

use access::Window;
use access::facts::*;
use access::id::*;
use store::facts::{self, As};
use store::subscription::{NewItem, NewSubscription};
use store::*;

use crate::house::{House, START, account, date, read, seen, write};

pub async fn only_whom_it_concerns(store: &Store) {
    let house = House::build(store, "Lighthouse", 7).await;
    let act = house.act(START.plus_s(1));
    let [subscriber, colleague, booker, guest, known, given, nobody] = house.people[..] else {
        unreachable!("a house of seven")
    };
    let mut tx = write(store).await;
    let second = integration::create(&mut tx, &act, &account(house.location))
        .await
        .unwrap();
    group::observe(&mut tx, &act, second, &seen()).await.unwrap();
    let there = group::list(&mut tx, house.network, second).await.unwrap()[0].id;
    tx.commit().await.unwrap();
    let people = async |integration: IntegrationId| {
        let facts = load(store, &house, integration).await;
        facts.people.iter().map(|person| person.id).collect::<Vec<_>>()
    };
    assert!(people(house.integration).await.is_empty());

    let mut tx = write(store).await;
    let new = |of: Subscriber, access: ItemAccess, reach: Reach| NewSubscription {
        location: house.location,
        of,
        starts_on: date("2026-09-01"),
        ends_on: None,
        items: vec![NewItem {
            of: ItemOf::Plan(house.plan),
            access,
            reach,
        }],
    };
    let own = new(Subscriber::Person(subscriber), ItemAccess::Inherited, Reach::Everyone);
    subscription::create(&mut tx, &act, &own).await.unwrap();
    let tide = company::Details {
        location: house.location,
        name: "Tide".to_owned(),
    };
    let company = company::create(&mut tx, &act, &tide).await.unwrap();
    company::join(&mut tx, &act, company, colleague, date("2026-09-01"), None)
        .await
        .unwrap();
    let of_company = new(Subscriber::Company(company), ItemAccess::Inherited, Reach::Everyone);
    subscription::create(&mut tx, &act, &of_company).await.unwrap();
    let mut booked = house.booked(2, 60, 120);
    booked.invitees = vec![guest];
    let booking = booking::create(&mut tx, &act, &booked).await.unwrap();
    let details = holder::Details {
        external: None,
        email: "known@harbor.example".to_owned(),
        unconfirmed: false,
        disabled: false,
        card: None,
        refused: None,
    };
    holder::keep(&mut tx, &act, house.integration, known, Some(&details))
        .await
        .unwrap();
    let (at, group) = (house.integration, house.groups[0]);
    grant::plan(&mut tx, &act, at, given, group, Window::ALWAYS, Vec::new())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        people(house.integration).await,
        [subscriber, colleague, booker, guest, known, given],
        "by a contract, a company, a booking, an invitation, a record there, a grant on its way"
    );
    let other = load(store, &house, second).await;
    assert!(other.people.is_empty() && other.subscriptions.is_empty() && other.bookings.is_empty());
    assert_eq!(
        (other.groups.len(), other.doors.len(), other.integrations.len()),
        (2, 2, 1)
    );

    // An item may open other groups than its plan does; and one "with a booking here today" looks at every booking here.
    let mut tx = write(store).await;
    let set = new(
        Subscriber::Company(company),
        ItemAccess::Set(vec![there]),
        Reach::BookedToday,
    );
    subscription::create(&mut tx, &act, &set).await.unwrap();
    tx.commit().await.unwrap();
    let other = load(store, &house, second).await;
    assert_eq!(
        other.people.iter().map(|person| person.id).collect::<Vec<_>>(),
        [colleague]
    );
    assert_eq!(
        (other.subscriptions.len(), other.bookings[0].id, other.resources[0].id),
        (1, booking, house.room)
    );
    assert!(!people(house.integration).await.contains(&nobody));
}

async fn load(store: &Store, house: &House, integration: IntegrationId) -> Facts {
    let mut tx = read(store).await;
    facts::load_integration(&mut tx, house.network, integration, As::Known { now: START })
        .await
        .unwrap()
}
