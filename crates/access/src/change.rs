//! The closed list of steps at a vendor, and what a comparison says.
//!
//! In and out: data only. A connector compares desired with observed and answers with [`Change`]s; the worker stores them,
//! applies them one by one and keeps the [`Receipt`]s. Why so: audit wording, brake and every connector match exhaustively.
//! Always: changes come only from a comparison; a change that takes something away names a row we made (P-30).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::*;
use crate::{Instant, Window};

/// A grant that should hold: person × group × windows, as the vendor must hold it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Desired {
    /// Who.
    pub person: PersonId,
    /// Their e-mail, the key towards vendors.
    pub email: String,
    /// Their name, as the vendor shows it.
    pub name: String,
    /// In which group.
    pub group: AccessGroupId,
    /// The vendor's own id of that group.
    pub external_group: String,
    /// Merged windows, in order (P-24).
    pub windows: Vec<Window>,
}

/// A row at the vendor as last read or acknowledged.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Observed {
    /// The vendor's id of the row.
    pub external: String,
    /// The vendor's id of the person's record.
    pub external_holder: String,
    /// Whose, where we know them.
    pub person: Option<PersonId>,
    /// The e-mail the vendor shows, lower-case.
    pub email: String,
    /// The vendor's id of the group.
    pub external_group: String,
    /// From when to when; open ends where the vendor has none.
    pub window: Window,
    /// Our grant, when a journalled intent of ours made this row; `None` is foreign and never touched (P-30).
    pub ours: Option<GrantId>,
}

/// A person's record at the vendor, as last read or acknowledged.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ObservedHolder {
    /// The vendor's id.
    pub external: String,
    /// Who it is, where we know them.
    pub person: Option<PersonId>,
    /// Lower-case.
    pub email: String,
    /// The address still waits for confirmation, so acting for them fails.
    pub unconfirmed: bool,
    /// Switched off at the vendor.
    pub disabled: bool,
    /// The number of the card they have there, as printed on it.
    pub card: Option<String>,
}

/// A bundle of locks as the vendor shows it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ObservedGroup {
    /// The vendor's id.
    pub external: String,
    /// Its name.
    pub name: String,
    /// The vendor's site it is scoped to; `None` spans all.
    pub site: Option<String>,
    /// The vendor's ids of the locks it opens.
    pub locks: Vec<String>,
    /// What keeps the Access page from working, in plain words.
    pub restrictions: Vec<String>,
}

/// A lock as the vendor shows it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ObservedLock {
    /// The vendor's id.
    pub external: String,
    /// Its name.
    pub name: String,
    /// The vendor's site it belongs to.
    pub site: Option<String>,
    /// The vendor's order for lists.
    pub order: i64,
    /// Reachable for remote opening; `None` when the vendor does not know.
    pub online: Option<bool>,
    /// Held shut for everybody.
    pub locked_down: bool,
    /// What keeps remote opening from working, in plain words.
    pub restrictions: Vec<String>,
}

/// Places for people that a vendor's contract counts, as read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Seats {
    /// Taken.
    pub used: u32,
    /// Paid for.
    pub bought: u32,
}

impl Seats {
    /// From so many percent on, they are running short.
    const SHORT_PERCENT: u64 = 80;

    /// How many are free.
    pub const fn free(self) -> u32 {
        self.bought.saturating_sub(self.used)
    }

    /// Are they running short, though some are free?
    pub const fn are_short(self) -> bool {
        self.free() > 0 && self.used as u64 * 100 >= self.bought as u64 * Self::SHORT_PERCENT
    }
}

/// One reading of everything we may touch.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Observation {
    /// Bundles of locks.
    pub groups: Vec<ObservedGroup>,
    /// Locks.
    pub locks: Vec<ObservedLock>,
    /// People's records, as far as they concern us.
    pub holders: Vec<ObservedHolder>,
    /// Rows in the groups that were asked for.
    pub rows: Vec<Observed>,
    /// Whether all of it could be read. An incomplete reading may add, never take away.
    pub complete: bool,
    /// Groups asked for that the vendor no longer has, by the vendor's ids.
    pub gone_groups: Vec<String>,
    /// Where the vendor counts them.
    pub seats: Option<Seats>,
}

