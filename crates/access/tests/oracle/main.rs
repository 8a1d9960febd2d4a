//! Random worlds, decided by the product and by the oracle, minute by minute.
//!
//! 50,000 worlds of one to four days, more than half of them around a change of clocks. In each, for every person and group,
//! **every minute** of the span and ten hours to either side is asked, and the millisecond before and at each edge of the
//! product's windows. 10,000 further worlds are asked the four questions of P-28 at the edges and at random minutes.
//! A failure prints its seed; `SEED=…` replays that world alone.

mod chance;
mod four_questions;
mod naive;
mod worlds;

use access::facts::Facts;
use access::id::*;
use access::{Instant, Windows, causes};
use naive::Oracle;

/// The product's answer for one person and group, as windows.
fn windows(causes: &[causes::Cause], group: AccessGroupId) -> Windows {
    let of_group = causes.iter().filter(|cause| cause.group == group);
    of_group.flat_map(|cause| cause.windows.iter()).collect()
}

fn agree_each_minute(seed: u64) {
    let worlds::World { facts, span } = worlds::world(seed);
    let oracle = Oracle::new(&facts);
    let ten_hours = 600 * 60_000;
    let moments = oracle.minutes(span.from.ms() - ten_hours, span.until.ms() + ten_hours);
    let everybody = causes::of_everybody(&facts);
    let mut by_person = Vec::new();
    for person in &facts.people {
        let causes = causes::of_person(&facts, person.id);
        by_person.extend(causes.iter().cloned());
        for group in &facts.groups {
            let windows = windows(&causes, group.id);
            for moment in &moments {
                let product = windows.contains(Instant::from_ms(moment.at_ms));
                let rules = oracle.in_group(person.id, group.id, moment);
                assert!(
                    product == rules,
                    "{}",
                    told(&facts, person.id, group.id, moment.at_ms, product)
                );
            }
            let edges = windows
                .iter()
                .flat_map(|window| [window.from, window.until])
                .filter(|edge| !edge.is_open());
            for at in edges.flat_map(|edge| [edge.ms() - 1, edge.ms()]) {
                let (product, rules) = (
                    windows.contains(Instant::from_ms(at)),
                    oracle.in_group(person.id, group.id, &oracle.moment(at)),
                );
                assert!(product == rules, "{}", told(&facts, person.id, group.id, at, product));
            }
        }
    }
    let order = |cause: &causes::Cause| (cause.person, cause.group, cause.source);
    assert!(everybody.is_sorted_by_key(order), "everybody's causes are sorted");
    by_person.sort_by_key(order);
    assert_eq!(everybody, by_person, "one by one and all at once are the same");
}

fn told(facts: &Facts, person: PersonId, group: AccessGroupId, at: i64, product: bool) -> String {
    let at = Instant::from_ms(at);
    format!(
        "{person} in {group} at {at}: the product says {product}, the rules say {}\n{facts:#?}",
        !product
    )
}

// Four shares, so that they run side by side.

#[test]
fn the_rules_read_minute_by_minute_agree_in_the_first_12_500_worlds() {
    chance::each_seed(0, 12_500, agree_each_minute);
}

#[test]
fn the_rules_read_minute_by_minute_agree_in_the_second_12_500_worlds() {
    chance::each_seed(12_500, 12_500, agree_each_minute);
}

#[test]
fn the_rules_read_minute_by_minute_agree_in_the_third_12_500_worlds() {
    chance::each_seed(25_000, 12_500, agree_each_minute);
}

#[test]
fn the_rules_read_minute_by_minute_agree_in_the_fourth_12_500_worlds() {
    chance::each_seed(37_500, 12_500, agree_each_minute);
}

#[test]
fn the_four_questions_agree_in_10_000_worlds() {
    chance::each_seed(100_000, 10_000, four_questions::agree);
}

#[test]
fn worlds_hold_what_they_should() {
    let mut yes = [0_u32; 4];
    for seed in 0..2_000 {
        let facts = worlds::world(seed).facts;
        let all = causes::of_everybody(&facts);
        let company = |cause: &causes::Cause| matches!(cause.source, causes::Source::Item { company: Some(_), .. });
        yes[0] += u32::from(!all.is_empty());
        yes[1] += u32::from(all.iter().any(company));
        yes[2] += u32::from(
            all.iter()
                .any(|cause| matches!(cause.source, causes::Source::Invitee { .. })),
        );
        yes[3] += u32::from(all.iter().any(|cause| cause.windows.as_slice().len() > 1));
    }
    println!(
        "of 2,000 worlds: {} give anything, {} by company, {} by invitation, {} in several windows",
        yes[0], yes[1], yes[2], yes[3]
    );
    assert!(yes[..3].iter().all(|count| *count > 300) && yes[3] > 10, "{yes:?}");
}
