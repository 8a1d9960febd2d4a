//! What happens around every handler: who is it, may they, did our page send it; and how the answer leaves.
//!
//! In: a request and its route's need. Out: the handler's answer or a problem, with every header an answer carries.
//! Why so: default deny lives in one place; a handler that forgets to ask is still behind the route's own need.
//! Always: cookies count on pages only, bearer tokens on the API only; a write from a browser shows the form token and comes
//! from our own origin; what a browser gets as a problem is a page.

use access::may::Object;
use access::vendor::Secret;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::app::{App, BODY_BYTES};
use crate::ctx::{Ctx, FLASH_COOKIE, Repeatable};
use crate::fields::TOKEN;
use crate::problem::{Kind, Problem};
use crate::registry::{Needs, Route, Surface};
use crate::words::validation as say;
use crate::{page, security};

/// The largest form we read.
const FORM_BYTES: usize = 256 * 1024;
/// A sign-in is fresh for ten minutes.
const FRESH_MINUTES: i64 = 10;

/// What the guard knows of a route.
#[derive(Clone)]
pub(crate) struct Spec {
    app: App,
    surface: Surface,
    needs: Needs,
    fresh: bool,
}

impl Spec {
    /// Of a route in the registry.
    pub(crate) fn of(route: &Route, app: App) -> Self {
        Self {
            app,
            surface: route.surface,
            needs: route.needs,
            fresh: route.fresh,
        }
    }
}

/// Around a route of the registry.
pub(crate) async fn guard(State(spec): State<Spec>, request: Request, next: Next) -> Response {
    let mut ctx = Ctx::anonymous(&spec.app, spec.surface, &request);
    let shown = ctx.shown(&request);
    if let Err(problem) = ctx.recognise(shown).await {
        let method = request.method().clone();
        return finish(&ctx, &method, problem.into_response()).await;
    }
    let method = request.method().clone();
    let admitted = match admit(&spec, &ctx, request).await {
        Ok(request) => repeated(&mut ctx, request).await,
        Err(problem) => Err(problem.into_response()),
    };
    let response = match admitted {
        Ok(mut request) => {
            request.extensions_mut().insert(ctx.clone());
            said_as_a_problem(next.run(request).await)
        }
        Err(response) => response,
    };
    finish(&ctx, &method, response).await
}

/// What a route's own reading of path and query refuses leaves as a bare line; nobody should meet one.
fn said_as_a_problem(response: Response) -> Response {
    let kind = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let bare = kind.is_some_and(|kind| kind.starts_with("text/plain"));
    let known = response.extensions().get::<Problem>().is_some();
    if response.status().is_client_error() && bare && !known {
        return Problem::not_found().into_response();
    }
    response
}

/// A POST of a program with a key: the answer it got before, or the request with the key noted.
async fn repeated(ctx: &mut Ctx, request: Request) -> Result<Request, Response> {
    let key = request
        .headers()
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let (Surface::Api, &Method::POST, Some(key)) = (ctx.surface, request.method(), key) else {
        return Ok(request);
    };
    if key.is_empty() || key.len() > 200 {
        return Err(Problem::field("Idempotency-Key", say::at_most_characters(200, key.len() as u64)).into_response());
    }
    let (parts, body) = request.into_parts();
    let bytes = read(body, BODY_BYTES).await.map_err(IntoResponse::into_response)?;
    let text = format!("{}\n{}\n{}", parts.method, parts.uri, String::from_utf8_lossy(&bytes));
    let hash = store::token::hash(&Secret::new(text));
    match kept(ctx, &key, &hash).await {
        Ok(Some(answer)) => Err(answer),
        Ok(None) => {
            ctx.repeatable = Some(Repeatable { key, hash });
            Ok(Request::from_parts(parts, Body::from(bytes)))
        }
        Err(problem) => Err(problem.into_response()),
    }
}

async fn kept(ctx: &Ctx, key: &str, hash: &str) -> Result<Option<Response>, Problem> {
    let mut tx = ctx.store().read().await?;
    let answer = store::idempotency::find(&mut tx, ctx.signed_in()?.network, key, hash).await?;
    Ok(answer.map(|answer| {
        let status = u16::try_from(answer.status)
            .ok()
            .and_then(|status| StatusCode::from_u16(status).ok());
        let headers = [("content-type", "application/json"), ("idempotent-replayed", "true")];
        (status.unwrap_or(StatusCode::OK), headers, answer.body).into_response()
    }))
}

/// No route has this address.
pub(crate) async fn not_found(State(app): State<App>, request: Request) -> Response {
    fallback(fallback_ctx(&app, &request), Problem::not_found()).await
}

