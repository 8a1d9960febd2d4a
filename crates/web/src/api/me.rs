//! `GET /api/v1/me`: what this token is.

use access::may::Action;
use axum::Json;
use axum::http::Method;
use schemars::JsonSchema;
use serde::Serialize;

use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// What a token is good for.
#[derive(Serialize, JsonSchema)]
struct Me {
    /// The network it belongs to.
    #[schemars(with = "crate::wire::NetworkRef")]
    network: access::id::NetworkId,
    /// The network's name.
    network_name: String,
    /// The login that made it.
    #[schemars(with = "crate::wire::AccountRef")]
    account: access::id::AccountId,
    /// The instant this server reads time by.
    #[schemars(with = "crate::wire::At")]
    now: access::Instant,
}

/// The route.
pub fn route() -> Route {
    Route::api(Method::GET, "/api/v1/me", Action::TodayRead, "me", "What this token is")
        .answers::<Me>()
        .to(show)
}

async fn show(ctx: Ctx) -> Result<Json<Me>, Problem> {
    let known = ctx.signed_in()?;
    let mut tx = ctx.store().read().await?;
    let network = store::network::read(&mut tx, known.network).await?;
    Ok(Json(Me {
        network: network.id,
        network_name: network.details.name,
        account: known.account,
        now: ctx.now,
    }))
}
