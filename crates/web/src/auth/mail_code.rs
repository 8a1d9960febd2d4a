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
use store::person::Person;
use store::record::{Act, Actor};

use super::permissions::Permissions;
use super::{begin, lock, welcome};
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, escaped, render, render_again, render_refused};
use crate::problem::{Kind, Problem};
use crate::registry::{Needs, Route, Surface};
use crate::words::mail;

const MINUTES: i64 = 10;

/// Three pages and their forms.
pub fn routes() -> Vec<Route> {
    let open = |method, path| Route::on(method, path, Surface::Auth, Needs::Nothing);
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
    next: String,
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
    if let Err(problem) = lock::address(&ctx).await {
        form.refused(lock::only_waiting(&problem)?);
        let page = ctx.page("Sign in", "").await?;
        return render_refused(&problem, &SignInPage { page, form });
    }
    if lock::mail(&ctx, &email).await? {
        let mut tx = ctx.store().write().await?;
        for (network, login) in logins_of(&mut tx, &email).await? {
            mail_code(&ctx, &mut tx, network, &login, &email).await?;
        }
        tx.commit().await?;
    }
    Ok(ctx.go(&format!(
        "/sign-in/code?email={}&next={}",
        escaped(&email),
        escaped(form.value("next"))
    )))
}

/// Whom an address belongs to.
enum Login {
    /// Somebody who has signed in before, or staff.
    Known(Box<Account>),
    /// A person whose first sign-in this is.
    Newcomer(Box<Person>),
}

/// Who signs in with this address. Staff by the address of their login; members by the address they have as a person
/// today, so that an old one opens nothing any more; removed people not at all.
async fn login_of(tx: &mut Tx, network: NetworkId, email: &str) -> Result<Option<Login>, Problem> {
    let account = account::by_email(tx, network, email).await?;
    if let Some(account) = account.filter(|account| account.details.role != Role::Member) {
        return Ok(Some(Login::Known(Box::new(account))));
    }
    let Some(person) = store::person::by_email(tx, network, email).await? else {
        return Ok(None);
    };
    Ok(match account::by_person(tx, network, person.id).await? {
        None => Some(Login::Newcomer(Box::new(person))),
        // Their login as staff has another address: that one counts.
        Some(account) if account.details.role != Role::Member => None,
        Some(account) => Some(Login::Known(Box::new(account))),
    })
}

/// The networks in which somebody with this address may sign in.
async fn logins_of(tx: &mut Tx, email: &str) -> Result<Vec<(NetworkId, Login)>, Problem> {
    let mut found = Vec::new();
    for network in store::network::all(tx).await? {
        found.extend(login_of(tx, network.id, email).await?.map(|login| (network.id, login)));
    }
    Ok(found)
}

async fn mail_code(ctx: &Ctx, tx: &mut Tx, network: NetworkId, login: &Login, email: &str) -> Result<(), Problem> {
    let name = store::network::read(tx, network).await?.details.name;
    let mail = match login {
        Login::Known(account) if account.has_totp => {
            mail::use_the_password(&name, email, ctx.mailed_url("/sign-in/password").as_deref())
        }
        Login::Known(_) | Login::Newcomer(_) => {
            let sign_in = store::sign_in::create(tx, network, email, ctx.now, ctx.now.plus_minutes(MINUTES)).await?;
            let link = ctx.mailed_url(&format!("/sign-in/link?token={}", sign_in.link.reveal()));
            mail::sign_in(&name, email, &sign_in.code, link.as_deref(), MINUTES)
        }
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
    if let Err(problem) = lock::address(&ctx).await {
        return wait(&ctx, form, problem).await;
    }
    let mut tx = ctx.store().write().await?;
    let mut right = None;
    let logins = logins_of(&mut tx, &email).await?;
    for (network, login) in &logins {
        let network = *network;
        if let Login::Known(account) = login
            && let Err(problem) = lock::account(&ctx, account)
        {
            tx.roll_back().await?;
            return wait(&ctx, form, problem).await;
        }
        if store::sign_in::spend_code(&mut tx, network, &email, &Secret::new(code.as_str()), ctx.now).await? {
            right = Some(network);
            break;
        }
    }
    // A wrong try counts, so it is committed too.
    let Some(network) = right else {
        tx.commit().await?;
        for (network, login) in &logins {
            if let Login::Known(account) = login {
                lock::failed(&ctx, *network, account).await?;
            }
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

/// The form of the code with what was typed, and how long to wait.
async fn wait(ctx: &Ctx, mut form: Fields, problem: Problem) -> Result<Response, Problem> {
    form.refused(lock::only_waiting(&problem)?);
    let page = ctx.page("Look into your mail", "").await?;
    render_refused(&problem, &CodePage { page, form })
}

async fn ask_link(ctx: Ctx, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    render(&LinkPage {
        page: ctx.page("Sign in", "").await?,
        token: asked.token,
        next: asked.next,
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
    finish(ctx, tx, network, &email, form.value("next")).await
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
    let login = login_of(tx, network, email).await?.ok_or_else(Problem::not_found)?;
    if let Some(person) = store::person::by_email(tx, network, email).await?
        && person.details.state == PersonState::Invited
    {
        store::person::set_state(tx, &act, person.id, PersonState::Active).await?;
    }
    let id = match login {
        Login::Known(account) if account.details.email == email || account.details.role != Role::Member => {
            return Ok(*account);
        }
        Login::Known(account) => {
            let details = account::Details {
                email: email.to_owned(),
                ..account.details
            };
            account::change(tx, &act, account.id, &details).await?;
            account.id
        }
        Login::Newcomer(person) => {
            let details = account::Details {
                person: Some(person.id),
                email: person.details.email,
                name: person.details.name,
                role: Role::Member,
                permissions: Permissions::default().to_json(),
            };
            account::create(tx, &act, &details).await?
        }
    };
    Ok(account::read(tx, network, id).await?)
}
