//! Tapkey's JSON, as far as we read it; each shape with its section of the contract.
//!
//! Always: unknown properties are ignored and all but ids may be missing (§2, §4); ids are opaque text. A date that cannot be read makes
//! the element unreadable, never an open end.

use access::{Instant, Window};
use serde::{Deserialize, Deserializer};

fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Instant>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(serde::de::Error::custom))
        .transpose()
}

/// §7.1.
#[derive(Deserialize)]
pub(super) struct Owner {
    pub id: String,
    pub name: Option<String>,
    pub active: Option<bool>,
}

/// §7.3.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Lock {
    pub id: String,
    pub title: Option<String>,
    pub active: Option<bool>,
    #[serde(default, deserialize_with = "instant")]
    pub unbind_date: Option<Instant>,
}

impl Lock {
    /// Still this account's?
    pub fn is_bound(&self) -> bool {
        self.active != Some(false) && self.unbind_date.is_none()
    }
}

/// §7.5; inside grants and memberships it comes with less.
#[derive(Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
pub(super) struct Contact {
    pub id: String,
    pub ip_id: Option<String>,
    identifier: Option<String>,
    /// The older name of the same.
    email: Option<String>,
}

impl Contact {
    /// The address the person signs in with, lower-case. It is the person's own, and may change under us.
    pub fn address(&self) -> Option<String> {
        let known = self.identifier.as_ref().or(self.email.as_ref());
        known.filter(|text| !text.is_empty()).map(|text| text.to_lowercase())
    }

    /// Somebody with Tapkey's own app; users of other apps never get what is granted to an address (§8).
    pub fn is_of_the_app(&self) -> bool {
        self.ip_id.as_deref().is_none_or(|ip| ip == "tapkey")
    }
}

/// §7.6, assumed.
#[derive(Deserialize)]
pub(super) struct UserGroup {
    pub id: String,
    pub title: Option<String>,
    pub active: Option<bool>,
}

/// §7.6, assumed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Member {
    pub id: String,
    contact_id: Option<String>,
    pub contact: Option<Contact>,
}

impl Member {
    pub fn contact(&self) -> Option<&str> {
        self.contact_id
            .as_deref()
            .or(self.contact.as_ref().map(|contact| &*contact.id))
    }
}

/// §7.7.
#[derive(Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
pub(super) struct Grant {
    pub id: String,
    pub bound_lock_id: Option<String>,
    contact_id: Option<String>,
    pub user_group_id: Option<String>,
    #[serde(default, deserialize_with = "instant")]
    valid_from: Option<Instant>,
    #[serde(default, deserialize_with = "instant")]
    valid_before: Option<Instant>,
    pub time_restriction_ical: Option<String>,
    pub state: Option<String>,
    pub active: Option<bool>,
    pub contact: Option<Contact>,
}

impl Grant {
    pub fn contact(&self) -> Option<&str> {
        self.contact_id
            .as_deref()
            .or(self.contact.as_ref().map(|contact| &*contact.id))
    }

    /// Absent dates are open ends (§7.7).
    pub fn window(&self) -> Window {
        Window {
            from: self.valid_from.unwrap_or(Instant::MIN),
            until: self.valid_before.unwrap_or(Instant::MAX),
        }
    }

    /// Not revoked, as far as it says. Names of the states between are not published (§7.8): what speaks of revoking is being revoked,
    /// anything else we do not know lives.
    pub fn is_live(&self) -> bool {
        let state = self.state.as_deref().unwrap_or_default().to_lowercase();
        self.active != Some(false) && !state.contains("revok")
    }
}

/// §7.11.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogEntry {
    pub id: String,
    pub log_type: Option<String>,
    pub command: Option<String>,
    /// By the lock's own clock.
    #[serde(default, deserialize_with = "instant")]
    pub lock_timestamp: Option<Instant>,
    /// When a phone brought it.
    #[serde(default, deserialize_with = "instant")]
    pub received_at: Option<Instant>,
    pub bound_lock_id: Option<String>,
    pub contact_id: Option<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn grant(change: serde_json::Value) -> Grant {
        let mut body = json!({"id": "g-1", "x7": true});
        body.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn a_grant_lives_until_it_says_otherwise() {
        assert!(grant(json!({})).is_live());
        assert!(grant(json!({"state": "Ok", "active": true})).is_live());
        assert!(grant(json!({"state": "NeverHeardOf", "active": true})).is_live());
        assert!(!grant(json!({"state": "RevokePending", "active": true})).is_live());
        assert!(!grant(json!({"state": "Revoked", "active": false})).is_live());
        assert!(!grant(json!({"active": false})).is_live());
    }

    #[test]
    fn a_date_that_is_none_is_no_open_end() {
        assert_eq!(grant(json!({"validBefore": null})).window(), Window::ALWAYS);
        let broken = json!({"id": "g-1", "validBefore": "soon"});
        assert!(serde_json::from_value::<Grant>(broken).is_err());
    }

    #[test]
    fn a_contact_is_known_by_its_identifier_or_by_the_older_name_of_it() {
        let contact = |body| serde_json::from_value::<Contact>(body).unwrap();
        let both = contact(json!({"id": "c", "identifier": "Mara@Example.org", "email": "old@example.org"}));
        assert_eq!(both.address().as_deref(), Some("mara@example.org"));
        let older = contact(json!({"id": "c", "email": "mara@example.org"}));
        assert_eq!(older.address().as_deref(), Some("mara@example.org"));
        assert!(!contact(json!({"id": "c", "ipId": "house-app"})).is_of_the_app());
    }
}
