//! Salto KS at its slowest: doors hear of a change after 45 seconds, the longest that was measured, and a new record takes its time to settle.

use access::Instant;
use access::change::Note;
use suite::House;
use suite::house::twin::{Twin, Vendor};

use crate::over;

const ROOM: &str = "Room Lagoon";
/// The longest roll-out that was measured.
const SLOWEST_S: i64 = 45;
/// The longest that a new record was measured to take until groups take it.
const SETTLES_S: i64 = 60;
/// Nobody is let in longer before their window.
const EARLIEST_S: i64 = 120;
/// Around an edge, doors are asked at each of so many seconds before and after it.
const LOOKED_AT_S: i64 = 130;

/// A house at Salto whose doors learn so late, and whose new records settle so late.
async fn slow_house(member_rollout_s: i64, user_settle_s: i64) -> House {
    let house = House::open_at(Vendor::Salto).await;
    let Twin::Salto { sim, .. } = &house.twin else {
        panic!("it was opened there");
    };
    sim.set_switches(|switches| {
        switches.member_rollout_s = member_rollout_s;
        switches.user_settle_s = user_settle_s;
    });
    house
}

/// Second by second; answers at which of them, counted from an instant, the door begins to open or to stay shut.
async fn becomes(house: &House, name: &str, open: bool, around: Instant) -> i64 {
    for second in -LOOKED_AT_S..=LOOKED_AT_S {
        house.clock_at(around.plus_s(second)).await;
        if house.may_open(name, ROOM) == open {
            return second;
        }
    }
    panic!("{name} at {ROOM}: open is never {open} around {around}");
}

#[tokio::test]
async fn the_slowest_doors_let_in_who_is_known_and_who_is_new_from_their_first_second() {
    let house = slow_house(SLOWEST_S, 0).await;
    house.subscribe("Ada", "Flex desk", "2026-03-01", None).await;
    house.book("Lagoon", "Ada", "12:00", "13:00").await;
    house.book("Lagoon", "Grace", "15:00", "16:00").await;
    for (name, from, until) in [("Ada", "11:30", "13:30"), ("Grace", "14:30", "16:30")] {
        let opens = becomes(&house, name, true, house.at(from)).await;
        assert!((-EARLIEST_S..=0).contains(&opens), "{name}: {opens} s");
        house.clock_at(house.at(from)).await;
        assert!(
            house.may_open(name, ROOM) && house.may_open(name, "Front door"),
            "{name}"
        );
        let shuts = becomes(&house, name, false, house.at(until)).await;
        assert!((0..=SLOWEST_S).contains(&shuts), "{name}: {shuts} s");
    }
}

#[tokio::test]
async fn whose_record_has_settled_is_let_in_from_the_first_second() {
    let house = slow_house(SLOWEST_S, SETTLES_S).await;
    house.book("Lagoon", "Grace", "12:00", "13:00").await;
    house.book("Lagoon", "Grace", "15:00", "16:00").await;
    over(&house, house.at("11:30")).await;
    over(&house, house.at("13:30")).await;
    let opens = becomes(&house, "Grace", true, house.at("14:30")).await;
    assert!((-EARLIEST_S..=0).contains(&opens), "{opens} s");
}

/// The record is made a minute before the window and settles within it; the tries meanwhile come further and further apart.
#[tokio::test]
async fn somebody_new_whose_record_settles_late_is_let_in_soon_after_their_first_second() {
    for (rollout_s, soon_s) in [(5, 30), (SLOWEST_S, 75)] {
        let house = slow_house(rollout_s, SETTLES_S).await;
        house.book("Lagoon", "Grace", "12:00", "13:00").await;
        let opens = becomes(&house, "Grace", true, house.at("11:30")).await;
        assert!(
            (-EARLIEST_S..=soon_s).contains(&opens),
            "{opens} s where doors learn within {rollout_s} s"
        );
        house.compare_now().await;
        let findings = house.findings().await;
        let refused = |note: &Note| matches!(note, Note::Refused { .. });
        assert!(!findings.iter().any(refused), "nothing is left of it: {findings:?}");
    }
}

#[tokio::test]
async fn somebody_new_whose_record_settles_late_is_let_in_from_their_first_second() {
    for rollout_s in [5, SLOWEST_S] {
        let house = slow_house(rollout_s, SETTLES_S).await;
        house.book("Lagoon", "Grace", "12:00", "13:00").await;
        let opens = becomes(&house, "Grace", true, house.at("11:30")).await;
        assert!(
            (-EARLIEST_S..=0).contains(&opens),
            "{opens} s where doors learn within {rollout_s} s"
        );
    }
}

/// Nobody has to do anything about it, so nobody is told.
#[tokio::test]
async fn while_a_record_settles_nothing_counts_as_refused() {
    let house = slow_house(5, SETTLES_S).await;
    house.book("Lagoon", "Grace", "12:00", "13:00").await;
    let from = house.at("11:30");
    for second in -EARLIEST_S..=EARLIEST_S {
        house.clock_at(from.plus_s(second)).await;
        let findings = house.findings().await;
        let refused = |note: &&Note| matches!(note, Note::Refused { .. });
        let found = findings.iter().find(refused);
        assert_eq!(found, None, "{second} s around the start");
    }
}
