//! Facts as of t, loaded today, equal the facts that were loaded at t: over random histories.

use access::facts::*;
use access::{Instant, Window};
use store::facts::{self, As};
use store::record::Act;
use store::subscription::{NewItem, NewSubscription};
use store::{Kind, Page, Store, Tx, booking, company, grant, holder, location, person, plan, resource, subscription};

use crate::house::{House, START, date, human, offer, place, read, room, write};

/// A small generator: the seed alone decides the history.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

pub async fn histories(store: &Store, many: u64) {
    let first = std::env::var_os("SEED").and_then(|seed| seed.to_str()?.parse().ok());
    for number in 0..many {
        let seed = first.unwrap_or(1_000) + number;
        history(store, seed).await;
    }
}

async fn history(store: &Store, seed: u64) {
    let dice = &mut Dice(seed);
    let house = House::build(store, &format!("History {seed}"), 3).await;
    let mut now = START;
    let mut seen: Vec<(Instant, Facts, Facts)> = Vec::new();
    for _ in 0..12 {
        now = now.plus_ms(1 + dice.roll(5_000_000) as i64);
        // Several steps may share a millisecond; what is known at it is what stands at its end.
        for _ in 0..=dice.roll(2) {
            let mut tx = write(store).await;
            match step(&mut tx, &house, &house.act(now), dice).await {
                Ok(()) => tx.commit().await.unwrap(),
                Err(why) => assert!(
                    matches!(why.kind, Kind::Conflict | Kind::NotFound),
                    "seed {seed}: {why:?}"
                ),
            }
        }
        let mut tx = read(store).await;
        let latest = As::Known { now };
        let one = facts::load_person(&mut tx, house.network, house.people[0], latest)
            .await
            .unwrap();
        let all = facts::load_network(&mut tx, house.network, latest).await.unwrap();
        // One person's world is a part of everybody's.
        for subscription in &one.subscriptions {
            assert!(all.subscriptions.contains(subscription), "seed {seed}");
        }
        for booking in &one.bookings {
            assert!(all.bookings.contains(booking), "seed {seed}");
        }
        assert_eq!(
            one.people,
            all.people
                .iter()
                .filter(|p| p.id == house.people[0])
                .cloned()
                .collect::<Vec<_>>()
        );
        let here = facts::load_integration(&mut tx, house.network, house.integration, latest)
            .await
            .unwrap();
        assert_eq!(
            (here.groups, here.holders),
            (all.groups.clone(), all.holders.clone()),
            "seed {seed}"
        );
        seen.push((now, one, all));
    }
    let mut tx = read(store).await;
    for (at, one, all) in seen {
        let then = facts::load_person(&mut tx, house.network, house.people[0], As::Of(at))
            .await
            .unwrap();
        assert_eq!(then, one, "seed {seed}, one person at {at}");
        let then = facts::load_network(&mut tx, house.network, As::Of(at)).await.unwrap();
        assert_eq!(then, all, "seed {seed}, everybody at {at}");
    }
}

