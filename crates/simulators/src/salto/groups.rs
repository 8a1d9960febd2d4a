//! Access groups, who is in them and which doors (contract §5.7).
//!
//! Membership wants the platform id: a site-user id is "User not found". A change is in the lists at once and at the
//! doors after the roll-out. A membership has no dates.

use serde_json::{Value, json};

use super::ask::{Ask, Refusal, Reply};
use super::listing;
use super::locks::lock_json;
use super::rows::{Group, GroupLock, Span};
use super::state::World;
use crate::wire::Out;

fn row<'a>(world: &'a World, site: &str, group: &str) -> Result<&'a Group, Refusal> {
    world
        .groups
        .get(group)
        .filter(|row| row.site == site)
        .ok_or_else(|| Refusal::absent("Access group"))
}

/// Who may change a group of the site, and that it is there.
pub(super) fn changeable(world: &World, ask: &Ask<'_>, site: &str, group: &str) -> Result<(), Refusal> {
    world.writer_on(site, &ask.caller)?;
    row(world, site, group).map(|_| ())
}

/// The same for reading.
pub(super) fn readable(world: &World, ask: &Ask<'_>, site: &str, group: &str) -> Result<(), Refusal> {
    world.admin_on(site, &ask.caller)?;
    row(world, site, group).map(|_| ())
}

fn group_json(group: &Group) -> Value {
    json!({ "id": group.id, "customer_reference": group.name })
}

pub(super) fn list(world: &World, ask: &Ask<'_>, site: &str) -> Reply {
    world.admin_on(site, &ask.caller)?;
    let rows = world
        .groups
        .values()
        .filter(|group| group.site == site)
        .map(group_json)
        .collect();
    listing::list(world, ask, rows, &["id", "customer_reference"])
}

pub(super) fn create(world: &mut World, ask: &Ask<'_>, site: &str) -> Reply {
    world.writer_on(site, &ask.caller)?;
    let name = ask.needed("customer_reference")?.to_owned();
    let id = world.new_id();
    let group = Group {
        id: id.clone(),
        site: site.to_owned(),
        name,
    };
    let shown = group_json(&group);
    world.groups.insert(id, group);
    Ok(Out::json(201, &shown))
}

pub(super) fn delete(world: &mut World, ask: &Ask<'_>, site: &str, group: &str) -> Reply {
    changeable(world, ask, site, group)?;
    remove(world, group);
    Ok(Out::empty(204))
}

/// Deletes a group with all that hangs on it; false when there is none.
pub(super) fn remove(world: &mut World, group: &str) -> bool {
    let doors_ms = world.members_roll_out_ms();
    world.end_members(doors_ms, |member| member.group == group);
    end_locks(world, doors_ms, |row| row.group == group);
    let listed = |row: &&mut super::rows::Schedule| row.listed && row.group == group;
    for row in world.schedules.iter_mut().filter(listed) {
        row.listed = false;
        row.span.until_ms = Some(doors_ms);
    }
    world.groups.remove(group).is_some()
}

pub(super) fn members(world: &World, ask: &Ask<'_>, site: &str, group: &str) -> Reply {
    readable(world, ask, site, group)?;
    let rows = world
        .members_of(group)
        .map(|person| super::sites::person_json(person, site))
        .collect();
    listing::list(world, ask, rows, &["id", "email", "first_name", "last_name"])
}

pub(super) fn add_member(world: &mut World, ask: &Ask<'_>, site: &str, group: &str) -> Reply {
    changeable(world, ask, site, group)?;
    let person = ask.needed("user_id")?.to_owned();
    let user = world.user_on(site, &person).ok_or_else(|| Refusal::absent("User"))?;
    if user.settles_ms > world.now() {
        return Err(Refusal::absent("User"));
    }
    if world.members_of(group).any(|member| member.id == person) {
        let status = world.switches.add_twice_status;
        if status >= 400 {
            return Err(Refusal {
                status,
                ..Refusal::invalid("User is already a member of this access group")
            });
        }
    } else {
        let doors_ms = world.members_roll_out_ms();
        world.add_member(group, &person, doors_ms);
    }
    let person = world.people.get(&person).ok_or_else(|| Refusal::absent("User"))?;
    Ok(Out::json(
        200,
        &json!({ "id": person.id, "first_name": person.first_name, "last_name": person.last_name }),
    ))
}

pub(super) fn remove_member(world: &mut World, ask: &Ask<'_>, site: &str, group: &str, person: &str) -> Reply {
    changeable(world, ask, site, group)?;
    let doors_ms = world.members_roll_out_ms();
    match world.end_members(doors_ms, |member| member.group == group && member.person == person) {
        0 => Err(Refusal::absent("User")),
        _ => Ok(Out::empty(204)),
    }
}

pub(super) fn locks(world: &World, ask: &Ask<'_>, site: &str, group: &str) -> Reply {
    readable(world, ask, site, group)?;
    let rows = world
        .group_locks
        .iter()
        .filter(|row| row.listed && row.group == group)
        .filter_map(|row| world.locks.get(&row.lock))
        .map(|lock| lock_json(world, lock))
        .collect();
    listing::list(world, ask, rows, &["id", "customer_reference"])
}

pub(super) fn add_lock(world: &mut World, ask: &Ask<'_>, site: &str, group: &str) -> Reply {
    changeable(world, ask, site, group)?;
    let lock = ask.needed("lock_id")?.to_owned();
    let row = world.locks.get(&lock).filter(|row| row.site == site);
    let shown = row
        .map(|row| lock_json(world, row))
        .ok_or_else(|| Refusal::absent("Lock"))?;
    let from_ms = world.members_roll_out_ms();
    link(world, group, &lock, from_ms);
    Ok(Out::json(200, &shown))
}

/// Puts a lock in a group, once; doors know from `from_ms` on.
pub(super) fn link(world: &mut World, group: &str, lock: &str, from_ms: i64) {
    let linked = |row: &GroupLock| row.listed && row.group == group && row.lock == lock;
    if !world.group_locks.iter().any(linked) {
        world.group_locks.push(GroupLock {
            group: group.to_owned(),
            lock: lock.to_owned(),
            listed: true,
            span: Span::from(from_ms),
        });
    }
}

pub(super) fn remove_lock(world: &mut World, ask: &Ask<'_>, site: &str, group: &str, lock: &str) -> Reply {
    changeable(world, ask, site, group)?;
    let doors_ms = world.members_roll_out_ms();
    match end_locks(world, doors_ms, |row| row.group == group && row.lock == lock) {
        0 => Err(Refusal::absent("Lock")),
        _ => Ok(Out::empty(204)),
    }
}

fn end_locks(world: &mut World, until_ms: i64, ends: impl Fn(&GroupLock) -> bool) -> usize {
    let mut ended = 0;
    for row in world.group_locks.iter_mut().filter(|row| row.listed && ends(row)) {
        row.listed = false;
        row.span.until_ms = Some(until_ms);
        ended += 1;
    }
    ended
}
