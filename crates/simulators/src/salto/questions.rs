//! What tests ask at the end: whether a door opens for a person, who is where, what was called and sent.

use serde_json::Value;
use tokio::sync::watch;

use super::door::By;
use super::rows::{Call, Entry, Group, Id, Iq, Letter, Lock, Person, Site, SiteUser};
use super::{SaltoSim, console, door};

/// Seats of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seats {
    /// In use.
    pub used: usize,
    /// Bought.
    pub bought: usize,
}

impl SaltoSim {
    /// Whether this person (e-mail, platform-user or site-user id) opens the lock now by such a key, by what the lock
    /// knows; `Err` is the entry's detail, or `no_key`.
    pub fn may_open(&self, who: &str, lock: &str, by: By) -> Result<(), String> {
        self.may_open_at(who, lock, by, self.shared.clock.now_ms())
    }

    /// The same at another instant (unix ms) with everything else as it is now; roll-outs under way come through.
    pub fn may_open_at(&self, who: &str, lock: &str, by: By, at_ms: i64) -> Result<(), String> {
        let world = self.shared.world();
        let by_id = || world.users.get(who).map_or(who, |user| user.person.as_str());
        let person = world
            .person_by_email(who)
            .or_else(|| world.people.get(by_id()))
            .ok_or_else(|| format!("there is no person {who}"))?;
        let lock = world
            .locks
            .get(lock)
            .ok_or_else(|| format!("there is no lock {lock}"))?;
        door::may_by(&world, lock, &person.id, by, at_ms).map_err(str::to_owned)
    }

    /// Whether the door is released or held open right now.
    pub fn is_unlocked(&self, lock: &str) -> bool {
        let world = self.shared.world();
        let now = world.now();
        world
            .locks
            .get(lock)
            .is_some_and(|lock| lock.locked_state(now) != "locked")
    }

    /// E-mails of a group's members as the lists show them; guests by alias.
    pub fn members(&self, group: &str) -> Vec<String> {
        let world = self.shared.world();
        let name = |person: &Person| person.email.clone().unwrap_or_else(|| person.first_name.clone());
        world.members_of(group).map(name).collect()
    }

    /// Seats of a site; none when there is no such site.
    pub fn seats(&self, site: &str) -> Seats {
        let world = self.shared.world();
        Seats {
            used: world.seats_used(site),
            bought: world.sites.get(site).map_or(0, |site| site.seats),
        }
    }

    /// Every site, oldest first.
    pub fn sites(&self) -> Vec<Site> {
        self.shared.world().sites.values().cloned().collect()
    }

    /// Every person, on whatever site.
    pub fn people(&self) -> Vec<Person> {
        self.shared.world().people.values().cloned().collect()
    }

    /// Every site user that is not deleted.
    pub fn users(&self, site: &str) -> Vec<SiteUser> {
        let world = self.shared.world();
        let here = |user: &&SiteUser| user.site == site && user.gone_ms.is_none();
        world.users.values().filter(here).cloned().collect()
    }

    /// Platform-user id by e-mail.
    pub fn person(&self, email: &str) -> Option<Id> {
        let world = self.shared.world();
        world.person_by_email(email).map(|person| person.id.clone())
    }

    /// Every access group.
    pub fn groups(&self) -> Vec<Group> {
        self.shared.world().groups.values().cloned().collect()
    }

    /// Every lock.
    pub fn locks(&self) -> Vec<Lock> {
        self.shared.world().locks.values().cloned().collect()
    }

    /// Every hub.
    pub fn iqs(&self) -> Vec<Iq> {
        self.shared.world().iqs.values().cloned().collect()
    }

    /// What happened at all doors, oldest first, whether or not the cloud knows yet.
    pub fn entries(&self) -> Vec<Entry> {
        self.shared.world().entries.iter().cloned().collect()
    }

    /// Mails and text messages so far: invitations and PINs.
    pub fn letters(&self) -> Vec<Letter> {
        self.shared.world().letters.clone()
    }

    /// Every HTTP call to the three hosts, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.world().calls.iter().cloned().collect()
    }

    /// Changes with every call that asks the Connect API for a change, when its answer is made.
    pub fn writes(&self) -> watch::Receiver<u64> {
        self.shared.world().writes.subscribe()
    }

    /// Forgets the calls so far.
    pub fn clear_calls(&self) {
        self.shared.world().calls.clear();
    }

    /// Everything, as `GET /_sim/state` answers it.
    pub fn state(&self) -> Value {
        console::state(&self.shared.world())
    }
}
