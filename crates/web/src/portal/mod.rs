//! The member's pages, phone first: access, the digital key, booking, membership.
//!
//! In: a signed-in person. Out: pages that work as plain forms, and better with JavaScript.
//! Always: a person sees and changes their own only; what a page offered is asked again when it comes back.

pub mod access;
pub mod book;
pub mod bookings;
pub mod key;
pub mod membership;
pub mod mine;
pub mod say;

use crate::registry::Route;

/// Every route of these pages.
pub fn routes() -> Vec<Route> {
    let mut routes = access::routes();
    routes.extend(book::routes());
    routes.extend(bookings::routes());
    routes.extend(key::routes());
    routes.push(membership::route());
    routes
}
