//! Seeding sites and changing them behind our back, as an operator in Salto's web app or somebody at the door would.
//!
//! What is seeded is known to the doors at once; what is changed by an operator rolls out like any change.

use super::SaltoSim;
use super::door::{self, Key, Light};
use super::hours::Hours;
use super::rows::{Client, Group, Id, Iq, Lock, Person, Site, SiteUser};
use super::{groups, schedules, users};

impl SaltoSim {
    /// Registers a client at the identity server.
    pub fn add_client(&self, client: Client) {
        self.shared.world().clients.push(client);
    }

    /// Leaves so many ids out, so that none of an earlier start comes back.
    pub fn skip_ids(&self, count: u64) {
        self.shared.world().last_id += count;
    }

    /// Adds a released site with seats and an owner who signs in by password. Returns the site's id.
    pub fn add_site(&self, name: &str, uid: &str, time_zone: &str, seats: usize, owner: (&str, &str)) -> Id {
        let mut world = self.shared.world();
        let id = world.new_id();
        let known = world.person_by_email(owner.0).map(|person| person.id.clone());
        let person = known.unwrap_or_else(|| users::add_person(&mut world, Some(owner.0), "Ilse", "Maas", &id));
        if let Some(row) = world.people.get_mut(&person) {
            row.password = Some(owner.1.to_owned());
        }
        let features = ["events_streaming", "events_storage", "activity_log", "nfc"];
        world.sites.insert(
            id.clone(),
            Site {
                id: id.clone(),
                uid: uid.to_owned(),
                name: name.to_owned(),
                time_zone: time_zone.to_owned(),
                seats,
                subscription_valid: true,
                pin_enabled: true,
                mkey_compatible: true,
                installation_state: "released".to_owned(),
                owner: person.clone(),
                features: features.map(str::to_owned).to_vec(),
                keep_entries_days: 90,
            },
        );
        let now = world.now();
        users::add_user(
            &mut world,
            &id,
            &person,
            "Ilse Maas",
            vec!["site_owner".to_owned()],
            now,
        );
        id
    }

    /// Adds a person to a site by hand, settled; known e-mails keep their person. Returns the site-user id.
    pub fn add_user(&self, site: &str, email: &str, first: &str, last: &str, roles: &[&str]) -> Id {
        let mut world = self.shared.world();
        let known = world.person_by_email(email).map(|person| person.id.clone());
        let person = known.unwrap_or_else(|| users::add_person(&mut world, Some(email), first, last, site));
        let (roles, now) = (roles.iter().map(|role| (*role).to_owned()).collect(), world.now());
        users::add_user(&mut world, site, &person, &format!("{first} {last}"), roles, now)
    }

    /// Adds a hub that asks for one-time passwords.
    pub fn add_iq(&self, site: &str, name: &str) -> Id {
        let mut world = self.shared.world();
        let id = world.new_id();
        let mac = format!("3B.00.{:02X}", world.iqs.len() + 0x11);
        let iq = Iq {
            id: id.clone(),
            site: site.to_owned(),
            name: name.to_owned(),
            mac,
            otp_enabled: true,
            restore_required: false,
            offline_since_ms: None,
        };
        world.iqs.insert(id.clone(), iq);
        id
    }

    /// Adds a wall reader with keypad that stays open for five seconds.
    pub fn add_lock(&self, iq: &str, name: &str) -> Id {
        let mut world = self.shared.world();
        let id = world.new_id();
        let site = world.iqs.get(iq).map(|iq| iq.site.clone()).unwrap_or_default();
        let mac = format!("01638100{:06X}", world.locks.len() + 0x4a);
        let lock = Lock {
            id: id.clone(),
            site,
            iq: iq.to_owned(),
            name: name.to_owned(),
            mac,
            lock_type: "wall_reader_pin".to_owned(),
            open_seconds: 5,
            privacy_mode: false,
            office_mode: false,
            offline_since_ms: None,
            opened_ms: None,
            light: None,
        };
        world.locks.insert(id.clone(), lock);
        id
    }

    /// Adds a group with locks and schedules; without any schedule it never opens.
    pub fn add_group(&self, site: &str, name: &str, locks: &[Id], hours: &[Hours]) -> Id {
        let mut world = self.shared.world();
        let (id, now) = (world.new_id(), world.now());
        let group = Group {
            id: id.clone(),
            site: site.to_owned(),
            name: name.to_owned(),
        };
        world.groups.insert(id.clone(), group);
        for lock in locks {
            groups::link(&mut world, &id, lock, now);
        }
        for hours in hours {
            schedules::add(&mut world, &id, hours.clone(), now);
        }
        id
    }

