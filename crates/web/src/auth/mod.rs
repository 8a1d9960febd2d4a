//! Who it is.
use crate::registry::Route;
pub mod second_factor;
pub mod who;
/// Routes.
pub fn routes() -> Vec<Route> {
    Vec::new()
}
