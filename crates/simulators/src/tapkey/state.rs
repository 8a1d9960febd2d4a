//! What the simulated Tapkey remembers: rows in ordered maps behind one lock, its logs, ids, tokens and time stamps.
//!
//! Ids are a letter and a counted hexadecimal number: the same run gives the same ids, in order of creation. Owner
//! accounts have ids that look like GUIDs. All of them are case-sensitive (contract §2).

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use super::ask::Refusal;
use super::rate::Bucket;
use super::rows::{
    Call, Card, Client, Code, Contact, Grant, Key, LockGroup, Permission, SimLock, SimLogEntry, SimOwner, Token, User,
    UserGroup,
};
use super::switches::Switches;
use crate::clock::{SimClock, timestamp};

/// The whole simulated Tapkey, behind one lock.
pub(crate) struct World {
    pub clock: SimClock,
    /// `http://…` without a slash at the end; also the issuer.
    pub url: String,
    pub switches: Switches,
    pub clients: BTreeMap<String, Client>,
    pub users: BTreeMap<String, User>,
    pub codes: HashMap<String, Code>,
    pub access_tokens: HashMap<String, Token>,
    pub refresh_tokens: HashMap<String, Token>,
    pub owners: BTreeMap<String, SimOwner>,
    pub permissions: BTreeMap<String, Permission>,
    pub locks: BTreeMap<String, SimLock>,
    pub lock_groups: BTreeMap<String, LockGroup>,
    pub contacts: BTreeMap<String, Contact>,
    pub user_groups: BTreeMap<String, UserGroup>,
    pub cards: BTreeMap<String, Card>,
    pub grants: BTreeMap<String, Grant>,
    /// By contact, grant and lock: a phone keeps one key for each.
    pub keys: BTreeMap<(String, String, String), Key>,
    pub log: Vec<SimLogEntry>,
    pub calls: VecDeque<Call>,
    /// Counts writing calls, for who waits for one.
    pub writes: watch::Sender<u64>,
    pub buckets: HashMap<String, Bucket>,
    pub last_id: u64,
    pub last_key: u64,
    /// Objects shown so far; every seventh carries a strange property.
    pub shown: u64,
}

const CALLS_KEPT: usize = 100_000;

impl World {
    pub fn new(clock: SimClock, url: String) -> World {
        World {
            clock,
            url,
            switches: Switches::default(),
            clients: BTreeMap::new(),
            users: BTreeMap::new(),
            codes: HashMap::new(),
            access_tokens: HashMap::new(),
            refresh_tokens: HashMap::new(),
            owners: BTreeMap::new(),
            permissions: BTreeMap::new(),
            locks: BTreeMap::new(),
            lock_groups: BTreeMap::new(),
            contacts: BTreeMap::new(),
            user_groups: BTreeMap::new(),
            cards: BTreeMap::new(),
            grants: BTreeMap::new(),
            keys: BTreeMap::new(),
            log: Vec::new(),
            calls: VecDeque::new(),
            writes: watch::Sender::new(0),
            buckets: HashMap::new(),
            last_id: 0x00a0_0000,
            last_key: 0,
            shown: 0,
        }
    }

    /// Forgets everything but the clock, its address and who watches its writes.
    pub fn reset(&mut self) {
        let writes = self.writes.clone();
        *self = World::new(self.clock.clone(), self.url.clone());
        self.writes = writes;
    }

    pub fn now(&self) -> i64 {
        self.clock.now_ms()
    }

    pub fn new_id(&mut self, prefix: &str) -> String {
        self.last_id += 1;
        format!("{prefix}-{:06x}", self.last_id)
    }

    /// An unguessable-looking secret; the simulator needs it unique, not secret.
    pub fn new_secret(&mut self, prefix: &str) -> String {
        let id = self.new_id(prefix);
        let digest = Sha256::digest(format!("{}/{id}/{}", self.url, self.now()));
        format!("{prefix}-{}", super::encoding::in_url(&digest))
    }

    /// The user of an address, in whatever case; made when there is none yet.
    pub fn user_of(&mut self, email: &str) -> String {
        if let Some(user) = self.users.values().find(|user| same_address(&user.email, email)) {
            return user.id.clone();
        }
        let id = self.new_id("u");
        let user = User {
            id: id.clone(),
            email: email.trim().to_owned(),
            signs_in: false,
            reachable: true,
        };
        self.users.insert(id.clone(), user);
        id
    }

    pub fn email_of_user(&self, user: &str) -> Option<&str> {
        self.users.get(user).map(|user| user.email.as_str())
    }

    pub fn email_of_contact(&self, contact: &str) -> Option<&str> {
        self.email_of_user(&self.contacts.get(contact)?.user)
    }

    /// The contact of an address in one owner account.
    pub fn contact_by_email(&self, owner: &str, email: &str) -> Option<&Contact> {
        self.contacts.values().find(|contact| {
            contact.owner == owner
                && self
                    .email_of_user(&contact.user)
                    .is_some_and(|known| same_address(known, email))
        })
    }

    /// A contact of this owner account, or 404.
    pub fn contact(&self, owner: &str, id: &str) -> Result<&Contact, Refusal> {
        self.contacts
            .get(id)
            .filter(|contact| contact.owner == owner)
            .ok_or_else(|| Refusal::absent("The contact"))
    }

    pub fn keep_call(&mut self, call: Call) {
        if self.calls.len() >= CALLS_KEPT {
            self.calls.pop_front();
        }
        if call.writing {
            self.writes.send_modify(|count| *count += 1);
        }
        self.calls.push_back(call);
    }
}

/// Whether two addresses are one, as far as people see it.
pub(super) fn same_address(one: &str, other: &str) -> bool {
    one.trim().eq_ignore_ascii_case(other.trim())
}

/// An instant the way answers write it: `2026-03-02T08:30:00.000Z`.
pub(super) fn stamp(at_ms: i64) -> String {
    format!("{:.3}", timestamp(at_ms))
}

/// The same, or null.
pub(super) fn stamp_or_null(at_ms: Option<i64>) -> Value {
    at_ms.map_or(Value::Null, |at_ms| stamp(at_ms).into())
}
