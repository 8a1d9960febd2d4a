//! Groups, their locks and their schedules (contract §4.4).

use serde_json::{Map, Value, json};

use super::ask::{Answer, Ask, OTHERS, Refusal, Reply, lenient_bool, text};
use super::auth::Caller;
use super::events::Object;
use super::rows::{GroupLock, Scope, SimGroup, SimHours};
use super::state::World;
use super::switches::GroupDelete;

/// `GET /groups`.
pub(super) fn list(world: &World, ask: &Ask<'_>, caller: Caller) -> Reply {
    caller.admin()?;
    let (place, lock) = (ask.number("place_id")?, ask.number("lock_id")?);
    let mut rows: Vec<&SimGroup> = world
        .groups
        .values()
        .filter(|group| {
            ask.wants_id(group.id)
                && ask.wants_text(&[&group.name])
                && place.is_none_or(|place| group.place == Some(place))
                && lock.is_none_or(|lock| {
                    world
                        .group_locks
                        .values()
                        .any(|row| row.group == group.id && row.lock == lock)
                })
                && ask
                    .param("scope")
                    .is_none_or(|scope| (scope == "organization") == group.place.is_none())
        })
        .collect();
    ask.sort(&mut rows, &["name"], |group, _| group.name.clone())?;
    ask.page(rows, OTHERS, |group| show(world, group))
}

/// `GET /groups/{id}`.
pub(super) fn read(world: &World, caller: Caller, id: i64) -> Reply {
    caller.admin()?;
    Ok(Answer::Body(show(
        world,
        world.groups.get(&id).ok_or_else(Refusal::absent)?,
    )))
}

/// `POST /groups`.
pub(super) fn create(world: &mut World, ask: &Ask<'_>, caller: Caller) -> Reply {
    caller.admin()?;
    let asked = ask.wrapped("group")?;
    let name = text(asked, "name").ok_or_else(|| Refusal::field("name", "can't be blank"))?;
    let place = asked.get("place_id").and_then(Value::as_i64);
    if place.is_some_and(|place| !world.places.contains_key(&place)) {
        return Err(Refusal::field("place", "must exist"));
    }
    let mut group = world.fresh_group(place, &name);
    lay_over(&mut group, asked);
    let (id, shown) = (group.id, show(world, &group));
    world.groups.insert(id, group);
    world.note(
        "group.create",
        Object {
            kind: "Group",
            id,
            name: Some(&name),
            place,
        },
        caller,
        None,
    );
    Ok(Answer::Body(shown))
}

/// `PATCH /groups/{id}`.
pub(super) fn change(world: &mut World, ask: &Ask<'_>, caller: Caller, id: i64) -> Reply {
    caller.admin()?;
    let now = world.now();
    let group = world.groups.get_mut(&id).ok_or_else(Refusal::absent)?;
    let asked = ask.wrapped("group")?;
    if let Some(name) = text(asked, "name") {
        group.name = name;
    }
    lay_over(group, asked);
    group.updated_ms = now;
    let (name, place) = (group.name.clone(), group.place);
    world.note(
        "group.update",
        Object {
            kind: "Group",
            id,
            name: Some(&name),
            place,
        },
        caller,
        None,
    );
    Ok(Answer::Done)
}

fn lay_over(group: &mut SimGroup, asked: &Map<String, Value>) {
    for (key, flag) in [
        ("login_enabled", &mut group.login_enabled),
        ("reader_restriction_enabled", &mut group.reader_restriction_enabled),
        ("geofence_restriction_enabled", &mut group.geofence_restriction_enabled),
        (
            "primary_device_restriction_enabled",
            &mut group.primary_device_restriction_enabled,
        ),
        (
            "managed_device_restriction_enabled",
            &mut group.managed_device_restriction_enabled,
        ),
        (
            "tap_to_access_restriction_enabled",
            &mut group.tap_to_access_restriction_enabled,
        ),
        ("time_restriction_enabled", &mut group.time_restriction_enabled),
    ] {
        *flag = lenient_bool(asked.get(key)).unwrap_or(*flag);
    }
    if let Some(radius) = asked.get("geofence_restriction_radius").and_then(Value::as_f64) {
        group.geofence_restriction_radius = radius;
    }
    if asked.contains_key("description") {
        group.description = text(asked, "description");
    }
}

