//! Remote opening and its one-time password (contract §5.11).
//!
//! `otp = hex(MD5(YYYYMMDDHHMMSS + secret + PIN))[0..5]`, good for 180 s around the hub's clock and reusable within.
//! Wrong ones are counted per person, hub and command; then the command is blocked for 20 minutes.

use md5::{Digest, Md5};
use serde_json::json;

use super::ask::{Ask, Rank, Refusal, Reply};
use super::rows::{Id, text};
use super::state::{World, hex};
use super::{door, locks};
use crate::clock::timestamp;
use crate::wire::Out;

/// Seconds the hub's clock and the caller's may differ.
const DRIFT_S: i64 = 180;
const BLOCKED_MS: i64 = 20 * 60_000;

/// The password of one second (unix ms).
pub fn otp(at_ms: i64, secret: &str, pin: &str) -> String {
    let second = timestamp(at_ms).strftime("%Y%m%d%H%M%S");
    let digest = Md5::digest(format!("{second}{secret}{pin}"));
    hex(&digest)[..5].to_owned()
}

/// Checks a one-time password for a command of a person at a hub.
pub(super) fn check(
    world: &mut World,
    person: &str,
    iq: &str,
    command: &'static str,
    given: Option<&str>,
) -> Result<(), Refusal> {
    let (now, most) = (world.now(), world.switches.otp_block_after);
    let missing = Refusal::otp_missing;
    let given = given.filter(|given| !given.is_empty()).ok_or_else(missing)?;
    let key: (Id, Id) = (person.to_owned(), iq.to_owned());
    let activation = world.activations.get_mut(&key).ok_or_else(missing)?;
    let (Some(secret), Some(pin)) = (&activation.secret, &activation.pin) else {
        return Err(missing());
    };
    let good = (-DRIFT_S..=DRIFT_S).any(|drift_s| otp(now + drift_s * 1000, secret, pin) == given.to_lowercase());
    let (failed, blocked_until) = activation.failures.entry(command).or_default();
    if blocked_until.is_some_and(|until_ms| now < until_ms) {
        return Err(Refusal::otp_blocked());
    }
    if command == "locking" && activation.activated_ms.is_none() {
        return Err(Refusal::otp_invalid("pin_not_changed"));
    }
    if good {
        (*failed, *blocked_until) = (0, None);
        return Ok(());
    }
    *failed += 1;
    if *failed >= most {
        (*failed, *blocked_until) = (0, Some(now + BLOCKED_MS));
    }
    Err(Refusal::otp_invalid("otp_invalid"))
}

/// `PATCH …/locks/<lock>/locking`.
pub(super) fn change(world: &mut World, ask: &Ask<'_>, site: &str, lock: &str) -> Reply {
    let (user, rank) = world.caller_on(site, &ask.caller)?;
    let (remote, blocked, office) = (
        user.remote_access,
        user.blocked || !user.subscribed,
        user.toggle_manual_office_mode || user.roles.iter().any(|role| role == "site_remote_office_mode_user"),
    );
    let row = locks::row(world, site, lock)?;
    let wanted = match text(&ask.body, "locked_state") {
        Some(state @ ("unlocked" | "locked" | "office_mode" | "none" | "uncertain")) => state.to_owned(),
        Some(_) => return Err(Refusal::invalid("The LockedState field is not valid.")),
        None => return Err(Refusal::malformed("The locked_state field is required.")),
    };
    let accessible = || door::may(world, row, &ask.caller, world.now()).is_ok();
    let lapsed = world.sites.get(site).is_some_and(|site| !site.subscription_valid);
    let held = wanted == "office_mode" || wanted == "locked";
    if lapsed
        || blocked
        || !remote
        || row.privacy_mode
        || (held && rank < Rank::SuperUser && !office)
        || (rank < Rank::SuperUser && !accessible())
    {
        return Err(Refusal::forbidden("User does not have permission for remote locking"));
    }
    let (iq, was_held, cut_off) = (row.iq.clone(), row.office_mode, world.cut_off_since(row).is_some());
    if cut_off {
        return Err(Refusal::plain(
            world.switches.offline_status,
            "The lock could not be reached",
        ));
    }
    if world.iqs.get(&iq).is_some_and(|iq| iq.otp_enabled) {
        check(world, &ask.caller, &iq, "locking", text(&ask.body, "otp"))?;
    }
    let now = world.now();
    if let Some(row) = world.locks.get_mut(lock) {
        match wanted.as_str() {
            "unlocked" => row.opened_ms = Some(now),
            "office_mode" => row.office_mode = true,
            "locked" => (row.office_mode, row.opened_ms) = (false, None),
            _ => {}
        }
    }
    let what = match (wanted.as_str(), was_held) {
        ("unlocked", _) => Some(("lock_opened", None)),
        ("office_mode", false) => Some(("office_mode", Some("start"))),
        ("locked", true) => Some(("office_mode", Some("end"))),
        _ => None,
    };
    if let Some(what) = what {
        door::note(world, lock, Some(ask.caller.clone()), ("remote", None), what);
    }
    Ok(Out::json(200, &json!({})))
}
