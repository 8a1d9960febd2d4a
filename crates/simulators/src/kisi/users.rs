//! Users (contract §4.5): looked up by exact e-mail or fuzzy text, created as managed users, never renamed by e-mail.

use serde_json::{Map, Value, json};

use super::ask::{Answer, Ask, Refusal, Reply, USERS, lenient_bool, text};
use super::auth::Caller;
use super::events::Object;
use super::rows::{Scope, SimUser};
use super::state::World;

/// `GET /users`.
pub(super) fn list(world: &World, ask: &Ask<'_>, caller: Caller) -> Reply {
    let own = caller.admin()?;
    let user_id = match ask.param("user_id") {
        Some("me") => Some(own),
        _ => ask.number("user_id")?,
    };
    let (group, place) = (ask.number("group_id")?, ask.number("place_id")?);
    let mut rows: Vec<&SimUser> = world
        .users
        .values()
        .filter(|user| {
            ask.wants_id(user.id)
                && user_id.is_none_or(|id| id == user.id)
                && ask
                    .param("email")
                    .is_none_or(|email| email.eq_ignore_ascii_case(&user.email))
                && ask.wants_text(&[&user.email, name_of(user), user.notes.as_deref().unwrap_or_default()])
                && group.is_none_or(|group| in_scope(world, user.id, |scope| scope == Scope::Group(group)))
                && place.is_none_or(|place| in_scope(world, user.id, |scope| world.place_of(scope) == Some(place)))
        })
        .collect();
    ask.sort(
        &mut rows,
        &["name", "unlock", "access_enabled"],
        |user, field| match field {
            "name" => name_of(user).to_owned(),
            "unlock" => format!("{:020}", user.last_accessed_ms.unwrap_or_default()),
            _ => user.access_enabled.to_string(),
        },
    )?;
    ask.page(rows, USERS, |user| show(world, user))
}

fn in_scope(world: &World, user: i64, wanted: impl Fn(Scope) -> bool) -> bool {
    world
        .assignments
        .values()
        .any(|row| row.user == user && wanted(row.scope))
}

fn name_of(user: &SimUser) -> &str {
    user.name.as_deref().unwrap_or_default()
}

/// `GET /user`.
pub(super) fn own(world: &World, caller: Caller) -> Reply {
    read(world, caller, caller.user()?)
}

/// `GET /users/{id}`.
pub(super) fn read(world: &World, caller: Caller, id: i64) -> Reply {
    if caller.user()? != id {
        caller.admin()?;
    }
    Ok(Answer::Body(show(
        world,
        world.users.get(&id).ok_or_else(Refusal::absent)?,
    )))
}

/// `POST /users`.
pub(super) fn create(world: &mut World, ask: &Ask<'_>, caller: Caller) -> Reply {
    caller.admin()?;
    let asked = ask.wrapped("user")?;
    let email = text(asked, "email").unwrap_or_default();
    if !email.contains('@') {
        return Err(Refusal::field("email", "can't be blank or invalid"));
    }
    if world.user_by_email(&email).is_some() {
        return Err(Refusal::field("email", "has already been taken"));
    }
    let mut user = world.fresh_user(email.trim(), text(asked, "name"));
    user.confirmed = lenient_bool(asked.get("confirm")).unwrap_or(false);
    user.send_emails = lenient_bool(asked.get("send_emails")).unwrap_or(true);
    user.metadata = metadata(asked)?.unwrap_or_default();
    user.notes = text(asked, "notes");
    let (id, shown) = (user.id, show(world, &user));
    let email = user.email.clone();
    world.users.insert(id, user);
    world.note(
        "user.create",
        Object {
            kind: "User",
            id,
            name: Some(&email),
            place: None,
        },
        caller,
        None,
    );
    Ok(Answer::Body(shown))
}

