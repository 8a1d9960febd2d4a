//! Reading all we may touch: locks and user groups as groups, grants and memberships of the groups asked for, their people.
//!
//! In: our names of groups. Out: an [`Observation`] that says whether it has holes.
//! Why all live grants at once: the filter for them is proven (§7.7), and one list serves every lock.
//! Always: a lock that is no longer bound is a group that is gone; grants with a schedule, on lock groups or to cards are not ours (§7.7).
//! Whose a row is, only the journal knows: `ours` and `person` are left empty.

use std::collections::BTreeMap;

use access::Window;
use access::change::{Observation, Observed, ObservedGroup, ObservedLock};

use super::contacts::holder;
use super::names::{self, Group};
use super::wire::{Contact, Grant};
use super::{Tapkey, UserGroups};
use crate::limiter::Lane;
use crate::trouble::{Kind, Trouble};

impl Tapkey {
    /// The answer to [`crate::Connector::observe`].
    pub(crate) async fn observe(&self, asked: &[String]) -> Result<Observation, Trouble> {
        let mut seen = Observation {
            complete: true,
            ..Observation::default()
        };
        let locks_are_whole = self.observe_locks(&mut seen).await?;
        let asks_user_groups = asked.iter().any(|group| names::is_user_group(group));
        let has_user_groups = self.user_groups == UserGroups::On || asks_user_groups;
        let grants = if has_user_groups || !asked.is_empty() {
            let grants = self.live_grants().await?;
            seen.complete &= grants.complete;
            grants.items
        } else {
            Vec::new()
        };
        let mut user_groups_are_whole = false;
        if has_user_groups {
            user_groups_are_whole = self.observe_user_groups(asked, &grants, &mut seen).await?;
            // That they cannot be reached just now does not mean that they are gone.
            seen.complete &= user_groups_are_whole || !asks_user_groups;
        }
        if asked.is_empty() {
            return Ok(seen);
        }
        let contacts = self.contacts(Lane::Read).await?;
        seen.complete &= contacts.complete;
        let people: BTreeMap<&str, &Contact> = contacts.items.iter().map(|contact| (&*contact.id, contact)).collect();
        for external in asked {
            let known = seen.groups.iter().any(|group| group.external == *external);
            match names::group(external)? {
                Group::Lock(_) if !known && locks_are_whole => seen.gone_groups.push(external.clone()),
                Group::Lock(lock) => observe_grants(lock, &grants, &people, &mut seen),
                Group::UserGroup(_) if !known && user_groups_are_whole => seen.gone_groups.push(external.clone()),
                Group::UserGroup(_) if !known => {}
                Group::UserGroup(group) => self.observe_members(group, &people, &mut seen).await?,
            }
        }
        seen.holders.sort_by(|a, b| a.external.cmp(&b.external));
        seen.holders.dedup_by(|a, b| a.external == b.external);
        Ok(seen)
    }

    /// Every bound lock, and with it the group that opens just this lock.
    async fn observe_locks(&self, seen: &mut Observation) -> Result<bool, Trouble> {
        let list = self.locks().await?;
        seen.complete &= list.complete;
        let site = Some(self.owner()?.to_owned());
        for (order, lock) in (0..).zip(list.items.into_iter().filter(|lock| lock.is_bound())) {
            let name = lock
                .title
                .filter(|title| !title.is_empty())
                .unwrap_or_else(|| lock.id.clone());
            seen.groups.push(ObservedGroup {
                external: names::lock(&lock.id),
                name: name.clone(),
                site: site.clone(),
                locks: vec![lock.id.clone()],
                restrictions: Vec::new(),
            });
            seen.locks.push(ObservedLock {
                external: lock.id,
                name,
                site: site.clone(),
                order,
                // Locks never talk to the internet (§8).
                online: None,
                locked_down: false,
                restrictions: Vec::new(),
            });
        }
        Ok(list.complete)
    }

