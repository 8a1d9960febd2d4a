//! `GET /api/v1/resources/{resource}`

use access::id::ResourceId;
use access::may::{Action, Object};
use axum::Json;
use axum::http::Method;

use super::ResourceShape;
use crate::body::Id;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::GET,
        "/api/v1/resources/{resource}",
        Action::ResourcesRead,
        "resources",
        "Read a resource",
    )
    .answers::<ResourceShape>()
    .to(read)
}

async fn read(ctx: Ctx, Id(id): Id<ResourceId>) -> Result<Json<ResourceShape>, Problem> {
    let mut tx = ctx.store().read().await?;
    let resource = store::resource::read(&mut tx, ctx.network(), id).await?;
    ctx.allow(Action::ResourcesRead, &Object::At(resource.details.location))?;
    Ok(Json(resource.into()))
}
