//! POST /admin/integrations/{integration}/compare: read the vendor fully and compare, now.

use access::id::IntegrationId;
use access::may::Action;
use axum::extract::Path;
use axum::response::Response;
use store::wakeup::Lane;

use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// The step.
pub(crate) fn route() -> Route {
    Route::form("/admin/integrations/{integration}/compare", Action::IntegrationsWrite).to(compare)
}

async fn compare(ctx: Ctx, Path(id): Path<IntegrationId>) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    super::read(&mut tx, &ctx, id, Action::IntegrationsWrite).await?;
    store::integration::set_reading_due(&mut tx, ctx.network(), id, ctx.now).await?;
    store::integration::wake(&mut tx, ctx.network(), id, Lane::Grant, ctx.now).await?;
    tx.commit().await?;
    let text = "Comparing now. What differs is mended, and stands under Rounds.";
    Ok(ctx.go_with(&format!("/admin/integrations/{id}"), "scheduled", text))
}
