//! A key at a reader: green or red, from what the lock was told so far.
//!
//! One decision serves the reader, remote openings by people without an office, and the questions of scenario tests.
//! A lock that is cut off goes by what it knew when it was cut off; its clock goes on. Refusals are the details of
//! contract §5.14: `no_access`, `suspended`, `offline`.

use super::rows::{Entry, Id, Lock, SiteUser, Standing};
use super::state::World;

/// Locks whose type ends so have a keypad.
const KEYPAD_SUFFIX: &str = "_pin";
/// Who an unknown PIN is logged for: an id that resolves to nobody.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// What is held to the reader, or pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A tag by its printed number.
    Tag(String),
    /// Digits on the keypad.
    Pin(String),
    /// A phone, by the id of its digital key (`key_id`).
    Mobile(Id),
    /// The handle inside: always opens.
    InsideHandle,
}

/// By what kind of key a question is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Rights alone, whatever keys the person has.
    AnyKey,
    /// The person's tag, if there is one.
    Tag,
    /// The person's PIN at a keypad, if there is one.
    Pin,
    /// A digital key on a phone, if there is one that has not expired.
    Mobile,
    /// From afar with the person's own token; one-time passwords aside.
    Remote,
}

/// What the reader shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Light {
    /// Green: the door is released.
    pub green: bool,
    /// Why it is red: the entry's detail.
    pub why: Option<&'static str>,
    /// Platform id of whom the key belongs to.
    pub person: Option<Id>,
}

/// Holds a key to a reader: decides, releases, writes the entry.
pub(super) fn present(world: &mut World, lock: &str, key: &Key) -> Option<Light> {
    let now = world.now();
    let row = world.locks.get(lock)?;
    let owner = owner(world, row, key, now);
    let light = match (key, &owner) {
        (Key::InsideHandle, _) => Ok(()),
        (_, None) => Err("no_access"),
        (_, Some(person)) => may(world, row, person, now),
    };
    let by = match key {
        Key::Tag(_) => "tag",
        Key::Pin(_) => "pin_code",
        Key::Mobile(_) => "mobile_key",
        Key::InsideHandle => "inside_handle",
    };
    let by_detail = match key {
        Key::Tag(number) => Some(number.clone()),
        Key::Pin(_) | Key::Mobile(_) | Key::InsideHandle => None,
    };
    let person = match (key, owner) {
        (Key::Pin(_), None) => Some(NOBODY.to_owned()),
        (_, owner) => owner,
    };
    let what = match light {
        Ok(()) => ("lock_opened", None),
        Err(why) => ("lock_rejected", Some(why)),
    };
    note(world, lock, person.clone(), (by, by_detail), what);
    let light = Light {
        green: light.is_ok(),
        why: light.err(),
        person: person.filter(|person| person != NOBODY),
    };
    if let Some(row) = world.locks.get_mut(lock) {
        row.light = Some((now, light.green, light.why.unwrap_or("opened").to_owned()));
        if light.green {
            row.opened_ms = Some(now);
        }
    }
    Some(light)
}

/// Whose key it is, as far as the lock can tell.
fn owner(world: &World, lock: &Lock, key: &Key, now_ms: i64) -> Option<Id> {
    let as_of_ms = as_of(world, lock, now_ms);
    match key {
        Key::Tag(number) => world
            .people
            .values()
            .find(|person| person.tag_number.as_ref() == Some(number))
            .map(|person| person.id.clone()),
        Key::Pin(digits) => {
            let enabled = world.sites.get(&lock.site).is_some_and(|site| site.pin_enabled);
            let good = |pin: &&super::rows::Pin| {
                pin.pin == *digits
                    && pin.span.holds(as_of_ms)
                    && pin.expires_ms.is_none_or(|expires_ms| now_ms < expires_ms)
            };
            let pin = world
                .pins
                .iter()
                .filter(good)
                .filter_map(|pin| world.users.get(&pin.user));
            let mut users = pin.filter(|user| user.site == lock.site && user.use_pin);
            users
                .next()
                .filter(|_| enabled && lock.lock_type.ends_with(KEYPAD_SUFFIX))
                .map(|user| user.person.clone())
        }
        Key::Mobile(key_id) => world
            .devices
            .values()
            .find(|device| {
                device
                    .mkey
                    .as_ref()
                    .is_some_and(|mkey| mkey.id == *key_id && now_ms < mkey.expires_ms)
            })
            .map(|device| device.person.clone()),
        Key::InsideHandle => None,
    }
}

