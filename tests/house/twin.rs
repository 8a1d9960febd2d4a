//! The vendor of a house: its simulator, furnished with the same building whatever the vendor.
//!
//! In: domain words (door, e-mail, group). Out: what the simulator's *locks* do. The building: Front door, Room Lagoon, Room Beacon, Garage,
//! Workshop; the groups "Members", "Room Lagoon", "Room Beacon", "Garage", "Workshop" open what their names say, rooms with the front door.
//! Tapkey stands twice: by grants on single doors, whose dates its locks know, and by user groups, which have none.

use std::sync::atomic::{AtomicBool, Ordering};

use connectors::{kisi, salto, tapkey};
use simulators::clock::SimClock;
use simulators::fault::FaultDial;
use simulators::kisi::KisiSim;
use simulators::kisi::switches::RateLimits;
use simulators::salto::{By, Client, Host, Hours, SaltoSim};
use simulators::tapkey::{GrantState, SimGrant, TapkeySim};

use tokio::sync::watch;

use super::{DOMAIN, OWNER, PASSWORD, anywhere};

/// Which vendor a house is at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Vendor {
    /// Kisi.
    Kisi,
    /// Salto KS.
    Salto,
    /// Tapkey, by grants on doors.
    Tapkey,
    /// Tapkey, by user groups.
    TapkeyGroups,
}

impl Vendor {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Kisi, Self::Salto, Self::Tapkey, Self::TapkeyGroups];
}

/// A running simulator and the ids of the building there.
pub enum Twin {
    /// Kisi's.
    Kisi {
        /// The server.
        sim: KisiSim,
        /// The place.
        place: i64,
    },
    /// Salto KS's.
    Salto {
        /// The server.
        sim: SaltoSim,
        /// The site.
        site: String,
        /// Has the owner another password by now?
        renewed: AtomicBool,
    },
    /// Tapkey's.
    Tapkey {
        /// The server.
        sim: TapkeySim,
        /// The locking system.
        owner: String,
        /// Are people put in user groups?
        by_groups: bool,
        /// Has the client another secret by now?
        renewed: AtomicBool,
    },
}

/// Client of the simulated identity servers that needs no browser.
const CLIENT: (&str, &str) = ("vestibule", "an open secret");
/// What password and secret are changed to.
const RENEWED: &str = "a better kept secret";
/// Where members come back to from their own consent (P-32).
pub const KEY_BACK: &str = "https://doors.example.org/portal/key/linked";
/// Doors of the building.
const DOORS: [&str; 5] = ["Front door", "Room Lagoon", "Room Beacon", "Garage", "Workshop"];
/// Groups of the building, and what they open.
pub const GROUPS: [(&str, &[&str]); 5] = [
    ("Members", &["Front door"]),
    ("Room Lagoon", &["Front door", "Room Lagoon"]),
    ("Room Beacon", &["Front door", "Room Beacon"]),
    ("Garage", &["Garage"]),
    ("Workshop", &["Workshop"]),
];

impl Twin {
    /// Starts and furnishes one.
    pub async fn open(vendor: Vendor, clock: SimClock, zone: &str, paced: bool) -> Self {
        match vendor {
            Vendor::Kisi => Self::kisi(clock, zone, paced).await,
            Vendor::Salto => Self::salto(clock, zone).await,
            Vendor::Tapkey => Self::tapkey(clock, false).await,
            Vendor::TapkeyGroups => Self::tapkey(clock, true).await,
        }
    }

    async fn kisi(clock: SimClock, zone: &str, paced: bool) -> Self {
        let sim = KisiSim::start(clock, anywhere()).await.expect("a free port");
        let limits = if paced { RateLimits::RealTime } else { RateLimits::Off };
        sim.set_switches(|switches| switches.rate_limits = limits);
        sim.seed_org(DOMAIN, OWNER, PASSWORD);
        let place = sim.add_place("Pier 3", zone);
        let locks = DOORS.map(|name| (name, sim.add_lock(place, name)));
        for (group, opens) in GROUPS {
            let of = ids(&locks, opens);
            sim.add_group(Some(place), group, &of);
        }
        Self::Kisi { sim, place }
    }

