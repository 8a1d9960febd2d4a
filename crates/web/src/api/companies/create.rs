//! `POST /api/v1/companies`

use access::id::LocationId;
use access::may::{Action, Object};
use axum::http::Method;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;
use store::company::Details;

use super::CompanyShape;
use crate::body::{Body, created};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// A company to be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewCompany {
    /// Where it is at home; it stays there.
    #[schemars(with = "crate::wire::LocationRef")]
    location: LocationId,
    /// As shown.
    #[schemars(length(min = 1, max = 120))]
    name: String,
}

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::POST,
        "/api/v1/companies",
        Action::CompaniesWrite,
        "companies",
        "Add a company",
    )
    .takes::<NewCompany>()
    .creates::<CompanyShape>()
    .to(create)
}

async fn create(ctx: Ctx, Body(new): Body<NewCompany>) -> Result<Response, Problem> {
    ctx.allow(Action::CompaniesWrite, &Object::At(new.location))?;
    let details = Details {
        location: new.location,
        name: new.name,
    };
    let mut tx = ctx.store().write().await?;
    let id = store::company::create(&mut tx, &ctx.act(), &details)
        .await
        .map_err(Problem::at("location"))?;
    let company = store::company::read(&mut tx, ctx.network(), id).await?;
    ctx.commit(
        tx,
        created(&format!("/api/v1/companies/{id}"), CompanyShape::from(company)),
    )
    .await
}
