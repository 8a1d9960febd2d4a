//! S-4: what should hold in the workload W1 of performance.md, beside interval arithmetic over the same rows without reasons.
//!
//! In: nothing. Out: two lines. Why so: the peer reads every row by its meaning (states, ends, companies, grace, zones, live groups),
//! so that the difference is what causes, reasons and lookups cost. Always: both give the same windows, or the bench stops.

use std::collections::HashMap;
use std::time::{Duration, Instant as Timer};

use access::facts::*;
use access::grants::{self, Grant};
use access::id::*;
use access::index::Index;
use access::{Instant, Window};

use crate::{line, percentile};

const PEOPLE: usize = 50_000;
const COMPANIES: usize = 2_000;
const COMPANY_SUBSCRIPTIONS: usize = 2_400;
const SUBSCRIPTIONS: usize = 20_000;
/// People who belong to a company; the others subscribe by themselves.
const IN_COMPANIES: usize = 27_000;
const BOOKINGS: usize = 200_000;
const GROUPS: usize = 100;
const DOORS: usize = 500;
const PLANS: usize = 40;
const ROOMS: usize = 200;
const ROUNDS: usize = 15;

type Row = (PersonId, AccessGroupId, Window);

/// Prints the lines.
pub fn measure() {
    let now = Instant::from_ms(1_773_133_200_000);
    let facts = w1(now);
    assert!(
        rows_of(&grants::desired(&facts, now)) == bare(&facts, now),
        "both sides give the same windows"
    );
    let (mut ours, mut peer, mut one) = (Vec::new(), Vec::new(), Vec::new());
    let index = Index::new(&facts);
    for round in 0..ROUNDS {
        ours.push(timed(|| grants::desired(&facts, now)));
        peer.push(timed(|| bare(&facts, now)));
        for nth in 0..100 {
            let person = facts.people[(round * 100 + nth) * 7_919 % PEOPLE].id;
            one.push(timed(|| grants::desired_of_in(&index, person, now)));
        }
    }
    let thousands = (PEOPLE / 1_000) as u32;
    let (ours, peer) = (percentile(&mut ours, 50), percentile(&mut peer, 50));
    line(
        "S-4 desired state of W1, per 1,000 people (p50)",
        ours / thousands,
        peer / thousands,
    );
    line(
        "S-4 desired state of one person of W1 (p50), beside 10 µs",
        percentile(&mut one, 50),
        Duration::from_micros(10),
    );
}

fn timed<T>(what: impl FnOnce() -> T) -> Duration {
    let timer = Timer::now();
    let made = what();
    let took = timer.elapsed();
    drop(made);
    took
}

fn rows_of(grants: &[Grant]) -> Vec<Row> {
    let rows = |grant: &Grant| -> Vec<Row> {
        grant
            .windows
            .iter()
            .map(|window| (grant.person, grant.group, window))
            .collect()
    };
    grants.iter().flat_map(rows).collect()
}