    async fn salto(clock: SimClock, zone: &str) -> Self {
        let sim = SaltoSim::start(clock, [anywhere(); 3]).await.expect("free ports");
        let site = sim.add_site("Pier 3", "DE0042113377", zone, 400, (OWNER, PASSWORD));
        sim.add_client(Client {
            id: CLIENT.0.to_owned(),
            secret: Some(CLIENT.1.to_owned()),
            redirect_uris: vec![KEY_BACK.to_owned()],
            grants: ["password", "authorization_code", "refresh_token"]
                .map(str::to_owned)
                .into(),
            scopes: ["openid", "profile", "user_api.full_access", "offline_access"]
                .map(str::to_owned)
                .into(),
        });
        let iq = sim.add_iq(&site, "Hall IQ");
        let locks = DOORS.map(|name| (name, sim.add_lock(&iq, name)));
        for (group, opens) in GROUPS {
            sim.add_group(&site, group, &ids(&locks, opens), &[Hours::always()]);
        }
        Self::Salto {
            sim,
            site,
            renewed: AtomicBool::new(false),
        }
    }

    async fn tapkey(clock: SimClock, by_groups: bool) -> Self {
        let sim = TapkeySim::start(clock, anywhere()).await.expect("a free port");
        // The seeded house of the simulator is not ours.
        sim.reset();
        sim.set_switches(|switches| switches.smartphone_quota = 0);
        let owner = sim.add_owner("Pier 3", OWNER);
        let service = sim.add_service_client(CLIENT.0, CLIENT.1);
        sim.add_admin(&owner, &service, simulators::tapkey::Role::Admin);
        let locks = DOORS.map(|name| (name, sim.add_lock(&owner, name)));
        if by_groups {
            for (group, opens) in GROUPS {
                let of = ids(&locks, opens);
                let of: Vec<&str> = of.iter().map(String::as_str).collect();
                sim.add_user_group(&owner, group, &of);
            }
        }
        Self::Tapkey {
            sim,
            owner,
            by_groups,
            renewed: AtomicBool::new(false),
        }
    }

    /// How our server reaches it.
    pub fn settings(&self, calls_per_s: usize) -> connectors::Settings {
        let mut settings = connectors::Settings::default();
        match self {
            Self::Kisi { sim, .. } => {
                settings.kisi = kisi::Settings {
                    base_url: sim.url(),
                    calls_per_s,
                    ..kisi::Settings::default()
                };
            }
            Self::Salto { sim, .. } => {
                settings.salto = salto::Settings {
                    identity_url: sim.url(Host::Identity),
                    api_url: sim.url(Host::Api),
                    stream_url: sim.url(Host::Stream),
                    calls_per_s,
                };
            }
            Self::Tapkey { sim, by_groups, .. } => {
                settings.tapkey = tapkey::Settings {
                    issuer_url: sim.url(),
                    api_base_url: format!("{}/api/v1/", sim.url()),
                    calls_per_s,
                    user_groups: if *by_groups {
                        tapkey::UserGroups::On
                    } else {
                        tapkey::UserGroups::Off
                    },
                    ..tapkey::Settings::default()
                };
            }
        }
        settings
    }

