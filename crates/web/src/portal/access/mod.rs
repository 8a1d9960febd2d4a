//! The Access page: doors one may open now, what opens later, and why nothing does (P-28, P-31, P-40).

pub mod door;
pub mod now;
pub mod open;
pub mod show;
pub mod sight;

use crate::registry::Route;

/// Every route of the Access page.
pub fn routes() -> Vec<Route> {
    vec![show::route(), now::route(), door::route(), open::route()]
}
