//! `GET /api/v1/doors`

use access::may::Action;
use axum::http::Method;

use super::DoorShape;
use crate::body::List;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::GET,
        "/api/v1/doors",
        Action::IntegrationsRead,
        "doors",
        "List all doors",
    )
    .lists::<DoorShape>()
    .to(list)
}

async fn list(ctx: Ctx) -> Result<List<DoorShape>, Problem> {
    let mut tx = ctx.store().read().await?;
    let integrations = store::integration::list(&mut tx, ctx.network(), None, &store::Page::longest())
        .await?
        .rows;
    let mut items = Vec::new();
    for integration in integrations
        .iter()
        .filter(|one| ctx.actor.acts_at(one.details.location))
    {
        let rows = store::group::doors(&mut tx, ctx.network(), integration.id).await?;
        items.extend(rows.into_iter().map(DoorShape::from));
    }
    Ok(List { items, next: None })
}
