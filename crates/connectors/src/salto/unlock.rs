//! Opening a door from afar, in our account's name (§5.11).
//!
//! In: a lock and the moment. Out: what came of it. Why so: Salto sees only the account, so who may open is decided by us alone, before;
//! the one-time password proves to the gateway that the account was activated there once.
//! Always: at most five seconds; after `otp_invalid` one more try with a fresh password and no other; a block is waited for without
//! asking; an answer that did not come is said as unknown and never repeated. Neither passwords nor PINs reach a log line.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use access::Instant;
use access::vendor::{OpenRefusal, Opened};
use md5::{Digest, Md5};
use reqwest::Method;
use serde_json::json;

use super::Salto;
use super::beside::{Beside, Held};
use super::errors::{said, says};
use super::wire::Lock;
use crate::limiter::{Lane, within};
use crate::trouble::{Kind, Trouble};

const DEADLINE: Duration = Duration::from_secs(5);
/// Salto blocks for about 20 minutes; ours is longer, so that no press prolongs it.
const BLOCKED_S: i64 = 25 * 60;

/// What a press taught about a gateway.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Lesson {
    /// Wrong one-time passwords.
    wrong: u32,
    blocked: bool,
    took: bool,
}

/// The one-time password of a second: five characters of a hash over time, secret and PIN.
pub(super) fn one_time_password(at: Instant, secret: &str, pin: &str) -> String {
    let second = at.timestamp().strftime("%Y%m%d%H%M%S");
    let digest = Md5::digest(format!("{second}{secret}{pin}"));
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    hex[..5].to_owned()
}

impl Salto {
    /// The answer to [`crate::Connector::open`].
    pub(crate) async fn open(&self, lock: &str, now: Instant) -> Opened {
        let (sent, mut lesson) = (AtomicBool::new(false), None);
        let opened = match within(DEADLINE, self.open_now(lock, now, &sent, &mut lesson)).await {
            Some(opened) => opened,
            None if sent.load(Ordering::Relaxed) => Opened::Unknown,
            None => refused(OpenRefusal::VendorError, "Salto KS did not show the door in time"),
        };
        if let Some((gateway, lesson)) = lesson {
            self.learn(&gateway, lesson, now).await;
        }
        opened
    }

    async fn open_now(
        &self,
        lock: &str,
        now: Instant,
        sent: &AtomicBool,
        lesson: &mut Option<(String, Lesson)>,
    ) -> Opened {
        let path = self.path(&format!("locks/{lock}"));
        let seen = self
            .client
            .read::<Lock>(Lane::Open, &path, &[], &format!("look at lock {lock}"))
            .await;
        let seen = match seen {
            Ok(seen) => seen,
            Err(trouble) => return told(&trouble),
        };
        if let Some(refusal) = shut(&seen) {
            return refusal;
        }
        let gateway = seen.iq.filter(|iq| iq.otp_enabled != Some(false)).map(|iq| iq.id);
        let Some(gateway) = gateway else {
            return match self.unlock(lock, None, sent).await {
                Ok(()) => Opened::Open,
                Err(trouble) => told(&trouble),
            };
        };
        let held = match self.held(&gateway).await {
            Ok(held) => held.unwrap_or_default(),
            Err(trouble) => return told(&trouble),
        };
        let Some((secret, pin)) = held.pair().filter(|_| !held.is_broken()) else {
            return refused(
                OpenRefusal::NotActivated,
                "the door's gateway is not activated for our account",
            );
        };
        if held.is_blocked(now) {
            return refused(
                OpenRefusal::TooMany,
                "Salto KS blocks one-time passwords for some minutes (otp_blocked)",
            );
        }
        let began = tokio::time::Instant::now();
        let (mut learned, mut at) = (Lesson::default(), now);
        let opened = loop {
            let otp = one_time_password(at, secret, pin);
            match self.unlock(lock, Some(&otp), sent).await {
                Ok(()) => {
                    learned.took = true;
                    break Opened::Open;
                }
                Err(trouble) if says(&trouble, |said| said.is_otp_invalid()) => {
                    learned.wrong += 1;
                    if learned.wrong > 1 || !held.may_try_again(learned.wrong) {
                        break refused(OpenRefusal::VendorError, &words(&trouble));
                    }
                    sent.store(false, Ordering::Relaxed);
                    // Another second, so that it is another password.
                    at = now
                        .plus_ms(i64::try_from(began.elapsed().as_millis()).unwrap_or(0))
                        .plus_s(1);
                }
                Err(trouble) => {
                    learned.blocked = says(&trouble, |said| said.is_otp_blocked());
                    break told(&trouble);
                }
            }
        };
        let worth_keeping = learned.wrong > 0 || learned.blocked || (learned.took && held.wrong > 0);
        *lesson = worth_keeping.then_some((gateway, learned));
        opened
    }

