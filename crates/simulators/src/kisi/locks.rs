//! The organization, its places and its locks (contract §4.1, §4.2); unlocking has a file of its own.

use serde_json::{Map, Value, json};

use super::ask::{Answer, Ask, LOCKS, OTHERS, Refusal, Reply, lenient_bool, text};
use super::auth::{Caller, unauthorized};
use super::events::Object;
use super::rows::{Scope, SimLock, SimPlace};
use super::state::World;
use super::unlock::lists;

/// `GET /organization`.
pub(super) fn organization(world: &World, caller: Caller) -> Reply {
    known(caller)?;
    Ok(Answer::Body(show_organization(world)))
}

/// `GET /organizations`.
pub(super) fn organizations(world: &World, ask: &Ask<'_>, caller: Caller) -> Reply {
    known(caller)?;
    ask.page(vec![()], OTHERS, |()| show_organization(world))
}

/// `GET /organizations/{domain}/public`: without a login; 404 on a wrong domain.
pub(super) fn public(world: &World, domain: &str) -> Reply {
    if world.org.domain.is_empty() || !domain.eq_ignore_ascii_case(&world.org.domain) {
        return Err(Refusal::absent());
    }
    Ok(Answer::Body(json!({
        "id": world.org.id, "resource_type": "Organization", "name": world.org.name, "domain": world.org.domain,
        "logo": null, "sso_flow_enabled": world.switches.sso,
    })))
}

/// `GET /places`.
pub(super) fn list_places(world: &World, ask: &Ask<'_>, caller: Caller) -> Reply {
    caller.user()?;
    let wanted = |place: &&SimPlace| ask.wants_id(place.id) && ask.wants_text(&[&place.name, &place.address]);
    let mut rows: Vec<&SimPlace> = world.places.values().filter(wanted).collect();
    ask.sort(&mut rows, &["name"], |place, _| place.name.clone())?;
    ask.page(rows, LOCKS, |place| show_place(world, place))
}

/// `GET /places/{id}`.
pub(super) fn read_place(world: &World, caller: Caller, id: i64) -> Reply {
    caller.user()?;
    Ok(Answer::Body(show_place(
        world,
        world.places.get(&id).ok_or_else(Refusal::absent)?,
    )))
}

/// `POST /places/{id}/lock_down` and `…/cancel_lockdown`.
pub(super) fn lock_down_place(world: &mut World, caller: Caller, id: i64, down: bool) -> Reply {
    caller.admin()?;
    let place = world.places.get_mut(&id).ok_or_else(Refusal::absent)?;
    place.locked_down = down;
    let name = place.name.clone();
    let kind = if down {
        "place.lock_down"
    } else {
        "place.cancel_lockdown"
    };
    world.note(
        kind,
        Object {
            kind: "Place",
            id,
            name: Some(&name),
            place: Some(id),
        },
        caller,
        None,
    );
    Ok(Answer::Done)
}

/// `GET /locks`: all for the owner and administrators; for a user the ones they may open; for a link its group's.
pub(super) fn list(world: &World, ask: &Ask<'_>, caller: Caller) -> Reply {
    known(caller)?;
    let now = world.now();
    let place = ask.number("place_id")?;
    let mut rows: Vec<&SimLock> = world
        .locks
        .values()
        .filter(|lock| {
            lists(world, caller, lock, now)
                && ask.wants_id(lock.id)
                && ask.wants_text(&[&lock.name, lock.description.as_deref().unwrap_or_default()])
                && place.is_none_or(|place| lock.place == place)
                && ask.flag("configured").is_none_or(|flag| lock.configured == flag)
                && ask.flag("online").is_none_or(|flag| lock.online == Some(flag))
                && ask.flag("unlocked").is_none_or(|flag| lock.on_scheduled_unlock == flag)
                && ask.flag("locked_down").is_none_or(|flag| lock.locked_down == flag)
        })
        .collect();
    ask.sort(&mut rows, &["name", "favorite"], |lock, _| lock.name.clone())?;
    let reduced = matches!(caller, Caller::Link(_));
    ask.page(rows, LOCKS, |lock| {
        if reduced {
            reduced_lock(world, lock)
        } else {
            show(world, lock, now)
        }
    })
}

/// `GET /locks/{id}`: a lock that is not listed for the caller does not exist for them.
pub(super) fn read(world: &World, caller: Caller, id: i64) -> Reply {
    known(caller)?;
    let now = world.now();
    let lock = world
        .locks
        .get(&id)
        .filter(|lock| lists(world, caller, lock, now))
        .ok_or_else(Refusal::absent)?;
    Ok(Answer::Body(show(world, lock, now)))
}

