//! The rows the simulated Salto KS remembers (contract §1 and §5).
//!
//! A person has two ids here as there: one over all sites ([`Person::id`]) and one per site ([`SiteUser::id`]).
//! What a lock must know carries a [`Span`]: when that fact reached the doors and when its end did.

use serde_json::Value;

/// A vendor id: a lower-case UUID.
pub type Id = String;

/// When a fact holds at the doors, unix ms on the simulator's clock; half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub from_ms: i64,
    pub until_ms: Option<i64>,
}

impl Span {
    pub fn from(from_ms: i64) -> Span {
        Span {
            from_ms,
            until_ms: None,
        }
    }

    /// Whether a lock that last heard of changes at this instant goes by the fact.
    pub fn holds(&self, as_of_ms: i64) -> bool {
        self.from_ms <= as_of_ms && self.until_ms.is_none_or(|until_ms| as_of_ms < until_ms)
    }
}

/// A platform user: the person over all sites.
#[derive(Clone, Debug)]
pub struct Person {
    /// Platform-user id.
    pub id: Id,
    /// The `sub` of tokens; a third id of the same person.
    pub(crate) sub: Id,
    /// Absent for guests.
    pub email: Option<String>,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Signs in with it; absent until the invitation is answered.
    pub(crate) password: Option<String>,
    /// Has not completed the profile they were invited to.
    pub invited: bool,
    /// The number printed on the person's tag.
    pub tag_number: Option<String>,
    /// The site that made a person without profile, whose name it may change.
    pub(crate) managed_by: Option<Id>,
}

/// A physical place (contract §5.2).
#[derive(Clone, Debug)]
pub struct Site {
    /// UUID, the one that paths want.
    pub id: Id,
    /// Two letters and digits; paths refuse it.
    pub uid: String,
    /// `customer_reference`.
    pub name: String,
    /// IANA zone of the site and its IQs.
    pub time_zone: String,
    /// Seats bought.
    pub seats: usize,
    /// Off: all writes and openings fail.
    pub subscription_valid: bool,
    /// Whether PINs work here.
    pub pin_enabled: bool,
    /// Whether digital keys work here.
    pub mkey_compatible: bool,
    /// `released` when it can be managed.
    pub installation_state: String,
    /// Platform-user id of the owner.
    pub(crate) owner: Id,
    /// Feature codes of the plan.
    pub features: Vec<String>,
    /// Days that entries are kept.
    pub keep_entries_days: i64,
}

/// A person's membership of one site (contract §5.4).
#[derive(Clone, Debug)]
pub struct SiteUser {
    /// Site-user id.
    pub id: Id,
    /// The site.
    pub site: Id,
    /// Platform-user id.
    pub person: Id,
    /// Shown name.
    pub alias: String,
    /// Stops all keys at once.
    pub blocked: bool,
    /// Takes a seat; otherwise `suspended`.
    pub subscribed: bool,
    /// May have a PIN.
    pub use_pin: bool,
    /// May open remotely.
    pub remote_access: bool,
    /// May open a door in privacy mode.
    pub override_privacy_mode: bool,
    /// May hold doors open.
    pub toggle_manual_office_mode: bool,
    /// May start the scheduled office mode.
    pub toggle_easy_office_mode: bool,
    /// Role codes.
    pub roles: Vec<String>,
    /// Unix ms; says nothing about seats or keys.
    pub(crate) expires_ms: Option<i64>,
    /// Until then roles look empty and writes about the person fail (contract §5.5).
    pub(crate) settles_ms: i64,
    /// Deleted; the row is shown until then.
    pub(crate) gone_ms: Option<i64>,
    /// What the doors were told, oldest first: from when, and what a key gets.
    pub(crate) standing: Vec<(i64, Standing)>,
}

/// What a door thinks of a person's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Good,
    Blocked,
    Suspended,
    Gone,
}

/// An access group (contract §5.7).
#[derive(Clone, Debug)]
pub struct Group {
    /// Its id.
    pub id: Id,
    /// The site.
    pub site: Id,
    /// `customer_reference`.
    pub name: String,
}

/// A person in a group.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub group: Id,
    pub person: Id,
    /// Whether the cloud still lists it; doors go by the span.
    pub listed: bool,
    pub span: Span,
}

/// A lock in a group.
#[derive(Clone, Debug)]
pub(crate) struct GroupLock {
    pub group: Id,
    pub lock: Id,
    pub listed: bool,
    pub span: Span,
}

/// A time schedule of a group.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    pub id: Id,
    pub group: Id,
    pub hours: super::hours::Hours,
    pub listed: bool,
    pub span: Span,
}

