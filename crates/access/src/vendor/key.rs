//! A phone that becomes a key by the member's own account at the vendor, as data (P-32).
//!
//! In: one act of the journey. Out: what came of it. Why so: pages walk the journey and may not name a vendor.
//! Always: what the vendor hands out for a phone, and everything that signs in, is a [`Secret`].

use serde::{Deserialize, Serialize};

use super::Secret;
use crate::Instant;
use crate::id::*;

/// Whose key it is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct KeyOwner {
    /// Tenant.
    pub network: NetworkId,
    /// At which account.
    pub integration: IntegrationId,
    /// Who.
    pub person: PersonId,
}

/// One act on the way to a digital key.
#[derive(Clone, Debug)]
pub enum KeyAct {
    /// Where does the browser go for the member's own consent?
    Begin {
        /// Our address it comes back to; registered at the vendor, to the letter.
        back: String,
        /// Unguessable; the vendor hands it back unchanged.
        state: String,
        /// The PKCE verifier, whose hash goes along.
        verifier: Secret,
    },
    /// It came back: keep the member's own login.
    Link {
        /// The address it came back to.
        back: String,
        /// The vendor's code; works once.
        code: Secret,
        /// The verifier whose hash went along.
        verifier: Secret,
    },
    /// Make this phone a key, or renew the one it has.
    Issue {
        /// The phone's own lasting id; one device at the vendor each.
        device: String,
        /// What its owner calls it.
        device_name: String,
        /// The phone's public key: EC P-256, SubjectPublicKeyInfo in base64.
        public_key: String,
    },
    /// Forget the member's login.
    Unlink,
}

/// What came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeySeen {
    /// Send the browser there.
    Go {
        /// The vendor's page.
        url: String,
    },
    /// The member's own login is kept.
    Linked,
    /// This phone is a key.
    Key {
        /// The vendor's id of the key.
        key_id: String,
        /// For the phone alone: encrypted for its public key.
        data: Secret,
        /// It opens until then.
        until: Instant,
    },
    /// The login is forgotten.
    Unlinked,
    /// It cannot be done.
    Refused {
        /// Why.
        why: KeyRefusal,
        /// The vendor's own words, for the audit log.
        vendor_says: String,
    },
}

/// Why there is no key, in our words; each has a screen of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyRefusal {
    /// Our own rules offer none, or the vendor has none.
    NotOffered,
    /// The integration itself has to be connected again by the team.
    NotConnected,
    /// The member has not allowed it at the vendor yet.
    NotLinked,
    /// What the browser brought back was used already or is too old.
    ConsentOver,
    /// The vendor does not let our client sign members in.
    ClientRefused,
    /// They signed in at the vendor as somebody else.
    OtherAccount,
    /// The member's login at the vendor works no longer: taken back, or the password was changed.
    LoginOver,
    /// The vendor knows them, but without a seat or without the right to a digital key.
    NoSeatOrRole,
    /// The phone is registered for somebody else.
    PhoneTaken,
    /// The phone's key is none that the vendor takes.
    PhoneKey,
    /// Another act for the same person goes on just now.
    Busy,
    /// Too many calls just now.
    TooMany,
    /// The vendor does not answer.
    Down,
    /// Something else.
    VendorError,
}

impl KeyRefusal {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::NotOffered,
        Self::NotConnected,
        Self::NotLinked,
        Self::ConsentOver,
        Self::ClientRefused,
        Self::OtherAccount,
        Self::LoginOver,
        Self::NoSeatOrRole,
        Self::PhoneTaken,
        Self::PhoneKey,
        Self::Busy,
        Self::TooMany,
        Self::Down,
        Self::VendorError,
    ];
}

impl KeySeen {
    /// A refusal.
    pub fn refused(why: KeyRefusal, vendor_says: impl Into<String>) -> Self {
        Self::Refused {
            why,
            vendor_says: vendor_says.into(),
        }
    }
}
