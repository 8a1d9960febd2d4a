//! Role assignments (contract §4.7): who has which role on what, from when until when. The object our grants become.

use serde_json::{Map, Value, json};

use super::ask::{Answer, Ask, OTHERS, Refusal, Reply, instant, lenient_bool, text};
use super::auth::Caller;
use super::events::Object;
use super::rows::{Assignment, Scope};
use super::state::World;
use super::switches::{CreateForm, Duplicates, PatchWindow};

/// `(id, applies to, what it allows)`.
const ROLES: &[(&str, &str, &str)] = &[
    ("group_basic", "Group", "Opens the doors of the group"),
    (
        "group_manager",
        "Group",
        "Opens the doors of the group and manages its access",
    ),
    ("place_basic", "Place", "Opens the doors of the place"),
    ("place_administrator", "Place", "Administers the place"),
    (
        "organization_administrator",
        "Organization",
        "Administers the organization",
    ),
];

/// `GET /roles`.
pub(super) fn roles(ask: &Ask<'_>, caller: Caller) -> Reply {
    caller.admin()?;
    ask.page(ROLES.iter().collect(), OTHERS, |(id, applies_to, name)| {
        json!({ "id": id, "applies_to": applies_to, "name": name, "description": name, "custom": false,
                "permissions": {}, "custom_role_id": null })
    })
}

/// `GET /role_assignments`.
pub(super) fn list(world: &World, ask: &Ask<'_>, caller: Caller) -> Reply {
    let own = caller.user()?;
    let user = match (ask.param("user_id"), ask.param("assignee_type")) {
        (Some("me"), _) => Some(own),
        (Some(_), _) => ask.number("user_id")?,
        (None, Some("User")) => ask.number("assignee_id")?,
        (None, None) if ask.param("assignee_id").is_some() => {
            return Err(Refusal::bad("assignee_id needs assignee_type."));
        }
        (None, _) => None,
    };
    if user != Some(own) {
        caller.admin()?;
    }
    let applies_to = match (ask.param("applies_to_type"), ask.number("applies_to_id")?) {
        (None, Some(_)) => return Err(Refusal::bad("applies_to_id needs applies_to_type.")),
        (Some("Group"), Some(id)) => Some(Scope::Group(id)),
        (Some("Place"), Some(id)) => Some(Scope::Place(id)),
        (Some("Organization"), _) => Some(Scope::Organization),
        _ => ask.number("group_id")?.map(Scope::Group),
    };
    let place = ask.number("place_id")?;
    let mut rows: Vec<&Assignment> = world
        .assignments
        .values()
        .filter(|row| {
            let (_, kind, _) = scope_words(row.scope);
            ask.wants_id(row.id)
                && user.is_none_or(|user| user == row.user)
                && applies_to.is_none_or(|scope| scope == row.scope)
                && ask.param("applies_to_type").is_none_or(|wanted| wanted == kind)
                && ask.param("assignee_type").is_none_or(|wanted| wanted == "User")
                && ask.param("role_id").is_none_or(|role| role == row.role)
                && ask.param("scope").is_none_or(|scope| scope.eq_ignore_ascii_case(kind))
                && place.is_none_or(|place| world.place_of(row.scope) == Some(place))
                && (ask.param("query").is_none() || {
                    let user = world.users.get(&row.user);
                    let name = user.and_then(|user| user.name.as_deref()).unwrap_or_default();
                    ask.wants_text(&[user.map_or("", |user| &user.email), name])
                })
        })
        .collect();
    ask.sort(&mut rows, &["user.name"], |row, _| {
        world
            .users
            .get(&row.user)
            .and_then(|user| user.name.clone())
            .unwrap_or_default()
    })?;
    ask.page(rows, OTHERS, |row| show(world, row))
}

/// `GET /role_assignments/{id}`.
pub(super) fn read(world: &World, caller: Caller, id: i64) -> Reply {
    caller.admin()?;
    Ok(Answer::Body(show(
        world,
        world.assignments.get(&id).ok_or_else(Refusal::absent)?,
    )))
}

