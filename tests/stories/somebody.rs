//! The sentences of a story that begin with a name: who belongs, subscribes, rents, books.
//!
//! In: a sentence and what follows its commas. Out: memberships, belongings, subscriptions, bookings among the facts.

use access::facts::*;
use access::id::*;
use access::{Instant, Window};

use crate::text::{Told, cut, from_to, instant, none_left};
use crate::world::{World, id};

impl World {
    /// Sentences that begin with a name: who does what.
    pub fn tell_of_somebody(&mut self, sentence: &str, with: &[&str]) -> Told<()> {
        if let Some((name, location)) = sentence.split_once(" is member of ") {
            let (person, location) = (self.person(name)?.id, self.location(location)?.id);
            self.facts.memberships.push(Membership {
                person,
                location,
                kind: MembershipKind::Member,
            });
            return none_left(with);
        }
        if let Some((name, rest)) = sentence.split_once(" belongs to ") {
            return self.add_belonging(name, rest, with);
        }
        if let Some((name, rest)) = sentence.split_once(" subscribes to ") {
            let (plan, rest) = cut(rest, " at ")?;
            let (location, dates) = cut(rest, " from ")?;
            let (of, location) = (ItemOf::Plan(self.plan(plan)?.id), self.location(location)?.id);
            return self.add_subscription(name, of, location, dates, with);
        }
        if let Some((name, rest)) = sentence.split_once(" rents ") {
            let (resource, dates) = cut(rest, " from ")?;
            let resource = self.resource(resource)?;
            let (of, location) = (ItemOf::Rental(resource.id), resource.location);
            return self.add_subscription(name, of, location, dates, with);
        }
        if let Some((name, rest)) = sentence.split_once(" books ") {
            return self.add_booking(name, rest, with);
        }
        Err(format!("“{sentence}” is no sentence that stories know"))
    }

    fn add_belonging(&mut self, name: &str, rest: &str, with: &[&str]) -> Told<()> {
        let (company, dates) = cut(rest, " from ")?;
        let (person, company) = (self.person(name)?.id, self.company(company)?);
        let (joined_on, left_on) = from_to(dates)?;
        let mut removed_at = None;
        for word in with {
            let civil = word
                .strip_prefix("removed ")
                .ok_or_else(|| format!("“{word}” says nothing of a belonging"))?;
            let first = self.facts.locations.first().ok_or("there is no location yet")?;
            removed_at = Some(instant(&first.zone, civil)?);
        }
        let id = id!(self, CompanyMembershipId);
        let belonging = CompanyMembership {
            id,
            company,
            person,
            joined_on,
            left_on,
            removed_at,
        };
        self.facts.company_memberships.push(belonging);
        Ok(())
    }

    fn add_subscription(
        &mut self,
        of: &str,
        what: ItemOf,
        location: LocationId,
        dates: &str,
        with: &[&str],
    ) -> Told<()> {
        let (starts_on, ends_on) = from_to(dates)?;
        let of = match self.company(of) {
            Ok(company) => Subscriber::Company(company),
            Err(_) => Subscriber::Person(self.person(of)?.id),
        };
        let (mut cancelled_at, mut access, mut reach) = (None, ItemAccess::Inherited, Reach::Everyone);
        for word in with {
            if let Some(civil) = word.strip_prefix("cancelled ") {
                cancelled_at = Some(instant(self.zone_of(location)?, civil)?);
            } else if let Some(groups) = word.strip_prefix("opening ") {
                access = ItemAccess::Set(self.groups(groups)?);
            } else if let Some(people) = word.strip_prefix("only for ") {
                reach = Reach::Chosen(self.people(people)?);
            } else if *word == "on days with a booking" {
                reach = Reach::BookedToday;
            } else {
                return Err(format!("“{word}” says nothing of a subscription"));
            }
        }
        let items = vec![Item {
            id: id!(self, ItemId),
            of: what,
            access,
            reach,
        }];
        let id = id!(self, SubscriptionId);
        self.facts.subscriptions.push(Subscription {
            id,
            location,
            of,
            starts_on,
            ends_on,
            cancelled_at,
            items,
        });
        Ok(())
    }

    fn add_booking(&mut self, name: &str, rest: &str, with: &[&str]) -> Told<()> {
        let booker = self.person(name)?.id;
        let (resource, times) = cut(rest, " on ")?;
        let resource = self.resource(resource)?;
        let (id_of, zone) = (resource.id, self.zone_of(resource.location)?.to_owned());
        let (from, until) = cut(times, " to ")?;
        let date = from.split(' ').next().unwrap_or_default();
        let until = if until.contains(' ') {
            until.into()
        } else {
            format!("{date} {until}")
        };
        let window = Window::new(instant(&zone, from)?, instant(&zone, &until)?).ok_or("it ends before it starts")?;
        let (mut state, mut invitees) = (BookingState::Confirmed, Vec::new());
        for word in with {
            match *word {
                "requested" => state = BookingState::Requested,
                "checked in" => state = BookingState::CheckedIn,
                "cancelled" => state = BookingState::Cancelled,
                other => {
                    let people = other
                        .strip_prefix("inviting ")
                        .ok_or_else(|| format!("“{other}” says nothing of a booking"))?;
                    invitees = self.people(people)?;
                }
            }
        }
        let id = id!(self, BookingId);
        self.facts.bookings.push(Booking {
            id,
            resource: id_of,
            booker,
            invitees,
            window,
            state,
        });
        Ok(())
    }
}
