//! The rows the simulated Kisi remembers, as contract §1 and §4 describe them.
//!
//! Public rows are the ones that tests and the demo's seed read or set; everything else is written only by the routes.

use serde_json::{Map, Value};

/// The customer account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Organization {
    pub id: i64,
    pub domain: String,
    pub name: String,
    /// The user who owns it.
    pub owner: i64,
    /// Unused device logins die after so many seconds; 0 keeps them.
    pub device_logins_expire_after_s: i64,
    pub created_ms: i64,
}

/// A user of the organization (contract §4.5).
#[derive(Clone, Debug)]
pub struct SimUser {
    /// Kisi's id.
    pub id: i64,
    /// As written on creation; compared without case.
    pub email: String,
    /// Shown name.
    pub name: Option<String>,
    /// Whether the address is confirmed; acting for an unconfirmed user fails.
    pub confirmed: bool,
    /// Whether Kisi writes mails to the user; managed users have this off.
    pub send_emails: bool,
    /// Off suspends all doors without touching assignments.
    pub access_enabled: bool,
    /// The same, set by SCIM.
    pub scim_access_enabled: bool,
    /// Signs in by password when set.
    pub password: Option<String>,
    /// An organization administrator without being the owner.
    pub organization_admin: bool,
    /// Whether unlocks come from the user's primary device (groups can demand it).
    pub primary_device: bool,
    /// Free pairs kept for integrations.
    pub metadata: Map<String, Value>,
    /// Free text kept verbatim.
    pub notes: Option<String>,
    pub(crate) last_accessed_ms: Option<i64>,
    pub(crate) created_ms: i64,
    pub(crate) updated_ms: i64,
}

/// A login (contract §3).
#[derive(Clone, Debug)]
pub(crate) struct Login {
    pub id: i64,
    pub user: i64,
    pub kind: LoginKind,
    pub name: Option<String>,
    pub secret: String,
    pub expire: bool,
    pub primary: bool,
    pub device_brand: Option<String>,
    pub device_model: Option<String>,
    pub os_name: Option<String>,
    pub last_used_ms: Option<i64>,
    pub created_ms: i64,
    pub updated_ms: i64,
}

/// The two kinds of login a client can make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginKind {
    /// An API key.
    Api,
    /// A phone's or browser's session.
    Device,
}

/// A site (contract §4.1).
#[derive(Clone, Debug)]
pub struct SimPlace {
    /// Kisi's id.
    pub id: i64,
    /// Shown name.
    pub name: String,
    /// IANA zone.
    pub time_zone: String,
    /// Postal address.
    pub address: String,
    /// WGS 84.
    pub latitude: f64,
    /// WGS 84.
    pub longitude: f64,
    /// Nobody gets in while this is on.
    pub locked_down: bool,
    pub(crate) created_ms: i64,
    pub(crate) updated_ms: i64,
}

/// One line of a weekly schedule, in the place's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SimHours {
    /// ISO weekday, Monday is 1.
    pub weekday: i8,
    /// Minutes since midnight, included.
    pub from_minute: i32,
    /// Minutes since midnight, excluded; 1440 is the day's end.
    pub until_minute: i32,
}

/// A door (contract §4.2).
#[derive(Clone, Debug)]
pub struct SimLock {
    /// Kisi's id.
    pub id: i64,
    /// Its place.
    pub place: i64,
    /// Shown name.
    pub name: String,
    /// Shown description.
    pub description: Option<String>,
    /// Position in lists.
    pub order_id: i64,
    /// Whether hardware is assigned to it.
    pub configured: bool,
    /// `None` when Kisi does not know.
    pub online: Option<bool>,
    /// The controller is installing firmware.
    pub updating: bool,
    /// A wireless unlock is under way.
    pub busy: bool,
    /// Nobody gets in while this is on.
    pub locked_down: bool,
    /// Held open by a schedule; an unlock answers `fad110`.
    pub on_scheduled_unlock: bool,
    /// Only near a reader, for everybody.
    pub reader_restriction_enabled: bool,
    /// The number the reader's beacon broadcasts.
    pub proximity_proof: i64,
    /// Only from nearby, for everybody.
    pub geofence_restriction_enabled: bool,
    /// Metres.
    pub geofence_restriction_radius: f64,
    /// Only inside `hours`, for everybody.
    pub time_restriction_enabled: bool,
    /// The schedule for the time restriction.
    pub hours: Vec<SimHours>,
    /// `(unix ms, seconds)` of the last release.
    pub(crate) released: Option<(i64, u32)>,
    pub(crate) created_ms: i64,
    pub(crate) updated_ms: i64,
}

