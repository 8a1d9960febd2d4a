//! Vendors' webhooks in: kept as they came, and the worker is woken.
//!
//! In: any body of at most 64 KiB at `/hooks/{network}/{integration}`. Out: 204, before anything is understood.
//! Why so: only a connector can tell whether the vendor sent it, and what it says is a hint, never a fact.
//! Always: what is no account of that network answers 404; headers are kept without what belongs to the way here.

use access::id::{IntegrationId, NetworkId};
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::Method;
use axum::response::Response;

use crate::body::{Ids, nothing};
use crate::ctx::Ctx;
use crate::problem::{Kind, Problem};
use crate::registry::{Needs, Route, Surface};

const BODY_BYTES: usize = 64 * 1024;
const HEADERS: usize = 40;

/// Where vendors call.
pub fn routes() -> Vec<Route> {
    vec![
        Route::on(
            Method::POST,
            "/hooks/{network}/{integration}",
            Surface::Hook,
            Needs::Nothing,
        )
        .to(keep),
    ]
}

async fn keep(
    ctx: Ctx,
    Ids(network, integration): Ids<NetworkId, IntegrationId>,
    request: Request,
) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let known = store::integration::read(&mut tx, network, integration).await?;
    drop(tx);
    if known.details.login.is_none() {
        return Err(Problem::not_found());
    }
    let headers: Vec<(String, String)> = request
        .headers()
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "cookie" | "authorization"))
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .take(HEADERS)
        .collect();
    let body = to_bytes(request.into_body(), BODY_BYTES)
        .await
        .map_err(|_| Problem::new(Kind::TooLarge, "At most 64 kB are read here."))?;
    let body = String::from_utf8(body.to_vec()).map_err(|_| Problem::new(Kind::Unreadable, "The body is not text."))?;
    let mut tx = ctx.store().write().await?;
    store::inbox::keep(&mut tx, network, integration, &headers, &body, ctx.now).await?;
    tx.commit().await?;
    Ok(nothing())
}
