//! Decisions: may this person open this door at this instant, because …
//!
//! In: [`Facts`], person, door, instant. Out: yes or no with the whole chain of reasons (P-27), also for "no".
//! Why so: the chain is what "Why?" shows (P-40), what the member reads instead of "No locks", and what tests cite by code.
//! Always: `open` is true exactly when some cause's window in a group with this door contains the instant and every
//! link that can forbid is sound. Not here: sentences; they live with the pages.

use serde::{Deserialize, Serialize};

use crate::causes::{self, Source};
use crate::facts::*;
use crate::id::*;
use crate::index::{Index, Rows};
use crate::{Instant, Window, Windows, at_vendor, chain};

/// The answer for one moment.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Decision {
    /// Who asked.
    pub person: PersonId,
    /// For which door.
    pub door: DoorId,
    /// For when.
    pub at: Instant,
    /// By policy: may they?
    pub open: bool,
    /// The chain, in the order a person would check it. The first link that is not sound is the answer to "why not?".
    pub chain: Vec<Reason>,
    /// The window they are in, when open.
    pub window: Option<Window>,
    /// When it opens next, when not open.
    pub next: Option<Window>,
}

/// One link of the because-chain: a stable code with its particulars.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "code")]
pub enum Reason {
    // Sound links.
    /// Inside this window, by this cause.
    Inside {
        /// By what.
        source: Source,
        /// Through which group.
        group: AccessGroupId,
        /// Until when.
        window: Window,
    },
    /// The vendor holds it.
    Sent {
        /// In which group.
        group: AccessGroupId,
        /// As the vendor has it.
        window: Window,
    },

    // Links that forbid by policy.
    /// Nobody by that id is known.
    NobodyKnown,
    /// Suspended or removed (P-25).
    PersonState {
        /// Which.
        state: PersonState,
    },
    /// No group has this door: it cannot be given to anybody.
    DoorInNoGroup,
    /// The door is no longer listed by the vendor.
    DoorGone,
    /// The door belongs to another site than the one chosen for the integration.
    OtherSite,
    /// The integration does not grant: disconnected, or taking everything of ours away (P-37).
    NotConnected {
        /// Which.
        integration: IntegrationId,
    },
    /// Nothing this person holds is assigned to a group with this door.
    NothingAssigned,
    /// A group that would open it has no locks.
    GroupWithoutLocks {
        /// Which.
        group: AccessGroupId,
        /// By what it is held.
        source: Source,
    },
    /// A group that would open it was deleted at the vendor.
    GroupGone {
        /// Which.
        group: AccessGroupId,
        /// By what it is held.
        source: Source,
    },
    /// Starts later.
    StartsLater {
        /// By what.
        source: Source,
        /// When.
        at: Instant,
    },
    /// Over.
    Ended {
        /// By what.
        source: Source,
        /// Since when.
        at: Instant,
    },
    /// Cancelled.
    Cancelled {
        /// By what.
        source: Source,
        /// Since when (or from when: a contract may be cancelled before it begins); `None` for bookings, whose
        /// cancellation is a state.
        at: Option<Instant>,
    },
    /// The booking waits for approval.
    BookingRequested {
        /// Which.
        source: Source,
    },
    /// Not yet, or no longer, in the company whose subscription opens it.
    NotInCompany {
        /// Which company.
        company: CompanyId,
        /// Last day they belonged to it, if they did.
        left_on: Option<Date>,
    },
    /// The company's item reaches only chosen people (P-21), not this one.
    NotChosen {
        /// Which item.
        source: Source,
    },
    /// The company's item reaches only people with a booking here that day (P-21).
    NoBookingThatDay {
        /// Which item.
        source: Source,
    },
    /// The location's zone is no zone anybody knows, so its dates mean no instants. The store refuses such a zone.
    UnknownZone {
        /// Where.
        location: LocationId,
    },
    /// Another person with the same name, or the same address in another spelling, holds it (P-27 "other e-mail").
    OtherEmail {
        /// Who.
        other: PersonId,
    },

    // Links between policy and the door; they do not change `open`, they say why the door may still refuse.
    /// The vendor credential no longer works.
    SignInNeeded {
        /// Which.
        integration: IntegrationId,
    },
    /// The page with the unlock button is not shown to this person (P-31).
    PageNotVisible {
        /// Who does see it.
        visibility: Visibility,
    },
    /// A vendor setting forbids opening from the page.
    VendorRestriction {
        /// In plain words.
        what: String,
    },
    /// The vendor waits for the person to confirm their address.
    Unconfirmed,
    /// Switched off at the vendor.
    HolderDisabled,
    /// Decided, but the vendor has not acknowledged it yet.
    NotYetSent,
    /// The vendor refused the change.
    VendorRefused {
        /// In plain words.
        what: String,
    },
}

/// May this person open this door at this instant, and why (P-28, third question).
pub fn decide(facts: &Facts, person: PersonId, door: DoorId, at: Instant) -> Decision {
    decide_in(&Index::new(facts), person, door, at)
}

