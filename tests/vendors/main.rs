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
mod sources;
mod trouble;

use access::Instant;
use suite::House;

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

/// Out until shortly before the window, in from its first minute to its last, out once every door knows.
pub async fn opens_exactly(house: &House, name: &str, door: &str, from: Instant, until: Instant) {
    let (early, late) = house.twin.slack_s();
    let asked = |expected: bool| {
        let at = house.now();
        assert_eq!(house.may_open(name, door), expected, "{name} at {door}, {at}");
    };
    house.clock_at(from.plus_s(-early - 1)).await;
    asked(false);
    house.clock_at(from.plus_s(-early)).await;
    house.clock_at(from).await;
    asked(true);
    house.clock_at(until.plus_s(-60)).await;
    asked(true);
    house.clock_at(until.plus_s(-1)).await;
    asked(true);
    house.clock_at(until).await;
    if late > 0 {
        house.clock_at(until.plus_s(late)).await;
    }
    asked(false);
}

/// Lets every door learn what was just done.
pub async fn doors_learn(house: &House) {
    let (_, late) = house.twin.slack_s();
    house.clock_at(house.now().plus_s(late)).await;
}
