//! The port: what every connector answers, as closed enums instead of a trait.
//!
//! In and out: `access`'s words (desired, observed, changes, receipts). Why an enum: there are few vendors, all known here; a `match` that
//! misses one does not compile, and a connector is a value that can be kept and sent.
//! Always: `compare` asks nobody; `apply` does one step and may be repeated; `open` is never retried and ends within five seconds.
//! Here are the values; `connectors` makes connectors, `connector` hands each question to its vendor.

mod connector;
mod connectors;
mod key;

use access::Instant;
use access::change::{Change, Desired, Observation, Receipt};
use access::id::{AccessGroupId, DoorId, PersonId};
use access::vendor::Learned;

pub use crate::salto::Listening;
pub use connector::Connector;
pub(crate) use connectors::Ways;
pub use connectors::{Connectors, Login, Settings};
pub use key::KeyLogin;

use crate::limiter::Lane;

/// What [`Connector::compare`] wants to know. Nothing else enters its answer.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// What should hold; for [`Scope::Person`] only that person's grants matter.
    pub desired: &'a [Desired],
    /// What holds as far as is known: a fresh reading, or what our receipts add up to. Rows of ours carry `ours` and `person`.
    pub observed: &'a Observation,
    /// Every group of the integration that is mapped or has rows of ours.
    pub groups: &'a [KnownGroup],
    /// Every door of the integration.
    pub doors: &'a [KnownDoor],
    /// What this account was found to do.
    pub learned: Learned,
    /// The moment.
    pub now: Instant,
    /// How far to look.
    pub scope: Scope,
    /// To which end.
    pub aim: Aim,
}

/// What the vendor is brought to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Aim {
    /// Exactly what should hold, long access as a lease that is renewed.
    Keep,
    /// What was granted, each with its real end, since nobody renews it from now on; nothing new (P-37).
    Leave,
    /// What was granted, until what is written there ends by itself or, where nothing is written, its window does; nothing new (P-37).
    RunOut,
}

/// One person's rows, or everything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// Only this person; rows that ended are left alone.
    Person(PersonId),
    /// All of it: also notes about groups and doors, foreign rows, and tidying of rows that ended.
    Integration,
}

/// A group of ours and the vendor's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownGroup {
    /// Our id.
    pub id: AccessGroupId,
    /// The vendor's id.
    pub external: String,
    /// Does any plan, resource or item point to it? Notes are only made about those.
    pub mapped: bool,
}

/// A door of ours and the vendor's lock.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownDoor {
    /// Our id.
    pub id: DoorId,
    /// The vendor's id.
    pub external: String,
}

/// Circumstances of one step.
#[derive(Clone, Debug)]
pub struct Step<'a> {
    /// The vendor's record of the person with their present e-mail, where known; saves the search.
    pub holder: Option<&'a str>,
    /// What this account was found to do.
    pub learned: Learned,
    /// The vendor's ids of the person's rows that receipts made known as ours.
    pub known: &'a [String],
    /// Was it tried before?
    pub repeat: Repeat,
}

/// Was a step tried before?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Repeat {
    /// No, or it surely had no effect.
    First,
    /// It may have taken effect: look before doing it again.
    AfterUnknown {
        /// When the intent was journalled; rows made earlier are not its.
        sent_at: Instant,
    },
}

/// What came of a step.
#[derive(Clone, PartialEq, Debug)]
pub struct Applied {
    /// What the vendor acknowledged.
    pub receipt: Receipt,
    /// What is known of the account now; keep it when it differs.
    pub learned: Learned,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a step ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// As asked.
    Done,
    /// The vendor answered with other dates than were sent. The row was removed at once (`receipt.external` is `None`), or could
    /// not be (it names the row, with the window the vendor gave it: it is ours and must go). Compare again with `learned`.
    WindowsDropped,
    /// The vendor holds one row per person and group, and one of ours is there already. Nothing was made; compare again with `learned`.
    OneRowOnly,
    /// The row to be moved no longer exists: somebody removed it. Nothing was made; its grant has ended, compare again.
    RowGone,
    /// The vendor holds one row per person and group, and somebody else made it. It lets the person in and is never touched.
    ForeignStands,
}

/// What looking for the traces of an unanswered step found.
#[derive(Clone, PartialEq, Debug)]
pub enum LookedUp {
    /// It had taken effect (a half-done one was completed).
    Done(Applied),
    /// It had not.
    NotDone,
    /// It had not, and the row it was about no longer exists: its grant has ended.
    RowGone,
}

/// Something that happened at a vendor's door.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SeenEvent {
    /// The vendor's id of the event; the same event may come several times.
    pub external: String,
    /// When.
    pub at: Instant,
    /// The vendor's id of the lock.
    pub lock: Option<String>,
    /// The vendor's id of the person's record.
    pub holder: Option<String>,
    /// The number of the card that was held to the reader, as printed on it.
    pub card: Option<String>,
    /// Can it be the vendor's telling of a press of our own button?
    pub press: SeenPress,
    /// The actor's name as the vendor shows it.
    pub who: Option<String>,
    /// What.
    pub what: SeenWhat,
    /// Why refused, in the vendor's words.
    pub vendor_says: Option<String>,
}

/// Whether an event can be the vendor's telling of a press of our own button, which we know of already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SeenPress {
    /// It is none.
    Never,
    /// Of the person it names: buttons there open in the person's own name.
    OfPerson,
    /// Of anybody: it was done in the name of our account, and who pressed is known to us alone.
    OfAnybody,
}

/// What happened at a door.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SeenWhat {
    /// It opened for somebody.
    Opened,
    /// It did not.
    Refused,
    /// It was opened by force.
    Forced,
    /// It stays open too long.
    HeldOpen,
}

/// What the vendor says happened between two instants.
#[derive(Clone, PartialEq, Debug)]
pub struct DoorEvents {
    /// Oldest first.
    pub events: Vec<SeenEvent>,
    /// Everything before this was read; ask from here next time (overlapping a little is harmless).
    pub read_until: Instant,
}

/// What a webhook hints at. A hint only: state is always read (P-30).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WebhookHint {
    /// At a door.
    Door(SeenEvent),
    /// A row of a group came, changed or went.
    Row {
        /// The vendor's id.
        external: String,
    },
    /// A group came, changed or went: compare everything.
    Group,
    /// A person's record came, changed or went.
    Holder {
        /// The vendor's id.
        external: String,
    },
    /// Of no concern.
    Other,
}

/// How our webhook fares at the vendor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WebhookState {
    /// It delivers.
    Works,
    /// It was switched off after failures and is on again now: catch up by reading events.
    WasOff,
    /// It is no longer there: register anew.
    Missing,
}

/// Which lane a change goes in: taking away goes before giving.
pub(crate) fn lane(change: &Change) -> Lane {
    match change {
        Change::Take { .. } => Lane::Revoke,
        Change::Move { from, to, .. } if to.until < from.until || to.from > from.from => Lane::Revoke,
        Change::Give { .. } | Change::Move { .. } => Lane::Give,
    }
}
