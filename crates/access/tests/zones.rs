//! Every change of clocks of every zone from 2016 to 2036, against days, civil times, subscriptions, bookings and weekly hours.
//!
//! In: the bundled database's zones and their changes. Why so: all of it is cheap, so none of it is sampled.
//! The reference knows only "offset at this instant": it writes down what the clocks show at each minute from two days before a
//! change to two days after, and reads from that list when a day or a civil time begins.
//! Four shares of the alphabet run side by side.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its own times should stop")]

use access::booking::{self, When};
use access::causes;
use access::facts::*;
use access::id::*;
use access::schedule::{Day, Hours, Schedule};
use access::zone::Zone;
use access::{Instant, Window};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

const MINUTE: i64 = 60_000;
const AROUND: i64 = 50 * 60;

/// What clocks show, minute by minute, around one change.
struct Clocks {
    name: String,
    zone: Zone,
    change_ms: i64,
    before_min: i64,
    after_min: i64,
    /// Minutes since 1970 on the clocks, for each real minute from `change - AROUND`.
    shown: Vec<i64>,
}

impl Clocks {
    fn instant(&self, at: usize) -> Instant {
        Instant::from_ms(self.change_ms).plus_minutes(at as i64 - AROUND)
    }

    /// The first minute at which clocks show this or later.
    fn first(&self, shown: i64) -> usize {
        self.shown.iter().position(|minute| *minute >= shown).unwrap()
    }

    /// P-26 for a start: the first minute showing it, or the change that jumps over it.
    fn start(&self, shown: i64) -> Instant {
        self.instant(self.first(shown))
    }

    /// P-26 for an end: the last minute showing it, or the change that jumps over it.
    fn end(&self, shown: i64) -> Instant {
        let last = self.shown.iter().rposition(|minute| *minute == shown);
        self.instant(last.unwrap_or_else(|| self.first(shown)))
    }

    fn told(&self) -> String {
        format!("{} at {}", self.name, Instant::from_ms(self.change_ms))
    }
}

fn civil(shown: i64) -> DateTime {
    DateTime::constant(1970, 1, 1, 0, 0, 0, 0)
        .checked_add(Span::new().minutes(shown))
        .unwrap()
}

/// Runs over every change of a share of the zones; answers how many there were.
fn each_change(share: usize, check: impl Fn(&Clocks)) -> usize {
    let (from, until): (Timestamp, Timestamp) = (
        "2016-01-01T00:00:00Z".parse().unwrap(),
        "2036-01-01T00:00:00Z".parse().unwrap(),
    );
    let names: Vec<String> = Zone::names().into_iter().filter(|name| name != "Etc/Unknown").collect();
    assert!(names.len() > 590, "the whole database");
    let mut seen = 0;
    for name in names.iter().skip(share).step_by(4) {
        let zone = TimeZone::get(name).unwrap();
        for change in zone.following(from).take_while(|change| change.timestamp() < until) {
            let change_ms = change.timestamp().as_millisecond();
            let offset = |ms: i64| i64::from(zone.to_offset(Timestamp::from_millisecond(ms).unwrap()).seconds());
            let (before_s, after_s) = (offset(change_ms - 1), offset(change_ms));
            assert_eq!(
                (change_ms % MINUTE, before_s % 60, after_s % 60),
                (0, 0, 0),
                "{name}: minutes are fine enough"
            );
            let shown = (-AROUND..AROUND).map(|minute| {
                let at_ms = change_ms + minute * MINUTE;
                at_ms / MINUTE + offset(at_ms) / 60
            });
            let clocks = Clocks {
                name: name.clone(),
                zone: Zone::named(name).unwrap(),
                change_ms,
                before_min: before_s / 60,
                after_min: after_s / 60,
                shown: shown.collect(),
            };
            check(&clocks);
            seen += 1;
        }
    }
    println!("{seen} changes of clocks");
    seen
}

/// Civil times at, in and beside the hour that is skipped or repeated.
fn civil_times(clocks: &Clocks) {
    let change = clocks.change_ms / MINUTE;
    let (low, high) = (
        clocks.before_min.min(clocks.after_min),
        clocks.before_min.max(clocks.after_min),
    );
    let mut times = vec![
        low - 61,
        low - 1,
        low,
        low + 1,
        (low + high) / 2,
        high - 1,
        high,
        high + 1,
        high + 61,
    ];
    times.extend((low..=high).step_by(7));
    for time in times.into_iter().map(|offset| change + offset) {
        assert_eq!(
            clocks.zone.start(civil(time)),
            clocks.start(time),
            "start {} in {}",
            civil(time),
            clocks.told()
        );
        assert_eq!(
            clocks.zone.end(civil(time)),
            clocks.end(time),
            "end {} in {}",
            civil(time),
            clocks.told()
        );
    }
}

