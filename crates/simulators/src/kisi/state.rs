//! What the simulated Kisi remembers: rows in ordered maps behind one lock, its logs, ids, secrets and time stamps.
//!
//! Ids come from one counter above 32 bits, so a client that mixes up two kinds of id, or narrows them, is found out.

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::{mpsc, watch};

use super::events::{Event, EventSet};
use super::rate::Buckets;
use super::rows::{
    Assignment, Call, Card, GroupLink, GroupLock, Login, Organization, SimGroup, SimLock, SimPlace, SimUser, Unlock,
    WebhookIntegration,
};
use super::switches::{Switches, Timestamps};
use crate::clock::{SimClock, rfc3339, timestamp};

/// The whole simulated Kisi, behind one lock.
pub(crate) struct World {
    pub clock: SimClock,
    pub switches: Switches,
    pub org: Organization,
    pub users: BTreeMap<i64, SimUser>,
    pub logins: BTreeMap<i64, Login>,
    /// Secret → login; the only way to a login from outside.
    pub secrets: HashMap<String, i64>,
    pub places: BTreeMap<i64, SimPlace>,
    pub locks: BTreeMap<i64, SimLock>,
    pub groups: BTreeMap<i64, SimGroup>,
    pub group_locks: BTreeMap<i64, GroupLock>,
    pub assignments: BTreeMap<i64, Assignment>,
    pub links: BTreeMap<i64, GroupLink>,
    pub cards: BTreeMap<i64, Card>,
    pub integrations: BTreeMap<i64, WebhookIntegration>,
    pub events: VecDeque<Event>,
    pub event_sets: BTreeMap<i64, EventSet>,
    pub unlocks: Vec<Unlock>,
    pub calls: VecDeque<Call>,
    /// Counts writing calls, for who waits for one.
    pub writes: watch::Sender<u64>,
    pub buckets: Buckets,
    /// Events on their way to the webhook task.
    pub outbox: mpsc::Sender<Event>,
    pub last_id: i64,
    pub sequence: i64,
}

/// Bounds of the logs; older entries fall off.
const EVENTS_KEPT: usize = 50_000;
const CALLS_KEPT: usize = 100_000;

impl World {
    pub fn new(clock: SimClock, outbox: mpsc::Sender<Event>) -> World {
        World {
            clock,
            switches: Switches::default(),
            org: Organization::default(),
            users: BTreeMap::new(),
            logins: BTreeMap::new(),
            secrets: HashMap::new(),
            places: BTreeMap::new(),
            locks: BTreeMap::new(),
            groups: BTreeMap::new(),
            group_locks: BTreeMap::new(),
            assignments: BTreeMap::new(),
            links: BTreeMap::new(),
            cards: BTreeMap::new(),
            integrations: BTreeMap::new(),
            events: VecDeque::new(),
            event_sets: BTreeMap::new(),
            unlocks: Vec::new(),
            calls: VecDeque::new(),
            writes: watch::Sender::new(0),
            buckets: Buckets::default(),
            outbox,
            last_id: 5_120_000_000,
            sequence: 0,
        }
    }

    pub fn now(&self) -> i64 {
        self.clock.now_ms()
    }

    pub fn new_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }

    /// An unguessable-looking secret; the simulator needs it unique, not secret.
    pub fn new_secret(&mut self) -> String {
        let number = self.new_id();
        hex(&Sha256::digest(format!(
            "{}/{}/{}",
            self.org.domain,
            number,
            self.now()
        )))
    }

    /// An instant the way answers write it.
    pub fn stamp(&self, at_ms: i64) -> String {
        match self.switches.timestamps {
            Timestamps::Utc => rfc3339(at_ms),
            Timestamps::PlusOne => timestamp(at_ms).display_with_offset(jiff::tz::offset(1)).to_string(),
        }
    }

    pub fn stamp_or_null(&self, at_ms: Option<i64>) -> Value {
        at_ms.map_or(Value::Null, |at_ms| self.stamp(at_ms).into())
    }

    pub fn user_by_email(&self, email: &str) -> Option<&SimUser> {
        self.users
            .values()
            .find(|user| user.email.eq_ignore_ascii_case(email.trim()))
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

    pub fn keep_event(&mut self, event: Event) {
        if self.events.len() >= EVENTS_KEPT {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
