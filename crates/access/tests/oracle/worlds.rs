//! Random worlds: a few people and everything that may let them in, within some days, often around a change of clocks.
//!
//! In: a seed. Out: facts and the span of interest. Always: the same seed makes the same world; every reference resolves.

use std::sync::LazyLock;

use access::facts::*;
use access::id::*;
use access::{Instant, Window};
use jiff::Timestamp;
use jiff::tz::{TimeZone, db};

use crate::chance::Chance;

const MINUTE: i64 = 60_000;
const DAY: i64 = 1440 * MINUTE;

/// A world and the span in which its things happen.
pub struct World {
    pub facts: Facts,
    pub span: Window,
}

/// Dates, instants and ids of one world.
struct Maker {
    chance: Chance,
    ids: u128,
    from_ms: i64,
    days: i64,
}

macro_rules! id {
    ($maker:expr, $kind:ident) => {{
        $maker.ids += 1;
        $kind::new(Instant::from_ms(0), $maker.ids)
    }};
}

pub fn world(seed: u64) -> World {
    let mut chance = Chance::new(seed);
    let zone = zone_name(&mut chance);
    let days = chance.between(1, 4);
    let from_ms = start(&mut chance, &zone);
    let mut maker = Maker {
        chance,
        ids: 0,
        from_ms,
        days,
    };
    let mut facts = Facts::default();
    maker.places(&mut facts, zone);
    maker.accounts(&mut facts);
    maker.offers(&mut facts);
    maker.people(&mut facts);
    maker.bookings(&mut facts);
    maker.subscriptions(&mut facts);
    maker.holders(&mut facts);
    let span = Window::new(Instant::from_ms(from_ms), Instant::from_ms(from_ms + days * DAY)).expect("a day at least");
    World { facts, span }
}

fn zone_name(chance: &mut Chance) -> String {
    // Half of the worlds lie where the clocks do something unusual: at midnight, by half an hour, the other way round, never.
    const PECULIAR: [&str; 12] = [
        "Europe/Berlin",
        "Europe/Lisbon",
        "America/New_York",
        "America/Havana",
        "America/Asuncion",
        "America/Sao_Paulo",
        "Africa/Cairo",
        "Africa/Casablanca",
        "Asia/Beirut",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
        "Asia/Kathmandu",
    ];
    if chance.percent(50) {
        return (*chance.pick(&PECULIAR)).to_owned();
    }
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let names = db().available().map(|name| name.as_str().to_owned());
        names.filter(|name| name != "Etc/Unknown").collect()
    });
    chance.pick(&NAMES).clone()
}

/// A minute between 2016 and 2035; in most worlds shortly before a change of clocks, where there is one.
fn start(chance: &mut Chance, zone: &str) -> i64 {
    let year = 365 * DAY;
    let at = 1_451_606_400_000 + chance.between(0, 18 * year / MINUTE) * MINUTE;
    let zone = TimeZone::get(zone).expect("a zone of the bundled database");
    let from = Timestamp::from_millisecond(at).expect("a year of this century");
    match zone.following(from).next().filter(|_| chance.percent(70)) {
        Some(change) => change.timestamp().as_millisecond() - chance.between(0, 30 * 60) * MINUTE,
        None => at,
    }
}

impl Maker {
    /// A minute around the span.
    fn minute(&mut self) -> Instant {
        Instant::from_ms(self.from_ms + self.chance.between(-600, self.days * 1440 + 600) * MINUTE)
    }

    /// An instant around the span, to the millisecond.
    fn instant(&mut self) -> Instant {
        self.minute().plus_ms(self.chance.between(0, 59_999))
    }

    /// A date around the span.
    fn date(&mut self, low: i64, high: i64) -> Date {
        let ms = self.from_ms + self.chance.between(low, self.days + high) * DAY;
        TimeZone::UTC
            .to_datetime(Timestamp::from_millisecond(ms).expect("near the span"))
            .date()
    }

    fn places(&mut self, facts: &mut Facts, zone: String) {
        let second = self.chance.percent(30).then(|| zone_name(&mut self.chance));
        for zone in [Some(zone), second].into_iter().flatten() {
            let (id, grace) = (id!(self, LocationId), self.grace());
            facts.locations.push(Location {
                id,
                name: "Here".into(),
                zone,
                grace,
            });
        }
    }

