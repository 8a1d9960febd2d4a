//! Plans, resources, subscriptions, bookings, integrations.

use access::Window;
use access::change::Seats;
use access::facts::*;
use access::vendor::Secret;
use serde_json::json;
use store::subscription::{NewItem, NewSubscription};
use store::*;

use crate::house::{House, START, account, date, offer, room, span, write};

pub async fn plans_and_resources(store: &Store, house: &House, other: &House) {
    let act = house.act(START.plus_s(4));
    let mut tx = write(store).await;
    wakeup::forget(&mut tx, house.network, house.integration).await.unwrap();
    let foreign = offer(house.location, vec![other.groups[0]]);
    assert_eq!(
        plan::create(&mut tx, &act, &foreign).await.unwrap_err().kind,
        Kind::NotFound
    );
    let details = plan::Details {
        archived: true,
        ..offer(house.location, vec![house.groups[0]])
    };
    plan::change(&mut tx, &act, house.plan, &details).await.unwrap();
    assert!(
        wakeup::waiting(&mut tx, house.network).await.unwrap().is_empty(),
        "the groups are the same"
    );
    assert_eq!(
        plan::read(&mut tx, house.network, house.plan).await.unwrap().details,
        details
    );
    let page = Page::default();
    assert!(
        plan::list(&mut tx, house.network, &Default::default(), &page)
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    let filter = plan::Filter {
        location: Some(house.location),
        archived_too: true,
    };
    assert_eq!(
        plan::list(&mut tx, house.network, &filter, &page)
            .await
            .unwrap()
            .rows
            .len(),
        1
    );
    plan::change(&mut tx, &act, house.plan, &offer(house.location, house.groups.clone()))
        .await
        .unwrap();
    let waiting = wakeup::waiting(&mut tx, house.network).await.unwrap();
    assert_eq!(
        (waiting.len(), waiting[0].person),
        (1, None),
        "a plan wakes the integration as a whole"
    );
    assert!(plan::find(&mut tx, other.network, house.plan).await.unwrap().is_none());

    let details = resource::Details {
        grace: Some(Grace {
            before_minutes: 0,
            after_minutes: 5,
        }),
        opening_hours: Some(json!({"mon": "9-5"})),
        ..room(house.location, house.groups.clone())
    };
    resource::change(&mut tx, &act, house.room, &details).await.unwrap();
    assert_eq!(
        resource::read(&mut tx, house.network, house.room)
            .await
            .unwrap()
            .details,
        details
    );
    let desks = resource::Filter {
        kind: Some(ResourceKind::Desk),
        ..Default::default()
    };
    assert!(
        resource::list(&mut tx, house.network, &desks, &page)
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    let rooms = resource::Filter {
        kind: Some(ResourceKind::Room),
        location: Some(house.location),
        archived_too: false,
    };
    assert_eq!(
        resource::list(&mut tx, house.network, &rooms, &page)
            .await
            .unwrap()
            .rows
            .len(),
        1
    );
    assert!(
        resource::find(&mut tx, other.network, house.room)
            .await
            .unwrap()
            .is_none()
    );
    tx.commit().await.unwrap();
}

pub async fn subscriptions(store: &Store, house: &House, other: &House) {
    let act = house.act(START.plus_s(5));
    let mut tx = write(store).await;
    wakeup::forget(&mut tx, house.network, house.integration).await.unwrap();
    let item = NewItem {
        of: ItemOf::Plan(house.plan),
        access: ItemAccess::Inherited,
        reach: Reach::Everyone,
    };
    let new = NewSubscription {
        location: house.location,
        of: Subscriber::Person(house.people[1]),
        starts_on: date("2026-10-01"),
        ends_on: None,
        items: vec![item.clone()],
    };
    let nothing = NewSubscription {
        items: Vec::new(),
        ..new.clone()
    };
    assert_eq!(
        subscription::create(&mut tx, &act, &nothing).await.unwrap_err().kind,
        Kind::Invalid
    );
    let foreign = NewSubscription {
        of: Subscriber::Person(other.people[0]),
        ..new.clone()
    };
    assert_eq!(
        subscription::create(&mut tx, &act, &foreign).await.unwrap_err().kind,
        Kind::NotFound
    );
    let id = subscription::create(&mut tx, &act, &new).await.unwrap();
    let waiting = wakeup::waiting(&mut tx, house.network).await.unwrap();
    assert_eq!((waiting.len(), waiting[0].person), (1, Some(house.people[1])));
    subscription::change_dates(&mut tx, &act, id, date("2026-10-02"), Some(date("2026-10-31")))
        .await
        .unwrap();
    assert!(
        subscription::change_dates(&mut tx, &act, id, date("2026-10-02"), Some(date("2026-10-01")))
            .await
            .is_err()
    );
    let set = NewItem {
        of: ItemOf::Rental(house.room),
        access: ItemAccess::Set(vec![house.groups[1]]),
        reach: Reach::Chosen(vec![house.people[2]]),
    };
    let second = subscription::add_item(&mut tx, &act, id, &set).await.unwrap();
    subscription::change_item(
        &mut tx,
        &act,
        id,
        second,
        &NewItem {
            access: ItemAccess::Set(Vec::new()),
            ..set
        },
    )
    .await
    .unwrap();
    let kept = subscription::read(&mut tx, house.network, id).await.unwrap();
    assert_eq!(
        (kept.items.len(), &kept.items[1].access),
        (2, &ItemAccess::Set(Vec::new()))
    );
    subscription::remove_item(&mut tx, &act, id, second).await.unwrap();
    subscription::cancel(&mut tx, &act, id, Some(act.now)).await.unwrap();
    subscription::cancel(&mut tx, &act, id, None).await.unwrap();
    let kept = subscription::find(&mut tx, house.network, id).await.unwrap().unwrap();
    assert_eq!(
        (kept.items.len(), kept.cancelled_at, kept.ends_on),
        (1, None, Some(date("2026-10-31")))
    );
    for filter in [
        subscription::Filter {
            person: Some(house.people[1]),
            ..Default::default()
        },
        subscription::Filter {
            plan: Some(house.plan),
            location: Some(house.location),
            ..Default::default()
        },
    ] {
        let rows = subscription::list(&mut tx, house.network, &filter, &Page::default())
            .await
            .unwrap()
            .rows;
        assert_eq!(rows, std::slice::from_ref(&kept));
    }
    let rented = subscription::Filter {
        resource: Some(house.room),
        ..Default::default()
    };
    assert!(
        subscription::list(&mut tx, house.network, &rented, &Page::default())
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    let (today, now) = ("2031-01-01".parse().unwrap(), START);
    let running = subscription::running(&mut tx, house.network, house.location, today, now)
        .await
        .unwrap();
    let all = subscription::list(
        &mut tx,
        house.network,
        &subscription::Filter::default(),
        &Page::longest(),
    )
    .await;
    for (plan, many) in &running {
        let runs = |one: &&Subscription| {
            one.location == house.location
                && one.starts_on <= today
                && one.ends_on.is_none_or(|last| last >= today)
                && one.cancelled_at.is_none_or(|at| at > now)
                && one.items.iter().any(|item| item.of == ItemOf::Plan(*plan))
        };
        let expected = all.as_ref().unwrap().rows.iter().filter(runs).count();
        assert_eq!(*many, expected as u64);
    }
    tx.commit().await.unwrap();
}

pub async fn bookings(store: &Store, house: &House, other: &House) {
    let act = house.act(START.plus_s(6));
    let mut tx = write(store).await;
    wakeup::forget(&mut tx, house.network, house.integration).await.unwrap();
    let mut wanted = house.booked(0, 60, 120);
    wanted.invitees = vec![house.people[1], house.people[1], house.people[0]];
    let id = booking::create(&mut tx, &act, &wanted).await.unwrap();
    let kept = booking::read(&mut tx, house.network, id).await.unwrap().details;
    assert_eq!(kept.invitees, [house.people[1]], "each once, the booker not among them");
    let woken: Vec<_> = wakeup::waiting(&mut tx, house.network)
        .await
        .unwrap()
        .iter()
        .map(|one| one.person)
        .collect();
    assert!(woken.contains(&Some(house.people[0])) && woken.contains(&Some(house.people[1])) && woken.len() == 2);
    let moved = booking::Details {
        invitees: vec![house.people[2]],
        window: span(180, 240),
        ..kept
    };
    booking::change(&mut tx, &act, id, &moved).await.unwrap();
    assert_eq!(
        booking::find(&mut tx, house.network, id)
            .await
            .unwrap()
            .unwrap()
            .details,
        moved
    );
    assert_eq!(
        booking::clashes(&mut tx, house.network, house.room, span(250, 300), 15, None)
            .await
            .unwrap(),
        [span(180, 240)]
    );
    assert!(
        booking::clashes(&mut tx, house.network, house.room, span(250, 300), 15, Some(id))
            .await
            .unwrap()
            .is_empty()
    );
    let list = async |tx: &mut Tx, filter: booking::Filter| {
        booking::list(tx, house.network, &filter, &Page::default())
            .await
            .unwrap()
            .rows
            .len()
    };
    let none = booking::Filter::default();
    assert_eq!(
        list(
            &mut tx,
            booking::Filter {
                person: Some(house.people[2]),
                ..none.clone()
            }
        )
        .await,
        1
    );
    assert_eq!(
        list(
            &mut tx,
            booking::Filter {
                person: Some(house.people[1]),
                ..none.clone()
            }
        )
        .await,
        0
    );
    assert_eq!(
        list(
            &mut tx,
            booking::Filter {
                resource: Some(house.room),
                within: Some(span(239, 600)),
                ..none.clone()
            }
        )
        .await,
        1
    );
    assert_eq!(
        list(
            &mut tx,
            booking::Filter {
                within: Some(span(240, 600)),
                ..none.clone()
            }
        )
        .await,
        0
    );
    assert_eq!(
        list(
            &mut tx,
            booking::Filter {
                location: Some(house.location),
                ..none.clone()
            }
        )
        .await,
        1
    );
    let text = booking::read(&mut tx, house.network, id)
        .await
        .unwrap()
        .details
        .title
        .to_uppercase();
    let titled = booking::titled(&mut tx, house.network, &text, START, 5).await.unwrap();
    assert_eq!(titled.iter().filter(|one| one.id == id).count(), 1);
    assert!(
        booking::titled(&mut tx, other.network, &text, START, 5)
            .await
            .unwrap()
            .is_empty()
    );
    booking::set_state(&mut tx, &act, id, BookingState::Cancelled)
        .await
        .unwrap();
    assert!(
        booking::titled(&mut tx, house.network, &text, START, 5)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(list(&mut tx, none.clone()).await, 0);
    assert_eq!(
        list(
            &mut tx,
            booking::Filter {
                cancelled_too: true,
                ..none
            }
        )
        .await,
        1
    );
    let versions = booking::versions(&mut tx, house.network, id).await.unwrap();
    let later = house.act(START.plus_s(7));
    booking::change(&mut tx, &later, id, &moved).await.unwrap();
    assert_eq!(
        booking::versions(&mut tx, house.network, id).await.unwrap(),
        versions + 1
    );
    assert_eq!(booking::versions(&mut tx, other.network, id).await.unwrap(), 0);
    assert!(booking::find(&mut tx, other.network, id).await.unwrap().is_none());
    let forever = booking::Details {
        window: Window::ALWAYS,
        ..house.booked(0, 0, 1)
    };
    assert_eq!(
        booking::create(&mut tx, &act, &forever).await.unwrap_err().kind,
        Kind::Invalid
    );
    tx.commit().await.unwrap();
}

pub async fn integrations(store: &Store, house: &House, other: &House) {
    let act = house.act(START.plus_s(7));
    let mut tx = write(store).await;
    let secret = Secret::new("key-1");
    let login = vendor_login::keep(&mut tx, &act, "kisi", "harbor", "owner@harbor", &secret)
        .await
        .unwrap();
    let again = vendor_login::keep(&mut tx, &act, "kisi", "harbor", "owner@harbor", &Secret::new("key-2"))
        .await
        .unwrap();
    assert_eq!(login, again);
    assert_eq!(
        vendor_login::secret(&mut tx, house.network, login)
            .await
            .unwrap()
            .reveal(),
        "key-2"
    );
    assert!(vendor_login::secret(&mut tx, other.network, login).await.is_err());
    assert_eq!(vendor_login::list(&mut tx, house.network).await.unwrap().len(), 1);
    assert_eq!(
        vendor_login::read(&mut tx, house.network, login).await.unwrap().shown,
        "owner@harbor"
    );
    let id = house.integration;
    integration::set_reading_due(&mut tx, house.network, id, START.plus_s(900))
        .await
        .unwrap();
    let details = integration::Details {
        login: Some(login),
        site: Some("9".to_owned()),
        ..account(house.location)
    };
    integration::change(&mut tx, &act, id, &details).await.unwrap();
    let mut status = integration::status(&mut tx, house.network, id).await.unwrap();
    assert_eq!(status.reading_due_at.ms(), 0, "another site is read at once");
    assert_eq!(
        vendor_login::forget(&mut tx, &act, login).await.unwrap_err().kind,
        Kind::Conflict
    );
    status.last_error = Some("gone".to_owned());
    status.settings = json!({"page": 3});
    status.seats = Some(Seats { used: 41, bought: 50 });
    integration::note_status(&mut tx, house.network, id, &status)
        .await
        .unwrap();
    assert_eq!(integration::status(&mut tx, house.network, id).await.unwrap(), status);
    assert!(
        integration::hook_secret(&mut tx, house.network, id)
            .await
            .unwrap()
            .is_none()
    );
    integration::set_hook_secret(&mut tx, house.network, id, Some(&Secret::new("hook")))
        .await
        .unwrap();
    assert_eq!(
        integration::hook_secret(&mut tx, house.network, id)
            .await
            .unwrap()
            .unwrap()
            .reveal(),
        "hook"
    );
    integration::wake(&mut tx, house.network, id, wakeup::Lane::Tidy, START)
        .await
        .unwrap();
    assert!(
        integration::all_live(&mut tx)
            .await
            .unwrap()
            .contains(&(house.network, id))
    );
    integration::set_state(&mut tx, &act, id, IntegrationState::Disconnected)
        .await
        .unwrap();
    assert!(
        !integration::all_live(&mut tx)
            .await
            .unwrap()
            .contains(&(house.network, id))
    );
    let listed = integration::list(&mut tx, house.network, Some(house.location), &Page::default())
        .await
        .unwrap()
        .rows;
    assert_eq!(listed[0], integration::read(&mut tx, house.network, id).await.unwrap());
    assert!(integration::find(&mut tx, other.network, id).await.unwrap().is_none());
    integration::change(&mut tx, &act, id, &account(house.location))
        .await
        .unwrap();
    vendor_login::forget(&mut tx, &act, login).await.unwrap();
    tx.commit().await.unwrap();
}
