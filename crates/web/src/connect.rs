//! Connecting a vendor account, for pages and programs alike (P-30).
//!
//! In: what somebody typed, by field key. Out: a login that works, or what to mend; then the stored integration.
//! Why so: the live check happens with no transaction open, and nothing is stored unless it worked.
//! Always: what was typed is dropped after the check; only the vendor's own secret is kept, sealed by the store; a location has
//! at most one live integration of a vendor, else everybody would be granted twice; a site is one that the account has.

use std::collections::BTreeMap;

use access::facts::{IntegrationState, Visibility};
use access::id::{IntegrationId, LocationId, VendorLoginId};
use access::vendor::{ConnectForm, ConnectRefusal, Connected, Consent, NewLogin, Secret, Site};
use store::integration::{Details, Integration};
use store::wakeup::Lane;
use store::{Page, Tx, turn};

use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::words;

/// What came of it.
pub enum Tried {
    /// It works.
    Works(NewLogin),
    /// A person has to consent at the vendor: the browser goes there.
    Consent(String),
    /// The vendor wants a one-time code; ask with this sentence.
    CodeNeeded(String),
    /// It does not work: the field it is about, if one, and what to do.
    Refused(Option<String>, String),
    /// The vendor did not answer properly; the same may work in a minute.
    Unreachable(String),
}

/// What is tried.
pub struct Try<'a> {
    /// For which location.
    pub location: LocationId,
    /// Which vendor.
    pub vendor: &'a str,
    /// What was typed, by field key.
    pub fields: BTreeMap<String, String>,
    /// How far the browser's trip to the vendor got.
    pub consent: Consent,
    /// When one signs in again: what is left empty is as in this login.
    pub like: Option<VendorLoginId>,
}

/// Tries the account live.
pub async fn try_account(ctx: &Ctx, tried: Try<'_>) -> Result<Tried, Problem> {
    let Try {
        location,
        vendor,
        fields,
        consent,
        like,
    } = tried;
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
        consent,
        like: like.map(|login| (ctx.network(), login)),
    };
    Ok(match (ctx.outside().connect)(form).await {
        Connected::Yes(login) => Tried::Works(login),
        Connected::ConsentNeeded { url } => Tried::Consent(url),
        Connected::CodeNeeded { say } => Tried::CodeNeeded(say),
        Connected::No(why) => {
            let (field, say) = words::connecting::refusal(&why, abilities.name);
            match why {
                ConnectRefusal::Unreachable { .. } => Tried::Unreachable(say),
                _ => Tried::Refused(field, say),
            }
        }
    })
}

/// The live integration of this vendor at this location, if there is one; one that is disconnected is none.
pub async fn standing(
    ctx: &Ctx,
    tx: &mut Tx,
    location: LocationId,
    vendor: &str,
) -> Result<Option<Integration>, Problem> {
    let all = store::integration::list(tx, ctx.network(), Some(location), &Page::longest()).await?;
    let live = |one: &Integration| one.details.vendor == vendor && one.details.state != IntegrationState::Disconnected;
    Ok(all.rows.into_iter().find(live))
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
    turn::of_network(tx, ctx.network(), &format!("connect {location} {vendor}")).await?;
    if let Some(standing) = standing(ctx, tx, location, vendor).await? {
        return Err(connected_already(ctx, &standing));
    }
    // Where a vendor works with one site only, the first stands until another is chosen on the next page.
    let first = login.sites.first().filter(|_| one_site(ctx, vendor));
    let chosen = chosen(&login.sites, site)?.or(first);
    let details = Details {
        location,
        vendor: vendor.to_owned(),
        state: IntegrationState::Connected,
        visibility: visibility.unwrap_or(Visibility::Members),
        site: chosen.map(|site| site.external.clone()),
        site_name: chosen.map(|site| site.name.clone()),
        login: Some(keep_login(ctx, tx, vendor, login).await?),
    };
    Ok(store::integration::create(tx, &ctx.act(), &details).await?)
}

