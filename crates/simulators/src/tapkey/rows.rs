//! What the simulated Tapkey keeps: owner accounts, people, locks, groups, grants, keys on phones, log entries.
//!
//! The words are Tapkey's (contract §1). Instants are unix milliseconds; ids are opaque, case-sensitive text.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// An OAuth client registered in the integrator portal (contract §3.1).
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub id: String,
    pub secret: Option<String>,
    pub redirect_uris: Vec<String>,
    pub flow: Flow,
    pub scopes: Vec<String>,
    /// The user a client-credentials token acts as.
    pub service_user: Option<String>,
}

/// The registered way of a client to its tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    CodeWithSecret,
    CodeWithPkce,
    ClientCredentials,
}

/// An authorization code on its way; it lives five minutes and works once.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub client: String,
    pub redirect_uri: String,
    pub user: String,
    pub scopes: Vec<String>,
    pub challenge: Option<String>,
    pub issued_ms: i64,
}

/// What an access or refresh token stands for.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub client: String,
    pub user: String,
    pub scopes: Vec<String>,
    pub expires_ms: i64,
}

/// Somebody with a Tapkey login, or somebody whose address waits for a first sign-in.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub id: String,
    pub email: String,
    /// Shown on the login server's page as a person who can sign in.
    pub signs_in: bool,
    /// Whether the phone is in touch with Tapkey in the background: keys are pushed and renewed.
    pub reachable: bool,
}

/// An owner account; "locking system" in Tapkey's own pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimOwner {
    /// Looks like a GUID.
    pub id: String,
    /// Shown name.
    pub name: String,
    /// False for an account that is closed.
    pub active: bool,
}

/// A role on an owner account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Role {
    /// The one owner.
    Owner,
    /// A co-administrator.
    Admin,
    /// An administrator without log access; the API's name for it is assumed.
    AccessManager,
}

/// Who may manage an owner account.
#[derive(Clone, Debug)]
pub(crate) struct Permission {
    pub id: String,
    pub owner: String,
    pub contact: String,
    pub role: Role,
}

/// A bound lock: hardware registered in one owner account.
#[derive(Clone, Debug)]
pub struct SimLock {
    /// Changes when the hardware is bound again.
    pub id: String,
    /// Its owner account.
    pub owner: String,
    /// Shown name.
    pub title: String,
    /// Shown description.
    pub description: Option<String>,
    /// Raw id of the hardware; see contract §2.1.
    pub physical: Vec<u8>,
    /// Whether recurring schedules work on this hardware.
    pub supports_schedules: bool,
    /// Unix ms.
    pub bound_ms: i64,
    /// Unix ms; set when the hardware left this account.
    pub unbound_ms: Option<i64>,
    /// Serial number of the newest revocation list made for it.
    pub rcl_serial: i64,
    /// Unix ms of that list.
    pub rcl_ms: Option<i64>,
    /// Serial number of the list the lock is known to hold.
    pub seen_rcl_serial: Option<i64>,
    /// Unix ms of the last time a phone brought news.
    pub seen_ms: Option<i64>,
    pub(crate) revoked: RevocationList,
    /// The list as the hardware holds it.
    pub(crate) seen: RevocationList,
    pub(crate) last_entry_no: i64,
}

/// Revoked keys of a lock by serial number; everything up to `floor` is void without being listed.
#[derive(Clone, Debug, Default)]
pub(crate) struct RevocationList {
    /// Serial number of the key and the instant its own life ends.
    pub keys: Vec<(u64, i64)>,
    pub floor: u64,
}

/// How far a lock has become part of a lock group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum Joining {
    JoinPending,
    Joined,
    UnjoinPending,
    Unjoined,
}

/// A set of locks that can be granted like one.
#[derive(Clone, Debug)]
pub(crate) struct LockGroup {
    pub id: String,
    pub owner: String,
    pub title: String,
    pub description: Option<String>,
    pub locks: Vec<(String, Joining)>,
}

