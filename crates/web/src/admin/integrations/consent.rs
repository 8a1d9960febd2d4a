//! GET /admin/integrations/consent: the browser comes back from the vendor, where somebody consented or did not (P-32, P-33).
//!
//! In: a code and the state we sent along. Out: a connected account, or the form again with everything typed.
//! Always: what was typed travels with the trip (see [`crate::trip`]), and a trip ends with its first success.

use std::collections::BTreeMap;

use access::id::{IntegrationId, LocationId};
use access::may::Action;
use access::vendor::{Consent, FieldKind, Secret};
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::connect::{self as form, Aim};
use crate::connect::{self, Tried, Try};
use crate::ctx::{CONSENT_COOKIE, Ctx};
use crate::fields::Fields;
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::Route;
use crate::{trip, words};

/// Where the vendor sends the browser back to; operators register it there to the letter.
pub(super) const BACK: &str = "/admin/integrations/consent";

/// The callback.
pub(crate) fn route() -> Route {
    Route::page(BACK, Action::IntegrationsWrite).to(back)
}

/// What a trip is about: an account for a location, and what was typed for it.
#[derive(Serialize, Deserialize)]
pub(super) struct Connecting {
    location: LocationId,
    vendor: String,
    again: Option<IntegrationId>,
    pub(super) typed: BTreeMap<String, String>,
}

pub(super) type Trip = trip::Trip<Connecting>;

#[derive(Template)]
#[template(path = "admin/integrations/consent.html")]
struct ConsentPage {
    page: Page,
    title: String,
    go: String,
    vendor: String,
    url: String,
    back_href: String,
}

#[derive(Deserialize)]
struct Returned {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    scope: Option<String>,
    error: Option<String>,
}

/// Our address as the vendor has to know it.
pub(super) fn back_url(ctx: &Ctx) -> String {
    format!("{}{BACK}", ctx.base_url())
}

impl Trip {
    /// A new one, with what was typed.
    pub(super) fn with(ctx: &Ctx, aim: &Aim, typed: BTreeMap<String, String>) -> Self {
        let about = Connecting {
            location: aim.location,
            vendor: aim.vendor.clone(),
            again: aim.again,
            typed,
        };
        Self::new(ctx, about)
    }

    /// The one this browser is on.
    fn under_way(ctx: &Ctx) -> Option<Self> {
        Self::read(ctx, CONSENT_COOKIE, ctx.consent.as_deref())
    }

    /// The same, if it is for this aim.
    pub(super) fn toward(ctx: &Ctx, aim: &Aim) -> Option<Self> {
        Self::under_way(ctx).filter(|trip| {
            let about = &trip.about;
            (about.location, &about.vendor, about.again) == (aim.location, &aim.vendor, aim.again)
        })
    }

    /// What the vendor is told.
    pub(super) fn consent(&self, ctx: &Ctx) -> Consent {
        Consent::Possible {
            back: back_url(ctx),
            state: self.state.clone(),
            verifier: self.verifier(),
        }
    }

    /// The page that leads there. A form may not lead to another host by itself (our own policy), so a link does.
    pub(super) async fn begins(&self, ctx: &Ctx, aim: &Aim, url: String) -> Result<Response, Problem> {
        let vendor = super::vendor_name(ctx, &aim.vendor).to_owned();
        let page = ConsentPage {
            page: ctx.page(&format!("Connect {vendor}"), "integrations").await?,
            title: format!("Connect {vendor}"),
            go: format!("Go to {vendor}"),
            vendor,
            url,
            back_href: aim.action.clone(),
        };
        Ok(self.onto(ctx, CONSENT_COOKIE, render(&page)?))
    }
}

async fn back(ctx: Ctx, Query(returned): Query<Returned>) -> Result<Response, Problem> {
    let Some(trip) = Trip::under_way(&ctx).filter(|trip| trip.is_back_with(&returned.state)) else {
        return Err(Problem::conflict(words::connecting::NOT_THIS_BROWSER));
    };
    let about = &trip.about;
    let aim = match about.again {
        Some(id) => Aim::again(&ctx, id).await?,
        None => Aim::new(&ctx, about.location, about.vendor.clone())?,
    };
    let name = super::vendor_name(&ctx, &aim.vendor);
    if let Some(error) = &returned.error {
        let text = if error == "access_denied" {
            words::connecting::not_allowed(name)
        } else {
            words::connecting::vendor_sent_back(name, error)
        };
        return Ok(ctx.go_with(&aim.action, "refused", text));
    }
    let tried = Try {
        location: aim.location,
        vendor: &aim.vendor,
        fields: about.typed.clone(),
        consent: Consent::Given {
            back: back_url(&ctx),
            code: Secret::new(returned.code),
            verifier: trip.verifier(),
            scope: returned.scope,
        },
        like: aim.login,
    };
    let mut form = Fields::of(shown(&ctx, &aim, &about.typed));
    match connect::try_account(&ctx, tried).await? {
        Tried::Works(login) => {
            let there = form::keep(&ctx, &aim, form, &login).await?;
            return Ok(trip::over(&ctx, CONSENT_COOKIE, there));
        }
        Tried::Refused(field, say) => form.wrong(field.as_deref().unwrap_or_default(), say),
        Tried::Unreachable(say) => form.wrong("", say),
        Tried::Consent(_) | Tried::CodeNeeded(_) => form.wrong("", words::connecting::vendor_sent_back(name, "")),
    }
    form::again(&ctx, &aim, form).await
}

/// What was typed and may be shown again: no secrets.
pub(super) fn shown<'t>(ctx: &Ctx, aim: &Aim, typed: &'t BTreeMap<String, String>) -> Vec<(&'t str, &'t str)> {
    let fields = ctx
        .outside()
        .vendor(&aim.vendor)
        .map_or(&[][..], |vendor| &vendor.fields);
    let open = |key: &str| {
        fields
            .iter()
            .any(|field| field.key == key && !matches!(field.kind, FieldKind::Password | FieldKind::Code))
    };
    typed
        .iter()
        .filter(|(key, _)| open(key))
        .map(|(key, text)| (&**key, &**text))
        .collect()
}