/// `PATCH /users/{id}`: never the e-mail, `confirm` or `send_emails`, which are silently ignored.
pub(super) fn change(world: &mut World, ask: &Ask<'_>, caller: Caller, id: i64) -> Reply {
    caller.admin()?;
    let now = world.now();
    let user = world.users.get_mut(&id).ok_or_else(Refusal::absent)?;
    let asked = ask.wrapped("user")?;
    let metadata = metadata(asked)?;
    if asked.contains_key("name") {
        user.name = text(asked, "name");
    }
    if asked.contains_key("notes") {
        user.notes = text(asked, "notes");
    }
    if let Some(enabled) = lenient_bool(asked.get("access_enabled")) {
        user.access_enabled = enabled;
    }
    if let Some(metadata) = metadata {
        user.metadata = metadata;
    }
    user.updated_ms = now;
    let email = user.email.clone();
    world.note(
        "user.update",
        Object {
            kind: "User",
            id,
            name: Some(&email),
            place: None,
        },
        caller,
        None,
    );
    Ok(Answer::Done)
}

/// `DELETE /users/{id}`: all rights and logins go too; the owner cannot go.
pub(super) fn delete(world: &mut World, caller: Caller, id: i64) -> Reply {
    caller.admin()?;
    if id == world.org.owner {
        return Err(Refusal::field("base", "The owner cannot be removed"));
    }
    let user = world.users.remove(&id).ok_or_else(Refusal::absent)?;
    world.assignments.retain(|_, row| row.user != id);
    super::logins::remove_all_of(world, id);
    world.note(
        "user.destroy",
        Object {
            kind: "User",
            id,
            name: Some(&user.email),
            place: None,
        },
        caller,
        None,
    );
    Ok(Answer::Done)
}

/// Flat, at most 50 keys of 50 characters, values of basic types up to 500 characters.
fn metadata(asked: &Map<String, Value>) -> Result<Option<Map<String, Value>>, Refusal> {
    match asked.get("metadata") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(pairs)) => {
            let fits = |value: &Value| match value {
                Value::String(text) => text.chars().count() <= 500,
                Value::Array(_) | Value::Object(_) => false,
                Value::Null | Value::Bool(_) | Value::Number(_) => true,
            };
            if pairs.len() > 50
                || !pairs
                    .iter()
                    .all(|(key, value)| key.chars().count() <= 50 && fits(value))
            {
                return Err(Refusal::field("metadata", "is invalid"));
            }
            Ok(Some(pairs.clone()))
        }
        Some(_) => Err(Refusal::field("metadata", "is invalid")),
    }
}

impl World {
    /// A confirmed managed user that is not yet kept.
    pub fn fresh_user(&mut self, email: &str, name: Option<String>) -> SimUser {
        let now = self.now();
        SimUser {
            id: self.new_id(),
            email: email.to_owned(),
            name,
            confirmed: true,
            send_emails: false,
            access_enabled: true,
            scim_access_enabled: true,
            password: None,
            organization_admin: false,
            primary_device: false,
            metadata: Map::new(),
            notes: None,
            last_accessed_ms: None,
            created_ms: now,
            updated_ms: now,
        }
    }
}

/// The nested form of a user.
pub(super) fn brief(user: &SimUser) -> Value {
    json!({ "id": user.id, "resource_type": "User", "email": user.email, "name": user.name })
}

fn show(world: &World, user: &SimUser) -> Value {
    let groups = world
        .assignments
        .values()
        .filter(|row| row.user == user.id && matches!(row.scope, Scope::Group(_)))
        .count();
    let owner = user.id == world.org.owner;
    json!({
        "id": user.id, "resource_type": "User", "email": user.email, "name": user.name, "image": null,
        "metadata": user.metadata, "notes": user.notes,
        "otp_required_for_login": owner && world.switches.owner_otp.is_some(),
        "password_flow_enabled": user.password.is_some(), "access_enabled": user.access_enabled,
        "scim_access_enabled": user.scim_access_enabled,
        "last_accessed_at": world.stamp_or_null(user.last_accessed_ms), "organization_id": world.org.id,
        "confirmed": user.confirmed, "groups_count": groups,
        "created_at": world.stamp(user.created_ms), "updated_at": world.stamp(user.updated_ms),
    })
}
