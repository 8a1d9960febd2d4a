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
use crate::{connect, scope, words};

/// What changes; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChangeIntegration {
    /// Who sees its doors on the Access page.
    visibility: Option<VisibilityWord>,
    /// The vendor's site, by its id there, as `GET …/sites` lists them; null is all of the account.
    #[serde(default)]
    site: Set<String>,
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
    let before = scope::integration(&ctx, &mut tx, Action::IntegrationsWrite, id).await?;
    let mut details = before.details.clone();
    details.visibility = change.visibility.map_or(details.visibility, Into::into);
    let asked = change.site.or(details.site.clone());
    if asked.is_none() && connect::one_site(&ctx, &details.vendor) {
        return Err(Problem::field("site", words::connecting::CHOOSE_A_SITE));
    }
    if asked != details.site {
        let known = connect::sites(&ctx, &mut tx, &before).await?;
        let site = connect::chosen(&known, asked.as_deref())?;
        (details.site, details.site_name) = site.map(|site| (site.external.clone(), site.name.clone())).unzip();
    }
    store::integration::change(&mut tx, &ctx.act(), id, &details).await?;
    let integration = shown(&ctx, &mut tx, id).await?;
    tx.commit().await?;
    Ok(Json(integration))
}
