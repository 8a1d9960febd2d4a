//! Connecting a vendor account, for pages and programs alike (P-30).
//!
//! In: what somebody typed, by field key. Out: a login that works, or what to mend; then the stored integration.
//! Why so: the live check happens with no transaction open, and nothing is stored unless it worked.
//! Always: what was typed is dropped after the check; only the vendor's own secret is kept, sealed by the store.

use std::collections::BTreeMap;

use access::facts::{IntegrationState, Visibility};
use access::id::{IntegrationId, LocationId};
use access::vendor::{ConnectForm, Connected, NewLogin, Secret};
use store::Tx;
use store::integration::Details;

use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::words;

/// What came of it.
pub enum Tried {
    /// It works.
    Works(NewLogin),
    /// The vendor wants a one-time code; ask with this sentence.
    CodeNeeded(String),
    /// It does not work: the field it is about, if one, and what to do.
    Refused(Option<String>, String),
}

/// Tries the account live.
pub async fn try_account(
    ctx: &Ctx,
    location: LocationId,
    vendor: &str,
    fields: BTreeMap<String, String>,
) -> Result<Tried, Problem> {
    let Some(abilities) = ctx.outside().vendor(vendor) else {
        return Err(Problem::not_found());
    };
    let mut tx = ctx.store().read().await?;
    let network = store::network::read(&mut tx, ctx.network()).await?.details.name;
    let place = store::location::read(&mut tx, ctx.network(), location)
        .await?
        .details
        .name;
    drop(tx);
    let form = ConnectForm {
        vendor: vendor.to_owned(),
        fields: fields
            .into_iter()
            .map(|(key, typed)| (key, Secret::new(typed)))
            .collect(),
        label: format!("Vestibule – {network}, {place}"),
    };
    Ok(match (ctx.outside().connect)(form).await {
        Connected::Yes(login) => Tried::Works(login),
        Connected::CodeNeeded { say } => Tried::CodeNeeded(say),
        Connected::No(why) => {
            let (field, say) = words::connecting::refusal(&why, abilities.name);
            Tried::Refused(field, say)
        }
    })
}

/// Stores the login and the integration that uses it.
pub async fn keep(
    ctx: &Ctx,
    tx: &mut Tx,
    location: LocationId,
    vendor: &str,
    login: &NewLogin,
    site: Option<&str>,
    visibility: Option<Visibility>,
) -> Result<IntegrationId, Problem> {
    let chosen = match site {
        None => None,
        Some(site) => {
            let known = login.sites.iter().find(|one| one.external == site);
            Some(known.ok_or_else(|| Problem::field("site", "The account has no such site."))?)
        }
    };
    let kept = store::vendor_login::keep(tx, &ctx.act(), vendor, &login.account, &login.shown, &login.secret).await?;
    let details = Details {
        location,
        vendor: vendor.to_owned(),
        state: IntegrationState::Connected,
        visibility: visibility.unwrap_or(Visibility::Members),
        site: chosen.map(|site| site.external.clone()),
        site_name: chosen.map(|site| site.name.clone()),
        login: Some(kept),
    };
    Ok(store::integration::create(tx, &ctx.act(), &details).await?)
}
