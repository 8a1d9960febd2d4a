//! Logins (contract §3): signing in by password, acting for managed users, the limits of 10 and 40.

use serde_json::{Map, Value, json};

use super::ask::{Answer, Ask, OTHERS, Refusal, Reply, lenient_bool, text};
use super::auth::Caller;
use super::events::Object;
use super::rows::{Login, LoginKind};
use super::state::World;
use super::switches::ForbiddenOr422;

const DEVICE_LOGINS: usize = 40;
const API_LOGINS: usize = 10;

/// `POST /logins`: by password (variant A), or by a login's secret for oneself or somebody else (variant B).
pub(super) fn create(world: &mut World, ask: &Ask<'_>, caller: Caller) -> Reply {
    let empty = Map::new();
    let login = ask.body.get("login").and_then(Value::as_object).unwrap_or(&empty);
    let kind = match login.get("type").and_then(Value::as_str) {
        Some("api") => LoginKind::Api,
        Some("device") | None => LoginKind::Device,
        Some(_) => return Err(Refusal::field("type", "is not included in the list")),
    };
    let user = match ask.body.get("user").and_then(Value::as_object) {
        Some(credentials) if credentials.contains_key("password") => by_password(world, credentials)?,
        _ => on_behalf(world, caller, login, kind)?,
    };
    make_room(world, user, kind)?;
    let now = world.now();
    let id = world.new_id();
    let row = Login {
        id,
        user,
        kind,
        name: text(login, "name"),
        secret: world.new_secret(),
        expire: lenient_bool(login.get("expire")).unwrap_or(true),
        primary: false,
        device_brand: text(login, "device_brand"),
        device_model: text(login, "device_model"),
        os_name: text(login, "os_name"),
        last_used_ms: None,
        created_ms: now,
        updated_ms: now,
    };
    let mut shown = show(world, &row);
    shown["secret"] = row.secret.clone().into();
    shown["authentication_token"] = row.secret.clone().into();
    world.secrets.insert(row.secret.clone(), id);
    world.logins.insert(id, row);
    let by = Caller::Login {
        login: id,
        user,
        admin: false,
    };
    let by = if caller == Caller::Nobody { by } else { caller };
    world.note(
        "login.create",
        Object {
            kind: "Login",
            id,
            name: None,
            place: None,
        },
        by,
        None,
    );
    Ok(Answer::Body(shown))
}

fn by_password(world: &World, credentials: &Map<String, Value>) -> Result<i64, Refusal> {
    let wrong = || Refusal::new(401, "afc516", "Wrong email address or password.");
    let field = |key: &str| text(credentials, key).unwrap_or_default();
    if world.org.domain.is_empty() || !field("domain").eq_ignore_ascii_case(&world.org.domain) {
        return Err(wrong());
    }
    let user = world.user_by_email(&field("email")).ok_or_else(wrong)?;
    if user
        .password
        .as_ref()
        .is_none_or(|password| *password != field("password"))
    {
        return Err(wrong());
    }
    let is_owner = user.id == world.org.owner;
    if world.switches.sso && !is_owner {
        return Err(Refusal::new(403, "afc496", "Access denied. Please use single sign-on."));
    }
    world.confirmed(user)?;
    match (&world.switches.owner_otp, text(credentials, "otp_attempt")) {
        (Some(code), Some(attempt)) if is_owner && *code != attempt => {
            Err(Refusal::new(401, "afc536", "The one-time code is wrong."))
        }
        (Some(_), None) if is_owner => Err(Refusal::new(401, "afc526", "A one-time code is required.")),
        _ => Ok(user.id),
    }
}

fn on_behalf(world: &World, caller: Caller, login: &Map<String, Value>, kind: LoginKind) -> Result<i64, Refusal> {
    let own = caller.user()?;
    let Some(email) = text(login, "email") else {
        return Ok(own);
    };
    let user = world.user_by_email(&email);
    if user.is_some_and(|user| user.id == own) {
        return Ok(own);
    }
    caller.admin()?;
    let user = user.ok_or_else(Refusal::absent)?;
    if kind == LoginKind::Api {
        return Err(Refusal::forbidden());
    }
    world.confirmed(user)?;
    Ok(user.id)
}

/// The 41st device login silently removes the one unused for longest; the 11th API login is refused.
fn make_room(world: &mut World, user: i64, kind: LoginKind) -> Result<(), Refusal> {
    let of_kind = || {
        world
            .logins
            .values()
            .filter(move |login| login.user == user && login.kind == kind)
    };
    match kind {
        LoginKind::Api if of_kind().count() >= API_LOGINS => {
            let sentence = "You have reached the maximum number of 10 active API logins.";
            Err(match world.switches.eleventh_login {
                ForbiddenOr422::Forbidden => Refusal::new(403, "fcd8ef", sentence),
                ForbiddenOr422::Unprocessable => Refusal::field("base", sentence),
            })
        }
        LoginKind::Device if of_kind().count() >= DEVICE_LOGINS => {
            let oldest = of_kind().min_by_key(|login| (login.last_used_ms.unwrap_or(login.created_ms), login.id));
            if let Some(id) = oldest.map(|login| login.id) {
                remove(world, id);
            }
            Ok(())
        }
        LoginKind::Api | LoginKind::Device => Ok(()),
    }
}

