//! One's own bookings, and those one is invited to: look, invite, move, cancel (P-7, P-22).

pub mod cancel;
pub mod invite;
pub mod list;
pub mod r#move;
pub mod one;
pub mod show;
pub mod uninvite;

use crate::registry::Route;

/// Every route of these pages.
pub fn routes() -> Vec<Route> {
    vec![
        list::route(),
        show::route(),
        invite::route(),
        uninvite::route(),
        r#move::route(),
        cancel::route(),
    ]
}
