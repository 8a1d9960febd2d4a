//! The names that sentences need, taken from facts.
//!
//! In: [`Facts`]. Out: a name for each id; an id that is not in the facts gets a plain word instead.

use std::collections::HashMap;

use access::causes::Source;
use access::change::Note;
use access::facts::{Facts, ItemOf};
use access::id::*;
use access::{Instant, Window};
use jiff::tz::TimeZone;
use store::Tx;

use super::dates;

/// Names by id.
#[derive(Clone, Debug, Default)]
pub struct Names {
    people: HashMap<PersonId, String>,
    companies: HashMap<CompanyId, String>,
    groups: HashMap<AccessGroupId, String>,
    doors: HashMap<DoorId, String>,
    items: HashMap<ItemId, String>,
    bookings: HashMap<BookingId, (String, Window)>,
}

impl Names {
    /// Everything that facts can name.
    pub fn of(facts: &Facts) -> Self {
        let plans: HashMap<_, _> = facts.plans.iter().map(|plan| (plan.id, plan.name.as_str())).collect();
        let resources: HashMap<_, _> = facts
            .resources
            .iter()
            .map(|thing| (thing.id, thing.name.as_str()))
            .collect();
        let item_name = |of: &ItemOf| match of {
            ItemOf::Plan(plan) => format!("the plan {}", plans.get(plan).unwrap_or(&"(unknown)")),
            ItemOf::Rental(thing) => format!("the rental of {}", resources.get(thing).unwrap_or(&"(unknown)")),
        };
        Self {
            people: facts
                .people
                .iter()
                .map(|person| (person.id, person.name.clone()))
                .collect(),
            companies: HashMap::new(),
            groups: facts
                .groups
                .iter()
                .map(|group| (group.id, group.name.clone()))
                .collect(),
            doors: facts.doors.iter().map(|door| (door.id, door.name.clone())).collect(),
            items: facts
                .subscriptions
                .iter()
                .flat_map(|subscription| &subscription.items)
                .map(|item| (item.id, item_name(&item.of)))
                .collect(),
            bookings: facts
                .bookings
                .iter()
                .map(|booking| {
                    let thing = resources.get(&booking.resource).unwrap_or(&"(unknown)");
                    (booking.id, ((*thing).to_owned(), booking.window))
                })
                .collect(),
        }
    }

    /// Adds companies' names, which facts do not hold.
    #[must_use]
    pub fn with_companies(mut self, companies: impl IntoIterator<Item = (CompanyId, String)>) -> Self {
        self.companies.extend(companies);
        self
    }

    /// A person's name.
    pub fn person(&self, id: PersonId) -> &str {
        self.people.get(&id).map_or("somebody", String::as_str)
    }

    /// A company's name.
    pub fn company(&self, id: CompanyId) -> &str {
        self.companies.get(&id).map_or("the company", String::as_str)
    }

    /// A group's name.
    pub fn group(&self, id: AccessGroupId) -> &str {
        self.groups.get(&id).map_or("(a group that is gone)", String::as_str)
    }

    /// A door's name.
    pub fn door(&self, id: DoorId) -> &str {
        self.doors.get(&id).map_or("this door", String::as_str)
    }

    /// What somebody has access by: "the plan Flex of Nordlicht", "the booking of Room A, today 12:00–16:00".
    pub fn source(&self, source: Source, now: Instant, zone: &TimeZone) -> String {
        match source {
            Source::Item { item, company, .. } => {
                let name = self.items.get(&item).map_or("a subscription", String::as_str);
                match company {
                    Some(company) => format!("{name} of {}", self.company(company)),
                    None => name.to_owned(),
                }
            }
            Source::Booker { booking } => self.booking("the booking of", booking, now, zone),
            Source::Invitee { booking } => self.booking("the invitation to", booking, now, zone),
        }
    }

    fn booking(&self, what: &str, id: BookingId, now: Instant, zone: &TimeZone) -> String {
        match self.bookings.get(&id) {
            Some((thing, window)) => format!("{what} {thing}, {}", dates::window(*window, now, zone)),
            None => format!("{what} a room"),
        }
    }
}

/// The names one finding's sentence needs. What is gone gets a plain word.
pub async fn for_note(tx: &mut Tx, network: NetworkId, note: &Note) -> Result<Names, store::Error> {
    let mut names = Names::default();
    match note {
        Note::GroupGone { group }
        | Note::GroupWithoutLocks { group }
        | Note::ForeignMember { group, .. }
        | Note::GroupRestriction { group, .. } => match store::group::read(tx, network, *group).await {
            Ok(row) => {
                names.groups.insert(*group, row.name);
            }
            Err(error) if error.kind == store::Kind::NotFound => {}
            Err(error) => return Err(error),
        },
        Note::DoorRestriction { door, .. } => match store::group::door(tx, network, *door).await {
            Ok(row) => {
                names.doors.insert(*door, row.name);
            }
            Err(error) if error.kind == store::Kind::NotFound => {}
            Err(error) => return Err(error),
        },
        Note::Unconfirmed { person } | Note::HolderDisabled { person } | Note::Refused { person, .. } => {
            if let Some(row) = store::person::find(tx, network, *person).await? {
                names.people.insert(*person, row.details.name);
            }
        }
        Note::WindowsIgnored | Note::SeatsShort { .. } | Note::SeatsTaken { .. } | Note::SignInNeeded => {}
    }
    Ok(names)
}
