//! The last question: does this lock open for this phone (contract §10.3)? And what a lock learns from a phone.
//!
//! A phone in touch with Tapkey opens by any live grant: direct, through a joined lock group, or through a user group;
//! it fetches its key at the door. A phone without a connection opens only by a key it keeps, and that one also after
//! the grant was revoked, until the lock has learnt of it. A recurring schedule is taken for its window, since its
//! grammar is not published.

use super::grants;
use super::phones::{self, is_for, locks_of};
use super::rows::{GrantState, Joining, SimLogEntry};
use super::state::World;

/// Whether a lock would open at an instant; `Err` is the reason why not.
pub(super) fn decide(
    world: &World,
    contact: &str,
    lock: &str,
    phone_online: bool,
    at_ms: i64,
) -> Result<(), &'static str> {
    let row = world.locks.get(lock).ok_or("no_such_lock")?;
    let known = world.contacts.get(contact).ok_or("no_such_contact")?;
    if row.unbound_ms.is_some() || known.owner != row.owner {
        return Err("not_bound_here");
    }
    if known.ip_id != "tapkey" {
        return Err("other_app");
    }
    if phone_online {
        by_grant(world, contact, lock, at_ms)
    } else {
        by_key(world, contact, lock, at_ms)
    }
}

fn by_grant(world: &World, contact: &str, lock: &str, at_ms: i64) -> Result<(), &'static str> {
    let mut reason = "no_grant";
    for grant in world.grants.values() {
        if !is_for(world, &grant.grantee, contact) || !locks_of(world, &grant.target).iter().any(|to| to == lock) {
            continue;
        }
        reason = match grant.state {
            GrantState::Ok if grant.covers(at_ms) => return Ok(()),
            GrantState::Ok if grant.from_ms.is_some_and(|from_ms| at_ms < from_ms) => "not_yet_valid",
            GrantState::Ok => "expired",
            GrantState::RevokePending | GrantState::Revoked => "revoked",
        };
    }
    Err(reason)
}

fn by_key(world: &World, contact: &str, lock: &str, at_ms: i64) -> Result<(), &'static str> {
    let seen = &world.locks[lock].seen;
    let mut reason = "no_key";
    for (_, key) in world
        .keys
        .iter()
        .filter(|((whose, _, to), _)| whose == contact && to == lock)
    {
        reason = match (seen.names(key.serial), key.is_good(at_ms)) {
            (false, true) => return Ok(()),
            (true, _) => "key_revoked",
            (false, false) => "key_not_valid",
        };
    }
    Err(reason)
}

/// Somebody holds a phone to a lock. An opening is written into the lock's memory; a phone that is online brings the
/// news both ways.
pub(super) fn trigger(world: &mut World, contact: &str, lock: &str, phone_online: bool) -> Result<(), &'static str> {
    let now = world.now();
    if phone_online {
        for own in phones::on_the_same_phone(world, contact) {
            phones::fetch(world, &own);
        }
    }
    decide(world, contact, lock, phone_online, now)?;
    let id = world.new_id("le");
    if let Some(row) = world.locks.get_mut(lock) {
        row.last_entry_no += 1;
        world.log.push(SimLogEntry {
            id,
            owner: row.owner.clone(),
            entry_no: row.last_entry_no,
            lock: lock.to_owned(),
            contact: Some(contact.to_owned()),
            lock_ms: now,
            received_ms: None,
        });
    }
    if phone_online {
        sync(world, lock);
    }
    Ok(())
}

/// A phone in touch with Tapkey stands at the lock: it takes the log along and brings the revocation list, and group
/// memberships take effect. False when there is no such lock.
pub(super) fn sync(world: &mut World, lock: &str) -> bool {
    let now = world.now();
    let Some(row) = world.locks.get_mut(lock) else {
        return false;
    };
    row.seen = row.revoked.clone();
    row.seen_rcl_serial = Some(row.rcl_serial);
    row.seen_ms = Some(now);
    for entry in world.log.iter_mut().filter(|entry| entry.lock == lock) {
        entry.received_ms.get_or_insert(now);
    }
    for grant in world.grants.values_mut() {
        grant.unlearnt.retain(|unlearnt| unlearnt != lock);
        if grant.state == GrantState::RevokePending && grant.unlearnt.is_empty() {
            grant.state = GrantState::Revoked;
        }
    }
    let mut joined = Vec::new();
    for group in world.lock_groups.values_mut() {
        for (_, state) in group.locks.iter_mut().filter(|(id, _)| id == lock) {
            match state {
                Joining::JoinPending => {
                    *state = Joining::Joined;
                    joined.push(super::rows::Target::Group(group.id.clone()));
                }
                Joining::UnjoinPending => *state = Joining::Unjoined,
                Joining::Joined | Joining::Unjoined => {}
            }
        }
    }
    let fresh: Vec<String> = world
        .grants
        .values()
        .filter(|grant| joined.contains(&grant.target))
        .map(|grant| grant.id.clone())
        .collect();
    fresh.iter().for_each(|grant| phones::push(world, grant));
    true
}

/// The hardware leaves its owner account; grants on it end.
pub(super) fn unbind(world: &mut World, lock: &str) {
    let now = world.now();
    let own = super::rows::Target::Lock(lock.to_owned());
    let ids: Vec<String> = world
        .grants
        .values()
        .filter(|grant| grant.target == own)
        .map(|grant| grant.id.clone())
        .collect();
    if let Some(lock) = world.locks.get_mut(lock) {
        lock.unbound_ms.get_or_insert(now);
    }
    ids.iter().for_each(|id| grants::end(world, id));
}