/// `POST /locks`.
pub(super) fn create(world: &mut World, ask: &Ask<'_>, caller: Caller) -> Reply {
    caller.admin()?;
    let asked = ask.wrapped("lock")?;
    let name = text(asked, "name").ok_or_else(|| Refusal::field("name", "can't be blank"))?;
    let place = asked
        .get("place_id")
        .and_then(Value::as_i64)
        .filter(|id| world.places.contains_key(id));
    let place = place.ok_or_else(|| Refusal::field("place", "must exist"))?;
    let mut lock = world.fresh_lock(place, &name);
    lay_over(&mut lock, asked);
    let (id, shown) = (lock.id, show(world, &lock, world.now()));
    world.locks.insert(id, lock);
    world.note(
        "lock.create",
        Object {
            kind: "Lock",
            id,
            name: Some(&name),
            place: Some(place),
        },
        caller,
        None,
    );
    Ok(Answer::Body(shown))
}

/// `PATCH /locks/{id}`.
pub(super) fn change(world: &mut World, ask: &Ask<'_>, caller: Caller, id: i64) -> Reply {
    caller.admin()?;
    let now = world.now();
    let lock = world.locks.get_mut(&id).ok_or_else(Refusal::absent)?;
    let asked = ask.wrapped("lock")?;
    if let Some(name) = text(asked, "name") {
        lock.name = name;
    }
    lay_over(lock, asked);
    lock.updated_ms = now;
    noted(world, "lock.update", caller, id)
}

fn lay_over(lock: &mut SimLock, asked: &Map<String, Value>) {
    for (key, flag) in [
        ("reader_restriction_enabled", &mut lock.reader_restriction_enabled),
        ("geofence_restriction_enabled", &mut lock.geofence_restriction_enabled),
        ("time_restriction_enabled", &mut lock.time_restriction_enabled),
    ] {
        *flag = lenient_bool(asked.get(key)).unwrap_or(*flag);
    }
    if let Some(order) = asked.get("order_id").and_then(Value::as_i64) {
        lock.order_id = order;
    }
    if asked.contains_key("description") {
        lock.description = text(asked, "description");
    }
}

/// `DELETE /locks/{id}`.
pub(super) fn delete(world: &mut World, caller: Caller, id: i64) -> Reply {
    caller.admin()?;
    let lock = world.locks.remove(&id).ok_or_else(Refusal::absent)?;
    world.group_locks.retain(|_, row| row.lock != id);
    let object = Object {
        kind: "Lock",
        id,
        name: Some(&lock.name),
        place: Some(lock.place),
    };
    world.note("lock.destroy", object, caller, None);
    Ok(Answer::Done)
}

/// `POST /locks/{id}/lock_down` and `…/cancel_lockdown`.
pub(super) fn lock_down(world: &mut World, caller: Caller, id: i64, down: bool) -> Reply {
    caller.admin()?;
    world.locks.get_mut(&id).ok_or_else(Refusal::absent)?.locked_down = down;
    noted(
        world,
        if down { "lock.lock_down" } else { "lock.cancel_lockdown" },
        caller,
        id,
    )
}

fn noted(world: &mut World, kind: &'static str, caller: Caller, id: i64) -> Reply {
    if let Some((name, place)) = world.locks.get(&id).map(|lock| (lock.name.clone(), lock.place)) {
        world.note(
            kind,
            Object {
                kind: "Lock",
                id,
                name: Some(&name),
                place: Some(place),
            },
            caller,
            None,
        );
    }
    Ok(Answer::Done)
}

fn known(caller: Caller) -> Result<(), Refusal> {
    match caller {
        Caller::Nobody => Err(unauthorized()),
        Caller::Login { .. } | Caller::Link(_) => Ok(()),
    }
}

impl World {
    /// A working, unrestricted lock that is not yet kept.
    pub fn fresh_lock(&mut self, place: i64, name: &str) -> SimLock {
        let now = self.now();
        let order_id = self.locks.values().filter(|lock| lock.place == place).count() as i64 + 1;
        SimLock {
            id: self.new_id(),
            place,
            name: name.to_owned(),
            description: None,
            order_id,
            configured: true,
            online: Some(true),
            updating: false,
            busy: false,
            locked_down: false,
            on_scheduled_unlock: false,
            reader_restriction_enabled: false,
            proximity_proof: 4711,
            geofence_restriction_enabled: false,
            geofence_restriction_radius: 300.0,
            time_restriction_enabled: false,
            hours: Vec::new(),
            released: None,
            created_ms: now,
            updated_ms: now,
        }
    }

