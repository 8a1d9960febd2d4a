//! Role assignments (§4.7): make, move, take, list, and whose they are.
//!
//! In: ids and windows. Out: rows as Kisi acknowledged them.
//! Always: role `group_basic` on groups for users, without mail; a row is ours only by our journal or by the rule of §8 ([`Rows::mine`]).

use access::{Instant, Window};
use serde_json::{Map, Value, json};

use super::Kisi;
use super::errors::said;
use super::wire::{GROUP_BASIC, NewRow, NewRowOlder, Row, Terms};
use crate::limiter::Lane;
use crate::trouble::{Kind, Trouble};

/// Dates may come back cut to whole seconds.
const SAME_WITHIN_MS: u64 = 1_000;
/// Their clock and ours may differ by this much.
const CLOCKS_DIFFER_S: i64 = 120;

/// How a row's window relates to the one that was sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kept {
    /// It is the one.
    Yes,
    /// It is another.
    No,
}

/// Compares the window Kisi answered with to the one sent. A start that was not sent may come back as the moment of making.
pub(super) fn kept(sent: Window, row: &Row) -> Kept {
    let has = row.window();
    let since_made = || row.created_at.is_some_and(|made| has.from <= made.plus_s(1));
    let begins = same(sent.from, has.from) || (sent.from == Instant::MIN && since_made());
    if begins && same(sent.until, has.until) {
        Kept::Yes
    } else {
        Kept::No
    }
}

fn same(a: Instant, b: Instant) -> bool {
    a == b || (!a.is_open() && !b.is_open() && a.ms().abs_diff(b.ms()) < SAME_WITHIN_MS)
}

/// Whose rows may be ours: the intent's moment and what is known already.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    /// Our login's user.
    pub me: i64,
    /// When the intent was journalled.
    pub sent_at: Instant,
    /// Rows known as ours by earlier receipts.
    pub known: &'a [String],
}

impl Rows<'_> {
    /// §8: made by our login's user, after the intent was journalled, and not acknowledged to another intent.
    pub fn mine(&self, row: &Row) -> bool {
        let made_after = row
            .created_at
            .is_some_and(|made| made >= self.sent_at.plus_s(-CLOCKS_DIFFER_S));
        row.created_by_id == Some(self.me) && made_after && !self.known.contains(&row.id.to_string())
    }
}

impl Kisi {
    /// Puts a user in a group; one call.
    pub(super) async fn make_row(&self, user: i64, group: i64, window: Window, older: bool) -> Result<Row, Trouble> {
        let terms = Terms::of(window);
        let row = if older {
            json!({"role_assignment": NewRowOlder { user_id: user, group_id: group, terms }})
        } else {
            let (applies_to_type, assignee_type) = ("Group", "User");
            let new = NewRow {
                applies_to_type,
                applies_to_id: group,
                assignee_type,
                assignee_id: user,
                terms,
            };
            json!({"role_assignment": new})
        };
        let attempted = format!("put person {user} in group {group}");
        self.client
            .create(Lane::Give, "role_assignments", row, &attempted)
            .await
    }

    /// Changes only the dates that differ; an open end is sent as null. One call.
    pub(super) async fn move_row(&self, row: &str, from: Window, to: Window, lane: Lane) -> Result<(), Trouble> {
        let date = |at: Instant| {
            if at.is_open() {
                Value::Null
            } else {
                Value::String(at.to_string())
            }
        };
        let mut dates = Map::new();
        if from.from != to.from {
            dates.insert("valid_from".to_owned(), date(to.from));
        }
        if from.until != to.until {
            dates.insert("valid_until".to_owned(), date(to.until));
        }
        let body = json!({"role_assignment": dates});
        self.client
            .change(
                lane,
                &format!("role_assignments/{row}"),
                body,
                &format!("move row {row}"),
            )
            .await
    }

    /// Takes a row of ours away; `true` when it was gone already. One call.
    pub(super) async fn take_row(&self, row: &str) -> Result<bool, Trouble> {
        let taken = self
            .client
            .delete(
                Lane::Revoke,
                &format!("role_assignments/{row}"),
                &format!("take row {row} away"),
            )
            .await;
        match taken {
            Ok(()) => Ok(false),
            Err(trouble) if trouble.kind == Kind::Gone => Ok(true),
            Err(trouble) => Err(trouble),
        }
    }

