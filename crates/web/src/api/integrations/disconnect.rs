//! `POST /api/v1/integrations/{integration}/disconnect`: with the choice of what happens to what was granted (P-37).

use access::id::IntegrationId;
use access::may::Action;
use access::vendor::DisconnectWith;
use axum::Json;
use axum::http::Method;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;

use super::IntegrationShape;
use super::read::shown;
use crate::body::{Body, Id};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::{disconnect as desk, scope};

/// What happens to what was granted.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "DisconnectWith")]
enum WithWord {
    Leave,
    RunOut,
    Revoke,
}

/// How to disconnect.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Disconnect {
    /// Leave it as it is, let windows run out, or take away all of ours.
    with: WithWord,
}

/// The route.
pub fn route() -> Route {
    let (path, what) = (
        "/api/v1/integrations/{integration}/disconnect",
        "Disconnect a vendor account",
    );
    Route::api(Method::POST, path, Action::IntegrationsWrite, "integrations", what)
        .takes::<Disconnect>()
        .answers::<IntegrationShape>()
        .to(disconnect)
}

async fn disconnect(ctx: Ctx, Id(id): Id<IntegrationId>, Body(how): Body<Disconnect>) -> Result<Response, Problem> {
    let with = match how.with {
        WithWord::Leave => DisconnectWith::Leave,
        WithWord::RunOut => DisconnectWith::RunOut,
        WithWord::Revoke => DisconnectWith::Revoke,
    };
    let mut tx = ctx.store().write().await?;
    scope::integration(&ctx, &mut tx, Action::IntegrationsWrite, id).await?;
    desk::disconnect(&ctx, &mut tx, id, with).await?;
    let integration = shown(&ctx, &mut tx, id).await?;
    ctx.commit(tx, Json(integration)).await
}
