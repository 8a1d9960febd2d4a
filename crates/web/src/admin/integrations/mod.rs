//! Integrations: `/admin/integrations`.

mod choices;
mod compare;
mod connect;
mod consent;
mod disconnect;
mod gateways;
mod left;
mod list;
mod replace;
mod rows;
mod show;
mod uses;

use access::id::IntegrationId;
use access::may::{Action, Object};
use store::Tx;
use store::integration::Integration;

use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// Every route of these pages.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = vec![
        list::route(),
        show::route(),
        compare::route(),
        consent::route(),
        left::route(),
    ];
    routes.extend(connect::routes());
    routes.extend(choices::routes());
    routes.extend(disconnect::routes());
    routes.extend(gateways::routes());
    routes.extend(replace::routes());
    routes
}

/// One integration at a location where the actor may do this.
async fn read(tx: &mut Tx, ctx: &Ctx, id: IntegrationId, action: Action) -> Result<Integration, Problem> {
    let integration = store::integration::read(tx, ctx.network(), id).await?;
    ctx.allow(action, &Object::At(integration.details.location))?;
    Ok(integration)
}

/// The vendor's name, from data.
fn vendor_name<'c>(ctx: &'c Ctx, word: &str) -> &'c str {
    ctx.outside().vendor(word).map_or("Door system", |vendor| vendor.name)
}
