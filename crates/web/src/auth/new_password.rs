//! `/account/password`: a new password, within ten minutes of signing in. Ends all other sessions.

use access::vendor::Secret;
use askama::Template;
use axum::http::Method;
use axum::response::Response;

use super::{begin, own_account};
use crate::ctx::{Ctx, SESSION_COOKIE};
use crate::fields::Fields;
use crate::page::{Page, render, render_again};
use crate::problem::Problem;
use crate::registry::{Needs, Route, Surface};
use crate::words::validation as say;

/// The fewest characters; length beats rules about letters.
const FEWEST: usize = 12;
/// The most; argon2 takes any, a server does not.
const MOST: usize = 200;

/// Show and submit.
pub fn routes() -> Vec<Route> {
    vec![
        Route::on(Method::GET, "/account/password", Surface::Auth, Needs::SignedIn)
            .fresh()
            .to(show),
        Route::on(Method::POST, "/account/password", Surface::Auth, Needs::SignedIn)
            .fresh()
            .to(change),
    ]
}

/// Reads `password` and `password_again`; both are forgotten by the form.
pub fn read_new_password(form: &mut Fields) -> Option<String> {
    let (first, second) = (
        form.value("password").to_owned(),
        form.value("password_again").to_owned(),
    );
    form.forget("password");
    form.forget("password_again");
    let length = first.chars().count();
    if length < FEWEST {
        form.wrong("password", say::weak_password(FEWEST));
    } else if length > MOST {
        form.wrong("password", say::at_most_characters(MOST as u64, length as u64));
    } else if first != second {
        form.wrong("password_again", say::passwords_differ());
    } else {
        return Some(first);
    }
    None
}

#[derive(Template)]
#[template(path = "auth/change_password.html")]
struct ChangePage {
    page: Page,
    form: Fields,
}

async fn show(ctx: Ctx) -> Result<Response, Problem> {
    render(&ChangePage {
        page: ctx.page("Password", "").await?,
        form: Fields::new(),
    })
}

async fn change(ctx: Ctx, mut form: Fields) -> Result<Response, Problem> {
    let Some(password) = read_new_password(&mut form) else {
        return render_again(&ChangePage {
            page: ctx.page("Password", "").await?,
            form,
        });
    };
    let hash = store::password::hash(Secret::new(password)).await?;
    let mut tx = ctx.store().write().await?;
    let (network, id, account) = own_account(&ctx, &mut tx).await?;
    store::account::set_password(&mut tx, &ctx.act(), id, &hash).await?;
    // Setting it ends every session, this one too; this browser has just proved who it is and gets a new one.
    let token = begin(&ctx, &mut tx, network, &account).await?;
    tx.commit().await?;
    let response = ctx.go_with(
        "/account/sessions",
        "open",
        "The password is changed. Everywhere else you are signed out.",
    );
    Ok(ctx.with_cookie(
        response,
        SESSION_COOKIE,
        &token,
        Some(super::longest_s(&ctx, account.details.role)),
    ))
}
