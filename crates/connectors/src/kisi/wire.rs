//! Kisi's JSON, as far as we read or write it; each shape with its section of the contract.
//!
//! Always: unknown fields are ignored and deprecated or optional ones may be missing (§2); only ids are demanded. Ids are `i64`,
//! timestamps RFC 3339 with any offset; a date that cannot be read makes the element unreadable, never an open end.

use access::{Instant, Window};
use serde::{Deserialize, Deserializer, Serialize};

/// Anything with an id, so that doubles in pages are noticed.
pub(super) trait Numbered {
    /// Kisi's id.
    fn id(&self) -> i64;
}

macro_rules! numbered {
    ($($name:ident),*) => {$(impl Numbered for $name { fn id(&self) -> i64 { self.id } })*};
}
numbered!(Place, Lock, Group, GroupLock, User, Row, Webhook);

fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Instant>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(serde::de::Error::custom))
        .transpose()
}

/// §3.1, the reply to a sign-in.
#[derive(Deserialize)]
pub(super) struct Login {
    pub user_id: Option<i64>,
    pub user: Option<Actor>,
    /// Shown only here.
    pub secret: Option<String>,
    /// The older name of the same.
    pub authentication_token: Option<String>,
}

/// The short form of a user inside other objects.
#[derive(Deserialize, Clone, Debug, Default)]
pub(super) struct Actor {
    pub id: Option<i64>,
    pub email: Option<String>,
    pub name: Option<String>,
}

/// §4.1, with a login. The public form (§3.2) is the same object with less in it.
#[derive(Deserialize)]
pub(super) struct Organization {
    pub user_id: Option<i64>,
    #[serde(default)]
    pub sso_flow_enabled: Option<bool>,
    pub scim_enabled: Option<bool>,
}

/// §4.1.
#[derive(Deserialize)]
pub(super) struct Place {
    pub id: i64,
    pub name: Option<String>,
    pub time_zone: Option<String>,
}

/// §4.2.
#[derive(Deserialize)]
pub(super) struct Lock {
    pub id: i64,
    pub name: Option<String>,
    pub configured: Option<bool>,
    pub online: Option<bool>,
    pub locked_down: Option<bool>,
    pub geofence_restriction_enabled: Option<bool>,
    pub reader_restriction_enabled: Option<bool>,
    pub order_id: Option<i64>,
    pub place_id: Option<i64>,
}

/// §4.4.
#[derive(Deserialize)]
pub(super) struct Group {
    pub id: i64,
    pub name: Option<String>,
    pub place_id: Option<i64>,
    pub login_enabled: Option<bool>,
    pub geofence_restriction_enabled: Option<bool>,
    pub primary_device_restriction_enabled: Option<bool>,
    pub managed_device_restriction_enabled: Option<bool>,
    pub reader_restriction_enabled: Option<bool>,
    pub tap_to_access_restriction_enabled: Option<bool>,
    pub locks_count: Option<i64>,
}

/// §4.4.
#[derive(Deserialize)]
pub(super) struct GroupLock {
    pub id: i64,
    pub group_id: Option<i64>,
    pub lock_id: Option<i64>,
}

/// §4.5.
#[derive(Deserialize, Clone)]
pub(super) struct User {
    pub id: i64,
    pub email: Option<String>,
    /// Deprecated; absent means nothing.
    pub confirmed: Option<bool>,
    pub access_enabled: Option<bool>,
    /// Set by the customer's identity provider; both must be on.
    pub scim_access_enabled: Option<bool>,
}

/// §4.7, a role assignment.
#[derive(Deserialize, Clone, Debug)]
pub(super) struct Row {
    pub id: i64,
    pub role_id: Option<String>,
    pub applies_to_type: Option<String>,
    pub applies_to_id: Option<i64>,
    pub assignee_type: Option<String>,
    pub assignee_id: Option<i64>,
    pub assignee: Option<Actor>,
    pub created_by_id: Option<i64>,
    #[serde(default, deserialize_with = "instant")]
    pub valid_from: Option<Instant>,
    #[serde(default, deserialize_with = "instant")]
    pub valid_until: Option<Instant>,
    #[serde(default, deserialize_with = "instant")]
    pub created_at: Option<Instant>,
    /// Deprecated alias of the assignee, when that is a user.
    pub user_id: Option<i64>,
    /// Deprecated alias of what it applies to, when that is a group.
    pub group_id: Option<i64>,
}

/// The one role we give.
pub(super) const GROUP_BASIC: &str = "group_basic";

