//! `POST /api/v1/integrations/{integration}/reconnect`: signs in again at the vendor, with a live check.

use std::collections::BTreeMap;

use access::id::IntegrationId;
use access::may::Action;
use axum::Json;
use axum::http::Method;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;

use super::IntegrationShape;
use super::connect::live;
use super::read::shown;
use crate::body::{Body, Id};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::{connect, scope};

/// The account from before, signed in anew.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Reconnect {
    /// What the vendor asks for, by field key; an unknown key is answered with the known ones.
    fields: BTreeMap<String, String>,
}

/// The route.
pub fn route() -> Route {
    let (path, what) = (
        "/api/v1/integrations/{integration}/reconnect",
        "Sign in again at the vendor",
    );
    Route::api(Method::POST, path, Action::IntegrationsWrite, "integrations", what)
        .takes::<Reconnect>()
        .answers::<IntegrationShape>()
        .to(reconnect)
}

async fn reconnect(ctx: Ctx, Id(id): Id<IntegrationId>, Body(anew): Body<Reconnect>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let before = scope::integration(&ctx, &mut tx, Action::IntegrationsWrite, id)
        .await?
        .details;
    drop(tx);
    let login = live(&ctx, before.location, &before.vendor, anew.fields).await?;
    let mut tx = ctx.store().write().await?;
    connect::again(&ctx, &mut tx, id, &login).await?;
    let integration = shown(&ctx, &mut tx, id).await?;
    ctx.commit(tx, Json(integration)).await
}
