//! GET and POST /admin/integrations/connect/{location}/{vendor}; GET and POST /admin/integrations/{integration}/reconnect.
//!
//! The first step of the wizard: what the vendor asks for, checked live, with a one-time code when it wants one.
//! Always: the fields come as data from the vendor's abilities; secrets are never shown again, all else typed is kept; nothing is
//! stored unless the check went well (P-30).

use std::collections::BTreeMap;

use access::id::{IntegrationId, LocationId};
use access::may::{Action, Object};
use access::vendor::{FieldKind, NewLogin};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use crate::admin::parts::paging::address;
use crate::connect::{self, Tried};
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render, render_again};
use crate::problem::Problem;
use crate::registry::Route;

/// Connecting and connecting again.
pub(crate) fn routes() -> Vec<Route> {
    let (new, again) = (
        "/admin/integrations/connect/{location}/{vendor}",
        "/admin/integrations/{integration}/reconnect",
    );
    vec![
        Route::page(new, Action::IntegrationsWrite).to(show_new),
        Route::form(new, Action::IntegrationsWrite).to(submit_new),
        Route::page(again, Action::IntegrationsWrite).to(show_again),
        Route::form(again, Action::IntegrationsWrite).to(submit_again),
    ]
}

#[derive(Template)]
#[template(path = "admin/integrations/connect.html")]
struct ConnectPage {
    page: Page,
    title: String,
    location: String,
    action: String,
    code_says: String,
    aside: String,
    fields: Vec<Asked>,
    form: Fields,
}

/// One field the vendor asks for.
struct Asked {
    key: &'static str,
    label: &'static str,
    hint: &'static str,
    kind: &'static str,
    value: String,
    error: String,
}

/// What is being connected.
struct Aim {
    location: LocationId,
    vendor: String,
    action: String,
}

impl Aim {
    fn new(ctx: &Ctx, location: LocationId, vendor: String) -> Result<Self, Problem> {
        ctx.allow(Action::IntegrationsWrite, &Object::At(location))?;
        let action = format!("/admin/integrations/connect/{location}/{vendor}");
        Ok(Self {
            location,
            vendor,
            action,
        })
    }

    async fn again(ctx: &Ctx, id: IntegrationId) -> Result<Self, Problem> {
        let mut tx = ctx.store().read().await?;
        let details = super::read(&mut tx, ctx, id, Action::IntegrationsWrite).await?.details;
        let action = format!("/admin/integrations/{id}/reconnect");
        Ok(Self {
            location: details.location,
            vendor: details.vendor,
            action,
        })
    }
}

async fn page(ctx: &Ctx, aim: &Aim, mut form: Fields, code_says: String) -> Result<ConnectPage, Problem> {
    let vendor = ctx.outside().vendor(&aim.vendor).ok_or_else(Problem::not_found)?;
    let mut tx = ctx.store().read().await?;
    let location = store::location::read(&mut tx, ctx.network(), aim.location)
        .await?
        .details
        .name;
    drop(tx);
    // A wrong code is asked for again, too.
    let ask_code = !code_says.is_empty() || !form.value("code").is_empty() || form.error("code").is_some();
    let mut fields = Vec::new();
    for field in vendor.fields {
        let kind = match field.kind {
            FieldKind::Text => "text",
            FieldKind::Email => "email",
            FieldKind::Password => "password",
            FieldKind::Code if !ask_code => continue,
            FieldKind::Code => "text",
        };
        let secret = matches!(field.kind, FieldKind::Password | FieldKind::Code);
        let value = if secret {
            String::new()
        } else {
            form.value(field.key).to_owned()
        };
        fields.push(Asked {
            key: field.key,
            label: field.label,
            hint: field.hint,
            kind,
            value,
            error: form.err(field.key).to_owned(),
        });
    }
    for field in vendor.fields {
        form.forget(field.key);
    }
    Ok(ConnectPage {
        page: ctx.page(&format!("Connect {}", vendor.name), "integrations").await?,
        title: format!("Connect {}", vendor.name),
        location,
        action: aim.action.clone(),
        code_says,
        aside: format!(
            "We sign in at {name} with this, check that we may do what is needed, and keep a key that {name} makes for us. \
             The password itself is not kept. Nothing there is changed; what others made there is never touched.",
            name = vendor.name
        ),
        fields,
        form,
    })
}

