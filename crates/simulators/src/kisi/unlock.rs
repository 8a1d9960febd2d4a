//! May this caller open this lock now? And if so: the lock is released.
//!
//! One decision serves the unlock call, the list of visible locks, and the questions of scenario tests. Codes and
//! statuses are those of contract §4.3; access is the union over a user's assignments (§1), and when none lets the
//! user in, the refusal of the one that came furthest is told.

use serde_json::{Value, json};

use super::ask::{Answer, Ask, Refusal, Reply};
use super::auth::Caller;
use super::events::Object;
use super::rows::{Assignment, Scope, SimGroup, SimHours, SimLock, Unlock};
use super::state::World;
use super::switches::{ConflictOr403, ForbiddenOr404};
use crate::clock::timestamp;

/// What the caller's device says about itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Device {
    /// WGS 84.
    pub location: Option<(f64, f64)>,
    /// The number of a reader's beacon.
    pub proximity_proof: Option<i64>,
}

/// `POST /locks/{id}/unlock`.
pub(super) fn unlock(world: &mut World, ask: &Ask<'_>, caller: Caller, id: i64) -> Reply {
    if caller == Caller::Nobody {
        return Err(super::auth::unauthorized());
    }
    if ask
        .body
        .get("lock")
        .is_some_and(|lock| lock.get("proximity_proof").is_none())
    {
        return Err(Refusal::bad("lock.proximity_proof is missing."));
    }
    let now = world.now();
    let Some(lock) = world.locks.get(&id) else {
        return Err(Refusal::new(404, "fad10e", "Door not found."));
    };
    let (name, place) = (lock.name.clone(), lock.place);
    let decided = decide(world, caller, id, device(&ask.body), now);
    let object = Object {
        kind: "Lock",
        id,
        name: Some(&name),
        place: Some(place),
    };
    world.note("lock.unlock", object, caller, decided.as_ref().err());
    decided?;
    let seconds = world.switches.unlock_seconds;
    if let Some(lock) = world.locks.get_mut(&id) {
        lock.released = Some((now, seconds));
    }
    let user = caller.user_id().and_then(|id| world.users.get_mut(&id));
    let email = user.map(|user| {
        user.last_accessed_ms = Some(now);
        user.email.clone()
    });
    world.unlocks.push(Unlock {
        at_ms: now,
        lock: id,
        lock_name: name,
        email,
    });
    Ok(Answer::Body(json!({ "message": "Unlocked!" })))
}

/// The decision of an unlock at an instant; changes nothing.
pub(crate) fn decide(world: &World, caller: Caller, lock: i64, device: Device, now_ms: i64) -> Result<(), Refusal> {
    let lock = world
        .locks
        .get(&lock)
        .ok_or_else(|| Refusal::new(404, "fad10e", "Door not found."))?;
    let decided = match caller {
        Caller::Nobody => Err(super::auth::unauthorized()),
        Caller::Login { user, admin, .. } => right_of_user(world, user, admin, lock, device, now_ms)
            .and_then(|()| restrictions_of_lock(world, lock, device, now_ms)),
        Caller::Link(link) => right_of_link(world, link, lock, now_ms),
    };
    decided.and_then(|()| state_of_lock(world, lock)).map_err(|refusal| {
        let status = world
            .switches
            .unlock_status
            .get(refusal.code)
            .copied()
            .unwrap_or(refusal.status);
        Refusal { status, ..refusal }
    })
}

/// Whether a user's secret lists this lock: some assignment in its window and schedule reaches it (contract §4.2).
pub(crate) fn lists(world: &World, caller: Caller, lock: &SimLock, now_ms: i64) -> bool {
    match caller {
        Caller::Nobody => false,
        Caller::Login { admin: true, .. } => true,
        Caller::Login { user, .. } => {
            world
                .users
                .get(&user)
                .is_some_and(|user| user.access_enabled && user.scim_access_enabled)
                && reaching(world, user, lock).any(|assignment| {
                    in_window(assignment.valid_from_ms, assignment.valid_until_ms, now_ms).is_ok()
                        && group_of(world, assignment).is_none_or(|group| in_schedule(world, group, lock, now_ms))
                })
        }
        Caller::Link(link) => world
            .links
            .get(&link)
            .is_some_and(|link| has_lock(world, link.group, lock.id)),
    }
}

