//! Facts, sorted for looking up: built once, borrowed, asked many times.
//!
//! In: [`Facts`]. Out: each thing by its id, and each person's contracts, belongings and bookings as one slice.
//! Why so: the facts of a whole network are asked person by person; sorted lists of borrows keep that linear and copy nothing.
//! Always: civil dates of subscriptions are already resolved here, in the zone of the subscription's location (P-20, P-26).
//! A location whose zone nobody knows resolves nothing: its subscriptions have no span and open nothing; bookings, which are
//! instants, still do. The store refuses such a zone when it is written.

use std::sync::OnceLock;

use crate::facts::*;
use crate::id::*;
use crate::zone::Zone;
use crate::{Instant, Window};

/// A subscription with its dates resolved.
#[derive(Clone, Debug)]
pub struct Contract<'f> {
    /// The subscription itself.
    pub subscription: &'f Subscription,
    /// The zone its dates are read in; `None` when it is unknown.
    pub zone: Option<Zone>,
    /// From the start of its first day until the end of its last, or its cancellation; `None` when nothing lies between.
    pub span: Option<Window>,
}

/// How a person comes to a booking.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Part {
    /// They made it.
    Booker,
    /// They are invited, and did not make it.
    Invitee,
}

/// The rows that may let one person in: their slice of each sorted list.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'i, 'f> {
    /// Their own subscriptions, sorted by id.
    pub personal: &'i [(PersonId, Contract<'f>)],
    /// Their belongings to companies, sorted by company.
    pub belongings: &'i [&'f CompanyMembership],
    /// The bookings they made or are invited to, each once, in any state.
    pub bookings: &'i [(PersonId, Part, &'f Booking)],
}

