//! The comparison over random rows and wishes.
//!
//! Its own changes lead where it wants to go and no further; asked again it wants nothing; the steps are as few as can be; what is not
//! ours never changes; an incomplete reading takes nothing away. A failure prints the rows it fails on.

use access::{Instant, Window, Windows};
use connectors::Scope;
use proptest::prelude::*;

use crate::table::{DAY, HOUR, NOW, Table, person, words};

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
