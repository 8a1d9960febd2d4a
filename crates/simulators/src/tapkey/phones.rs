//! Phones and the keys they keep (contract §7.8, §8): the reason why a revoked grant may still open a door.
//!
//! A grant becomes a key on each phone concerned, one per lock, good for seven days and renewed after four while the
//! phone is in reach. The key carries the window it was made with. Ending a grant puts its keys onto the revocation
//! list of each lock; the lock itself learns of it only when a phone in touch with Tapkey stands at it. A list is
//! short: what falls off raises a floor under which every key is void, other people's too, until their phones fetch
//! new ones.

use super::rows::{GrantState, Grantee, Joining, Key, Target, covers};
use super::state::World;

const DAY_MS: i64 = 86_400_000;
/// How long a key opens (contract §7.8).
pub(super) const KEY_LIVES_MS: i64 = 7 * DAY_MS;
/// When a phone in reach fetches the next one.
const RENEWED_AFTER_MS: i64 = 4 * DAY_MS;

impl Key {
    /// When the key on the phone was issued, seen from an instant: a phone in reach renews it every four days.
    pub fn issued_as_of(&self, at_ms: i64) -> i64 {
        let ends = [self.renews_until_ms, self.before_ms];
        let until_ms = ends.into_iter().flatten().fold(at_ms, i64::min);
        self.issued_ms + (until_ms - self.issued_ms).max(0) / RENEWED_AFTER_MS * RENEWED_AFTER_MS
    }

    /// Whether it opens at an instant, as far as the key itself says.
    pub fn is_good(&self, at_ms: i64) -> bool {
        let issued_ms = self.issued_as_of(at_ms);
        issued_ms <= at_ms && at_ms < issued_ms + KEY_LIVES_MS && covers(self.from_ms, self.before_ms, at_ms)
    }

    /// When its life ends for good if it is not renewed any more.
    fn dies_ms(&self, now_ms: i64) -> i64 {
        let week = self.issued_as_of(now_ms) + KEY_LIVES_MS;
        self.before_ms.map_or(week, |before_ms| week.min(before_ms))
    }
}

/// The locks behind a target: itself, or what has joined the group and not left it.
pub(super) fn locks_of(world: &World, target: &Target) -> Vec<String> {
    let bound = |lock: &&String| world.locks.get(*lock).is_some_and(|lock| lock.unbound_ms.is_none());
    match target {
        Target::Lock(lock) => Some(lock).filter(bound).cloned().into_iter().collect(),
        Target::Group(group) => {
            let group = world.lock_groups.get(group);
            let rows = group.into_iter().flat_map(|group| &group.locks);
            rows.filter(|(_, state)| matches!(state, Joining::Joined | Joining::UnjoinPending))
                .map(|(lock, _)| lock)
                .filter(bound)
                .cloned()
                .collect()
        }
    }
}

/// Whether a grant is this contact's own or that of a group it is in.
pub(super) fn is_for(world: &World, grantee: &Grantee, contact: &str) -> bool {
    match grantee {
        Grantee::Contact(own) => own == contact,
        Grantee::UserGroup(group) => {
            let group = world.user_groups.get(group);
            group.is_some_and(|group| group.members.values().any(|member| member == contact))
        }
        Grantee::Card(_) => false,
    }
}

/// A grant is new or changed: phones in reach get its keys at once.
pub(super) fn push(world: &mut World, grant: &str) {
    let Some(row) = world.grants.get(grant) else { return };
    let contacts: Vec<String> = match &row.grantee {
        Grantee::Contact(contact) => vec![contact.clone()],
        Grantee::UserGroup(group) => {
            let group = world.user_groups.get(group);
            group
                .map(|group| group.members.values().cloned().collect())
                .unwrap_or_default()
        }
        Grantee::Card(_) => Vec::new(),
    };
    for contact in contacts {
        push_to(world, &contact);
    }
}

/// The same for one contact, if its phone is in reach.
pub(super) fn push_to(world: &mut World, contact: &str) {
    if is_reachable(world, contact) {
        fetch(world, contact);
    }
}

fn is_reachable(world: &World, contact: &str) -> bool {
    let user = world
        .contacts
        .get(contact)
        .and_then(|contact| world.users.get(&contact.user));
    user.is_some_and(|user| user.reachable)
}

