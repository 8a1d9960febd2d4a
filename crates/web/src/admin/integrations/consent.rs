//! GET /admin/integrations/consent: the browser comes back from the vendor, where somebody consented or did not (P-32, P-33).
//!
//! In: a code and the state we sent along. Out: a connected account, or the form again with everything typed.
//! Why so: what was typed travels in a sealed cookie of this browser, so nothing half-done lies in the database, and nobody can slip a
//! code of their own account into somebody else's trip.
//! Always: a trip ends after a quarter of an hour and with its first success; a state that does not match is never used.

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
use crate::{security, words};

/// Where the vendor sends the browser back to; operators register it there to the letter.
pub(super) const BACK: &str = "/admin/integrations/consent";
/// A trip takes at most a quarter of an hour.
const LASTS_S: i64 = 15 * 60;

/// The callback.
pub(crate) fn route() -> Route {
    Route::page(BACK, Action::IntegrationsWrite).to(back)
}

/// A trip to a vendor: what was typed before, and how we know its end.
#[derive(Serialize, Deserialize)]
pub(super) struct Trip {
    state: String,
    verifier: String,
    location: LocationId,
    vendor: String,
    again: Option<IntegrationId>,
    pub(super) typed: BTreeMap<String, String>,
    until: access::Instant,
}

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
    pub(super) fn new(ctx: &Ctx, aim: &Aim, typed: BTreeMap<String, String>) -> Self {
        let chance = || store::chance::token().reveal().to_owned();
        Self {
            state: chance(),
            verifier: chance(),
            location: aim.location,
            vendor: aim.vendor.clone(),
            again: aim.again,
            typed,
            until: ctx.now.plus_s(LASTS_S),
        }
    }

    /// The one this browser is on, if it is for the same aim.
    pub(super) fn toward(ctx: &Ctx, aim: &Aim) -> Option<Self> {
        Self::read(ctx)
            .filter(|trip| (trip.location, &trip.vendor, trip.again) == (aim.location, &aim.vendor, aim.again))
    }

    fn read(ctx: &Ctx) -> Option<Self> {
        let sealed = ctx.consent.as_deref()?;
        let text = ctx
            .store()
            .unseal(CONSENT_COOKIE, ctx.network(), &format!("v1:{sealed}"))
            .ok()?;
        let trip: Self = serde_json::from_str(text.reveal()).ok()?;
        (ctx.now < trip.until).then_some(trip)
    }

    /// What the vendor is told.
    pub(super) fn consent(&self, ctx: &Ctx) -> Consent {
        Consent::Possible {
            back: back_url(ctx),
            state: self.state.clone(),
            verifier: Secret::new(&*self.verifier),
        }
    }

    /// The page that leads there. A form may not lead to another host by itself (our own policy), so a link does.
    pub(super) async fn begins(&self, ctx: &Ctx, aim: &Aim, url: String) -> Result<Response, Problem> {
        let vendor = super::vendor_name(ctx, &self.vendor).to_owned();
        let page = ConsentPage {
            page: ctx.page(&format!("Connect {vendor}"), "integrations").await?,
            title: format!("Connect {vendor}"),
            go: format!("Go to {vendor}"),
            vendor,
            url,
            back_href: aim.action.clone(),
        };
        let text = serde_json::to_string(self).expect("a trip is plain text");
        let sealed = ctx.store().seal(CONSENT_COOKIE, ctx.network(), &Secret::new(text));
        // A cookie's value has no colon; the version in front of it is ours to put back.
        let value = sealed.strip_prefix("v1:").expect("the store seals in its first form");
        Ok(ctx.with_cookie(render(&page)?, CONSENT_COOKIE, value, Some(LASTS_S)))
    }
}

async fn back(ctx: Ctx, Query(returned): Query<Returned>) -> Result<Response, Problem> {
    let Some(trip) = Trip::read(&ctx).filter(|trip| security::same(&trip.state, &returned.state)) else {
        return Err(Problem::conflict(words::connecting::NOT_THIS_BROWSER));
    };
    let aim = match trip.again {
        Some(id) => Aim::again(&ctx, id).await?,
        None => Aim::new(&ctx, trip.location, trip.vendor.clone())?,
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
        fields: trip.typed.clone(),
        consent: Consent::Given {
            back: back_url(&ctx),
            code: Secret::new(returned.code),
            verifier: Secret::new(trip.verifier),
            scope: returned.scope,
        },
        like: aim.login,
    };
    let mut form = Fields::of(shown(&ctx, &aim, &trip.typed));
    match connect::try_account(&ctx, tried).await? {
        Tried::Works(login) => {
            let there = form::keep(&ctx, &aim, form, &login).await?;
            return Ok(ctx.with_cookie(there, CONSENT_COOKIE, "", Some(0)));
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
