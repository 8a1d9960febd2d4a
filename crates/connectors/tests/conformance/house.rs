//! A house: a small worker over one connector. It keeps wishes and a journal, and carries changes out the way the product does.
//!
//! In: verbs (want, settle, round). Out: what is at the vendor, asked through the stage.
//! Why so: scenes must exercise a connector the way it is used: intent first, then the step, then the receipt; look-up after an
//! unknown outcome; compare until nothing is left to do.

use std::collections::BTreeMap;

use access::change::{Change, Comparison, Desired, Note, Observation, Observed};
use access::id::{AccessGroupId, DoorId, GrantId, PersonId};
use access::vendor::{Learned, OpenRefusal, Opened};
use access::{Instant, Window, Windows};
use connectors::{
    Aim, Applied, Connector, KnownDoor, KnownGroup, LookedUp, Memory, Outcome, Question, Repeat, Scope, Step, Trouble,
};

use crate::stage::{Building, Stage, Vendor};

/// 2025-03-10T08:00:00Z, the hour every scene begins.
pub const START_MS: i64 = 1_741_593_600_000;
/// More than this many rounds until nothing is left to do is a loop.
const MOST_ROUNDS: usize = 6;

/// Minutes after the start.
pub fn at(minutes: i64) -> Instant {
    Instant::from_ms(START_MS).plus_minutes(minutes)
}

/// From and until in minutes after the start.
pub fn w(from: i64, until: i64) -> Window {
    Window::new(at(from), at(until)).expect("test windows are not empty")
}

/// From a minute on, without an end.
pub fn since(from: i64) -> Window {
    Window {
        from: at(from),
        until: Instant::MAX,
    }
}

pub struct House {
    pub stage: Stage,
    pub connector: Connector,
    pub learned: Learned,
    pub now: Instant,
    /// Outcomes of all steps so far.
    pub outcomes: Vec<Outcome>,
    people: Vec<String>,
    wishes: BTreeMap<(usize, String), Vec<Window>>,
    journal: Vec<Observed>,
    holders: BTreeMap<usize, String>,
    unknown: Vec<(Change, Instant)>,
    foreign: Vec<Observed>,
    /// What was read in this stretch of work.
    memory: Memory,
    is_one_stretch: bool,
    next: u128,
}

impl House {
    pub async fn open(vendor: Vendor) -> Self {
        let stage = Stage::open(vendor, at(0)).await;
        Self::on(stage)
    }

    pub fn on(stage: Stage) -> Self {
        let connector = stage.connector();
        Self {
            stage,
            connector,
            learned: Learned::default(),
            now: at(0),
            outcomes: vec![],
            people: vec![],
            wishes: BTreeMap::new(),
            journal: vec![],
            holders: BTreeMap::new(),
            unknown: vec![],
            foreign: vec![],
            memory: Memory::default(),
            is_one_stretch: false,
            next: 0,
        }
    }

    pub fn building(&self) -> Building {
        self.stage.building().clone()
    }

    /// From now on everything is one stretch of work: what was read of groups and people serves all that follows.
    pub fn one_stretch(&mut self) {
        self.is_one_stretch = true;
    }

    /// Does the vendor start and end access by the dates we write? Else a round at the edge does.
    pub fn writes_ahead(&self) -> bool {
        self.connector.abilities().native_windows
    }

    /// Do doors open in our own name, so that the vendor knows nothing of the person in front of them?
    pub fn opens_in_our_name(&self) -> bool {
        self.connector.abilities().gateways
    }

    /// Where no door opens from our pages: does the connector say so, and ask for nothing?
    pub async fn only_the_phone_opens(&self) -> bool {
        if self.connector.abilities().remote_open {
            return false;
        }
        self.stage.forget_calls();
        let front = self.building().front;
        let told = self
            .connector
            .open(&front, "mira.lund@example.org", &mut None, self.now)
            .await;
        let why = OpenRefusal::TapOnly;
        assert!(
            matches!(told, Opened::Refused { why: known, .. } if known == why),
            "{told:?}"
        );
        assert_eq!((self.stage.calls(), self.stage.openings(&front)), ((0, 0), 0));
        true
    }

    /// A window that is written now, and how the vendor then shows it.
    pub fn shown(&self, window: Window) -> (Window, Window) {
        match self.writes_ahead() {
            true => (window, window),
            false => (
                Window {
                    from: at(-10),
                    ..window
                },
                Window::ALWAYS,
            ),
        }
    }

    fn hand(&self) -> Connector {
        self.connector.clone().remembering(&self.memory)
    }

    fn begin_stretch(&mut self) {
        if !self.is_one_stretch {
            self.memory = Memory::default();
        }
    }

