//! Causes: facts → why somebody may come in, and when.
//!
//! In: [`Facts`]. Out: one [`Cause`] for each item or booking that reaches a person in a group.
//! Why so: everything else (grants, decisions, timelines) is a view of this list, so they cannot disagree (P-28).
//! Always: suspended and removed people have none (P-25); nothing here knows the time of day or a vendor.

use serde::{Deserialize, Serialize};

use crate::facts::*;
use crate::id::*;
use crate::index::{Contract, Index, Part, Rows};
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
    let mut causes = Vec::new();
    if let Some(person) = index.person(person) {
        gather(index, person, index.rows(person.id), &mut causes);
    }
    causes
}

/// All causes of everybody in the facts, sorted by person, group, source.
pub fn of_everybody(facts: &Facts) -> Vec<Cause> {
    let index = Index::new(facts);
    let (mut all, mut causes) = (Vec::new(), Vec::new());
    for (person, rows) in index.everybody() {
        gather(&index, person, rows, &mut causes);
        all.append(&mut causes);
    }
    all
}

/// Replaces what `causes` holds by all causes of one person, sorted by group, then source. Who asks for many people hands in the
/// same list again and again, so that it is allocated once.
pub(crate) fn gather(index: &Index<'_>, person: &Person, rows: Rows<'_, '_>, causes: &mut Vec<Cause>) {
    causes.clear();
    if !is_let_in(person.state) {
        return;
    }
    let given = claims(index, person.id, rows, |_| true).filter(|claim| !claim.windows.is_empty());
    given.for_each(|claim| {
        for (i, group) in claim.groups.iter().enumerate() {
            if !claim.groups[..i].contains(group) {
                causes.push(Cause {
                    person: person.id,
                    group: *group,
                    source: claim.source,
                    windows: claim.windows.clone(),
                });
            }
        }
    });
    causes.sort_unstable_by(|one, next| (one.group, &one.source).cmp(&(next.group, &next.source)));
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

/// Every claim of a person whose groups are wanted: own items, companies' items, bookings. `rows` are the person's.
pub(crate) fn claims<'i, 'f>(
    index: &'i Index<'f>,
    person: PersonId,
    rows: Rows<'i, 'f>,
    wanted: impl Fn(&[AccessGroupId]) -> bool + Copy,
) -> impl Iterator<Item = Claim<'i, 'f>> {
    own_items(index, rows, wanted)
        .chain(companies_items(index, person, rows, wanted))
        .chain(booked(index, rows, wanted))
}

fn own_items<'i, 'f>(
    index: &'i Index<'f>,
    rows: Rows<'i, 'f>,
    wanted: impl Fn(&[AccessGroupId]) -> bool + Copy,
) -> impl Iterator<Item = Claim<'i, 'f>> {
    items(index, rows.personal, wanted).map(|(contract, item, groups)| Claim {
        source: source_of(contract, item, None),
        groups,
        windows: contract.span.map(Windows::from).unwrap_or_default(),
        basis: Basis::Item {
            contract,
            item,
            belonging: None,
        },
    })
}

fn companies_items<'i, 'f>(
    index: &'i Index<'f>,
    person: PersonId,
    rows: Rows<'i, 'f>,
    wanted: impl Fn(&[AccessGroupId]) -> bool + Copy,
) -> impl Iterator<Item = Claim<'i, 'f>> {
    let companies = rows.belongings.chunk_by(|one, next| one.company == next.company);
    companies.flat_map(move |belongings| {
        let company = belongings[0].company;
        items(index, index.company(company), wanted).map(move |(contract, item, groups)| {
            let belonging = belonging(contract, belongings);
            Claim {
                source: source_of(contract, item, Some(company)),
                groups,
                windows: reached(index, person, rows, contract, item, &belonging),
                basis: Basis::Item {
                    contract,
                    item,
                    belonging: Some((company, belonging)),
                },
            }
        })
    })
}

fn booked<'i, 'f>(
    index: &'i Index<'f>,
    rows: Rows<'i, 'f>,
    wanted: impl Fn(&[AccessGroupId]) -> bool + Copy,
) -> impl Iterator<Item = Claim<'i, 'f>> {
    rows.bookings.iter().filter_map(move |(_, part, booking)| {
        let resource = index.resource(booking.resource).filter(|one| wanted(&one.groups))?;
        let window = with_grace(index, booking, resource);
        let counting = window.filter(|_| booking.state.counts());
        Some(Claim {
            source: match part {
                Part::Booker => Source::Booker { booking: booking.id },
                Part::Invitee => Source::Invitee { booking: booking.id },
            },
            groups: &resource.groups,
            windows: counting.map(Windows::from).unwrap_or_default(),
            basis: Basis::Booking { booking, window },
        })
    })
}

/// Each line of somebody's contracts with the groups it opens, where those are wanted.
fn items<'i, 'f, Of>(
    index: &'i Index<'f>,
    contracts: &'i [(Of, Contract<'f>)],
    wanted: impl Fn(&[AccessGroupId]) -> bool + Copy,
) -> impl Iterator<Item = (&'i Contract<'f>, &'f Item, &'f [AccessGroupId])> {
    let lines = contracts
        .iter()
        .flat_map(|(_, contract)| contract.subscription.items.iter().map(move |item| (contract, item)));
    lines.filter_map(move |(contract, item)| {
        let groups = groups_of(index, item);
        wanted(groups).then_some((contract, item, groups))
    })
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
fn reached(
    index: &Index<'_>,
    person: PersonId,
    rows: Rows<'_, '_>,
    contract: &Contract<'_>,
    item: &Item,
    belonging: &Windows,
) -> Windows {
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
            let booked = rows.bookings.iter().filter(|(_, _, booking)| here(booking));
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
