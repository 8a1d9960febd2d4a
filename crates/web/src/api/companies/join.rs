//! `POST /api/v1/companies/{company}/members`

use access::facts::Date;
use access::id::{CompanyId, PersonId};
use access::may::Action;
use axum::http::Method;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;

use super::BelongingShape;
use crate::body::{Body, Id, created};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// A belonging to be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewBelonging {
    /// Who.
    #[schemars(with = "crate::wire::PersonRef")]
    person: PersonId,
    /// First day.
    #[schemars(with = "crate::wire::Day")]
    joined_on: Date,
    /// Last day, inclusive.
    #[schemars(with = "Option<crate::wire::Day>")]
    left_on: Option<Date>,
}

/// The route.
pub fn route() -> Route {
    let what = "Take a person into a company";
    Route::api(
        Method::POST,
        "/api/v1/companies/{company}/members",
        Action::CompaniesWrite,
        "companies",
        what,
    )
    .takes::<NewBelonging>()
    .creates::<BelongingShape>()
    .to(join)
}

async fn join(ctx: Ctx, Id(company): Id<CompanyId>, Body(new): Body<NewBelonging>) -> Result<Response, Problem> {
    super::in_order(new.joined_on, new.left_on)?;
    let mut tx = ctx.store().write().await?;
    scope::company(&ctx, &mut tx, Action::CompaniesWrite, company).await?;
    let id = store::company::join(&mut tx, &ctx.act(), company, new.person, new.joined_on, new.left_on)
        .await
        .map_err(Problem::at("person"))?;
    let row = store::company::read_membership(&mut tx, ctx.network(), id).await?;
    ctx.commit(
        tx,
        created(
            &format!("/api/v1/companies/{company}/members"),
            BelongingShape::from(row),
        ),
    )
    .await
}
