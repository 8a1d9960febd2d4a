//! Salto's refusals (§4) as kinds and plain words.
//!
//! In: an answer that is no success. Out: a [`Trouble`] whose source is what Salto [`Said`].
//! Always: `ErrorCode` is read as number and as text; a 404 counts as "no longer exists" only with Salto's own code 2202, so that an
//! outage or a proxy never looks like a deletion.

use std::fmt;

use serde_json::Value;

use crate::http::Answer;
use crate::trouble::{Kind, Trouble};

/// "… not found"; also "Otp is invalid".
const NOT_FOUND: u32 = 2202;
/// No right on this user, or a secret that is given only once.
const NOT_ON_THIS: u32 = 2203;
/// One-time passwords.
const OTP: u32 = 3102;

/// What Salto said, as far as it can be made out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub status: u16,
    pub code: Option<u32>,
    /// `Message`, or the title of the newer form.
    pub text: String,
    /// Is the body Salto's at all?
    pub is_theirs: bool,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        if let Some(code) = self.code {
            write!(f, "/{code}")?;
        }
        write!(f, " {}", self.text)
    }
}

impl std::error::Error for Said {}

impl Said {
    pub fn of(answer: &Answer) -> Self {
        let mut said = Self {
            status: answer.status,
            ..Self::default()
        };
        if answer.is_empty() {
            said.is_theirs = true;
            return said;
        }
        let Some(Value::Object(body)) = answer.value() else {
            return said;
        };
        said.is_theirs = true;
        said.code = match body.get("ErrorCode") {
            Some(Value::Number(code)) => code.as_u64().and_then(|code| u32::try_from(code).ok()),
            Some(Value::String(code)) => code.trim().parse().ok(),
            _ => None,
        };
        let text = ["Message", "title"].into_iter().find_map(|key| body.get(key)?.as_str());
        // Bounded: it is shown and stored.
        said.text = text.unwrap_or_default().chars().take(300).collect();
        said
    }

    pub fn mentions(&self, words: &[&str]) -> bool {
        let text = self.text.to_lowercase();
        words.iter().any(|word| text.contains(word))
    }

    pub fn is_not_found(&self) -> bool {
        self.status == 404 && self.code == Some(NOT_FOUND)
    }

    /// "User does not have permission for this operation on this user", also while a user has not settled (§5.5).
    pub fn is_not_on_this(&self) -> bool {
        self.status == 403 && self.code == Some(NOT_ON_THIS)
    }

    /// Wrong, or none where one is wanted (§5.11).
    pub fn is_otp_invalid(&self) -> bool {
        self.status == 400 && (self.code == Some(OTP) || self.mentions(&["otp_invalid"])) && !self.is_pin_not_changed()
    }

    pub fn is_pin_not_changed(&self) -> bool {
        self.mentions(&["pin_not_changed"])
    }

    pub fn is_otp_blocked(&self) -> bool {
        self.mentions(&["otp_blocked"]) || (self.status == 403 && self.code == Some(OTP))
    }

    /// 404/2202 "Otp is invalid": none was sent, or nobody is activated.
    pub fn is_otp_missing(&self) -> bool {
        self.is_not_found() && self.mentions(&["otp"])
    }
}

/// What Salto said below a trouble.
pub(super) fn said(trouble: &Trouble) -> Option<&Said> {
    trouble.source.as_ref()?.downcast_ref()
}

/// Does what Salto said below a trouble fit?
pub(super) fn says(trouble: &Trouble, fits: impl FnOnce(&Said) -> bool) -> bool {
    said(trouble).is_some_and(fits)
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
        _ if !said.is_theirs => Kind::Nonsense,
        401 => Kind::SignInNeeded,
        403 => Kind::Forbidden,
        404 if said.is_not_found() => Kind::Gone,
        409 => Kind::Conflict,
        400 | 422 => Kind::Invalid,
        _ => Kind::Nonsense,
    }
}

fn say(said: &Said, kind: Kind) -> String {
    let plain = match kind {
        Kind::Limited { .. } => "too many calls at Salto KS just now",
        Kind::VendorDown => "Salto KS is not working at the moment",
        Kind::SignInNeeded => "Salto KS does not accept this login any more",
        Kind::Forbidden if said.mentions(&["subscription"]) => "the site's subscription at Salto KS has lapsed",
        Kind::Forbidden => "Salto KS does not permit it; the account must be administrator of the site",
        Kind::Gone => "it no longer exists at Salto KS",
        Kind::Conflict => "it collides with something at Salto KS",
        Kind::Invalid => "Salto KS refuses the values",
        _ => "the answer is none of Salto's",
    };
    match said.text.is_empty() {
        true => plain.to_owned(),
        false => format!("{plain} ({said})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, code: Option<u32>, text: &str) -> Said {
        Said {
            status,
            code,
            text: text.to_owned(),
            is_theirs: true,
        }
    }

    fn kind_of(said: Said) -> Kind {
        trouble("take somebody out", said, 0, true).kind
    }

    #[test]
    fn only_saltos_own_code_means_gone() {
        assert_eq!(kind_of(said(404, Some(2202), "User not found")), Kind::Gone);
        assert_eq!(
            kind_of(said(404, None, "")),
            Kind::Nonsense,
            "an outage answers plain 404s (§2)"
        );
        let page = Said {
            status: 404,
            ..Said::default()
        };
        assert_eq!(kind_of(page), Kind::Nonsense);
    }

    #[test]
    fn one_time_passwords_are_told_apart() {
        assert!(said(400, Some(3102), "otp_invalid").is_otp_invalid());
        assert!(!said(400, Some(3102), "pin_not_changed").is_otp_invalid());
        assert!(said(403, Some(3102), "otp_blocked").is_otp_blocked());
        assert!(said(404, Some(2202), "Otp is invalid").is_otp_missing());
        assert!(!said(404, Some(2202), "Lock not found").is_otp_missing());
    }

    #[test]
    fn a_gateway_that_gave_up_leaves_a_write_unknown_but_not_a_read() {
        assert!(trouble("give", said(502, None, ""), 0, true).unknown);
        assert!(!trouble("list", said(502, None, ""), 0, false).unknown);
        assert!(!trouble("give", said(503, None, ""), 0, true).unknown);
    }
}
