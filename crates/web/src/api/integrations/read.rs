//! `GET /api/v1/integrations/{integration}`

use access::id::IntegrationId;
use access::may::Action;
use axum::Json;
use axum::http::Method;
use store::Tx;

use super::IntegrationShape;
use crate::body::Id;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// The route.
pub fn route() -> Route {
    let what = "Read an integration with its health";
    Route::api(
        Method::GET,
        "/api/v1/integrations/{integration}",
        Action::IntegrationsRead,
        "integrations",
        what,
    )
    .answers::<IntegrationShape>()
    .to(read)
}

async fn read(ctx: Ctx, Id(id): Id<IntegrationId>) -> Result<Json<IntegrationShape>, Problem> {
    let mut tx = ctx.store().read().await?;
    scope::integration(&ctx, &mut tx, Action::IntegrationsRead, id).await?;
    shown(&ctx, &mut tx, id).await.map(Json)
}

/// As it is now.
pub(super) async fn shown(ctx: &Ctx, tx: &mut Tx, id: IntegrationId) -> Result<IntegrationShape, Problem> {
    let integration = store::integration::read(tx, ctx.network(), id).await?;
    let status = store::integration::status(tx, ctx.network(), id).await?;
    Ok(IntegrationShape::of(integration, status))
}
