//! `GET /access/now`: the live part of the Access page, asked for again when something was stored or an edge passes.
//!
//! In: the mark of what the page shows already. Out: the part, or nothing (204) when it would look the same, so that an
//! answer to a press ("Open.") is not wiped away by the very event it caused.

use access::may::Action;
use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::sight::Sight;
use crate::ctx::Ctx;
use crate::portal::key;
use crate::portal::mine::Mine;
use crate::problem::Problem;
use crate::registry::Route;

/// Longest wait before the page asks again by itself, seconds.
const LONGEST_S: i64 = 6 * 60 * 60;

/// The part.
pub fn route() -> Route {
    Route::portal("/access/now", Action::ViewOwn).to(show)
}

#[derive(Deserialize)]
struct Asked {
    /// The mark of what is shown.
    have: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/access_now.html")]
struct AccessNow<'a> {
    sight: &'a Sight,
    csrf: &'a str,
    mark: String,
    again_s: i64,
}

async fn show(ctx: Ctx, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let (_, sight) = look(&ctx).await?;
    if asked.have == Some(sight.mark()) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(Html(fragment(&ctx, &sight)?).into_response())
}

/// The signed-in person, and all they see here.
pub async fn look(ctx: &Ctx) -> Result<(Mine, Sight), Problem> {
    let mut tx = ctx.store().read().await?;
    let mine = Mine::load_in(&mut tx, ctx).await?;
    let mut sight = mine.sight(&ctx.outside().vendors, ctx.now);
    sight.keys = key::rows(&mut tx, ctx, &mine).await?;
    Ok((mine, sight))
}

/// The part as HTML.
pub fn fragment(ctx: &Ctx, sight: &Sight) -> Result<String, Problem> {
    // A second after the edge, so that the answer is on its far side.
    let edge_s = sight
        .next_edge
        .map_or(LONGEST_S, |edge| (edge.ms() - ctx.now.ms()) / 1000 + 1);
    let part = AccessNow {
        sight,
        csrf: &ctx.csrf,
        mark: sight.mark(),
        again_s: edge_s.clamp(1, LONGEST_S),
    };
    part.render()
        .map_err(|error| Problem::internal("writing the doors", error))
}
