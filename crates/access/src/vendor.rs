//! What the house knows about a vendor as data: abilities, connecting, opening a door.
//!
//! Why so: pages may not name a vendor, so names, form fields, abilities and outcomes reach them as values that a connector fills.
//! Always: no vendor names here; a secret passes through these types but never implements `Debug` as text.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::facts::Visibility;
use crate::id::*;

mod key;

pub use key::*;

/// One row per vendor: what it can do. Read from data; pages, worker, simulators' scenes and tests read the same.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Abilities {
    /// The word the connector goes by, as in the integration row.
    pub vendor: &'static str,
    /// As people know it.
    pub name: &'static str,
    /// Does the vendor itself start and end a grant at the instants we send? Groups that take no dates are driven at the edges.
    pub native_windows: bool,
    /// May one person hold several windows in one group at once?
    pub several_windows: bool,
    /// Can doors be opened from our pages (P-31, P-32)?
    pub remote_open: bool,
    /// Must each gateway be activated once before its doors open from our pages (P-32)?
    #[serde(default)]
    pub gateways: bool,
    /// Can a phone become a key by the member's own account there (P-32)?
    #[serde(default)]
    pub digital_key: bool,
    /// Does the vendor call us when something happens, where it can reach us? What it tells is also read.
    #[serde(default)]
    pub webhooks: bool,
    /// Does the vendor tell of what happens at its doors over a connection that stays open? What it tells is also read.
    #[serde(default)]
    pub live_events: bool,
    /// Does connecting send the browser to the vendor for consent (P-32, P-33)?
    #[serde(default)]
    pub consent: bool,
    /// Does a location always use one site, never all of the account?
    #[serde(default)]
    pub site_needed: bool,
    /// Where groups take no dates, people join so many seconds before their window, since doors learn late.
    pub lead_s: i64,
    /// Whose record there is yet to be made joins so many seconds earlier still, since groups take a new record late.
    #[serde(default)]
    pub record_s: i64,
    /// Seconds until a door knows of a revocation, at the most, when all is well.
    pub revocation_lag_s: u32,
    /// Seconds a key kept by a phone or a reader goes on opening without connection, at the most; 0 when nothing keeps one.
    pub cached_key_s: u32,
    /// When a revocation takes effect, in a sentence.
    pub effective: &'static str,
    /// What still opens while the door is offline, in a sentence.
    pub offline: &'static str,
    /// Open-ended access is written this many seconds ahead and renewed at half of it.
    pub lease_s: i64,
    /// Calls the vendor permits per second and login.
    pub calls_per_s: f64,
    /// What members have to install, in a sentence with `{email}` in it; empty when nothing (P-33).
    #[serde(default)]
    pub app: &'static str,
    /// What the connect form asks for.
    pub fields: Vec<Field>,
}

/// What one account was found to do, where the contract leaves it open. Kept with the integration.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Learned {
    /// Does the account keep the windows we send? `Some(false)` makes the integration act at the edges.
    pub keeps_windows: Option<bool>,
    /// Can a row's window be changed in place?
    pub moves_windows: Option<bool>,
    /// May a person hold several rows in one group?
    pub several_rows: Option<bool>,
    /// Does the account only take the older form of a grant?
    pub older_form: Option<bool>,
    /// Does the account refuse filters on lists, so that they are read whole?
    pub plain_lists: Option<bool>,
}

/// One field of a connect form.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Key in the submitted form.
    pub key: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What to put there, in a sentence.
    pub hint: &'static str,
    /// How it is typed.
    pub kind: FieldKind,
    /// May it be left empty?
    #[serde(default)]
    pub optional: bool,
    /// Who needs it, where few do: such fields are folded away under these words.
    #[serde(default)]
    pub only_if: &'static str,
}

