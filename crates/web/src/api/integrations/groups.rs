//! `GET /api/v1/integrations/{integration}/groups`

use access::id::*;
use access::may::Action;
use axum::http::Method;
use schemars::JsonSchema;
use serde::Serialize;

use crate::body::{Id, List};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// A vendor's bundle of locks.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AccessGroup")]
struct GroupShape {
    /// Its id here; it stays when the vendor's name changes.
    #[schemars(with = "crate::wire::GroupRef")]
    id: AccessGroupId,
    /// The vendor's id.
    external: String,
    /// As the vendor names it.
    name: String,
    /// Deleted at the vendor.
    gone: bool,
    /// What it opens.
    #[schemars(with = "Vec<crate::wire::DoorRef>")]
    doors: Vec<DoorId>,
    /// What keeps the Access page from opening its doors.
    restrictions: Vec<String>,
}

/// The route.
pub fn route() -> Route {
    let (path, what) = (
        "/api/v1/integrations/{integration}/groups",
        "List the vendor's access groups",
    );
    Route::api(Method::GET, path, Action::IntegrationsRead, "integrations", what)
        .lists::<GroupShape>()
        .to(groups)
}

async fn groups(ctx: Ctx, Id(id): Id<IntegrationId>) -> Result<List<GroupShape>, Problem> {
    let mut tx = ctx.store().read().await?;
    scope::integration(&ctx, &mut tx, Action::IntegrationsRead, id).await?;
    let rows = store::group::list(&mut tx, ctx.network(), id).await?;
    let items = rows.into_iter().map(|row| GroupShape {
        id: row.id,
        external: row.external,
        name: row.name,
        gone: row.gone,
        doors: row.doors,
        restrictions: row.restrictions,
    });
    Ok(List {
        items: items.collect(),
        next: None,
    })
}