fn right_of_user(
    world: &World,
    user: i64,
    admin: bool,
    lock: &SimLock,
    device: Device,
    now_ms: i64,
) -> Result<(), Refusal> {
    let user = world.users.get(&user).ok_or_else(super::auth::unauthorized)?;
    if !user.access_enabled || !user.scim_access_enabled {
        return Err(Refusal::new(403, "fcd8ff", "Access is disabled."));
    }
    if admin {
        return Ok(());
    }
    let mut furthest: Option<(u8, Refusal)> = None;
    for assignment in reaching(world, user.id, lock) {
        match allows(world, assignment, user.primary_device, lock, device, now_ms) {
            Ok(()) => return Ok(()),
            Err(refused) if furthest.as_ref().is_none_or(|(rank, _)| refused.0 > *rank) => furthest = Some(refused),
            Err(_) => {}
        }
    }
    Err(furthest.map_or_else(
        || match world.switches.not_granted {
            ForbiddenOr404::Forbidden => Refusal::new(403, "fcd8ef", "Access denied."),
            ForbiddenOr404::NotFound => Refusal::new(404, "fad10e", "Door not found."),
        },
        |(_, refusal)| refusal,
    ))
}

/// One assignment's answer; a refusal comes with how far it got.
fn allows(
    world: &World,
    assignment: &Assignment,
    primary_device: bool,
    lock: &SimLock,
    device: Device,
    now_ms: i64,
) -> Result<(), (u8, Refusal)> {
    in_window(assignment.valid_from_ms, assignment.valid_until_ms, now_ms)?;
    let Some(group) = group_of(world, assignment) else {
        return Ok(());
    };
    if !in_schedule(world, group, lock, now_ms) {
        return Err((3, outside_schedule()));
    }
    let refused = |code, message: &str| Err((4, Refusal::new(403, code, message)));
    if !group.login_enabled {
        return refused("f01337", "This access right does not allow app access.");
    }
    if group.tap_to_access_restriction_enabled {
        return refused("bbc93f", "In-app unlocking is disabled. Hold your phone to the reader.");
    }
    if (group.primary_device_restriction_enabled && !primary_device) || group.managed_device_restriction_enabled {
        return refused("34bd8f", "This is not your primary device.");
    }
    if group.reader_restriction_enabled {
        near_reader(world, lock, device).map_err(|refusal| (4, refusal))?;
    }
    if group.geofence_restriction_enabled {
        near_door(world, lock, group.geofence_restriction_radius, device).map_err(|refusal| (4, refusal))?;
    }
    Ok(())
}

fn in_window(from_ms: Option<i64>, until_ms: Option<i64>, now_ms: i64) -> Result<(), (u8, Refusal)> {
    if from_ms.is_some_and(|from_ms| now_ms < from_ms) {
        return Err((2, Refusal::new(403, "f358de", "Your access is not yet valid.")));
    }
    if until_ms.is_some_and(|until_ms| now_ms >= until_ms) {
        return Err((1, Refusal::new(403, "f35ade", "Your access is no longer valid.")));
    }
    Ok(())
}

fn right_of_link(world: &World, link: i64, lock: &SimLock, now_ms: i64) -> Result<(), Refusal> {
    let link = world.links.get(&link).ok_or_else(super::auth::unauthorized)?;
    if !link.link_enabled || !has_lock(world, link.group, lock.id) {
        return Err(Refusal::new(403, "f29aef", "This link is not valid."));
    }
    in_window(link.valid_from_ms, link.valid_until_ms, now_ms).map_err(|(_, refusal)| refusal)?;
    match world.groups.get(&link.group) {
        Some(group) if !in_schedule(world, group, lock, now_ms) => Err(outside_schedule()),
        _ => Ok(()),
    }
}

/// What the lock demands of everybody, the owner included (contract §1).
fn restrictions_of_lock(world: &World, lock: &SimLock, device: Device, now_ms: i64) -> Result<(), Refusal> {
    if lock.time_restriction_enabled && !inside(&lock.hours, world, lock, now_ms) {
        return Err(outside_schedule());
    }
    if lock.reader_restriction_enabled {
        near_reader(world, lock, device)?;
    }
    if lock.geofence_restriction_enabled {
        near_door(world, lock, lock.geofence_restriction_radius, device)?;
    }
    Ok(())
}

/// Lockdown, schedule and hardware.
fn state_of_lock(world: &World, lock: &SimLock) -> Result<(), Refusal> {
    let lockdown = match world.switches.lockdown {
        ConflictOr403::Conflict => 409,
        ConflictOr403::Forbidden => 403,
    };
    if lock.locked_down {
        return Err(Refusal::new(lockdown, "fad001", "The door is in lockdown."));
    }
    if world.places.get(&lock.place).is_some_and(|place| place.locked_down) {
        return Err(Refusal::new(lockdown, "fad002", "The place is in lockdown."));
    }
    if lock.on_scheduled_unlock {
        return Err(Refusal::new(409, "fad110", "The door is already unlocked by schedule."));
    }
    if !lock.configured {
        return Err(Refusal::new(503, "ff420a", "No controller is assigned to this door."));
    }
    if lock.online == Some(false) {
        return Err(Refusal::new(503, "fac001", "The controller is not available."));
    }
    if lock.updating {
        return Err(Refusal::new(
            503,
            "fbc000",
            "The controller is updating. Try again in a few seconds.",
        ));
    }
    if lock.busy {
        return Err(Refusal::new(409, "fad112", "An unlock is already running."));
    }
    Ok(())
}

