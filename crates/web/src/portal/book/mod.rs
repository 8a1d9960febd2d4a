//! Booking: what is free on a day, and taking it (P-6, P-7, P-22).

pub mod create;
pub mod desk;
pub mod form;
pub mod free;
pub mod guests;
pub mod show;

use crate::registry::Route;

/// Every route of these pages.
pub fn routes() -> Vec<Route> {
    vec![show::route(), form::route(), create::route()]
}
