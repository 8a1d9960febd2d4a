//! `GET /`: to where somebody starts.

use axum::http::Method;
use axum::response::Response;

use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::{Needs, Route, Surface};

/// The start.
pub fn routes() -> Vec<Route> {
    vec![Route::on(Method::GET, "/", Surface::Auth, Needs::Nothing).to(start)]
}

async fn start(ctx: Ctx) -> Result<Response, Problem> {
    if let Some(known) = ctx.known() {
        return Ok(ctx.go(if known.administers { "/admin" } else { "/access" }));
    }
    let mut tx = ctx.store().read().await?;
    let empty = !store::network::any(&mut tx).await?;
    Ok(ctx.go(if empty { "/first-run" } else { "/sign-in" }))
}
