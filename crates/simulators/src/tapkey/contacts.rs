//! Contacts: an owner account's view of a user (contract §7.5). The address is the user's and may change under us.

use serde_json::{Value, json};

use super::ask::{Answer, Ask, Refusal, Reply, text};
use super::grants;
use super::login::Caller;
use super::rows::{Contact, Grantee};
use super::state::World;
use super::switches::KnownContact;

/// `GET Owners/{o}/Contacts`.
pub(super) fn list(world: &World, caller: &Caller, owner: &str) -> Reply {
    world.admit(caller, owner, "read:core:entities")?;
    let rows = world.contacts.values().filter(|row| row.owner == owner);
    Ok(Answer::List(rows.map(|row| show(world, row)).collect()))
}

/// `GET Owners/{o}/Contacts/{id}`.
pub(super) fn read(world: &World, caller: &Caller, owner: &str, id: &str) -> Reply {
    world.admit(caller, owner, "read:core:entities")?;
    Ok(Answer::Body(show(world, world.contact(owner, id)?)))
}

/// `PUT Owners/{o}/Contacts`: by `identifier`, by the old name `email`, or by a user of an own identity provider.
pub(super) fn create(world: &mut World, ask: &Ask<'_>, caller: &Caller, owner: &str) -> Reply {
    world.admit(caller, owner, "write:core:entities")?;
    let asked = ask.object()?;
    let (ip, ip_user) = (text(asked, "ipId"), text(asked, "ipUserId"));
    let email = text(asked, "email");
    if email.is_some() && (ip.is_some() || ip_user.is_some()) {
        return Err(Refusal::bad("email cannot be mixed with ipId or ipUserId."));
    }
    let ip = ip.unwrap_or_else(|| "tapkey".to_owned());
    let address = match (ip.as_str(), &ip_user) {
        ("tapkey", None) => text(asked, "identifier")
            .or(email)
            .filter(|address| address.contains('@'))
            .ok_or_else(|| Refusal::bad("identifier must be an e-mail address."))?,
        ("tapkey", Some(_)) | (_, None) => return Err(Refusal::bad("ipId and ipUserId do not fit together.")),
        (ip, Some(user)) => format!("{user}@{ip}"),
    };
    if let Some(known) = world.contact_by_email(owner, &address) {
        return match world.switches.known_contact {
            KnownContact::Adopt => Ok(Answer::Body(show(world, known))),
            KnownContact::Conflict => Err(Refusal::duplicate("The contact exists already.")),
        };
    }
    let user = world.user_of(&address);
    let id = of_user(world, owner, &user);
    if let Some(row) = world.contacts.get_mut(&id) {
        (row.ip_id, row.ip_user_id) = (ip, ip_user);
        (row.title, row.comment) = (text(asked, "title"), text(asked, "comment"));
    }
    Ok(Answer::Body(show(world, world.contact(owner, &id)?)))
}

/// `PATCH Owners/{o}/Contacts/{id}`: title and comment, nothing else.
pub(super) fn change(world: &mut World, ask: &Ask<'_>, caller: &Caller, owner: &str, id: &str) -> Reply {
    world.admit(caller, owner, "write:core:entities")?;
    world.contact(owner, id)?;
    let asked = ask.object()?;
    if let Some(row) = world.contacts.get_mut(id) {
        if asked.contains_key("title") {
            row.title = text(asked, "title");
        }
        if asked.contains_key("comment") {
            row.comment = text(asked, "comment");
        }
    }
    Ok(Answer::Body(show(world, world.contact(owner, id)?)))
}

/// `GET Owners/{o}/Contacts/{id}/Grants`.
pub(super) fn grants(world: &World, caller: &Caller, owner: &str, id: &str) -> Reply {
    world.admit(caller, owner, "read:grants")?;
    world.contact(owner, id)?;
    let own = Grantee::Contact(id.to_owned());
    let rows = world.grants.values().filter(|grant| grant.grantee == own);
    Ok(Answer::List(rows.map(|grant| grants::show(world, grant)).collect()))
}

/// `POST Owners/{o}/Contacts/{id}/RevokeGrants`: all of them, whoever made them.
pub(super) fn revoke_grants(world: &mut World, ask: &Ask<'_>, caller: &Caller, owner: &str, id: &str) -> Reply {
    world.admit(caller, owner, "write:grants")?;
    world.contact(owner, id)?;
    if grants::dry_run(world, ask)? {
        return Ok(Answer::Done);
    }
    revoke_all(world, id);
    Ok(Answer::Done)
}

/// Revokes every grant given to this contact directly.
pub(super) fn revoke_all(world: &mut World, contact: &str) {
    let own = Grantee::Contact(contact.to_owned());
    let ids: Vec<String> = world
        .grants
        .values()
        .filter(|grant| grant.grantee == own)
        .map(|grant| grant.id.clone())
        .collect();
    for id in ids {
        grants::end(world, &id);
    }
}

/// The contact of a user in an owner account; made when there is none yet.
pub(super) fn of_user(world: &mut World, owner: &str, user: &str) -> String {
    let mut rows = world.contacts.values();
    if let Some(row) = rows.find(|row| row.owner == owner && row.user == user) {
        return row.id.clone();
    }
    let id = world.new_id("c");
    let row = Contact {
        id: id.clone(),
        owner: owner.to_owned(),
        user: user.to_owned(),
        ip_id: "tapkey".to_owned(),
        ip_user_id: None,
        title: None,
        comment: None,
    };
    world.contacts.insert(id.clone(), row);
    id
}

fn show(world: &World, row: &Contact) -> Value {
    let email = world.email_of_user(&row.user);
    let mut shown = brief(world, row);
    shown["ownerId"] = row.owner.clone().into();
    shown["title"] = row.title.clone().into();
    shown["comment"] = row.comment.clone().into();
    shown["email"] = email.into();
    if let Some(ip_user) = &row.ip_user_id {
        shown["ipUserId"] = ip_user.clone().into();
        shown["identifier"] = Value::Null;
        shown["email"] = Value::Null;
    }
    shown
}

/// As it stands inside a grant or a membership.
pub(super) fn brief(world: &World, row: &Contact) -> Value {
    json!({ "id": row.id, "identifier": world.email_of_user(&row.user), "ipId": row.ip_id })
}
