//! `GET /api/v1/companies/{company}/members`

use access::id::CompanyId;
use access::may::Action;
use axum::http::Method;

use super::BelongingShape;
use crate::body::{Id, List};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// The route.
pub fn route() -> Route {
    let what = "List who belongs to a company, also past and future belongings";
    Route::api(
        Method::GET,
        "/api/v1/companies/{company}/members",
        Action::CompaniesRead,
        "companies",
        what,
    )
    .lists::<BelongingShape>()
    .to(members)
}

async fn members(ctx: Ctx, Id(id): Id<CompanyId>) -> Result<List<BelongingShape>, Problem> {
    let mut tx = ctx.store().read().await?;
    scope::company(&ctx, &mut tx, Action::CompaniesRead, id).await?;
    let rows = store::company::members(&mut tx, ctx.network(), id).await?;
    Ok(List {
        items: rows.into_iter().map(Into::into).collect(),
        next: None,
    })
}
