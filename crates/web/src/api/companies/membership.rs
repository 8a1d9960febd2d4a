//! `PATCH /api/v1/companies/{company}/members/{membership}`

use access::facts::Date;
use access::id::{CompanyId, CompanyMembershipId};
use access::may::Action;
use axum::Json;
use axum::http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use super::BelongingShape;
use crate::api::change::Set;
use crate::body::{Body, Ids};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// What changes; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChangeBelonging {
    /// First day.
    #[schemars(with = "Option<crate::wire::Day>")]
    joined_on: Option<Date>,
    /// Last day, inclusive; null while it goes on.
    #[serde(default)]
    #[schemars(with = "Option<crate::wire::Day>")]
    left_on: Set<Date>,
}

/// The route.
pub fn route() -> Route {
    let (path, what) = (
        "/api/v1/companies/{company}/members/{membership}",
        "Change since when and until when a person belongs",
    );
    Route::api(Method::PATCH, path, Action::CompaniesWrite, "companies", what)
        .takes::<ChangeBelonging>()
        .answers::<BelongingShape>()
        .to(change)
}

async fn change(
    ctx: Ctx,
    Ids(company, id): Ids<CompanyId, CompanyMembershipId>,
    Body(change): Body<ChangeBelonging>,
) -> Result<Json<BelongingShape>, Problem> {
    let mut tx = ctx.store().write().await?;
    scope::company(&ctx, &mut tx, Action::CompaniesWrite, company).await?;
    let row = store::company::read_membership(&mut tx, ctx.network(), id).await?;
    if row.company != company {
        return Err(Problem::not_found());
    }
    let joined_on = change.joined_on.unwrap_or(row.joined_on);
    let left_on = change.left_on.or(row.left_on);
    super::in_order(joined_on, left_on)?;
    store::company::change_dates(&mut tx, &ctx.act(), id, joined_on, left_on).await?;
    let row = store::company::read_membership(&mut tx, ctx.network(), id).await?;
    tx.commit().await?;
    Ok(Json(row.into()))
}
