//! Doors: what there is, what happened at them, opening one for somebody.

mod events;
mod list;
mod open;

use access::id::*;
use schemars::JsonSchema;
use serde::Serialize;
use store::group::DoorRow;

use crate::registry::Route;

/// Every route about doors.
pub fn routes() -> Vec<Route> {
    vec![list::route(), open::route(), events::route()]
}

/// A door.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Door")]
pub(super) struct DoorShape {
    /// Its id here.
    #[schemars(with = "crate::wire::DoorRef")]
    id: DoorId,
    /// At which account.
    #[schemars(with = "crate::wire::IntegrationRef")]
    integration: IntegrationId,
    /// The vendor's id.
    external: String,
    /// As the vendor names it.
    name: String,
    /// The vendor's site it belongs to.
    site: Option<String>,
    /// No longer listed by the vendor.
    gone: bool,
    /// Reachable for remote opening; null when the vendor does not know.
    online: Option<bool>,
    /// Held shut for everybody.
    locked_down: bool,
    /// What keeps remote opening from working.
    restrictions: Vec<String>,
}

impl From<DoorRow> for DoorShape {
    fn from(row: DoorRow) -> Self {
        Self {
            id: row.id,
            integration: row.integration,
            external: row.external,
            name: row.name,
            site: row.site,
            gone: row.gone,
            online: row.online,
            locked_down: row.locked_down,
            restrictions: row.restrictions,
        }
    }
}