    fn grace(&mut self) -> Grace {
        if self.chance.percent(50) {
            return Grace::default();
        }
        Grace {
            before_minutes: self.chance.between(0, 90),
            after_minutes: self.chance.between(0, 90),
        }
    }

    fn accounts(&mut self, facts: &mut Facts) {
        for location in facts.locations.clone() {
            let integration = id!(self, IntegrationId);
            let state = match self.chance.between(0, 9) {
                0 => IntegrationState::NeedsSignIn,
                1 => IntegrationState::Disconnected,
                2 if self.chance.percent(50) => IntegrationState::Revoking,
                2 if self.chance.percent(50) => IntegrationState::Leaving,
                3 if self.chance.percent(20) => IntegrationState::RunningOut,
                _ => IntegrationState::Connected,
            };
            let site = self.chance.percent(30).then(|| "north".to_owned());
            let visibility = *self
                .chance
                .pick(&[Visibility::Public, Visibility::Members, Visibility::NetworkMembers]);
            let vendor = "any".to_owned();
            facts.integrations.push(Integration {
                id: integration,
                location: location.id,
                vendor,
                state,
                visibility,
                site,
            });
            let mut doors = Vec::new();
            for _ in 0..self.chance.between(1, 2) {
                let id = id!(self, DoorId);
                let site = self
                    .chance
                    .percent(50)
                    .then(|| self.chance.pick(&["north", "south"]).to_string());
                let gone = self.chance.percent(5);
                doors.push(id);
                facts.doors.push(Door {
                    id,
                    integration,
                    name: "Door".into(),
                    site,
                    gone,
                    restrictions: vec![],
                });
            }
            for _ in 0..self.chance.between(1, 2) {
                let (id, gone) = (id!(self, AccessGroupId), self.chance.percent(5));
                let doors = self.chance.some(&doors, 75);
                let restrictions = Vec::new();
                facts.groups.push(AccessGroup {
                    id,
                    integration,
                    name: "Group".into(),
                    gone,
                    doors,
                    restrictions,
                });
            }
        }
    }

    fn some_groups(&mut self, facts: &Facts) -> Vec<AccessGroupId> {
        let ids: Vec<AccessGroupId> = facts.groups.iter().map(|group| group.id).collect();
        let mut chosen = self.chance.some(&ids, 60);
        if self.chance.percent(10) {
            chosen.extend(chosen.first().copied()); // named twice
        }
        chosen
    }

    fn offers(&mut self, facts: &mut Facts) {
        for _ in 0..2 {
            let (id, groups) = (id!(self, PlanId), self.some_groups(facts));
            facts.plans.push(Plan {
                id,
                name: "Plan".into(),
                groups,
            });
            let kinds = [
                ResourceKind::Room,
                ResourceKind::Desk,
                ResourceKind::Office,
                ResourceKind::Parking,
                ResourceKind::Equipment,
            ];
            let (id, groups, kind) = (
                id!(self, ResourceId),
                self.some_groups(facts),
                *self.chance.pick(&kinds),
            );
            let location = self.chance.pick(&facts.locations).id;
            let grace = self.chance.percent(30).then(|| self.grace());
            facts.resources.push(Resource {
                id,
                location,
                name: "Room".into(),
                kind,
                groups,
                grace,
            });
        }
    }

    fn people(&mut self, facts: &mut Facts) {
        let companies = [id!(self, CompanyId), id!(self, CompanyId)];
        for n in 0..self.chance.between(1, 3) {
            let person = id!(self, PersonId);
            let state = match self.chance.between(0, 11) {
                0 => PersonState::Suspended,
                1 => PersonState::Removed,
                2 | 3 => PersonState::Invited,
                _ => PersonState::Active,
            };
            // Now and then two of one name.
            let name = if self.chance.percent(20) {
                "Mira".to_owned()
            } else {
                format!("Person {n}")
            };
            facts.people.push(Person {
                id: person,
                name,
                email: format!("{n}@example.org"),
                state,
            });
            for _ in 0..self.chance.between(0, 3) {
                let id = id!(self, CompanyMembershipId);
                let company = companies[usize::from(self.chance.percent(20))];
                let joined_on = self.date(-3, 1);
                let left_on = self.chance.percent(60).then(|| self.date(-1, 1));
                let removed_at = self.chance.percent(20).then(|| self.instant());
                let belonging = CompanyMembership {
                    id,
                    company,
                    person,
                    joined_on,
                    left_on,
                    removed_at,
                };
                facts.company_memberships.push(belonging);
            }
            if self.chance.percent(60) {
                let kind = *self.chance.pick(&[MembershipKind::Member, MembershipKind::Nonmember]);
                let location = self.chance.pick(&facts.locations).id;
                facts.memberships.push(Membership { person, location, kind });
            }
        }
        self.subscribers(facts, companies);
    }

