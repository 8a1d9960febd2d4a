//! The operator's pages: one file for each address, below `/admin`.
//!
//! In: [`crate::Ctx`], forms. Out: pages and redirects. Plain forms do everything; scripts make it nicer.
//! Always: each handler asks again about the object it loaded; what a form stores is stored in one transaction or not at all.

mod audit;
mod bookings;
mod companies;
mod integrations;
mod location;
mod palette;
mod parts;
mod people;
mod plans;
mod resources;
mod settings;
mod subscriptions;
mod today;

use crate::registry::Route;

/// Every route of these pages.
pub fn routes() -> Vec<Route> {
    let mut routes = vec![today::route(), location::route(), palette::route(), audit::route()];
    routes.extend(people::routes());
    routes.extend(companies::routes());
    routes.extend(plans::routes());
    routes.extend(resources::routes());
    routes.extend(integrations::routes());
    routes.extend(subscriptions::routes());
    routes.extend(bookings::routes());
    routes.extend(settings::routes());
    routes
}
