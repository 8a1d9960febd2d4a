//! GET and POST /admin/integrations/{integration}/choices: which site, and who sees its doors (P-31).
//!
//! In: the account's sites, as its vendor listed them at the last sign-in; warnings of the step before in the query.
//! Always: only a site of the account can be chosen; pages and programs ask the same desk (`connect::sites`).

use std::collections::BTreeMap;

use access::facts::{IntegrationState, Visibility};
use access::id::IntegrationId;
use access::may::Action;
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use store::integration::{Details, Integration};
use store::{Page as Part, Tx};

use crate::admin::parts::choice::{Choice, as_typed};
use crate::connect;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render, render_again};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words;

/// The form, and what it submits to.
pub(crate) fn routes() -> Vec<Route> {
    let path = "/admin/integrations/{integration}/choices";
    vec![
        Route::page(path, Action::IntegrationsWrite).to(show),
        Route::form(path, Action::IntegrationsWrite).to(save),
    ]
}

#[derive(Template)]
#[template(path = "admin/integrations/choose.html")]
struct ChoosePage {
    page: Page,
    title: String,
    location: String,
    account: String,
    action: String,
    save: &'static str,
    back_href: String,
    warnings: Vec<String>,
    sites: Vec<Choice>,
    visibilities: Vec<Choice>,
    form: Fields,
}

type Asked = Vec<(String, String)>;

const VISIBILITIES: [(&str, Visibility, &str, &str); 4] = [
    (
        "members",
        Visibility::Members,
        "Members of this location",
        "Nonmembers use the vendor’s own app or a card",
    ),
    (
        "network_members",
        Visibility::NetworkMembers,
        "Members of any location",
        "Of the whole network",
    ),
    (
        "public",
        Visibility::Public,
        "Everybody who may open a door",
        "Nonmembers with a booking, too",
    ),
    (
        "administrators",
        Visibility::Administrators,
        "Administrators only",
        "Members do not open doors from our page",
    ),
];

async fn show(ctx: Ctx, Path(id): Path<IntegrationId>, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let integration = super::read(&mut tx, &ctx, id, Action::IntegrationsWrite).await?;
    let details = &integration.details;
    let word = VISIBILITIES
        .iter()
        .find(|(_, one, ..)| *one == details.visibility)
        .map_or("members", |(word, ..)| word);
    let form = Fields::of([
        ("site", details.site.as_deref().unwrap_or_default()),
        ("visibility", word),
    ]);
    render(&page(&mut tx, &ctx, &integration, &asked, form).await?)
}

async fn page(
    tx: &mut Tx,
    ctx: &Ctx,
    integration: &Integration,
    asked: &Asked,
    form: Fields,
) -> Result<ChoosePage, Problem> {
    let details = &integration.details;
    let name = super::vendor_name(ctx, &details.vendor);
    let location = store::location::read(tx, ctx.network(), details.location)
        .await?
        .details
        .name;
    let account = match details.login {
        Some(login) => store::vendor_login::read(tx, ctx.network(), login).await?.shown,
        None => "Nobody: it is disconnected".to_owned(),
    };
    let mut options = Vec::new();
    if !connect::one_site(ctx, &details.vendor) {
        options.push(Choice::new("", "All sites").hint("Every group and door of the account"));
    }
    let used = used_elsewhere(ctx, tx, integration).await?;
    for site in connect::sites(ctx, tx, integration).await? {
        let hint = match used.get(&site.external) {
            Some(place) => words::connecting::used_already(place),
            None => "Only its groups and doors".to_owned(),
        };
        options.push(Choice::new(site.external, site.name).hint(hint));
    }
    let typed = form.value("site").to_owned();
    let options = options.into_iter().map(|one| {
        let own = one.value == typed;
        one.selected(own)
    });
    let visibilities = VISIBILITIES
        .iter()
        .map(|(word, _, label, hint)| Choice::new(word, *label).hint(*hint));
    Ok(ChoosePage {
        page: ctx.page(&format!("Connect {name}"), "integrations").await?,
        title: format!("Connect {name}"),
        location,
        account,
        action: ctx.path.clone(),
        save: "Go on to the doors",
        back_href: format!("/admin/integrations/{}", integration.id),
        warnings: asked
            .iter()
            .filter(|(name, _)| name == "w")
            .map(|(_, text)| text.clone())
            .collect(),
        sites: options.collect(),
        visibilities: as_typed(visibilities, &form, "visibility"),
        form,
    })
}

/// Sites of this vendor that other locations of the network work with, and which.
async fn used_elsewhere(
    ctx: &Ctx,
    tx: &mut Tx,
    integration: &Integration,
) -> Result<BTreeMap<String, String>, Problem> {
    let all = store::integration::list(tx, ctx.network(), None, &Part::longest())
        .await?
        .rows;
    let mut used = BTreeMap::new();
    for other in all.into_iter().filter(|other| other.id != integration.id) {
        let of = other.details;
        if let (true, Some(site)) = (
            of.vendor == integration.details.vendor && of.state != IntegrationState::Disconnected,
            of.site,
        ) {
            let place = store::location::read(tx, ctx.network(), of.location)
                .await?
                .details
                .name;
            used.insert(site, place);
        }
    }
    Ok(used)
}

async fn save(
    ctx: Ctx,
    Path(id): Path<IntegrationId>,
    Query(asked): Query<Asked>,
    mut form: Fields,
) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let integration = super::read(&mut tx, &ctx, id, Action::IntegrationsWrite).await?;
    let known = connect::sites(&ctx, &mut tx, &integration).await?;
    let typed = Some(form.value("site")).filter(|typed| !typed.is_empty());
    let site = connect::chosen(&known, typed);
    if let Err(problem) = &site {
        form.refused(problem);
    } else if typed.is_none() && connect::one_site(&ctx, &integration.details.vendor) {
        form.wrong("site", words::connecting::CHOOSE_A_SITE);
    }
    let words = VISIBILITIES.map(|(word, visibility, ..)| (word, visibility));
    let visibility = form.one_of("visibility", &words);
    if let (Ok(site), true, Some(visibility)) = (site, form.ok(), visibility) {
        let (site, site_name) = site.map(|site| (site.external.clone(), site.name.clone())).unzip();
        let details = Details {
            visibility,
            site,
            site_name,
            ..integration.details
        };
        store::integration::change(&mut tx, &ctx.act(), id, &details).await?;
        tx.commit().await?;
        return Ok(ctx.go(&format!("/admin/integrations/{id}?fresh=yes")));
    }
    tx.roll_back().await?;
    let mut tx = ctx.store().read().await?;
    render_again(&page(&mut tx, &ctx, &integration, &asked, form).await?)
}
