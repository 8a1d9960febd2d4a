//! `GET /api/v1/integrations/{integration}/doors`

use access::id::IntegrationId;
use access::may::Action;
use axum::http::Method;

use crate::api::doors::DoorShape;
use crate::body::{Id, List};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// The route.
pub fn route() -> Route {
    let (path, what) = (
        "/api/v1/integrations/{integration}/doors",
        "List the doors read from the vendor",
    );
    Route::api(Method::GET, path, Action::IntegrationsRead, "integrations", what)
        .lists::<DoorShape>()
        .to(doors)
}

async fn doors(ctx: Ctx, Id(id): Id<IntegrationId>) -> Result<List<DoorShape>, Problem> {
    let mut tx = ctx.store().read().await?;
    scope::integration(&ctx, &mut tx, Action::IntegrationsRead, id).await?;
    let rows = store::group::doors(&mut tx, ctx.network(), id).await?;
    Ok(List {
        items: rows.into_iter().map(DoorShape::from).collect(),
        next: None,
    })
}
