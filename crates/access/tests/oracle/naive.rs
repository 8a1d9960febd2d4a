//! The oracle: for one instant, one person and one group it reads the rules as they are written and says yes or no.
//!
//! In: facts. Out: booleans. Why so: the product works with windows and sorted lists; this works with a single moment, the date
//! that the clocks show at it, and plain loops, so that the two cannot be wrong in the same way.
//! Always: nothing of `causes`, `zone`, `index`, `grants` or `decision` is used; of jiff only "offset at this instant". Dates are
//! counted here, by own arithmetic. It holds where no clock goes back across midnight, which no zone did since 2016.

use access::facts::*;
use access::id::*;
use jiff::tz::TimeZone;

/// Days since 1970-01-01 of a civil date (Gregorian).
pub fn day_number(date: Date) -> i64 {
    let (year, month, day) = (i64::from(date.year()), i64::from(date.month()), i64::from(date.day()));
    // The year begins in March, so that the leap day is its last.
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + year * 365 + day_of_year - 719_468
}

/// How far clocks are ahead of UTC.
fn offset_ms(zone: &TimeZone, at_ms: i64) -> i64 {
    let at = jiff::Timestamp::from_millisecond(at_ms).expect("worlds lie within the calendar");
    i64::from(zone.to_offset(at).seconds()) * 1000
}

/// Days since 1970-01-01 that clocks show at an instant.
pub fn local_day(zone: &TimeZone, at_ms: i64) -> i64 {
    (at_ms + offset_ms(zone, at_ms)).div_euclid(86_400_000)
}

/// One instant, with the day that clocks show at each location.
pub struct Moment {
    pub at_ms: i64,
    days: Vec<(LocationId, i64)>,
}

/// What may be asked.
pub struct Oracle<'f> {
    facts: &'f Facts,
    zones: Vec<(LocationId, TimeZone)>,
    /// For each subscription: its first and last local day.
    subscribed: Vec<(i64, i64)>,
    /// For each belonging to a company: its first and last local day.
    belonged: Vec<(i64, i64)>,
    /// For each booking: where it is, and the local days that one of its minutes lies in.
    booked_days: Vec<(LocationId, Vec<i64>)>,
}

impl<'f> Oracle<'f> {
    pub fn new(facts: &'f Facts) -> Self {
        let zone = |location: &Location| {
            (
                location.id,
                TimeZone::get(&location.zone).expect("worlds have real zones"),
            )
        };
        let zones: Vec<_> = facts.locations.iter().map(zone).collect();
        let booked_days = facts
            .bookings
            .iter()
            .map(|booking| {
                let resource = facts
                    .resources
                    .iter()
                    .find(|one| one.id == booking.resource)
                    .expect("worlds are whole");
                let (_, zone) = zones
                    .iter()
                    .find(|(id, _)| *id == resource.location)
                    .expect("worlds are whole");
                let minutes = (booking.window.from.ms()..booking.window.until.ms()).step_by(60_000);
                let mut days: Vec<i64> = minutes.map(|minute| local_day(zone, minute)).collect();
                days.dedup();
                (resource.location, days)
            })
            .collect();
        let last = |date: Option<Date>| date.map_or(i64::MAX, day_number);
        let subscribed = facts
            .subscriptions
            .iter()
            .map(|one| (day_number(one.starts_on), last(one.ends_on)))
            .collect();
        let belonged = facts
            .company_memberships
            .iter()
            .map(|one| (day_number(one.joined_on), last(one.left_on)))
            .collect();
        Self {
            facts,
            zones,
            subscribed,
            belonged,
            booked_days,
        }
    }

    pub fn moment(&self, at_ms: i64) -> Moment {
        Moment {
            at_ms,
            days: self
                .zones
                .iter()
                .map(|(id, zone)| (*id, local_day(zone, at_ms)))
                .collect(),
        }
    }

    /// Every minute of a span. Clocks are looked up each minute of an hour only where its two ends differ: none changes twice
    /// within an hour.
    pub fn minutes(&self, from_ms: i64, until_ms: i64) -> Vec<Moment> {
        let mut moments = Vec::new();
        for hour in (from_ms..until_ms).step_by(3_600_000) {
            let steady: Vec<Option<i64>> = self
                .zones
                .iter()
                .map(|(_, zone)| {
                    let offset = offset_ms(zone, hour);
                    (offset == offset_ms(zone, hour + 3_600_000)).then_some(offset)
                })
                .collect();
            for at_ms in (hour..until_ms.min(hour + 3_600_000)).step_by(60_000) {
                let days = self.zones.iter().zip(&steady).map(|((id, zone), steady)| {
                    (
                        *id,
                        steady.map_or_else(
                            || local_day(zone, at_ms),
                            |offset| (at_ms + offset).div_euclid(86_400_000),
                        ),
                    )
                });
                moments.push(Moment {
                    at_ms,
                    days: days.collect(),
                });
            }
        }
        moments
    }