/// The refusal of a second one, with what to do instead.
pub fn connected_already(ctx: &Ctx, standing: &Integration) -> Problem {
    let vendor = ctx.outside().vendor(&standing.details.vendor);
    let name = vendor.map_or("This vendor", |vendor| vendor.name);
    let leaving = !matches!(
        standing.details.state,
        IntegrationState::Connected | IntegrationState::NeedsSignIn
    );
    Problem::conflict(words::connecting::connected_already(
        name,
        &standing.id.to_string(),
        leaving,
    ))
}

/// Signs in again at an integration that stands: it has to be the account from before, since plans and resources name its
/// groups.
pub async fn again(ctx: &Ctx, tx: &mut Tx, id: IntegrationId, login: &NewLogin) -> Result<(), Problem> {
    let before = store::integration::read(tx, ctx.network(), id).await?.details;
    if let Some(known) = before.login {
        let known = store::vendor_login::read(tx, ctx.network(), known).await?;
        if known.account != login.account {
            return Err(Problem::conflict(words::connecting::another_account(&known.shown)));
        }
    }
    turn::of_network(
        tx,
        ctx.network(),
        &format!("connect {} {}", before.location, before.vendor),
    )
    .await?;
    if let Some(standing) = standing(ctx, tx, before.location, &before.vendor).await?
        && standing.id != id
    {
        return Err(connected_already(ctx, &standing));
    }
    let state = match before.state {
        IntegrationState::Connected | IntegrationState::NeedsSignIn | IntegrationState::Disconnected => {
            IntegrationState::Connected
        }
        // What is being left needs a sign-in that works to come to its end; it is not granted anew.
        leaving @ (IntegrationState::Leaving | IntegrationState::RunningOut | IntegrationState::Revoking) => leaving,
    };
    let details = Details {
        state,
        login: Some(keep_login(ctx, tx, &before.vendor, login).await?),
        ..before
    };
    store::integration::change(tx, &ctx.act(), id, &details).await?;
    store::integration::set_reading_due(tx, ctx.network(), id, ctx.now).await?;
    Ok(store::integration::wake(tx, ctx.network(), id, Lane::Revoke, ctx.now).await?)
}

async fn keep_login(ctx: &Ctx, tx: &mut Tx, vendor: &str, login: &NewLogin) -> Result<VendorLoginId, Problem> {
    let kept = store::vendor_login::keep(tx, &ctx.act(), vendor, &login.account, &login.shown, &login.secret).await?;
    store::vendor_login::keep_sites(tx, ctx.network(), kept, &login.sites).await?;
    Ok(kept)
}

/// The sites an integration can be narrowed to: those its vendor listed at the last sign-in. Where none were kept, the one
/// that is chosen and those that doors were read from.
pub async fn sites(ctx: &Ctx, tx: &mut Tx, integration: &Integration) -> Result<Vec<Site>, Problem> {
    let listed = match integration.details.login {
        Some(login) => store::vendor_login::sites(tx, ctx.network(), login).await?,
        None => Vec::new(),
    };
    if !listed.is_empty() {
        return Ok(listed);
    }
    let mut sites: Vec<Site> = Vec::new();
    let mut add = |external: &str, name: String| {
        if !external.is_empty() && sites.iter().all(|one| one.external != external) {
            let external = external.to_owned();
            sites.push(Site {
                external,
                name,
                zone: None,
            });
        }
    };
    if let Some(site) = &integration.details.site {
        let name = integration.details.site_name.clone();
        add(site, name.unwrap_or_else(|| format!("Site {site}")));
    }
    for door in store::group::doors(tx, ctx.network(), integration.id).await? {
        if let Some(site) = &door.site {
            add(site, format!("The site of {}", door.name));
        }
    }
    Ok(sites)
}

/// Does this vendor always work with one site of the account?
pub fn one_site(ctx: &Ctx, vendor: &str) -> bool {
    ctx.outside().vendor(vendor).is_some_and(|row| row.site_needed)
}

/// The site with this id among the account's; none is all of the account.
pub fn chosen<'s>(sites: &'s [Site], site: Option<&str>) -> Result<Option<&'s Site>, Problem> {
    let Some(site) = site else { return Ok(None) };
    let known = sites.iter().find(|one| one.external == site);
    let known = known.ok_or_else(|| {
        let names = sites.iter().map(|one| (one.external.as_str(), one.name.as_str()));
        Problem::field("site", words::connecting::no_such_site(names))
    })?;
    Ok(Some(known))
}
