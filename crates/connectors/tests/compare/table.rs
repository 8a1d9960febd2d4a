//! A little account as a table: wishes and rows for two or three people in one group, and what a faithful vendor would make of changes.
//!
//! In: windows in hours around a fixed now. Out: the comparison's answer, and the table after its changes.

use access::change::{Change, Comparison, Desired, Observation, Observed};
use access::id::{AccessGroupId, GrantId, PersonId};
use access::vendor::Learned;
use access::{Instant, Window, Windows};
use connectors::kisi::compare;
use connectors::{Aim, KnownGroup, Question, Scope};

pub const HOUR: i64 = 3_600_000;
pub const DAY: i64 = 24 * HOUR;
/// 2025-03-10T00:00:00Z.
pub const NOW: i64 = 1_741_564_800_000;

pub fn at(hours: i64) -> Instant {
    Instant::from_ms(NOW + hours * HOUR)
}

pub fn w(from: i64, until: i64) -> Window {
    Window::new(at(from), at(until)).expect("test windows are not empty")
}

pub fn running(until: i64) -> Window {
    Window {
        from: Instant::MIN,
        until: at(until),
    }
}

pub fn person(n: u128) -> PersonId {
    PersonId::new(Instant::from_ms(NOW), n)
}

pub fn grant(n: u128) -> GrantId {
    GrantId::new(Instant::from_ms(NOW), n)
}

pub fn group(n: u128) -> AccessGroupId {
    AccessGroupId::new(Instant::from_ms(NOW), n)
}

/// Rows and wishes of a little account; row ids are their grants' numbers.
#[derive(Clone, Debug)]
pub struct Table {
    pub desired: Vec<Desired>,
    pub seen: Observation,
    pub learned: Learned,
    pub scope: Scope,
    pub aim: Aim,
    pub now: Instant,
}

impl Table {
    pub fn new() -> Self {
        let seen = Observation {
            complete: true,
            ..Observation::default()
        };
        Self {
            desired: vec![],
            seen,
            learned: Learned::default(),
            scope: Scope::Person(person(1)),
            aim: Aim::Keep,
            now: at(0),
        }
    }

    pub fn wants(mut self, who: u128, windows: &[Window]) -> Self {
        self.desired.push(Desired {
            person: person(who),
            email: format!("p{who}@example.org"),
            name: format!("P {who}"),
            group: group(1),
            external_group: "g1".to_owned(),
            windows: Windows::union(windows.iter().copied()).as_slice().to_vec(),
        });
        self
    }

    pub fn has(mut self, n: u128, who: u128, window: Window, ours: bool) -> Self {
        self.seen.rows.push(Observed {
            external: n.to_string(),
            external_holder: format!("h{who}"),
            person: Some(person(who)),
            email: format!("p{who}@example.org"),
            external_group: "g1".to_owned(),
            window,
            ours: ours.then(|| grant(n)),
        });
        self
    }

    pub fn ask(&self) -> Comparison {
        let groups = [KnownGroup {
            id: group(1),
            external: "g1".to_owned(),
            mapped: true,
        }];
        let question = Question {
            desired: &self.desired,
            observed: &self.seen,
            groups: &groups,
            doors: &[],
            learned: self.learned,
            now: self.now,
            scope: self.scope,
            aim: self.aim,
        };
        let mut next = 1_000;
        compare(&question, &mut || {
            next += 1;
            grant(next)
        })
    }

    /// What a faithful vendor would hold afterwards.
    pub fn after(&self, changes: &[Change]) -> Self {
        let mut table = self.clone();
        for (n, change) in changes.iter().enumerate() {
            match change {
                Change::Give {
                    grant,
                    person,
                    email,
                    external_group,
                    window,
                    ..
                } => table.seen.rows.push(Observed {
                    external: format!("new {n} at {}", self.now.ms()),
                    external_holder: "h".to_owned(),
                    person: Some(*person),
                    email: email.clone(),
                    external_group: external_group.clone(),
                    window: *window,
                    ours: Some(*grant),
                }),
                Change::Move { external, to, from, .. } => {
                    let row = table
                        .seen
                        .rows
                        .iter_mut()
                        .find(|row| row.external == *external)
                        .expect("only rows that are there are moved");
                    assert_eq!(row.window, *from);
                    row.window = *to;
                }
                Change::Take { external, .. } => table.seen.rows.retain(|row| row.external != *external),
            }
        }
        table
    }

    /// When the person gets in by rows of ours, from now on.
    pub fn opens(&self, who: u128) -> Windows {
        let ours = self
            .seen
            .rows
            .iter()
            .filter(|row| row.ours.is_some() && row.person == Some(person(who)));
        Windows::union(ours.map(|row| row.window)).clip(Window {
            from: self.now,
            until: Instant::MAX,
        })
    }
}

pub fn words(changes: &[Change]) -> Vec<String> {
    let word = |change: &Change| match change {
        Change::Give { window, .. } => format!("give {}–{}", short(window.from), short(window.until)),
        Change::Move { external, to, .. } => format!("move {external} {}–{}", short(to.from), short(to.until)),
        Change::Take { external, .. } => format!("take {external}"),
    };
    changes.iter().map(word).collect()
}

pub fn short(at: Instant) -> String {
    match at {
        Instant::MIN => "…".to_owned(),
        Instant::MAX => "∞".to_owned(),
        at => ((at.ms() - NOW) / HOUR).to_string(),
    }
}

#[track_caller]
pub fn says(table: &Table, expected: &[&str]) {
    let answer = table.ask();
    assert_eq!(words(&answer.changes), expected);
    if table.seen.complete {
        assert!(
            table.after(&answer.changes).ask().changes.is_empty(),
            "asked again, it wants nothing"
        );
    }
}
