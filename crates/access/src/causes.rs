//! Causes: facts → why somebody may come in, and when.
//!
//! In: [`Facts`]. Out: one [`Cause`] for each item or booking that reaches a person in a group.
//! Why so: everything else (grants, decisions, timelines) is a view of this list, so they cannot disagree (P-28).
//! Always: suspended and removed people have none (P-25); nothing here knows the time of day or a vendor.

use serde::{Deserialize, Serialize};

use crate::facts::*;
use crate::id::*;
use crate::index::{Contract, Index, Part};
use crate::{Instant, Window, Windows};

/// The concrete reason in the data: this item, that booking.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "source")]
pub enum Source {
    /// A subscription's item: the person's own, or their company's.
    Item {
        /// Of which subscription.
        subscription: SubscriptionId,
        /// Which line.
        item: ItemId,
        /// Through which company, if not their own.
        company: Option<CompanyId>,
    },
    /// A booking they made.
    Booker {
        /// Which.
        booking: BookingId,
    },
    /// A booking they are invited to.
    Invitee {
        /// Which.
        booking: BookingId,
    },
}

/// Why one person may come in through one group, and when.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Cause {
    /// Who.
    pub person: PersonId,
    /// Through which group.
    pub group: AccessGroupId,
    /// By what.
    pub source: Source,
    /// When: sorted, disjoint, half-open, never empty.
    pub windows: Windows,
}

/// All causes of one person, sorted by group, then source.
pub fn of_person(facts: &Facts, person: PersonId) -> Vec<Cause> {
    of_person_in(&Index::new(facts), person)
}

/// The same over facts that are indexed already.
pub fn of_person_in(index: &Index<'_>, person: PersonId) -> Vec<Cause> {
    if !index.person(person).is_some_and(|person| is_let_in(person.state)) {
        return Vec::new();
    }
    let mut causes = Vec::new();
    for claim in claims(index, person, |_| true) {
        for (i, group) in claim.groups.iter().enumerate() {
            if !claim.windows.is_empty() && !claim.groups[..i].contains(group) {
                causes.push(Cause {
                    person,
                    group: *group,
                    source: claim.source,
                    windows: claim.windows.clone(),
                });
            }
        }
    }
    causes.sort_by_key(|cause| (cause.group, cause.source));
    causes
}

/// All causes of everybody in the facts, sorted by person, group, source.
pub fn of_everybody(facts: &Facts) -> Vec<Cause> {
    let index = Index::new(facts);
    index
        .people()
        .iter()
        .flat_map(|person| of_person_in(&index, person.id))
        .collect()
}

/// Do people in this state open doors (P-25)?
pub const fn is_let_in(state: PersonState) -> bool {
    match state {
        PersonState::Invited | PersonState::Active => true,
        PersonState::Suspended | PersonState::Removed => false,
    }
}

/// Something in the data that lets a person in, or would but for one thing: causes keep its windows, decisions explain it.
pub(crate) struct Claim<'i, 'f> {
    pub source: Source,
    pub groups: &'f [AccessGroupId],
    /// When it lets them in, if their own state allows; empty when never.
    pub windows: Windows,
    pub basis: Basis<'i, 'f>,
}

/// What a claim rests on.
pub(crate) enum Basis<'i, 'f> {
    /// A line of a contract; `belonging` is when they are in which company, if it is a company's.
    Item {
        contract: &'i Contract<'f>,
        item: &'f Item,
        belonging: Option<(CompanyId, Windows)>,
    },
    /// A booking; `window` includes grace and disregards its state.
    Booking {
        booking: &'f Booking,
        window: Option<Window>,
    },
}

