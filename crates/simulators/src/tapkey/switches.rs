//! What Tapkey's published texts leave open (contract §10.1), as switches S1–S15.
//!
//! The default of each is the contract's; a client must be right under every setting. In JSON each value is the short
//! word shown in `CHOICES`, from which the console builds its form.

use serde::{Deserialize, Serialize};

/// Every open question of contract §10.1 with the answer this simulator gives now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Switches {
    /// S1: seconds an access token lives.
    pub access_token_s: u32,
    /// S1: what a refresh token is.
    pub refresh_tokens: RefreshTokens,
    /// S1: days without use after which a refresh token is dead.
    pub refresh_token_days: u32,
    /// S2: status when the caller has no role on the owner account.
    pub foreign_owner: ForbiddenOr401,
    /// S3: creating a contact whose address is known.
    pub known_contact: KnownContact,
    /// S4: when a new grant is a `Duplicate`.
    pub duplicate_grants: DuplicateGrants,
    /// S5: a second window on one pair of contact and target is refused with 400.
    pub refuse_other_windows: bool,
    /// S6: `PATCH Grants/{id}` works; otherwise 405.
    pub patch_grants: bool,
    /// S7: `Revoke` without `dryRun` in the query works; otherwise 405.
    pub revoke_without_dry_run: bool,
    /// S8: how a revocation ends.
    pub revocation: Revocation,
    /// S9: a grant past its end says `active:false`.
    pub ended_grants_inactive: bool,
    /// S10: `$orderby` works; otherwise 400.
    pub orderby: bool,
    /// S10: no page of a list is longer, asked or not; 0 is no cap.
    pub top_cap: u32,
    /// S11: order of log entries without `$orderby`.
    pub log_order: LogOrder,
    /// S11: no page of a log is longer; 0 is no cap.
    pub log_cap: u32,
    /// S12: whether user groups can be reached.
    pub user_groups: UserGroups,
    /// S12: their path segment.
    pub user_groups_segment: String,
    /// S13: `boundLockId` of a grant takes the id of a lock group; otherwise 400.
    pub lock_group_grants: bool,
    /// S14: distinct contacts with live grants or membership; 0 is no quota.
    pub smartphone_quota: u32,
    /// S15: calls a second and account; 0 is no limit.
    pub rate_limit_per_s: u32,
    /// S15: which time fills the bucket.
    pub rate_limit_clock: RateClock,
    /// Every seventh object carries a property nobody has heard of (contract §10.2).
    pub extra_properties: bool,
    /// Keys a lock's revocation list can hold; overflow voids older keys of other people (contract §7.8).
    pub revocation_capacity: u32,
}

impl Default for Switches {
    fn default() -> Self {
        Switches {
            access_token_s: 3600,
            refresh_tokens: RefreshTokens::Reusable,
            refresh_token_days: 30,
            foreign_owner: ForbiddenOr401::Forbidden,
            known_contact: KnownContact::Adopt,
            duplicate_grants: DuplicateGrants::Equal,
            refuse_other_windows: false,
            patch_grants: true,
            revoke_without_dry_run: false,
            revocation: Revocation::Pending,
            ended_grants_inactive: false,
            orderby: true,
            top_cap: 0,
            log_order: LogOrder::OldestFirst,
            log_cap: 0,
            user_groups: UserGroups::On,
            user_groups_segment: "UserGroups".to_owned(),
            lock_group_grants: true,
            smartphone_quota: 50,
            rate_limit_per_s: 0,
            rate_limit_clock: RateClock::RealTime,
            extra_properties: true,
            revocation_capacity: 20,
        }
    }
}

/// S1: what a refresh token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefreshTokens {
    /// Works again and again.
    Reusable,
    /// Works once; the answer carries the next.
    Rotating,
    /// There is none, whatever was asked for.
    None,
}

/// S2: the status for an owner account of somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ForbiddenOr401 {
    /// 403.
    #[serde(rename = "403")]
    Forbidden,
    /// 401, as for a missing scope.
    #[serde(rename = "401")]
    Unauthorized,
}

/// S3: creating a contact whose address is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KnownContact {
    /// 200 with the contact there is.
    #[serde(rename = "200")]
    Adopt,
    /// 409 `Duplicate`.
    #[serde(rename = "409")]
    Conflict,
}

/// S4: when a new grant is a `Duplicate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateGrants {
    /// Same grantee, target, window and schedule.
    Equal,
    /// Any live grant on the pair.
    AnyLive,
    /// Never.
    Allow,
}

/// S8: how a revocation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revocation {
    /// `RevokePending` until every lock concerned has learnt of it.
    Pending,
    /// `Revoked` at once; locks learn as late as ever.
    Immediate,
}

/// S11: order of log entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogOrder {
    /// By arrival.
    OldestFirst,
    /// By arrival, backwards.
    NewestFirst,
}

/// S12: whether user groups can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UserGroups {
    /// As assumed in contract §7.6.
    #[serde(rename = "on")]
    On,
    /// 404, as if there were none.
    #[serde(rename = "404")]
    Absent,
    /// 402: the plan does not include them.
    #[serde(rename = "402")]
    NotInPlan,
}

/// S15: which time fills the bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateClock {
    /// The machine's.
    RealTime,
    /// The simulator's; under a frozen clock a bucket never fills again.
    SimTime,
}

/// For the console: key, sentence, the words it can take (empty: free text or a number).
pub(super) const CHOICES: &[(&str, &str, &[&str])] = &[
    ("access_token_s", "S1 Seconds an access token lives", &[]),
    ("refresh_tokens", "S1 Refresh tokens", &["reusable", "rotating", "none"]),
    ("refresh_token_days", "S1 Days until an unused refresh token dies", &[]),
    ("foreign_owner", "S2 Somebody else's locking system", &["403", "401"]),
    ("known_contact", "S3 Creating a known contact", &["200", "409"]),
    (
        "duplicate_grants",
        "S4 A grant is a duplicate if",
        &["equal", "any_live", "allow"],
    ),
    ("refuse_other_windows", "S5 A second window on a pair is refused", BOOL),
    ("patch_grants", "S6 Grants can be changed", BOOL),
    ("revoke_without_dry_run", "S7 Revoking works without dryRun", BOOL),
    ("revocation", "S8 Revoking is", &["pending", "immediate"]),
    ("ended_grants_inactive", "S9 Ended grants are inactive", BOOL),
    ("orderby", "S10 $orderby works", BOOL),
    ("top_cap", "S10 Longest page of a list (0: no cap)", &[]),
    ("log_order", "S11 Log entries", &["oldest_first", "newest_first"]),
    ("log_cap", "S11 Longest page of a log (0: no cap)", &[]),
    ("user_groups", "S12 User groups", &["on", "404", "402"]),
    ("user_groups_segment", "S12 Their path segment", &[]),
    ("lock_group_grants", "S13 Lock groups can be granted", BOOL),
    (
        "smartphone_quota",
        "S14 Smartphone users in the plan (0: no quota)",
        &[],
    ),
    ("rate_limit_per_s", "S15 Calls a second (0: no limit)", &[]),
    (
        "rate_limit_clock",
        "S15 Time that fills the bucket",
        &["real_time", "sim_time"],
    ),
    ("extra_properties", "Unknown properties now and then", BOOL),
    ("revocation_capacity", "Keys in a lock's revocation list", &[]),
];
const BOOL: &[&str] = &["false", "true"];