    /// What is held of a gateway; activated by another process a moment ago counts too.
    async fn held(&self, gateway: &str) -> Result<Option<Held>, Trouble> {
        let session = &self.client.session;
        let held = Beside::held(&session.kept().await?, gateway);
        if held.as_ref().is_some_and(|held| held.ready) {
            return Ok(held);
        }
        Ok(Beside::held(&session.kept_anew().await?, gateway))
    }

    async fn unlock(&self, lock: &str, otp: Option<&str>, sent: &AtomicBool) -> Result<(), Trouble> {
        let mut body = json!({"locked_state": "unlocked"});
        if let Some(otp) = otp {
            body["otp"] = json!(otp);
        }
        sent.store(true, Ordering::Relaxed);
        let path = self.path(&format!("locks/{lock}/locking"));
        let attempted = format!("open lock {lock}");
        self.client
            .write(Lane::Open, Method::PATCH, &path, Some(body), &attempted)
            .await
            .map(drop)
    }

    /// Keeps what a press taught; that it could not be kept must not change what the member hears.
    async fn learn(&self, gateway: &str, lesson: Lesson, now: Instant) {
        let keep = move |held: &mut Held| {
            held.wrong = if lesson.took { 0 } else { held.wrong + lesson.wrong };
            if lesson.blocked {
                held.blocked_until_ms = Some(now.plus_s(BLOCKED_S).ms());
            }
        };
        if let Err(trouble) = self.keep(gateway, keep).await {
            tracing::warn!(%trouble, gateway, "what an opening taught about a gateway could not be kept");
        }
    }
}

/// What the door itself says before it is asked.
fn shut(lock: &Lock) -> Option<Opened> {
    let iq_is_offline = lock.iq.as_ref().is_some_and(|iq| iq.is_online == Some(false));
    if iq_is_offline {
        return Some(refused(OpenRefusal::Offline, "the door's gateway is offline"));
    }
    if lock.online == Some(false) {
        return Some(refused(OpenRefusal::Offline, "the door is offline"));
    }
    if lock.privacy_mode == Some(true) {
        return Some(refused(
            OpenRefusal::AppAccessOff,
            "privacy mode is on: locked from inside",
        ));
    }
    // Asking now could end what holds it open.
    let held_open = lock.locked_state.as_deref() == Some("office_mode");
    held_open.then(|| refused(OpenRefusal::AlreadyOpen, "office mode holds the door open"))
}

/// What an answer means that is no success.
fn told(trouble: &Trouble) -> Opened {
    let Some(said) = said(trouble) else {
        return match trouble.kind {
            _ if trouble.unknown => Opened::Unknown,
            Kind::SignInNeeded => refused(OpenRefusal::SignInNeeded, &trouble.say),
            Kind::Limited { .. } => refused(OpenRefusal::TooMany, &trouble.say),
            _ => refused(OpenRefusal::VendorError, &trouble.say),
        };
    };
    // Salto's own word that the door was not reached, whatever the status.
    if said.status >= 500 && said.mentions(&["could not be reached", "offline"]) {
        return refused(OpenRefusal::Offline, &words(trouble));
    }
    if trouble.unknown {
        return Opened::Unknown;
    }
    let why = match said.status {
        _ if said.is_otp_blocked() => OpenRefusal::TooMany,
        _ if said.is_otp_missing() || said.is_pin_not_changed() => OpenRefusal::NotActivated,
        401 => OpenRefusal::SignInNeeded,
        // No right to open remotely: the account's role, its remote access, privacy mode, or the site's subscription.
        403 => OpenRefusal::AppAccessOff,
        404 if said.is_not_found() => OpenRefusal::NotFound,
        409 => OpenRefusal::Busy,
        429 => OpenRefusal::TooMany,
        503 => OpenRefusal::Offline,
        _ => OpenRefusal::VendorError,
    };
    refused(why, &words(trouble))
}

fn words(trouble: &Trouble) -> String {
    said(trouble).map_or_else(|| trouble.say.clone(), ToString::to_string)
}

fn refused(why: OpenRefusal, vendor_says: &str) -> Opened {
    Opened::Refused {
        why,
        vendor_says: vendor_says.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_time_passwords_are_those_of_the_contract() {
        for (at, secret, pin, expected) in [
            ("2027-03-09T08:15:42Z", "K7QF2M9ZT4XB8WHD", "4821", "3036b"),
            ("2027-03-09T08:15:43Z", "K7QF2M9ZT4XB8WHD", "4821", "55068"),
            ("2027-12-31T23:59:59Z", "0A1B2C3D4E5F6789", "0007", "1622b"),
        ] {
            let at = at.parse().expect("an instant");
            assert_eq!(one_time_password(at, secret, pin), expected);
        }
    }
}
