//! One row per vendor, as data: `vendors.json` beside this crate's sources.
//!
//! Why so: pages, worker, tests and the simulators' scenes read the same numbers, and none of them needs a vendor's code for it.
//! Always: a row's sentences hold no escapes, so that they are borrowed from the binary itself.

use std::sync::LazyLock;

use access::vendor::Abilities;

static ROWS: LazyLock<Vec<Abilities>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../vendors.json")).expect("a test reads the vendors' table"));

/// All rows, in the order in which they are offered.
pub fn all() -> &'static [Abilities] {
    &ROWS
}

/// The row of a vendor by its word.
pub fn of(vendor: &str) -> Option<&'static Abilities> {
    ROWS.iter().find(|row| row.vendor == vendor)
}

fn known(vendor: &str) -> &'static Abilities {
    of(vendor).expect("a test finds a row for every connector")
}

/// Kisi's row.
pub(crate) fn kisi() -> &'static Abilities {
    known(crate::kisi::VENDOR)
}

/// Salto KS's row.
pub(crate) fn salto() -> &'static Abilities {
    known(crate::salto::VENDOR)
}

/// Tapkey's row.
pub(crate) fn tapkey() -> &'static Abilities {
    known(crate::tapkey::VENDOR)
}