/// Days tile time, start at their first instant, and hold just the minutes that show their date.
fn days(clocks: &Clocks) {
    for day in day_numbers(clocks) {
        let date = civil(day * 1440).date();
        let next = civil((day + 1) * 1440).date();
        assert_eq!(
            clocks.zone.day_start(date),
            clocks.start(day * 1440),
            "{date} in {}",
            clocks.told()
        );
        assert_eq!(clocks.zone.day_end(date), clocks.zone.day_start(next));
        let window = clocks.zone.days(date, next);
        for (at, shown) in clocks.shown.iter().enumerate().step_by(15) {
            let instant = clocks.instant(at);
            let inside = window.is_some_and(|window| window.contains(instant));
            assert_eq!(
                inside,
                shown.div_euclid(1440) == day,
                "{date} at {instant} in {}",
                clocks.told()
            );
            if inside {
                let touched = Window::new(instant, instant.plus_minutes(1)).unwrap();
                assert_eq!(Some(clocks.zone.days_touched(touched)), window);
            }
        }
    }
}

/// The day of the change, the one before, and the one after.
fn day_numbers(clocks: &Clocks) -> std::ops::RangeInclusive<i64> {
    let day = clocks.shown[AROUND as usize].div_euclid(1440);
    day - 1..=day + 1
}

/// A world of one person with one subscription, own or of a company, and one booking.
fn facts(clocks: &Clocks, first: Date, last: Date, company: bool, booked: Window) -> Facts {
    let zero = Instant::from_ms(0);
    let (person, company_id) = (PersonId::new(zero, 1), CompanyId::new(zero, 1));
    let (location, plan, resource) = (LocationId::new(zero, 1), PlanId::new(zero, 1), ResourceId::new(zero, 1));
    let of = if company {
        Subscriber::Company(company_id)
    } else {
        Subscriber::Person(person)
    };
    let groups = |n| vec![AccessGroupId::new(zero, n)];
    Facts {
        locations: vec![Location {
            id: location,
            name: "Here".into(),
            zone: clocks.name.clone(),
            grace: Grace::default(),
        }],
        people: vec![Person {
            id: person,
            name: "Mira".into(),
            email: "mira@example.org".into(),
            state: PersonState::Active,
        }],
        company_memberships: vec![CompanyMembership {
            id: CompanyMembershipId::new(zero, 1),
            company: company_id,
            person,
            joined_on: first,
            left_on: None,
            removed_at: None,
        }],
        plans: vec![Plan {
            id: plan,
            name: "Desk".into(),
            groups: groups(1),
        }],
        resources: vec![Resource {
            id: resource,
            location,
            name: "Room".into(),
            kind: ResourceKind::Room,
            groups: groups(2),
            grace: None,
        }],
        subscriptions: vec![Subscription {
            id: SubscriptionId::new(zero, 1),
            location,
            of,
            starts_on: first.yesterday().unwrap(),
            ends_on: Some(last),
            cancelled_at: None,
            items: vec![Item {
                id: ItemId::new(zero, 1),
                of: ItemOf::Plan(plan),
                access: ItemAccess::Inherited,
                reach: if company { Reach::BookedToday } else { Reach::Everyone },
            }],
        }],
        bookings: vec![Booking {
            id: BookingId::new(zero, 1),
            resource,
            booker: person,
            invitees: vec![],
            window: booked,
            state: BookingState::Confirmed,
        }],
        ..Facts::default()
    }
}

