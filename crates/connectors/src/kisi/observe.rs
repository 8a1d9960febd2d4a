//! Reading all we may touch: groups with their locks, locks, rows and people of the groups asked for.
//!
//! In: the vendor's ids of groups. Out: an [`Observation`] that says whether it has holes.
//! Why so: a round compares against this; taking away on half a reading would lock people out (§2.1).
//! Always: groups of the chosen place and organisation-wide ones (§7); restrictions come in plain words; a group that is gone is named,
//! not an error. Whose a row is, only the journal knows: `ours` and `person` are left empty.

use access::change::{Observation, Observed, ObservedGroup, ObservedLock};

use super::Kisi;
use super::apply::number;
use super::wire::{GROUP_BASIC, Group, GroupLock, Lock, Row, User};
use crate::limiter::Lane;
use crate::trouble::{Kind, Trouble};

impl Kisi {
    /// The answer to [`crate::Connector::observe`].
    pub(crate) async fn observe(&self, asked: &[String]) -> Result<Observation, Trouble> {
        let mut seen = Observation {
            complete: true,
            ..Observation::default()
        };
        self.observe_groups(&mut seen).await?;
        self.observe_locks(&mut seen).await?;
        for group in asked {
            if !seen.groups.iter().any(|known| known.external == *group) {
                self.observe_group_elsewhere(group, &mut seen).await?;
            }
            if !seen.gone_groups.contains(group) {
                self.observe_rows(group, &mut seen).await?;
            }
        }
        seen.holders.sort_by(|a, b| a.external.cmp(&b.external));
        seen.holders.dedup_by(|a, b| a.external == b.external);
        Ok(seen)
    }

    async fn observe_groups(&self, seen: &mut Observation) -> Result<(), Trouble> {
        let pages = self
            .client
            .pages::<Group>("groups", &[("sort", "name")], 250, "list groups")
            .await?;
        seen.complete &= pages.complete;
        let here = |group: &Group| self.place.is_none() || group.place_id.is_none() || group.place_id == self.place;
        for group in pages.items.into_iter().filter(here) {
            let shown = self.shown_group(group, seen).await?;
            seen.groups.extend(shown);
        }
        Ok(())
    }

