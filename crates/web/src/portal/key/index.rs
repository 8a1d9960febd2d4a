//! `GET /portal/key`: to the place with a key, or a choice of places, or a plain "none".

use access::index::Index;
use access::may::Action;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::journey::{self, KeyRow};
use super::{screens, show};
use crate::ctx::Ctx;
use crate::page::{Page, render};
use crate::portal::access::sight;
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
    let mine = Mine::load(&ctx).await?;
    match &*journey::offers(&ctx, &mine) {
        [] => show::only(&ctx, StatusCode::OK, screens::none()).await,
        [(only, _)] => Ok(ctx.go(&journey::href(*only, ""))),
        several => {
            let index = Index::new(&mine.facts);
            let row = |(id, _): &(access::id::IntegrationId, _)| {
                let ((_, place), _) = sight::whereabouts(&index, *id)?;
                Some(KeyRow {
                    href: journey::href(*id, ""),
                    title: words::row(true),
                    text: words::row_text(&place),
                })
            };
            let rows = several.iter().filter_map(row).collect();
            let page = ctx.page("Digital key", "access").await?;
            render(&PlacesPage { page, rows })
        }
    }
}
