//! `GET /api/v1/companies/{company}`

use access::id::CompanyId;
use access::may::Action;
use axum::Json;
use axum::http::Method;

use super::CompanyShape;
use crate::body::Id;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::GET,
        "/api/v1/companies/{company}",
        Action::CompaniesRead,
        "companies",
        "Read a company",
    )
    .answers::<CompanyShape>()
    .to(read)
}

async fn read(ctx: Ctx, Id(id): Id<CompanyId>) -> Result<Json<CompanyShape>, Problem> {
    let mut tx = ctx.store().read().await?;
    let company = scope::company(&ctx, &mut tx, Action::CompaniesRead, id).await?;
    Ok(Json(company.into()))
}
