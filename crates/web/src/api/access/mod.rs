//! Who may open what, when and why (P-28, P-40, P-41).

mod open_now;
mod timeline;
mod who;
mod why;

use crate::registry::Route;

/// Every route about access.
pub fn routes() -> Vec<Route> {
    vec![why::route(), open_now::route(), who::route(), timeline::route()]
}
