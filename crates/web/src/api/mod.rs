//! The JSON API for programs, `/api/v1`: one endpoint, one file; the path is the index.
//!
//! In: JSON with a bearer token of the owner's. Out: JSON, or a problem.
//! Always: shapes are published as OpenAPI from the same types; lists have cursors; an open end is null.

pub mod access;
pub mod audit;
pub mod bookings;
pub mod change;
pub mod companies;
pub mod document;
pub mod doors;
pub mod findings;
pub mod integrations;
pub mod locations;
pub mod me;
pub mod people;
pub mod plans;
pub mod resources;
mod schedule;
pub mod shape;
pub mod subscriptions;

use crate::registry::Route;

/// Every route of the API.
pub fn routes() -> Vec<Route> {
    let mut routes = vec![document::route(), me::route()];
    routes.extend(locations::routes());
    routes.extend(people::routes());
    routes.extend(companies::routes());
    routes.extend(plans::routes());
    routes.extend(resources::routes());
    routes.extend(subscriptions::routes());
    routes.extend(bookings::routes());
    routes.extend(integrations::routes());
    routes.extend(findings::routes());
    routes.extend(doors::routes());
    routes.extend(access::routes());
    routes.extend(audit::routes());
    routes
}