    /// User groups; where they are not switched on, only those that somebody is in by us. Answers whether all of them could be read.
    async fn observe_user_groups(
        &self,
        asked: &[String],
        grants: &[Grant],
        seen: &mut Observation,
    ) -> Result<bool, Trouble> {
        let Some(list) = self.user_groups().await? else {
            return Ok(false);
        };
        let list_is_whole = list.complete;
        seen.complete &= list_is_whole;
        for group in list.items.into_iter().filter(|group| group.active != Some(false)) {
            let external = names::user_group(&group.id);
            if self.user_groups != UserGroups::On && !asked.contains(&external) {
                continue;
            }
            let theirs = grants
                .iter()
                .filter(|grant| grant.user_group_id.as_ref() == Some(&group.id));
            let is_lock = |id: &&String| seen.locks.iter().any(|lock| lock.external == **id);
            let mut locks: Vec<String> = theirs
                .filter_map(|grant| grant.bound_lock_id.as_ref())
                .filter(is_lock)
                .cloned()
                .collect();
            locks.sort_unstable();
            locks.dedup();
            seen.groups.push(ObservedGroup {
                name: group.title.unwrap_or_else(|| group.id.clone()),
                external,
                site: Some(self.owner()?.to_owned()),
                locks,
                restrictions: Vec::new(),
            });
        }
        Ok(list_is_whole)
    }

    async fn observe_members(
        &self,
        group: &str,
        people: &BTreeMap<&str, &Contact>,
        seen: &mut Observation,
    ) -> Result<(), Trouble> {
        let external_group = names::user_group(group);
        let members = match self.members(group, Lane::Read).await {
            Err(trouble) if trouble.kind == Kind::Gone => {
                seen.gone_groups.push(external_group);
                return Ok(());
            }
            members => members?,
        };
        seen.complete &= members.complete;
        for member in &members.items {
            let Some(contact) = member.contact() else {
                seen.complete = false;
                continue;
            };
            let email = shown(contact, people, member.contact.as_ref());
            seen.holders.push(holder(contact, &email));
            seen.rows.push(Observed {
                external: names::member(group, &member.id),
                external_holder: contact.to_owned(),
                person: None,
                email,
                external_group: external_group.clone(),
                window: Window::ALWAYS,
                ours: None,
            });
        }
        Ok(())
    }
}

fn observe_grants(lock: &str, grants: &[Grant], people: &BTreeMap<&str, &Contact>, seen: &mut Observation) {
    let here = grants
        .iter()
        .filter(|grant| grant.bound_lock_id.as_deref() == Some(lock));
    for grant in here {
        // Cards and user groups open this lock, too; they are no people.
        let Some(contact) = grant.contact() else { continue };
        let email = shown(contact, people, grant.contact.as_ref());
        seen.holders.push(holder(contact, &email));
        let (external, email) = match grant.time_restriction_ical {
            None => (grant.id.clone(), email),
            Some(_) => (names::scheduled(&grant.id), format!("{email} (by a schedule)")),
        };
        if grant
            .state
            .as_deref()
            .is_some_and(|state| !state.eq_ignore_ascii_case("ok"))
        {
            tracing::info!(
                grant = grant.id,
                state = grant.state,
                "a grant in a state not heard of counts as live"
            );
        }
        seen.rows.push(Observed {
            external,
            external_holder: contact.to_owned(),
            person: None,
            email,
            external_group: names::lock(lock),
            window: grant.window(),
            ours: None,
        });
    }
}

/// The address of a contact, or its id where there is none: users of other apps have no address.
fn shown(contact: &str, people: &BTreeMap<&str, &Contact>, nested: Option<&Contact>) -> String {
    let address = people.get(contact).copied().and_then(Contact::address);
    address
        .or_else(|| nested.and_then(Contact::address))
        .unwrap_or_else(|| contact.to_owned())
}
