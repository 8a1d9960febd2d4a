//! `/sign-in/password` for staff, and `/sign-in/again` before what needs a fresh sign-in.
//!
//! In: address, password, the app's code. Out: a session, or a fresh one with a new token.
//! Always: a wrong password, a wrong code and an unknown address read the same and cost the same; each code works once.

use access::id::NetworkId;
use access::vendor::Secret;
use askama::Template;
use axum::extract::Query;
use axum::http::Method;
use axum::response::Response;
use serde::Deserialize;
use store::account::{self, Account};
use tokio::sync::OnceCell;

use super::{begin, lock, own_account, second_factor, welcome};
use crate::ctx::{By, Ctx, SESSION_COOKIE};
use crate::fields::Fields;
use crate::page::{Page, escaped, render, render_again, render_refused};
use crate::problem::Problem;
use crate::registry::{Needs, Route, Surface};
use crate::security;

/// Two pages and their forms.
pub fn routes() -> Vec<Route> {
    vec![
        Route::on(Method::GET, "/sign-in/password", Surface::Auth, Needs::Nothing).to(show),
        Route::on(Method::POST, "/sign-in/password", Surface::Auth, Needs::Nothing).to(sign_in),
        Route::on(Method::GET, "/sign-in/again", Surface::Auth, Needs::SignedIn).to(show_again),
        Route::on(Method::POST, "/sign-in/again", Surface::Auth, Needs::SignedIn).to(sign_in_again),
    ]
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    next: String,
}

#[derive(Template)]
#[template(path = "auth/password.html")]
struct PasswordPage {
    page: Page,
    form: Fields,
    again: bool,
}

const WRONG: &str = "The e-mail address, the password or the app's code is not right. If you set up an authenticator app, its code is needed.";

async fn show(ctx: Ctx, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let form = Fields::of([("next", asked.next)]);
    render(&PasswordPage {
        page: ctx.page("Sign in", "").await?,
        form,
        again: false,
    })
}

async fn sign_in(ctx: Ctx, mut form: Fields) -> Result<Response, Problem> {
    let email = form.email("email");
    let (password, code) = typed(&mut form);
    if !form.ok() {
        return render_again(&PasswordPage {
            page: ctx.page("Sign in", "").await?,
            form,
            again: false,
        });
    }
    if let Err(problem) = lock::address(&ctx).await {
        return wait(&ctx, form, problem, false).await;
    }
    let mut tx = ctx.store().read().await?;
    let found: Vec<(NetworkId, Account)> = account::everywhere(&mut tx, &email).await?;
    drop(tx);
    if found.is_empty() {
        // As much work as for a known address, so that time tells nothing.
        store::password::verify(Secret::new(password.as_str()), nobodys_hash().await?).await?;
    }
    for (network, account) in found {
        if let Err(problem) = lock::account(&ctx, &account) {
            return wait(&ctx, form, problem, false).await;
        }
        if proves(&ctx, network, &account, &password, &code).await? {
            let mut tx = ctx.store().write().await?;
            let token = begin(&ctx, &mut tx, network, &account).await?;
            tx.commit().await?;
            return Ok(welcome(&ctx, &account, &token, form.value("next")));
        }
        lock::failed(&ctx, network, &account).await?;
    }
    form.wrong("", WRONG);
    render_again(&PasswordPage {
        page: ctx.page("Sign in", "").await?,
        form,
        again: false,
    })
}

/// The form with what was typed, and how long to wait.
async fn wait(ctx: &Ctx, mut form: Fields, problem: Problem, again: bool) -> Result<Response, Problem> {
    form.refused(lock::only_waiting(&problem)?);
    let title = if again { "Sign in again" } else { "Sign in" };
    let page = ctx.page(title, "").await?;
    render_refused(&problem, &PasswordPage { page, form, again })
}

async fn show_again(ctx: Ctx, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let known = ctx.signed_in()?;
    let mut tx = ctx.store().read().await?;
    let account = account::read(&mut tx, known.network, known.account).await?;
    drop(tx);
    if !account.has_password {
        // Without a password, a mailed code is the proof; it begins a new session.
        return Ok(ctx.go(&format!(
            "/sign-in?email={}&next={}",
            escaped(&known.email),
            escaped(&asked.next)
        )));
    }
    let form = Fields::of([("next", asked.next.as_str()), ("email", known.email.as_str())]);
    render(&PasswordPage {
        page: ctx.page("Sign in again", "").await?,
        form,
        again: true,
    })
}

async fn sign_in_again(ctx: Ctx, mut form: Fields) -> Result<Response, Problem> {
    let (password, code) = typed(&mut form);
    let mut tx = ctx.store().read().await?;
    let (network, _, account) = own_account(&ctx, &mut tx).await?;
    drop(tx);
    form.set("email", account.details.email.clone());
    if let Err(problem) = lock::account(&ctx, &account) {
        return wait(&ctx, form, problem, true).await;
    }
    if !form.ok() || !proves(&ctx, network, &account, &password, &code).await? {
        if form.ok() {
            lock::failed(&ctx, network, &account).await?;
            form.wrong("", WRONG);
        }
        return render_again(&PasswordPage {
            page: ctx.page("Sign in again", "").await?,
            form,
            again: true,
        });
    }
    let By::Session { session, .. } = ctx.signed_in()?.by else {
        return Err(Problem::not_signed_in());
    };
    let mut tx = ctx.store().write().await?;
    let token = store::session::note_fresh(&mut tx, network, session, ctx.now).await?;
    store::account::note_success(&mut tx, network, account.id).await?;
    tx.commit().await?;
    let to = security::safe_next(form.value("next")).unwrap_or("/").to_owned();
    let age = super::longest_s(&ctx, account.details.role);
    Ok(ctx.with_cookie(ctx.go(&to), SESSION_COOKIE, token.reveal(), Some(age)))
}

/// Password and code; the password is forgotten by the form, so that no page shows it again.
fn typed(form: &mut Fields) -> (String, String) {
    let password = form.value("password").to_owned();
    if password.is_empty() {
        form.wrong("password", crate::words::validation::needed());
    }
    let code = form.value("code").to_owned();
    form.forget("password");
    form.forget("code");
    (password, code)
}

/// Is it this account's password, and the app's code where one was set up?
async fn proves(ctx: &Ctx, network: NetworkId, account: &Account, password: &str, code: &str) -> Result<bool, Problem> {
    let mut tx = ctx.store().read().await?;
    let hash = account::password_hash(&mut tx, network, account.id).await?;
    let secret = account::totp(&mut tx, network, account.id).await?;
    drop(tx);
    let (hash, real) = match hash {
        Some(hash) => (hash, true),
        None => (nobodys_hash().await?, false),
    };
    let right = store::password::verify(Secret::new(password), hash).await? && real;
    let Some(secret) = secret else { return Ok(right) };
    let Some(step) = second_factor::step_of(secret.reveal(), code, ctx.now).filter(|_| right) else {
        return Ok(false);
    };
    let mut tx = ctx.store().write().await?;
    let unspent = account::spend_totp_step(&mut tx, network, account.id, step).await?;
    tx.commit().await?;
    Ok(unspent)
}

/// The hash of a password nobody has, for equal work.
async fn nobodys_hash() -> Result<String, Problem> {
    static HASH: OnceCell<String> = OnceCell::const_new();
    let hash = HASH
        .get_or_try_init(|| store::password::hash(store::chance::token()))
        .await?;
    Ok(hash.clone())
}