/// The address exists, but not for this method.
pub(crate) async fn wrong_method(State(app): State<App>, request: Request) -> Response {
    let problem = Problem::new(
        Kind::MethodNotAllowed,
        format!("{} is not possible at this address.", request.method()),
    );
    fallback(fallback_ctx(&app, &request), problem).await
}

fn fallback_ctx(app: &App, request: &Request) -> Ctx {
    let surface = if request.uri().path().starts_with("/api/") {
        Surface::Api
    } else {
        Surface::Open
    };
    Ctx::anonymous(app, surface, request)
}

async fn fallback(ctx: Ctx, problem: Problem) -> Response {
    finish(&ctx, &Method::GET, problem.into_response()).await
}

/// Everything that must hold before a handler is entered.
async fn admit(spec: &Spec, ctx: &Ctx, request: Request) -> Result<Request, Problem> {
    let request = match (spec.surface.by_cookie(), request.method()) {
        (true, &Method::GET | &Method::HEAD) | (false, _) => request,
        (true, _) => prove_ours(ctx, request).await?,
    };
    match spec.needs {
        Needs::Nothing => {}
        Needs::SignedIn => {
            ctx.signed_in()?;
        }
        Needs::May(action) => {
            ctx.signed_in()?;
            ctx.allow(action, &Object::Some)?;
        }
    }
    if spec.fresh {
        ctx.fresh(FRESH_MINUTES)?;
    }
    Ok(request)
}

/// Did a page of ours, shown to this browser, send this?
async fn prove_ours(ctx: &Ctx, request: Request) -> Result<Request, Problem> {
    let forged = || {
        Problem::new(
            Kind::ForgedForm,
            "This form did not come from a page of ours that is still open in this browser. Go back, load the page again \
             and send it once more; nothing was stored.",
        )
    };
    if !security::same_origin(request.headers(), ctx.app.settings().base_url.as_deref()) {
        return Err(forged());
    }
    let shown = request
        .headers()
        .get("x-csrf-token")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let (parts, body) = request.into_parts();
    let bytes = read(body, FORM_BYTES).await?;
    let shown = shown.or_else(|| token_in(&bytes));
    match shown {
        Some(shown) if ctx.had_form_cookie && security::same(&shown, &ctx.csrf) => {
            Ok(Request::from_parts(parts, Body::from(bytes)))
        }
        _ => Err(forged()),
    }
}

/// The token among a form's fields. It is letters and digits, so it needs no decoding.
fn token_in(form: &Bytes) -> Option<String> {
    let text = std::str::from_utf8(form).ok()?;
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| *name == TOKEN)
        .map(|(_, value)| value.into())
}

async fn read(body: Body, most: usize) -> Result<Bytes, Problem> {
    to_bytes(body, most.min(BODY_BYTES)).await.map_err(|_| {
        Problem::new(
            Kind::TooLarge,
            format!("At most {} kB are read here, or the connection broke off.", most / 1024),
        )
    })
}

/// How an answer leaves: problems as pages for browsers, cookies, headers.
async fn finish(ctx: &Ctx, method: &Method, response: Response) -> Response {
    let mut response = match response.extensions().get::<Problem>() {
        Some(problem) if ctx.surface != Surface::Api && ctx.surface != Surface::Hook => {
            let problem = problem.clone();
            shown(ctx, method, &problem, response).await
        }
        _ => response,
    };
    let https = ctx.app.https();
    let headers = response.headers_mut();
    if ctx.surface.by_cookie() {
        if !ctx.had_form_cookie {
            headers.append(
                header::SET_COOKIE,
                security::set_cookie(security::FORM_COOKIE, &ctx.csrf, https, None),
            );
        }
        let page = headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        if page && ctx.flash.is_some() {
            headers.append(
                header::SET_COOKIE,
                security::set_cookie(FLASH_COOKIE, "", https, Some(0)),
            );
        }
    }
    if ctx.surface == Surface::Api {
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
    }
    security::onto(headers, &ctx.nonce, https);
    response
}

/// A problem as a browser gets it.
async fn shown(ctx: &Ctx, method: &Method, problem: &Problem, plain: Response) -> Response {
    let to = match problem.kind {
        Kind::NotSignedIn => Some("/sign-in"),
        Kind::FreshSignInNeeded => Some("/sign-in/again"),
        _ => None,
    };
    if let Some(to) = to {
        let back = if *method == Method::GET {
            ctx.path.as_str()
        } else {
            ctx.referring_path()
        };
        let to = format!("{to}?next={}", page::escaped(back));
        if ctx.htmx {
            let mut response = problem.headers_onto(().into_response());
            response
                .headers_mut()
                .insert("hx-redirect", HeaderValue::from_str(&to).expect("percent-encoded"));
            return response;
        }
        return Redirect::to(&to).into_response();
    }
    match page::of_problem(ctx, problem).await {
        Ok(page) => problem.headers_onto(page),
        Err(_) => plain,
    }
}
