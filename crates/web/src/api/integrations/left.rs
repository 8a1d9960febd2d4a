//! `GET /api/v1/integrations/{integration}/left`: what stands at the vendor of ours, also after disconnecting (P-37).

use access::id::*;
use access::may::Action;
use axum::http::Method;
use schemars::JsonSchema;
use serde::Serialize;
use store::Listed;
use store::grant::Grant;

use crate::api::shape::WindowShape;
use crate::body::{Asked, Id, List, Part};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// The route.
pub fn route() -> Route {
    let (path, what) = (
        "/api/v1/integrations/{integration}/left",
        "List the grants that the vendor holds of ours, also after disconnecting",
    );
    Route::api(Method::GET, path, Action::IntegrationsRead, "integrations", what)
        .lists::<LeftShape>()
        .to(left)
}

/// A grant as the vendor holds it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "HeldGrant")]
struct LeftShape {
    /// Who.
    #[schemars(with = "crate::wire::PersonRef")]
    person: PersonId,
    /// In which group.
    #[schemars(with = "crate::wire::GroupRef")]
    group: AccessGroupId,
    /// As the vendor acknowledged it last.
    held: WindowShape,
    /// The vendor's id of the row, to look for in its console.
    external: Option<String>,
}

async fn left(ctx: Ctx, Id(id): Id<IntegrationId>, Asked(part): Asked<Part>) -> Result<List<LeftShape>, Problem> {
    let mut tx = ctx.store().read().await?;
    scope::integration(&ctx, &mut tx, Action::IntegrationsRead, id).await?;
    let listed = store::grant::held(&mut tx, ctx.network(), id, &part.page()?).await?;
    let kept = Listed {
        rows: listed.rows.into_iter().filter_map(LeftShape::of).collect(),
        next: listed.next,
    };
    Ok(List::of(kept, |left| left))
}

impl LeftShape {
    fn of(grant: Grant) -> Option<Self> {
        Some(Self {
            person: grant.person,
            group: grant.group,
            held: grant.held?.into(),
            external: grant.external,
        })
    }
}
