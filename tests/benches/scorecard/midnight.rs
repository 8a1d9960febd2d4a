//! Three hundred people starting in one instant, and a revocation while the vendor answers 429 to everything (S-2, S-3).
//!
//! In: nothing. Out: calls beside the contract's minimum, time beside calls ÷ the permitted rate. Always: asked at the simulator, which
//! counts the calls; where a vendor starts access by itself nothing is called at midnight, and what counts is writing it ahead.
#![expect(clippy::disallowed_methods, reason = "a benchmark measures the machine's own time")]

use std::time::{Duration, Instant as Timer};

use simulators::fault::{Fault, RetryAfter, Trouble};
use suite::House;
use suite::house::twin::Vendor;

use super::line;

const MEMBERS: usize = 300;
/// Calls a second that we may make here. Vendors permit about five; the ratio is the same, the wait is not.
const CALLS_PER_S: usize = 20;
/// For so long the vendor asks for patience.
const MINUTES_OF_429: i64 = 10;
/// Seconds it says in each answer.
const RETRY_AFTER_S: u64 = 2;

/// All lines of this file.
pub async fn measure() {
    for vendor in Vendor::ALL {
        midnight(vendor).await;
    }
    for vendor in Vendor::ALL {
        impatience(vendor).await;
    }
}

/// People whom the vendor knows get one group more: each is one call.
async fn midnight(vendor: Vendor) {
    let mut house = House::open_at(vendor).await;
    house.plan("Parking", &["Garage"]).await;
    house.subscribe_many(MEMBERS, name, "Parking", "2026-03-10").await;
    house.settle_for(Duration::from_secs(300)).await;
    house.keeps_pace(CALLS_PER_S).await;
    house.twin.clear_calls();
    let writes_ahead = matches!(vendor, Vendor::Kisi | Vendor::Tapkey);
    let timer = Timer::now();
    house.subscribe_many(MEMBERS, name, "Flex desk", "2026-03-11").await;
    house.settle_for(Duration::from_secs(300)).await;
    let mut took = timer.elapsed();
    if !writes_ahead {
        assert_eq!(
            house.twin.calls(),
            0,
            "groups that know no dates are left alone until midnight"
        );
        let early = house.at("2026-03-11 00:00").plus_s(-house.twin.slack_s().0);
        // The regular reading of the last half-hour is none of it.
        house.clock_only(early.plus_minutes(-20));
        house.settle_for(Duration::from_secs(300)).await;
        house.twin.clear_calls();
        let timer = Timer::now();
        house.clock_only(early);
        house.settle_for(Duration::from_secs(300)).await;
        took = timer.elapsed();
    }
    let calls = house.twin.calls();
    for number in [0, MEMBERS / 2, MEMBERS - 1] {
        assert!(
            house.twin.holds(&house.email(&name(number)), "Members"),
            "{}",
            name(number)
        );
    }
    let permitted = Duration::from_secs_f64(calls as f64 / CALLS_PER_S as f64);
    let ratio = calls as f64 / MEMBERS as f64;
    println!(
        "{:<58} {calls:>8}    {MEMBERS:>8}    {ratio:>7.2}",
        format!("S-3 {MEMBERS} start at 00:00, {vendor:?}: calls, beside the minimum")
    );
    line(
        &format!("S-2 the same: time, beside calls ÷ {CALLS_PER_S}/s"),
        took,
        permitted,
    );
}

/// A revocation meets ten minutes of 429. The product's clock runs twenty times as fast as the machine's; the vendor's patience is real.
async fn impatience(vendor: Vendor) {
    const FASTER: u32 = 20;
    let house = House::open_at(vendor).await;
    house.subscribe("Ada", "Flex desk", "2026-03-10", None).await;
    house.minutes_pass(1).await;
    let email = house.email("Ada");
    assert!(house.twin.holds(&email, "Members"));
    let patience = Trouble::TooMany {
        retry_after: Some(RetryAfter::Seconds(RETRY_AFTER_S)),
    };
    house.twin.faults().add(Fault::on("*", patience));
    house.suspend("Ada").await;
    let (began, start) = (Timer::now(), house.now());
    let end = start.plus_minutes(MINUTES_OF_429);
    let mut writes = house.twin.writes();
    let mut back: Option<Timer> = None;
    let gone = loop {
        let shown = start.plus_ms((began.elapsed() * FASTER).as_millis() as i64);
        house.clock_only(shown);
        if back.is_none() && shown >= end {
            house.vendor_comes_back();
            back = Some(Timer::now());
        }
        if let Some(back) = back
            && !house.twin.holds(&email, "Members")
        {
            break back.elapsed();
        }
        // A call at the vendor, or a twentieth of a second: whichever comes first.
        let _either = tokio::time::timeout(Duration::from_millis(50), writes.changed()).await;
    };
    line(
        &format!("S-2 {MINUTES_OF_429} min of 429, {vendor:?}: revoked after it, beside its patience"),
        gone,
        Duration::from_secs(RETRY_AFTER_S),
    );
}

fn name(number: usize) -> String {
    format!("Person {number}")
}
