//! GET and POST /admin/integrations/{integration}/groups/{group}/replace: another group in every place at once.
//!
//! Always: all mappings change in one transaction, each with its own entry in the audit log.

use access::facts::{Facts, ItemAccess};
use access::id::{AccessGroupId, IntegrationId};
use access::may::{Action, Object};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use store::Tx;
use store::facts::As;
use store::subscription::NewItem;

use super::uses::Uses;
use crate::admin::parts::choice::Choice;
use crate::admin::parts::named::Named;
use crate::admin::parts::places::Places;
use crate::admin::parts::reach::Reached;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render, render_again};
use crate::problem::Problem;
use crate::registry::Route;
use crate::{scope, words};

/// The form, and what it submits to.
pub(crate) fn routes() -> Vec<Route> {
    let path = "/admin/integrations/{integration}/groups/{group}/replace";
    vec![
        Route::page(path, Action::IntegrationsWrite).to(show),
        Route::form(path, Action::IntegrationsWrite).to(submit),
    ]
}

#[derive(Template)]
#[template(path = "admin/integrations/replace.html")]
struct ReplacePage {
    page: Page,
    title: String,
    text: &'static str,
    back_href: String,
    back_label: String,
    uses_text: String,
    uses: Vec<Use>,
    action: String,
    options: Vec<Choice>,
    form: Fields,
}

struct Use {
    href: String,
    icon: &'static str,
    what: String,
    detail: String,
}

async fn facts(tx: &mut Tx, ctx: &Ctx) -> Result<Facts, Problem> {
    Ok(store::facts::load_network(tx, ctx.network(), As::Known { now: ctx.now }).await?)
}

async fn show(ctx: Ctx, Path(ids): Path<(IntegrationId, AccessGroupId)>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    render(&page(&mut tx, &ctx, ids, Fields::new()).await?)
}

async fn page(
    tx: &mut Tx,
    ctx: &Ctx,
    (id, group): (IntegrationId, AccessGroupId),
    form: Fields,
) -> Result<ReplacePage, Problem> {
    let integration = super::read(tx, ctx, id, Action::IntegrationsWrite).await?;
    let row = store::group::read(tx, ctx.network(), group).await?;
    if row.integration != id {
        return Err(Problem::not_found());
    }
    let places = Places::read(tx, ctx).await?;
    let facts = facts(tx, ctx).await?;
    let found = Uses::of(&facts, group);
    let mut uses = Vec::new();
    for (plan, name) in &found.plans {
        let (what, detail) = ((*name).to_owned(), "Plan".to_owned());
        uses.push(Use {
            href: format!("/admin/plans/{plan}"),
            icon: "layers",
            what,
            detail,
        });
    }
    for (thing, name) in &found.resources {
        let (what, detail) = ((*name).to_owned(), "Resource".to_owned());
        uses.push(Use {
            href: format!("/admin/resources/{thing}"),
            icon: "armchair",
            what,
            detail,
        });
    }
    let mut named = Named::of(ctx.network());
    for (subscription, item) in &found.items {
        uses.push(Use {
            href: format!("/admin/subscriptions/{}/items/{}", subscription.id, item.id),
            icon: "repeat",
            what: named.item(tx, item.of).await?,
            detail: format!(
                "A line of {}’s subscription",
                named.subscriber(tx, subscription.of).await?
            ),
        });
    }
    let mut options = Vec::new();
    for one in facts.groups.iter().filter(|one| !one.gone && one.id != group) {
        let Some(at) = facts
            .integrations
            .iter()
            .find(|integration| integration.id == one.integration)
        else {
            continue;
        };
        if places.one(at.location).is_none() {
            continue;
        }
        let label = if at.id == id {
            one.name.clone()
        } else {
            format!(
                "{} ({} · {})",
                one.name,
                super::vendor_name(ctx, &at.vendor),
                places.name(at.location)
            )
        };
        let choice = Choice::new(one.id, label).selected(form.has("by", &one.id.to_string()));
        options.push((at.id != id, choice));
    }
    options.sort_by(|(a, x), (b, y)| (a, &x.label).cmp(&(b, &y.label)));
    let href = format!("/admin/integrations/{id}");
    Ok(ReplacePage {
        page: ctx.page(&format!("Replace {}", row.name), "integrations").await?,
        title: format!("Replace “{}”", row.name),
        text: if row.gone {
            "It was deleted at the vendor; nobody gets in by it any more"
        } else {
            ""
        },
        back_label: super::vendor_name(ctx, &integration.details.vendor).to_owned(),
        uses_text: words::count(found.count(), "place", "places"),
        uses,
        action: format!("{href}/groups/{group}/replace"),
        back_href: href,
        options: options.into_iter().map(|(_, choice)| choice).collect(),
        form,
    })
}

