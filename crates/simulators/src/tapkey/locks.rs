//! Bound locks and lock groups (contract §7.3, §7.4), with statistics in the vendor's other case.

use serde_json::{Value, json};

use super::ask::{Answer, Ask, Refusal, Reply, text};
use super::encoding::{decoded, in_json};
use super::login::Caller;
use super::rows::{Joining, LockGroup, RevocationList, SimLock};
use super::state::{World, stamp, stamp_or_null};

/// `GET Owners/{o}/BoundLocks`.
pub(super) fn list(world: &World, ask: &Ask<'_>, caller: &Caller, owner: &str) -> Reply {
    world.admit(caller, owner, "read:core:entities")?;
    let rows = world.locks.values().filter(|lock| lock.owner == owner);
    Ok(Answer::List(rows.map(|lock| show(world, ask, lock)).collect()))
}

/// `GET Owners/{o}/BoundLocks/{id}`.
pub(super) fn read(world: &World, ask: &Ask<'_>, caller: &Caller, owner: &str, id: &str) -> Reply {
    world.admit(caller, owner, "read:core:entities")?;
    Ok(Answer::Body(show(world, ask, world.lock(owner, id)?)))
}

/// `PUT Owners/{o}/BoundLocks`: hardware known here, and bound nowhere.
pub(super) fn bind(world: &mut World, ask: &Ask<'_>, caller: &Caller, owner: &str) -> Reply {
    world.admit(caller, owner, "write:core:entities")?;
    let asked = ask.object()?;
    let physical = text(asked, "physicalLockId").and_then(|id| decoded(&id));
    let physical = physical.ok_or_else(|| Refusal::bad("physicalLockId is no lock id."))?;
    if text(asked, "bindingCode").is_none() {
        return Err(Refusal::bad("bindingCode is missing."));
    }
    let known: Vec<&SimLock> = world.locks.values().filter(|lock| lock.physical == physical).collect();
    if known.is_empty() {
        return Err(Refusal::absent("The physical lock"));
    }
    if known.iter().any(|lock| lock.unbound_ms.is_none()) {
        return Err(Refusal::forbidden("The lock is bound already."));
    }
    let title = text(asked, "title").unwrap_or_default();
    let id = world.bind_lock(owner, &title, physical);
    Ok(Answer::Body(show(world, ask, world.lock(owner, &id)?)))
}

/// `PATCH Owners/{o}/BoundLocks/{id}`: title and description.
pub(super) fn change(world: &mut World, ask: &Ask<'_>, caller: &Caller, owner: &str, id: &str) -> Reply {
    world.admit(caller, owner, "write:core:entities")?;
    world.lock(owner, id)?;
    let asked = ask.object()?;
    if let Some(lock) = world.locks.get_mut(id) {
        lock.title = text(asked, "title").unwrap_or_else(|| lock.title.clone());
        if asked.contains_key("description") {
            lock.description = text(asked, "description");
        }
    }
    Ok(Answer::Body(show(world, ask, world.lock(owner, id)?)))
}

/// `GET Owners/{o}/LockGroups`.
pub(super) fn list_groups(world: &World, ask: &Ask<'_>, caller: &Caller, owner: &str) -> Reply {
    world.admit(caller, owner, "read:core:entities")?;
    let rows = world.lock_groups.values().filter(|group| group.owner == owner);
    Ok(Answer::List(rows.map(|group| show_group(ask, group)).collect()))
}

/// `GET Owners/{o}/LockGroups/{id}`.
pub(super) fn read_group(world: &World, ask: &Ask<'_>, caller: &Caller, owner: &str, id: &str) -> Reply {
    world.admit(caller, owner, "read:core:entities")?;
    let group = world.lock_groups.get(id).filter(|group| group.owner == owner);
    Ok(Answer::Body(show_group(
        ask,
        group.ok_or_else(|| Refusal::absent("The lock group"))?,
    )))
}

/// `PUT Owners/{o}/LockGroups`; how locks are put into it is not published.
pub(super) fn create_group(world: &mut World, ask: &Ask<'_>, caller: &Caller, owner: &str) -> Reply {
    world.admit(caller, owner, "write:core:entities")?;
    let asked = ask.object()?;
    let title = text(asked, "title").ok_or_else(|| Refusal::bad("title is missing."))?;
    let id = world.new_id("lg");
    let group = LockGroup {
        id: id.clone(),
        owner: owner.to_owned(),
        title,
        description: text(asked, "description"),
        locks: Vec::new(),
    };
    let shown = show_group(ask, &group);
    world.lock_groups.insert(id, group);
    Ok(Answer::Body(shown))
}

