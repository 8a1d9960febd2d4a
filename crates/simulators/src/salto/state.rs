//! What the simulated Salto KS remembers: rows in ordered maps behind one lock, its logs, ids and tokens.
//!
//! Nothing happens in the background: what takes time there (roll-out, settling, relocking, stale flags) is a row with
//! an instant, compared with the clock when it is read. Rows that doors may still go by are kept after their end.

use std::collections::{BTreeMap, HashMap, VecDeque};

use ring::signature::RsaKeyPair;
use sha2::{Digest, Sha256};
use tokio::sync::{broadcast, watch};

use super::identity::jwt;
use super::rows::{
    Activation, Call, Client, Device, Entry, Group, GroupLock, Host, Id, Iq, Letter, Lock, Member, Person, Pin,
    Schedule, Site, SiteUser, Span, Standing,
};
use super::switches::Switches;
use crate::clock::SimClock;

/// The whole simulated Salto KS, behind one lock.
pub(crate) struct World {
    pub clock: SimClock,
    pub switches: Switches,
    /// Base addresses without a slash at the end: identity, API, stream.
    pub urls: [String; 3],
    pub key: RsaKeyPair,
    pub clients: Vec<Client>,
    pub people: BTreeMap<Id, Person>,
    pub sites: BTreeMap<Id, Site>,
    pub users: BTreeMap<Id, SiteUser>,
    pub groups: BTreeMap<Id, Group>,
    pub members: Vec<Member>,
    pub group_locks: Vec<GroupLock>,
    pub schedules: Vec<Schedule>,
    pub iqs: BTreeMap<Id, Iq>,
    pub locks: BTreeMap<Id, Lock>,
    pub pins: Vec<Pin>,
    /// (platform user, IQ) → how far the activation is.
    pub activations: BTreeMap<(Id, Id), Activation>,
    pub devices: BTreeMap<Id, Device>,
    pub entries: VecDeque<Entry>,
    pub letters: Vec<Letter>,
    /// Authorization codes and the tokens handed out.
    pub codes: HashMap<String, Granted>,
    pub refresh_tokens: HashMap<String, Granted>,
    pub access_tokens: HashMap<String, Access>,
    /// `connectionToken` of the stream's negotiation.
    pub negotiated: HashMap<String, Id>,
    pub calls: VecDeque<Call>,
    /// Counts writing calls, for who waits for one.
    pub writes: watch::Sender<u64>,
    /// Entries on their way to the stream.
    pub live: broadcast::Sender<Entry>,
    /// Counts how often all stream connections were dropped on purpose.
    pub drops: watch::Sender<u64>,
    pub(super) last_id: u64,
}

/// What a person allowed a client.
#[derive(Clone, Debug)]
pub(crate) struct Granted {
    pub client: String,
    pub person: Id,
    pub scopes: Vec<String>,
    pub redirect_uri: String,
    pub challenge: String,
    pub nonce: Option<String>,
    pub at_ms: i64,
}

/// An access token that is out.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub person: Id,
    pub scopes: Vec<String>,
    pub expires_ms: i64,
}

/// Bounds of the logs; older rows fall off.
const ENTRIES_KEPT: usize = 50_000;
const CALLS_KEPT: usize = 100_000;
/// Entries that a slow reader of the stream may be behind.
const LIVE_KEPT: usize = 1_000;

impl World {
    pub fn new(clock: SimClock, urls: [String; 3]) -> World {
        World {
            clock,
            switches: Switches::default(),
            urls,
            key: jwt::key(),
            clients: Vec::new(),
            people: BTreeMap::new(),
            sites: BTreeMap::new(),
            users: BTreeMap::new(),
            groups: BTreeMap::new(),
            members: Vec::new(),
            group_locks: Vec::new(),
            schedules: Vec::new(),
            iqs: BTreeMap::new(),
            locks: BTreeMap::new(),
            pins: Vec::new(),
            activations: BTreeMap::new(),
            devices: BTreeMap::new(),
            entries: VecDeque::new(),
            letters: Vec::new(),
            codes: HashMap::new(),
            refresh_tokens: HashMap::new(),
            access_tokens: HashMap::new(),
            negotiated: HashMap::new(),
            calls: VecDeque::new(),
            writes: watch::Sender::new(0),
            live: broadcast::Sender::new(LIVE_KEPT),
            drops: watch::Sender::new(0),
            last_id: 0x5a51_c0de_0000,
        }
    }

