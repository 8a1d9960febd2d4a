//! Conformance scenes: what every connector must do, told in domain verbs and asked at the vendor's simulator.
//!
//! Each scene of `giving`, `lost_answers`, `trouble`, `reading` and `opening` runs once per vendor of [`stage::Vendor`]; the files named
//! after a vendor hold the facts of its contract. A scene speaks of people, groups, windows and doors; [`house::House`] is a small
//! worker that carries changes out; [`stage::Stage`] is the only thing that knows a simulator.
//! The last question always goes to the simulator: may this person open this door at that moment?

mod connecting;
mod events;
mod giving;
mod house;
mod kisi_freedoms;
mod kisi_lists;
mod kisi_stage;
mod listener;
mod lost_answers;
mod opening;
mod reading;
mod salto_stage;
mod stage;
mod tapkey_stage;
mod trouble;
mod vault;
mod visiting;

/// Declares scenes: each opens a fresh house per vendor and runs its body there.
#[macro_export]
macro_rules! scenes {
    ($($(#[$doc:meta])* $name:ident($house:ident) $body:block)*) => {$(
        $(#[$doc])*
        #[tokio::test]
        async fn $name() {
            for vendor in $crate::stage::Vendor::ALL {
                #[allow(unused_mut, reason = "not every scene changes its house")]
                let mut $house = $crate::house::House::open(vendor).await;
                $body
            }
        }
    )*};
}