/// `POST /role_assignments`.
pub(super) fn create(world: &mut World, ask: &Ask<'_>, caller: Caller) -> Reply {
    let by = caller.admin()?;
    let asked = ask.wrapped("role_assignment")?;
    let (user, scope) = who_and_what(world, asked)?;
    let role = text(asked, "role_id").ok_or_else(|| Refusal::field("role", "must exist"))?;
    let (_, kind, _) = scope_words(scope);
    if !ROLES
        .iter()
        .any(|(id, applies_to, _)| *id == role && *applies_to == kind)
    {
        return Err(Refusal::field("role", "must exist"));
    }
    let (mut valid_from_ms, mut valid_until_ms) = (instant(asked, "valid_from")?, instant(asked, "valid_until")?);
    let now = world.now();
    check_window(valid_from_ms, valid_until_ms, now)?;
    let same = |row: &Assignment| row.user == user && row.scope == scope && row.role == role;
    match world.switches.duplicate_assignments {
        Duplicates::Allow => {}
        Duplicates::Conflict if world.assignments.values().any(same) => {
            return Err(Refusal::new(409, "f298bf", "The role assignment already exists."));
        }
        Duplicates::Unprocessable if world.assignments.values().any(same) => {
            return Err(Refusal::field("user", "has already been taken"));
        }
        Duplicates::Conflict | Duplicates::Unprocessable => {}
    }
    if world.switches.drop_window_on_create || !matches!(scope, Scope::Group(_)) {
        (valid_from_ms, valid_until_ms) = (None, None);
    }
    let row = Assignment {
        id: world.new_id(),
        role,
        notify: lenient_bool(asked.get("notify")).unwrap_or(true),
        scope,
        user,
        valid_from_ms,
        valid_until_ms,
        created_by: Some(by),
        created_ms: now,
        updated_ms: now,
    };
    let shown = show(world, &row);
    keep(world, row, caller);
    Ok(Answer::Body(shown))
}

/// Keeps a row and writes its event.
pub(super) fn keep(world: &mut World, row: Assignment, caller: Caller) {
    let (id, place) = (row.id, world.place_of(row.scope));
    world.assignments.insert(id, row);
    world.note(
        "role_assignment.create",
        Object {
            kind: "RoleAssignment",
            id,
            name: None,
            place,
        },
        caller,
        None,
    );
}

fn who_and_what(world: &World, asked: &Map<String, Value>) -> Result<(i64, Scope), Refusal> {
    let number = |key: &str| asked.get(key).and_then(Value::as_i64);
    let new_form = asked.contains_key("applies_to_type") || asked.contains_key("assignee_type");
    if new_form && world.switches.create_form == CreateForm::LegacyOnly {
        let errors = json!({ "user": ["must exist"], "group": ["must exist"] });
        return Err(Refusal {
            errors: Some(errors),
            ..Refusal::field("user", "must exist")
        });
    }
    let (user, scope) = if new_form {
        if text(asked, "assignee_type").as_deref() != Some("User") {
            return Err(Refusal::field("assignee", "must be a user"));
        }
        let scope = match (text(asked, "applies_to_type").as_deref(), number("applies_to_id")) {
            (Some("Group"), Some(id)) => Some(Scope::Group(id)),
            (Some("Place"), Some(id)) => Some(Scope::Place(id)),
            (Some("Organization"), _) => Some(Scope::Organization),
            _ => None,
        };
        (number("assignee_id"), scope)
    } else {
        let place = || number("place_id").map(Scope::Place);
        (number("user_id"), number("group_id").map(Scope::Group).or_else(place))
    };
    let user = user.ok_or_else(|| Refusal::field("user", "must exist"))?;
    let scope = scope.ok_or_else(|| Refusal::field("group", "must exist"))?;
    let known = match scope {
        Scope::Group(group) => world.groups.contains_key(&group),
        Scope::Place(place) => world.places.contains_key(&place),
        Scope::Organization => true,
    };
    if !known || !world.users.contains_key(&user) {
        return Err(Refusal::absent());
    }
    Ok((user, scope))
}

fn check_window(from_ms: Option<i64>, until_ms: Option<i64>, now_ms: i64) -> Result<(), Refusal> {
    match (from_ms, until_ms) {
        (Some(from_ms), Some(until_ms)) if until_ms <= from_ms => {
            Err(Refusal::field("valid_until", "must be after valid_from"))
        }
        (_, Some(until_ms)) if until_ms <= now_ms => Err(Refusal::field("valid_until", "must be in the future")),
        _ => Ok(()),
    }
}

