//! The comparison for a vendor with dates, as cases and as properties over random rows and wishes.
//!
//! Properties: its own changes lead where it wants to go; asked again it wants nothing; the steps are as few as can be; what is not
//! ours never changes; an incomplete reading takes nothing away.

use std::collections::BTreeSet;

use access::change::{Change, Comparison, Desired, Note, Observation, Observed, ObservedGroup, ObservedHolder};
use access::id::{AccessGroupId, GrantId, PersonId};
use access::vendor::Learned;
use access::{Instant, Window, Windows};
use connectors::kisi::compare;
use connectors::{KnownGroup, Question, Scope};
use proptest::prelude::*;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// 2025-03-10T00:00:00Z.
const NOW: i64 = 1_741_564_800_000;

fn at(hours: i64) -> Instant {
    Instant::from_ms(NOW + hours * HOUR)
}

fn w(from: i64, until: i64) -> Window {
    Window::new(at(from), at(until)).expect("test windows are not empty")
}

fn running(until: i64) -> Window {
    Window {
        from: Instant::MIN,
        until: at(until),
    }
}

fn person(n: u128) -> PersonId {
    PersonId::new(Instant::from_ms(NOW), n)
}

fn grant(n: u128) -> GrantId {
    GrantId::new(Instant::from_ms(NOW), n)
}

fn group(n: u128) -> AccessGroupId {
    AccessGroupId::new(Instant::from_ms(NOW), n)
}

/// Rows and wishes of a little account; row ids are their grants' numbers.
#[derive(Clone, Debug)]
struct Table {
    desired: Vec<Desired>,
    seen: Observation,
    learned: Learned,
    scope: Scope,
    now: Instant,
}

impl Table {
    fn new() -> Self {
        let seen = Observation {
            complete: true,
            ..Observation::default()
        };
        Self {
            desired: vec![],
            seen,
            learned: Learned::default(),
            scope: Scope::Person(person(1)),
            now: at(0),
        }
    }