/// The same windows without causes or reasons: every row once, sorted and merged.
fn bare(facts: &Facts, now: Instant) -> Vec<Row> {
    let places: HashMap<LocationId, (jiff::tz::TimeZone, Grace)> = facts
        .locations
        .iter()
        .map(|one| {
            (
                one.id,
                (jiff::tz::TimeZone::get(&one.zone).expect("a real zone"), one.grace),
            )
        })
        .collect();
    let granting: HashMap<IntegrationId, bool> = facts
        .integrations
        .iter()
        .map(|one| (one.id, one.state == IntegrationState::Connected))
        .collect();
    let live: HashMap<AccessGroupId, bool> = facts
        .groups
        .iter()
        .map(|one| (one.id, !one.gone && granting[&one.integration]))
        .collect();
    let let_in: HashMap<PersonId, bool> = facts
        .people
        .iter()
        .map(|one| (one.id, one.state == PersonState::Active))
        .collect();
    let plans: HashMap<PlanId, &Plan> = facts.plans.iter().map(|one| (one.id, one)).collect();
    let resources: HashMap<ResourceId, &Resource> = facts.resources.iter().map(|one| (one.id, one)).collect();
    let mut staff: HashMap<CompanyId, Vec<&CompanyMembership>> = HashMap::new();
    for one in &facts.company_memberships {
        staff.entry(one.company).or_default().push(one);
    }
    let mut rows: Vec<Row> = Vec::new();
    let mut add = |person: PersonId, groups: &[AccessGroupId], window: Window| {
        if let_in[&person] {
            rows.extend(
                groups
                    .iter()
                    .filter(|group| live[group])
                    .map(|group| (person, *group, window)),
            );
        }
    };
    for subscription in &facts.subscriptions {
        let (zone, _) = &places[&subscription.location];
        let Some(window) = days(
            zone,
            subscription.starts_on,
            subscription.ends_on,
            subscription.cancelled_at,
        ) else {
            continue;
        };
        for item in &subscription.items {
            let groups = match (&item.access, item.of) {
                (ItemAccess::Set(groups), _) => groups,
                (ItemAccess::Inherited, ItemOf::Plan(plan)) => &plans[&plan].groups,
                (ItemAccess::Inherited, ItemOf::Rental(resource)) => &resources[&resource].groups,
            };
            match subscription.of {
                Subscriber::Person(person) => add(person, groups, window),
                Subscriber::Company(company) => {
                    for one in staff.get(&company).into_iter().flatten() {
                        let belongs = days(zone, one.joined_on, one.left_on, one.removed_at);
                        if let Some(window) = belongs.and_then(|belongs| belongs.clip(window)) {
                            add(one.person, groups, window);
                        }
                    }
                }
            }
        }
    }
    for booking in facts.bookings.iter().filter(|booking| booking.state.counts()) {
        let resource = resources[&booking.resource];
        let grace = resource.grace.unwrap_or_else(|| places[&resource.location].1);
        let from = booking.window.from.plus_minutes(-grace.before_minutes);
        let until = booking.window.until.plus_minutes(grace.after_minutes);
        for person in std::iter::once(&booking.booker).chain(&booking.invitees) {
            add(*person, &resource.groups, Window { from, until });
        }
    }
    rows.sort_unstable();
    let mut merged: Vec<Row> = Vec::with_capacity(rows.len());
    for row in rows {
        match merged.last_mut() {
            Some(last) if last.0 == row.0 && last.1 == row.1 && row.2.from <= last.2.until => {
                last.2.until = last.2.until.max(row.2.until);
            }
            _ => merged.push(row),
        }
    }
    merged.retain(|row| row.2.until > now);
    merged
}

/// From the start of a day until the start of the day after another, or until an instant before that.
fn days(zone: &jiff::tz::TimeZone, from: Date, until: Option<Date>, cut: Option<Instant>) -> Option<Window> {
    let start = |date: Date| -> Instant {
        date.to_zoned(zone.clone())
            .expect("a day has a start")
            .timestamp()
            .into()
    };
    let until = until.map_or(Instant::MAX, |date| {
        start(date.tomorrow().expect("no last day of time"))
    });
    Window::new(start(from), until.min(cut.unwrap_or(Instant::MAX)))
}

/// A small generator with a seed, so that every run has the same world.
struct Dice(u64);

impl Dice {
    fn below(&mut self, number: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % number
    }

    fn wide(&mut self) -> u128 {
        (self.below(1 << 50) as u128) << 30 | self.below(1 << 30) as u128
    }

    fn date(&mut self) -> Date {
        Date::constant(2026, 1 + self.below(12) as i8, 1 + self.below(28) as i8)
    }
}

