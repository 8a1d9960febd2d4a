//! Typed, readable ids: a prefix and a ULID, as in `per_01JA…`.
//!
//! In: a moment and 80 bits of chance (both arguments: this room has neither). Out: an id that sorts by when it was made.
//! Why so: an id tells its kind in every log line and cannot be handed to the wrong function; 16 bytes compare fast.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ulid::Ulid;

use crate::Instant;

/// A text that is not an id of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not an id that starts with {prefix}_")]
pub struct NotAnId {
    /// What was given.
    pub text: String,
    /// The prefix that was expected.
    pub prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// The text before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A new id from the moment it is made and 80 bits of chance (more bits are ignored).
            pub const fn new(now: Instant, chance: u128) -> Self {
                let ms = if now.ms() < 0 { 0 } else { now.ms() as u64 };
                Self(Ulid::from_parts(ms, chance).0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, Ulid(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(|rest| Ulid::from_string(rest).ok())
                    .map(|ulid| Self(ulid.0))
                    .ok_or_else(|| NotAnId { text: text.to_owned(), prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// A brand, the tenant (P-1).
    NetworkId = "net";
    /// A site with a zone (P-1).
    LocationId = "loc";
    /// A human who may be let in (P-2).
    PersonId = "per";
    /// Several people under one contract (P-3).
    CompanyId = "com";
    /// One belonging of a person to a company, with its dates (P-3).
    CompanyMembershipId = "cme";
    /// What can be subscribed to (P-4).
    PlanId = "pla";
    /// A running contract (P-5).
    SubscriptionId = "sub";
    /// One line of a subscription (P-5).
    ItemId = "itm";
    /// A bookable thing (P-6).
    ResourceId = "res";
    /// A resource for a window (P-7).
    BookingId = "boo";
    /// One configured account at one vendor for a location.
    IntegrationId = "int";
    /// A vendor login, shared by the integrations that use it.
    VendorLoginId = "vlo";
    /// A vendor's bundle of locks that people are put in.
    AccessGroupId = "grp";
    /// What opens for people.
    DoorId = "doo";
    /// One row we made (or mean to make) at a vendor: person × group × window.
    GrantId = "gra";
    /// A login to our pages.
    AccountId = "acc";
    /// A signed-in browser.
    SessionId = "ses";
    /// A bearer token of the API.
    TokenId = "tok";
    /// A line of the audit log.
    AuditId = "aud";
    /// A row waiting to be worked.
    JobId = "job";
    /// One pass of desired × observed.
    RoundId = "rou";
    /// One step at a vendor, with its receipt.
    ChangeId = "chg";
    /// A typed trouble with a cure (P-42).
    FindingId = "fin";
    /// Something that happened at a door.
    DoorEventId = "dev";
    /// An outgoing mail.
    MailId = "mai";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_refuses_another_kind() {
        let id = PersonId::new(Instant::from_ms(1_760_000_000_000), 42);
        assert_eq!(id.to_string().parse::<PersonId>(), Ok(id));
        assert!(id.to_string().parse::<BookingId>().is_err());
        assert!("per_".parse::<PersonId>().is_err());
    }

    #[test]
    fn ids_sort_by_when_they_were_made() {
        let earlier = BookingId::new(Instant::from_ms(1_000), u128::MAX);
        let later = BookingId::new(Instant::from_ms(1_001), 0);
        assert!(earlier < later);
        assert!(earlier.to_string() < later.to_string());
    }
}
