//! GET and POST /admin/integrations/{integration}/gateways: each gateway is activated once, then its doors open from our pages (P-32).
//!
//! In: which gateway, and the PIN its vendor mailed. Out: how all of them are now. Always: asked live; a PIN is used once and never shown.

use access::id::IntegrationId;
use access::may::Action;
use access::vendor::{Gateway, GatewayAct, GatewayState, GatewaysSeen, Secret};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render, render_again};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::gateways as say;

/// The page, and what it submits.
pub(crate) fn routes() -> Vec<Route> {
    let path = "/admin/integrations/{integration}/gateways";
    vec![
        Route::page(path, Action::IntegrationsWrite).to(show),
        Route::form(path, Action::IntegrationsWrite).to(submit),
    ]
}

#[derive(Template)]
#[template(path = "admin/integrations/gateways.html")]
struct GatewaysPage {
    page: Page,
    title: String,
    back_href: String,
    back_label: String,
    action: String,
    about: String,
    rows: Vec<Row>,
    form: Fields,
}

struct Row {
    id: String,
    name: String,
    state: &'static str,
    word: &'static str,
    detail: String,
    may_begin: bool,
    wants_pin: bool,
    error: String,
}

async fn show(ctx: Ctx, Path(id): Path<IntegrationId>) -> Result<Response, Problem> {
    let name = vendor(&ctx, id).await?;
    let mut form = Fields::new();
    let all = seen(&ctx, id, GatewayAct::Look, &mut form).await.unwrap_or_default();
    render(&page(&ctx, id, name, &all, form).await?)
}

async fn submit(ctx: Ctx, Path(id): Path<IntegrationId>, mut form: Fields) -> Result<Response, Problem> {
    let name = vendor(&ctx, id).await?;
    let gateway = form.text("gateway", 200);
    let act = match form.value("do") {
        "begin" => GatewayAct::Begin {
            gateway: gateway.clone(),
        },
        _ => {
            let pin: String = form.value("pin").chars().filter(|one| !one.is_whitespace()).collect();
            if pin.is_empty() {
                form.wrong("pin", crate::words::validation::needed());
            }
            GatewayAct::Finish {
                gateway: gateway.clone(),
                pin: Secret::new(pin),
            }
        }
    };
    form.forget("pin");
    if form.ok()
        && let Some(all) = seen(&ctx, id, act, &mut form).await
    {
        let now = all.iter().find(|one| one.external == gateway);
        let text = now.map_or(String::new(), |one| say::after(&one.name, one.state, name));
        return Ok(ctx.go_with(&format!("/admin/integrations/{id}/gateways"), "scheduled", text));
    }
    // What is there now, under the form's own errors.
    let mut passing = Fields::new();
    let all = seen(&ctx, id, GatewayAct::Look, &mut passing).await.unwrap_or_default();
    render_again(&page(&ctx, id, name, &all, form).await?)
}

/// The vendor's name; only where its gateways have to be activated.
async fn vendor(ctx: &Ctx, id: IntegrationId) -> Result<&str, Problem> {
    let mut tx = ctx.store().read().await?;
    let details = super::read(&mut tx, ctx, id, Action::IntegrationsWrite).await?.details;
    let vendor = ctx.outside().vendor(&details.vendor).filter(|row| row.gateways);
    vendor.map(|row| row.name).ok_or_else(Problem::not_found)
}

/// Does it at the vendor; what cannot be done is noted in the form.
async fn seen(ctx: &Ctx, id: IntegrationId, act: GatewayAct, form: &mut Fields) -> Option<Vec<Gateway>> {
    match (ctx.outside().gateways)(ctx.network(), id, act).await {
        GatewaysSeen::All(all) => return Some(all),
        GatewaysSeen::WrongPin => form.wrong("pin", say::WRONG_PIN),
        GatewaysSeen::No { say } => form.wrong("", say),
    }
    None
}

async fn page(
    ctx: &Ctx,
    id: IntegrationId,
    name: &str,
    all: &[Gateway],
    form: Fields,
) -> Result<GatewaysPage, Problem> {
    let asked = form.value("gateway").to_owned();
    let rows = all.iter().map(|one| {
        let (state, word) = say::state(one.state);
        Row {
            id: one.external.clone(),
            name: one.name.clone(),
            state,
            word,
            detail: say::detail(one.state, one.online),
            may_begin: one.state != GatewayState::Ready,
            wants_pin: one.state == GatewayState::AwaitsPin,
            error: if one.external == asked {
                form.err("pin").to_owned()
            } else {
                String::new()
            },
        }
    });
    Ok(GatewaysPage {
        page: ctx.page("Opening from the Access page", "integrations").await?,
        title: "Opening from the Access page".to_owned(),
        back_href: format!("/admin/integrations/{id}"),
        back_label: name.to_owned(),
        action: format!("/admin/integrations/{id}/gateways"),
        about: say::about(name),
        rows: rows.collect(),
        form,
    })
}
