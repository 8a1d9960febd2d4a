//! `PATCH /api/v1/companies/{company}`

use access::id::CompanyId;
use access::may::Action;
use axum::Json;
use axum::http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use super::CompanyShape;
use crate::body::{Body, Id};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// What changes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChangeCompany {
    /// As shown.
    #[schemars(length(min = 1, max = 120))]
    name: String,
}

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::PATCH,
        "/api/v1/companies/{company}",
        Action::CompaniesWrite,
        "companies",
        "Rename a company",
    )
    .takes::<ChangeCompany>()
    .answers::<CompanyShape>()
    .to(rename)
}

async fn rename(
    ctx: Ctx,
    Id(id): Id<CompanyId>,
    Body(change): Body<ChangeCompany>,
) -> Result<Json<CompanyShape>, Problem> {
    let mut tx = ctx.store().write().await?;
    scope::company(&ctx, &mut tx, Action::CompaniesWrite, id).await?;
    store::company::rename(&mut tx, &ctx.act(), id, &change.name).await?;
    let company = store::company::read(&mut tx, ctx.network(), id).await?;
    tx.commit().await?;
    Ok(Json(company.into()))
}
