//! `GET /api/v1/companies`

use access::id::LocationId;
use access::may::Action;
use axum::http::Method;
use serde::Deserialize;

use super::CompanyShape;
use crate::body::{Asked, List, Part};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

#[derive(Deserialize)]
struct Which {
    q: Option<String>,
    location: Option<LocationId>,
}

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::GET,
        "/api/v1/companies",
        Action::CompaniesRead,
        "companies",
        "List companies by name",
    )
    .query("q", "text", false, "Part of the name")
    .query("location", "id-loc", false, "Only those at home here")
    .lists::<CompanyShape>()
    .to(list)
}

async fn list(ctx: Ctx, Asked(which): Asked<Which>, Asked(part): Asked<Part>) -> Result<List<CompanyShape>, Problem> {
    let filter = store::company::Filter {
        search: which.q,
        location: which.location,
    };
    let mut tx = ctx.store().read().await?;
    let mut listed = store::company::list(&mut tx, ctx.network(), &filter, &part.page()?).await?;
    listed
        .rows
        .retain(|company| ctx.actor.acts_at(company.details.location));
    Ok(List::of(listed, CompanyShape::from))
}
