//! Bookings: `/admin/bookings`.

mod calendar;
mod change;
mod create;
mod feed;
mod form;
mod list;
mod moving;
mod people;
mod show;
mod state;

use crate::registry::Route;

/// Every route of these pages.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = vec![
        list::route(),
        calendar::route(),
        feed::route(),
        moving::route(),
        show::route(),
    ];
    routes.extend(create::routes());
    routes.extend(change::routes());
    routes.extend(people::routes());
    routes.extend(state::routes());
    routes
}
