//! Facts as of t, loaded today, equal the facts that were loaded at t: over random histories. And at each step the facts of
//! one person, and of one integration, decide as the whole network's do.

use access::facts::*;
use access::id::*;
use access::{Instant, Window};
use store::facts::{self, As};
use store::record::Act;
use store::subscription::{NewItem, NewSubscription};
use store::{Kind, Page, Store, Tx, booking, company, grant, group, holder, integration, location};
use store::{person, plan, resource, subscription};

use crate::house::{House, START, account, date, human, offer, place, read, room, seen, write};
use crate::slices;

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

/// A house with a second integration, plan and room, so that not everything concerns everybody.
struct World {
    house: House,
    integrations: [IntegrationId; 2],
    /// Two at each integration.
    groups: Vec<AccessGroupId>,
    plans: [PlanId; 2],
    rooms: [ResourceId; 2],
}

impl World {
    async fn build(store: &Store, name: &str) -> Self {
        let house = House::build(store, name, 4).await;
        let act = house.act(START);
        let mut tx = write(store).await;
        let second = integration::create(&mut tx, &act, &account(house.location))
            .await
            .unwrap();
        group::observe(&mut tx, &act, second, &seen()).await.unwrap();
        let there = group::list(&mut tx, house.network, second).await.unwrap();
        let groups: Vec<AccessGroupId> = house
            .groups
            .iter()
            .copied()
            .chain(there.iter().map(|one| one.id))
            .collect();
        let other_plan = plan::create(&mut tx, &act, &offer(house.location, vec![groups[2]]))
            .await
            .unwrap();
        let other_room = resource::create(&mut tx, &act, &room(house.location, vec![groups[3]]))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        Self {
            integrations: [house.integration, second],
            groups,
            plans: [house.plan, other_plan],
            rooms: [house.room, other_room],
            house,
        }
    }

    fn some_groups(&self, dice: &mut Dice) -> Vec<AccessGroupId> {
        self.groups.iter().copied().filter(|_| dice.roll(3) == 0).collect()
    }
}

/// What was loaded at an instant: one person's world, each integration's, everybody's.
struct Seen {
    at: Instant,
    one: Facts,
    here: [Facts; 2],
    all: Facts,
}

impl Seen {
    async fn load(tx: &mut Tx, world: &World, at: Instant, how: As) -> Self {
        let (network, [first, second]) = (world.house.network, world.integrations);
        Self {
            at,
            one: facts::load_person(tx, network, world.house.people[0], how)
                .await
                .unwrap(),
            here: [
                facts::load_integration(tx, network, first, how).await.unwrap(),
                facts::load_integration(tx, network, second, how).await.unwrap(),
            ],
            all: facts::load_network(tx, network, how).await.unwrap(),
        }
    }

    async fn is_loaded_again(&self, tx: &mut Tx, world: &World, seed: u64) {
        let then = Self::load(tx, world, self.at, As::Of(self.at)).await;
        assert_eq!(then.one, self.one, "seed {seed}, one person at {}", self.at);
        assert_eq!(then.here, self.here, "seed {seed}, the integrations at {}", self.at);
        assert_eq!(then.all, self.all, "seed {seed}, everybody at {}", self.at);
    }
}

async fn history(store: &Store, seed: u64) {
    let dice = &mut Dice(seed);
    let world = World::build(store, &format!("History {seed}")).await;
    let mut now = START;
    let mut seen: Vec<Seen> = Vec::new();
    for _ in 0..12 {
        now = now.plus_ms(1 + dice.roll(5_000_000) as i64);
        // Several steps may share a millisecond; what is known at it is what stands at its end.
        for _ in 0..=dice.roll(3) {
            try_step(store, &world, now, dice, seed).await;
        }
        let mut tx = read(store).await;
        let loaded = Seen::load(&mut tx, &world, now, As::Known { now }).await;
        slices::person_is_part(&loaded.one, &loaded.all, world.house.people[0], seed);
        for (integration, here) in world.integrations.into_iter().zip(&loaded.here) {
            slices::integration_decides_alike(here, &loaded.all, integration, now, seed);
        }
        seen.push(loaded);
    }
    let mut tx = read(store).await;
    for one in &seen {
        one.is_loaded_again(&mut tx, &world, seed).await;
    }
    drop(tx);

    // The clock is set back: what was known before that instant stays, what is known now is what was done last.
    let back = seen.len() / 2;
    let now = seen[back].at;
    for _ in 0..4 {
        try_step(store, &world, now, dice, seed).await;
    }
    let mut tx = read(store).await;
    for one in &seen[..back] {
        one.is_loaded_again(&mut tx, &world, seed).await;
    }
    let loaded = Seen::load(&mut tx, &world, now, As::Known { now }).await;
    slices::person_is_part(&loaded.one, &loaded.all, world.house.people[0], seed);
    slices::person_and_door_decide_alike(&mut tx, world.house.network, &loaded.all, now, seed).await;
}