    /// Moves our clock and the vendor's.
    pub fn go_to(&mut self, minutes: i64) {
        self.now = at(minutes);
        self.stage.set_now(self.now);
    }

    /// What should hold for a person in a group, from now on.
    pub fn want(&mut self, email: &str, group: &str, windows: &[Window]) {
        let person = self.person(email);
        self.wishes.insert((person, group.to_owned()), windows.to_vec());
    }

    /// Wants it and carries it out.
    pub async fn give(&mut self, email: &str, group: &str, windows: &[Window]) {
        self.want(email, group, windows);
        self.settle(email).await.expect("nothing is in the way");
    }

    /// Works for one person from the journal, without reading the vendor, until nothing is left to do.
    pub async fn settle(&mut self, email: &str) -> Result<(), Trouble> {
        self.begin_stretch();
        let person = self.person(email);
        self.clear_unknown(person).await?;
        for _ in 0..MOST_ROUNDS {
            let comparison = self.compare_person(email);
            if comparison.changes.is_empty() {
                return Ok(());
            }
            for change in comparison.changes {
                self.carry_out(change, Repeat::First).await?;
                if self.outcomes.last() == Some(&Outcome::ForeignStands) {
                    return Ok(());
                }
            }
        }
        panic!(
            "there is always something left to do: {:?}",
            self.compare_person(email).changes
        );
    }

    /// Reads everything, compares everything, carries it out; answers the notes.
    pub async fn round(&mut self) -> Result<Vec<Note>, Trouble> {
        self.begin_stretch();
        let building = self.building();
        let mut seen = self.hand().observe(&[building.members, building.room]).await?;
        if seen.complete {
            self.journal
                .retain(|row| seen.rows.iter().any(|other| other.external == row.external));
        }
        for row in &mut seen.rows {
            if let Some(ours) = self.journal.iter_mut().find(|ours| ours.external == row.external) {
                ours.window = row.window;
                (row.ours, row.person) = (ours.ours, ours.person);
            }
        }
        for holder in &mut seen.holders {
            let whose = self
                .people
                .iter()
                .position(|email| email.eq_ignore_ascii_case(&holder.email));
            holder.person = whose.map(person_id);
        }
        self.foreign = seen.rows.iter().filter(|row| row.ours.is_none()).cloned().collect();
        let comparison = self.compare(&seen, Scope::Integration);
        for change in comparison.changes {
            self.carry_out(change, Repeat::First).await?;
        }
        Ok(comparison.notes)
    }

    pub fn compare_person(&mut self, email: &str) -> Comparison {
        let person = self.person(email);
        let rows = self.journal.iter().chain(&self.foreign).cloned().collect();
        let known = Observation {
            rows,
            complete: true,
            ..Observation::default()
        };
        self.compare(&known, Scope::Person(person_id(person)))
    }

    /// Carries out again what has an unknown outcome, looking first.
    pub async fn repeat_unknown(&mut self) -> Result<(), Trouble> {
        self.begin_stretch();
        for (change, sent_at) in std::mem::take(&mut self.unknown) {
            self.carry_out(change, Repeat::AfterUnknown { sent_at }).await?;
        }
        Ok(())
    }

    pub fn has_unknown(&self) -> bool {
        !self.unknown.is_empty()
    }

    pub fn may_open(&self, email: &str, door: &str, minutes: i64) -> bool {
        self.stage.may_open(email, door, at(minutes))
    }

    /// The vendor must let this person in from the one minute to the other, and neither before nor after.
    #[track_caller]
    pub fn lets_in_exactly(&self, email: &str, door: &str, from: i64, until: i64) {
        for (minute, expected) in [(from - 1, false), (from, true), (until - 1, true), (until, false)] {
            assert_eq!(
                self.may_open(email, door, minute),
                expected,
                "{email} at minute {minute}"
            );
        }
    }

    pub fn knows(&self, email: &str) -> bool {
        self.people.iter().any(|known| known == email)
    }

    /// Calls of one settling; the journal knows the person or not.
    pub async fn calls_of_settling(&mut self, email: &str) -> (usize, usize) {
        self.stage.forget_calls();
        self.settle(email).await.expect("nothing is in the way");
        self.stage.calls()
    }

    pub fn journal_of(&mut self, email: &str) -> Vec<Observed> {
        let person = person_id(self.person(email));
        self.journal
            .iter()
            .filter(|row| row.person == Some(person))
            .cloned()
            .collect()
    }

    fn person(&mut self, email: &str) -> usize {
        self.people.iter().position(|known| known == email).unwrap_or_else(|| {
            self.people.push(email.to_owned());
            self.people.len() - 1
        })
    }