/// The same over facts that are indexed already.
pub fn decide_in(index: &Index<'_>, person: PersonId, door: DoorId, at: Instant) -> Decision {
    let no = |chain| Decision {
        person,
        door,
        at,
        open: false,
        chain,
        window: None,
        next: None,
    };
    let Some(known) = index.person(person) else {
        return no(vec![Reason::NobodyKnown]);
    };
    let Some(door) = index.door(door) else {
        return no(vec![Reason::DoorGone]);
    };
    let forbidding = forbidding(index, known, door);
    let through = groups_through(index, door);
    let listed = |group: &AccessGroupId| through.iter().any(|one| one.id == *group);
    let rows = index.rows(person);
    let claims: Vec<_> = causes::claims(index, person, rows, |groups| groups.iter().any(listed)).collect();
    let windows = Windows::union(claims.iter().flat_map(|claim| claim.windows.iter()));

    let mut inside: Vec<Reason> = Vec::new();
    let mut letting_in: Vec<&AccessGroup> = Vec::new();
    for claim in &claims {
        if let Some(window) = claim.windows.at(at) {
            for group in through.iter().filter(|group| claim.groups.contains(&group.id)) {
                inside.push(Reason::Inside {
                    source: claim.source,
                    group: group.id,
                    window,
                });
                letting_in.push(group);
            }
        }
    }
    let sound = forbidding.is_empty();
    let open = sound && !inside.is_empty();
    let mut chain = forbidding;
    let next = windows
        .iter()
        .find(|window| window.from > at)
        .filter(|_| sound && !open);
    if inside.is_empty() {
        chain.extend(chain::why_not(index, known, door, at));
        if next.is_some() {
            chain.extend(at_vendor::standing(index, person, door));
        }
    } else {
        chain.extend(inside);
        if sound {
            chain.extend(at_vendor::links(index, person, door, &letting_in, at));
        }
    }
    Decision {
        person,
        door: door.id,
        at,
        open,
        chain,
        window: windows.at(at).filter(|_| open),
        next,
    }
}

/// Every door this person may open at this instant (P-28, first question), sorted by id.
pub fn doors_open_to(facts: &Facts, person: PersonId, at: Instant) -> Vec<DoorId> {
    doors_open_to_in(&Index::new(facts), person, at)
}

/// The same over facts that are indexed already.
pub fn doors_open_to_in(index: &Index<'_>, person: PersonId, at: Instant) -> Vec<DoorId> {
    if !index
        .person(person)
        .is_some_and(|person| causes::is_let_in(person.state))
    {
        return Vec::new();
    }
    let groups = causes::claims(index, person, index.rows(person), |_| true)
        .filter(|claim| claim.windows.contains(at))
        .flat_map(|claim| claim.groups);
    let live = groups
        .filter_map(|group| index.group(*group))
        .filter(|group| index.is_live(group));
    let doors = live.flat_map(|group| group.doors.iter().map(move |door| (*door, group.integration)));
    let usable = doors.filter(|(door, integration)| {
        index
            .door(*door)
            .is_some_and(|door| door.integration == *integration && index.is_usable(door))
    });
    let mut doors: Vec<DoorId> = usable.map(|(door, _)| door).collect();
    doors.sort_unstable();
    doors.dedup();
    doors
}

/// Everybody who may open this door at this instant (P-28, second question), sorted by id.
pub fn people_let_in(facts: &Facts, door: DoorId, at: Instant) -> Vec<PersonId> {
    people_let_in_in(&Index::new(facts), door, at)
}

/// The same over facts that are indexed already.
pub fn people_let_in_in(index: &Index<'_>, door: DoorId, at: Instant) -> Vec<PersonId> {
    let Some(door) = index.door(door).filter(|door| index.is_usable(door)) else {
        return Vec::new();
    };
    let through = groups_through(index, door);
    let inside = index
        .everybody()
        .filter(|(person, rows)| holds_one(index, person, *rows, &through, at));
    inside.map(|(person, _)| person.id).collect()
}

/// May they open it? The bare answer, without reasons.
pub(crate) fn is_inside(index: &Index<'_>, person: PersonId, door: &Door, at: Instant) -> bool {
    let Some(person) = index.person(person).filter(|_| index.is_usable(door)) else {
        return false;
    };
    holds_one(index, person, index.rows(person.id), &groups_through(index, door), at)
}

/// The groups that open a door, gone ones left out.
fn groups_through<'f>(index: &Index<'f>, door: &Door) -> Vec<&'f AccessGroup> {
    index.groups_with(door).filter(|group| !group.gone).collect()
}

/// Does something let the person into one of these groups at this instant?
fn holds_one(index: &Index<'_>, person: &Person, rows: Rows<'_, '_>, through: &[&AccessGroup], at: Instant) -> bool {
    let listed = |group: &AccessGroupId| through.iter().any(|one| one.id == *group);
    causes::is_let_in(person.state)
        && causes::claims(index, person.id, rows, |groups| groups.iter().any(listed))
            .any(|claim| claim.windows.contains(at))
}

/// Links that forbid whatever the person holds, in the order one would check them.
fn forbidding(index: &Index<'_>, person: &Person, door: &Door) -> Vec<Reason> {
    let mut links = Vec::new();
    if !causes::is_let_in(person.state) {
        links.push(Reason::PersonState { state: person.state });
    }
    if door.gone {
        links.push(Reason::DoorGone);
    }
    if index.on_other_site(door) {
        links.push(Reason::OtherSite);
    }
    if !index.grants(door.integration) {
        links.push(Reason::NotConnected {
            integration: door.integration,
        });
    }
    links
}

/// Does the Access page show an integration's doors to this person (P-31)? An unknown integration is shown to nobody.
pub fn shows_page(facts: &Facts, person: PersonId, integration: IntegrationId) -> bool {
    let index = Index::new(facts);
    index
        .integration(integration)
        .is_some_and(|integration| at_vendor::shows_page(&index, person, integration))
}
