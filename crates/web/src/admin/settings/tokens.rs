//! GET and POST /admin/settings/tokens, POST …/{token}/revoke: tokens of programs; a new one is shown once.

use access::id::TokenId;
use access::may::Action;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use crate::admin::parts::places::Places;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render, render_again};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::dates;

/// The list, making and revoking.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::page("/admin/settings/tokens", Action::OwnerOnly).to(show),
        Route::form("/admin/settings/tokens", Action::OwnerOnly)
            .fresh()
            .to(make),
        Route::form("/admin/settings/tokens/{token}/revoke", Action::OwnerOnly).to(revoke),
    ]
}

#[derive(Template)]
#[template(path = "admin/settings/tokens.html")]
struct TokensPage {
    page: Page,
    tab: &'static str,
    made: String,
    tokens: Vec<Row>,
    form: Fields,
}

struct Row {
    id: String,
    name: String,
    detail: String,
    action: String,
}

async fn page(ctx: &Ctx, form: Fields, made: String) -> Result<TokensPage, Problem> {
    let mut tx = ctx.store().read().await?;
    let zone = Places::read(&mut tx, ctx).await?.home_zone();
    let tokens = store::api_token::list(&mut tx, ctx.network()).await?;
    drop(tx);
    let row = |one: store::api_token::ApiToken| {
        let used = one.used_at.map_or_else(
            || "never used".to_owned(),
            |at| format!("last used {}", dates::relative(at, ctx.now, &zone)),
        );
        Row {
            id: format!("revoke-{}", one.id),
            action: format!("/admin/settings/tokens/{}/revoke", one.id),
            detail: format!("Made {}, {used}", dates::moment(one.made_at, ctx.now, &zone)),
            name: one.name,
        }
    };
    Ok(TokensPage {
        tab: "tokens",
        made,
        tokens: tokens.into_iter().map(row).collect(),
        form,
        page: ctx.page("API tokens", "settings").await?,
    })
}

async fn show(ctx: Ctx) -> Result<Response, Problem> {
    render(&page(&ctx, Fields::new(), String::new()).await?)
}

/// The answer to the form itself shows the token, so that it is stored nowhere, not even in a cookie.
async fn make(ctx: Ctx, mut form: Fields) -> Result<Response, Problem> {
    let name = form.text("name", 80);
    if !form.ok() {
        return render_again(&page(&ctx, form, String::new()).await?);
    }
    let account = ctx.signed_in()?.account;
    let mut tx = ctx.store().write().await?;
    let (_, secret) = store::api_token::create(&mut tx, &ctx.act(), account, &name, None).await?;
    tx.commit().await?;
    render(&page(&ctx, Fields::new(), secret.reveal().to_owned()).await?)
}

async fn revoke(ctx: Ctx, Path(id): Path<TokenId>) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    store::api_token::end(&mut tx, &ctx.act(), id).await?;
    tx.commit().await?;
    Ok(ctx.go_with("/admin/settings/tokens", "quiet", "The token is revoked."))
}
