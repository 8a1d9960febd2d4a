//! What comes of a worked wake-up: one table from troubles to what happens next.
//!
//! In: a [`Trouble`], how often it was tried, and now. Out: an [`Outcome`].
//! Why so: retrying is decided in one place, and nothing in the queue or in a round knows a vendor's errors.
//! Always: revocations never run out of attempts, because nothing here gives up by counting; pauses grow to a bound and
//! carry a spread from the key itself, so that a thousand keys do not come back in one instant.

use access::Instant;
use connectors::trouble::{Kind, Trouble};

/// The longest pause between two attempts, in milliseconds.
const LONGEST_MS: i64 = 5 * 60_000;
/// The pause when an account has no room for further people, in seconds: seats come free at any time.
const FULL_PAUSE_S: i64 = 300;
/// The first pause, in milliseconds.
const FIRST_MS: i64 = 1_000;

/// What was just made settles within two minutes, as far as vendors were measured: the pause between tries, and how many they are.
const SETTLING_PAUSE_S: i64 = 10;
const SETTLING_TRIES: i64 = 12;

/// What happens next to a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Worked. Look again at that instant, if any.
    Done {
        /// The next edge.
        again_at: Option<Instant>,
    },
    /// Try again then; nobody has to do anything.
    Again {
        /// When.
        at: Instant,
        /// What went wrong, in plain words.
        why: String,
    },
    /// Useless to repeat until a fact changes; the finding says what to do. Looked at again with the next full reading.
    Waits {
        /// What for, in plain words.
        why: String,
    },
    /// What we knew of the vendor is not so any more: read it, and let that wake who differs.
    ReadAnew {
        /// In plain words.
        why: String,
    },
    /// The account's credential is refused: everything of this integration waits for somebody to sign in.
    SignIn {
        /// In plain words.
        why: String,
    },
}

impl Outcome {
    /// What went wrong, in plain words; `None` when nothing did.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Done { .. } => None,
            Self::Again { why, .. } | Self::Waits { why } | Self::ReadAnew { why } | Self::SignIn { why } => Some(why),
        }
    }
}

/// The table. `spread` is any number that differs between keys; it spreads pauses by up to a fifth.
pub fn after(trouble: &Trouble, attempts: i64, now: Instant, spread: u64) -> Outcome {
    let why = trouble.to_string();
    match trouble.kind {
        Kind::Limited { retry_after_ms } => {
            let pause = i64::try_from(retry_after_ms)
                .unwrap_or(LONGEST_MS)
                .clamp(FIRST_MS, LONGEST_MS);
            Outcome::Again {
                at: now.plus_ms(pause),
                why,
            }
        }
        Kind::Unreachable | Kind::Unanswered | Kind::VendorDown | Kind::Nonsense => Outcome::Again {
            at: now.plus_ms(pause_ms(attempts, spread)),
            why,
        },
        Kind::SignInNeeded => Outcome::SignIn { why },
        Kind::GroupGone => Outcome::ReadAnew { why },
        // What a fresh comparison may settle by itself: the row or record we knew is not there any more.
        Kind::Gone | Kind::Conflict => Outcome::Again {
            at: now.plus_ms(pause_ms(attempts, spread)),
            why,
        },
        Kind::Settling if is_settling(attempts) => Outcome::Again {
            at: now.plus_s(SETTLING_PAUSE_S),
            why,
        },
        Kind::Settling => Outcome::Again {
            at: now.plus_ms(pause_ms(attempts, spread)),
            why,
        },
        // Somebody has to widen the plan there; nobody tells us when they did.
        Kind::NoSeats => Outcome::Again {
            at: now.plus_s(FULL_PAUSE_S),
            why,
        },
        Kind::Forbidden | Kind::Unconfirmed | Kind::Invalid => Outcome::Waits { why },
    }
}

/// Is it too early to call what does not settle a refusal?
fn is_settling(attempts: i64) -> bool {
    attempts < SETTLING_TRIES
}

/// Has somebody to know that the vendor refuses this, after so many tries?
pub fn is_refusal(trouble: &Trouble, attempts: i64) -> bool {
    match trouble.kind {
        Kind::Settling => !is_settling(attempts),
        _ => !trouble.passes(),
    }
}

/// 1 s, 2 s, 4 s … 5 min, and up to a fifth more.
fn pause_ms(attempts: i64, spread: u64) -> i64 {
    let doublings = attempts.clamp(0, 16) as u32;
    let pause = FIRST_MS.saturating_mul(1 << doublings).min(LONGEST_MS);
    let fifth = (pause / 5).max(1);
    pause + i64::try_from(spread % fifth.unsigned_abs()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_ms(1_000_000);

    fn trouble(kind: Kind) -> Trouble {
        Trouble::new("give a grant", kind, "it did not work")
    }

    fn pause(kind: Kind, attempts: i64) -> i64 {
        match after(&trouble(kind), attempts, NOW, 0) {
            Outcome::Again { at, .. } => at.ms() - NOW.ms(),
            other => panic!("expected another attempt, not {other:?}"),
        }
    }

    #[test]
    fn pauses_double_up_to_five_minutes_and_never_end() {
        assert_eq!(pause(Kind::VendorDown, 0), 1_000);
        assert_eq!(pause(Kind::VendorDown, 3), 8_000);
        assert_eq!(pause(Kind::VendorDown, 1_000_000), LONGEST_MS);
    }

    #[test]
    fn the_vendors_own_pause_is_obeyed() {
        assert_eq!(pause(Kind::Limited { retry_after_ms: 7_000 }, 9), 7_000);
    }

    #[test]
    fn a_full_plan_is_tried_again_after_the_same_pause_each_time() {
        assert_eq!(pause(Kind::NoSeats, 0), FULL_PAUSE_S * 1_000);
        assert_eq!(pause(Kind::NoSeats, 9), FULL_PAUSE_S * 1_000);
    }

    #[test]
    fn what_settles_is_tried_often_for_two_minutes_and_is_no_refusal_meanwhile() {
        for attempts in 0..SETTLING_TRIES {
            assert_eq!(pause(Kind::Settling, attempts), SETTLING_PAUSE_S * 1_000);
            assert!(!is_refusal(&trouble(Kind::Settling), attempts));
        }
        assert_eq!(pause(Kind::Settling, SETTLING_TRIES), LONGEST_MS);
        assert!(is_refusal(&trouble(Kind::Settling), SETTLING_TRIES));
        assert!(is_refusal(&trouble(Kind::Forbidden), 0) && !is_refusal(&trouble(Kind::VendorDown), 99));
    }

    #[test]
    fn what_only_a_person_can_mend_waits() {
        assert!(matches!(
            after(&trouble(Kind::Unconfirmed), 0, NOW, 0),
            Outcome::Waits { .. }
        ));
        assert!(matches!(
            after(&trouble(Kind::SignInNeeded), 0, NOW, 0),
            Outcome::SignIn { .. }
        ));
    }

    #[test]
    fn keys_come_back_spread_out() {
        let at = |spread| match after(&trouble(Kind::Unreachable), 5, NOW, spread) {
            Outcome::Again { at, .. } => at,
            other => panic!("expected another attempt, not {other:?}"),
        };
        assert_ne!(at(1), at(2));
    }
}
