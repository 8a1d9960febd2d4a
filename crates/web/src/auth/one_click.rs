//! The demo's sign-in links and its clock. Nothing here exists outside the demo.
//!
//! Why so: a stranger shall be inside with one click. The key in a link is as long as a password nobody could guess, so
//! this one GET may begin a session; `serve` hands in no keys and answers 404.

use access::Instant;
use axum::extract::Query;
use axum::http::Method;
use axum::response::Response;
use serde::Deserialize;

use super::{begin, welcome};
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::problem::Problem;
use crate::registry::{Needs, Route, Surface};
use crate::security;
use crate::words::{dates, validation as say};

/// Sign in, and move the clock.
pub fn routes() -> Vec<Route> {
    vec![
        Route::on(Method::GET, "/demo/sign-in", Surface::Auth, Needs::Nothing).to(sign_in),
        Route::on(Method::POST, "/demo/clock", Surface::Auth, Needs::Nothing).to(clock),
    ]
}

#[derive(Deserialize)]
struct Asked {
    key: String,
    #[serde(default)]
    next: String,
}

async fn sign_in(ctx: Ctx, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let demo = ctx.app.demo().ok_or_else(Problem::not_found)?;
    let link = demo
        .links
        .iter()
        .find(|link| security::same(&link.key, &asked.key))
        .ok_or_else(Problem::not_found)?;
    let mut tx = ctx.store().write().await?;
    let account = store::account::read(&mut tx, link.network, link.account).await?;
    let token = begin(&ctx, &mut tx, link.network, &account).await?;
    tx.commit().await?;
    Ok(welcome(&ctx, &account, &token, &asked.next))
}

async fn clock(ctx: Ctx, mut form: Fields) -> Result<Response, Problem> {
    let demo = ctx.app.demo().ok_or_else(Problem::not_found)?;
    let back = security::safe_next(form.value("back")).unwrap_or("/").to_owned();
    let to = match form.optional_number("advance_s", 1, 366 * 86_400) {
        Some(seconds) => Some(ctx.now.plus_s(seconds)),
        None => civil(&ctx, form.value("now")).await?,
    };
    let Some(to) = to else {
        return Err(Problem::field("now", say::not_a_date()));
    };
    (demo.set_clock)(to).await;
    Ok(ctx.go(&back))
}

/// What the bar's picker shows is the time of the zone the page shows.
async fn civil(ctx: &Ctx, typed: &str) -> Result<Option<Instant>, Problem> {
    let Ok(civil) = typed.parse::<jiff::civil::DateTime>() else {
        return Ok(None);
    };
    let mut tx = ctx.store().read().await?;
    let zone = ctx.zone_shown(&mut tx).await?;
    Ok(dates::zone(&zone)
        .to_zoned(civil)
        .ok()
        .map(|at| Instant::from(at.timestamp())))
}