/// A hub (contract §5.10).
#[derive(Clone, Debug)]
pub struct Iq {
    /// Its id.
    pub id: Id,
    /// The site.
    pub site: Id,
    /// `customer_reference`.
    pub name: String,
    /// As printed on it.
    pub mac: String,
    /// Off: remote openings need no one-time password.
    pub otp_enabled: bool,
    /// After a reset: all activations are void.
    pub restore_required: bool,
    /// Cut off from the internet since, unix ms; the cloud notices later.
    pub offline_since_ms: Option<i64>,
}

/// A door (contract §5.9).
#[derive(Clone, Debug)]
pub struct Lock {
    /// Its id.
    pub id: Id,
    /// The site.
    pub site: Id,
    /// Its hub.
    pub iq: Id,
    /// `customer_reference`.
    pub name: String,
    /// As printed on it.
    pub mac: String,
    /// A suffix `_pin` is a keypad.
    pub lock_type: String,
    /// Seconds until it relocks by itself (1–240).
    pub open_seconds: i64,
    /// Locked from inside.
    pub privacy_mode: bool,
    /// Held open.
    pub office_mode: bool,
    /// Cut off from its hub since, unix ms; the cloud notices later.
    pub offline_since_ms: Option<i64>,
    /// Unix ms of the last opening.
    pub(crate) opened_ms: Option<i64>,
    /// The last light at the reader: when, green or red, and in words.
    pub(crate) light: Option<(i64, bool, String)>,
}

/// A PIN that doors know.
#[derive(Clone, Debug)]
pub(crate) struct Pin {
    pub user: Id,
    pub pin: String,
    pub expires_ms: Option<i64>,
    pub listed: bool,
    pub span: Span,
}

/// One person's activation at one hub (contract §5.10).
#[derive(Clone, Debug, Default)]
pub(crate) struct Activation {
    pub secret: Option<String>,
    pub pin: Option<String>,
    pub activated_ms: Option<i64>,
    /// Wrong one-time passwords per command, and until when the command is blocked.
    pub failures: std::collections::BTreeMap<&'static str, (u32, Option<i64>)>,
}

/// A phone with a digital key (contract §5.13).
#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub id: Id,
    pub person: Id,
    pub name: String,
    pub uid: String,
    pub public_key: String,
    pub certificate: String,
    pub mkey: Option<Mkey>,
}

/// The digital key on a phone.
#[derive(Clone, Debug)]
pub(crate) struct Mkey {
    pub id: Id,
    pub registered_ms: i64,
    pub expires_ms: i64,
}

/// What happened at a door (contract §5.14).
#[derive(Clone, Debug)]
pub struct Entry {
    /// Unique; what clients deduplicate by.
    pub id: Id,
    /// The site.
    pub site: Id,
    /// `lock_opened`, `lock_rejected`, …
    pub category: &'static str,
    /// `no_access`, `suspended`, `offline` or nothing.
    pub detail: Option<&'static str>,
    /// Unix ms.
    pub at_ms: i64,
    /// The lock.
    pub lock: Id,
    /// Platform-user id; nobody's for an unknown PIN.
    pub person: Option<Id>,
    /// `tag`, `pin_code`, …
    pub by: &'static str,
    /// A tag's number.
    pub by_detail: Option<String>,
    /// When the cloud learns of it; `None` while the lock is cut off.
    pub(crate) arrives_ms: Option<i64>,
}

/// A registration of a client at the identity server (contract §2).
#[derive(Clone, Debug)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// Confidential when set.
    pub secret: Option<String>,
    /// Compared exactly.
    pub redirect_uris: Vec<String>,
    /// `authorization_code`, `refresh_token`, `password`.
    pub grants: Vec<String>,
    /// What it may ask for.
    pub scopes: Vec<String>,
}

/// A mail or text message that Salto would send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The address, or the phone number.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// One of the three hosts (contract §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// The identity server.
    Identity,
    /// The Connect API.
    Api,
    /// The event stream.
    Stream,
}

/// One HTTP call, as it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Where it came in.
    pub host: Host,
    /// `GET`, `POST`, …
    pub method: String,
    /// Without the query.
    pub path: String,
    /// The query as sent, without `?`, tokens left out.
    pub query: String,
    /// The status answered; 0 when the connection was reset.
    pub status: u16,
    /// When, unix ms on the simulator's clock.
    pub at_ms: i64,
    /// Whether the call asks the Connect API for a change.
    pub writing: bool,
    /// E-mail of the person whose token was used.
    pub caller: Option<String>,
}

/// Text under a key; null, absent and other kinds are `None`.
pub(crate) fn text<'a>(body: &'a Value, key: &str) -> Option<&'a str> {
    body.get(key).and_then(Value::as_str)
}