    /// The word its connector goes by.
    pub const fn vendor(&self) -> &'static str {
        match self {
            Self::Kisi { .. } => "kisi",
            Self::Salto { .. } => "salto",
            Self::Tapkey { .. } => "tapkey",
        }
    }

    /// What the connect form asks for, as it is right now.
    pub fn account(&self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Kisi { .. } => vec![("domain", DOMAIN), ("email", OWNER), ("password", PASSWORD)],
            Self::Salto { renewed, .. } => vec![
                ("client_id", CLIENT.0),
                ("client_secret", CLIENT.1),
                ("email", OWNER),
                ("password", current(renewed, PASSWORD)),
            ],
            Self::Tapkey { renewed, .. } => vec![
                ("client_id", CLIENT.0),
                ("client_secret", current(renewed, CLIENT.1)),
                ("service_account", "yes"),
            ],
        }
    }

    /// Somebody ends the login we hold: deletes our key, or changes the password or secret behind it. Nobody tells us.
    pub fn ends_our_login(&self) {
        match self {
            Self::Kisi { sim, .. } => {
                for login in sim.logins() {
                    assert!(sim.delete_login(login.id), "it was just listed");
                }
            }
            Self::Salto { sim, renewed, .. } => {
                // Whoever gets another site there chooses a password on the way, and is the same person at both.
                sim.add_site("Pier 4", "DE0042113378", "Europe/Berlin", 1, (OWNER, RENEWED));
                assert!(sim.revoke_tokens(OWNER), "the owner is known");
                renewed.store(true, Ordering::Relaxed);
            }
            Self::Tapkey { sim, renewed, .. } => {
                // Registered anew, it is the same client with another secret.
                sim.add_service_client(CLIENT.0, RENEWED);
                sim.revoke_tokens();
                renewed.store(true, Ordering::Relaxed);
            }
        }
    }

    /// The vendor's site.
    pub fn site(&self) -> String {
        match self {
            Self::Kisi { place, .. } => place.to_string(),
            Self::Salto { site, .. } => site.clone(),
            Self::Tapkey { owner, .. } => owner.clone(),
        }
    }

    /// The vendor's groups that stand for one of the building's: where doors are granted one by one, its doors.
    pub fn groups_of<'g>(&self, group: &'g str) -> Vec<&'g str> {
        match self {
            Self::Tapkey { by_groups: false, .. } => GROUPS
                .iter()
                .find(|(name, _)| *name == group)
                .map_or_else(|| vec![group], |(_, doors)| doors.to_vec()),
            _ => vec![group],
        }
    }

    /// Would the lock let this person through at this instant? A phone there is online.
    pub fn may_open_at(&self, email: &str, door: &str, at_ms: i64) -> bool {
        let lock = self.lock(door);
        match self {
            Self::Kisi { sim, .. } => {
                let lock = lock.parse().expect("its ids are numbers");
                sim.may_open_at(email, lock, at_ms).is_ok()
            }
            Self::Salto { sim, .. } => sim.may_open_at(email, &lock, By::AnyKey, at_ms).is_ok(),
            Self::Tapkey { sim, .. } => sim.opens_at(email, &lock, true, at_ms).is_ok(),
        }
    }

    /// Does the vendor list this person for what opens a door: as a member, or with a live grant?
    pub fn holds(&self, email: &str, group: &str) -> bool {
        let has = |members: Vec<String>| members.iter().any(|member| member == email);
        match self {
            Self::Kisi { sim, .. } => sim
                .assignments()
                .iter()
                .any(|row| row.email == email && row.group.is_some()),
            Self::Salto { sim, .. } => {
                let found = sim.groups().into_iter().find(|one| one.name == group);
                found.is_some_and(|group| has(sim.members(&group.id)))
            }
            Self::Tapkey {
                sim, by_groups: true, ..
            } => {
                let found = self.tapkey_group(sim, group);
                found.is_some_and(|group| has(sim.members(&group)))
            }
            Self::Tapkey { sim, .. } => {
                let now = sim.clock().now_ms();
                let theirs = |row: &SimGrant| row.email.as_deref() == Some(email) && row.over_api;
                let lives =
                    |row: &SimGrant| row.state == GrantState::Ok && row.before_ms.is_none_or(|before| before > now);
                sim.grants().iter().any(|row| theirs(row) && lives(row))
            }
        }
    }

    /// The same for anything that opens a door.
    pub fn lists_at(&self, email: &str, door: &str) -> bool {
        let mut opening = GROUPS.iter().filter(|(_, doors)| doors.contains(&door));
        opening.any(|(group, _)| self.holds(email, group))
    }

    /// Do its locks know the dates of what is given? Else people are put in and taken out at the edges.
    pub const fn knows_dates(&self) -> bool {
        matches!(self, Self::Kisi { .. } | Self::Tapkey { by_groups: false, .. })
    }

    /// Seconds before its window in which somebody may get in already, and after it in which they may still, when all is well.
    pub const fn slack_s(&self) -> (i64, i64) {
        match self {
            Self::Kisi { .. } | Self::Tapkey { by_groups: false, .. } => (0, 0),
            // The lead time of its row, for somebody new; how long the simulator's doors take to learn.
            Self::Salto { .. } => (120, 5),
            Self::Tapkey { by_groups: true, .. } => (60, 0),
        }
    }

    fn tapkey_group(&self, sim: &TapkeySim, name: &str) -> Option<String> {
        let state = sim.state();
        let groups = state["user_groups"].as_array().cloned().unwrap_or_default();
        let found = groups.into_iter().find(|one| one["title"] == name)?;
        found["id"].as_str().map(str::to_owned)
    }

    /// The vendor's id of a door.
    pub fn lock(&self, door: &str) -> String {
        let found = match self {
            Self::Kisi { sim, .. } => {
                let mut locks = sim.locks().into_iter();
                locks.find(|lock| lock.name == door).map(|lock| lock.id.to_string())
            }
            Self::Salto { sim, .. } => {
                let mut locks = sim.locks().into_iter();
                locks.find(|lock| lock.name == door).map(|lock| lock.id)
            }
            Self::Tapkey { sim, .. } => {
                let mut locks = sim.locks().into_iter();
                locks.find(|lock| lock.title == door).map(|lock| lock.id)
            }
        };
        found.unwrap_or_else(|| panic!("the vendor has no lock “{door}”"))
    }

    /// What can go wrong there.
    pub fn faults(&self) -> FaultDial {
        match self {
            Self::Kisi { sim, .. } => sim.faults(),
            Self::Salto { sim, .. } => sim.faults(),
            Self::Tapkey { sim, .. } => sim.faults(),
        }
    }

    /// The route by which somebody gets something, for the fault dial.
    pub const fn giving_route(&self) -> &'static str {
        match self {
            Self::Kisi { .. } => "POST /role_assignments",
            Self::Salto { .. } => "POST /v1.2/sites/*/access_groups/*/users",
            Self::Tapkey { by_groups: false, .. } => "PUT /api/v1/owners/*/grants",
            Self::Tapkey { by_groups: true, .. } => "PUT /api/v1/owners/*/usergroups/*/members",
        }
    }

    /// Somebody at the vendor deletes what opens a room: the group, or the door itself where there are none.
    pub fn deletes(&self, group: &str) {
        match self {
            Self::Kisi { sim, .. } => {
                let found = sim.groups().into_iter().rfind(|one| one.name == group);
                sim.delete_group(found.expect("the group is known").id);
            }
            Self::Salto { sim, .. } => {
                let found = sim.groups().into_iter().find(|one| one.name == group);
                assert!(sim.delete_group(&found.expect("the group is known").id));
            }
            Self::Tapkey { sim, by_groups, .. } => {
                assert!(by_groups, "doors are not deleted, they are bound anew");
                let found = self.tapkey_group(sim, group);
                sim.delete_user_group(&found.expect("the group is known"));
            }
        }
    }

    /// Calls of the API since they were last forgotten; without the reading that each beginning of live events makes in its own time.
    pub fn calls(&self) -> usize {
        match self {
            Self::Kisi { sim, .. } => sim.calls().len(),
            Self::Salto { sim, .. } => {
                let calls = sim.calls();
                let those = calls.iter().filter(|call| call.host == Host::Api);
                those.filter(|call| !call.path.ends_with("/entries")).count()
            }
            Self::Tapkey { sim, .. } => sim.calls().iter().filter(|call| call.path.starts_with("/api/")).count(),
        }
    }

    /// Changes with every call that changes something there.
    pub fn writes(&self) -> watch::Receiver<u64> {
        match self {
            Self::Kisi { sim, .. } => sim.writes(),
            Self::Salto { sim, .. } => sim.writes(),
            Self::Tapkey { sim, .. } => sim.writes(),
        }
    }

    /// Forgets the calls so far.
    pub fn clear_calls(&self) {
        match self {
            Self::Kisi { sim, .. } => sim.clear_calls(),
            Self::Salto { sim, .. } => sim.clear_calls(),
            Self::Tapkey { sim, .. } => sim.clear_calls(),
        }
    }
}

/// The password or secret as it is now.
fn current(renewed: &AtomicBool, first: &'static str) -> &'static str {
    if renewed.load(Ordering::Relaxed) {
        RENEWED
    } else {
        first
    }
}

/// The ids behind names.
fn ids<T: Clone>(known: &[(&str, T)], names: &[&str]) -> Vec<T> {
    let of = |name: &&str| known.iter().find(|(one, _)| one == name).map(|(_, id)| id.clone());
    names.iter().filter_map(of).collect()
}