/// The workload: ids by chance, so that nothing lies where it is looked for.
fn w1(now: Instant) -> Facts {
    let mut dice = Dice(42);
    let (location, integration) = (LocationId::new(now, 1), IntegrationId::new(now, 1));
    let mut facts = Facts {
        locations: vec![Location {
            id: location,
            name: "Pier 3".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            grace: Grace::default(),
        }],
        integrations: vec![Integration {
            id: integration,
            location,
            vendor: "vendor".to_owned(),
            state: IntegrationState::Connected,
            visibility: Visibility::Members,
            site: None,
        }],
        ..Facts::default()
    };
    for number in 0..DOORS {
        facts.doors.push(Door {
            id: DoorId::new(now, number as u128),
            integration,
            name: format!("Door {number}"),
            site: None,
            gone: false,
            restrictions: Vec::new(),
        });
    }
    for number in 0..GROUPS {
        facts.groups.push(AccessGroup {
            id: AccessGroupId::new(now, dice.wide()),
            integration,
            name: format!("Group {number}"),
            gone: false,
            doors: facts.doors[number * 5..number * 5 + 5]
                .iter()
                .map(|door| door.id)
                .collect(),
            restrictions: Vec::new(),
        });
    }
    for number in 0..PLANS {
        let groups = vec![facts.groups[dice.below(GROUPS)].id, facts.groups[dice.below(GROUPS)].id];
        let (id, name) = (PlanId::new(now, dice.wide()), format!("Plan {number}"));
        facts.plans.push(Plan { id, name, groups });
    }
    for number in 0..ROOMS {
        facts.resources.push(Resource {
            id: ResourceId::new(now, dice.wide()),
            location,
            name: format!("Room {number}"),
            kind: ResourceKind::Room,
            groups: vec![facts.groups[dice.below(GROUPS)].id],
            grace: None,
        });
    }
    contracts(&mut facts, &mut dice, now);
    for _ in 0..BOOKINGS {
        // Half an hour to three hours, somewhere in the half year before or after now.
        let from = now.plus_minutes((dice.below(365 * 48) as i64 - 365 * 24) * 30);
        facts.bookings.push(Booking {
            id: BookingId::new(now, dice.wide()),
            resource: facts.resources[dice.below(ROOMS)].id,
            booker: facts.people[dice.below(PEOPLE)].id,
            invitees: Vec::new(),
            window: Window {
                from,
                until: from.plus_minutes(30 + 30 * dice.below(6) as i64),
            },
            state: BookingState::Confirmed,
        });
    }
    facts
}

/// People, whom they belong to, and what they subscribe to.
fn contracts(facts: &mut Facts, dice: &mut Dice, now: Instant) {
    for number in 0..PEOPLE {
        facts.people.push(Person {
            id: PersonId::new(now.plus_ms(dice.below(1 << 34) as i64), dice.wide()),
            name: format!("Person {number}"),
            email: format!("person.{number}@members.example"),
            state: PersonState::Active,
        });
    }
    let companies: Vec<CompanyId> = (0..COMPANIES).map(|_| CompanyId::new(now, dice.wide())).collect();
    for number in 0..IN_COMPANIES {
        facts.company_memberships.push(CompanyMembership {
            id: CompanyMembershipId::new(now, dice.wide()),
            company: companies[dice.below(COMPANIES)],
            person: facts.people[number].id,
            joined_on: Date::constant(2025, 1, 1),
            left_on: (dice.below(10) == 0).then(|| dice.date()),
            removed_at: None,
        });
    }
    for number in 0..COMPANY_SUBSCRIPTIONS + SUBSCRIPTIONS {
        let of = match number.checked_sub(COMPANY_SUBSCRIPTIONS) {
            None => Subscriber::Company(companies[number % COMPANIES]),
            Some(nth) => Subscriber::Person(facts.people[IN_COMPANIES + nth].id),
        };
        let plan = facts.plans[dice.below(PLANS)].id;
        facts.subscriptions.push(Subscription {
            id: SubscriptionId::new(now, dice.wide()),
            location: facts.locations[0].id,
            of,
            starts_on: dice.date(),
            ends_on: (dice.below(3) == 0).then(|| dice.date()),
            cancelled_at: None,
            items: vec![Item {
                id: ItemId::new(now, dice.wide()),
                of: ItemOf::Plan(plan),
                access: ItemAccess::Inherited,
                reach: Reach::Everyone,
            }],
        });
    }
}
