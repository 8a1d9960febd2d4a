//! `GET /access`: the page a member opens in front of a door.
//!
//! Out: the page with its live part already inside, so that one request is enough in the rain.

use access::may::Action;
use askama::Template;
use axum::response::Response;

use super::now;
use crate::ctx::Ctx;
use crate::page::{Page, render};
use crate::portal::say;
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::dates;

/// The page.
pub fn route() -> Route {
    Route::portal("/access", Action::ViewOwn).to(show)
}

#[derive(Template)]
#[template(path = "portal/access.html")]
struct AccessPage {
    page: Page,
    greeting: String,
    today: String,
    now_html: String,
}

async fn show(ctx: Ctx) -> Result<Response, Problem> {
    let (mine, sight) = now::look(&ctx).await?;
    let home = mine.home(sight.places.first().map(|place| place.id));
    let zone = dates::zone(home.map_or("UTC", |home| home.zone.as_str()));
    // No time of day: it would go stale while the page is open, and doors follow the clock of the server.
    let today = say::today(ctx.now, &zone);
    render(&AccessPage {
        greeting: say::greeting(ctx.now, &zone, mine.name()),
        today: home.map_or_else(|| today.clone(), |home| format!("{} · {today}", home.name)),
        now_html: now::fragment(&ctx, &sight)?,
        page: ctx.page("Access", "access").await?,
    })
}