/// Sorted borrows of one [`Facts`].
#[derive(Debug)]
pub struct Index<'f> {
    people: Vec<&'f Person>,
    locations: Vec<&'f Location>,
    plans: Vec<&'f Plan>,
    resources: Vec<&'f Resource>,
    integrations: Vec<&'f Integration>,
    groups: Vec<&'f AccessGroup>,
    doors: Vec<&'f Door>,
    groups_by_door: Vec<(DoorId, &'f AccessGroup)>,
    holders: Vec<&'f Holder>,
    memberships: Vec<&'f Membership>,
    belongings: Vec<&'f CompanyMembership>,
    personal: Vec<(PersonId, Contract<'f>)>,
    company: Vec<(CompanyId, Contract<'f>)>,
    bookings: Vec<(PersonId, Part, &'f Booking)>,
    /// Names and addresses as compared; made when first asked for, since most questions need no doubles.
    spelled: OnceLock<Vec<(String, PersonId)>>,
}

impl<'f> Index<'f> {
    /// Sorts borrows of everything; resolves each subscription's dates.
    pub fn new(facts: &'f Facts) -> Self {
        let zones: Vec<(LocationId, Option<Zone>)> = sorted(
            facts
                .locations
                .iter()
                .map(|location| (location.id, Zone::named(&location.zone).ok())),
            |zone| zone.0,
        );
        let (mut personal, mut company) = (Vec::new(), Vec::new());
        for subscription in &facts.subscriptions {
            let zone = find(&zones, subscription.location, |zone| zone.0).and_then(|(_, zone)| zone.clone());
            let span = zone.as_ref().and_then(|zone| span(subscription, zone));
            let contract = Contract {
                subscription,
                zone,
                span,
            };
            match subscription.of {
                Subscriber::Person(person) => personal.push((person, contract)),
                Subscriber::Company(of) => company.push((of, contract)),
            }
        }
        personal.sort_by_key(|(person, contract)| (*person, contract.subscription.id));
        company.sort_by_key(|(of, contract)| (*of, contract.subscription.id));
        let mut bookings = Vec::with_capacity(facts.bookings.len());
        for booking in &facts.bookings {
            add_parts(booking, &mut bookings);
        }
        bookings.sort_unstable_by_key(|(person, part, booking)| (*person, booking.id, *part));
        let groups_by_door = facts
            .groups
            .iter()
            .flat_map(|group| group.doors.iter().map(move |door| (*door, group)));
        Self {
            people: sorted(&facts.people, |person| person.id),
            locations: sorted(&facts.locations, |location| location.id),
            plans: sorted(&facts.plans, |plan| plan.id),
            resources: sorted(&facts.resources, |resource| resource.id),
            integrations: sorted(&facts.integrations, |integration| integration.id),
            groups: sorted(&facts.groups, |group| group.id),
            doors: sorted(&facts.doors, |door| door.id),
            groups_by_door: sorted(groups_by_door, |(door, group)| (*door, group.id)),
            holders: sorted(&facts.holders, |holder| (holder.person, holder.integration)),
            memberships: sorted(&facts.memberships, |membership| membership.person),
            belongings: sorted(&facts.company_memberships, |belonging| {
                (belonging.person, belonging.company)
            }),
            personal,
            company,
            bookings,
            spelled: OnceLock::new(),
        }
    }

    /// Everybody, sorted by id.
    pub fn people(&self) -> &[&'f Person] {
        &self.people
    }

    /// Every group, sorted by id.
    pub fn groups(&self) -> &[&'f AccessGroup] {
        &self.groups
    }

    /// A person.
    pub fn person(&self, id: PersonId) -> Option<&'f Person> {
        find(&self.people, id, |person| person.id).copied()
    }

    /// A location.
    pub fn location(&self, id: LocationId) -> Option<&'f Location> {
        find(&self.locations, id, |location| location.id).copied()
    }

    /// A plan.
    pub fn plan(&self, id: PlanId) -> Option<&'f Plan> {
        find(&self.plans, id, |plan| plan.id).copied()
    }

    /// A resource.
    pub fn resource(&self, id: ResourceId) -> Option<&'f Resource> {
        find(&self.resources, id, |resource| resource.id).copied()
    }

    /// An integration.
    pub fn integration(&self, id: IntegrationId) -> Option<&'f Integration> {
        find(&self.integrations, id, |integration| integration.id).copied()
    }

    /// An access group.
    pub fn group(&self, id: AccessGroupId) -> Option<&'f AccessGroup> {
        find(&self.groups, id, |group| group.id).copied()
    }

    /// A door.
    pub fn door(&self, id: DoorId) -> Option<&'f Door> {
        find(&self.doors, id, |door| door.id).copied()
    }

    /// A person's record at one account.
    pub fn holder(&self, person: PersonId, integration: IntegrationId) -> Option<&'f Holder> {
        find(&self.holders, (person, integration), |holder| {
            (holder.person, holder.integration)
        })
        .copied()
    }

    /// The groups of the door's own account that list the door, gone ones included.
    pub fn groups_with<'i>(&'i self, door: &'i Door) -> impl Iterator<Item = &'f AccessGroup> + 'i {
        all(&self.groups_by_door, door.id, |(of, _)| *of)
            .iter()
            .map(|(_, group)| *group)
            .filter(|group| group.integration == door.integration)
    }

    /// Where a person is member or nonmember.
    pub fn memberships(&self, person: PersonId) -> &[&'f Membership] {
        all(&self.memberships, person, |membership| membership.person)
    }

    /// A person's own subscriptions.
    pub fn personal(&self, person: PersonId) -> &[(PersonId, Contract<'f>)] {
        all(&self.personal, person, |(of, _)| *of)
    }

    /// A company's subscriptions.
    pub fn company(&self, company: CompanyId) -> &[(CompanyId, Contract<'f>)] {
        all(&self.company, company, |(of, _)| *of)
    }

    /// The rows of one person, looked up.
    pub fn rows(&self, person: PersonId) -> Rows<'_, 'f> {
        Rows {
            personal: self.personal(person),
            belongings: all(&self.belongings, person, |belonging| belonging.person),
            bookings: all(&self.bookings, person, |(of, _, _)| *of),
        }
    }

    /// Everybody with their rows, sorted by id: one walk along the sorted lists, nothing is looked up.
    pub fn everybody(&self) -> impl Iterator<Item = (&'f Person, Rows<'_, 'f>)> {
        let mut personal = self.personal.as_slice();
        let mut belongings = self.belongings.as_slice();
        let mut bookings = self.bookings.as_slice();
        self.people.iter().map(move |person| {
            let rows = Rows {
                personal: take_run(&mut personal, person.id, |(of, _)| *of),
                belongings: take_run(&mut belongings, person.id, |belonging| belonging.person),
                bookings: take_run(&mut bookings, person.id, |(of, _, _)| *of),
            };
            (*person, rows)
        })
    }

    /// Others with the same name, or the same address in another spelling (P-27 "other e-mail"), sorted by id.
    pub fn namesakes(&self, person: &Person) -> Vec<PersonId> {
        let spelled = self.spelled.get_or_init(|| {
            let people = self.people.iter();
            let mut spelled: Vec<(String, PersonId)> = people
                .flat_map(|one| spellings(one).map(|text| (text, one.id)))
                .collect();
            spelled.sort_unstable();
            spelled
        });
        let same = spellings(person).flat_map(|text| {
            let from = spelled.partition_point(|(of, _)| *of < text);
            spelled[from..].iter().take_while(move |(of, _)| *of == text)
        });
        let mut others: Vec<PersonId> = same.map(|(_, id)| *id).filter(|id| *id != person.id).collect();
        others.sort_unstable();
        others.dedup();
        others
    }

    /// Does the account grant at all? An unknown one does not.
    pub fn grants(&self, integration: IntegrationId) -> bool {
        self.integration(integration)
            .is_some_and(|integration| match integration.state {
                // What is left at a vendor still counts while it gets its real ends, or runs out.
                IntegrationState::Connected
                | IntegrationState::NeedsSignIn
                | IntegrationState::Leaving
                | IntegrationState::RunningOut => true,
                IntegrationState::Revoking | IntegrationState::Disconnected => false,
            })
    }

    /// Can anybody be in this group: does it exist at an account that grants?
    pub fn is_live(&self, group: &AccessGroup) -> bool {
        !group.gone && self.grants(group.integration)
    }

    /// Does the door belong to another site than the one chosen for its integration?
    pub fn on_other_site(&self, door: &Door) -> bool {
        let chosen = self
            .integration(door.integration)
            .and_then(|integration| integration.site.as_ref());
        chosen.zip(door.site.as_ref()).is_some_and(|(chosen, of)| chosen != of)
    }

    /// Can the door be opened by anybody: listed, on the chosen site, at an account that grants?
    pub fn is_usable(&self, door: &Door) -> bool {
        !door.gone && !self.on_other_site(door) && self.grants(door.integration)
    }
}

/// P-20: from the start of the first day until the end of the last, or the instant of cancellation.
fn span(subscription: &Subscription, zone: &Zone) -> Option<Window> {
    let end = subscription.ends_on.map_or(Instant::MAX, |last| zone.day_end(last));
    Window::new(
        zone.day_start(subscription.starts_on),
        end.min(subscription.cancelled_at.unwrap_or(Instant::MAX)),
    )
}

/// Booker and invitees; who made the booking and is invited as well counts as who made it, who is named twice is let in once.
fn add_parts<'f>(booking: &'f Booking, bookings: &mut Vec<(PersonId, Part, &'f Booking)>) {
    bookings.push((booking.booker, Part::Booker, booking));
    for (i, person) in booking.invitees.iter().enumerate() {
        if *person != booking.booker && !booking.invitees[..i].contains(person) {
            bookings.push((*person, Part::Invitee, booking));
        }
    }
}

/// A person's name and address as they are compared: case, spaces and an address's "+tag" do not tell people apart.
fn spellings(person: &Person) -> impl Iterator<Item = String> + use<> {
    let name = person
        .name
        .split_whitespace()
        .map(str::to_lowercase)
        .collect::<Vec<_>>()
        .join(" ");
    let address = person.email.trim().to_lowercase();
    let address = match address.split_once('@') {
        Some((local, domain)) => format!("{}@{domain}", local.split('+').next().unwrap_or(local)),
        None => address,
    };
    [name, address].into_iter().filter(|text| !text.is_empty())
}

fn sorted<T, K: Ord>(all: impl IntoIterator<Item = T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut all: Vec<T> = all.into_iter().collect();
    all.sort_unstable_by_key(key);
    all
}

fn find<T, K: Ord>(sorted: &[T], wanted: K, key: impl Fn(&T) -> K) -> Option<&T> {
    sorted
        .binary_search_by(|one| key(one).cmp(&wanted))
        .ok()
        .map(|i| &sorted[i])
}

fn all<T, K: Ord>(sorted: &[T], wanted: K, key: impl Fn(&T) -> K) -> &[T] {
    let mut rest = &sorted[sorted.partition_point(|one| key(one) < wanted)..];
    take_run(&mut rest, wanted, key)
}

/// Drops from the front of a sorted list what comes before `wanted`, then takes what is `wanted`.
fn take_run<'s, T, K: Ord>(rest: &mut &'s [T], wanted: K, key: impl Fn(&T) -> K) -> &'s [T] {
    let before = rest.iter().take_while(|one| key(one) < wanted).count();
    let len = rest[before..].iter().take_while(|one| key(one) == wanted).count();
    let (run, after) = rest[before..].split_at(len);
    *rest = after;
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(number: u128) -> PersonId {
        PersonId::new(Instant::from_ms(0), number)
    }

    fn someone(number: u128) -> Person {
        Person {
            id: person(number),
            name: String::new(),
            email: String::new(),
            state: PersonState::Active,
        }
    }

    fn booking(number: u128, booker: u128, invitees: &[u128]) -> Booking {
        Booking {
            id: BookingId::new(Instant::from_ms(0), number),
            resource: ResourceId::new(Instant::from_ms(0), 1),
            booker: person(booker),
            invitees: invitees.iter().map(|number| person(*number)).collect(),
            window: Window::ALWAYS,
            state: BookingState::Confirmed,
        }
    }

    #[test]
    fn walking_along_everybody_finds_the_rows_that_looking_up_finds() {
        // 1, 4 and 9 have bookings but are nobody the facts know; 2 has none; 5 is named three times in one.
        let facts = Facts {
            people: [7, 2, 3, 5].map(someone).into(),
            bookings: vec![
                booking(1, 7, &[3, 9]),
                booking(2, 1, &[4, 5]),
                booking(3, 5, &[5, 7, 5]),
            ],
            ..Facts::default()
        };
        let index = Index::new(&facts);
        let shown = |rows: Rows<'_, '_>| -> Vec<(Part, BookingId)> {
            rows.bookings
                .iter()
                .map(|(_, part, booking)| (*part, booking.id))
                .collect()
        };
        let walked: Vec<_> = index.everybody().map(|(one, rows)| (one.id, shown(rows))).collect();
        let looked_up = [2, 3, 5, 7].map(|number| (person(number), shown(index.rows(person(number)))));
        assert_eq!(walked, looked_up);
        let counts: Vec<usize> = walked.iter().map(|(_, bookings)| bookings.len()).collect();
        assert_eq!(counts, [0, 1, 2, 2]);
    }
}