    fn compare(&mut self, seen: &Observation, scope: Scope) -> Comparison {
        let building = self.building();
        let groups = [&building.members, &building.room];
        let groups: Vec<KnownGroup> = groups
            .map(|group| KnownGroup {
                id: group_id(group),
                external: group.clone(),
                mapped: true,
            })
            .into();
        let doors = [&building.front, &building.room_door];
        let doors: Vec<KnownDoor> = doors
            .map(|door| KnownDoor {
                id: door_id(door),
                external: door.clone(),
            })
            .into();
        let desired: Vec<Desired> = self
            .wishes
            .iter()
            .map(|((person, group), windows)| Desired {
                person: person_id(*person),
                email: self.people[*person].clone(),
                name: "Mira Lund".to_owned(),
                group: group_id(group),
                external_group: group.clone(),
                windows: Windows::union(windows.iter().copied()).as_slice().to_vec(),
            })
            .collect();
        let (learned, now) = (self.learned, self.now);
        let question = Question {
            desired: &desired,
            observed: seen,
            groups: &groups,
            doors: &doors,
            learned,
            now,
            scope,
            aim: Aim::Keep,
        };
        let next = &mut self.next;
        self.connector.compare(&question, &mut || {
            *next += 1;
            GrantId::new(now, *next)
        })
    }

    async fn carry_out(&mut self, change: Change, repeat: Repeat) -> Result<(), Trouble> {
        let (whose, known) = self.whose(&change);
        let step = Step {
            holder: self.holders.get(&whose).map(|id| &**id),
            learned: self.learned,
            known: &known,
            repeat,
        };
        match self.hand().apply(&change, &step).await {
            Ok(applied) => {
                self.keep(whose, &change, applied);
                Ok(())
            }
            Err(trouble) => {
                if trouble.unknown {
                    let sent_at = match repeat {
                        Repeat::First => self.now,
                        Repeat::AfterUnknown { sent_at } => sent_at,
                    };
                    self.unknown.push((change, sent_at));
                }
                Err(trouble)
            }
        }
    }

    /// Before a person is compared anew, what is unknown about them is looked up.
    async fn clear_unknown(&mut self, person: usize) -> Result<(), Trouble> {
        let of_person = |(change, _): &(Change, Instant)| change.person() == person_id(person);
        let (mine, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.unknown).into_iter().partition(of_person);
        self.unknown = rest;
        for (change, sent_at) in mine {
            let (whose, known) = self.whose(&change);
            let repeat = Repeat::AfterUnknown { sent_at };
            let step = Step {
                holder: self.holders.get(&whose).map(|id| &**id),
                learned: self.learned,
                known: &known,
                repeat,
            };
            match self.hand().look_up(&change, &step).await? {
                LookedUp::Done(applied) => self.keep(whose, &change, applied),
                LookedUp::NotDone => {}
                LookedUp::RowGone => self.journal.retain(|row| row.ours != Some(change.grant())),
            }
        }
        Ok(())
    }

    fn whose(&self, change: &Change) -> (usize, Vec<String>) {
        let person = change.person();
        let whose = (0..self.people.len())
            .find(|n| person_id(*n) == person)
            .expect("changes are about our people");
        let rows = self.journal.iter().filter(|row| row.person == Some(person));
        (whose, rows.map(|row| row.external.clone()).collect())
    }

    fn keep(&mut self, whose: usize, change: &Change, applied: Applied) {
        self.learned = applied.learned;
        self.outcomes.push(applied.outcome);
        if let Some(holder) = &applied.receipt.holder {
            self.holders.insert(whose, holder.external.clone());
        }
        let grant = change.grant();
        let before = self
            .journal
            .iter()
            .position(|row| row.ours == Some(grant))
            .map(|n| self.journal.remove(n));
        let (Some(external), Some(window)) = (applied.receipt.external, applied.receipt.window) else {
            return;
        };
        let external_group = match change {
            Change::Give { external_group, .. } | Change::Move { external_group, .. } => external_group.clone(),
            Change::Take { .. } => before.map(|row| row.external_group).unwrap_or_default(),
        };
        self.journal.push(Observed {
            external,
            external_holder: self.holders.get(&whose).cloned().unwrap_or_default(),
            person: Some(person_id(whose)),
            email: self.people[whose].clone(),
            external_group,
            window,
            ours: Some(grant),
        });
    }
}

pub fn person_id(n: usize) -> PersonId {
    PersonId::new(at(0), n as u128)
}

pub fn group_id(external: &str) -> AccessGroupId {
    AccessGroupId::new(at(0), chance(external))
}

pub fn door_id(external: &str) -> DoorId {
    DoorId::new(at(0), chance(external))
}

/// Any steady number for a text.
fn chance(text: &str) -> u128 {
    text.bytes()
        .fold(7, |sum: u128, byte| sum.wrapping_mul(31).wrapping_add(u128::from(byte)))
}
