//! A thousand changes, and what should hold after them.
//!
//! In: a seed. Out: API calls, and a model of everything that was acknowledged. Always: a call that was cut off is repeated with the
//! same key until it is acknowledged; then, and only then, the model follows.

use std::collections::BTreeMap;

use access::id::*;
use access::{Instant, Window, Windows};
use serde_json::{Value, json};
use store::Clock;

use crate::server::Server;

/// How often the server is killed.
const KILLS: usize = 50;
const CHANGES: usize = 1_000;
const PEOPLE: usize = 40;
const ROOMS: usize = 4;
/// Bookings lie from here on, so that none begins or ends while this runs.
const FIRST_BOOKING_MINUTES: i64 = 2 * 24 * 60;
const GRACE_MINUTES: i64 = 30;
/// A kill falls into this many milliseconds after a request is sent; most answers take less than half of it.
const KILLED_WITHIN_MS: usize = 25;

pub struct Changes {
    chance: u64,
    made: usize,
    plan: Option<PlanId>,
    rooms: Vec<ResourceId>,
    people: Vec<Somebody>,
    bookings: BTreeMap<BookingId, Booked>,
    next_slot: Vec<i64>,
    start: Instant,
}

struct Somebody {
    id: PersonId,
    email: String,
    active: bool,
    subscription: Option<SubscriptionId>,
    cancelled: Vec<SubscriptionId>,
}

struct Booked {
    who: usize,
    window: Window,
    cancelled: bool,
}

impl Changes {
    pub fn new(seed: u64) -> Self {
        let now = Clock::system().now();
        Self {
            chance: seed | 1,
            made: 0,
            plan: None,
            rooms: Vec::new(),
            people: Vec::new(),
            bookings: BTreeMap::new(),
            next_slot: vec![0; ROOMS],
            start: Instant::from_ms(now.ms() / 3_600_000 * 3_600_000),
        }
    }

    /// The vendor connected, a plan, rooms, people.
    pub async fn begin(&mut self, server: &mut Server) {
        let integration = server.connect().await;
        let (members, studio) = server.groups(integration).await;
        let plan = json!({ "location": server.location, "name": "Flex desk", "groups": [members] });
        self.plan = Some(server.make("/api/v1/plans", &plan).await);
        for room in 0..ROOMS {
            let new = json!({ "location": server.location, "name": format!("Studio {room}"), "kind": "room", "groups": [studio] });
            self.rooms.push(server.make("/api/v1/resources", &new).await);
        }
        for number in 0..PEOPLE {
            let email = format!("person{number}@members.example");
            let new = json!({ "name": format!("Person {number}"), "email": email, "state": "active" });
            let id = server.make("/api/v1/people", &new).await;
            self.people.push(Somebody {
                id,
                email,
                active: true,
                subscription: None,
                cancelled: Vec::new(),
            });
        }
    }

    /// One change; every twentieth meets a kill while it is under way.
    pub async fn one(&mut self, server: &mut Server) {
        let who = self.any(PEOPLE);
        match self.any(10) {
            0 | 1 => self.switch(server, who).await,
            2..=5 => self.resubscribe(server, who).await,
            // Nobody books for a suspended person; that one is let in again first.
            6 | 7 if self.people[who].active => self.book(server, who).await,
            6 | 7 => self.switch(server, who).await,
            _ => self.change_booking(server).await,
        }
    }

    /// Were all of them made?
    pub fn are_made(&self) -> bool {
        self.made == CHANGES
    }

    async fn switch(&mut self, server: &mut Server, who: usize) {
        let active = !self.people[who].active;
        let path = format!("/api/v1/people/{}", self.people[who].id);
        let state = if active { "active" } else { "suspended" };
        self.surely(server, "PATCH", &path, json!({ "state": state })).await;
        self.people[who].active = active;
    }

    async fn resubscribe(&mut self, server: &mut Server, who: usize) {
        if let Some(running) = self.people[who].subscription {
            self.surely(
                server,
                "POST",
                &format!("/api/v1/subscriptions/{running}/cancel"),
                json!({}),
            )
            .await;
            self.people[who].subscription = None;
            self.people[who].cancelled.push(running);
            return;
        }
        let items = json!([{ "plan": self.plan }]);
        let new = json!({ "location": server.location, "person": self.people[who].id, "starts_on": "2020-01-01", "items": items });
        let made = self.surely(server, "POST", "/api/v1/subscriptions", new).await;
        self.people[who].subscription = Some(id_of(&made));
    }

    async fn book(&mut self, server: &mut Server, who: usize) {
        let room = self.any(ROOMS);
        let window = self.slot(room);
        let new = json!({ "resource": self.rooms[room], "booker": self.people[who].id, "from": window.from, "until": window.until });
        let made = self.surely(server, "POST", "/api/v1/bookings", new).await;
        self.bookings.insert(
            id_of(&made),
            Booked {
                who,
                window,
                cancelled: false,
            },
        );
    }