/// One step at a vendor.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "step")]
pub enum Change {
    /// Put a person into a group for a window; makes their record at the vendor first when there is none.
    Give {
        /// The intent, journalled before the call.
        grant: GrantId,
        /// Who.
        person: PersonId,
        /// Their e-mail.
        email: String,
        /// Their name.
        name: String,
        /// Our group.
        group: AccessGroupId,
        /// The vendor's group.
        external_group: String,
        /// From when to when, as the vendor shall hold it.
        window: Window,
    },
    /// Give a row of ours another window.
    Move {
        /// Which of ours.
        grant: GrantId,
        /// Whose.
        person: PersonId,
        /// Our group.
        group: AccessGroupId,
        /// The vendor's group.
        external_group: String,
        /// The vendor's row.
        external: String,
        /// The vendor's record of the person.
        external_holder: String,
        /// As it is.
        from: Window,
        /// As it shall be.
        to: Window,
    },
    /// Take a row of ours away.
    Take {
        /// Which of ours.
        grant: GrantId,
        /// Whose.
        person: PersonId,
        /// Our group.
        group: AccessGroupId,
        /// The vendor's row.
        external: String,
        /// Its window as it is: an ended one is only tidied.
        window: Window,
    },
}

impl Change {
    /// The grant it is about.
    pub const fn grant(&self) -> GrantId {
        match self {
            Self::Give { grant, .. } | Self::Move { grant, .. } | Self::Take { grant, .. } => *grant,
        }
    }

    /// Whose doors it changes.
    pub const fn person(&self) -> PersonId {
        match self {
            Self::Give { person, .. } | Self::Move { person, .. } | Self::Take { person, .. } => *person,
        }
    }
}

/// What the vendor acknowledged for one change.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Receipt {
    /// The vendor's row; `None` when it is gone now.
    pub external: Option<String>,
    /// The vendor's record of the person, where the step met one.
    pub holder: Option<ObservedHolder>,
    /// The window the vendor holds now, from its own reply.
    pub window: Option<Window>,
    /// Was it so already?
    pub already: bool,
    /// Calls made for it.
    pub calls: u32,
}

impl Receipt {
    /// It was found gone already; nothing had to be done for it.
    pub const fn gone() -> Self {
        Self {
            external: None,
            holder: None,
            window: None,
            already: true,
            calls: 0,
        }
    }
}

/// What a comparison says.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Comparison {
    /// Steps, what takes away first.
    pub changes: Vec<Change>,
    /// Troubles it noticed (P-42).
    pub notes: Vec<Note>,
    /// The next instant at which comparing again may say something else, if nothing changes before.
    pub again_at: Option<Instant>,
    /// The same for each person who has such an instant ahead.
    pub edges: BTreeMap<PersonId, Instant>,
}

/// A typed trouble (P-42). The store keeps open ones as findings; words and cures live with the pages.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Note {
    /// A mapped group no longer exists at the vendor.
    GroupGone {
        /// Which.
        group: AccessGroupId,
    },
    /// A mapped group opens no lock.
    GroupWithoutLocks {
        /// Which.
        group: AccessGroupId,
    },
    /// Somebody is in a mapped group whom we did not put there.
    ForeignMember {
        /// Where.
        group: AccessGroupId,
        /// Who, as the vendor shows them.
        email: String,
    },
    /// The vendor still waits for a person to confirm their e-mail address.
    Unconfirmed {
        /// Who.
        person: PersonId,
    },
    /// The vendor has this person switched off.
    HolderDisabled {
        /// Who.
        person: PersonId,
    },
    /// A vendor setting keeps the Access page from opening doors of this group.
    GroupRestriction {
        /// Which.
        group: AccessGroupId,
        /// In plain words.
        what: String,
    },
    /// A vendor setting keeps remote opening of this door from working.
    DoorRestriction {
        /// Which.
        door: DoorId,
        /// In plain words.
        what: String,
    },
    /// The vendor answered with another window than was sent; grants here act at the edges instead.
    WindowsIgnored,
    /// Most of the seats at the vendor are taken.
    SeatsShort {
        /// Paid for.
        bought: u32,
    },
    /// All seats at the vendor are taken.
    SeatsTaken {
        /// Paid for.
        bought: u32,
    },
    /// The credential no longer works.
    SignInNeeded,
    /// The vendor refuses a change for a person.
    Refused {
        /// Who.
        person: PersonId,
        /// In plain words.
        what: String,
    },
}