fn near_reader(world: &World, lock: &SimLock, device: Device) -> Result<(), Refusal> {
    match device.proximity_proof {
        Some(proof) if proof == lock.proximity_proof => Ok(()),
        _ if world.switches.reader_restriction_text => Err(Refusal::new(
            403,
            "",
            "Please ask an administrator to disable the Kisi Reader restriction",
        )),
        None => Err(Refusal::new(403, "bb5bff", "There is no Kisi reader nearby.")),
        Some(_) => Err(Refusal::new(403, "bb4faa", "You are not close enough to the door.")),
    }
}

fn near_door(world: &World, lock: &SimLock, radius_m: f64, device: Device) -> Result<(), Refusal> {
    let Some(location) = device.location else {
        return Err(Refusal::new(403, "a3799f", "Location services are turned off."));
    };
    match world.places.get(&lock.place) {
        Some(place) if distance_m(location, (place.latitude, place.longitude)) <= radius_m => Ok(()),
        Some(_) => Err(Refusal::new(403, "a3995f", "You are too far away from the door.")),
        None => Err(Refusal::new(403, "bbb93f", "The location of the door is not valid.")),
    }
}

fn outside_schedule() -> Refusal {
    Refusal::new(403, "34ffaa", "Access is not allowed at this time.")
}

/// The user's assignments that reach a lock, whatever their window.
fn reaching<'a>(world: &'a World, user: i64, lock: &'a SimLock) -> impl Iterator<Item = &'a Assignment> {
    world.assignments.values().filter(move |assignment| {
        assignment.user == user
            && match assignment.scope {
                Scope::Group(group) => world.groups.contains_key(&group) && has_lock(world, group, lock.id),
                Scope::Place(place) => place == lock.place,
                Scope::Organization => true,
            }
    })
}

fn group_of<'a>(world: &'a World, assignment: &Assignment) -> Option<&'a SimGroup> {
    match assignment.scope {
        Scope::Group(group) => world.groups.get(&group),
        Scope::Place(_) | Scope::Organization => None,
    }
}

fn has_lock(world: &World, group: i64, lock: i64) -> bool {
    world
        .group_locks
        .values()
        .any(|row| row.group == group && row.lock == lock)
}

fn in_schedule(world: &World, group: &SimGroup, lock: &SimLock, now_ms: i64) -> bool {
    !group.time_restriction_enabled || inside(&group.hours, world, lock, now_ms)
}

/// Whether an instant lies in weekly hours, read in the zone of the lock's place.
fn inside(hours: &[SimHours], world: &World, lock: &SimLock, now_ms: i64) -> bool {
    let zone = world.zone(lock.place);
    let local = timestamp(now_ms).to_zoned(zone);
    let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
    let weekday = local.weekday().to_monday_one_offset();
    hours
        .iter()
        .any(|line| line.weekday == weekday && (line.from_minute..line.until_minute).contains(&minute))
}

/// Great-circle distance.
fn distance_m(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (lat_a, lat_b) = (a.0.to_radians(), b.0.to_radians());
    let half = |angle: f64| (angle / 2.0).sin().powi(2);
    let h = half(lat_b - lat_a) + lat_a.cos() * lat_b.cos() * half((b.1 - a.1).to_radians());
    2.0 * 6_371_000.0 * h.sqrt().asin()
}

fn device(body: &Value) -> Device {
    let location = body.pointer("/context/location");
    let degree = |key: &str| location.and_then(|location| location.get(key)).and_then(Value::as_f64);
    Device {
        location: degree("latitude").zip(degree("longitude")),
        proximity_proof: body.pointer("/lock/proximity_proof").and_then(Value::as_i64),
    }
}

impl SimLock {
    /// Whether the door is released at an instant, by an unlock or by a schedule.
    pub(crate) fn is_unlocked(&self, now_ms: i64) -> bool {
        let released = self
            .released
            .is_some_and(|(at_ms, seconds)| (at_ms..at_ms + i64::from(seconds) * 1000).contains(&now_ms));
        released || (self.on_scheduled_unlock && !self.locked_down)
    }
}
