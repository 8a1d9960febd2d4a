//! Settings: `/admin/settings`.

mod administrators;
mod locations;
mod network;
mod tokens;

use crate::registry::Route;

/// Every route of these pages.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = network::routes();
    routes.extend(locations::routes());
    routes.extend(administrators::routes());
    routes.extend(tokens::routes());
    routes
}
