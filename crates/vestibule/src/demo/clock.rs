//! The demo's clock, for scripts: `GET` and `PUT /demo/clock`. The bar on the pages posts to the same address; that form is
//! the pages' own.
//!
//! In: `{"now": instant}` or `{"advance_s": n}`. Out: the instant it is. Always: the product's clock and the simulators' move
//! together, and the answer comes when everything due by then has been worked. Not in `serve`.

use access::Instant;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::json;
use simulators::clock::SimClock;
use store::{Clock, Store};
use worker::Worker;

/// The farthest that one move goes, in seconds: ten years.
const FARTHEST_S: i64 = 10 * 366 * 86_400;

/// All clocks of the demo.
#[derive(Clone)]
pub struct Clocks {
    /// The product's.
    pub product: Clock,
    /// The simulators'.
    pub simulators: SimClock,
    /// Works what becomes due.
    pub worker: Worker,
    /// Where facts are.
    pub store: Store,
}

impl Clocks {
    /// Moves all of them, and returns when everything due by then has been worked.
    pub async fn set(&self, to: Instant) {
        // Vendors first: nobody may ask them about an instant that is still ahead for them.
        self.simulators.set_ms(to.ms());
        self.product.set(to);
        self.settle().await;
        if let Err(error) = self.tell_open_pages(to).await {
            tracing::error!(%error, "open pages were not told that the clock has moved");
        }
    }

    /// Doors may open or close without anything being stored. What is stored here is that sessions over by now are gone;
    /// every commit makes open pages look again.
    async fn tell_open_pages(&self, now: Instant) -> store::Result<()> {
        let mut tx = self.store.write().await?;
        store::session::tidy(&mut tx, now).await?;
        tx.commit().await
    }

    /// Returns when everything that is due has been worked.
    pub async fn settle(&self) {
        if let Err(error) = self.worker.settle().await {
            tracing::error!(%error, "what became due could not be worked");
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Move {
    /// To this instant.
    Now(Instant),
    /// By these seconds, forwards or back.
    AdvanceS(i64),
}

/// The pages with the clock's two questions in front.
pub fn in_front_of(pages: Router, clocks: Clocks) -> Router {
    let clock = get(show).put(put).fallback_service(pages.clone());
    Router::new()
        .route("/demo/clock", clock)
        .with_state(clocks)
        .fallback_service(pages)
}

async fn show(State(clocks): State<Clocks>) -> Response {
    said(StatusCode::OK, &json!({ "now": clocks.product.now() }))
}

async fn put(State(clocks): State<Clocks>, body: Bytes) -> Response {
    let to = match serde_json::from_slice::<Move>(&body) {
        Ok(Move::Now(to)) => to,
        Ok(Move::AdvanceS(seconds)) => clocks.product.now().plus_s(seconds.clamp(-FARTHEST_S, FARTHEST_S)),
        Err(why) => {
            let say =
                format!("Send {{\"now\": \"2026-03-10T08:55:00Z\"}} or {{\"advance_s\": 60}}; this is neither: {why}.");
            return said(StatusCode::UNPROCESSABLE_ENTITY, &json!({ "detail": say }));
        }
    };
    if to.is_open() {
        let say = "The clock needs an instant, not an open end.";
        return said(StatusCode::UNPROCESSABLE_ENTITY, &json!({ "detail": say }));
    }
    clocks.set(to).await;
    show(State(clocks)).await
}

fn said(status: StatusCode, value: &serde_json::Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}
