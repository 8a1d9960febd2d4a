//! Kisi's refusals (§2.3) as kinds and plain words (P-31).
//!
//! In: an answer that is no success. Out: a [`Trouble`] whose source is what Kisi [`Said`].
//! Always: classified by code first, then message, then status, since codes have had other spellings; an answer that is not Kisi's
//! (a proxy's page) is [`Kind::Nonsense`] and never taken for "no longer exists".

use std::fmt;

use access::vendor::OpenRefusal;
use serde_json::Value;

use crate::http::Answer;
use crate::trouble::{Kind, Trouble};

/// What Kisi said, as far as it can be made out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub status: u16,
    pub code: String,
    /// `error`, or the texts of `errors`.
    pub text: String,
    /// Keys of `errors`: the fields that are refused.
    pub fields: Vec<String>,
    /// Is the body Kisi's at all?
    pub is_theirs: bool,
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
            code: "000000".to_owned(),
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
        if let Some(code) = body.get("code").and_then(Value::as_str) {
            said.code = code.to_owned();
        }
        if let Some(text) = body.get("error").and_then(Value::as_str) {
            said.text = text.to_owned();
        }
        if let Some(Value::Object(errors)) = body.get("errors") {
            said.fields = errors.keys().cloned().collect();
            let texts = errors.iter().map(|(field, texts)| format!("{field} {}", joined(texts)));
            said.text = texts.collect::<Vec<_>>().join("; ");
        }
        // Bounded: it is shown and stored.
        said.text = said.text.chars().take(300).collect();
        said
    }

    pub fn mentions(&self, words: &[&str]) -> bool {
        let text = self.text.to_lowercase();
        words.iter().any(|word| text.contains(word))
    }

    /// The stock sentence about an e-mail address that waits for confirmation (§4.5).
    pub fn is_unconfirmed(&self) -> bool {
        self.mentions(&["confirm your email"])
    }

    /// Another row or user of that kind exists (§4.5, §4.7).
    pub fn is_double(&self) -> bool {
        self.status == 409 || (self.status == 422 && self.mentions(&["taken", "already", "duplicate"]))
    }

    /// Does it refuse the very fields in which the two forms of a create differ (§8)?
    pub fn names_user_or_group(&self) -> bool {
        let word = |word: &str| self.fields.iter().any(|field| field.contains(word)) || self.mentions(&[word]);
        matches!(self.status, 400 | 422) && (word("user") || word("group"))
    }
}

fn joined(texts: &Value) -> String {
    match texts {
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        Value::String(text) => text.clone(),
        _ => String::new(),
    }
}

/// What Kisi said below a trouble.
pub(super) fn said(trouble: &Trouble) -> Option<&Said> {
    trouble.source.as_ref()?.downcast_ref()
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
        401 | 403 if said.is_unconfirmed() => Kind::Unconfirmed,
        401 => Kind::SignInNeeded,
        403 => Kind::Forbidden,
        // The route, not the thing: we would take everything for deleted.
        404 if said.code == "000404" => Kind::Nonsense,
        404 => Kind::Gone,
        409 => Kind::Conflict,
        400 | 422 => Kind::Invalid,
        _ => Kind::Nonsense,
    }
}

fn say(said: &Said, kind: Kind) -> String {
    let sentence = match kind {
        Kind::Limited { .. } => "Kisi takes no more calls for a moment",
        Kind::SignInNeeded => "Kisi no longer accepts our key; sign in again",
        Kind::Unconfirmed => {
            "this person has not confirmed their e-mail address at Kisi; an administrator there must confirm or remove the account"
        }
        Kind::Forbidden => "the Kisi account may not do this; it must be the owner's",
        Kind::Gone => "it no longer exists at Kisi",
        Kind::GroupGone => "the group is not found at Kisi",
        // Kisi has neither; others do.
        Kind::NoSeats => "the plan at Kisi is full",
        Kind::Settling => "Kisi is not done with it yet",
        Kind::Conflict => "it collides with something at Kisi",
        Kind::Invalid => "Kisi refuses the values",
        Kind::VendorDown => "Kisi is not working at the moment",
        Kind::Nonsense => "the answer is not one of Kisi's; is the address right?",
        Kind::Unreachable => "Kisi cannot be reached",
        Kind::Unanswered => "Kisi did not answer in time",
    };
    if said.text.is_empty() {
        format!("{sentence} (status {})", said.status)
    } else {
        format!("{sentence} (status {}: “{}”)", said.status, said.text)
    }
}

