//! What Salto's published texts leave open (contract §9 and §10), as switches.
//!
//! The default of each switch is what the contract holds most likely; a client must be right under every setting.
//! In JSON each value is the short word shown in `CHOICES`, from which the console builds its form.

use serde::{Deserialize, Serialize};

/// Every open question with the answer this simulator gives now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Switches {
    /// The identity server answers 404 to everything (§2).
    pub identity_down: bool,
    /// Who answers the consent page.
    pub consent: Consent,
    /// What a refresh does to the refresh token.
    pub refresh: Refresh,
    /// Status of `invalid_client`: 400 or 401.
    pub invalid_client_status: u16,
    /// Whether `ErrorCode` is a number or a string.
    pub error_codes: ErrorCodes,
    /// Lists that come as a bare array, `version/name` separated by blanks.
    pub bare_lists: String,
    /// The form of `next_page_link`.
    pub next_links: NextLinks,
    /// Rows of a page when nothing is asked for.
    pub page_size: usize,
    /// Seconds (0–60) in which a new guest has no roles and cannot be written to (§5.5).
    pub guest_settle_s: i64,
    /// The same for users with an e-mail.
    pub user_settle_s: i64,
    /// Seconds (0–10) a deleted user can still be read (§5.4).
    pub delete_settle_s: i64,
    /// Adding somebody to a group again: 200, 400 or 409.
    pub add_twice_status: u16,
    /// Creating a user whose e-mail is on the site already: 400 or 409.
    pub same_email_status: u16,
    /// Seconds until doors know of a changed member, door or seat (at most 45).
    pub member_rollout_s: i64,
    /// Seconds until doors know of a changed schedule (at most 210).
    pub schedule_rollout_s: i64,
    /// Seconds a lock still looks online after it is cut off.
    pub lock_stale_s: i64,
    /// Seconds an IQ still looks online after it is cut off (30–60 minutes there).
    pub iq_stale_s: i64,
    /// Status of a remote opening at a door that is cut off.
    pub offline_status: u16,
    /// The secret is given once even before activation.
    pub secret_once: bool,
    /// Wrong one-time passwords in a row until `otp_blocked` (3–8).
    pub otp_block_after: u32,
    /// Days a digital key lives.
    pub mkey_days: i64,
    /// Seconds by which every entry comes late; the stream then says nothing of it.
    pub entries_late_s: i64,
    /// The stream's argument: a JSON string, or an object.
    pub stream_argument: StreamArgument,
}

impl Default for Switches {
    fn default() -> Self {
        Switches {
            identity_down: false,
            consent: Consent::Ask,
            refresh: Refresh::Rotating,
            invalid_client_status: 400,
            error_codes: ErrorCodes::Number,
            bare_lists: "v1.2/sites".to_owned(),
            next_links: NextLinks::Absolute,
            page_size: 20,
            guest_settle_s: 10,
            user_settle_s: 0,
            delete_settle_s: 5,
            add_twice_status: 200,
            same_email_status: 400,
            member_rollout_s: 5,
            schedule_rollout_s: 20,
            lock_stale_s: 300,
            iq_stale_s: 2_700,
            offline_status: 504,
            secret_once: false,
            otp_block_after: 8,
            mkey_days: 30,
            entries_late_s: 0,
            stream_argument: StreamArgument::Text,
        }
    }
}

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$says:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name { $($(#[$says])* #[serde(rename = $word)] $variant),+ }
    };
}

words! {
    /// Who answers the consent page.
    Consent {
        /// A person presses a button.
        Ask = "ask",
        /// Allowed at once, for `login_hint` or the owner of the first site.
        Allow = "allow",
        /// Denied at once.
        Deny = "deny",
        /// A partner's own login answers (§3.7): silently for whom it is a known `login_hint`, denied for anybody else.
        External = "external",
    }
}
words! {
    /// What a refresh does to the refresh token.
    Refresh {
        /// A new one; the old one is dead.
        Rotating = "rotating",
        /// The old one lives on and the answer carries none.
        Sliding = "sliding",
        /// `invalid_grant`.
        Expired = "expired",
    }
}
words! {
    /// The type of `ErrorCode`.
    ErrorCodes {
        /// `2202`.
        Number = "number",
        /// `"2202"`.
        Text = "string",
    }
}
words! {
    /// The form of `next_page_link`.
    NextLinks {
        /// Absolute, as the request came in.
        Absolute = "absolute",
        /// Absolute with `http`, whatever the request came in by.
        Http = "http",
        /// From the root.
        Relative = "relative",
        /// To another host; a client must refuse it.
        Foreign = "foreign",
    }
}
words! {
    /// The argument of `ReceiveMessage`.
    StreamArgument {
        /// One JSON string.
        Text = "string",
        /// An object.
        Object = "object",
    }
}

/// For the console: key, sentence, the words it can take (empty: free text or a number).
pub(super) const CHOICES: &[(&str, &str, &[&str])] = &[
    ("identity_down", "Identity server is down (404)", BOOL),
    ("consent", "Consent page", &["ask", "allow", "deny", "external"]),
    ("refresh", "Refresh tokens", &["rotating", "sliding", "expired"]),
    ("invalid_client_status", "Status of invalid_client", &["400", "401"]),
    ("error_codes", "ErrorCode is a", &["number", "string"]),
    ("bare_lists", "Lists as bare arrays", &[]),
    (
        "next_links",
        "next_page_link",
        &["absolute", "http", "relative", "foreign"],
    ),
    ("page_size", "Rows of a page", &[]),
    ("guest_settle_s", "Seconds until a guest has settled", &[]),
    ("user_settle_s", "Seconds until a user has settled", &[]),
    ("delete_settle_s", "Seconds a deleted user is still read", &[]),
    ("add_twice_status", "Adding a member again", &["200", "400", "409"]),
    ("same_email_status", "The same e-mail again", &["400", "409"]),
    ("member_rollout_s", "Seconds until doors know members", &[]),
    ("schedule_rollout_s", "Seconds until doors know schedules", &[]),
    ("lock_stale_s", "Seconds a lost lock looks online", &[]),
    ("iq_stale_s", "Seconds a lost IQ looks online", &[]),
    ("offline_status", "Opening a door that is cut off", &[]),
    ("secret_once", "The IQ secret is given once", BOOL),
    ("otp_block_after", "Wrong codes until blocked", &[]),
    ("mkey_days", "Days a digital key lives", &[]),
    ("entries_late_s", "Seconds entries come late", &[]),
    ("stream_argument", "Stream messages carry", &["string", "object"]),
];
const BOOL: &[&str] = &["false", "true"];
