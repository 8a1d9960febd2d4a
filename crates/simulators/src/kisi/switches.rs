//! What Kisi's published texts leave open (contract §8), as switches.
//!
//! The default of each switch is what the contract holds most likely; a client must be right under every setting.
//! In JSON each value is the short word shown in `CHOICES`, from which the console builds its form.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Every open question of contract §8 with the answer this simulator gives now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Switches {
    /// A second assignment of the same user, group and role.
    pub duplicate_assignments: Duplicates,
    /// `PATCH /role_assignments/{id}` with `valid_from`/`valid_until`.
    pub patch_window: PatchWindow,
    /// Which fields `POST /role_assignments` understands.
    pub create_form: CreateForm,
    /// Stores and returns null dates although a window was sent: a door open from now and for ever.
    pub drop_window_on_create: bool,
    /// How the eleventh API login of a user is refused.
    pub eleventh_login: ForbiddenOr422,
    /// Status of "You have to confirm your email address before continuing".
    pub unconfirmed: UnauthorizedOr403,
    /// Status of an unlock without any right on the lock.
    pub not_granted: ForbiddenOr404,
    /// Status of an unlock during a lockdown.
    pub lockdown: ConflictOr403,
    /// What a deleted group does to its assignments.
    pub group_delete: GroupDelete,
    /// Form of the webhook signature header.
    pub signature: Signature,
    /// How often a failed webhook is sent again (0–5).
    pub webhook_retries: u32,
    /// Milliseconds before the first repeat; doubles each time.
    pub webhook_retry_ms: u64,
    /// Failed events in a row after which the integration is disabled; 0 is never.
    pub webhook_disable_after: u32,
    /// Every webhook is delivered twice.
    pub webhook_duplicates: bool,
    /// Webhooks that follow each other quickly are delivered in swapped pairs.
    pub webhook_reordered: bool,
    /// Zone of the timestamps in answers and webhooks.
    pub timestamps: Timestamps,
    /// Body of a 429.
    pub too_many_body: TooManyBody,
    /// `Retry-After` of a 429 of the rate limit itself.
    pub too_many_retry_after: TooManyHeader,
    /// The rate limits of contract §2.2, and which time fills the buckets.
    pub rate_limits: RateLimits,
    /// The owner's one-time code; when set, a password alone is answered with `afc526`.
    pub owner_otp: Option<String>,
    /// Single sign-on in force: only the owner signs in by password.
    pub sso: bool,
    /// Polls of `GET /event_sets/{id}` that still say `in_progress`.
    pub event_set_polls: u32,
    /// The reader restriction refuses with the sentence of the help centre instead of the published one.
    pub reader_restriction_text: bool,
    /// A lock stays released so many seconds after an unlock.
    pub unlock_seconds: u32,
    /// Statuses that replace the unlock table of contract §4.3, by code.
    pub unlock_status: BTreeMap<String, u16>,
}

