//! The comparison as cases: what is written, moved and taken, in which order, and what is noted.

use std::collections::BTreeSet;

use access::change::{Change, Note, ObservedGroup, ObservedHolder, Seats};
use access::{Instant, Window};
use connectors::{Aim, Scope};

use crate::table::{Table, at, group, person, running, says, w};

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
fn whoever_leaves_writes_real_ends_and_gives_nothing_new() {
    let open = Window {
        from: at(-500),
        until: Instant::MAX,
    };
    let leaving = |table: Table| Table {
        aim: Aim::Leave,
        ..table
    };
    let held = Table::new().has(1, 1, running(24 * 8), true);
    says(&leaving(held.clone().wants(1, &[open])), &["move 1 …–∞"]);
    says(&leaving(held.clone().wants(1, &[w(-5, 24 * 60)])), &["move 1 …–1440"]);
    says(&leaving(held.wants(1, &[w(-5, 24 * 8), w(24 * 90, 24 * 91)])), &[]);
    says(&leaving(Table::new().wants(1, &[open])), &[]);
    // What should not hold any more goes, also now.
    says(&leaving(Table::new().has(1, 1, running(24 * 8), true)), &["take 1"]);
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
        card: None,
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
fn seats_are_noted_when_four_of_five_are_taken_and_when_none_is_free() {
    let noted = |used, bought| {
        let mut table = Table::new();
        table.scope = Scope::Integration;
        table.seen.seats = Some(Seats { used, bought });
        let whole = table.ask().notes;
        table.scope = Scope::Person(person(1));
        assert!(table.ask().notes.is_empty(), "they are nobody's own matter");
        whole
    };
    assert_eq!(noted(39, 50), []);
    assert_eq!(noted(40, 50), [Note::SeatsShort { bought: 50 }]);
    assert_eq!(noted(49, 50), [Note::SeatsShort { bought: 50 }]);
    assert_eq!(noted(50, 50), [Note::SeatsTaken { bought: 50 }]);
    assert_eq!(
        noted(51, 50),
        [Note::SeatsTaken { bought: 50 }],
        "also when seats were given back"
    );
}

#[test]
fn it_is_asked_again_when_something_ends() {
    let table = Table::new().wants(1, &[w(12, 14), w(20, 22)]);
    assert_eq!(table.ask().again_at, Some(at(14)));
}