/// How a connect field is typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Plain text.
    Text,
    /// An e-mail address.
    Email,
    /// Never shown, never kept in the form.
    Password,
    /// A one-time code; only shown when the vendor asked for it.
    Code,
    /// A box to tick; typed as "yes" when it is.
    Tick,
}

/// A text that must never be logged: no `Debug`, no `Display`, no serialisation.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that sends or seals it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Connect an account: what the operator typed, by field key.
#[derive(Clone, Debug)]
pub struct ConnectForm {
    /// Which vendor.
    pub vendor: String,
    /// Field key and what was typed.
    pub fields: Vec<(String, Secret)>,
    /// What the vendor's key list shall call us, as in "Vestibule – Harbor Works, Pier 3".
    pub label: String,
    /// How far the browser's trip to the vendor got, where the vendor wants a person's consent.
    pub consent: Consent,
    /// What is left empty is as in this login, when one signs in again.
    pub like: Option<(NetworkId, VendorLoginId)>,
}

/// How far the browser's trip to the vendor got (OAuth 2 authorization code with PKCE).
#[derive(Clone, Debug)]
pub enum Consent {
    /// No browser takes part: only what was typed can sign in.
    Impossible,
    /// The browser can be sent to the vendor, and shall come back.
    Possible {
        /// Our address it comes back to; registered at the vendor, to the letter.
        back: String,
        /// Unguessable; the vendor hands it back unchanged.
        state: String,
        /// The PKCE verifier: 43 to 128 letters, digits and `-._~`. Its hash goes along.
        verifier: Secret,
    },
    /// It came back with a code.
    Given {
        /// The address it came back to.
        back: String,
        /// The vendor's code; works once.
        code: Secret,
        /// The verifier whose hash went along.
        verifier: Secret,
        /// What was granted, where the vendor says so on the way back.
        scope: Option<String>,
    },
}

/// What came of trying to connect.
#[derive(Clone, Debug)]
pub enum Connected {
    /// It works; store it.
    Yes(NewLogin),
    /// Send the browser there; when it comes back, connect again with all fields and [`Consent::Given`].
    ConsentNeeded {
        /// The vendor's page.
        url: String,
    },
    /// The vendor wants a one-time code: ask for it and try again with all fields.
    CodeNeeded {
        /// What to do, in a sentence.
        say: String,
    },
    /// It does not work.
    No(ConnectRefusal),
}

/// A vendor login that works.
#[derive(Clone, Debug)]
pub struct NewLogin {
    /// Same account, same owner, same key: integrations that share it share one login and one limiter.
    pub account: String,
    /// As shown on the integration's card, as in "owner@harbor.example at harbor-works".
    pub shown: String,
    /// The vendor's secret, to be sealed.
    pub secret: Secret,
    /// Sites to choose from.
    pub sites: Vec<Site>,
    /// Rights that are missing or doubtful, in plain words; empty when all is well.
    pub warnings: Vec<String>,
}

/// A vendor's site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Site {
    /// The vendor's id.
    pub external: String,
    /// Its name.
    pub name: String,
    /// Its IANA zone, where the vendor says.
    pub zone: Option<String>,
}

/// Why connecting failed; each has its own words and cure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ConnectRefusal {
    /// A field is missing or cannot be right.
    Field {
        /// Which.
        key: String,
        /// What is wrong and how to mend it.
        say: String,
    },
    /// No such account at the vendor.
    UnknownAccount,
    /// E-mail or password is wrong.
    WrongCredentials,
    /// The one-time code is wrong or over.
    WrongCode,
    /// Client id or client secret is wrong.
    WrongClient,
    /// A person has to consent in a browser, and none takes part.
    ConsentNeeded,
    /// The consent was used already or is too old.
    ConsentOver,
    /// The account signs in through its own identity provider.
    SingleSignOn,
    /// Not the owner, or without the rights we need.
    MissingRights {
        /// Which, in plain words.
        say: String,
    },
    /// Too many keys exist already; some must be removed there first.
    TooManyLogins,
    /// The vendor did not answer properly.
    Unreachable {
        /// What happened, in plain words.
        say: String,
    },
}