async fn step(tx: &mut Tx, house: &House, act: &Act, dice: &mut Dice) -> store::Result<()> {
    let who = house.people[dice.roll(3) as usize];
    match dice.roll(15) {
        0 => {
            let state = [PersonState::Active, PersonState::Suspended, PersonState::Invited][dice.roll(3) as usize];
            person::set_state(tx, act, who, state).await
        }
        1 => {
            let name = format!("Ada {}", dice.roll(1_000));
            let details = person::read(tx, act.network, who).await?.details;
            person::change(tx, act, who, &person::Details { name, ..details }).await
        }
        2 => {
            let kind = [None, Some(MembershipKind::Member), Some(MembershipKind::Nonmember)][dice.roll(3) as usize];
            person::set_membership(tx, act, who, house.location, kind).await
        }
        3 => {
            let details = company::Details {
                location: house.location,
                name: "Tide".to_owned(),
            };
            let id = company::create(tx, act, &details).await?;
            company::join(tx, act, id, who, date("2026-09-01"), None).await?;
            let of = Subscriber::Company(id);
            subscription::create(tx, act, &contract(house, of, Reach::BookedToday))
                .await
                .map(drop)
        }
        4 => match company::of_person(tx, act.network, who).await?.first() {
            Some(one) => company::remove(tx, act, one.id).await,
            None => Ok(()),
        },
        5 | 6 => subscription::create(tx, act, &contract(house, Subscriber::Person(who), Reach::Everyone))
            .await
            .map(drop),
        7 => match some(tx, house, dice).await? {
            Some(one) => subscription::cancel(tx, act, one.id, Some(act.now)).await,
            None => Ok(()),
        },
        8 => match some(tx, house, dice).await? {
            Some(one) if one.items.len() > 1 => subscription::remove_item(tx, act, one.id, one.items[0].id).await,
            Some(one) => subscription::add_item(tx, act, one.id, &line(house)).await.map(drop),
            None => Ok(()),
        },
        9 | 10 => {
            let from = dice.roll(5_000) as i64;
            let mut wanted = house.booked(dice.roll(3) as usize, from, from + 60);
            wanted.invitees = vec![who];
            booking::create(tx, act, &wanted).await.map(drop)
        }
        11 => {
            let all = booking::list(tx, act.network, &booking::Filter::default(), &Page::default())
                .await?
                .rows;
            let Some(one) = all.first() else { return Ok(()) };
            let from = dice.roll(5_000) as i64;
            let details = house.booked(dice.roll(3) as usize, from, from + 30);
            let state = [BookingState::Confirmed, BookingState::Cancelled][dice.roll(2) as usize];
            booking::change(tx, act, one.id, &booking::Details { state, ..details }).await
        }
        12 => {
            let groups = house.groups.iter().copied().filter(|_| dice.roll(2) == 0).collect();
            plan::change(tx, act, house.plan, &offer(house.location, groups)).await
        }
        13 => {
            let grace = Grace {
                before_minutes: dice.roll(60) as i64,
                after_minutes: 15,
            };
            let details = room(house.location, house.groups.clone());
            resource::change(
                tx,
                act,
                house.room,
                &resource::Details {
                    grace: Some(grace),
                    ..details
                },
            )
            .await?;
            location::change(tx, act, house.location, &location::Details { grace, ..place() }).await
        }
        _ => {
            let details = holder::Details {
                external: Some("7".to_owned()),
                email: human(0).email.to_lowercase(),
                unconfirmed: dice.roll(2) == 0,
                disabled: false,
                refused: None,
            };
            holder::keep(tx, act, house.integration, who, Some(&details)).await?;
            let id = grant::plan(
                tx,
                act,
                house.integration,
                who,
                house.groups[0],
                Window::ALWAYS,
                Vec::new(),
            )
            .await?;
            grant::confirm(tx, act, id, "row", Window::ALWAYS).await?;
            if dice.roll(2) == 0 {
                grant::end(tx, act, id).await
            } else {
                Ok(())
            }
        }
    }
}

fn contract(house: &House, of: Subscriber, reach: Reach) -> NewSubscription {
    let item = NewItem {
        of: ItemOf::Plan(house.plan),
        access: ItemAccess::Inherited,
        reach,
    };
    NewSubscription {
        location: house.location,
        of,
        starts_on: date("2026-09-01"),
        ends_on: None,
        items: vec![item],
    }
}

fn line(house: &House) -> NewItem {
    NewItem {
        of: ItemOf::Rental(house.room),
        access: ItemAccess::Set(vec![house.groups[1]]),
        reach: Reach::Everyone,
    }
}

async fn some(tx: &mut Tx, house: &House, dice: &mut Dice) -> store::Result<Option<Subscription>> {
    let all = subscription::list(tx, house.network, &subscription::Filter::default(), &Page::default())
        .await?
        .rows;
    Ok(if all.is_empty() {
        None
    } else {
        Some(all[dice.roll(all.len() as u64) as usize].clone())
    })
}
