//! `/sign-in`, `/sign-in/code`, `/sign-in/link`: signing in by a code or link that was mailed.
//!
//! In: an address; then the code, or the link's token. Out: a session. Why so: no password that people could reuse or lose.
//! Always: ten minutes, one use; the answer to an unknown address is the same as to a known one; opening the link shows
//! a button, since mail programs open links by themselves. Who set up an authenticator app signs in with the password.

use access::facts::PersonState;
use access::id::NetworkId;
use access::vendor::Secret;
use askama::Template;
use axum::extract::Query;
use axum::http::Method;
use axum::response::Response;
use serde::Deserialize;
use store::Tx;
use store::account::{self, Account, Role};
use store::record::{Act, Actor};

use super::permissions::Permissions;
use super::{begin, lock, welcome};
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, escaped, render, render_again};
use crate::problem::{Kind, Problem};
use crate::registry::{Needs, Route, Surface};
use crate::words::mail;

const MINUTES: i64 = 10;

/// Three pages and their forms.
pub fn routes() -> Vec<Route> {
    let open = |method, path| Route::new(method, path, Surface::Auth, Needs::Nothing);
    vec![
        open(Method::GET, "/sign-in").to(ask_address),
        open(Method::POST, "/sign-in").to(send),
        open(Method::GET, "/sign-in/code").to(ask_code),
        open(Method::POST, "/sign-in/code").to(by_code),
        open(Method::GET, "/sign-in/link").to(ask_link),
        open(Method::POST, "/sign-in/link").to(by_link),
    ]
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    next: String,
    email: String,
    token: String,
}

#[derive(Template)]
#[template(path = "auth/sign_in.html")]
struct SignInPage {
    page: Page,
    form: Fields,
}

#[derive(Template)]
#[template(path = "auth/code.html")]
struct CodePage {
    page: Page,
    form: Fields,
}

#[derive(Template)]
#[template(path = "auth/link.html")]
struct LinkPage {
    page: Page,
    token: String,
}

async fn ask_address(ctx: Ctx, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let form = Fields::of([("next", asked.next), ("email", asked.email)]);
    render(&SignInPage {
        page: ctx.page("Sign in", "").await?,
        form,
    })
}

async fn send(ctx: Ctx, mut form: Fields) -> Result<Response, Problem> {
    let email = form.email("email");
    if !form.ok() {
        return render_again(&SignInPage {
            page: ctx.page("Sign in", "").await?,
            form,
        });
    }
    lock::address(&ctx).await?;
    if lock::mail(&ctx, &email).await? {
        let mut tx = ctx.store().write().await?;
        for network in networks_of(&mut tx, &email).await? {
            mail_code(&ctx, &mut tx, network, &email).await?;
        }
        tx.commit().await?;
    }
    Ok(ctx.go(&format!(
        "/sign-in/code?email={}&next={}",
        escaped(&email),
        escaped(form.value("next"))
    )))
}

/// The networks in which somebody with this address may sign in.
async fn networks_of(tx: &mut Tx, email: &str) -> Result<Vec<NetworkId>, Problem> {
    let mut found = Vec::new();
    for network in store::network::all(tx).await? {
        let account = account::by_email(tx, network.id, email).await?;
        if account.is_some() || store::person::by_email(tx, network.id, email).await?.is_some() {
            found.push(network.id);
        }
    }
    Ok(found)
}

async fn mail_code(ctx: &Ctx, tx: &mut Tx, network: NetworkId, email: &str) -> Result<(), Problem> {
    let name = store::network::read(tx, network).await?.details.name;
    let account = account::by_email(tx, network, email).await?;
    let mail = if account.is_some_and(|account| account.has_totp) {
        mail::use_the_password(&name, email, &format!("{}/sign-in/password", ctx.base_url()))
    } else {
        let sign_in = store::sign_in::create(tx, network, email, ctx.now, ctx.now.plus_minutes(MINUTES)).await?;
        let link = format!("{}/sign-in/link?token={}", ctx.base_url(), sign_in.link.reveal());
        mail::sign_in(&name, email, &sign_in.code, &link, MINUTES)
    };
    store::mail::queue(tx, network, ctx.now, &mail).await?;
    Ok(())
}

