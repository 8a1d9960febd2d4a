//! User groups (§7.6): no public documentation was found, so their calls are those the contract assumes, in one place.
//!
//! In: ids. Out: memberships. Memberships carry no dates; what a group opens is granted to it in Tapkey's portal, and never by us.
//! Always: written only when this server's operator has switched them on; who is in a group already is seen before anybody is put in,
//! and strangers are never taken out (§9.4).

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use super::client::List;
use super::wire::{Member, UserGroup};
use super::{Tapkey, UserGroups};
use crate::limiter::Lane;
use crate::trouble::{Kind, Trouble};

/// Their collection below the owner account; other names would be as plausible.
pub(super) const GROUPS: &str = "UserGroups";
const MEMBERS: &str = "Members";

impl Tapkey {
    /// All user groups; `None` where they cannot be reached: not there, not in the plan, or not permitted.
    pub(super) async fn user_groups(&self) -> Result<Option<List<UserGroup>>, Trouble> {
        let path = self.path(&[GROUPS])?;
        match self.client.list(Lane::Read, &path, None, "list user groups").await {
            Ok(list) => Ok(Some(list)),
            Err(trouble) => match trouble.kind {
                Kind::Gone | Kind::Invalid | Kind::NoSeats | Kind::Forbidden => {
                    tracing::info!(%trouble, "user groups cannot be reached");
                    Ok(None)
                }
                _ => Err(trouble),
            },
        }
    }

    /// Does the group still exist?
    pub(super) async fn user_group_exists(&self, group: &str, calls: &mut u32) -> Result<bool, Trouble> {
        *calls += 1;
        let found: Option<UserGroup> = self.one(Lane::Give, &[GROUPS, group], "look at a user group").await?;
        Ok(found.is_some())
    }

    /// Who is in a group, read anew.
    pub(super) async fn members(&self, group: &str, lane: Lane) -> Result<List<Member>, Trouble> {
        let path = self.path(&[GROUPS, group, MEMBERS])?;
        let attempted = format!("list members of user group {group}");
        let list: List<Member> = self.client.list(lane, &path, None, &attempted).await?;
        let mut known = BTreeMap::new();
        for member in &list.items {
            if let Some(contact) = member.contact() {
                known.insert(of_contact(contact), Value::from(&*member.id));
                known.insert(of_member(&member.id), Value::from(contact));
            }
        }
        self.memory.keep(&self.members_list(group)?, known);
        Ok(list)
    }

    /// The membership of a contact, as far as was read lately.
    pub(super) async fn member_of(
        &self,
        group: &str,
        contact: &str,
        calls: &mut u32,
    ) -> Result<Option<String>, Trouble> {
        let (list, key) = (self.members_list(group)?, of_contact(contact));
        let known = match self.memory.look(&list, &key) {
            Some(known) => known,
            None => {
                *calls += 1;
                if !self.members(group, Lane::Give).await?.complete {
                    let say = "the list has holes, so somebody may be put in twice";
                    return Err(Trouble::new("look who is in a user group", Kind::Nonsense, say));
                }
                self.memory.look(&list, &key).flatten()
            }
        };
        Ok(known.as_ref().and_then(Value::as_str).map(str::to_owned))
    }

    /// Puts a contact in; one call. The membership's id, if Tapkey tells it.
    pub(super) async fn join(&self, group: &str, contact: &str, calls: &mut u32) -> Result<Option<String>, Trouble> {
        self.may_write_user_groups()?;
        *calls += 1;
        let path = self.path(&[GROUPS, group, MEMBERS])?;
        let attempted = format!("put contact {contact} in user group {group}");
        let joined = self
            .client
            .write::<Member>(
                Lane::Give,
                Method::PUT,
                &path,
                json!({"contactId": contact}),
                &attempted,
            )
            .await;
        let list = self.members_list(group)?;
        match &joined {
            Ok(Some(member)) => {
                self.memory.put(&list, &of_contact(contact), Value::from(&*member.id));
                self.memory.put(&list, &of_member(&member.id), Value::from(contact));
            }
            Ok(None) | Err(_) => self.memory.forget(&list),
        }
        Ok(joined?.map(|member| member.id))
    }

    /// Takes a member out; `true` when it was out already. One call.
    pub(super) async fn leave(&self, group: &str, member: &str, calls: &mut u32) -> Result<bool, Trouble> {
        self.may_write_user_groups()?;
        *calls += 1;
        let path = self.path(&[GROUPS, group, MEMBERS, member])?;
        let attempted = format!("take member {member} out of user group {group}");
        let left = self
            .client
            .call(Lane::Revoke, Method::DELETE, &path, &[], None, &attempted)
            .await;
        let list = self.members_list(group)?;
        match self.memory.look(&list, &of_member(member)).flatten() {
            Some(Value::String(contact)) if left.is_ok() => {
                self.memory.drop(&list, &of_contact(&contact));
                self.memory.drop(&list, &of_member(member));
            }
            _ => self.memory.forget(&list),
        }
        match left {
            Ok(_) => Ok(false),
            Err(trouble) if trouble.kind == Kind::Gone => Ok(true),
            Err(trouble) => Err(trouble),
        }
    }

    pub(super) fn forget_members(&self, group: &str) -> Result<(), Trouble> {
        self.memory.forget(&self.members_list(group)?);
        Ok(())
    }

    fn members_list(&self, group: &str) -> Result<String, Trouble> {
        Ok(format!("tapkey members {} {group}", self.owner()?))
    }

    fn may_write_user_groups(&self) -> Result<(), Trouble> {
        match self.user_groups {
            UserGroups::On => Ok(()),
            UserGroups::Off | UserGroups::Probe => Err(Trouble::new(
                "change a user group",
                Kind::Invalid,
                "user groups of Tapkey are switched off in this server's settings; give access door by door, or switch them on",
            )),
        }
    }
}

fn of_contact(contact: &str) -> String {
    format!("contact {contact}")
}

fn of_member(member: &str) -> String {
    format!("member {member}")
}
