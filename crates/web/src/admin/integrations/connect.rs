//! GET and POST /admin/integrations/connect/{location}/{vendor}; GET and POST /admin/integrations/{integration}/reconnect.
//!
//! The first step of the wizard: what the vendor asks for, checked live, with a one-time code when it wants one.
//! Always: the fields come as data from the vendor's abilities; secrets are never shown again, all else typed is kept; nothing is
//! stored unless the check went well (P-30).

use std::collections::BTreeMap;

use access::id::{IntegrationId, LocationId, VendorLoginId};
use access::may::{Action, Object};
use access::vendor::{Abilities, FieldKind, NewLogin};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::consent::{self, Trip};
use crate::admin::parts::paging::address;
use crate::connect::{self, Tried, Try};
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render, render_again};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words;

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
    /// Where the vendor sends browsers back to: ours, and members' for digital keys; none where it does not.
    back_urls: Vec<String>,
    fields: Vec<Asked>,
    folded: Folded,
    form: Fields,
}

/// One field the vendor asks for.
struct Asked {
    key: &'static str,
    label: &'static str,
    hint: &'static str,
    kind: &'static str,
    value: String,
    checked: bool,
    required: bool,
    error: String,
}

/// What only few have to fill in; open once something stands in it.
#[derive(Default)]
struct Folded {
    title: &'static str,
    open: bool,
    fields: Vec<Asked>,
}

/// What is being connected.
pub(super) struct Aim {
    pub(super) location: LocationId,
    pub(super) vendor: String,
    pub(super) action: String,
    /// Signing in again at this one.
    pub(super) again: Option<IntegrationId>,
    /// With this login; what is left empty is as before.
    pub(super) login: Option<VendorLoginId>,
}

impl Aim {
    pub(super) fn new(ctx: &Ctx, location: LocationId, vendor: String) -> Result<Self, Problem> {
        ctx.allow(Action::IntegrationsWrite, &Object::At(location))?;
        let action = format!("/admin/integrations/connect/{location}/{vendor}");
        Ok(Self {
            location,
            vendor,
            action,
            again: None,
            login: None,
        })
    }

    pub(super) async fn again(ctx: &Ctx, id: IntegrationId) -> Result<Self, Problem> {
        let mut tx = ctx.store().read().await?;
        let details = super::read(&mut tx, ctx, id, Action::IntegrationsWrite).await?.details;
        let action = format!("/admin/integrations/{id}/reconnect");
        Ok(Self {
            location: details.location,
            vendor: details.vendor,
            action,
            again: Some(id),
            login: details.login,
        })
    }
}