async fn ask_code(ctx: Ctx, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let form = Fields::of([("next", asked.next), ("email", asked.email)]);
    render(&CodePage {
        page: ctx.page("Look into your mail", "").await?,
        form,
    })
}

async fn by_code(ctx: Ctx, mut form: Fields) -> Result<Response, Problem> {
    let email = form.email("email");
    let code: String = form.text("code", 20).chars().filter(char::is_ascii_digit).collect();
    if !form.ok() {
        return render_again(&CodePage {
            page: ctx.page("Look into your mail", "").await?,
            form,
        });
    }
    lock::address(&ctx).await?;
    let mut tx = ctx.store().write().await?;
    let mut right = None;
    for network in networks_of(&mut tx, &email).await? {
        if let Some(account) = account::by_email(&mut tx, network, &email).await? {
            lock::account(&ctx, &account)?;
        }
        if store::sign_in::spend_code(&mut tx, network, &email, &Secret::new(code.as_str()), ctx.now).await? {
            right = Some(network);
            break;
        }
    }
    // A wrong try counts, so it is committed too.
    let Some(network) = right else {
        let wrong = wrong_accounts(&mut tx, &email).await?;
        tx.commit().await?;
        for (network, account) in wrong {
            lock::failed(&ctx, network, &account).await?;
        }
        form.set("code", "");
        form.wrong(
            "code",
            "This code is wrong, or it is over. Look at the newest mail, or have a new one sent.",
        );
        return render_again(&CodePage {
            page: ctx.page("Look into your mail", "").await?,
            form,
        });
    };
    finish(ctx, tx, network, &email, form.value("next")).await
}

async fn wrong_accounts(tx: &mut Tx, email: &str) -> Result<Vec<(NetworkId, Account)>, Problem> {
    let mut found = Vec::new();
    for network in networks_of(tx, email).await? {
        found.extend(
            account::by_email(tx, network, email)
                .await?
                .map(|account| (network, account)),
        );
    }
    Ok(found)
}

async fn ask_link(ctx: Ctx, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    render(&LinkPage {
        page: ctx.page("Sign in", "").await?,
        token: asked.token,
    })
}

async fn by_link(ctx: Ctx, form: Fields) -> Result<Response, Problem> {
    lock::address(&ctx).await?;
    let mut tx = ctx.store().write().await?;
    let spent = store::sign_in::spend_link(&mut tx, &Secret::new(form.value("token")), ctx.now).await?;
    let Some((network, email)) = spent else {
        return Err(Problem::new(
            Kind::NotFound,
            "This link is over, or it was used. Have a new mail sent from the sign-in page.",
        ));
    };
    finish(ctx, tx, network, &email, "").await
}

/// Somebody proved that mail to this address reaches them.
async fn finish(ctx: Ctx, mut tx: Tx, network: NetworkId, email: &str, next: &str) -> Result<Response, Problem> {
    let account = account_of(&ctx, &mut tx, network, email).await?;
    if account.has_totp {
        return Err(Problem::new(
            Kind::NotAllowed,
            "You set up an authenticator app. Sign in with your password and its code.",
        ));
    }
    let token = begin(&ctx, &mut tx, network, &account).await?;
    tx.commit().await?;
    Ok(welcome(&ctx, &account, &token, next))
}

/// Their login; somebody's first sign-in makes it, and makes who was invited active.
async fn account_of(ctx: &Ctx, tx: &mut Tx, network: NetworkId, email: &str) -> Result<Account, Problem> {
    let act = Act::new(network, ctx.now, Actor::Setup).because("signed in by mail");
    let person = store::person::by_email(tx, network, email).await?;
    if let Some(person) = &person
        && person.details.state == PersonState::Invited
    {
        store::person::set_state(tx, &act, person.id, PersonState::Active).await?;
    }
    if let Some(account) = account::by_email(tx, network, email).await? {
        return Ok(account);
    }
    let Some(person) = person else {
        return Err(Problem::not_found());
    };
    let details = account::Details {
        person: Some(person.id),
        email: person.details.email,
        name: person.details.name,
        role: Role::Member,
        permissions: Permissions::default().to_json(),
    };
    let id = account::create(tx, &act, &details).await?;
    Ok(account::read(tx, network, id).await?)
}