/// Subscriptions that start or end on the days around, and bookings across the change.
fn subscriptions_and_bookings(clocks: &Clocks) {
    let change = Instant::from_ms(clocks.change_ms);
    let booked = Window::new(change.plus_minutes(-90), change.plus_minutes(45)).unwrap();
    let person = PersonId::new(Instant::from_ms(0), 1);
    let booked_days: Vec<i64> = (AROUND - 90..AROUND + 45)
        .map(|at| clocks.shown[at as usize].div_euclid(1440))
        .collect();
    for first in day_numbers(clocks) {
        for last in first..=*day_numbers(clocks).end() {
            let (first_on, last_on) = (civil(first * 1440).date(), civil(last * 1440).date());
            for company in [false, true] {
                let facts = facts(clocks, first_on, last_on, company, booked);
                let causes = causes::of_person(&facts, person);
                let of = |n| {
                    causes
                        .iter()
                        .find(|cause| cause.group == AccessGroupId::new(Instant::from_ms(0), n))
                };
                let (plan, room) = (of(1), of(2).unwrap());
                // Thirty real minutes of grace on either side, whatever the clocks do meanwhile.
                let around = Window::new(change.plus_minutes(-120), change.plus_minutes(75)).unwrap();
                assert_eq!(room.windows.as_slice(), [around]);
                for (at, shown) in clocks.shown.iter().enumerate().step_by(15) {
                    let day = shown.div_euclid(1440);
                    // The person's own begins the day before; through the company they come on the first day, if they booked.
                    let expected = match company {
                        false => (first - 1..=last).contains(&day),
                        true => (first..=last).contains(&day) && booked_days.contains(&day),
                    };
                    let inside = plan.is_some_and(|cause| cause.windows.contains(clocks.instant(at)));
                    let told = || format!("{first_on} to {last_on} at {} in {}", clocks.instant(at), clocks.told());
                    assert_eq!(inside, expected, "{}", told());
                }
            }
        }
    }
}

/// Weekly hours with edges at, in and beside the hour that is skipped or repeated, and bookings asked for in civil time.
fn weekly_hours_and_civil_bookings(clocks: &Clocks) {
    let change = clocks.change_ms / MINUTE;
    let (low, high) = (
        clocks.before_min.min(clocks.after_min),
        clocks.before_min.max(clocks.after_min),
    );
    let day = (change + low).div_euclid(1440);
    let date = civil(day * 1440).date();
    let edges = [low - 45, low, (low + high) / 2, high, high + 45].map(|offset| change + offset - day * 1440);
    let mut minutes: Vec<i64> = edges.into_iter().filter(|minute| (0..=1440).contains(minute)).collect();
    minutes.extend([0, 1440]);
    minutes.sort_unstable();
    minutes.dedup();
    let within = clocks.zone.days(date, date.tomorrow().unwrap());
    for (i, from) in minutes.iter().enumerate() {
        for until in &minutes[i + 1..] {
            let told = || format!("{date} {from}–{until} in {}", clocks.told());
            let end = match until {
                1440 => clocks.start((day + 1) * 1440),
                until => clocks.end(day * 1440 + until),
            };
            let expected = Window::new(clocks.start(day * 1440 + from), end);
            let hours = Hours {
                day: Day::of(date),
                from_minute: *from as u16,
                until_minute: *until as u16,
            };
            let schedule = Schedule {
                hours: vec![hours],
                closures: vec![],
            };
            let open = within
                .map(|within| schedule.windows(&clocks.zone, within))
                .unwrap_or_default();
            let clipped = within.and_then(|within| expected?.clip(within));
            assert_eq!(open.as_slice(), clipped.as_slice(), "{}", told());
            if *until < 1440 {
                let when = When::Civil {
                    from: civil(day * 1440 + from),
                    until: civil(day * 1440 + until),
                };
                assert_eq!(booking::window(&clocks.zone, when).ok(), expected, "{}", told());
            }
        }
    }
}

fn all(share: usize) {
    let seen = each_change(share, |clocks| {
        assert!(
            clocks.shown.iter().map(|shown| shown.div_euclid(1440)).is_sorted(),
            "clocks go back across midnight at {}: the oracle would have to learn that",
            clocks.told()
        );
        civil_times(clocks);
        days(clocks);
        subscriptions_and_bookings(clocks);
        weekly_hours_and_civil_bookings(clocks);
    });
    assert!(seen > 1_500, "a quarter of about 8,100 changes, not {seen}");
}

#[test]
fn every_change_of_clocks_in_the_first_quarter_of_zones() {
    all(0);
}

#[test]
fn every_change_of_clocks_in_the_second_quarter_of_zones() {
    all(1);
}

#[test]
fn every_change_of_clocks_in_the_third_quarter_of_zones() {
    all(2);
}

#[test]
fn every_change_of_clocks_in_the_fourth_quarter_of_zones() {
    all(3);
}