/// Every claim of a person whose groups are wanted: own items, companies' items, bookings.
pub(crate) fn claims<'i, 'f>(
    index: &'i Index<'f>,
    person: PersonId,
    wanted: impl Fn(&[AccessGroupId]) -> bool,
) -> Vec<Claim<'i, 'f>> {
    let mut claims = Vec::new();
    for (_, contract) in index.personal(person) {
        for item in &contract.subscription.items {
            let groups = groups_of(index, item);
            if wanted(groups) {
                let source = source_of(contract, item, None);
                let windows = contract.span.map(Windows::from).unwrap_or_default();
                claims.push(Claim {
                    source,
                    groups,
                    windows,
                    basis: Basis::Item {
                        contract,
                        item,
                        belonging: None,
                    },
                });
            }
        }
    }
    for belongings in index
        .belongings(person)
        .chunk_by(|one, next| one.company == next.company)
    {
        let company = belongings[0].company;
        for (_, contract) in index.company(company) {
            for item in &contract.subscription.items {
                let groups = groups_of(index, item);
                if wanted(groups) {
                    let source = source_of(contract, item, Some(company));
                    let belonging = belonging(contract, belongings);
                    let windows = reached(index, person, contract, item, &belonging);
                    let basis = Basis::Item {
                        contract,
                        item,
                        belonging: Some((company, belonging)),
                    };
                    claims.push(Claim {
                        source,
                        groups,
                        windows,
                        basis,
                    });
                }
            }
        }
    }
    for (_, part, booking) in index.bookings(person) {
        let Some(resource) = index
            .resource(booking.resource)
            .filter(|resource| wanted(&resource.groups))
        else {
            continue;
        };
        let source = match part {
            Part::Booker => Source::Booker { booking: booking.id },
            Part::Invitee => Source::Invitee { booking: booking.id },
        };
        let window = with_grace(index, booking, resource);
        let windows = window
            .filter(|_| booking.state.counts())
            .map(Windows::from)
            .unwrap_or_default();
        claims.push(Claim {
            source,
            groups: &resource.groups,
            windows,
            basis: Basis::Booking { booking, window },
        });
    }
    claims
}

fn source_of(contract: &Contract<'_>, item: &Item, company: Option<CompanyId>) -> Source {
    Source::Item {
        subscription: contract.subscription.id,
        item: item.id,
        company,
    }
}

/// P-5: the plan's or the rented resource's groups, unless the item has its own.
fn groups_of<'f>(index: &Index<'f>, item: &'f Item) -> &'f [AccessGroupId] {
    match (&item.access, item.of) {
        (ItemAccess::Set(groups), _) => groups,
        (ItemAccess::Inherited, ItemOf::Plan(plan)) => index.plan(plan).map_or(&[], |plan| &plan.groups),
        (ItemAccess::Inherited, ItemOf::Rental(resource)) => {
            index.resource(resource).map_or(&[], |resource| &resource.groups)
        }
    }
}

/// P-21: when they are in the company; dates are read in the zone of the contract's location.
fn belonging(contract: &Contract<'_>, belongings: &[&CompanyMembership]) -> Windows {
    let Some(zone) = &contract.zone else {
        return Windows::NONE;
    };
    let windows = belongings.iter().filter_map(|belonging| {
        let left = belonging.left_on.map_or(Instant::MAX, |last| zone.day_end(last));
        Window::new(
            zone.day_start(belonging.joined_on),
            left.min(belonging.removed_at.unwrap_or(Instant::MAX)),
        )
    });
    Windows::union(windows)
}

/// P-21: when a company's item reaches a person.
fn reached(index: &Index<'_>, person: PersonId, contract: &Contract<'_>, item: &Item, belonging: &Windows) -> Windows {
    let (Some(span), Some(zone)) = (contract.span, &contract.zone) else {
        return Windows::NONE;
    };
    let inside = belonging.clip(span);
    match &item.reach {
        Reach::Everyone => inside,
        Reach::Chosen(people) if people.contains(&person) => inside,
        Reach::Chosen(_) => Windows::NONE,
        Reach::BookedToday => {
            let here = |booking: &Booking| {
                booking.state.counts()
                    && index
                        .resource(booking.resource)
                        .is_some_and(|one| one.location == contract.subscription.location)
            };
            let booked = index.bookings(person).iter().filter(|(_, _, booking)| here(booking));
            let days = booked.map(|(_, _, booking)| zone.days_touched(booking.window));
            Windows::union(days).intersect(&inside)
        }
    }
}

/// P-22: from start − grace to end + grace; the resource's minutes, else the location's.
fn with_grace(index: &Index<'_>, booking: &Booking, resource: &Resource) -> Option<Window> {
    let grace = resource
        .grace
        .or_else(|| index.location(resource.location).map(|location| location.grace));
    let Grace {
        before_minutes,
        after_minutes,
    } = grace.unwrap_or_default();
    Window::new(
        booking.window.from.plus_minutes(-before_minutes),
        booking.window.until.plus_minutes(after_minutes),
    )
}