/// `DELETE /groups/{id}`.
pub(super) fn delete(world: &mut World, caller: Caller, id: i64) -> Reply {
    caller.admin()?;
    if remove(world, id, caller) {
        Ok(Answer::Done)
    } else {
        Err(Refusal::absent())
    }
}

/// Removes a group with its lock links and links; its assignments as the switch says. False when there is none.
pub(super) fn remove(world: &mut World, id: i64, caller: Caller) -> bool {
    let Some(group) = world.groups.remove(&id) else {
        return false;
    };
    world.group_locks.retain(|_, row| row.group != id);
    world.links.retain(|_, link| link.group != id);
    if world.switches.group_delete == GroupDelete::Cascade {
        let of_group = |scope| scope == Scope::Group(id);
        let rows: Vec<i64> = world
            .assignments
            .values()
            .filter(|row| of_group(row.scope))
            .map(|row| row.id)
            .collect();
        for row in rows {
            super::assignments::remove(world, row, caller);
        }
    }
    let object = Object {
        kind: "Group",
        id,
        name: Some(&group.name),
        place: group.place,
    };
    world.note("group.destroy", object, caller, None);
    true
}

/// `GET /group_locks`; the group is mandatory.
pub(super) fn list_locks(world: &World, ask: &Ask<'_>, caller: Caller) -> Reply {
    caller.admin()?;
    let group = ask
        .number("group_id")?
        .ok_or_else(|| Refusal::bad("group_id is missing."))?;
    if !world.groups.contains_key(&group) {
        return Err(Refusal::absent());
    }
    let wanted = |row: &&GroupLock| row.group == group && ask.wants_id(row.id);
    let rows: Vec<&GroupLock> = world.group_locks.values().filter(wanted).collect();
    ask.page(rows, OTHERS, |row| show_lock(world, row))
}

/// `GET /group_locks/{id}`.
pub(super) fn read_lock(world: &World, caller: Caller, id: i64) -> Reply {
    caller.admin()?;
    Ok(Answer::Body(show_lock(
        world,
        world.group_locks.get(&id).ok_or_else(Refusal::absent)?,
    )))
}

/// `POST /group_locks`.
pub(super) fn add_lock(world: &mut World, ask: &Ask<'_>, caller: Caller) -> Reply {
    caller.admin()?;
    let asked = ask.wrapped("group_lock")?;
    let number = |key: &str| asked.get(key).and_then(Value::as_i64);
    let group = number("group_id").filter(|id| world.groups.contains_key(id));
    let lock = number("lock_id").filter(|id| world.locks.contains_key(id));
    let group = group.ok_or_else(|| Refusal::field("group", "must exist"))?;
    let lock = lock.ok_or_else(|| Refusal::field("lock", "must exist"))?;
    let row = GroupLock {
        id: world.new_id(),
        group,
        lock,
        created_ms: world.now(),
    };
    let (id, shown) = (row.id, show_lock(world, &row));
    world.group_locks.insert(id, row);
    let place = world.locks.get(&lock).map(|lock| lock.place);
    world.note(
        "group_lock.create",
        Object {
            kind: "GroupLock",
            id,
            name: None,
            place,
        },
        caller,
        None,
    );
    Ok(Answer::Body(shown))
}

/// `DELETE /group_locks/{id}`.
pub(super) fn remove_lock(world: &mut World, caller: Caller, id: i64) -> Reply {
    caller.admin()?;
    let row = world.group_locks.remove(&id).ok_or_else(Refusal::absent)?;
    let place = world.locks.get(&row.lock).map(|lock| lock.place);
    world.note(
        "group_lock.destroy",
        Object {
            kind: "GroupLock",
            id,
            name: None,
            place,
        },
        caller,
        None,
    );
    Ok(Answer::Done)
}