/// Where to go instead when this vendor is connected at this location already.
async fn elsewhere(ctx: &Ctx, aim: &Aim) -> Result<Option<Response>, Problem> {
    let mut tx = ctx.store().read().await?;
    let Some(standing) = connect::standing(ctx, &mut tx, aim.location, &aim.vendor).await? else {
        return Ok(None);
    };
    let text = crate::words::connecting::connected_here_already(super::vendor_name(ctx, &aim.vendor));
    Ok(Some(ctx.go_with(
        &format!("/admin/integrations/{}", standing.id),
        "attention",
        text,
    )))
}

async fn show_new(ctx: Ctx, Path((location, vendor)): Path<(LocationId, String)>) -> Result<Response, Problem> {
    let aim = Aim::new(&ctx, location, vendor)?;
    if let Some(there) = elsewhere(&ctx, &aim).await? {
        return Ok(there);
    }
    render(&page(&ctx, &aim, Fields::new(), String::new()).await?)
}

async fn show_again(ctx: Ctx, Path(id): Path<IntegrationId>) -> Result<Response, Problem> {
    let aim = Aim::again(&ctx, id).await?;
    render(&page(&ctx, &aim, Fields::new(), String::new()).await?)
}

/// Checks what was typed, live. `Err` is the page again.
async fn tried(ctx: &Ctx, aim: &Aim, mut form: Fields) -> Result<Result<(NewLogin, Fields), Response>, Problem> {
    let vendor = ctx.outside().vendor(&aim.vendor).ok_or_else(Problem::not_found)?;
    let mut typed = BTreeMap::new();
    for field in vendor.fields {
        let text = match field.kind {
            FieldKind::Code => form.value(field.key).trim().to_owned(),
            // A password is sent as it was typed, spaces included.
            FieldKind::Password => {
                if form.value(field.key).is_empty() {
                    form.wrong(field.key, crate::words::validation::needed());
                }
                form.value(field.key).to_owned()
            }
            FieldKind::Text | FieldKind::Email => form.text(field.key, 254),
        };
        if !text.is_empty() {
            typed.insert(field.key.to_owned(), text);
        }
    }
    let mut code_says = String::new();
    if form.ok() {
        match connect::try_account(ctx, aim.location, &aim.vendor, typed).await? {
            Tried::Works(login) => return Ok(Ok((login, form))),
            Tried::CodeNeeded(say) => code_says = say,
            Tried::Refused(field, say) => form.wrong(field.as_deref().unwrap_or_default(), say),
            Tried::Unreachable(say) => form.wrong("", say),
        }
    }
    Ok(Err(render_again(&page(ctx, aim, form, code_says).await?)?))
}

async fn submit_new(
    ctx: Ctx,
    Path((location, vendor)): Path<(LocationId, String)>,
    form: Fields,
) -> Result<Response, Problem> {
    let aim = Aim::new(&ctx, location, vendor)?;
    if let Some(there) = elsewhere(&ctx, &aim).await? {
        return Ok(there);
    }
    let (login, _) = match tried(&ctx, &aim, form).await? {
        Ok(works) => works,
        Err(again) => return Ok(again),
    };
    let mut tx = ctx.store().write().await?;
    let id = connect::keep(&ctx, &mut tx, location, &aim.vendor, &login, None, None).await?;
    tx.commit().await?;
    Ok(ctx.go(&choosing(id, &login)))
}

async fn submit_again(ctx: Ctx, Path(id): Path<IntegrationId>, form: Fields) -> Result<Response, Problem> {
    let aim = Aim::again(&ctx, id).await?;
    let (login, mut form) = match tried(&ctx, &aim, form).await? {
        Ok(works) => works,
        Err(again) => return Ok(again),
    };
    let mut tx = ctx.store().write().await?;
    super::read(&mut tx, &ctx, id, Action::IntegrationsWrite).await?;
    if let Err(problem) = connect::again(&ctx, &mut tx, id, &login).await {
        drop(tx);
        form.refused(&problem);
        return render_again(&page(&ctx, &aim, form, String::new()).await?);
    }
    tx.commit().await?;
    Ok(ctx.go(&choosing(id, &login)))
}

/// The next step, with what the vendor warned of on the way.
fn choosing(id: IntegrationId, login: &NewLogin) -> String {
    let query: Vec<(&str, &str)> = login.warnings.iter().map(|warning| ("w", warning.as_str())).collect();
    address(&format!("/admin/integrations/{id}/choices"), &query)
}