/// Why a door did not open: code, then message, then status (§2.3, §4.3).
pub(super) fn open_refusal(said: &Said) -> OpenRefusal {
    use OpenRefusal as Why;
    let by_code = match said.code.as_str() {
        "fcd8ef" | "afc496" | "f398de" | "f298bf" => Some(Why::NoAccess),
        "fcd8ff" => Some(Why::Disabled),
        "f358de" => Some(Why::NotYet),
        "f35ade" => Some(Why::Over),
        "34ffaa" => Some(Why::Schedule),
        "bb5bff" | "bb4faa" | "bb4bff" | "bb4fff" => Some(Why::ReaderRestriction),
        "a3799f" | "a3793f" | "a7793f" | "bbb99f" | "bbb93f" | "a3995f" => Some(Why::Geofence),
        "bbc93f" => Some(Why::TapOnly),
        "f01337" => Some(Why::AppAccessOff),
        "34bd8f" => Some(Why::PrimaryDevice),
        "fad001" | "fad002" | "fad123" => Some(Why::Lockdown),
        "fad110" | "fad124" => Some(Why::AlreadyOpen),
        "fad112" | "fbc000" => Some(Why::Busy),
        "fad106" | "fad107" | "fad10f" | "fac001" | "fac002" | "fac003" | "fac004" => Some(Why::Offline),
        "fad105" | "ff420a" | "fad108" | "fad122" => Some(Why::Offline),
        "fad10e" | "fad121" | "fad126" => Some(Why::NotFound),
        _ => None,
    };
    let by_message = || {
        let mentions = |words: &[&str]| said.mentions(words);
        if said.is_unconfirmed() {
            Some(Why::Unconfirmed)
        } else if mentions(&["reader restriction"]) {
            Some(Why::ReaderRestriction)
        } else if mentions(&["lockdown", "locked down"]) {
            Some(Why::Lockdown)
        } else {
            None
        }
    };
    // The sentence about the e-mail address comes with whatever code the backend has at hand.
    let unconfirmed = said.is_unconfirmed().then_some(Why::Unconfirmed);
    let generic = matches!(said.code.as_str(), "fcd8ef" | "afc496");
    let by_text = by_message();
    unconfirmed
        .or(if generic {
            by_text.or(by_code)
        } else {
            by_code.or(by_text)
        })
        .unwrap_or(match said.status {
            403 => Why::NoAccess,
            // "No access" and "no such door" are told apart by nobody (§8).
            404 => Why::NoAccess,
            409 => Why::Busy,
            429 => Why::TooMany,
            503 => Why::Offline,
            _ => Why::VendorError,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, code: &str, text: &str) -> Said {
        Said {
            status,
            code: code.to_owned(),
            text: text.to_owned(),
            fields: Vec::new(),
            is_theirs: true,
        }
    }

    #[test]
    fn a_refused_door_is_told_by_code_then_message_then_status() {
        assert_eq!(open_refusal(&said(403, "bb5bff", "")), OpenRefusal::ReaderRestriction);
        let helpful = "Please ask an administrator to disable the Kisi Reader restriction";
        assert_eq!(
            open_refusal(&said(403, "fcd8ef", helpful)),
            OpenRefusal::ReaderRestriction
        );
        assert_eq!(open_refusal(&said(403, "faa9gg", "")), OpenRefusal::NoAccess);
        assert_eq!(open_refusal(&said(503, "000000", "")), OpenRefusal::Offline);
        let unconfirmed = "You have to confirm your email address before continuing";
        assert_eq!(
            open_refusal(&said(401, "afc496", unconfirmed)),
            OpenRefusal::Unconfirmed
        );
        assert_eq!(
            open_refusal(&said(403, "fad001", "")),
            OpenRefusal::Lockdown,
            "whatever the status"
        );
    }

    #[test]
    fn a_page_that_is_not_kisis_never_means_gone() {
        let page = Said {
            status: 404,
            ..Said::default()
        };
        assert_eq!(trouble("take row 1 away", page, 0, true).kind, Kind::Nonsense);
        assert_eq!(
            trouble("take row 1 away", said(404, "000404", "no endpoint"), 0, true).kind,
            Kind::Nonsense
        );
        assert_eq!(
            trouble("take row 1 away", said(404, "fcd8ef", ""), 0, true).kind,
            Kind::Gone
        );
    }

    #[test]
    fn a_gateway_that_gave_up_leaves_a_write_unknown_but_not_a_read() {
        assert!(trouble("give", said(502, "", ""), 0, true).unknown);
        assert!(!trouble("list", said(502, "", ""), 0, false).unknown);
        assert!(!trouble("give", said(503, "", ""), 0, true).unknown);
    }
}
