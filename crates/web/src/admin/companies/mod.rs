//! Companies: `/admin/companies`.

mod form;
mod list;
mod people;
mod show;

use crate::registry::Route;

/// Every route of these pages.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = vec![list::route(), show::route()];
    routes.extend(form::routes());
    routes.extend(people::routes());
    routes
}
