//! Signing in and staying in: first run, mailed codes, passwords with a second factor, sessions.
//!
//! In: forms. Out: a session cookie, or words. Why so: members hold no password that could leak; staff hold two factors.
//! Always: nobody learns from an answer whether an address is known; a new token with every sign-in; GET signs nobody in
//! (the demo's own links excepted, which carry a key of their own).

pub mod enrol;
pub mod first_run;
pub mod lock;
pub mod mail_code;
pub mod new_password;
pub mod one_click;
pub mod password;
pub mod permissions;
pub mod root;
pub mod second_factor;
pub mod sessions;
pub mod who;

use access::id::{AccountId, NetworkId};
use axum::response::Response;
use store::Tx;
use store::account::{Account, Role};
use store::record::{Act, Actor};
use store::session::NewSession;

use crate::ctx::{Ctx, SESSION_COOKIE};
use crate::problem::Problem;
use crate::registry::Route;
use crate::security;

/// Members stay signed in for two idle weeks, at most ninety days; staff for twelve idle hours, at most a week.
const MEMBER_IDLE_S: i64 = 14 * 86_400;
const MEMBER_LONGEST_S: i64 = 90 * 86_400;
const STAFF_IDLE_S: i64 = 12 * 3_600;
const STAFF_LONGEST_S: i64 = 7 * 86_400;
/// The demo's clock is moved by days at a time, which shall sign nobody out.
const DEMO_S: i64 = 10 * 365 * 86_400;

/// Every route of signing in.
pub fn routes() -> Vec<Route> {
    let mut routes = root::routes();
    routes.extend(first_run::routes());
    routes.extend(mail_code::routes());
    routes.extend(password::routes());
    routes.extend(sessions::routes());
    routes.extend(enrol::routes());
    routes.extend(new_password::routes());
    routes.extend(one_click::routes());
    routes
}

/// How long a session may idle, in seconds.
fn idle_s(ctx: &Ctx, role: Role) -> i64 {
    match role {
        _ if ctx.app.demo().is_some() => DEMO_S,
        Role::Member => MEMBER_IDLE_S,
        Role::Owner | Role::Administrator => STAFF_IDLE_S,
    }
}

fn longest_s(ctx: &Ctx, role: Role) -> i64 {
    match role {
        _ if ctx.app.demo().is_some() => DEMO_S,
        Role::Member => MEMBER_LONGEST_S,
        Role::Owner | Role::Administrator => STAFF_LONGEST_S,
    }
}

/// A new session for an account whose owner has proved who they are. Answers the token for the cookie.
async fn begin(ctx: &Ctx, tx: &mut Tx, network: NetworkId, account: &Account) -> Result<String, Problem> {
    let new = NewSession {
        account: account.id,
        ends_at: ctx.now.plus_s(longest_s(ctx, account.details.role)),
        device: ctx.device.clone(),
        address: ctx.address.clone(),
    };
    store::account::note_success(tx, network, account.id).await?;
    let (_, token) = store::session::create(tx, network, &new, ctx.now).await?;
    let act = Act::new(network, ctx.now, Actor::Account(account.id));
    let whence = serde_json::json!({ "device": new.device, "address": new.address });
    let (id, person) = (account.id.to_string(), account.details.person);
    store::audit::note(tx, &act, "account.signed_in", "account", &id, person, &whence).await?;
    Ok(token.reveal().to_owned())
}

/// Signed in: the cookie, and on to where they wanted to go.
fn welcome(ctx: &Ctx, account: &Account, token: &str, next: &str) -> Response {
    let home = home(account.details.role);
    let to = security::safe_next(next)
        .filter(|next| *next != "/" && !next.starts_with("/sign-"))
        .unwrap_or(home);
    let urged = account.details.role != Role::Member && account.has_password && !account.has_totp;
    let response = if urged {
        ctx.go_with(
            to,
            "attention",
            "A password alone is thin. Set up an authenticator app under “Where you are signed in”.",
        )
    } else {
        ctx.go(to)
    };
    let age = longest_s(ctx, account.details.role);
    ctx.with_cookie(response, SESSION_COOKIE, token, Some(age))
}

/// Where people of a role start.
const fn home(role: Role) -> &'static str {
    match role {
        Role::Owner | Role::Administrator => "/admin",
        Role::Member => "/access",
    }
}

/// The account a signed-in browser belongs to.
async fn own_account(ctx: &Ctx, tx: &mut Tx) -> Result<(NetworkId, AccountId, Account), Problem> {
    let known = ctx.signed_in()?;
    let account = store::account::read(tx, known.network, known.account).await?;
    Ok((known.network, known.account, account))
}
