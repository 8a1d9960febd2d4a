//! Tapkey's refusals (§5) as kinds and plain words.
//!
//! In: an answer that is no success. Out: a [`Trouble`] whose source is what Tapkey [`Said`].
//! Always: classified by status, then by the one code that is known (`Duplicate`), never by the message; keys in whatever case; a page
//! for people is [`Kind::Nonsense`] and never taken for "no longer exists".

use std::fmt;

use serde_json::Value;

use crate::http::Answer;
use crate::trouble::{Kind, Trouble};

/// Words for a login that is signed in but no longer manages the locking system.
pub(super) const NOT_AN_ADMINISTRATOR: &str = "the account we are signed in with is no administrator of this locking system any more; make it a co-administrator again in Tapkey's portal, or sign in as somebody who is";
/// Words for a login that manages the locking system but may not do this.
pub(super) const RIGHTS_TOO_SMALL: &str = "Tapkey does not let us do this: the client on Tapkey's integrator portal lacks the permission, or the account we are signed in with has too small a role";
/// Words for a login that is dead.
pub(super) const SIGN_IN_AGAIN: &str = "Tapkey no longer accepts our login; sign in again";
/// Bounded, since it is shown and stored.
const MOST_SAID: usize = 300;

/// What Tapkey said, as far as it can be made out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub status: u16,
    pub code: String,
    pub text: String,
    /// A page for people, so not Tapkey's API at all.
    pub is_page: bool,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.status, self.code, self.text)
    }
}

impl std::error::Error for Said {}

impl Said {
    pub fn of(answer: &Answer) -> Self {
        let mut said = Self {
            status: answer.status,
            is_page: answer.is_page(),
            ..Self::default()
        };
        if let Some(Value::Object(body)) = answer.value() {
            for (key, value) in &body {
                let text = || value.as_str().unwrap_or_default().chars().take(MOST_SAID).collect();
                match &*key.to_lowercase() {
                    "errorcode" => said.code = text(),
                    "message" => said.text = text(),
                    _ => {}
                }
            }
        }
        said
    }

    /// An equal grant, contact or membership exists (§5); the status it comes with is not known.
    pub fn is_duplicate(&self) -> bool {
        self.code.eq_ignore_ascii_case("duplicate")
    }
}

/// What Tapkey said below a trouble.
pub(super) fn said(trouble: &Trouble) -> Option<&Said> {
    trouble.source.as_ref()?.downcast_ref()
}

/// The status below a trouble.
pub(super) fn status(trouble: &Trouble) -> Option<u16> {
    said(trouble).map(|said| said.status)
}

/// An answer that is no success, as a trouble. `retry_after_ms` is the pause the limiter made of a 429; `writes` tells whether the call
/// could have changed something.
pub(super) fn trouble(attempted: &str, said: Said, retry_after_ms: u64, writes: bool) -> Trouble {
    let kind = kind(&said, retry_after_ms);
    let mut trouble = Trouble::new(attempted, kind, say(&said, kind));
    // A gateway that gave up does not know what happened behind it.
    trouble.unknown = writes && (kind == Kind::Nonsense || matches!(said.status, 500 | 502 | 504));
    trouble.because(said)
}

fn kind(said: &Said, retry_after_ms: u64) -> Kind {
    match said.status {
        429 => Kind::Limited { retry_after_ms },
        500..=599 => Kind::VendorDown,
        _ if said.is_page => Kind::Nonsense,
        _ if said.is_duplicate() => Kind::Conflict,
        401 => Kind::SignInNeeded,
        402 => Kind::NoSeats,
        403 => Kind::Forbidden,
        404 => Kind::Gone,
        409 => Kind::Conflict,
        400 | 405 | 422 => Kind::Invalid,
        _ => Kind::Nonsense,
    }
}

fn say(said: &Said, kind: Kind) -> String {
    let sentence = match kind {
        Kind::Limited { .. } => "Tapkey takes no more calls for a moment",
        Kind::SignInNeeded => SIGN_IN_AGAIN,
        Kind::Unconfirmed => "this person's address is not confirmed at Tapkey",
        Kind::NoSeats => {
            "the Tapkey plan of this locking system is full: no further smartphone user fits in; take a larger plan at Tapkey, or remove people there who no longer need access"
        }
        Kind::Forbidden => RIGHTS_TOO_SMALL,
        Kind::Gone => "it no longer exists at Tapkey",
        Kind::GroupGone => "the door or group is not found at Tapkey",
        Kind::Settling => "Tapkey is not done with it yet",
        Kind::Conflict => "it collides with something at Tapkey",
        Kind::Invalid => "Tapkey refuses the values",
        Kind::VendorDown => "Tapkey is not working at the moment",
        Kind::Nonsense => "the answer is not one of Tapkey's; is the address right?",
        Kind::Unreachable => "Tapkey cannot be reached",
        Kind::Unanswered => "Tapkey did not answer in time",
    };
    if said.text.is_empty() {
        format!("{sentence} (status {})", said.status)
    } else {
        format!("{sentence} (status {}: “{}”)", said.status, said.text)
    }
}

/// The door or group behind a step is not there any more.
pub(super) fn group_gone(refusal: Trouble) -> Trouble {
    Trouble {
        kind: Kind::GroupGone,
        say: "the door or group is not found at Tapkey".to_owned(),
        unknown: false,
        ..refusal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(status: u16, code: &str, is_page: bool) -> Kind {
        let said = Said {
            status,
            code: code.to_owned(),
            text: String::new(),
            is_page,
        };
        trouble("give", said, 0, true).kind
    }

    #[test]
    fn the_status_decides_and_after_it_only_the_one_known_code() {
        assert_eq!(kind_of(402, "", false), Kind::NoSeats);
        assert_eq!(kind_of(404, "", false), Kind::Gone);
        assert_eq!(
            kind_of(400, "Duplicate", false),
            Kind::Conflict,
            "its status is not known"
        );
        assert_eq!(kind_of(405, "", false), Kind::Invalid);
    }

    #[test]
    fn a_page_for_people_never_means_gone() {
        assert_eq!(kind_of(404, "", true), Kind::Nonsense);
        assert_eq!(kind_of(503, "", true), Kind::VendorDown);
    }
}