    pub fn now(&self) -> i64 {
        self.clock.now_ms()
    }

    /// A lower-case UUID, in the order of creation.
    pub fn new_id(&mut self) -> Id {
        self.last_id += 1;
        let number = self.last_id;
        format!("0b6f{:04x}-7d0c-4a0e-9a3e-{number:012x}", number & 0xffff)
    }

    /// Unguessable-looking hexadecimal; the simulator needs it unique, not secret.
    pub fn new_secret(&mut self) -> String {
        let number = self.new_id();
        hex(&Sha256::digest(format!("salto/{number}/{}", self.now())))
    }

    /// So many decimal digits.
    pub fn new_digits(&mut self, count: usize) -> String {
        let secret = self.new_secret();
        secret
            .bytes()
            .take(count)
            .map(|byte| char::from(b'0' + byte % 10))
            .collect()
    }

    pub fn person_by_email(&self, email: &str) -> Option<&Person> {
        let email = email.trim();
        self.people.values().find(|person| {
            person
                .email
                .as_deref()
                .is_some_and(|known| known.eq_ignore_ascii_case(email))
        })
    }

    /// The person's row on a site, unless it was deleted.
    pub fn user_on(&self, site: &str, person: &str) -> Option<&SiteUser> {
        self.users
            .values()
            .find(|user| user.site == site && user.person == person && user.gone_ms.is_none())
    }

    /// Seats in use.
    pub fn seats_used(&self, site: &str) -> usize {
        let takes = |user: &&SiteUser| user.site == site && user.subscribed && user.gone_ms.is_none();
        self.users.values().filter(takes).count()
    }

    pub fn zone(&self, site: &str) -> jiff::tz::TimeZone {
        let name = self.sites.get(site).map_or("UTC", |site| site.time_zone.as_str());
        jiff::tz::TimeZone::get(name).unwrap_or(jiff::tz::TimeZone::UTC)
    }

    /// From when doors go by a change of a member, a door or a seat made now.
    pub fn members_roll_out_ms(&self) -> i64 {
        self.now() + self.switches.member_rollout_s * 1000
    }

    /// From when doors go by a change of a schedule made now.
    pub fn schedules_roll_out_ms(&self) -> i64 {
        self.now() + self.switches.schedule_rollout_s * 1000
    }

    /// Tells the doors what a user's keys are worth from an instant on.
    pub fn tell_doors(&mut self, user: &str, from_ms: i64) {
        if let Some(user) = self.users.get_mut(user) {
            let standing = match (user.gone_ms, user.blocked, user.subscribed) {
                (Some(_), _, _) => Standing::Gone,
                (None, true, _) => Standing::Blocked,
                (None, false, false) => Standing::Suspended,
                (None, false, true) => Standing::Good,
            };
            user.standing.push((from_ms, standing));
        }
    }

    /// Ends everything listed of a group that `ends` picks, for the doors at `until_ms`.
    pub fn end_members(&mut self, until_ms: i64, ends: impl Fn(&Member) -> bool) -> usize {
        let mut ended = 0;
        for member in self.members.iter_mut().filter(|member| member.listed && ends(member)) {
            member.listed = false;
            member.span.until_ms = Some(until_ms);
            ended += 1;
        }
        ended
    }

    /// Adds a member; doors know from `from_ms` on.
    pub fn add_member(&mut self, group: &str, person: &str, from_ms: i64) {
        self.members.push(Member {
            group: group.to_owned(),
            person: person.to_owned(),
            listed: true,
            span: Span::from(from_ms),
        });
    }

    /// People listed in a group, by platform id.
    pub fn members_of<'a>(&'a self, group: &'a str) -> impl Iterator<Item = &'a Person> {
        self.members
            .iter()
            .filter(move |member| member.listed && member.group == group)
            .filter_map(|member| self.people.get(&member.person))
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

    /// Writes an entry down; the stream gets it at once when the cloud does.
    pub fn keep_entry(&mut self, entry: Entry) {
        if self.entries.len() >= ENTRIES_KEPT {
            self.entries.pop_front();
        }
        if entry.arrives_ms.is_some_and(|at_ms| at_ms <= self.now()) {
            // Nobody listening is the usual case.
            let _ = self.live.send(entry.clone());
        }
        self.entries.push_back(entry);
    }

    pub fn url(&self, host: Host) -> &str {
        match host {
            Host::Identity => &self.urls[0],
            Host::Api => &self.urls[1],
            Host::Stream => &self.urls[2],
        }
    }
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
