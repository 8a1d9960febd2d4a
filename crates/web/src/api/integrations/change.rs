//! `PATCH /api/v1/integrations/{integration}`: who sees its doors, and which site.

use access::id::IntegrationId;
use access::may::Action;
use axum::Json;
use axum::http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use super::IntegrationShape;
use super::read::shown;
use crate::api::change::Set;
use crate::api::shape::VisibilityWord;
use crate::body::{Body, Id};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// What changes; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChangeIntegration {
    /// Who sees its doors on the Access page.
    visibility: Option<VisibilityWord>,
    /// The vendor's site, by its id there; null is all of the account.
    #[serde(default)]
    site: Set<String>,
    /// The site's name, as shown.
    #[serde(default)]
    site_name: Set<String>,
}

/// The route.
pub fn route() -> Route {
    let (path, what) = (
        "/api/v1/integrations/{integration}",
        "Choose who sees its doors, and which site",
    );
    Route::api(Method::PATCH, path, Action::IntegrationsWrite, "integrations", what)
        .takes::<ChangeIntegration>()
        .answers::<IntegrationShape>()
        .to(change)
}

async fn change(
    ctx: Ctx,
    Id(id): Id<IntegrationId>,
    Body(change): Body<ChangeIntegration>,
) -> Result<Json<IntegrationShape>, Problem> {
    let mut tx = ctx.store().write().await?;
    let mut details = scope::integration(&ctx, &mut tx, Action::IntegrationsWrite, id)
        .await?
        .details;
    details.visibility = change.visibility.map_or(details.visibility, Into::into);
    details.site = change.site.or(details.site);
    details.site_name = change
        .site_name
        .or(details.site_name)
        .filter(|_| details.site.is_some());
    store::integration::change(&mut tx, &ctx.act(), id, &details).await?;
    let integration = shown(&ctx, &mut tx, id).await?;
    tx.commit().await?;
    Ok(Json(integration))
}