/// `GET /schedules`: the weekly hours of groups and locks, one schedule each; read only.
pub(super) fn schedules(world: &World, ask: &Ask<'_>, caller: Caller) -> Reply {
    caller.admin()?;
    let groups = world
        .groups
        .values()
        .map(|group| ("Group", group.id, group.place, &group.hours));
    let locks = world
        .locks
        .values()
        .map(|lock| ("Lock", lock.id, Some(lock.place), &lock.hours));
    let id = ask.number("scheduleable_id")?;
    let rows: Vec<(&str, i64, Option<i64>, &Vec<SimHours>)> = groups
        .chain(locks)
        .filter(|(kind, row_id, _, hours)| {
            !hours.is_empty()
                && ask.param("scheduleable_type").is_none_or(|wanted| wanted == *kind)
                && id.is_none_or(|id| id == *row_id)
        })
        .collect();
    let clock = |minute: i32| format!("{:02}:{:02}", minute / 60, minute % 60);
    ask.page(rows, OTHERS, |(kind, id, place, hours)| {
        let lines: Vec<Value> = hours
            .iter()
            .map(|line| {
                json!({ "weekday": line.weekday, "start": clock(line.from_minute), "end": clock(line.until_minute) })
            })
            .collect();
        json!({ "id": id, "resource_type": "Schedule", "consequence": "allow", "scheduleable_type": kind,
                "scheduleable_id": id, "override": false, "enabled": true, "place_id": place,
                "recurring_events": lines })
    })
}

impl World {
    /// An unrestricted group that is not yet kept.
    pub fn fresh_group(&mut self, place: Option<i64>, name: &str) -> SimGroup {
        let now = self.now();
        SimGroup {
            id: self.new_id(),
            place,
            name: name.to_owned(),
            description: None,
            login_enabled: true,
            reader_restriction_enabled: false,
            geofence_restriction_enabled: false,
            geofence_restriction_radius: 300.0,
            primary_device_restriction_enabled: false,
            managed_device_restriction_enabled: false,
            tap_to_access_restriction_enabled: false,
            time_restriction_enabled: false,
            hours: Vec::new(),
            created_ms: now,
            updated_ms: now,
        }
    }
}

fn show(world: &World, group: &SimGroup) -> Value {
    let mut users: Vec<i64> = world
        .assignments
        .values()
        .filter(|row| row.scope == Scope::Group(group.id))
        .map(|row| row.user)
        .collect();
    users.sort_unstable();
    users.dedup();
    let locks = world.group_locks.values().filter(|row| row.group == group.id).count();
    json!({
        "id": group.id, "resource_type": "Group", "name": group.name, "description": group.description,
        "geofence_restriction_enabled": group.geofence_restriction_enabled,
        "geofence_restriction_radius": group.geofence_restriction_radius,
        "primary_device_restriction_enabled": group.primary_device_restriction_enabled,
        "managed_device_restriction_enabled": group.managed_device_restriction_enabled,
        "reader_restriction_enabled": group.reader_restriction_enabled,
        "time_restriction_enabled": group.time_restriction_enabled,
        "tap_to_access_restriction_enabled": group.tap_to_access_restriction_enabled,
        "login_enabled": group.login_enabled, "users_count": users.len(), "locks_count": locks,
        "elevator_stops_count": 0, "place_id": group.place, "place": world.place_brief(group.place),
        "time_restriction_time_zone": null, "members_count": users.len(),
        "created_at": world.stamp(group.created_ms), "updated_at": world.stamp(group.updated_ms),
    })
}

fn show_lock(world: &World, row: &GroupLock) -> Value {
    let group = world.groups.get(&row.group);
    let lock = world.locks.get(&row.lock);
    let place = lock.map(|lock| lock.place);
    json!({
        "id": row.id, "resource_type": "GroupLock", "group_id": row.group,
        "group": group.map(|group| json!({ "id": group.id, "resource_type": "Group", "name": group.name })),
        "lock_id": row.lock,
        "lock": lock.map(|lock| json!({ "id": lock.id, "name": lock.name, "description": lock.description })),
        "place_id": place, "place": world.place_brief(place),
        "created_at": world.stamp(row.created_ms), "updated_at": world.stamp(row.created_ms),
    })
}