    /// A membership that the operator made by hand, known to the doors at once; false when nobody has the e-mail.
    pub fn foreign_member(&self, group: &str, email: &str) -> bool {
        let mut world = self.shared.world();
        let now = world.now();
        let person = world.person_by_email(email).map(|person| person.id.clone());
        if let Some(person) = &person {
            world.add_member(group, person, now);
        }
        person.is_some()
    }

    /// An operator takes somebody out of a group; false when there was nobody.
    pub fn remove_member(&self, group: &str, email: &str) -> bool {
        let mut world = self.shared.world();
        let until_ms = world.members_roll_out_ms();
        let Some(person) = world.person_by_email(email).map(|person| person.id.clone()) else {
            return false;
        };
        world.end_members(until_ms, |member| member.group == group && member.person == person) > 0
    }

    /// An operator deletes a group; false when there is none.
    pub fn delete_group(&self, group: &str) -> bool {
        groups::remove(&mut self.shared.world(), group)
    }

    /// An operator deletes a site user; false when there is none.
    pub fn delete_user(&self, site: &str, user: &str) -> bool {
        users::remove(&mut self.shared.world(), site, user).is_ok()
    }

    /// An operator takes or frees a seat; taking one stays without effect when none is free.
    pub fn set_seat(&self, site: &str, user: &str, subscribed: bool) -> bool {
        users::set_seat(&mut self.shared.world(), site, user, subscribed).is_ok()
    }

    /// Changes a site; false when there is none.
    pub fn set_site(&self, id: &str, change: impl FnOnce(&mut Site)) -> bool {
        self.shared.world().sites.get_mut(id).map(change).is_some()
    }

    /// Changes a person (tag, name); false when nobody has the e-mail.
    pub fn set_person(&self, email: &str, change: impl FnOnce(&mut Person)) -> bool {
        let mut world = self.shared.world();
        let id = world.person_by_email(email).map(|person| person.id.clone());
        id.and_then(|id| world.people.get_mut(&id)).map(change).is_some()
    }

    /// Changes a site user; doors hear of it at once. False when there is none.
    pub fn set_user(&self, id: &str, change: impl FnOnce(&mut SiteUser)) -> bool {
        let mut world = self.shared.world();
        let changed = world.users.get_mut(id).map(change).is_some();
        let now = world.now();
        world.tell_doors(id, now);
        changed
    }

    /// Changes a door; one that hears again delivers what it kept. False when there is none.
    pub fn set_lock(&self, id: &str, change: impl FnOnce(&mut Lock)) -> bool {
        let mut world = self.shared.world();
        let changed = world.locks.get_mut(id).map(change).is_some();
        door::deliver_kept(&mut world);
        changed
    }

    /// Changes a hub; locks that hear again deliver what they kept. False when there is none.
    pub fn set_iq(&self, id: &str, change: impl FnOnce(&mut Iq)) -> bool {
        let mut world = self.shared.world();
        let changed = world.iqs.get_mut(id).map(change).is_some();
        door::deliver_kept(&mut world);
        changed
    }

    /// Holds a key to a reader. `None` when there is no such lock.
    pub fn present(&self, lock: &str, key: &Key) -> Option<Light> {
        door::present(&mut self.shared.world(), lock, key)
    }

    /// The person uses Salto's app at a hub: the secret changes silently and the one known elsewhere is dead.
    pub fn activate_in_app(&self, email: &str, iq: &str) -> bool {
        let mut world = self.shared.world();
        let (secret, now) = (world.new_secret()[..16].to_uppercase(), world.now());
        let Some(person) = world.person_by_email(email).map(|person| person.id.clone()) else {
            return false;
        };
        let row = world.activations.entry((person, iq.to_owned())).or_default();
        row.secret = Some(secret);
        row.activated_ms.get_or_insert(now);
        true
    }

    /// Somebody resets a hub: it must be restored and all activations are void.
    pub fn reset_iq(&self, iq: &str) -> bool {
        let mut world = self.shared.world();
        world.activations.retain(|(_, at), _| at != iq);
        world.iqs.get_mut(iq).map(|iq| iq.restore_required = true).is_some()
    }

    /// All tokens of a person die, as after a change of password.
    pub fn revoke_tokens(&self, email: &str) -> bool {
        let mut world = self.shared.world();
        let Some(person) = world.person_by_email(email).map(|person| person.id.clone()) else {
            return false;
        };
        world.refresh_tokens.retain(|_, granted| granted.person != person);
        world.access_tokens.retain(|_, access| access.person != person);
        true
    }

    /// Every connection to the event stream breaks off without a word.
    pub fn drop_streams(&self) {
        self.shared.world().drops.send_modify(|count| *count += 1);
    }
}