impl Aim {
    /// Is everything typed the last time still at hand?
    fn known(&self, vendor: &Abilities) -> bool {
        vendor.consent && self.login.is_some()
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
    let trip = Trip::toward(ctx, aim);
    let (mut fields, mut folded) = (Vec::new(), Folded::default());
    for field in &vendor.fields {
        let kind = match field.kind {
            FieldKind::Text => "text",
            FieldKind::Email => "email",
            FieldKind::Password => "password",
            FieldKind::Code if !ask_code => continue,
            FieldKind::Code => "text",
            FieldKind::Tick => "checkbox",
        };
        let secret = matches!(field.kind, FieldKind::Password | FieldKind::Code);
        let value = if secret {
            String::new()
        } else {
            form.value(field.key).to_owned()
        };
        // On the way back from the vendor secrets are still at hand; signing in again, all of it is.
        let known = aim.known(vendor)
            || trip
                .as_ref()
                .is_some_and(|trip| trip.about.typed.contains_key(field.key));
        let kept = known && value.is_empty() && field.kind != FieldKind::Tick;
        let asked = Asked {
            key: field.key,
            label: field.label,
            hint: if kept {
                "As before when you leave it empty."
            } else {
                field.hint
            },
            kind,
            checked: form.checked(field.key),
            value,
            required: !field.optional && !kept,
            error: form.err(field.key).to_owned(),
        };
        if field.only_if.is_empty() {
            fields.push(asked);
        } else {
            folded.title = field.only_if;
            folded.open |= asked.checked || !asked.value.is_empty() || !asked.error.is_empty();
            folded.fields.push(asked);
        }
    }
    for field in &vendor.fields {
        form.forget(field.key);
    }
    let aside = if vendor.consent {
        words::connecting::what_happens_with_consent(vendor.name)
    } else {
        words::connecting::what_happens(vendor.name)
    };
    Ok(ConnectPage {
        page: ctx.page(&format!("Connect {}", vendor.name), "integrations").await?,
        title: format!("Connect {}", vendor.name),
        location,
        action: aim.action.clone(),
        code_says,
        aside,
        back_urls: back_urls(ctx, vendor),
        fields,
        folded,
        form,
    })
}

/// Addresses to register at the vendor.
fn back_urls(ctx: &Ctx, vendor: &Abilities) -> Vec<String> {
    let own = vendor.consent.then(|| consent::back_url(ctx));
    let members = vendor.digital_key.then(|| crate::portal::key::back_url(ctx));
    own.into_iter().chain(members).collect()
}

/// Where to go instead when this vendor is connected at this location already.
async fn elsewhere(ctx: &Ctx, aim: &Aim) -> Result<Option<Response>, Problem> {
    let mut tx = ctx.store().read().await?;
    let Some(standing) = connect::standing(ctx, &mut tx, aim.location, &aim.vendor).await? else {
        return Ok(None);
    };
    let text = words::connecting::connected_here_already(super::vendor_name(ctx, &aim.vendor));
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
    render(&page(&ctx, &aim, begun(&ctx, &aim), String::new()).await?)
}

/// An empty form, or what was typed before a trip to the vendor.
fn begun(ctx: &Ctx, aim: &Aim) -> Fields {
    match Trip::toward(ctx, aim) {
        Some(trip) => Fields::of(consent::shown(ctx, aim, &trip.about.typed)),
        None => Fields::new(),
    }
}

async fn show_again(ctx: Ctx, Path(id): Path<IntegrationId>) -> Result<Response, Problem> {
    let aim = Aim::again(&ctx, id).await?;
    render(&page(&ctx, &aim, begun(&ctx, &aim), String::new()).await?)
}

/// What was typed, with what is at hand from a trip to the vendor; notes what is missing.
fn typed(ctx: &Ctx, aim: &Aim, form: &mut Fields) -> Result<BTreeMap<String, String>, Problem> {
    let vendor = ctx.outside().vendor(&aim.vendor).ok_or_else(Problem::not_found)?;
    let trip = Trip::toward(ctx, aim);
    let mut typed = BTreeMap::new();
    for field in &vendor.fields {
        let secret = matches!(field.kind, FieldKind::Password | FieldKind::Code);
        let mut text = match field.kind {
            FieldKind::Code => form.value(field.key).trim().to_owned(),
            // A password is sent as it was typed, spaces included.
            FieldKind::Password => form.value(field.key).to_owned(),
            FieldKind::Text | FieldKind::Email => form.optional_text(field.key, 254).unwrap_or_default(),
            FieldKind::Tick if form.checked(field.key) => "yes".to_owned(),
            FieldKind::Tick => String::new(),
        };
        if text.is_empty()
            && secret
            && let Some(kept) = trip.as_ref().and_then(|trip| trip.about.typed.get(field.key))
        {
            text.clone_from(kept);
        }
        let may_be_empty = field.optional || field.kind == FieldKind::Code || aim.known(vendor);
        if !text.is_empty() {
            typed.insert(field.key.to_owned(), text);
        } else if !may_be_empty {
            form.wrong(field.key, words::validation::needed());
        }
    }
    Ok(typed)
}

/// Checks what was typed, live. `Err` is the page again, or the way to the vendor.
async fn tried(ctx: &Ctx, aim: &Aim, mut form: Fields) -> Result<Result<(NewLogin, Fields), Response>, Problem> {
    let typed = typed(ctx, aim, &mut form)?;
    let mut code_says = String::new();
    if form.ok() {
        let trip = Trip::with(ctx, aim, typed);
        let tried = Try {
            location: aim.location,
            vendor: &aim.vendor,
            fields: trip.about.typed.clone(),
            consent: trip.consent(ctx),
            like: aim.login,
        };
        match connect::try_account(ctx, tried).await? {
            Tried::Works(login) => return Ok(Ok((login, form))),
            Tried::Consent(url) => return Ok(Err(trip.begins(ctx, aim, url).await?)),
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
    submit(&ctx, &aim, form).await
}

async fn submit_again(ctx: Ctx, Path(id): Path<IntegrationId>, form: Fields) -> Result<Response, Problem> {
    let aim = Aim::again(&ctx, id).await?;
    submit(&ctx, &aim, form).await
}

async fn submit(ctx: &Ctx, aim: &Aim, form: Fields) -> Result<Response, Problem> {
    match tried(ctx, aim, form).await? {
        Ok((login, form)) => keep(ctx, aim, form, &login).await,
        Err(instead) => Ok(instead),
    }
}

/// Stores what works and goes on; or the form again, when it cannot be kept here.
pub(super) async fn keep(ctx: &Ctx, aim: &Aim, mut form: Fields, login: &NewLogin) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let Some(id) = aim.again else {
        let id = connect::keep(ctx, &mut tx, aim.location, &aim.vendor, login, None, None).await?;
        tx.commit().await?;
        return Ok(ctx.go(&choosing(id, login)));
    };
    super::read(&mut tx, ctx, id, Action::IntegrationsWrite).await?;
    if let Err(problem) = connect::again(ctx, &mut tx, id, login).await {
        drop(tx);
        form.refused(&problem);
        return again(ctx, aim, form).await;
    }
    tx.commit().await?;
    Ok(ctx.go(&choosing(id, login)))
}

/// The form again, with what is wrong.
pub(super) async fn again(ctx: &Ctx, aim: &Aim, form: Fields) -> Result<Response, Problem> {
    render_again(&page(ctx, aim, form, String::new()).await?)
}

/// The next step, with what the vendor warned of on the way.
fn choosing(id: IntegrationId, login: &NewLogin) -> String {
    let query: Vec<(&str, &str)> = login.warnings.iter().map(|warning| ("w", warning.as_str())).collect();
    address(&format!("/admin/integrations/{id}/choices"), &query)
}