    /// A group asked for that the list does not show: of another place, or gone.
    async fn observe_group_elsewhere(&self, group: &str, seen: &mut Observation) -> Result<(), Trouble> {
        match self
            .client
            .read::<Group>(Lane::Read, &format!("groups/{group}"), &[], "look at a group")
            .await
        {
            Ok(found) => {
                let shown = self.shown_group(found, seen).await?;
                seen.groups.extend(shown);
                Ok(())
            }
            Err(trouble) if trouble.kind == Kind::Gone => {
                seen.gone_groups.push(group.to_owned());
                Ok(())
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// A group with its locks; `None` when it went while we looked.
    async fn shown_group(&self, group: Group, seen: &mut Observation) -> Result<Option<ObservedGroup>, Trouble> {
        let id = group.id.to_string();
        let mut locks = Vec::new();
        if group.locks_count != Some(0) {
            let attempted = format!("list locks of group {id}");
            match self
                .client
                .pages::<GroupLock>("group_locks", &[("group_id", &id)], 250, &attempted)
                .await
            {
                Ok(pages) => {
                    seen.complete &= pages.complete;
                    let theirs = pages
                        .items
                        .iter()
                        .filter(|link| link.group_id.is_none_or(|of| of == group.id));
                    locks.extend(theirs.filter_map(|link| link.lock_id).map(|lock| lock.to_string()));
                }
                Err(trouble) if trouble.kind == Kind::Gone => return Ok(None),
                Err(trouble) => return Err(trouble),
            }
        }
        locks.sort_unstable();
        locks.dedup();
        let restrictions = group_restrictions(&group);
        let site = group.place_id.map(|place| place.to_string());
        Ok(Some(ObservedGroup {
            name: group.name.unwrap_or_else(|| id.clone()),
            external: id,
            site,
            locks,
            restrictions,
        }))
    }

    async fn observe_locks(&self, seen: &mut Observation) -> Result<(), Trouble> {
        let place = self.place.map(|place| place.to_string());
        let query: Vec<(&str, &str)> = place.iter().map(|place| ("place_id", &**place)).collect();
        let pages = self.client.pages::<Lock>("locks", &query, 250, "list locks").await?;
        seen.complete &= pages.complete;
        let here = |lock: &Lock| self.place.is_none() || lock.place_id == self.place;
        seen.locks = pages.items.into_iter().filter(here).map(shown_lock).collect();
        seen.locks.sort_by(|a, b| (a.order, &a.name).cmp(&(b.order, &b.name)));
        Ok(())
    }

    async fn observe_rows(&self, group: &str, seen: &mut Observation) -> Result<(), Trouble> {
        let id = number(group)?;
        let query = [("applies_to_type", "Group"), ("applies_to_id", group)];
        let pages = self
            .client
            .pages::<Row>("role_assignments", &query, 250, &format!("list rows of group {group}"))
            .await?;
        seen.complete &= pages.complete;
        let rows: Vec<Row> = pages.items.into_iter().filter(|row| row.group() == Some(id)).collect();
        if rows.is_empty() {
            return Ok(());
        }
        seen.rows.extend(rows.iter().map(|row| shown_row(row, group)));
        let attempted = format!("list people of group {group}");
        match self
            .client
            .pages::<User>("users", &[("group_id", group)], 100, &attempted)
            .await
        {
            Ok(people) => {
                seen.complete &= people.complete;
                seen.holders.extend(people.items.iter().map(User::holder));
            }
            // Rows are what counts; without the list we only miss who is unconfirmed or switched off.
            Err(trouble) if trouble.kind == Kind::Invalid => {
                tracing::warn!(%trouble, "people are read without their state")
            }
            Err(trouble) => return Err(trouble),
        }
        Ok(())
    }
}

fn shown_row(row: &Row, group: &str) -> Observed {
    let assignee = row.assignee.clone().unwrap_or_default();
    // Teams and guests have no user: they are shown by name, and are nobody's we could have made.
    let holder = match (row.user(), row.assignee_id) {
        (Some(user), _) => user.to_string(),
        (None, other) => format!(
            "{} {}",
            row.assignee_type.as_deref().unwrap_or("?"),
            other.unwrap_or_default()
        ),
    };
    let email = assignee
        .email
        .or(assignee.name)
        .unwrap_or_else(|| holder.clone())
        .to_lowercase();
    let plain = row.role_id.as_deref().is_none_or(|role| role == GROUP_BASIC);
    let email = if plain {
        email
    } else {
        format!("{email} ({})", row.role_id.as_deref().unwrap_or_default())
    };
    Observed {
        external: row.id.to_string(),
        external_holder: holder,
        person: None,
        email,
        external_group: group.to_owned(),
        window: row.window(),
        ours: None,
    }
}

fn shown_lock(lock: Lock) -> ObservedLock {
    let mut restrictions = Vec::new();
    let mut when = |on: bool, sentence: &str| {
        if on {
            restrictions.push(sentence.to_owned());
        }
    };
    when(
        lock.reader_restriction_enabled == Some(true),
        "The door has the reader restriction: it only opens near its reader.",
    );
    when(
        lock.geofence_restriction_enabled == Some(true),
        "The door has the geofence restriction: it only opens on site.",
    );
    when(
        lock.configured == Some(false),
        "The door is not configured: no controller is assigned to it.",
    );
    ObservedLock {
        external: lock.id.to_string(),
        name: lock.name.unwrap_or_else(|| lock.id.to_string()),
        site: lock.place_id.map(|place| place.to_string()),
        order: lock.order_id.unwrap_or(i64::MAX),
        online: lock.online,
        locked_down: lock.locked_down == Some(true),
        restrictions,
    }
}

/// §4.4: what keeps a web page from opening this group's doors.
fn group_restrictions(group: &Group) -> Vec<String> {
    let on = |flag: Option<bool>| flag == Some(true);
    let sentences = [
        (
            group.login_enabled == Some(false),
            "App access is off: only cards open its doors.",
        ),
        (
            on(group.reader_restriction_enabled),
            "The reader restriction is on: doors only open near their reader.",
        ),
        (
            on(group.geofence_restriction_enabled),
            "The geofence restriction is on: doors only open on site.",
        ),
        (
            on(group.primary_device_restriction_enabled),
            "The primary device restriction is on: only a person's first phone opens.",
        ),
        (
            on(group.managed_device_restriction_enabled),
            "The managed device restriction is on: only managed phones open.",
        ),
        (
            on(group.tap_to_access_restriction_enabled),
            "Tap to access is on: doors only open by tapping the reader.",
        ),
    ];
    sentences
        .into_iter()
        .filter(|(on, _)| *on)
        .map(|(_, sentence)| sentence.to_owned())
        .collect()
}
