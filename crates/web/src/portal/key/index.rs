//! `GET /portal/key`: to the place with a key, or a choice of places, or a plain "none".

use access::may::Action;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::journey::{self, KeyRow};
use super::{screens, show};
use crate::ctx::Ctx;
use crate::page::{Page, render};
use crate::portal::mine::Mine;
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::digital_key as words;

/// The way in.
pub fn route() -> Route {
    Route::portal("/portal/key", Action::ViewOwn).to(index)
}

#[derive(Template)]
#[template(path = "portal/key_places.html")]
struct PlacesPage {
    page: Page,
    rows: Vec<KeyRow>,
}

async fn index(ctx: Ctx) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let mine = Mine::load_in(&mut tx, &ctx).await?;
    let places = journey::places(&mut tx, &ctx, &mine).await?;
    drop(tx);
    match &*places {
        [] => show::only(&ctx, StatusCode::OK, screens::none()).await,
        [only] => Ok(ctx.go(&journey::href(only.id, ""))),
        several => {
            let rows = several.iter().map(|at| at.row(words::row(true))).collect();
            let page = ctx.page("Digital key", "access").await?;
            render(&PlacesPage { page, rows })
        }
    }
}
