//! User groups, as assumed in contract §7.6: nothing about them is published, so their path is a switch (S12).
//!
//! Members have no window of their own. What a group opens is granted to it in the portal, never over the API.

use serde_json::{Value, json};

use super::ask::{Answer, Ask, Refusal, Reply, text};
use super::contacts;
use super::login::Caller;
use super::phones;
use super::rows::UserGroup;
use super::state::World;
use super::switches::UserGroups;

const READ: &str = "read:core:entities";
const WRITE: &str = "write:core:entities";

/// Everything below `Owners/{o}/UserGroups`, or how that segment is called.
pub(super) fn route(world: &mut World, ask: &Ask<'_>, path: &[&str], caller: &Caller) -> Reply {
    match world.switches.user_groups {
        UserGroups::On => {}
        UserGroups::Absent => return Err(super::routes::no_route()),
        UserGroups::NotInPlan => return Err(Refusal::plan("The plan does not include user groups.")),
    }
    let owner = path[1];
    let members = path.get(4).is_some_and(|word| word.eq_ignore_ascii_case("members"));
    match (ask.verb, path.len()) {
        ("GET", 3) => {
            world.admit(caller, owner, READ)?;
            let rows = world.user_groups.values().filter(|group| group.owner == owner);
            Ok(Answer::List(rows.map(show).collect()))
        }
        ("GET", 4) => {
            world.admit(caller, owner, READ)?;
            Ok(Answer::Body(show(world.user_group(owner, path[3])?)))
        }
        ("GET", 5) if members => {
            world.admit(caller, owner, READ)?;
            let group = world.user_group(owner, path[3])?;
            let rows = group.members.iter();
            Ok(Answer::List(
                rows.map(|(id, contact)| show_member(world, &group.id, id, contact))
                    .collect(),
            ))
        }
        ("PUT", 5) if members => add(world, ask, caller, owner, path[3]),
        ("DELETE", 6) if members => {
            world.admit(caller, owner, WRITE)?;
            world.user_group(owner, path[3])?;
            match remove(world, path[3], path[5]) {
                true => Ok(Answer::Done),
                false => Err(Refusal::absent("The member")),
            }
        }
        (_, 3 | 4) => Err(Refusal::method()),
        (_, 5 | 6) if members => Err(Refusal::method()),
        _ => Err(super::routes::no_route()),
    }
}

fn add(world: &mut World, ask: &Ask<'_>, caller: &Caller, owner: &str, group: &str) -> Reply {
    world.admit(caller, owner, WRITE)?;
    let members = &world.user_group(owner, group)?.members;
    let contact = text(ask.object()?, "contactId").ok_or_else(|| Refusal::bad("contactId is missing."))?;
    world.contact(owner, &contact)?;
    if members.values().any(|member| *member == contact) {
        return Err(Refusal::duplicate("The contact is a member already."));
    }
    world.check_quota(owner, &contact)?;
    let id = join(world, group, &contact);
    Ok(Answer::Body(show_member(world, group, &id, &contact)))
}

/// Puts a contact into a group; its phone, if in reach, gets the keys.
pub(super) fn join(world: &mut World, group: &str, contact: &str) -> String {
    let id = world.new_id("m");
    if let Some(group) = world.user_groups.get_mut(group) {
        group.members.insert(id.clone(), contact.to_owned());
    }
    phones::push_to(world, contact);
    id
}

/// Takes a member out; the keys it gave go onto the locks' lists. False when there is no such member.
pub(super) fn remove(world: &mut World, group: &str, member: &str) -> bool {
    let row = world.user_groups.get_mut(group);
    let Some(contact) = row.and_then(|group| group.members.remove(member)) else {
        return false;
    };
    let grants: Vec<(String, Vec<String>)> = world
        .grants
        .values()
        .filter(|grant| matches!(&grant.grantee, super::rows::Grantee::UserGroup(id) if id == group))
        .map(|grant| (grant.id.clone(), phones::locks_of(world, &grant.target)))
        .collect();
    for (grant, locks) in grants {
        for lock in locks {
            phones::revoke_keys(world, &lock, |whose, of| whose == contact && of == grant);
        }
    }
    true
}

impl World {
    /// A user group of this owner account, or 404.
    pub fn user_group(&self, owner: &str, id: &str) -> Result<&UserGroup, Refusal> {
        self.user_groups
            .get(id)
            .filter(|group| group.owner == owner)
            .ok_or_else(|| Refusal::absent("The user group"))
    }
}

fn show(group: &UserGroup) -> Value {
    json!({ "id": group.id, "ownerAccountId": group.owner, "title": group.title, "description": group.description,
            "active": true })
}

fn show_member(world: &World, group: &str, id: &str, contact: &str) -> Value {
    let nested = world.contacts.get(contact).map(|row| contacts::brief(world, row));
    json!({ "id": id, "userGroupId": group, "contactId": contact, "contact": nested })
}