/// Whether a person opens a lock by a kind of key at an instant; changes nothing.
pub(super) fn may_by(world: &World, lock: &Lock, person: &str, by: By, now_ms: i64) -> Result<(), &'static str> {
    let mut devices = world.devices.values().filter(|device| device.person == person);
    let as_of_ms = as_of(world, lock, now_ms);
    let has_key = match by {
        By::AnyKey => true,
        By::Tag => world
            .people
            .get(person)
            .is_some_and(|person| person.tag_number.is_some()),
        By::Pin => world.pins.iter().any(|pin| {
            let of_person = world.users.get(&pin.user).is_some_and(|user| user.person == person);
            of_person
                && pin.span.holds(as_of_ms)
                && owner(world, lock, &Key::Pin(pin.pin.clone()), now_ms).as_deref() == Some(person)
        }),
        By::Mobile => devices.any(|device| device.mkey.as_ref().is_some_and(|mkey| now_ms < mkey.expires_ms)),
        By::Remote => {
            let user = world.user_on(&lock.site, person);
            user.is_some_and(|user| user.remote_access) && world.cut_off_since(lock).is_none() && !lock.privacy_mode
        }
    };
    match has_key {
        true => may(world, lock, person, now_ms),
        false => Err("no_key"),
    }
}

/// Until when the lock has heard of changes.
fn as_of(world: &World, lock: &Lock, now_ms: i64) -> i64 {
    world
        .cut_off_since(lock)
        .map_or(now_ms, |since_ms| since_ms.min(now_ms))
}

/// Whether any good key of this person opens the lock at an instant; changes nothing.
pub(super) fn may(world: &World, lock: &Lock, person: &str, now_ms: i64) -> Result<(), &'static str> {
    let as_of_ms = as_of(world, lock, now_ms);
    let standing = |user: &SiteUser| {
        let known = user.standing.iter().rev().find(|(from_ms, _)| *from_ms <= as_of_ms);
        known.map_or(Standing::Gone, |(_, standing)| *standing)
    };
    let user = world
        .users
        .values()
        .filter(|user| user.site == lock.site && user.person == person)
        .find(|user| standing(user) != Standing::Gone);
    let refusal = if as_of_ms < now_ms { "offline" } else { "no_access" };
    let Some(user) = user else { return Err(refusal) };
    if world.sites.get(&lock.site).is_some_and(|site| !site.subscription_valid) {
        return Err("suspended");
    }
    match standing(user) {
        Standing::Good => {}
        Standing::Suspended => return Err("suspended"),
        Standing::Blocked | Standing::Gone => return Err(refusal),
    }
    if lock.office_mode {
        return Ok(());
    }
    if lock.privacy_mode && !user.override_privacy_mode {
        return Err("no_access");
    }
    let local = crate::clock::timestamp(now_ms)
        .to_zoned(world.zone(&lock.site))
        .datetime();
    let lets_in = |group: &str| {
        world
            .group_locks
            .iter()
            .any(|row| row.group == group && row.lock == lock.id && row.span.holds(as_of_ms))
            && world
                .schedules
                .iter()
                .any(|row| row.group == group && row.span.holds(as_of_ms) && row.hours.contain(local))
    };
    let mut memberships = world
        .members
        .iter()
        .filter(|member| member.person == person && member.span.holds(as_of_ms));
    match memberships.any(|member| lets_in(&member.group)) {
        true => Ok(()),
        false => Err(refusal),
    }
}

/// Writes an entry; one of a lock that is cut off waits there.
pub(super) fn note(
    world: &mut World,
    lock: &str,
    person: Option<Id>,
    (by, by_detail): (&'static str, Option<String>),
    (category, detail): (&'static str, Option<&'static str>),
) {
    let Some(row) = world.locks.get(lock) else { return };
    let (site, at_ms) = (row.site.clone(), world.now());
    let late_ms = world.switches.entries_late_s * 1000;
    let arrives_ms = world.cut_off_since(row).is_none().then_some(at_ms + late_ms);
    let id = world.new_id();
    world.keep_entry(Entry {
        id,
        site,
        category,
        detail,
        at_ms,
        lock: lock.to_owned(),
        person,
        by,
        by_detail,
        arrives_ms,
    });
}

/// A lock hears again: what it kept reaches the cloud now.
pub(super) fn deliver_kept(world: &mut World) {
    let now = world.now();
    let heard: Vec<Id> = world
        .locks
        .values()
        .filter(|lock| world.cut_off_since(lock).is_none())
        .map(|lock| lock.id.clone())
        .collect();
    let waiting = |entry: &&mut Entry| entry.arrives_ms.is_none() && heard.contains(&entry.lock);
    for entry in world.entries.iter_mut().filter(waiting) {
        entry.arrives_ms = Some(now);
        // Nobody listening is the usual case.
        let _ = world.live.send(entry.clone());
    }
}
