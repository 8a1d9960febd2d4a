//! `GET /api/v1/people`

use access::id::{CompanyId, LocationId};
use access::may::Action;
use axum::http::Method;
use serde::Deserialize;

use super::PersonShape;
use crate::api::shape::PersonStateWord;
use crate::body::{Asked, List, Part};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

#[derive(Deserialize)]
struct Which {
    q: Option<String>,
    state: Option<PersonStateWord>,
    location: Option<LocationId>,
    company: Option<CompanyId>,
}

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::GET,
        "/api/v1/people",
        Action::PeopleRead,
        "people",
        "List people by name",
    )
    .query("q", "text", false, "Part of the name or e-mail address")
    .query(
        "state",
        "text",
        false,
        "invited, active, suspended or removed; without it all but the removed",
    )
    .query("location", "id-loc", false, "Only who has a membership here")
    .query("company", "id-com", false, "Only who belongs to this company")
    .lists::<PersonShape>()
    .to(list)
}

async fn list(ctx: Ctx, Asked(which): Asked<Which>, Asked(part): Asked<Part>) -> Result<List<PersonShape>, Problem> {
    let filter = store::person::Filter {
        search: which.q,
        state: which.state.map(Into::into),
        location: which.location,
        company: which.company,
    };
    let mut tx = ctx.store().read().await?;
    let listed = store::person::list(&mut tx, ctx.network(), &filter, &part.page()?).await?;
    Ok(List::of(listed, PersonShape::from))
}
