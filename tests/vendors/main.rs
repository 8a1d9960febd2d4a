//! The same scenes at every vendor: each opens the whole product at Kisi, at Salto KS, at Tapkey by grants and at Tapkey by user groups,
//! and asks the simulator's locks at every minute around each edge.
//!
//! Why so: three vendors that differ as much as these must do the same thing for people at doors; what a vendor does later or earlier
//! (a lead time, a roll-out) stands in `Twin::slack_s`, in seconds, and nowhere else.

mod accounts;
mod cards_and_seats;
mod digital_key;
mod edges;
mod leaving;
mod live;
mod midnight;
mod moved;
mod outages;
mod phones;
mod signed_out;
mod slow_doors;
mod sources;
mod trouble;

use std::collections::BTreeSet;

use access::Instant;
use suite::House;

/// How far around an edge locks are asked.
const MINUTES_AROUND: i64 = 3;

/// Declares scenes; each becomes one test per vendor.
#[macro_export]
macro_rules! at_every_vendor {
    ($($(#[$doc:meta])* $name:ident($house:ident) $body:block)*) => {$(
        $(#[$doc])*
        mod $name {
            use super::*;

            async fn scene($house: suite::House) $body

            #[tokio::test]
            async fn at_kisi() {
                scene(suite::House::open_at(suite::house::twin::Vendor::Kisi).await).await;
            }

            #[tokio::test]
            async fn at_salto() {
                scene(suite::House::open_at(suite::house::twin::Vendor::Salto).await).await;
            }

            #[tokio::test]
            async fn at_tapkey() {
                scene(suite::House::open_at(suite::house::twin::Vendor::Tapkey).await).await;
            }

            #[tokio::test]
            async fn at_tapkey_by_groups() {
                scene(suite::House::open_at(suite::house::twin::Vendor::TapkeyGroups).await).await;
            }
        }
    )*};
}

/// Time passes over an edge the way it does in life: the minute before it, itself, and until every door knows.
pub async fn over(house: &House, at: Instant) {
    let (early, late) = house.twin.slack_s();
    house.clock_at(at.plus_s(-early)).await;
    house.clock_at(at).await;
    house.clock_at(at.plus_s(late)).await;
}

/// Out until shortly before the window, in from its first minute to its last, out once every door knows: asked at every minute around both edges and
/// once between them. Only the vendor's own slack is not asked about, and where doors know no dates the vendor lists nobody any more at the very end.
pub async fn opens_exactly(house: &House, name: &str, door: &str, from: Instant, until: Instant) {
    let (early, late) = house.twin.slack_s();
    let (opens, shut) = (from.plus_s(-early), until.plus_s(late));
    let around = |edge: Instant| (-MINUTES_AROUND..=MINUTES_AROUND).map(move |minute| edge.plus_minutes(minute));
    let between = Instant::from_ms(from.ms().midpoint(until.ms()));
    let moments = [opens.plus_s(-1), between, until.plus_s(-1), shut];
    let moments: BTreeSet<Instant> = around(from).chain(moments).chain(around(until)).collect();
    for at in moments {
        house.clock_at(at).await;
        let inside = from <= at && at < until;
        if inside || at < opens || shut <= at {
            assert_eq!(house.may_open(name, door), inside, "{name} at {door}, {at}");
        }
        if at == until && !house.twin.knows_dates() {
            let listed = house.twin.lists_at(&house.email(name), door);
            assert!(!listed, "{name} is taken out in the very second, {at}");
        }
    }
}

/// Lets every door learn what was just done.
pub async fn doors_learn(house: &House) {
    let (_, late) = house.twin.slack_s();
    house.clock_at(house.now().plus_s(late)).await;
}