async fn submit(
    ctx: Ctx,
    Path((id, group)): Path<(IntegrationId, AccessGroupId)>,
    mut form: Fields,
) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    super::read(&mut tx, &ctx, id, Action::IntegrationsWrite).await?;
    if store::group::read(&mut tx, ctx.network(), group).await?.integration != id {
        return Err(Problem::not_found());
    }
    let by: Option<AccessGroupId> = form.choice("by");
    if let Some(by) = by {
        let facts = facts(&mut tx, &ctx).await?;
        let known = facts.groups.iter().any(|one| one.id == by && !one.gone) && by != group;
        if known {
            scope::groups(&ctx, &mut tx, Action::IntegrationsWrite, ("by", &[by]), &[]).await?;
            let before = Reached::by_groups(&mut tx, &ctx, &[group, by]).await?;
            let count = replaced(&mut tx, &ctx, &facts, group, by).await?;
            let reach = before.compared(&Reached::by_groups(&mut tx, &ctx, &[group, by]).await?);
            tx.commit().await?;
            let text = format!("Replaced in {}. {reach}", words::count(count, "place", "places"));
            return Ok(ctx.go_with(&format!("/admin/integrations/{id}"), "open", text));
        }
        form.wrong("by", words::validation::not_a_choice());
    }
    tx.roll_back().await?;
    let mut tx = ctx.store().read().await?;
    render_again(&page(&mut tx, &ctx, (id, group), form).await?)
}

/// Changes every mapping; answers how many there were.
async fn replaced(
    tx: &mut Tx,
    ctx: &Ctx,
    facts: &Facts,
    group: AccessGroupId,
    by: AccessGroupId,
) -> Result<usize, Problem> {
    let act = ctx.act().because(format!("replacing the group {group}"));
    let found = Uses::of(facts, group);
    for (plan, _) in &found.plans {
        let mut details = store::plan::read(tx, ctx.network(), *plan).await?.details;
        ctx.allow(Action::PlansWrite, &Object::At(details.location))?;
        details.groups = swapped(&details.groups, group, by);
        store::plan::change(tx, &act, *plan, &details).await?;
    }
    for (thing, _) in &found.resources {
        let mut details = store::resource::read(tx, ctx.network(), *thing).await?.details;
        ctx.allow(Action::ResourcesWrite, &Object::At(details.location))?;
        details.groups = swapped(&details.groups, group, by);
        store::resource::change(tx, &act, *thing, &details).await?;
    }
    for (subscription, item) in &found.items {
        ctx.allow(Action::SubscriptionsWrite, &Object::At(subscription.location))?;
        let ItemAccess::Set(groups) = &item.access else {
            continue;
        };
        let access = ItemAccess::Set(swapped(groups, group, by));
        let new = NewItem {
            of: item.of,
            access,
            reach: item.reach.clone(),
        };
        store::subscription::change_item(tx, &act, subscription.id, item.id, &new).await?;
    }
    Ok(found.count())
}

/// The same list with one group in the place of another; each once.
fn swapped(groups: &[AccessGroupId], group: AccessGroupId, by: AccessGroupId) -> Vec<AccessGroupId> {
    let mut swapped: Vec<AccessGroupId> = Vec::with_capacity(groups.len());
    for one in groups.iter().map(|one| if *one == group { by } else { *one }) {
        if !swapped.contains(&one) {
            swapped.push(one);
        }
    }
    swapped
}
