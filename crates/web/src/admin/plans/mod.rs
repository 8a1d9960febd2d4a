//! Plans: `/admin/plans`.

mod form;
mod list;

use crate::registry::Route;

/// Every route of these pages.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = vec![list::route()];
    routes.extend(form::routes());
    routes
}