    /// Does some source give this person this group at this moment?
    pub fn in_group(&self, person: PersonId, group: AccessGroupId, moment: &Moment) -> bool {
        // P-25
        let Some(person) = self.facts.people.iter().find(|one| one.id == person) else {
            return false;
        };
        if person.state == PersonState::Suspended || person.state == PersonState::Removed {
            return false;
        }
        self.by_subscription(person.id, group, moment) || self.by_booking(person.id, group, moment)
    }

    /// May this person open this door at this moment?
    pub fn opens(&self, person: PersonId, door: DoorId, moment: &Moment) -> bool {
        let Some(door) = self.facts.doors.iter().find(|one| one.id == door) else {
            return false;
        };
        let Some(account) = self.facts.integrations.iter().find(|one| one.id == door.integration) else {
            return false;
        };
        if account.state == IntegrationState::Revoking || account.state == IntegrationState::Disconnected || door.gone {
            return false;
        }
        if let (Some(chosen), Some(of)) = (&account.site, &door.site)
            && chosen != of
        {
            return false;
        }
        self.facts.groups.iter().any(|group| {
            !group.gone
                && group.integration == account.id
                && group.doors.contains(&door.id)
                && self.in_group(person, group.id, moment)
        })
    }

    fn by_subscription(&self, person: PersonId, group: AccessGroupId, moment: &Moment) -> bool {
        for (subscription, (first, last)) in self.facts.subscriptions.iter().zip(&self.subscribed) {
            // P-20
            let today = moment
                .days
                .iter()
                .find(|(id, _)| *id == subscription.location)
                .expect("worlds are whole")
                .1;
            let started = today >= *first;
            let ended = today > *last || subscription.cancelled_at.is_some_and(|at| moment.at_ms >= at.ms());
            if !started || ended {
                continue;
            }
            for item in &subscription.items {
                if !self.groups_of(item).contains(&group) {
                    continue;
                }
                let reaches = match subscription.of {
                    Subscriber::Person(holder) => holder == person,
                    // P-21
                    Subscriber::Company(company) => {
                        self.belongs(person, company, today, moment)
                            && match &item.reach {
                                Reach::Everyone => true,
                                Reach::Chosen(people) => people.contains(&person),
                                Reach::BookedToday => self.has_booking_on(person, subscription.location, today),
                            }
                    }
                };
                if reaches {
                    return true;
                }
            }
        }
        false
    }

    fn belongs(&self, person: PersonId, company: CompanyId, today: i64, moment: &Moment) -> bool {
        self.facts
            .company_memberships
            .iter()
            .zip(&self.belonged)
            .any(|(one, (first, last))| {
                one.person == person
                    && one.company == company
                    && today >= *first
                    && today <= *last
                    && one.removed_at.is_none_or(|at| moment.at_ms < at.ms())
            })
    }

    fn has_booking_on(&self, person: PersonId, location: LocationId, today: i64) -> bool {
        self.facts
            .bookings
            .iter()
            .zip(&self.booked_days)
            .any(|(booking, (at, days))| {
                *at == location && takes_part(booking, person) && counts(booking) && days.contains(&today)
            })
    }

    /// P-5
    fn groups_of(&self, item: &'f Item) -> &'f [AccessGroupId] {
        match (&item.access, item.of) {
            (ItemAccess::Set(groups), _) => groups,
            (ItemAccess::Inherited, ItemOf::Plan(id)) => {
                &self
                    .facts
                    .plans
                    .iter()
                    .find(|plan| plan.id == id)
                    .expect("worlds are whole")
                    .groups
            }
            (ItemAccess::Inherited, ItemOf::Rental(id)) => {
                &self
                    .facts
                    .resources
                    .iter()
                    .find(|one| one.id == id)
                    .expect("worlds are whole")
                    .groups
            }
        }
    }

    /// P-22
    fn by_booking(&self, person: PersonId, group: AccessGroupId, moment: &Moment) -> bool {
        self.facts.bookings.iter().any(|booking| {
            if !takes_part(booking, person) || !counts(booking) {
                return false;
            }
            let resource = self
                .facts
                .resources
                .iter()
                .find(|one| one.id == booking.resource)
                .expect("worlds are whole");
            let location = self
                .facts
                .locations
                .iter()
                .find(|one| one.id == resource.location)
                .expect("worlds are whole");
            let grace = match resource.grace {
                Some(own) => own,
                None => location.grace,
            };
            resource.groups.contains(&group)
                && moment.at_ms >= booking.window.from.ms() - grace.before_minutes * 60_000
                && moment.at_ms < booking.window.until.ms() + grace.after_minutes * 60_000
        })
    }
}

fn takes_part(booking: &Booking, person: PersonId) -> bool {
    booking.booker == person || booking.invitees.contains(&person)
}

fn counts(booking: &Booking) -> bool {
    booking.state == BookingState::Confirmed || booking.state == BookingState::CheckedIn
}