/// `GET /logins`.
pub(super) fn list(world: &World, ask: &Ask<'_>, caller: Caller) -> Reply {
    let own = caller.user()?;
    let user = match ask.param("user_id") {
        None | Some("me") => own,
        Some(_) => ask.number("user_id")?.unwrap_or(own),
    };
    if user != own {
        caller.admin()?;
    }
    let rows: Vec<&Login> = world
        .logins
        .values()
        .filter(|row| row.user == user && ask.wants_id(row.id))
        .collect();
    ask.page(rows, OTHERS, |row| show(world, row))
}

/// `GET /login`.
pub(super) fn current(world: &World, caller: Caller) -> Reply {
    Ok(Answer::Body(show(world, &world.logins[&own_login(caller)?])))
}

/// `PUT /login`.
pub(super) fn rename_current(world: &mut World, ask: &Ask<'_>, caller: Caller) -> Reply {
    let id = own_login(caller)?;
    let now = world.now();
    let name = text(ask.wrapped("login")?, "name");
    if let Some(login) = world.logins.get_mut(&id) {
        login.name = name.or(login.name.take());
        login.updated_ms = now;
    }
    Ok(Answer::Done)
}

/// `DELETE /login`.
pub(super) fn delete_current(world: &mut World, caller: Caller) -> Reply {
    destroy(world, own_login(caller)?, caller)
}

/// `DELETE /login/elsewhere`.
pub(super) fn delete_elsewhere(world: &mut World, caller: Caller) -> Reply {
    let (own, user) = (own_login(caller)?, caller.user()?);
    let others: Vec<i64> = world
        .logins
        .values()
        .filter(|row| row.user == user && row.id != own)
        .map(|row| row.id)
        .collect();
    for id in others {
        destroy(world, id, caller)?;
    }
    Ok(Answer::Done)
}

/// `DELETE /logins/{id}`.
pub(super) fn delete(world: &mut World, caller: Caller, id: i64) -> Reply {
    let own = caller.user()?;
    let user = world.logins.get(&id).ok_or_else(Refusal::absent)?.user;
    if user != own {
        caller.admin()?;
    }
    destroy(world, id, caller)
}

/// `POST /login/promote` and `POST /logins/{id}/promote`: the user's primary device; only devices can be one.
pub(super) fn promote(world: &mut World, caller: Caller, id: Option<i64>) -> Reply {
    let (own, user) = (own_login(caller)?, caller.user()?);
    let id = id.unwrap_or(own);
    let login = world
        .logins
        .get(&id)
        .filter(|login| login.user == user)
        .ok_or_else(Refusal::absent)?;
    if login.kind != LoginKind::Device {
        return Err(Refusal::field("type", "must be device"));
    }
    for login in world.logins.values_mut().filter(|login| login.user == user) {
        login.primary = login.id == id;
    }
    Ok(Answer::Done)
}

fn destroy(world: &mut World, id: i64, caller: Caller) -> Reply {
    remove(world, id);
    world.note(
        "login.destroy",
        Object {
            kind: "Login",
            id,
            name: None,
            place: None,
        },
        caller,
        None,
    );
    Ok(Answer::Done)
}

fn remove(world: &mut World, id: i64) {
    if let Some(login) = world.logins.remove(&id) {
        world.secrets.remove(&login.secret);
    }
}

/// Forgets every login of a user who is gone.
pub(super) fn remove_all_of(world: &mut World, user: i64) {
    let ids: Vec<i64> = world
        .logins
        .values()
        .filter(|login| login.user == user)
        .map(|login| login.id)
        .collect();
    ids.into_iter().for_each(|id| remove(world, id));
}

fn own_login(caller: Caller) -> Result<i64, Refusal> {
    match caller {
        Caller::Login { login, .. } => Ok(login),
        Caller::Nobody | Caller::Link(_) => Err(super::auth::unauthorized()),
    }
}

fn show(world: &World, login: &Login) -> Value {
    let user = world.users.get(&login.user);
    let kind = super::questions::login_kind(login.kind);
    let has_primary = world
        .logins
        .values()
        .any(|other| other.user == login.user && other.primary);
    let otp = login.user == world.org.owner && world.switches.owner_otp.is_some();
    json!({
        "id": login.id, "type": kind, "name": login.name, "primary": login.primary, "expire": login.expire,
        "created_at": world.stamp(login.created_ms), "updated_at": world.stamp(login.updated_ms),
        "last_used_at": world.stamp_or_null(login.last_used_ms),
        "device_brand": login.device_brand, "device_model": login.device_model, "os_name": login.os_name,
        "user_id": login.user, "user": user.map(super::users::brief),
        "app": { "name": null, "version": null }, "user_agent": { "name": null, "version": null },
        "device": { "brand": login.device_brand, "model": login.device_model },
        "os": { "name": login.os_name, "version": null },
        "scram_credentials": null, "has_primary_device": has_primary, "primary_login_exists": has_primary,
        "email": user.map(|user| user.email.clone()), "notifications_unread_count": 0,
        "otp_required_for_login": otp, "otp_enabled_at": null, "image": null,
    })
}
