//! Subscriptions and their items (P-5).

mod add_item;
mod cancel;
mod change;
mod change_item;
mod create;
mod list;
mod read;
mod remove_item;
mod shape;

use access::facts::Date;

use crate::problem::Problem;
use crate::registry::Route;

/// Every route about subscriptions.
pub fn routes() -> Vec<Route> {
    vec![
        list::route(),
        create::route(),
        read::route(),
        change::route(),
        cancel::route(),
        add_item::route(),
        change_item::route(),
        remove_item::route(),
    ]
}

/// The last day is not before the first.
fn in_order(starts_on: Date, ends_on: Option<Date>) -> Result<(), Problem> {
    if ends_on.is_some_and(|ends_on| ends_on < starts_on) {
        return Err(Problem::field(
            "ends_on",
            "The last day must not come before the first.",
        ));
    }
    Ok(())
}
