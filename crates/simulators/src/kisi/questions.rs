//! The typed side of the simulator: seeding a building, changing it behind our back as an administrator would, and the
//! questions that tests ask. Everything acts at once and under the same lock as the HTTP calls.

use serde_json::Value;
use tokio::sync::watch;

use super::KisiSim;
use super::auth::Caller;
use super::rows::{Assignment, Call, LoginKind, Scope, SimGroup, SimLock, SimPlace, SimUser, Unlock};
use super::unlock::{Device, decide};
use super::{assignments, groups, logins};

/// A role assignment as Kisi holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimAssignment {
    /// Kisi's id.
    pub id: i64,
    /// The user's e-mail.
    pub email: String,
    /// The group; `None` for a right on a whole place or the organization.
    pub group: Option<i64>,
    /// `group_basic`, …
    pub role: String,
    /// Unix ms; `None` is "since ever".
    pub valid_from_ms: Option<i64>,
    /// Unix ms; `None` is open-ended.
    pub valid_until_ms: Option<i64>,
    /// The user whose login created it.
    pub created_by: Option<i64>,
}

/// A login without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimLogin {
    /// Kisi's id.
    pub id: i64,
    /// The user's e-mail.
    pub email: String,
    /// API key or device.
    pub kind: LoginKind,
    /// Its label.
    pub name: Option<String>,
    /// Whether it dies of disuse.
    pub expire: bool,
    /// Unix ms of the last use.
    pub last_used_ms: Option<i64>,
}

/// An event, in brief.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimEvent {
    /// Unique; what webhooks are deduplicated by.
    pub uuid: String,
    /// `lock.unlock`, …
    pub kind: &'static str,
    /// The object's id.
    pub object_id: i64,
    /// The acting user's e-mail.
    pub actor_email: Option<String>,
    /// False for a refusal.
    pub success: bool,
    /// The refusal's code.
    pub error_code: Option<&'static str>,
    /// Unix ms.
    pub at_ms: i64,
}

/// Seeding and changing, as somebody in Kisi's own console would.
impl KisiSim {
    /// Names the organization and gives it an owner who signs in by password. Returns the owner's user id.
    pub fn seed_org(&self, domain: &str, owner_email: &str, owner_password: &str) -> i64 {
        let mut world = self.shared.world();
        let now = world.now();
        let mut owner = world.fresh_user(owner_email, Some("Olga Owner".to_owned()));
        owner.password = Some(owner_password.to_owned());
        owner.send_emails = true;
        let id = owner.id;
        world.users.insert(id, owner);
        let name = domain.split('-').map(capital).collect::<Vec<_>>().join(" ");
        world.org = super::rows::Organization {
            id: world.new_id(),
            domain: domain.to_owned(),
            name,
            owner: id,
            device_logins_expire_after_s: 1_209_600,
            created_ms: now,
        };
        id
    }

    /// Adds a place with an IANA zone.
    pub fn add_place(&self, name: &str, time_zone: &str) -> i64 {
        let mut world = self.shared.world();
        let (id, now) = (world.new_id(), world.now());
        let place = SimPlace {
            id,
            name: name.to_owned(),
            time_zone: time_zone.to_owned(),
            address: format!("{name}, Sampletown"),
            latitude: 54.31,
            longitude: 10.13,
            locked_down: false,
            created_ms: now,
            updated_ms: now,
        };
        world.places.insert(id, place);
        id
    }

    /// Adds a working, unrestricted lock.
    pub fn add_lock(&self, place: i64, name: &str) -> i64 {
        let mut world = self.shared.world();
        let lock = world.fresh_lock(place, name);
        let id = lock.id;
        world.locks.insert(id, lock);
        id
    }

