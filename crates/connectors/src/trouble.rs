//! What can go wrong on a trip to a vendor, in the words that decide what happens next.
//!
//! In: what was attempted, a kind, a sentence, perhaps a source. Out: an error that is logged once, where it is handled.
//! Why so: the worker has one table from [`Kind`] to "again, wait, give up, tell somebody", and no vendor words in it.
//! Always: `say` is fit for an operator's eyes and holds no secret.

use std::error::Error;
use std::fmt;

/// What decides what happens next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// No connection: nothing was sent, nothing happened. Again later.
    Unreachable,
    /// Sent, but no proper answer: it may or may not have taken effect. Look before repeating.
    Unanswered,
    /// Too many calls: nothing happened. Again after the pause.
    Limited {
        /// How long the vendor (or our own limiter) asks to wait, in milliseconds.
        retry_after_ms: u64,
    },
    /// Our credential no longer works. Nothing goes on until somebody signs in again.
    SignInNeeded,
    /// The credential works but may not do this. Again is useless.
    Forbidden,
    /// The thing named no longer exists at the vendor.
    Gone,
    /// The group named no longer exists at the vendor. A finding; no repeating.
    GroupGone,
    /// The person's record at the vendor waits for its e-mail address to be confirmed. A finding; no repeating.
    Unconfirmed,
    /// The account's plan there is full: no further person fits in. A finding; tried again slowly, since somebody may widen the plan.
    NoSeats,
    /// What the step is about was made a moment ago, and the vendor does not know it everywhere yet. Again every few seconds, for a while.
    Settling,
    /// The vendor says it collides with something it has.
    Conflict,
    /// The vendor refuses the values. Again is useless unless they change.
    Invalid,
    /// The vendor is broken or switched off. Again, later and later.
    VendorDown,
    /// An answer that is none of the vendor's: not JSON, another shape, absurdly large. Again, later and later.
    Nonsense,
}

/// One failed trip.
#[derive(Debug)]
pub struct Trouble {
    /// What was attempted and on what: "take row 99 away".
    pub attempted: String,
    /// Decides what happens next.
    pub kind: Kind,
    /// What happened, in plain words, for the operator.
    pub say: String,
    /// Something may have taken effect at the vendor: repeat the step as [`crate::Repeat::AfterUnknown`].
    pub unknown: bool,
    /// What lies below, if anything.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl Trouble {
    /// Without a source; the outcome counts as unknown only for [`Kind::Unanswered`].
    pub fn new(attempted: impl Into<String>, kind: Kind, say: impl Into<String>) -> Self {
        let unknown = kind == Kind::Unanswered;
        Self {
            attempted: attempted.into(),
            kind,
            say: say.into(),
            unknown,
            source: None,
        }
    }

    /// With what lies below.
    #[must_use]
    pub fn because(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..self
        }
    }

    /// Part of a longer step was done already, so the step must be looked up before it is repeated.
    #[must_use]
    pub fn half_done(self) -> Self {
        Self { unknown: true, ..self }
    }

    /// It was a question, or came before anything was sent: nothing can have taken effect.
    #[must_use]
    pub fn without_effect(self) -> Self {
        Self { unknown: false, ..self }
    }

    /// May the same step succeed later without anybody doing anything?
    pub const fn passes(&self) -> bool {
        match self.kind {
            Kind::Unreachable | Kind::Unanswered | Kind::Limited { .. } | Kind::VendorDown | Kind::Nonsense => true,
            Kind::Settling => true,
            Kind::SignInNeeded | Kind::Forbidden | Kind::Gone | Kind::GroupGone => false,
            Kind::Unconfirmed | Kind::NoSeats | Kind::Conflict | Kind::Invalid => false,
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {}: {}", self.attempted, self.say)
    }
}

impl Error for Trouble {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
