//! Grants (§7.7, §7.8): make, move, revoke, look.
//!
//! In: ids and windows. Out: grants as Tapkey acknowledged them.
//! Always: one contact on one lock, with dates and without a schedule; revoked one by one, and only when they are not over by themselves,
//! since a revoked key takes one of few places on the lock's own list.

use access::{Instant, Window};
use reqwest::Method;
use serde_json::{Value, json};

use super::Tapkey;
use super::client::{ACTIVE, List, quoted};
use super::errors::status;
use super::wire::{Grant, Lock};
use crate::limiter::Lane;
use crate::trouble::{Kind, Trouble};

const GRANTS: &str = "Grants";
const LOCKS: &str = "BoundLocks";
/// Dates may come back cut to whole seconds.
const SAME_WITHIN_MS: u64 = 1_000;

/// Is the window Tapkey answered with the one that was sent? A start that was not sent may come back as the moment of making.
pub(super) fn kept(sent: Window, has: Window) -> bool {
    let begins = sent.from == Instant::MIN || same(sent.from, has.from);
    begins && same(sent.until, has.until)
}

fn same(a: Instant, b: Instant) -> bool {
    a == b || (!a.is_open() && !b.is_open() && a.ms().abs_diff(b.ms()) < SAME_WITHIN_MS)
}

/// Milliseconds and `Z` always (§2); an open end is null (§7.7).
fn date(at: Instant) -> Value {
    if at.is_open() {
        Value::Null
    } else {
        Value::String(format!("{:.3}", at.timestamp()))
    }
}

impl Tapkey {
    /// Gives a contact a grant on a lock; one call. `None` when Tapkey answered without telling it.
    pub(super) async fn make_grant(&self, contact: &str, lock: &str, window: Window) -> Result<Option<Grant>, Trouble> {
        let body = json!({
            "boundLockId": lock, "contactId": contact,
            "validFrom": date(window.from), "validBefore": date(window.until),
        });
        let attempted = format!("give contact {contact} a grant on lock {lock}");
        let path = self.path(&[GRANTS])?;
        self.client
            .write(Lane::Give, Method::PUT, &path, body, &attempted)
            .await
    }

    /// Changes the window of a grant; one call. `None` when Tapkey answered without telling it.
    pub(super) async fn change_grant(&self, grant: &str, to: Window, lane: Lane) -> Result<Option<Grant>, Trouble> {
        let body = json!({"validFrom": date(to.from), "validBefore": date(to.until)});
        let path = self.path(&[GRANTS, grant])?;
        let attempted = format!("move grant {grant}");
        self.client.write(lane, Method::PATCH, &path, body, &attempted).await
    }

    /// One grant; `None` when it is gone.
    pub(super) async fn grant(&self, grant: &str, lane: Lane, calls: &mut u32) -> Result<Option<Grant>, Trouble> {
        *calls += 1;
        self.one(lane, &[GRANTS, grant], &format!("look at grant {grant}"))
            .await
    }

    /// Revokes a grant of ours; `true` when it was gone already. One call where Tapkey takes the form that is known to work (§7.8).
    pub(super) async fn revoke(&self, grant: &str, calls: &mut u32) -> Result<bool, Trouble> {
        let path = self.path(&[GRANTS, grant, "Revoke"])?;
        let attempted = format!("revoke grant {grant}");
        let real = [("dryRun", "false")];
        let forms = [
            (&real[..], None),
            (&real[..], Some(json!({"dryRun": false}))),
            (&[][..], None),
        ];
        let mut refused = None;
        for (query, body) in forms {
            *calls += 1;
            let revoked = self
                .client
                .call(Lane::Revoke, Method::POST, &path, query, body, &attempted)
                .await;
            match revoked {
                // Whatever it says: a reading shows later that the grant no longer lives.
                Ok(_) => return Ok(false),
                Err(trouble) if matches!(trouble.kind, Kind::Gone | Kind::Conflict) => {
                    let lives = self
                        .grant(grant, Lane::Revoke, calls)
                        .await?
                        .is_some_and(|grant| grant.is_live());
                    return if lives { Err(trouble) } else { Ok(true) };
                }
                Err(trouble) if status(&trouble) == Some(405) => refused = Some(trouble),
                Err(trouble) => return Err(trouble),
            }
        }
        Err(refused.expect("each of the three forms has answered"))
    }

    /// All grants that live, for a round.
    pub(super) async fn live_grants(&self) -> Result<List<Grant>, Trouble> {
        let mut list: List<Grant> = self
            .client
            .list(Lane::Read, &self.path(&[GRANTS])?, Some(ACTIVE), "list grants")
            .await?;
        list.items.retain(Grant::is_live);
        Ok(list)
    }

    /// Live grants of a contact on a lock that carry no schedule.
    pub(super) async fn grants_of(&self, contact: &str, lock: &str, calls: &mut u32) -> Result<Vec<Grant>, Trouble> {
        let (of, on) = (quoted(contact), quoted(lock));
        let filter = format!("{ACTIVE} and contactId eq {of} and boundLockId eq {on}");
        let attempted = format!("list grants of contact {contact} on lock {lock}");
        *calls += 1;
        let list: List<Grant> = self
            .client
            .list(Lane::Give, &self.path(&[GRANTS])?, Some(&filter), &attempted)
            .await?;
        if !list.complete {
            return Err(Trouble::new(attempted, Kind::Nonsense, "the list has holes"));
        }
        let theirs = |grant: &Grant| {
            grant.contact() == Some(contact)
                && grant.bound_lock_id.as_deref() == Some(lock)
                && grant.time_restriction_ical.is_none()
                && grant.is_live()
        };
        Ok(list.items.into_iter().filter(theirs).collect())
    }

    /// All locks, also those that left the account.
    pub(super) async fn locks(&self) -> Result<List<Lock>, Trouble> {
        let path = self.path(&[LOCKS])?;
        self.client.list(Lane::Read, &path, None, "list locks").await
    }

    /// Is the lock still bound in this account? Bound again it has another id (§2.1).
    pub(super) async fn lock_is_bound(&self, lock: &str, calls: &mut u32) -> Result<bool, Trouble> {
        *calls += 1;
        let found: Option<Lock> = self.one(Lane::Give, &[LOCKS, lock], "look at a lock").await?;
        Ok(found.is_some_and(|lock| lock.is_bound()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(from: &str, until: &str) -> Window {
        Window {
            from: from.parse().unwrap(),
            until: until.parse().unwrap(),
        }
    }

    #[test]
    fn a_reply_that_dropped_or_changed_a_date_is_noticed() {
        let sent = window("2026-03-02T08:30:00Z", "2026-03-02T12:30:00Z");
        assert!(kept(sent, window("2026-03-02T08:30:00Z", "2026-03-02T12:30:00.4Z")));
        assert!(!kept(sent, Window::ALWAYS));
        assert!(!kept(sent, window("2026-03-02T09:30:00Z", "2026-03-02T12:30:00Z")));
        let running = Window {
            from: Instant::MIN,
            ..sent
        };
        assert!(
            kept(running, sent),
            "a start that was not sent may come back as the moment of making"
        );
    }

    #[test]
    fn dates_are_written_in_utc_with_milliseconds() {
        assert_eq!(
            date("2026-03-02T09:30:00+01:00".parse().unwrap()),
            json!("2026-03-02T08:30:00.000Z")
        );
        assert_eq!(date(Instant::MAX), Value::Null);
    }
}