    /// Adds an unrestricted group with these locks; `place` `None` is organization-wide.
    pub fn add_group(&self, place: Option<i64>, name: &str, locks: &[i64]) -> i64 {
        let mut world = self.shared.world();
        let group = world.fresh_group(place, name);
        let id = group.id;
        world.groups.insert(id, group);
        for lock in locks {
            let (row, created_ms) = (world.new_id(), world.now());
            world.group_locks.insert(
                row,
                super::rows::GroupLock {
                    id: row,
                    group: id,
                    lock: *lock,
                    created_ms,
                },
            );
        }
        id
    }

    /// Adds a user by hand; an unconfirmed one cannot be acted for.
    pub fn add_user(&self, email: &str, name: &str, confirmed: bool) -> i64 {
        let mut world = self.shared.world();
        let mut user = world.fresh_user(email, Some(name.to_owned()));
        user.confirmed = confirmed;
        user.send_emails = true;
        let id = user.id;
        world.users.insert(id, user);
        id
    }

    /// Changes a user; false when there is none.
    pub fn set_user(&self, id: i64, change: impl FnOnce(&mut SimUser)) -> bool {
        self.shared.world().users.get_mut(&id).map(change).is_some()
    }

    /// Changes a place; false when there is none.
    pub fn set_place(&self, id: i64, change: impl FnOnce(&mut SimPlace)) -> bool {
        self.shared.world().places.get_mut(&id).map(change).is_some()
    }

    /// Changes a lock; false when there is none.
    pub fn set_lock(&self, id: i64, change: impl FnOnce(&mut SimLock)) -> bool {
        self.shared.world().locks.get_mut(&id).map(change).is_some()
    }

    /// Changes a group; false when there is none.
    pub fn set_group(&self, id: i64, change: impl FnOnce(&mut SimGroup)) -> bool {
        self.shared.world().groups.get_mut(&id).map(change).is_some()
    }

    /// Deletes a group as the owner would in Kisi's console; false when there is none.
    pub fn delete_group(&self, id: i64) -> bool {
        groups::remove(&mut self.shared.world(), id, Caller::Nobody)
    }

    /// Deletes a user with all rights and logins; false when there is none.
    pub fn delete_user(&self, id: i64) -> bool {
        let mut world = self.shared.world();
        world.assignments.retain(|_, row| row.user != id);
        logins::remove_all_of(&mut world, id);
        world.users.remove(&id).is_some()
    }

    /// Deletes a role assignment behind our back; false when there is none.
    pub fn delete_assignment(&self, id: i64) -> bool {
        assignments::remove(&mut self.shared.world(), id, Caller::Nobody)
    }

    /// Kills a login, as somebody cleaning up old sessions would; false when there is none.
    pub fn delete_login(&self, id: i64) -> bool {
        let mut world = self.shared.world();
        let Some(login) = world.logins.remove(&id) else {
            return false;
        };
        world.secrets.remove(&login.secret);
        true
    }

    /// An assignment that the owner made by hand in Kisi's console. Unix ms; `None` leaves an end open.
    pub fn foreign_assignment(&self, user: i64, group: i64, from_ms: Option<i64>, until_ms: Option<i64>) -> i64 {
        let mut world = self.shared.world();
        let (id, now, owner) = (world.new_id(), world.now(), world.org.owner);
        let row = Assignment {
            id,
            role: "group_basic".to_owned(),
            notify: true,
            scope: Scope::Group(group),
            user,
            valid_from_ms: from_ms,
            valid_until_ms: until_ms,
            created_by: Some(owner),
            created_ms: now,
            updated_ms: now,
        };
        assignments::keep(&mut world, row, Caller::Nobody);
        id
    }
}

/// What tests ask.
impl KisiSim {
    /// Whether an unlock with this user's login would open the lock now; `Err` says status, code and sentence.
    pub fn may_open(&self, email: &str, lock: i64) -> Result<(), String> {
        self.may_open_at(email, lock, self.shared.clock.now_ms())
    }

