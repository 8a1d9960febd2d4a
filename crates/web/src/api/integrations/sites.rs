//! `GET /api/v1/integrations/{integration}/sites`

use access::id::IntegrationId;
use access::may::Action;
use axum::http::Method;
use schemars::JsonSchema;
use serde::Serialize;

use crate::body::{Id, List};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::{connect, scope};

/// A site of the account at the vendor.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Site")]
struct SiteShape {
    /// The vendor's id; what `site` of an integration takes.
    external: String,
    /// As the vendor names it.
    name: String,
}

/// The route.
pub fn route() -> Route {
    let (path, what) = (
        "/api/v1/integrations/{integration}/sites",
        "List the sites of the account, as of its last sign-in",
    );
    Route::api(Method::GET, path, Action::IntegrationsRead, "integrations", what)
        .lists::<SiteShape>()
        .to(sites)
}

async fn sites(ctx: Ctx, Id(id): Id<IntegrationId>) -> Result<List<SiteShape>, Problem> {
    let mut tx = ctx.store().read().await?;
    let integration = scope::integration(&ctx, &mut tx, Action::IntegrationsRead, id).await?;
    let sites = connect::sites(&ctx, &mut tx, &integration).await?;
    let items = sites.into_iter().map(|site| SiteShape {
        external: site.external,
        name: site.name,
    });
    Ok(List {
        items: items.collect(),
        next: None,
    })
}