    /// Who subscribes; items follow when bookings and people stand.
    fn subscribers(&mut self, facts: &mut Facts, companies: [CompanyId; 2]) {
        for _ in 0..self.chance.between(0, 4) {
            let of = if self.chance.percent(35) {
                Subscriber::Person(self.chance.pick(&facts.people).id)
            } else {
                Subscriber::Company(companies[usize::from(self.chance.percent(20))])
            };
            let (id, location) = (id!(self, SubscriptionId), self.chance.pick(&facts.locations).id);
            let starts_on = self.date(-2, 1);
            let ends_on = self.chance.percent(60).then(|| self.date(-1, 1));
            let cancelled_at = self.chance.percent(20).then(|| self.instant());
            facts.subscriptions.push(Subscription {
                id,
                location,
                of,
                starts_on,
                ends_on,
                cancelled_at,
                items: vec![],
            });
        }
    }

    fn bookings(&mut self, facts: &mut Facts) {
        let people: Vec<PersonId> = facts.people.iter().map(|person| person.id).collect();
        for _ in 0..self.chance.between(0, 4) {
            let (id, resource) = (id!(self, BookingId), self.chance.pick(&facts.resources).id);
            let from = self.minute();
            let length = if self.chance.percent(10) { 3000 } else { 300 };
            let until = from.plus_minutes(self.chance.between(1, length));
            let state = match self.chance.between(0, 9) {
                0 => BookingState::Requested,
                1 => BookingState::Cancelled,
                2 => BookingState::CheckedIn,
                _ => BookingState::Confirmed,
            };
            let booker = *self.chance.pick(&people);
            let invitees = self.chance.some(&people, 40);
            let window = Window::new(from, until).expect("a minute at least");
            facts.bookings.push(Booking {
                id,
                resource,
                booker,
                invitees,
                window,
                state,
            });
        }
    }

    fn subscriptions(&mut self, facts: &mut Facts) {
        let people: Vec<PersonId> = facts.people.iter().map(|person| person.id).collect();
        for at in 0..facts.subscriptions.len() {
            for _ in 0..self.chance.between(1, 2) {
                let of = if self.chance.percent(60) {
                    ItemOf::Plan(self.chance.pick(&facts.plans).id)
                } else {
                    ItemOf::Rental(self.chance.pick(&facts.resources).id)
                };
                let access = match self.chance.percent(70) {
                    true => ItemAccess::Inherited,
                    false => ItemAccess::Set(self.some_groups(facts)),
                };
                let reach = match self.chance.between(0, 3) {
                    0 => Reach::Chosen(self.chance.some(&people, 50)),
                    1 | 2 => Reach::BookedToday,
                    _ => Reach::Everyone,
                };
                let id = id!(self, ItemId);
                facts.subscriptions[at].items.push(Item { id, of, access, reach });
            }
        }
    }

    /// Vendor-side truths, which must change nothing about who may.
    fn holders(&mut self, facts: &mut Facts) {
        for person in facts.people.clone() {
            for integration in facts.integrations.clone() {
                if self.chance.percent(40) {
                    let group = self.chance.pick(&facts.groups).id;
                    let window = Window::new(self.minute(), Instant::MAX).expect("open-ended");
                    facts.holders.push(Holder {
                        person: person.id,
                        integration: integration.id,
                        unconfirmed: self.chance.percent(20),
                        disabled: self.chance.percent(20),
                        held: self.chance.some(&[Held { group, window }], 50),
                        refused: self.chance.percent(20).then(|| "no".to_owned()),
                    });
                }
            }
        }
    }
}
