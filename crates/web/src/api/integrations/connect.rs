//! `POST /api/v1/integrations`: connects a vendor account, with a live check.

use std::collections::BTreeMap;

use access::id::LocationId;
use access::may::{Action, Object};
use access::vendor::{Consent, Field, FieldKind, NewLogin};
use axum::http::Method;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;

use super::IntegrationShape;
use super::read::shown;
use crate::api::shape::VisibilityWord;
use crate::body::{Body, created};
use crate::connect::{self, Tried};
use crate::ctx::Ctx;
use crate::problem::{Kind, Problem};
use crate::registry::Route;
use crate::words;

/// An account to connect.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Connect {
    /// For which location.
    #[schemars(with = "crate::wire::LocationRef")]
    location: LocationId,
    /// Which vendor.
    #[schemars(length(min = 1, max = 40))]
    vendor: String,
    /// What the vendor asks for, by field key; an unknown key is answered with the known ones.
    fields: BTreeMap<String, String>,
    /// The vendor's site, by its id there; all of the account when left out.
    #[schemars(length(max = 200))]
    site: Option<String>,
    /// Who sees its doors on the Access page; members when left out.
    visibility: Option<VisibilityWord>,
}

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::POST,
        "/api/v1/integrations",
        Action::IntegrationsWrite,
        "integrations",
        "Connect a vendor account",
    )
    .takes::<Connect>()
    .creates::<IntegrationShape>()
    .to(create)
}

async fn create(ctx: Ctx, Body(new): Body<Connect>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    store::location::read(&mut tx, ctx.network(), new.location)
        .await
        .map_err(Problem::at("location"))?;
    ctx.allow(Action::IntegrationsWrite, &Object::At(new.location))?;
    if let Some(standing) = connect::standing(&ctx, &mut tx, new.location, &new.vendor).await? {
        return Err(connect::connected_already(&ctx, &standing));
    }
    drop(tx);
    let login = live(&ctx, new.location, &new.vendor, new.fields).await?;
    let visibility = new.visibility.map(Into::into);
    let mut tx = ctx.store().write().await?;
    let id = connect::keep(
        &ctx,
        &mut tx,
        new.location,
        &new.vendor,
        &login,
        new.site.as_deref(),
        visibility,
    )
    .await?;
    let integration = shown(&ctx, &mut tx, id).await?;
    ctx.commit(tx, created(&format!("/api/v1/integrations/{id}"), integration))
        .await
}

/// Tries the account live with these fields; what does not work is said of the field it is about.
pub(super) async fn live(
    ctx: &Ctx,
    location: LocationId,
    vendor: &str,
    fields: BTreeMap<String, String>,
) -> Result<NewLogin, Problem> {
    let asked = &ctx.outside().vendor(vendor).ok_or_else(|| unknown_vendor(ctx))?.fields;
    let known: Vec<&str> = asked.iter().map(|field| field.key).collect();
    if let Some(key) = fields.keys().find(|key| !known.contains(&key.as_str())) {
        let say = crate::words::validation::unknown_field(key, &known);
        return Err(Problem::field(format!("fields.{key}"), say));
    }
    let missing = |field: &&Field| {
        !field.optional && field.kind != FieldKind::Code && fields.get(field.key).is_none_or(String::is_empty)
    };
    if let Some(field) = asked.iter().find(missing) {
        let say = format!("This is needed: {}.", field.label);
        return Err(Problem::field(format!("fields.{}", field.key), say));
    }
    let tried = connect::Try {
        location,
        vendor,
        fields,
        consent: Consent::Impossible,
        like: None,
    };
    match connect::try_account(ctx, tried).await? {
        Tried::Consent(_) => Err(Problem::field("fields", words::connecting::consent_needs_a_browser())),
        Tried::Works(login) => Ok(login),
        Tried::CodeNeeded(say) => Err(Problem::field("fields.code", say)),
        Tried::Refused(Some(key), say) => Err(Problem::field(format!("fields.{key}"), say)),
        Tried::Refused(None, say) => Err(Problem::field("fields", say)),
        Tried::Unreachable(say) => Err(Problem::new(Kind::Busy, say)),
    }
}

fn unknown_vendor(ctx: &Ctx) -> Problem {
    let known = ctx
        .outside()
        .vendors
        .iter()
        .map(|vendor| format!("“{}”", vendor.vendor));
    Problem::field("vendor", format!("This must be {}.", crate::words::list_or(known)))
}