/// A bundle of locks with restrictions (contract §4.4).
#[derive(Clone, Debug)]
pub struct SimGroup {
    /// Kisi's id.
    pub id: i64,
    /// Its place; `None` is the whole organization.
    pub place: Option<i64>,
    /// Shown name, need not be unique.
    pub name: String,
    /// Shown description.
    pub description: Option<String>,
    /// "App access"; off refuses remote unlocks with `f01337`.
    pub login_enabled: bool,
    /// Only near a reader.
    pub reader_restriction_enabled: bool,
    /// Only from nearby.
    pub geofence_restriction_enabled: bool,
    /// Metres.
    pub geofence_restriction_radius: f64,
    /// Only from the user's primary device.
    pub primary_device_restriction_enabled: bool,
    /// Only from managed devices.
    pub managed_device_restriction_enabled: bool,
    /// Only by tapping the phone on the reader.
    pub tap_to_access_restriction_enabled: bool,
    /// Only inside `hours`.
    pub time_restriction_enabled: bool,
    /// The schedule for the time restriction.
    pub hours: Vec<SimHours>,
    pub(crate) created_ms: i64,
    pub(crate) updated_ms: i64,
}

/// The link row group ↔ lock.
#[derive(Clone, Debug)]
pub(crate) struct GroupLock {
    pub id: i64,
    pub group: i64,
    pub lock: i64,
    pub created_ms: i64,
}

/// A role assignment (contract §4.7).
#[derive(Clone, Debug)]
pub(crate) struct Assignment {
    pub id: i64,
    pub role: String,
    pub notify: bool,
    pub scope: Scope,
    pub user: i64,
    pub valid_from_ms: Option<i64>,
    pub valid_until_ms: Option<i64>,
    pub created_by: Option<i64>,
    pub created_ms: i64,
    pub updated_ms: i64,
}

/// What an assignment applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Group(i64),
    Place(i64),
    Organization,
}

/// A bearer link (contract §4.10).
#[derive(Clone, Debug)]
pub(crate) struct GroupLink {
    pub id: i64,
    pub group: i64,
    pub name: String,
    pub email: Option<String>,
    pub secret: String,
    pub link_enabled: bool,
    pub valid_from_ms: Option<i64>,
    pub valid_until_ms: Option<i64>,
    pub last_used_ms: Option<i64>,
    pub created_by: Option<i64>,
    pub created_ms: i64,
}

/// A card, fob or tag (contract §4.11), kept only as a row.
#[derive(Clone, Debug)]
pub(crate) struct Card {
    pub id: i64,
    pub token: String,
    pub kind: String,
    pub user: Option<i64>,
    pub activated: bool,
    pub created_ms: i64,
}

/// An event webhook (contract §5.3).
#[derive(Clone, Debug)]
pub(crate) struct WebhookIntegration {
    pub id: i64,
    pub name: String,
    pub url: String,
    pub signature_key: Option<String>,
    pub enabled: bool,
    pub enabled_events: Vec<String>,
    pub disabled_due_to_error_ms: Option<i64>,
    /// Events in a row that could not be delivered.
    pub failures: u32,
    pub created_ms: i64,
    pub updated_ms: i64,
}

/// A door that was released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlock {
    /// When, unix ms on the simulator's clock.
    pub at_ms: i64,
    /// Which lock.
    pub lock: i64,
    /// Its name then.
    pub lock_name: String,
    /// Who; `None` for a group link.
    pub email: Option<String>,
}

/// One HTTP call, as it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `GET`, `POST`, …
    pub method: String,
    /// Without the query.
    pub path: String,
    /// The query as sent, without `?`.
    pub query: String,
    /// The status answered; 0 when the connection was reset.
    pub status: u16,
    /// When, unix ms on the simulator's clock.
    pub at_ms: i64,
    /// Whether the call asks for a change: everything but reads and the snapshots of `POST /event_sets`.
    pub writing: bool,
    /// E-mail of the user whose login was used.
    pub caller: Option<String>,
}
