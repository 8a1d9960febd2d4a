//! The digital key: a member's phone opens readers (P-32). One endpoint, one file.
//!
//! The way: `index` finds the place, `show` is the journey's page with every screen, `begin` leads to the vendor for the member's own
//! consent, `linked` is where the browser comes back, `issue` makes this phone a key, `why` explains a red light, `unlink` forgets.
//! Always: the server decides who gets what; that the app is installed is only looked at in the browser and never trusted.

mod begin;
mod index;
mod issue;
mod journey;
mod linked;
mod screens;
mod show;
mod trip;
mod unlink;
mod why;

pub use journey::{KeyRow, rows};
pub(crate) use trip::back_url;

use crate::registry::Route;

/// Every route of the digital key.
pub fn routes() -> Vec<Route> {
    vec![
        index::route(),
        show::route(),
        begin::route(),
        linked::route(),
        issue::route(),
        why::route(),
        unlink::route(),
    ]
}