impl Default for Switches {
    fn default() -> Self {
        Switches {
            duplicate_assignments: Duplicates::Allow,
            patch_window: PatchWindow::Honour,
            create_form: CreateForm::Both,
            drop_window_on_create: false,
            eleventh_login: ForbiddenOr422::Forbidden,
            unconfirmed: UnauthorizedOr403::Unauthorized,
            not_granted: ForbiddenOr404::Forbidden,
            lockdown: ConflictOr403::Conflict,
            group_delete: GroupDelete::Cascade,
            signature: Signature::Prefixed,
            webhook_retries: 2,
            webhook_retry_ms: 500,
            webhook_disable_after: 0,
            webhook_duplicates: false,
            webhook_reordered: false,
            timestamps: Timestamps::Utc,
            too_many_body: TooManyBody::Json,
            too_many_retry_after: TooManyHeader::Absent,
            rate_limits: RateLimits::RealTime,
            owner_otp: None,
            sso: false,
            event_set_polls: 0,
            reader_restriction_text: false,
            unlock_seconds: 5,
            unlock_status: BTreeMap::new(),
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
    /// A second assignment of the same user, group and role.
    Duplicates {
        /// Adds another row.
        Allow = "allow",
        /// 409.
        Conflict = "409",
        /// 422.
        Unprocessable = "422",
    }
}
words! {
    /// What a PATCH of the window does.
    PatchWindow {
        /// Changes it.
        Honour = "honour",
        /// Answers 204 and changes nothing.
        Ignore = "ignore",
        /// 422.
        Refuse = "422",
    }
}
words! {
    /// Which fields the creation of an assignment understands.
    CreateForm {
        /// `applies_to`/`assignee` and `user_id`/`group_id`.
        Both = "both",
        /// Only `user_id`/`group_id`; the new form is a 422 that names user and group.
        LegacyOnly = "legacy_only",
    }
}
words! {
    /// 403 or 422.
    ForbiddenOr422 {
        /// 403.
        Forbidden = "403",
        /// 422.
        Unprocessable = "422",
    }
}
words! {
    /// 401 or 403.
    UnauthorizedOr403 {
        /// 401.
        Unauthorized = "401",
        /// 403.
        Forbidden = "403",
    }
}
words! {
    /// 403 or 404.
    ForbiddenOr404 {
        /// 403.
        Forbidden = "403",
        /// 404.
        NotFound = "404",
    }
}
words! {
    /// 409 or 403.
    ConflictOr403 {
        /// 409.
        Conflict = "409",
        /// 403.
        Forbidden = "403",
    }
}
words! {
    /// What a deleted group does to its assignments.
    GroupDelete {
        /// They go with it.
        Cascade = "cascade",
        /// They stay, pointing at nothing.
        Keep = "keep",
    }
}
words! {
    /// Form of the webhook signature header.
    Signature {
        /// `sha256=<hex>`.
        Prefixed = "prefixed",
        /// `<hex>`.
        Bare = "bare",
    }
}
words! {
    /// Zone of timestamps.
    Timestamps {
        /// `…Z`.
        Utc = "Z",
        /// `…+01:00`.
        PlusOne = "+01:00",
    }
}
words! {
    /// Body of a 429.
    TooManyBody {
        /// `{"code":…,"error":…}`.
        Json = "json",
        /// A plain sentence.
        Text = "text",
        /// Nothing.
        Empty = "empty",
    }
}
words! {
    /// `Retry-After` of a 429.
    TooManyHeader {
        /// Not sent.
        Absent = "absent",
        /// Whole seconds.
        Seconds = "seconds",
        /// An HTTP date.
        Date = "date",
    }
}
words! {
    /// The rate limits and the time that fills their buckets.
    RateLimits {
        /// Five a second of real time, whatever the simulator's clock shows.
        RealTime = "real_time",
        /// Five a second of the simulator's clock; under a frozen clock a bucket never fills again.
        SimTime = "sim_time",
        /// No limit.
        Off = "off",
    }
}

/// For the console: key, sentence, the words it can take (empty: free text or a number).
pub(super) const CHOICES: &[(&str, &str, &[&str])] = &[
    (
        "duplicate_assignments",
        "A second assignment of the same user and group",
        &["allow", "409", "422"],
    ),
    ("patch_window", "PATCH of a window", &["honour", "ignore", "422"]),
    ("create_form", "Assignments can be created in", &["both", "legacy_only"]),
    ("drop_window_on_create", "Dates sent on create are lost", BOOL),
    ("group_delete", "A deleted group's assignments", &["cascade", "keep"]),
    ("owner_otp", "One-time code of the owner (empty: none)", &[]),
    ("sso", "Single sign-on in force", BOOL),
    (
        "eleventh_login",
        "The eleventh API login is refused with",
        &["403", "422"],
    ),
    ("unconfirmed", "An unconfirmed e-mail is refused with", &["401", "403"]),
    ("not_granted", "Unlocking without a right", &["403", "404"]),
    ("lockdown", "Unlocking during a lockdown", &["409", "403"]),
    (
        "reader_restriction_text",
        "Reader restriction in the help centre's words",
        BOOL,
    ),
    ("unlock_seconds", "Seconds a lock stays released", &[]),
    (
        "rate_limits",
        "Rate limits of 5 a second",
        &["real_time", "sim_time", "off"],
    ),
    ("too_many_body", "Body of a 429", &["json", "text", "empty"]),
    (
        "too_many_retry_after",
        "Retry-After of a 429",
        &["absent", "seconds", "date"],
    ),
    ("timestamps", "Timestamps", &["Z", "+01:00"]),
    ("event_set_polls", "Polls before an event set is finished", &[]),
    ("signature", "Webhook signature", &["prefixed", "bare"]),
    ("webhook_retries", "Repeats of a failed webhook", &[]),
    (
        "webhook_disable_after",
        "Failed webhooks until disabled (0: never)",
        &[],
    ),
    ("webhook_duplicates", "Webhooks arrive twice", BOOL),
    ("webhook_reordered", "Webhooks arrive in swapped pairs", BOOL),
];
const BOOL: &[&str] = &["false", "true"];
