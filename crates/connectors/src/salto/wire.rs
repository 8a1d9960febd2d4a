//! Salto's JSON, as far as we read it; each shape with its section of the contract.
//!
//! Always: unknown fields are ignored and all but ids may be missing or null; enumerations stay text (§10). The ids of a person are
//! types of their own, since endpoints disagree on which one they want (§8).

use std::fmt;

use access::change::Seats;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Anything with an id, so that doubles in pages are noticed.
pub(super) trait Named {
    /// Salto's id.
    fn id(&self) -> &str;
}

macro_rules! ids {
    ($($(#[$about:meta])* $name:ident),*) => {$(
        $(#[$about])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub(super) struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}
ids!(
    /// A person on one site: what seats and edits want.
    SiteUserId,
    /// The person over all sites: what groups, entries and `me` want.
    PlatformUserId
);

/// A list in either of its two shapes (§4).
pub(super) struct List {
    pub items: Vec<Value>,
    pub next: Option<String>,
    pub count: Option<usize>,
    /// A bare array cannot say that there is more.
    pub bare: bool,
}

impl List {
    /// `None` when it is neither.
    pub fn read(value: Value) -> Option<Self> {
        match value {
            Value::Array(items) => Some(Self {
                items,
                next: None,
                count: None,
                bare: true,
            }),
            Value::Object(mut envelope) => {
                let Some(Value::Array(items)) = envelope.remove("items") else {
                    return None;
                };
                let next = envelope.get("next_page_link").and_then(Value::as_str);
                let count = envelope.get("count").and_then(Value::as_u64);
                Some(Self {
                    items,
                    next: next.filter(|link| !link.is_empty()).map(str::to_owned),
                    count: count.and_then(|count| usize::try_from(count).ok()),
                    bare: false,
                })
            }
            _ => None,
        }
    }
}

/// §5.2.
#[derive(Deserialize)]
pub(super) struct Site {
    pub id: String,
    pub customer_reference: Option<String>,
    pub active_user_amount: Option<i64>,
    pub subscribed_user_amount: Option<i64>,
    pub subscription_valid: Option<bool>,
    pub mkey_compatible: Option<bool>,
    pub time_zone: Option<String>,
    pub installation_state: Option<String>,
    pub owner: Option<PlatformUser>,
}

impl Site {
    pub fn name(&self) -> &str {
        self.customer_reference.as_deref().unwrap_or(&self.id)
    }

    /// Seats in use and seats bought, where Salto says both.
    pub fn seats(&self) -> Option<Seats> {
        let count = |amount: Option<i64>| u32::try_from(amount?).ok();
        Some(Seats {
            used: count(self.active_user_amount)?,
            bought: count(self.subscribed_user_amount)?,
        })
    }
}

/// §5.3, `GET /v1.2/me`.
#[derive(Deserialize)]
pub(super) struct Me {
    pub id: PlatformUserId,
    pub email: Option<String>,
}

/// §5.3.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Role {
    pub id: String,
    pub code: Option<String>,
}

/// §5.4; also what memory keeps of a person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct SiteUser {
    pub id: SiteUserId,
    pub blocked: Option<bool>,
    pub subscription_state: Option<String>,
    pub remote_access: Option<bool>,
    pub roles: Option<Vec<Role>>,
    pub ownership_state: Option<String>,
    pub user: PlatformUser,
}

impl SiteUser {
    pub fn is_suspended(&self) -> bool {
        self.subscription_state.as_deref() == Some("suspended")
    }

    pub fn has_role(&self, code: &str) -> bool {
        let mut roles = self.roles.iter().flatten();
        roles.any(|role| role.code.as_deref() == Some(code))
    }
}

/// The person inside other objects, and a member of a group (§5.2, §5.4, §5.7).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PlatformUser {
    pub id: PlatformUserId,
    pub email: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub has_profile: Option<bool>,
    pub tag_number: Option<String>,
}

impl PlatformUser {
    /// How to call somebody without an e-mail address.
    pub fn name(&self) -> String {
        let names = [self.first_name.as_deref(), self.last_name.as_deref()];
        let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let name = name.trim();
        if name.is_empty() {
            self.id.to_string()
        } else {
            name.to_owned()
        }
    }
}

/// §5.7.
#[derive(Deserialize)]
pub(super) struct Group {
    pub id: String,
    pub customer_reference: Option<String>,
}

/// §5.8: that there is one is all we ask.
#[derive(Deserialize)]
pub(super) struct Schedule {
    pub id: String,
}

/// §5.9.
#[derive(Deserialize)]
pub(super) struct Lock {
    pub id: String,
    pub customer_reference: Option<String>,
    pub online: Option<bool>,
    pub locked_state: Option<String>,
    pub iq_link_state: Option<String>,
    pub privacy_mode: Option<bool>,
    pub iq: Option<LockIq>,
}

/// A gateway as a lock shows it (§5.9).
#[derive(Deserialize)]
pub(super) struct LockIq {
    pub id: String,
    pub customer_reference: Option<String>,
    pub is_online: Option<bool>,
    pub otp_enabled: Option<bool>,
}

/// §5.10.
#[derive(Deserialize)]
pub(super) struct Iq {
    pub id: String,
    pub customer_reference: Option<String>,
    pub online: Option<bool>,
    pub restore_required: Option<bool>,
    pub otp_enabled: Option<bool>,
}

/// §5.10, step 4.
#[derive(Deserialize)]
pub(super) struct Activated {
    pub iq_id: String,
    pub activated: Option<bool>,
}

/// §5.10, step 1. No `Debug`: it is a secret.
#[derive(Deserialize)]
pub(super) struct IqSecret {
    pub secret: String,
}

/// §5.14.
#[derive(Deserialize)]
pub(super) struct Entry {
    pub id: String,
    pub event_category: Option<String>,
    pub event_detail: Option<String>,
    pub utc_date_time: String,
    pub lock_id: Option<String>,
    pub user_id: Option<PlatformUserId>,
    pub user_alias: Option<String>,
    pub user_first_name: Option<String>,
    pub user_last_name: Option<String>,
    pub access_by: Option<String>,
    pub access_detail: Option<String>,
}

macro_rules! named {
    ($($name:ident . $($field:ident).+),*) => {$(impl Named for $name { fn id(&self) -> &str { self.$($field).+.as_str() } })*};
}
named!(
    Site.id,
    Role.id,
    SiteUser.id,
    PlatformUser.id,
    Group.id,
    Schedule.id,
    Lock.id,
    Iq.id,
    Activated.iq_id
);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_is_read_bare_and_in_its_envelope_and_nothing_else_is_one() {
        let bare = List::read(json!([{"id": "a"}])).expect("a list");
        assert_eq!((bare.items.len(), bare.bare, bare.next), (1, true, None));
        let whole = List::read(json!({"items": [], "next_page_link": "/x", "count": 7})).expect("a list");
        assert_eq!(
            (whole.bare, whole.next.as_deref(), whole.count),
            (false, Some("/x"), Some(7))
        );
        assert!(List::read(json!({"id": "a"})).is_none() && List::read(json!("x")).is_none());
    }
}
