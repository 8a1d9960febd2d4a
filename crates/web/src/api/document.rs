//! `GET /api/v1/openapi.json`: the document, for everybody.

use axum::Json;
use axum::http::Method;
use serde_json::Value;

use crate::registry::{Needs, Route, Surface};

/// The route.
pub fn route() -> Route {
    Route::on(Method::GET, "/api/v1/openapi.json", Surface::Open, Needs::Nothing).to(show)
}

async fn show() -> Json<Value> {
    Json(crate::openapi::document())
}