async fn try_step(store: &Store, world: &World, now: Instant, dice: &mut Dice, seed: u64) {
    let mut tx = write(store).await;
    match step(&mut tx, world, &world.house.act(now), dice).await {
        Ok(()) => tx.commit().await.unwrap(),
        Err(why) => assert!(
            matches!(why.kind, Kind::Conflict | Kind::NotFound),
            "seed {seed}: {why:?}"
        ),
    }
}

async fn step(tx: &mut Tx, world: &World, act: &Act, dice: &mut Dice) -> store::Result<()> {
    let house = &world.house;
    let who = house.people[dice.roll(4) as usize];
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
            subscription::create(tx, act, &contract(world, of, Reach::BookedToday, dice))
                .await
                .map(drop)
        }
        4 => match company::of_person(tx, act.network, who).await?.first() {
            Some(one) => company::remove(tx, act, one.id).await,
            None => Ok(()),
        },
        5 | 6 => {
            let new = contract(world, Subscriber::Person(who), Reach::Everyone, dice);
            subscription::create(tx, act, &new).await.map(drop)
        }
        7 => match some(tx, house, dice).await? {
            Some(one) => subscription::cancel(tx, act, one.id, Some(act.now)).await,
            None => Ok(()),
        },
        8 => match some(tx, house, dice).await? {
            Some(one) if one.items.len() > 1 => subscription::remove_item(tx, act, one.id, one.items[0].id).await,
            Some(one) => subscription::add_item(tx, act, one.id, &line(world, dice))
                .await
                .map(drop),
            None => Ok(()),
        },
        9 | 10 => {
            let from = dice.roll(5_000) as i64;
            let mut wanted = house.booked(dice.roll(3) as usize, from, from + 60);
            wanted.invitees = vec![who];
            wanted.resource = world.rooms[dice.roll(2) as usize];
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
            let (plan, groups) = (world.plans[dice.roll(2) as usize], world.some_groups(dice));
            plan::change(tx, act, plan, &offer(house.location, groups)).await
        }
        13 => {
            let grace = Grace {
                before_minutes: dice.roll(60) as i64,
                after_minutes: 15,
            };
            let details = room(house.location, world.some_groups(dice));
            resource::change(
                tx,
                act,
                world.rooms[dice.roll(2) as usize],
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
                card: None,
                refused: None,
            };
            let at = dice.roll(2) as usize;
            let integration = world.integrations[at];
            if dice.roll(3) > 0 {
                holder::keep(tx, act, integration, who, Some(&details)).await?;
            }
            let group = world.groups[2 * at + dice.roll(2) as usize];
            let id = grant::plan(tx, act, integration, who, group, Window::ALWAYS, Vec::new()).await?;
            grant::confirm(tx, act, id, "row", Window::ALWAYS).await?;
            if dice.roll(2) == 0 {
                grant::end(tx, act, id).await
            } else {
                Ok(())
            }
        }
    }
}

fn contract(world: &World, of: Subscriber, reach: Reach, dice: &mut Dice) -> NewSubscription {
    let item = NewItem {
        of: ItemOf::Plan(world.plans[dice.roll(2) as usize]),
        access: ItemAccess::Inherited,
        reach,
    };
    NewSubscription {
        location: world.house.location,
        of,
        starts_on: date("2026-09-01"),
        ends_on: None,
        items: vec![item],
    }
}

fn line(world: &World, dice: &mut Dice) -> NewItem {
    let access = match dice.roll(2) {
        0 => ItemAccess::Inherited,
        _ => ItemAccess::Set(vec![world.groups[dice.roll(4) as usize]]),
    };
    NewItem {
        of: ItemOf::Rental(world.rooms[dice.roll(2) as usize]),
        access,
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