    async fn change_booking(&mut self, server: &mut Server) {
        let running: Vec<BookingId> = self
            .bookings
            .iter()
            .filter(|(_, booked)| !booked.cancelled)
            .map(|(id, _)| *id)
            .collect();
        if running.is_empty() {
            return;
        }
        let id = running[self.any(running.len())];
        if self.any(2) == 0 {
            self.surely(server, "POST", &format!("/api/v1/bookings/{id}/cancel"), Value::Null)
                .await;
            self.bookings.get_mut(&id).expect("it was made").cancelled = true;
            return;
        }
        let before = self.bookings[&id].window;
        let until = if before.until.ms() - before.from.ms() > 3_600_000 {
            -30
        } else {
            30
        };
        let window = Window {
            until: before.until.plus_minutes(until),
            ..before
        };
        let to = json!({ "from": window.from, "until": window.until });
        self.surely(server, "POST", &format!("/api/v1/bookings/{id}/move"), to)
            .await;
        self.bookings.get_mut(&id).expect("it was made").window = window;
    }

    /// Two hours that nobody else gets; bookings keep to the first ninety minutes of theirs.
    fn slot(&mut self, room: usize) -> Window {
        let from = self
            .start
            .plus_minutes(FIRST_BOOKING_MINUTES + 120 * self.next_slot[room]);
        self.next_slot[room] += 1;
        Window {
            from,
            until: from.plus_minutes(60),
        }
    }

    /// Asks until it is acknowledged.
    async fn surely(&mut self, server: &mut Server, method: &str, path: &str, body: Value) -> Value {
        self.made += 1;
        let key = format!("change-{}", self.made);
        let kill_after_ms = self
            .made
            .is_multiple_of(CHANGES / KILLS)
            .then(|| self.any(KILLED_WITHIN_MS) as u64);
        let (status, answer) = server.insist(method, path, &body, &key, kill_after_ms).await;
        assert!(
            (200..300).contains(&status),
            "{method} {path} with {body} answered {status}: {answer}"
        );
        answer
    }

    fn any(&mut self, below: usize) -> usize {
        // Steele and Vigna's splitmix64: small, and good enough to pick changes.
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.chance;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % below as u64).expect("it is below a usize")
    }

    /// Everything acknowledged is in the database as it was acknowledged.
    pub async fn are_all_kept(&self, server: &Server) {
        for somebody in &self.people {
            let known = server.read(&format!("/api/v1/people/{}", somebody.id)).await;
            assert_eq!(
                known["state"],
                if somebody.active { "active" } else { "suspended" },
                "{}",
                somebody.email
            );
            for (id, state) in somebody
                .subscription
                .iter()
                .map(|id| (id, "active"))
                .chain(somebody.cancelled.iter().map(|id| (id, "cancelled")))
            {
                assert_eq!(
                    server.read(&format!("/api/v1/subscriptions/{id}")).await["state"],
                    state,
                    "{id}"
                );
            }
            let path = format!("/api/v1/subscriptions?person={}&limit=200", somebody.id);
            let listed = server.read(&path).await["items"].as_array().map_or(0, Vec::len);
            assert_eq!(
                listed,
                somebody.cancelled.len() + usize::from(somebody.subscription.is_some()),
                "none is doubled"
            );
        }
        for (id, booked) in &self.bookings {
            let known = server.read(&format!("/api/v1/bookings/{id}")).await;
            assert_eq!(
                known["state"],
                if booked.cancelled { "cancelled" } else { "confirmed" },
                "{id}"
            );
            assert_eq!(known["until"], json!(booked.window.until), "{id}");
        }
    }

    /// The vendor holds exactly what should hold: who may open the front door, and every booking's window once.
    pub fn are_at_the_vendor(&self, server: &Server) -> Result<(), String> {
        for (who, somebody) in self.people.iter().enumerate() {
            let member = somebody.active && somebody.subscription.is_some();
            if server.sim.may_open(&somebody.email, server.front).is_ok() != member {
                return Err(format!("{} at the front door should be {member}", somebody.email));
            }
            let wanted = if somebody.active {
                self.windows_of(who)
            } else {
                Windows::NONE
            };
            let held = server.windows_at("Studio", &somebody.email);
            if held != wanted.as_slice() {
                return Err(format!("{} holds {held:?} and should hold {wanted:?}", somebody.email));
            }
            if server.windows_at("Members", &somebody.email).len() != usize::from(member) {
                return Err(format!("{} has too many rows", somebody.email));
            }
        }
        Ok(())
    }

    fn windows_of(&self, who: usize) -> Windows {
        let theirs = self
            .bookings
            .values()
            .filter(|booked| booked.who == who && !booked.cancelled);
        Windows::union(theirs.map(|booked| Window {
            from: booked.window.from.plus_minutes(-GRACE_MINUTES),
            until: booked.window.until.plus_minutes(GRACE_MINUTES),
        }))
    }
}

fn id_of<T: std::str::FromStr>(made: &Value) -> T {
    let id = made["id"].as_str().and_then(|id| id.parse().ok());
    id.unwrap_or_else(|| panic!("no id in {made}"))
}
