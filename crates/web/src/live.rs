//! Live pages: an event whenever something was stored, so that a page asks for its changed parts again.
//!
//! In: the store's word that something changed. Out: server-sent events named `changed`, without content.
//! Why so: what changed is for the page's own route to say, with its own permission; a bare signal can leak nothing.
//! Always: bursts are one event; a session that ended ends its stream with the next event.

use std::convert::Infallible;

use access::may::Action;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use crate::auth::who;
use crate::ctx::Ctx;
use crate::registry::{Needs, Route, Surface};

/// Where pages listen.
pub fn routes() -> Vec<Route> {
    vec![
        Route::on(
            axum::http::Method::GET,
            "/live",
            Surface::Page,
            Needs::May(Action::ViewOwn),
        )
        .to(live),
        Route::page("/admin/live", Action::TodayRead).to(live),
    ]
}

async fn live(ctx: Ctx) -> Response {
    let woken = ctx.store().changed();
    let events = stream::unfold((ctx, woken), |(ctx, mut woken)| async move {
        woken.changed().await.ok()?;
        // Without a session any more there is nothing to tell.
        who::still(&ctx).await.then(|| {
            (
                Ok::<_, Infallible>(Event::default().event("changed").data("1")),
                (ctx, woken),
            )
        })
    });
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}
