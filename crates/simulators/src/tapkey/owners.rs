//! Owner accounts and who may manage them (contract §7.1, §7.2).

use serde_json::{Value, json};

use super::ask::{Answer, Ask, Refusal, Reply, text};
use super::contacts;
use super::login::Caller;
use super::rows::{Permission, Role, SimOwner};
use super::state::World;

/// `GET Owners`: the accounts the caller may manage, closed ones too.
pub(super) fn list(world: &World, caller: &Caller) -> Reply {
    caller.scope("read:owneraccounts")?;
    let own = world
        .owners
        .values()
        .filter(|owner| world.role_of(&caller.user, &owner.id).is_some());
    Ok(Answer::List(own.map(show).collect()))
}

/// `GET Owners/{o}`.
pub(super) fn read(world: &World, caller: &Caller, owner: &str) -> Reply {
    world.admit(caller, owner, "read:owneraccounts")?;
    Ok(Answer::Body(show(&world.owners[owner])))
}

/// `PUT Owners`; a service account cannot.
pub(super) fn create(world: &mut World, ask: &Ask<'_>, caller: &Caller) -> Reply {
    caller.scope("write:owneraccounts")?;
    if caller.is_service {
        return Err(Refusal::forbidden("A service account cannot create owner accounts."));
    }
    let name = text(ask.object()?, "name").ok_or_else(|| Refusal::bad("name is missing."))?;
    let id = world.found_owner(&name);
    let contact = contacts::of_user(world, &id, &caller.user);
    world.permit(&id, &contact, Role::Owner);
    Ok(Answer::Body(show(&world.owners[&id])))
}

/// `PATCH Owners/{o}`.
pub(super) fn rename(world: &mut World, ask: &Ask<'_>, caller: &Caller, owner: &str) -> Reply {
    world.admit(caller, owner, "write:owneraccounts")?;
    let name = text(ask.object()?, "name");
    let row = world
        .owners
        .get_mut(owner)
        .ok_or_else(|| Refusal::absent("The owner account"))?;
    row.name = name.unwrap_or_else(|| row.name.clone());
    Ok(Answer::Body(show(row)))
}

/// `GET Owners/{o}/Permissions`.
pub(super) fn list_permissions(world: &World, caller: &Caller, owner: &str) -> Reply {
    world.admit(caller, owner, "read:owneraccount:permissions")?;
    let rows = world.permissions.values().filter(|row| row.owner == owner);
    Ok(Answer::List(rows.map(show_permission).collect()))
}

/// `GET Owners/{o}/Permissions/{id}`.
pub(super) fn read_permission(world: &World, caller: &Caller, owner: &str, id: &str) -> Reply {
    world.admit(caller, owner, "read:owneraccount:permissions")?;
    let row = world.permissions.get(id).filter(|row| row.owner == owner);
    Ok(Answer::Body(show_permission(
        row.ok_or_else(|| Refusal::absent("The permission"))?,
    )))
}

/// `PUT Owners/{o}/Permissions`.
pub(super) fn add_permission(world: &mut World, ask: &Ask<'_>, caller: &Caller, owner: &str) -> Reply {
    world.admit(caller, owner, "write:owneraccount:permissions")?;
    let asked = ask.object()?;
    let contact = text(asked, "contactId").ok_or_else(|| Refusal::bad("contactId is missing."))?;
    world.contact(owner, &contact)?;
    if text(asked, "role").as_deref() != Some("Admin") {
        return Err(Refusal::bad("role must be Admin; an account has one owner."));
    }
    let id = world.permit(owner, &contact, Role::Admin);
    Ok(Answer::Body(show_permission(&world.permissions[&id])))
}

/// `DELETE Owners/{o}/Permissions/{id}`; the owner stays.
pub(super) fn delete_permission(world: &mut World, caller: &Caller, owner: &str, id: &str) -> Reply {
    world.admit(caller, owner, "write:owneraccount:permissions")?;
    let row = world.permissions.get(id).filter(|row| row.owner == owner);
    match row.ok_or_else(|| Refusal::absent("The permission"))?.role {
        Role::Owner => Err(Refusal::forbidden("The owner cannot be removed.")),
        Role::Admin | Role::AccessManager => {
            world.permissions.remove(id);
            Ok(Answer::Done)
        }
    }
}

impl World {
    /// A new, active owner account that nobody manages yet.
    pub fn found_owner(&mut self, name: &str) -> String {
        let number = self.owners.len() + 1;
        let id = format!("5d1c7b0e-3f44-4a0f-9a0b-{number:012x}");
        let owner = SimOwner {
            id: id.clone(),
            name: name.to_owned(),
            active: true,
        };
        self.owners.insert(id.clone(), owner);
        id
    }

    /// Gives a contact a role; one who has a role already changes it.
    pub fn permit(&mut self, owner: &str, contact: &str, role: Role) -> String {
        if let Some(row) = self.permissions.values_mut().find(|row| row.contact == contact) {
            row.role = role;
            return row.id.clone();
        }
        let id = self.new_id("p");
        let row = Permission {
            id: id.clone(),
            owner: owner.to_owned(),
            contact: contact.to_owned(),
            role,
        };
        self.permissions.insert(id.clone(), row);
        id
    }
}

fn show(owner: &SimOwner) -> Value {
    json!({ "id": owner.id, "name": owner.name, "active": owner.active })
}

fn show_permission(row: &Permission) -> Value {
    json!({ "id": row.id, "ownerAccountId": row.owner, "contactId": row.contact, "role": row.role })
}
