//! Log entries (contract §7.11): what has arrived from the locks. Entries still in a lock are not seen here.

use serde_json::{Value, json};

use super::ask::{Answer, Refusal, Reply};
use super::login::Caller;
use super::rows::{Role, SimLogEntry};
use super::state::{World, stamp, stamp_or_null};
use super::switches::LogOrder;

/// `GET Owners/{o}/LogEntries` and `GET Owners/{o}/BoundLocks/{id}/LogEntries`.
pub(super) fn list(world: &World, caller: &Caller, owner: &str, lock: Option<&str>) -> Reply {
    match world.admit(caller, owner, "read:logs")? {
        Role::Owner | Role::Admin => {}
        Role::AccessManager => return Err(Refusal::forbidden("The role does not include the log.")),
    }
    if let Some(lock) = lock {
        world.lock(owner, lock)?;
    }
    let mut rows: Vec<&SimLogEntry> = world
        .log
        .iter()
        .filter(|entry| entry.owner == owner && entry.received_ms.is_some())
        .filter(|entry| lock.is_none_or(|lock| entry.lock == lock))
        .collect();
    rows.sort_by_key(|entry| entry.received_ms);
    if world.switches.log_order == LogOrder::NewestFirst {
        rows.reverse();
    }
    Ok(Answer::Log(rows.into_iter().map(show).collect()))
}

pub(super) fn show(entry: &SimLogEntry) -> Value {
    json!({
        "id": entry.id, "entryNo": entry.entry_no, "logType": "Command", "command": "TriggerLock",
        "lockTimestamp": stamp(entry.lock_ms), "receivedAt": stamp_or_null(entry.received_ms),
        "boundLockId": entry.lock, "contactId": entry.contact, "boundCardId": null,
    })
}