impl World {
    /// A lock of this owner account, or 404.
    pub fn lock(&self, owner: &str, id: &str) -> Result<&SimLock, Refusal> {
        self.locks
            .get(id)
            .filter(|lock| lock.owner == owner)
            .ok_or_else(|| Refusal::absent("The lock"))
    }

    /// Registers hardware in an owner account, under a new id.
    pub fn bind_lock(&mut self, owner: &str, title: &str, physical: Vec<u8>) -> String {
        let (id, bound_ms) = (self.new_id("bl"), self.now());
        let lock = SimLock {
            id: id.clone(),
            owner: owner.to_owned(),
            title: title.to_owned(),
            description: None,
            physical,
            supports_schedules: true,
            bound_ms,
            unbound_ms: None,
            rcl_serial: 0,
            rcl_ms: None,
            seen_rcl_serial: None,
            seen_ms: None,
            revoked: RevocationList::default(),
            seen: RevocationList::default(),
            last_entry_no: 0,
        };
        self.locks.insert(id.clone(), lock);
        id
    }
}

fn show(world: &World, ask: &Ask<'_>, lock: &SimLock) -> Value {
    let joined = world.lock_groups.values().flat_map(|group| &group.locks);
    let joined = joined.filter(|(id, _)| *id == lock.id).map(|(_, state)| *state);
    let supported = if lock.supports_schedules {
        "Supported"
    } else {
        "NotSupported"
    };
    let physical = in_json(&lock.physical);
    let features = json!({ "timeRestrictionIcalSupport": supported });
    let health = json!([{ "id": format!("hs-{}", lock.id), "physicalLockId": physical, "type": "BatteryVoltage",
                          "timestamp": stamp(lock.seen_ms.unwrap_or(lock.bound_ms)), "value": 2.9,
                          "valueStatus": if lock.seen_ms.is_some() { "Ok" } else { "Outdated" } }]);
    let expanded = |part: &str, value: Value| if ask.expands(part) { value } else { Value::Null };
    json!({
        "id": lock.id, "title": lock.title, "description": lock.description, "active": lock.unbound_ms.is_none(),
        "physicalLockId": physical, "ownerAccountId": lock.owner, "targetType": "Lock", "lockTypeId": "TK.Td30",
        "lockType": { "id": "TK.Td30", "manufacturerId": 1, "modelName": "Td30",
                      "supportedTechnologies": ["nfc", "ble"] },
        "bindDate": stamp(lock.bound_ms), "unbindDate": stamp_or_null(lock.unbound_ms),
        "rclSerialNo": lock.rcl_serial, "rclDate": stamp_or_null(lock.rcl_ms),
        "lastSeenRclSerialNo": lock.seen_rcl_serial, "lastSeenRclUpdateDate": stamp_or_null(lock.seen_ms),
        "supportedFeatures": expanded("supportedFeatures", features),
        "membershipStatistics": expanded("membershipStatistics", statistics(joined)),
        "healthStatuses": expanded("healthStatuses", health),
    })
}

fn show_group(ask: &Ask<'_>, group: &LockGroup) -> Value {
    let mut shown = json!({
        "id": group.id, "title": group.title, "description": group.description, "active": true, "targetType": "Group",
        "physicalLockId": null, "rclSerialNo": null, "rclDate": null,
    });
    if ask.expands("statistics") {
        shown["statistics"] = statistics(group.locks.iter().map(|(_, state)| *state));
    }
    if ask.expands("supportedFeatures") {
        shown["supportedFeatures"] = json!({ "timeRestrictionIcalSupport": "Supported" });
    }
    shown
}

/// Memberships by state; the one place where the vendor writes PascalCase (contract §2).
fn statistics(states: impl Iterator<Item = Joining>) -> Value {
    let states: Vec<Joining> = states.collect();
    let known = [
        Joining::JoinPending,
        Joining::Joined,
        Joining::UnjoinPending,
        Joining::Unjoined,
    ];
    let rows = known.iter().filter_map(|state| {
        let count = states.iter().filter(|other| *other == state).count();
        (count > 0).then(|| json!({ "State": state, "Count": count }))
    });
    json!({ "ByState": rows.collect::<Vec<_>>() })
}
