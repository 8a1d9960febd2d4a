//! Styles, programs, fonts and drawings, from inside the binary.
//!
//! In: a name. Out: the file, with how long a browser may keep it: for ever when the address names the version, else a day
//! with a check by content hash. Always: only names that were embedded; nothing is read from disk or from another host.

use std::sync::LazyLock;

use access::Instant;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::problem::Problem;
use crate::registry::{Needs, Route, Surface};
use crate::security::text_of;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/assets/dist"]
struct Dist;

/// The version of this exact set of files; part of their addresses.
pub static VERSION: LazyLock<String> = LazyLock::new(|| {
    Dist::get("version.txt")
        .and_then(|file| String::from_utf8(file.data.into_owned()).ok())
        .map_or_else(|| "0".to_owned(), |text| text.trim().to_owned())
});

/// Where assets are served.
pub fn routes() -> Vec<Route> {
    let open = |path| Route::on(Method::GET, path, Surface::Open, Needs::Nothing);
    vec![
        open("/assets/{*name}").to(asset),
        open("/sw.js").to(service_worker),
        open("/favicon.ico").to(favicon),
        open("/robots.txt").to(robots),
        open("/healthz").to(health),
    ]
}

async fn asset(Path(name): Path<String>, RawQuery(query): RawQuery, headers: HeaderMap) -> Result<Response, Problem> {
    let versioned = query.is_some_and(|query| query.starts_with("v="));
    let keep = if versioned {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=86400"
    };
    file(&name, keep, &headers)
}

async fn service_worker(headers: HeaderMap) -> Result<Response, Problem> {
    file("sw.js", "no-cache", &headers)
}

async fn favicon(headers: HeaderMap) -> Result<Response, Problem> {
    file("icon-180.png", "public, max-age=86400", &headers)
}

async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /\n"
}

/// Up: the process answers and its database does.
async fn health(axum::extract::State(app): axum::extract::State<crate::app::App>) -> Result<Response, Problem> {
    let now: Instant = app.clock().now();
    app.store().read().await?;
    Ok(axum::Json(serde_json::json!({ "status": "up", "now": now })).into_response())
}

fn file(name: &str, keep: &'static str, headers: &HeaderMap) -> Result<Response, Problem> {
    let found = Dist::get(name).ok_or_else(Problem::not_found)?;
    let hash = found.metadata.sha256_hash();
    let tag = HeaderValue::from_str(&format!("\"{}\"", text_of(&hash[..12]))).expect("letters and digits");
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value == tag);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut whole = found.data.into_owned().into_response();
        whole
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(type_of(name)));
        whole
    };
    response.headers_mut().insert(header::ETAG, tag);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    Ok(response)
}

fn type_of(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" => "image/jpeg",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        "html" => "text/html; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "json" => "application/json",
        _ => "application/octet-stream",
    }
}