/// A phone in touch with Tapkey brings its keys up to date: missing, changed, old and void ones come anew, those of
/// grants that are gone go.
pub(super) fn fetch(world: &mut World, contact: &str) {
    let now = world.now();
    let mut wanted = Vec::new();
    for grant in world.grants.values() {
        if grant.state == GrantState::Ok && grant.is_live(now) && is_for(world, &grant.grantee, contact) {
            let locks = locks_of(world, &grant.target).into_iter();
            wanted.extend(locks.map(|lock| (grant.id.clone(), lock, grant.from_ms, grant.before_ms)));
        }
    }
    world.keys.retain(|(whose, grant, lock), _| {
        whose != contact || wanted.iter().any(|(of, to, ..)| of == grant && to == lock)
    });
    let renews_until_ms = (!is_reachable(world, contact)).then_some(now);
    for (grant, lock, from_ms, before_ms) in wanted {
        let place = (contact.to_owned(), grant, lock);
        let fresh = world.keys.get(&place).is_some_and(|key| {
            let void = world
                .locks
                .get(&place.2)
                .is_some_and(|lock| lock.revoked.names(key.serial));
            let young = now < key.issued_as_of(now) + RENEWED_AFTER_MS;
            !void && young && (key.from_ms, key.before_ms) == (from_ms, before_ms)
        });
        if !fresh {
            world.last_key += 1;
            let key = Key {
                serial: world.last_key,
                issued_ms: now,
                renews_until_ms,
                from_ms,
                before_ms,
            };
            world.keys.insert(place, key);
        }
    }
}

/// The phone comes into reach and fetches, or goes out of it: from now on its keys only grow old.
pub(super) fn set_reachable(world: &mut World, contact: &str, reachable: bool) {
    let now = world.now();
    let Some(user) = world.contacts.get(contact).map(|row| row.user.clone()) else {
        return;
    };
    if let Some(user) = world.users.get_mut(&user) {
        user.reachable = reachable;
    }
    for contact in on_the_same_phone(world, contact) {
        for (_, key) in world.keys.iter_mut().filter(|((whose, ..), _)| *whose == contact) {
            if reachable {
                key.issued_ms = key.issued_as_of(now);
                key.renews_until_ms = None;
            } else {
                key.renews_until_ms.get_or_insert(now);
            }
        }
        push_to(world, &contact);
    }
}

/// The contacts of one user, one in each owner account: the app has the keys of all of them.
pub(super) fn on_the_same_phone(world: &World, contact: &str) -> Vec<String> {
    let Some(user) = world.contacts.get(contact).map(|row| &row.user) else {
        return Vec::new();
    };
    let rows = world.contacts.values().filter(|row| row.user == *user);
    rows.map(|row| row.id.clone()).collect()
}

/// Makes a new revocation list for a lock, with the keys chosen by contact and grant.
pub(super) fn revoke_keys(world: &mut World, lock: &str, chosen: impl Fn(&str, &str) -> bool) {
    let (now, capacity) = (world.now(), world.switches.revocation_capacity as usize);
    let mut named = Vec::new();
    for ((whose, grant, to), key) in &mut world.keys {
        if to == lock && chosen(whose, grant) {
            key.issued_ms = key.issued_as_of(now);
            key.renews_until_ms = Some(now);
            named.push((key.serial, key.dies_ms(now)));
        }
    }
    let Some(lock) = world.locks.get_mut(lock) else { return };
    lock.rcl_serial += 1;
    lock.rcl_ms = Some(now);
    let list = &mut lock.revoked;
    list.keys
        .extend(named.into_iter().filter(|(_, dies_ms)| now < *dies_ms));
    list.keys.retain(|(_, dies_ms)| now < *dies_ms);
    list.keys.sort_unstable();
    let too_many = list.keys.len().saturating_sub(capacity);
    if let Some((serial, _)) = list.keys.drain(..too_many).next_back() {
        list.floor = list.floor.max(serial);
    }
}

impl super::rows::RevocationList {
    /// Whether the key is void by this list.
    pub fn names(&self, serial: u64) -> bool {
        serial <= self.floor || self.keys.iter().any(|(named, _)| *named == serial)
    }
}