impl Row {
    pub fn group(&self) -> Option<i64> {
        match (self.applies_to_type.as_deref(), self.applies_to_id) {
            (Some("Group"), Some(id)) => Some(id),
            (None, _) => self.group_id,
            _ => None,
        }
    }

    pub fn user(&self) -> Option<i64> {
        match (self.assignee_type.as_deref(), self.assignee_id) {
            (Some("User"), Some(id)) => Some(id),
            (None, _) => self.user_id,
            _ => None,
        }
    }

    /// Absent dates are open ends (§4.7). A row that ends before it begins never opens anything.
    pub fn window(&self) -> Window {
        let from = self.valid_from.unwrap_or(Instant::MIN);
        let until = self.valid_until.unwrap_or(Instant::MAX);
        Window::new(from, until).unwrap_or(Window {
            from: until.plus_ms(-1),
            until,
        })
    }
}

/// §5.1, and the webhook's reduced form of it (§5.3).
#[derive(Deserialize, Clone)]
pub(super) struct Event {
    pub uuid: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub object_type: Option<String>,
    pub object_id: Option<i64>,
    pub actor_type: Option<String>,
    pub actor_id: Option<i64>,
    pub actor_name: Option<String>,
    pub success: Option<bool>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    #[serde(default, deserialize_with = "instant")]
    pub created_at: Option<Instant>,
}

/// §5.1.
#[derive(Deserialize)]
pub(super) struct EventSet {
    pub id: serde_json::Value,
    pub status: Option<String>,
    #[serde(default)]
    pub events: Option<Vec<serde_json::Value>>,
    pub cursor: Option<String>,
}

/// §5.3.
#[derive(Deserialize)]
pub(super) struct Webhook {
    pub id: i64,
    pub url: Option<String>,
    pub enabled: Option<bool>,
    pub disabled_due_to_error: Option<bool>,
}

/// §4.7, the current form of a create.
#[derive(Serialize)]
pub(super) struct NewRow {
    pub applies_to_type: &'static str,
    pub applies_to_id: i64,
    pub assignee_type: &'static str,
    pub assignee_id: i64,
    #[serde(flatten)]
    pub terms: Terms,
}

/// §4.7, the older form.
#[derive(Serialize)]
pub(super) struct NewRowOlder {
    pub user_id: i64,
    pub group_id: i64,
    #[serde(flatten)]
    pub terms: Terms,
}

/// What both forms say.
#[derive(Serialize)]
pub(super) struct Terms {
    pub role_id: &'static str,
    pub notify: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
}

impl Terms {
    /// Open ends are not sent: running access omits `valid_from` (§8).
    pub fn of(window: Window) -> Self {
        let date = |at: Instant| (!at.is_open()).then(|| at.to_string());
        Self {
            role_id: GROUP_BASIC,
            notify: false,
            valid_from: date(window.from),
            valid_until: date(window.until),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(json: &str) -> Result<Row, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn dates_are_read_with_any_offset_and_absent_ones_are_open() {
        let read =
            row(r#"{"id": 1, "valid_from": "2025-03-10T12:30:00.000+02:00", "valid_until": null, "new_field": 1}"#)
                .unwrap();
        let from: Instant = "2025-03-10T10:30:00Z".parse().unwrap();
        assert_eq!(
            read.window(),
            Window {
                from,
                until: Instant::MAX
            }
        );
    }

    #[test]
    fn a_date_that_is_none_is_an_error_and_not_for_ever() {
        assert!(row(r#"{"id": 1, "valid_until": "next tuesday"}"#).is_err());
    }

    #[test]
    fn running_access_is_sent_without_a_start_and_without_mail() {
        let until: Instant = "2025-03-10T15:30:00Z".parse().unwrap();
        let sent = serde_json::to_value(Terms::of(Window {
            from: Instant::MIN,
            until,
        }))
        .unwrap();
        assert_eq!(
            sent,
            serde_json::json!({"role_id": "group_basic", "notify": false, "valid_until": "2025-03-10T15:30:00Z"})
        );
    }

    #[test]
    fn the_assignee_is_read_from_the_older_names_where_the_newer_are_missing() {
        let older = row(r#"{"id": 1, "user_id": 7, "group_id": 8}"#).unwrap();
        assert_eq!((older.user(), older.group()), (Some(7), Some(8)));
        let team = row(r#"{"id": 1, "assignee_type": "Team", "assignee_id": 5, "user_id": null}"#).unwrap();
        assert_eq!(team.user(), None);
    }
}
