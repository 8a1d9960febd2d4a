//! `DELETE /api/v1/companies/{company}/members/{membership}`: at once (P-25).

use access::id::{CompanyId, CompanyMembershipId};
use access::may::Action;
use axum::http::Method;
use axum::response::Response;

use crate::body::{Ids, nothing};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// The route.
pub fn route() -> Route {
    let (path, what) = (
        "/api/v1/companies/{company}/members/{membership}",
        "Remove a person from a company at once",
    );
    Route::api(Method::DELETE, path, Action::CompaniesWrite, "companies", what)
        .answers_nothing()
        .to(leave)
}

async fn leave(ctx: Ctx, Ids(company, id): Ids<CompanyId, CompanyMembershipId>) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    scope::company(&ctx, &mut tx, Action::CompaniesWrite, company).await?;
    if store::company::read_membership(&mut tx, ctx.network(), id)
        .await?
        .company
        != company
    {
        return Err(Problem::not_found());
    }
    store::company::remove(&mut tx, &ctx.act(), id).await?;
    tx.commit().await?;
    Ok(nothing())
}