    /// One row; `None` when it is gone.
    pub(super) async fn row(&self, row: &str, lane: Lane) -> Result<Option<Row>, Trouble> {
        let path = format!("role_assignments/{row}");
        match self.client.read(lane, &path, &[], &format!("look at row {row}")).await {
            Ok(row) => Ok(Some(row)),
            Err(trouble) if trouble.kind == Kind::Gone => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    /// All plain rows of a user in a group; filters are checked again here (§4.7).
    pub(super) async fn rows_of(&self, user: i64, group: i64) -> Result<Vec<Row>, Trouble> {
        let (user_text, group_text) = (user.to_string(), group.to_string());
        let query = [
            ("applies_to_type", "Group"),
            ("applies_to_id", &*group_text),
            ("assignee_type", "User"),
            ("assignee_id", &*user_text),
        ];
        let attempted = format!("list rows of person {user} in group {group}");
        let pages = self
            .client
            .pages::<Row>("role_assignments", &query, 250, &attempted)
            .await?;
        if !pages.complete {
            return Err(Trouble::new(attempted, Kind::Nonsense, "the list has holes"));
        }
        let theirs = |row: &Row| row.user() == Some(user) && row.group() == Some(group);
        let plain = |row: &Row| row.role_id.as_deref() == Some(GROUP_BASIC);
        Ok(pages
            .items
            .into_iter()
            .filter(|row| theirs(row) && plain(row))
            .collect())
    }
}

/// Was a create refused because the account only takes the older form?
pub(super) fn wants_older_form(trouble: &Trouble) -> bool {
    said(trouble).is_some_and(|said| said.names_user_or_group() && !said.is_double())
}

/// Was a create perhaps refused because a row is there already?
pub(super) fn may_be_double(trouble: &Trouble) -> bool {
    matches!(trouble.kind, Kind::Conflict | Kind::Invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn row(from: Option<&str>, until: Option<&str>) -> Row {
        let made = "2025-03-02T09:01:00.250Z";
        let json =
            json!({"id": 5, "valid_from": from, "valid_until": until, "created_at": made, "created_by_id": 600001});
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_reply_that_dropped_or_changed_a_date_is_noticed() {
        let sent = Window {
            from: at("2025-03-10T10:30:00Z"),
            until: at("2025-03-10T15:30:00Z"),
        };
        assert_eq!(
            kept(sent, &row(Some("2025-03-10T10:30:00Z"), Some("2025-03-10T15:30:00.4Z"))),
            Kept::Yes
        );
        assert_eq!(kept(sent, &row(None, None)), Kept::No);
        assert_eq!(kept(sent, &row(Some("2025-03-10T10:30:00Z"), None)), Kept::No);
        assert_eq!(
            kept(sent, &row(Some("2025-03-10T09:30:00Z"), Some("2025-03-10T15:30:00Z"))),
            Kept::No
        );
    }

    #[test]
    fn a_start_that_was_not_sent_may_come_back_empty_or_as_the_moment_of_making() {
        let sent = Window {
            from: Instant::MIN,
            until: at("2025-03-10T15:30:00Z"),
        };
        assert_eq!(kept(sent, &row(None, Some("2025-03-10T15:30:00Z"))), Kept::Yes);
        assert_eq!(
            kept(sent, &row(Some("2025-03-02T09:01:00Z"), Some("2025-03-10T15:30:00Z"))),
            Kept::Yes
        );
        assert_eq!(
            kept(sent, &row(Some("2025-03-02T10:01:00Z"), Some("2025-03-10T15:30:00Z"))),
            Kept::No
        );
    }

    #[test]
    fn a_row_is_ours_only_after_our_intent_by_our_user_and_for_no_other_intent() {
        let known = ["7".to_owned()];
        let rows = Rows {
            me: 600_001,
            sent_at: at("2025-03-02T09:00:59Z"),
            known: &known,
        };
        assert!(rows.mine(&row(None, None)));
        assert!(!Rows { me: 4, ..rows }.mine(&row(None, None)));
        assert!(
            !Rows {
                sent_at: at("2025-03-02T09:10:00Z"),
                ..rows
            }
            .mine(&row(None, None))
        );
        assert!(
            !Rows {
                known: &["5".to_owned()],
                ..rows
            }
            .mine(&row(None, None))
        );
    }
}