    fn wants(mut self, who: u128, windows: &[Window]) -> Self {
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

    fn has(mut self, n: u128, who: u128, window: Window, ours: bool) -> Self {
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

    fn ask(&self) -> Comparison {
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
        };
        let mut next = 1_000;
        compare(&question, &mut || {
            next += 1;
            grant(next)
        })
    }

    /// What a faithful vendor would hold afterwards.
    fn after(&self, changes: &[Change]) -> Self {
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
    fn opens(&self, who: u128) -> Windows {
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

fn words(changes: &[Change]) -> Vec<String> {
    let word = |change: &Change| match change {
        Change::Give { window, .. } => format!("give {}–{}", short(window.from), short(window.until)),
        Change::Move { external, to, .. } => format!("move {external} {}–{}", short(to.from), short(to.until)),
        Change::Take { external, .. } => format!("take {external}"),
    };
    changes.iter().map(word).collect()
}

fn short(at: Instant) -> String {
    match at {
        Instant::MIN => "…".to_owned(),
        Instant::MAX => "∞".to_owned(),
        at => ((at.ms() - NOW) / HOUR).to_string(),
    }
}

#[track_caller]
fn says(table: &Table, expected: &[&str]) {
    let answer = table.ask();
    assert_eq!(words(&answer.changes), expected);
    if table.seen.complete {
        assert!(
            table.after(&answer.changes).ask().changes.is_empty(),
            "asked again, it wants nothing"
        );
    }
}

#[test]
fn a_booking_is_written_ahead_as_it_is() {
    says(&Table::new().wants(1, &[w(12, 16)]), &["give 12–16"]);
    says(
        &Table::new().wants(1, &[w(24 * 200, 24 * 200 + 4)]),
        &["give 4800–4804"],
    );
}

#[test]
fn running_access_is_given_without_a_start() {
    says(&Table::new().wants(1, &[w(-5, 4)]), &["give …–4"]);
}

#[test]
fn open_ended_access_is_a_lease_of_fourteen_days_from_now_or_from_its_start() {
    let open = Window {
        from: at(-5),
        until: Instant::MAX,
    };
    says(&Table::new().wants(1, &[open]), &["give …–336"]);
    let later = Window {
        from: at(240),
        until: Instant::MAX,
    };
    says(&Table::new().wants(1, &[later]), &["give 240–576"]);
}

#[test]
fn a_lease_is_renewed_at_half_life_and_not_before() {
    let open = Window {
        from: at(-500),
        until: Instant::MAX,
    };
    let held = Table::new().wants(1, &[open]).has(1, 1, running(24 * 8), true);
    says(&held, &[]);
    assert_eq!(held.ask().again_at, Some(at(24)));
    says(&Table { now: at(24), ..held }, &["move 1 …–360"]);
}

#[test]
fn a_lease_is_never_longer_than_what_should_hold() {
    says(
        &Table::new()
            .wants(1, &[w(-5, 24 * 10)])
            .has(1, 1, running(24 * 8), true),
        &[],
    );
    says(
        &Table::new().wants(1, &[w(-5, 24 * 6)]).has(1, 1, running(24 * 8), true),
        &["move 1 …–144"],
    );
    says(
        &Table::new().wants(1, &[w(-5, 24 * 6)]).has(1, 1, running(24 * 5), true),
        &["move 1 …–144"],
    );
}

#[test]
fn a_moved_or_shortened_booking_is_one_step() {
    says(
        &Table::new().wants(1, &[w(13, 17)]).has(1, 1, w(12, 16), true),
        &["move 1 13–17"],
    );
    says(
        &Table::new().wants(1, &[w(30, 34)]).has(1, 1, w(12, 16), true),
        &["move 1 30–34"],
    );
}

#[test]
fn where_moves_cost_two_calls_only_neighbours_are_moved() {
    let mut table = Table::new().wants(1, &[w(30, 34)]).has(1, 1, w(12, 16), true);
    table.learned.moves_windows = Some(false);
    says(&table, &["take 1", "give 30–34"]);
    let mut near = Table::new().wants(1, &[w(13, 17)]).has(1, 1, w(12, 16), true);
    near.learned.moves_windows = Some(false);
    says(&near, &["move 1 13–17"]);
}

#[test]
fn what_takes_away_comes_first() {
    let mut table = Table::new()
        .wants(1, &[w(1, 2), w(12, 15)])
        .has(1, 1, w(12, 16), true)
        .has(2, 2, w(0, 50), true);
    table.scope = Scope::Integration;
    says(&table, &["take 2", "move 1 12–15", "give 1–2"]);
}

#[test]
fn what_nobody_wants_any_more_is_taken_and_what_is_double_too() {
    says(&Table::new().has(1, 1, w(12, 16), true), &["take 1"]);
    let double = Table::new()
        .wants(1, &[w(12, 16)])
        .has(1, 1, w(12, 16), true)
        .has(2, 1, w(12, 16), true);
    says(&double, &["take 2"]);
}

#[test]
fn ended_rows_are_tidied_last_and_only_with_the_whole_in_view() {
    let mut table = Table::new().wants(1, &[w(1, 2)]).has(1, 1, w(-9, -1), true);
    says(&table, &["give 1–2"]);
    table.scope = Scope::Integration;
    says(&table, &["give 1–2", "take 1"]);
}

#[test]
fn strangers_rows_are_noted_and_left_alone() {
    let mut table = Table::new().has(7, 9, Window::ALWAYS, false);
    table.scope = Scope::Integration;
    says(&table, &[]);
    let note = Note::ForeignMember {
        group: group(1),
        email: "p9@example.org".to_owned(),
    };
    assert_eq!(table.ask().notes, [note]);
}

#[test]
fn an_incomplete_reading_gives_but_takes_and_shortens_nothing() {
    let mut table = Table::new()
        .wants(1, &[w(12, 14), w(20, 21)])
        .has(1, 1, w(12, 16), true)
        .has(2, 1, w(50, 51), true);
    table.seen.complete = false;
    says(&table, &["give 12–14", "give 20–21"]);
    let mut longer = Table::new().wants(1, &[w(12, 18)]).has(1, 1, w(12, 16), true);
    longer.seen.complete = false;
    says(&longer, &["move 1 12–18"]);
}

#[test]
fn a_dead_group_is_noted_and_gets_nothing() {
    let mut table = Table::new().wants(1, &[w(12, 14)]);
    table.seen.gone_groups.push("g1".to_owned());
    says(&table, &[]);
    assert_eq!(table.ask().notes, [Note::GroupGone { group: group(1) }]);
}

#[test]
fn an_account_that_drops_dates_is_driven_at_the_edges() {
    let mut table = Table::new().wants(1, &[w(12, 14)]);
    table.learned.keeps_windows = Some(false);
    says(&table, &[]);
    assert_eq!(table.ask().again_at, Some(at(12)));
    table.now = at(12);
    says(&table, &["give …–∞"]);
    let held = table.after(&table.ask().changes);
    assert_eq!(held.ask().again_at, Some(at(14)));
    assert_eq!(held.ask().notes, [Note::WindowsIgnored]);
    let over = Table { now: at(14), ..held };
    assert_eq!(over.ask().changes.len(), 1);
    assert!(over.after(&over.ask().changes).seen.rows.is_empty());
}

#[test]
fn an_account_with_one_row_per_group_holds_the_current_or_next_window_only() {
    let mut table = Table::new().wants(1, &[w(12, 14), w(20, 22)]);
    table.learned.several_rows = Some(false);
    says(&table, &["give 12–14"]);
    let held = Table {
        now: at(14),
        ..table.after(&table.ask().changes)
    };
    assert!(matches!(&held.ask().changes[..], [Change::Move { to, .. }] if *to == w(20, 22)));
}

#[test]
fn where_one_row_is_all_and_a_stranger_made_it_nothing_is_tried() {
    let mut table = Table::new().wants(1, &[w(12, 14)]).has(7, 1, Window::ALWAYS, false);
    table.learned.several_rows = Some(false);
    says(&table, &[]);
}

#[test]
fn a_person_with_another_address_is_given_anew_there_and_taken_away_at_the_old_one() {
    let mut table = Table::new().wants(1, &[w(12, 14)]).has(1, 1, w(12, 14), true);
    table.desired[0].email = "new@example.org".to_owned();
    says(&table, &["take 1", "give 12–14"]);
}

#[test]
fn troubles_of_people_and_groups_become_notes() {
    let mut table = Table::new().wants(1, &[w(12, 14)]);
    table.scope = Scope::Integration;
    let holder = ObservedHolder {
        external: "h1".to_owned(),
        person: Some(person(1)),
        email: "p1@example.org".to_owned(),
        unconfirmed: true,
        disabled: true,
    };
    table.seen.holders.push(holder);
    table.seen.groups.push(ObservedGroup {
        external: "g1".to_owned(),
        name: "Members".to_owned(),
        site: None,
        locks: vec![],
        restrictions: vec!["Reader.".to_owned()],
    });
    let expected: BTreeSet<Note> = BTreeSet::from([
        Note::Unconfirmed { person: person(1) },
        Note::HolderDisabled { person: person(1) },
        Note::GroupWithoutLocks { group: group(1) },
        Note::GroupRestriction {
            group: group(1),
            what: "Reader.".to_owned(),
        },
    ]);
    assert_eq!(table.ask().notes.into_iter().collect::<BTreeSet<_>>(), expected);
}

#[test]
fn it_is_asked_again_when_something_ends() {
    let table = Table::new().wants(1, &[w(12, 14), w(20, 22)]);
    assert_eq!(table.ask().again_at, Some(at(14)));
}

/// Random windows in quarters of an hour around now, some of them open or very long.
fn any_window() -> impl Strategy<Value = Window> {
    (-40_i64..4_000, 1_i64..3_000, 0..8_u8).prop_map(|(from, length, kind)| {
        let (from, until) = (NOW + from * HOUR / 4, NOW + (from + length) * HOUR / 4);
        match kind {
            0 => Window {
                from: Instant::from_ms(from),
                until: Instant::MAX,
            },
            1 => Window {
                from: Instant::MIN,
                until: Instant::from_ms(until),
            },
            2 => Window::ALWAYS,
            _ => Window {
                from: Instant::from_ms(from),
                until: Instant::from_ms(from + (until - from).min(6 * HOUR)),
            },
        }
    })
}

fn any_table() -> impl Strategy<Value = Table> {
    let wishes = proptest::collection::vec((1_u128..3, any_window()), 0..8);
    let rows = proptest::collection::vec(
        (1_u128..4, any_window(), proptest::bool::weighted(0.8), any::<bool>()),
        0..8,
    );
    (wishes, rows, any::<bool>()).prop_map(|(wishes, rows, whole)| {
        let mut table = Table::new();
        for who in 1..3 {
            let windows: Vec<Window> = wishes
                .iter()
                .filter(|(of, _)| *of == who)
                .map(|(_, window)| *window)
                .collect();
            table = table.wants(who, &windows);
        }
        for (n, (who, window, ours, copies)) in rows.into_iter().enumerate() {
            // Half of the rows are copies of wishes, so that exact matches occur.
            let window = if copies {
                wishes.get(n).map_or(window, |(_, wish)| *wish)
            } else {
                window
            };
            table = table.has(n as u128, who, window, ours);
        }
        table.scope = if whole {
            Scope::Integration
        } else {
            Scope::Person(person(1))
        };
        table
    })
}

/// What a lease may lag behind the wish: nothing before half-life, never beyond the wish.
fn lease_is_kept(wish: &Windows, opens: &Windows, now: Instant) -> bool {
    let ahead = wish.clip(Window {
        from: now,
        until: Instant::MAX,
    });
    let within = opens.subtract(&ahead).is_empty();
    let must = Windows::union(ahead.iter().filter_map(|window| {
        let half = window.from.plus_ms(7 * DAY);
        Window::new(window.from, window.until.min(half))
    }));
    within && must.subtract(opens).is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn its_changes_lead_where_it_wants_to_go_and_no_further(table in any_table()) {
        let answer = table.ask();
        let after = table.after(&answer.changes);
        prop_assert!(after.ask().changes.is_empty(), "{:?}", words(&after.ask().changes));
        let strangers = |table: &Table| table.seen.rows.iter().filter(|row| row.ours.is_none()).cloned().collect::<Vec<_>>();
        prop_assert_eq!(strangers(&table), strangers(&after));
        for who in 1..4 {
            if table.scope == Scope::Integration || who == 1 {
                let wish = table.desired.iter().find(|desired| desired.person == person(who));
                let wish = wish.map(|desired| Windows::union(desired.windows.iter().copied())).unwrap_or_default();
                prop_assert!(lease_is_kept(&wish, &after.opens(who), table.now), "{who}: {:?} for {wish:?}", after.opens(who));
            } else {
                prop_assert_eq!(table.opens(who), after.opens(who));
            }
        }
    }

    #[test]
    fn its_steps_are_as_few_as_can_be(table in any_table()) {
        let table = Table { scope: Scope::Person(person(1)), ..table };
        let answer = table.ask();
        let live = |table: &Table| -> Vec<Window> {
            let rows = table.seen.rows.iter().filter(|row| row.ours.is_some() && row.person == Some(person(1)));
            rows.map(|row| row.window).filter(|window| window.until > table.now).collect()
        };
        let (before, after) = (live(&table), live(&table.after(&answer.changes)));
        let mut kept = before.clone();
        let mut wanted = after.clone();
        kept.retain(|window| wanted.iter().position(|other| other == window).map(|at| wanted.remove(at)).is_none());
        prop_assert_eq!(answer.changes.len(), kept.len().max(wanted.len()));
    }

    #[test]
    fn an_incomplete_reading_takes_nothing_from_anybody(table in any_table()) {
        let mut table = table;
        table.seen.complete = false;
        let after = table.after(&table.ask().changes);
        for who in 1..4 {
            prop_assert!(table.opens(who).subtract(&after.opens(who)).is_empty());
        }
    }

    #[test]
    fn the_same_question_has_the_same_answer_in_whatever_order_it_is_put(table in any_table()) {
        let mut turned = table.clone();
        turned.desired.reverse();
        turned.seen.rows.reverse();
        prop_assert_eq!(table.ask(), turned.ask());
    }

    #[test]
    fn at_the_edges_nobody_is_in_outside_and_everybody_inside(table in any_table()) {
        let mut table = table;
        table.learned.keeps_windows = Some(false);
        let after = table.after(&table.ask().changes);
        prop_assert!(after.ask().changes.is_empty());
        let wish = table.desired.iter().find(|desired| desired.person == person(1)).unwrap();
        let inside = wish.windows.iter().any(|window| window.contains(table.now));
        prop_assert_eq!(after.opens(1).contains(table.now), inside);
    }
}