/// `PATCH /role_assignments/{id}`: role and notify; the window as the switch says.
pub(super) fn change(world: &mut World, ask: &Ask<'_>, caller: Caller, id: i64) -> Reply {
    caller.admin()?;
    let (now, patch_window) = (world.now(), world.switches.patch_window);
    let row = world.assignments.get_mut(&id).ok_or_else(Refusal::absent)?;
    let asked = ask.wrapped("role_assignment")?;
    let names_window = asked.contains_key("valid_from") || asked.contains_key("valid_until");
    let from_ms = if asked.contains_key("valid_from") {
        instant(asked, "valid_from")?
    } else {
        row.valid_from_ms
    };
    let until_ms = if asked.contains_key("valid_until") {
        instant(asked, "valid_until")?
    } else {
        row.valid_until_ms
    };
    let role = text(asked, "role_id");
    if role
        .as_ref()
        .is_some_and(|role| !ROLES.iter().any(|(id, ..)| id == role))
    {
        return Err(Refusal::field("role", "must exist"));
    }
    match patch_window {
        PatchWindow::Honour if names_window => {
            check_window(from_ms, until_ms, now)?;
            (row.valid_from_ms, row.valid_until_ms) = (from_ms, until_ms);
        }
        PatchWindow::Refuse if names_window => return Err(Refusal::field("valid_until", "cannot be changed")),
        PatchWindow::Honour | PatchWindow::Refuse | PatchWindow::Ignore => {}
    }
    row.role = role.unwrap_or_else(|| row.role.clone());
    row.notify = lenient_bool(asked.get("notify")).unwrap_or(row.notify);
    row.updated_ms = now;
    let place = world.place_of(world.assignments[&id].scope);
    world.note(
        "role_assignment.update",
        Object {
            kind: "RoleAssignment",
            id,
            name: None,
            place,
        },
        caller,
        None,
    );
    Ok(Answer::Done)
}

/// `DELETE /role_assignments/{id}`.
pub(super) fn delete(world: &mut World, caller: Caller, id: i64) -> Reply {
    caller.admin()?;
    if remove(world, id, caller) {
        Ok(Answer::Done)
    } else {
        Err(Refusal::absent())
    }
}

/// Removes a row and writes its event; false when there is none.
pub(super) fn remove(world: &mut World, id: i64, caller: Caller) -> bool {
    let Some(row) = world.assignments.remove(&id) else {
        return false;
    };
    let place = world.place_of(row.scope);
    world.note(
        "role_assignment.destroy",
        Object {
            kind: "RoleAssignment",
            id,
            name: None,
            place,
        },
        caller,
        None,
    );
    true
}

/// `(id, kind, word of the deprecated aliases)`.
fn scope_words(scope: Scope) -> (Option<i64>, &'static str, &'static str) {
    match scope {
        Scope::Group(id) => (Some(id), "Group", "group"),
        Scope::Place(id) => (Some(id), "Place", "place"),
        Scope::Organization => (None, "Organization", "organization"),
    }
}

fn show(world: &World, row: &Assignment) -> Value {
    let (id, kind, word) = scope_words(row.scope);
    let id = id.unwrap_or(world.org.id);
    let name = match row.scope {
        Scope::Group(group) => world.groups.get(&group).map(|group| group.name.clone()),
        Scope::Place(place) => world.places.get(&place).map(|place| place.name.clone()),
        Scope::Organization => Some(world.org.name.clone()),
    };
    let applies_to = json!({ "id": id, "resource_type": kind, "name": name });
    let user = world.users.get(&row.user).map(super::users::brief);
    let is_group = matches!(row.scope, Scope::Group(_));
    json!({
        "id": row.id, "resource_type": "RoleAssignment", "role_id": row.role, "notify": row.notify,
        "applies_to_type": kind, "applies_to_id": id, "applies_to": applies_to,
        "assignee_type": "User", "assignee_id": row.user, "assignee": user,
        "created_by_type": row.created_by.map(|_| "User"), "created_by_id": row.created_by,
        "valid_from": world.stamp_or_null(row.valid_from_ms), "valid_until": world.stamp_or_null(row.valid_until_ms),
        "user_id": row.user, "user": user, "assignee_team_id": null, "guest_id": null,
        "issued_by_id": row.created_by, "type": word, "scope": word,
        "group_id": is_group.then_some(id), "group": is_group.then_some(applies_to),
        "created_at": world.stamp(row.created_ms), "updated_at": world.stamp(row.updated_ms),
    })
}
