//! A stage: one vendor's simulator with a small building, and verbs to look at it and to disturb it.
//!
//! In: domain words. Out: answers from the simulator. A vendor added to the product gets a variant here, and every scene.
//! The building: site Pier 3 with a front door (group “members”) and a room (group “room”), site Pier 4 with a gate (group “elsewhere”).

use access::vendor::{ConnectForm, Secret};
use access::{Instant, Window};
use connectors::{Connector, Connectors};
use simulators::fault::{RetryAfter, Trouble};

use crate::kisi_stage::KisiStage;
use crate::salto_stage::SaltoStage;
use crate::tapkey_stage::TapkeyStage;

/// Vendors with a connector.
#[derive(Clone, Copy, Debug)]
pub enum Vendor {
    /// Kisi.
    Kisi,
    /// Salto KS.
    Salto,
    /// Tapkey.
    Tapkey,
}

impl Vendor {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Kisi, Self::Salto, Self::Tapkey];
}

/// A running simulator.
pub enum Stage {
    /// Kisi's.
    Kisi(KisiStage),
    /// Salto KS's.
    Salto(SaltoStage),
    /// Tapkey's.
    Tapkey(TapkeyStage),
}

/// Steps at a vendor that can be disturbed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum At {
    /// Making a person's record.
    MakePerson,
    /// Putting somebody in a group.
    Give,
    /// Changing a window.
    Move,
    /// Taking a row away.
    Take,
    /// Looking at one row.
    LookAtRow,
    /// Reading rows of a group.
    ReadRows,
    /// Opening a door.
    Open,
    /// Any call at all.
    Anything,
}

/// How a step is disturbed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// The connection breaks before the step takes effect.
    LostBefore,
    /// The step takes effect, the answer never comes.
    LostAfter,
    /// The step takes effect, the answer breaks off in the middle.
    HalfAnswer,
    /// The step takes effect, the answer comes twenty seconds later.
    Late,
    /// The vendor says it is broken (503), without effect.
    Broken,
    /// A gateway gives up (502), without effect.
    Gateway,
    /// A page for people with this status comes instead of an answer.
    Page(u16),
    /// Too many calls; wait so many seconds.
    TooMany(u64),
}

impl How {
    /// As the simulators' dial says it.
    pub fn trouble(self) -> Trouble {
        match self {
            Self::LostBefore => Trouble::ResetBefore,
            Self::LostAfter => Trouble::ResetAfter,
            Self::HalfAnswer => Trouble::TruncatedJson,
            Self::Late => Trouble::HangAfter { ms: 20_000 },
            Self::Broken => Trouble::Status { status: 503 },
            Self::Gateway => Trouble::Status { status: 502 },
            Self::Page(status) => Trouble::HtmlPage { status },
            Self::TooMany(seconds) => Trouble::TooMany {
                retry_after: Some(RetryAfter::Seconds(seconds)),
            },
        }
    }
}

/// A row as the simulator holds it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    pub external: String,
    pub email: String,
    pub group: String,
    pub window: Window,
}

/// Externals of the building.
#[derive(Clone, Debug, Default)]
pub struct Building {
    pub site: String,
    pub front: String,
    pub room_door: String,
    pub gate: String,
    pub members: String,
    pub room: String,
    pub elsewhere: String,
}

macro_rules! ask {
    ($self:ident, $stage:ident => $answer:expr) => {
        match $self {
            Self::Kisi($stage) => $answer,
            Self::Salto($stage) => $answer,
            Self::Tapkey($stage) => $answer,
        }
    };
}

impl Stage {
    pub async fn open(vendor: Vendor, now: Instant) -> Self {
        match vendor {
            Vendor::Kisi => Self::Kisi(KisiStage::open(now).await),
            Vendor::Salto => Self::Salto(SaltoStage::open(now).await),
            Vendor::Tapkey => Self::Tapkey(TapkeyStage::open(now).await),
        }
    }

    /// Kisi's, for scenes about Kisi alone.
    pub fn kisi(&self) -> &KisiStage {
        match self {
            Self::Kisi(stage) => stage,
            Self::Salto(_) | Self::Tapkey(_) => panic!("this scene is about Kisi"),
        }
    }

    /// What an operator types to connect.
    pub fn form(&self) -> ConnectForm {
        match self {
            Self::Kisi(_) => crate::kisi_stage::owner_form(),
            Self::Salto(_) => crate::salto_stage::owner_form(),
            Self::Tapkey(_) => crate::tapkey_stage::client_form(),
        }
    }

    /// Passwords and keys that must not be in what is said.
    pub fn secrets(&self) -> [&str; 2] {
        match self {
            Self::Kisi(stage) => [crate::kisi_stage::PASSWORD, stage.login.secret.reveal()],
            Self::Salto(_) => [crate::salto_stage::PASSWORD, "s3cret"],
            Self::Tapkey(stage) => [crate::tapkey_stage::SECRET, stage.login.secret.reveal()],
        }
    }