    /// The same at another instant, with everything else as it is now. Unix ms.
    pub fn may_open_at(&self, email: &str, lock: i64, at_ms: i64) -> Result<(), String> {
        let world = self.shared.world();
        let user = world
            .user_by_email(email)
            .ok_or_else(|| format!("there is no user {email}"))?;
        let caller = Caller::Login {
            login: 0,
            user: user.id,
            admin: world.is_admin(user),
        };
        world
            .confirmed(user)
            .and_then(|()| decide(&world, caller, lock, Device::default(), at_ms))
            .map_err(|refusal| format!("{} {} {}", refusal.status, refusal.code, refusal.message))
    }

    /// Whether the door is released right now.
    pub fn is_unlocked(&self, lock: i64) -> bool {
        let world = self.shared.world();
        world.locks.get(&lock).is_some_and(|lock| lock.is_unlocked(world.now()))
    }

    /// Every release of a door, oldest first.
    pub fn unlocks(&self) -> Vec<Unlock> {
        self.shared.world().unlocks.clone()
    }

    /// Every role assignment, oldest first.
    pub fn assignments(&self) -> Vec<SimAssignment> {
        let world = self.shared.world();
        let email = |user: i64| {
            world
                .users
                .get(&user)
                .map(|user| user.email.clone())
                .unwrap_or_default()
        };
        let show = |row: &Assignment| SimAssignment {
            id: row.id,
            email: email(row.user),
            group: match row.scope {
                Scope::Group(group) => Some(group),
                Scope::Place(_) | Scope::Organization => None,
            },
            role: row.role.clone(),
            valid_from_ms: row.valid_from_ms,
            valid_until_ms: row.valid_until_ms,
            created_by: row.created_by,
        };
        world.assignments.values().map(show).collect()
    }

    /// Every user, oldest first.
    pub fn users(&self) -> Vec<SimUser> {
        self.shared.world().users.values().cloned().collect()
    }

    /// Every group, oldest first.
    pub fn groups(&self) -> Vec<SimGroup> {
        self.shared.world().groups.values().cloned().collect()
    }

    /// Every lock, oldest first.
    pub fn locks(&self) -> Vec<SimLock> {
        self.shared.world().locks.values().cloned().collect()
    }

    /// Every login, oldest first.
    pub fn logins(&self) -> Vec<SimLogin> {
        let world = self.shared.world();
        let email = |user: i64| {
            world
                .users
                .get(&user)
                .map(|user| user.email.clone())
                .unwrap_or_default()
        };
        world
            .logins
            .values()
            .map(|login| SimLogin {
                id: login.id,
                email: email(login.user),
                kind: login.kind,
                name: login.name.clone(),
                expire: login.expire,
                last_used_ms: login.last_used_ms,
            })
            .collect()
    }

    /// Every event, oldest first.
    pub fn events(&self) -> Vec<SimEvent> {
        let world = self.shared.world();
        let show = |event: &super::events::Event| SimEvent {
            uuid: event.uuid.clone(),
            kind: event.kind,
            object_id: event.object_id,
            actor_email: event.actor_email.clone(),
            success: event.refused.is_none(),
            error_code: event.refused.as_ref().map(|(code, _)| *code),
            at_ms: event.at_ms,
        };
        world.events.iter().map(show).collect()
    }

    /// Every HTTP call, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.world().calls.iter().cloned().collect()
    }

    /// Changes with every writing call, when its answer is made.
    pub fn writes(&self) -> watch::Receiver<u64> {
        self.shared.world().writes.subscribe()
    }

    /// Forgets the calls so far.
    pub fn clear_calls(&self) {
        self.shared.world().calls.clear();
    }

    /// Everything, as `GET /_sim/state` answers it.
    pub fn state(&self) -> Value {
        super::console::state(&self.shared.world())
    }
}

/// Kisi's word for a kind of login.
pub(super) fn login_kind(kind: LoginKind) -> &'static str {
    match kind {
        LoginKind::Api => "api",
        LoginKind::Device => "device",
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}
