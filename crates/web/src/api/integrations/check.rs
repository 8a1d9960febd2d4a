//! `POST /api/v1/integrations/{integration}/check`: compares everything anew, soon.

use access::Instant;
use access::id::IntegrationId;
use access::may::Action;
use axum::Json;
use axum::http::Method;
use axum::response::Response;
use store::wakeup::Lane;

use super::IntegrationShape;
use super::read::shown;
use crate::body::Id;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// The route.
pub fn route() -> Route {
    let (path, what) = (
        "/api/v1/integrations/{integration}/check",
        "Compare everything with the vendor anew",
    );
    Route::api(Method::POST, path, Action::IntegrationsWrite, "integrations", what)
        .answers::<IntegrationShape>()
        .to(check)
}

async fn check(ctx: Ctx, Id(id): Id<IntegrationId>) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    scope::integration(&ctx, &mut tx, Action::IntegrationsWrite, id).await?;
    store::integration::set_reading_due(&mut tx, ctx.network(), id, Instant::from_ms(0)).await?;
    store::integration::wake(&mut tx, ctx.network(), id, Lane::Grant, ctx.now).await?;
    let integration = shown(&ctx, &mut tx, id).await?;
    ctx.commit(tx, Json(integration)).await
}