    pub fn connectors(&self) -> &Connectors {
        ask!(self, stage => &stage.connectors)
    }

    /// A connector for the site Pier 3.
    pub fn connector(&self) -> Connector {
        ask!(self, stage => stage.connector())
    }

    /// A connector with a key that is not the vendor's.
    pub fn connector_with_dead_key(&self) -> Connector {
        match self {
            Self::Kisi(stage) => stage.connector_with(Secret::new("dead")),
            Self::Salto(stage) => stage.connector_with_dead_key(),
            Self::Tapkey(stage) => stage.connector_with_dead_key(),
        }
    }

    pub fn building(&self) -> &Building {
        ask!(self, stage => &stage.building)
    }

    pub fn set_now(&self, now: Instant) {
        ask!(self, stage => stage.sim.clock().set_ms(now.ms()));
    }

    /// The last question: would this door open for this person?
    pub fn may_open(&self, email: &str, door: &str, at: Instant) -> bool {
        ask!(self, stage => stage.may_open(email, door, at))
    }

    /// Every row of a person, oldest first.
    pub fn rows_of(&self, email: &str) -> Vec<Row> {
        ask!(self, stage => stage.rows_of(email))
    }

    /// Calls since they were last forgotten, and how many of them asked for a change.
    pub fn calls(&self) -> (usize, usize) {
        ask!(self, stage => stage.calls())
    }

    pub fn forget_calls(&self) {
        ask!(self, stage => stage.sim.clear_calls());
    }

    pub fn disturb(&self, at: At, how: How, times: u32) {
        ask!(self, stage => stage.disturb(at, how, times));
    }

    /// Somebody at the vendor adds a person by hand, in whatever spelling of the e-mail.
    pub fn add_person(&self, email: &str) {
        ask!(self, stage => stage.add_person(email, true));
    }

    pub fn add_unconfirmed_person(&self, email: &str) {
        ask!(self, stage => stage.add_person(email, false));
    }

    pub fn delete_person(&self, email: &str) {
        ask!(self, stage => stage.delete_person(email));
    }

    pub fn switch_person_off(&self, email: &str) {
        match self {
            Self::Kisi(stage) => stage.switch_person_off(email),
            Self::Salto(stage) => stage.switch_person_off(email),
            Self::Tapkey(_) => panic!("nobody can be switched off there"),
        }
    }

    /// Can people wait for a confirmation there, or be switched off?
    pub fn knows_states_of_people(&self) -> bool {
        !matches!(self, Self::Tapkey(_))
    }

    /// Does the vendor tell who was refused at a door?
    pub fn logs_refusals(&self) -> bool {
        !matches!(self, Self::Tapkey(_))
    }

    /// Does the vendor tell in which zone a site lies?
    pub fn tells_zones(&self) -> bool {
        !matches!(self, Self::Tapkey(_))
    }

    /// What the room's group opens: the front door, too, unless a group is always one lock.
    pub fn room_locks(&self) -> Vec<String> {
        let building = self.building();
        match self {
            Self::Kisi(_) | Self::Salto(_) => vec![building.front.clone(), building.room_door.clone()],
            Self::Tapkey(_) => vec![building.room_door.clone()],
        }
    }

    /// How many records carry this e-mail, whatever its case.
    pub fn people_called(&self, email: &str) -> usize {
        ask!(self, stage => stage.people_called(email))
    }

    /// Somebody at the vendor puts a person into a group by hand.
    pub fn put_by_hand(&self, email: &str, group: &str, window: Window) -> String {
        match self {
            Self::Kisi(stage) => stage.put_by_hand(email, group, window),
            // Memberships there have no dates.
            Self::Salto(stage) => stage.put_by_hand(email, group),
            Self::Tapkey(stage) => stage.put_by_hand(email, group, window),
        }
    }

    pub fn delete_row(&self, external: &str) {
        ask!(self, stage => stage.delete_row(external));
    }

    pub fn delete_group(&self, external: &str) {
        match self {
            Self::Kisi(stage) => stage.delete_group(external),
            Self::Salto(stage) => assert!(stage.sim.delete_group(external)),
            Self::Tapkey(stage) => stage.delete_group(external),
        }
    }

    /// How often this door was released.
    pub fn openings(&self, door: &str) -> usize {
        ask!(self, stage => stage.openings(door))
    }

    /// Device logins a person has; none where doors open in our own name.
    pub fn device_logins(&self, email: &str) -> usize {
        match self {
            Self::Kisi(stage) => stage.device_logins(email),
            Self::Salto(_) | Self::Tapkey(_) => 0,
        }
    }

    /// Somebody at the vendor ends all sessions of a person.
    pub fn end_sessions(&self, email: &str) {
        match self {
            Self::Kisi(stage) => stage.end_sessions(email),
            Self::Salto(stage) => assert!(stage.sim.revoke_tokens(email)),
            Self::Tapkey(stage) => stage.sim.revoke_tokens(),
        }
    }
}