    /// The nested form of a place.
    pub fn place_brief(&self, place: Option<i64>) -> Value {
        match place.and_then(|id| self.places.get(&id)) {
            Some(place) => json!({ "id": place.id, "resource_type": "Place", "name": place.name }),
            None => Value::Null,
        }
    }

    /// The place an assignment's target lies in, if it lies in one.
    pub fn place_of(&self, scope: Scope) -> Option<i64> {
        match scope {
            Scope::Group(group) => self.groups.get(&group).and_then(|group| group.place),
            Scope::Place(place) => Some(place),
            Scope::Organization => None,
        }
    }

    /// The zone of a place; UTC when the place or its zone is unknown.
    pub fn zone(&self, place: i64) -> jiff::tz::TimeZone {
        let name = self.places.get(&place).map_or("UTC", |place| place.time_zone.as_str());
        jiff::tz::TimeZone::get(name).unwrap_or(jiff::tz::TimeZone::UTC)
    }
}

fn show_organization(world: &World) -> Value {
    let org = &world.org;
    json!({
        "id": org.id, "resource_type": "Organization", "name": org.name, "domain": org.domain, "logo": null,
        "address": null, "description": null, "device_logins_expire_after": org.device_logins_expire_after_s,
        "places_count": world.places.len(), "scim_enabled": false, "sso_flow_enabled": world.switches.sso,
        "sso_expiration_override_enabled": false, "sso_expiration_override": null, "metadata": {},
        "time_zone": "UTC", "web_authentication_api_enabled": false, "apple_pass_enabled": false,
        "user_id": org.owner, "transfer_to_id": null,
        "created_at": world.stamp(org.created_ms), "updated_at": world.stamp(org.created_ms),
    })
}

fn show_place(world: &World, place: &SimPlace) -> Value {
    let locks = world.locks.values().filter(|lock| lock.place == place.id).count();
    json!({
        "id": place.id, "resource_type": "Place", "name": place.name, "description": null, "address": place.address,
        "latitude": place.latitude, "longitude": place.longitude, "image": null, "time_zone": place.time_zone,
        "tz_time_zone": place.time_zone, "locks_count": locks, "integrations_count": 0,
        "locked_down": place.locked_down, "locked_down_since": null, "occupancy_rate": null,
        "organization_id": world.org.id,
        "organization": { "id": world.org.id, "resource_type": "Organization", "name": world.org.name,
                          "domain": world.org.domain },
        "color": null, "logo": null, "user_id": null, "members_count": 0,
        "created_at": world.stamp(place.created_ms), "updated_at": world.stamp(place.updated_ms),
    })
}

fn show(world: &World, lock: &SimLock, now_ms: i64) -> Value {
    let place = world.places.get(&lock.place);
    let groups = world.group_locks.values().filter(|row| row.lock == lock.id).count();
    json!({
        "id": lock.id, "resource_type": "Lock", "name": lock.name, "description": lock.description,
        "configured": lock.configured, "online": lock.online, "open": lock.is_unlocked(now_ms),
        "unlocked": lock.on_scheduled_unlock, "on_scheduled_unlock": lock.on_scheduled_unlock,
        "locked_down": lock.locked_down, "locked_down_since": null, "first_to_arrive_required_until": null,
        "first_to_arrive_satisfied": true, "latitude": null, "longitude": null,
        "geofence_restriction_enabled": lock.geofence_restriction_enabled,
        "geofence_restriction_radius": lock.geofence_restriction_radius,
        "reader_restriction_enabled": lock.reader_restriction_enabled,
        "time_restriction_enabled": lock.time_restriction_enabled, "time_restriction_time_zone": null,
        "order_id": lock.order_id, "floor_id": null, "place_id": lock.place,
        "place": place.map(|place| json!({ "id": place.id, "name": place.name, "latitude": place.latitude,
                                           "longitude": place.longitude })),
        "groups_count": groups, "unlocked_until": null,
        "created_at": world.stamp(lock.created_ms), "updated_at": world.stamp(lock.updated_ms),
    })
}

/// What the bearer of a group link sees.
fn reduced_lock(world: &World, lock: &SimLock) -> Value {
    json!({ "id": lock.id, "resource_type": "Lock", "name": lock.name, "online": lock.online,
            "locked_down": lock.locked_down, "place_id": lock.place, "place": world.place_brief(Some(lock.place)) })
}