/// What stands between internet and doors, and has to be activated once before its doors open from our pages (P-32).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Gateway {
    /// The vendor's id.
    pub external: String,
    /// As the vendor shows it.
    pub name: String,
    /// Does the vendor think it is online?
    pub online: bool,
    /// How far its activation is.
    pub state: GatewayState,
}

/// How far a gateway's activation is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GatewayState {
    /// Not begun.
    Off,
    /// The vendor sent a PIN to the account's mailbox and waits for it.
    AwaitsPin,
    /// Its doors open from our pages.
    Ready,
    /// What we hold no longer fits: it was activated elsewhere or reset. The vendor's people or an administrator there must reset the PIN.
    Broken,
}

/// What an operator does about a gateway.
#[derive(Clone, Debug)]
pub enum GatewayAct {
    /// Ask how all of them are.
    Look,
    /// Begin: the vendor sends a PIN.
    Begin {
        /// The vendor's id.
        gateway: String,
    },
    /// Finish with the PIN.
    Finish {
        /// The vendor's id.
        gateway: String,
        /// As it was sent.
        pin: Secret,
    },
}

/// What came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GatewaysSeen {
    /// This is how they are now.
    All(Vec<Gateway>),
    /// The PIN is wrong; ask for it again.
    WrongPin,
    /// It cannot be done now.
    No {
        /// Why and what to do, in plain words.
        say: String,
    },
}

/// Open this door for this person, now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OpenDoor {
    /// Tenant.
    pub network: NetworkId,
    /// Which door.
    pub door: DoorId,
    /// For whom.
    pub person: PersonId,
}

/// What came of it. Never retried; an unknown outcome is said as unknown.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Opened {
    /// The vendor took the command.
    Open,
    /// Somebody has to do something first.
    Refused {
        /// Why.
        why: OpenRefusal,
        /// The vendor's own words, for the operator.
        vendor_says: String,
    },
    /// No answer in time: the door may or may not have opened.
    Unknown,
}

/// Why a door did not open, in our words (P-31).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenRefusal {
    /// The vendor knows no right for this person on this door.
    NoAccess,
    /// The vendor's window has not begun.
    NotYet,
    /// The vendor's window is over.
    Over,
    /// The vendor's own schedule forbids it now.
    Schedule,
    /// The person is switched off at the vendor.
    Disabled,
    /// The door wants the phone near its reader.
    ReaderRestriction,
    /// The door wants to know where the phone is, or it is too far away.
    Geofence,
    /// The door only opens by tapping.
    TapOnly,
    /// The group does not allow opening from an app.
    AppAccessOff,
    /// Only the person's first phone may.
    PrimaryDevice,
    /// The person has not confirmed their e-mail address at the vendor.
    Unconfirmed,
    /// Everything is held shut.
    Lockdown,
    /// Already open by its own schedule.
    AlreadyOpen,
    /// Busy with another opening; try again in a moment.
    Busy,
    /// The door's gateway must be activated once before its doors open from our pages (P-32).
    NotActivated,
    /// The door is not reachable.
    Offline,
    /// The door no longer exists at the vendor.
    NotFound,
    /// Our credential does not work any more.
    SignInNeeded,
    /// Too many calls just now.
    TooMany,
    /// Something else.
    VendorError,
}

/// What an operator chooses when an account was connected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IntegrationChoices {
    /// The vendor's site; `None` is all of the account.
    pub site: Option<String>,
    /// Who sees its doors.
    pub visibility: Visibility,
}

/// What to do with grants on disconnecting (P-37).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisconnectWith {
    /// Leave what was granted, as it is (seed).
    Leave,
    /// Leave it, but let every window run out: nothing is renewed.
    RunOut,
    /// Take away all that we made.
    Revoke,
}
