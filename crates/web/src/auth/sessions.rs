//! `/account/sessions`: where somebody is signed in, ending it there, and `/sign-out` here.

use access::id::SessionId;
use askama::Template;
use axum::http::Method;
use axum::response::Response;

use super::home;
use crate::body::Id;
use crate::ctx::{By, Ctx, SESSION_COOKIE};
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::{Needs, Route, Surface};
use crate::words::dates;

/// The list, ending one, ending the others, signing out.
pub fn routes() -> Vec<Route> {
    let at = |method, path| Route::on(method, path, Surface::Auth, Needs::SignedIn);
    vec![
        at(Method::GET, "/account/sessions").to(show),
        at(Method::POST, "/account/sessions/{session}/end").to(end),
        at(Method::POST, "/account/sessions/end-others").to(end_others),
        Route::on(Method::POST, "/sign-out", Surface::Auth, Needs::Nothing).to(sign_out),
    ]
}

struct Row {
    id: SessionId,
    device: String,
    address: String,
    since: String,
    seen: String,
    this: bool,
}

#[derive(Template)]
#[template(path = "auth/sessions.html")]
struct SessionsPage {
    page: Page,
    home: &'static str,
    staff: bool,
    sessions: Vec<Row>,
}

fn this(ctx: &Ctx) -> Option<SessionId> {
    match ctx.known()?.by {
        By::Session { session, .. } => Some(session),
        By::Token { .. } => None,
    }
}

async fn show(ctx: Ctx) -> Result<Response, Problem> {
    let known = ctx.signed_in()?;
    let mut tx = ctx.store().read().await?;
    let sessions = store::session::list(&mut tx, known.network, known.account, ctx.now).await?;
    let role = store::account::read(&mut tx, known.network, known.account)
        .await?
        .details
        .role;
    let zone = store::location::list(&mut tx, known.network, &store::Page::longest()).await?;
    drop(tx);
    let zone = dates::zone(
        zone.rows
            .first()
            .map_or("UTC", |location| location.details.zone.as_str()),
    );
    let rows = sessions.into_iter().map(|session| Row {
        id: session.id,
        device: device(&session.device).to_owned(),
        address: session.address,
        since: dates::moment(session.made_at, ctx.now, &zone),
        seen: dates::relative(session.seen_at, ctx.now, &zone),
        this: this(&ctx) == Some(session.id),
    });
    let page = ctx.page("Where you are signed in", "").await?;
    render(&SessionsPage {
        page,
        home: home(role),
        staff: known.administers,
        sessions: rows.collect(),
    })
}

/// A browser's long description in a word or two.
fn device(agent: &str) -> &'static str {
    let has = |word: &str| agent.contains(word);
    match () {
        () if has("iPhone") => "iPhone",
        () if has("iPad") => "iPad",
        () if has("Android") => "Android phone",
        () if has("Macintosh") => "Mac",
        () if has("Windows") => "Windows computer",
        () if has("Linux") => "Linux computer",
        () => "A program",
    }
}

async fn end(ctx: Ctx, Id(session): Id<SessionId>) -> Result<Response, Problem> {
    let known = ctx.signed_in()?;
    let mut tx = ctx.store().write().await?;
    let own = store::session::list(&mut tx, known.network, known.account, ctx.now).await?;
    if own.iter().all(|one| one.id != session) {
        return Err(Problem::not_found());
    }
    store::session::end(&mut tx, known.network, session).await?;
    tx.commit().await?;
    Ok(ctx.go_with("/account/sessions", "open", "That session has ended."))
}

async fn end_others(ctx: Ctx) -> Result<Response, Problem> {
    let known = ctx.signed_in()?;
    let mut tx = ctx.store().write().await?;
    for session in store::session::list(&mut tx, known.network, known.account, ctx.now).await? {
        if this(&ctx) != Some(session.id) {
            store::session::end(&mut tx, known.network, session.id).await?;
        }
    }
    tx.commit().await?;
    Ok(ctx.go_with("/account/sessions", "open", "All other sessions have ended."))
}

async fn sign_out(ctx: Ctx) -> Result<Response, Problem> {
    if let (Some(known), Some(session)) = (ctx.known(), this(&ctx)) {
        let mut tx = ctx.store().write().await?;
        store::session::end(&mut tx, known.network, session).await?;
        tx.commit().await?;
    }
    Ok(ctx.with_cookie(ctx.go("/sign-in"), SESSION_COOKIE, "", Some(0)))
}