/// An owner account's view of a user.
#[derive(Clone, Debug)]
pub(crate) struct Contact {
    pub id: String,
    pub owner: String,
    pub user: String,
    /// `tapkey`, or somebody's own identity provider.
    pub ip_id: String,
    pub ip_user_id: Option<String>,
    pub title: Option<String>,
    pub comment: Option<String>,
}

/// A set of contacts that grants can be given to (contract §7.6).
#[derive(Clone, Debug)]
pub(crate) struct UserGroup {
    pub id: String,
    pub owner: String,
    pub title: String,
    pub description: Option<String>,
    /// Membership id → contact.
    pub members: BTreeMap<String, String>,
}

/// A transponder bound to the account.
#[derive(Clone, Debug)]
pub(crate) struct Card {
    pub id: String,
    pub owner: String,
    pub label: String,
    pub title: String,
    pub uid: Vec<u8>,
    pub bound_ms: i64,
}

/// Who a grant is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Grantee {
    Contact(String),
    UserGroup(String),
    Card(String),
}

/// What a grant opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Lock(String),
    Group(String),
}

/// Where a grant is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum GrantState {
    /// In force, or will be.
    Ok,
    /// Revoked at Tapkey, not yet known to every lock. The name is invented (S8).
    RevokePending,
    /// Revoked and learnt.
    Revoked,
}

/// A permission for somebody on something, from when until when.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub id: String,
    pub owner: String,
    pub grantee: Grantee,
    pub target: Target,
    pub from_ms: Option<i64>,
    pub before_ms: Option<i64>,
    pub ical: Option<String>,
    pub state: GrantState,
    /// Made over the API, not by somebody in the portal.
    pub over_api: bool,
    /// Locks that still have to learn of the revocation.
    pub unlearnt: Vec<String>,
}

/// A key on somebody's phone for one lock, made from one grant.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub serial: u64,
    pub issued_ms: i64,
    /// Renewals stop here: the phone is out of reach or the grant is gone.
    pub renews_until_ms: Option<i64>,
    pub from_ms: Option<i64>,
    pub before_ms: Option<i64>,
}

/// One opening in a lock's own memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimLogEntry {
    /// Tapkey's id.
    pub id: String,
    /// Its owner account.
    pub owner: String,
    /// The lock's own counter.
    pub entry_no: i64,
    /// The lock.
    pub lock: String,
    /// Who opened.
    pub contact: Option<String>,
    /// Unix ms by the lock's clock.
    pub lock_ms: i64,
    /// Unix ms of its arrival at Tapkey; `None` while it is still in the lock.
    pub received_ms: Option<i64>,
}

/// One HTTP call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Call {
    /// The HTTP method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The query, undecoded.
    pub query: String,
    /// The JSON body; null for forms, which carry secrets.
    pub body: Value,
    /// The status; 0 when the connection was reset.
    pub status: u16,
    /// Unix ms.
    pub at_ms: i64,
    /// Whether it could have changed something behind the management API.
    pub writing: bool,
    /// The e-mail of the account the token acts for.
    pub caller: Option<String>,
}

impl Grant {
    /// Whether an instant lies in its window; the end is exclusive.
    pub fn covers(&self, at_ms: i64) -> bool {
        covers(self.from_ms, self.before_ms, at_ms)
    }

    /// In force or still to come.
    pub fn is_live(&self, now_ms: i64) -> bool {
        self.state == GrantState::Ok && self.before_ms.is_none_or(|before_ms| now_ms < before_ms)
    }
}

/// Whether an instant lies in a window; null is unbounded, the end is exclusive (contract §7.7).
pub(crate) fn covers(from_ms: Option<i64>, before_ms: Option<i64>, at_ms: i64) -> bool {
    from_ms.is_none_or(|from_ms| from_ms <= at_ms) && before_ms.is_none_or(|before_ms| at_ms < before_ms)
}
