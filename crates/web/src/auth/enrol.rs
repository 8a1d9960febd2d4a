//! `/account/second-factor`: setting up an authenticator app, or removing it.
//!
//! Always: kept only after a code of it was shown; both need a fresh sign-in.

use access::vendor::Secret;
use askama::Template;
use axum::http::Method;
use axum::response::Response;

use super::{own_account, second_factor};
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render, render_again};
use crate::problem::Problem;
use crate::registry::{Needs, Route, Surface};

/// Show, set up, remove.
pub fn routes() -> Vec<Route> {
    let at = |method, path| Route::on(method, path, Surface::Auth, Needs::SignedIn).fresh();
    vec![
        at(Method::GET, "/account/second-factor").to(show),
        at(Method::POST, "/account/second-factor").to(set_up),
        at(Method::POST, "/account/second-factor/remove").to(remove),
    ]
}

#[derive(Template)]
#[template(path = "auth/second_factor.html")]
struct FactorPage {
    page: Page,
    form: Fields,
    enrolled: bool,
    secret: String,
    qr: String,
}

async fn show(ctx: Ctx) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let (_, _, account) = own_account(&ctx, &mut tx).await?;
    drop(tx);
    render(&page(&ctx, Fields::new(), account.has_totp, second_factor::new_secret()).await?)
}

async fn page(ctx: &Ctx, form: Fields, enrolled: bool, secret: String) -> Result<FactorPage, Problem> {
    let page = ctx.page("Authenticator app", "").await?;
    let email = &ctx.signed_in()?.email;
    let qr = if enrolled {
        String::new()
    } else {
        second_factor::drawing(&secret, email, &page.network_name)
    };
    Ok(FactorPage {
        page,
        form,
        enrolled,
        secret,
        qr,
    })
}

async fn set_up(ctx: Ctx, mut form: Fields) -> Result<Response, Problem> {
    let secret = form.text("secret", 64);
    let code = form.text("code", 12);
    let step = second_factor::step_of(&secret, &code, ctx.now);
    let Some(step) = step.filter(|_| form.ok()) else {
        if form.error("code").is_none() {
            form.wrong(
                "code",
                "The app shows another code. Wait for the next one and write it down as it is.",
            );
        }
        let sound = if secret.len() == 32 {
            secret
        } else {
            second_factor::new_secret()
        };
        return render_again(&page(&ctx, form, false, sound).await?);
    };
    let mut tx = ctx.store().write().await?;
    let (network, id, _) = own_account(&ctx, &mut tx).await?;
    store::account::set_totp(&mut tx, &ctx.act(), id, Some(&Secret::new(secret))).await?;
    store::account::spend_totp_step(&mut tx, network, id, step).await?;
    tx.commit().await?;
    Ok(ctx.go_with(
        "/account/sessions",
        "open",
        "The authenticator app is set up. Signing in asks for its code from now on.",
    ))
}

async fn remove(ctx: Ctx) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let (_, id, _) = own_account(&ctx, &mut tx).await?;
    store::account::set_totp(&mut tx, &ctx.act(), id, None).await?;
    tx.commit().await?;
    Ok(ctx.go_with(
        "/account/sessions",
        "attention",
        "The authenticator app is removed. The password alone signs you in now.",
    ))
}
