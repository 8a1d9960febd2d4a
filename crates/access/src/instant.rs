//! An instant: milliseconds since 1970 in UTC, the one way this product holds a moment.
//!
//! In and out: `i64` for the database, RFC 3339 text for people and programs.
//! Why so: half-open arithmetic on integers is exact and portable; zones live in [`crate::zone`] alone.
//! Always: [`Instant::MIN`] and [`Instant::MAX`] mean "since ever" and "open-ended"; they are never shown as dates.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Milliseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// Since ever.
    pub const MIN: Self = Self(i64::MIN);
    /// For ever: an open end.
    pub const MAX: Self = Self(i64::MAX);

    /// From Unix milliseconds.
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Unix milliseconds.
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// Whole seconds later (or earlier, when negative); the open ends stay open.
    #[must_use]
    pub const fn plus_s(self, seconds: i64) -> Self {
        self.plus_ms(seconds.saturating_mul(1000))
    }

    /// Whole minutes later (or earlier, when negative); the open ends stay open.
    #[must_use]
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        self.plus_s(minutes.saturating_mul(60))
    }

    /// Milliseconds later (or earlier, when negative); the open ends stay open.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        match self {
            Self::MIN | Self::MAX => self,
            Self(at) => Self(at.saturating_add(ms)),
        }
    }

    /// Is this one of the two open ends?
    pub const fn is_open(self) -> bool {
        matches!(self, Self::MIN | Self::MAX)
    }

    /// As jiff's timestamp; the open ends are clamped to what jiff can hold.
    pub fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }
}

impl From<jiff::Timestamp> for Instant {
    fn from(at: jiff::Timestamp) -> Self {
        Self(at.as_millisecond())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::MIN => f.write_str("since ever"),
            Self::MAX => f.write_str("open-ended"),
            at => write!(f, "{}", at.timestamp()),
        }
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Instant {
    type Err = jiff::Error;

    /// RFC 3339 with any offset.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<jiff::Timestamp>().map(Self::from)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            "since ever" => Ok(Self::MIN),
            "open-ended" => Ok(Self::MAX),
            text => text.parse().map_err(serde::de::Error::custom),
        }
    }
}
