//! Decisions: may this person open this door at this instant, because …
//!
//! In: [`Facts`], person, door, instant. Out: yes or no with the whole chain of reasons (P-27), also for "no".
//! Why so: the chain is what "Why?" shows (P-40), what the member reads instead of "No locks", and what tests cite by code.
//! Always: `open` is true exactly when some cause's window in a group with this door contains the instant and every
//! link that can forbid is sound. Not here: sentences; they live with the pages.

use serde::{Deserialize, Serialize};

use crate::causes::Source;
use crate::facts::{Date, Facts, PersonState, Visibility};
use crate::id::*;
use crate::{Instant, Window};

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
        /// Since when; `None` for bookings, whose cancellation is a state.
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
    /// Another person with the same name, or the same address in another spelling, holds it (P-27 "other e-mail").
    OtherEmail {
        /// Who.
        other: PersonId,
    },

    // Links between policy and the door; they do not change `open`, they say why the door may still refuse.
    /// The integration no longer grants.
    NotConnected {
        /// Which.
        integration: IntegrationId,
    },
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
pub fn decide(_facts: &Facts, person: PersonId, door: DoorId, at: Instant) -> Decision {
    Decision { person, door, at, open: false, chain: vec![Reason::NobodyKnown], window: None, next: None }
}

/// Every door this person may open at this instant (P-28, first question), sorted by id.
pub fn doors_open_to(_facts: &Facts, _person: PersonId, _at: Instant) -> Vec<DoorId> {
    Vec::new()
}

/// Everybody who may open this door at this instant (P-28, second question), sorted by id.
pub fn people_let_in(_facts: &Facts, _door: DoorId, _at: Instant) -> Vec<PersonId> {
    Vec::new()
}
