//! GET /admin/plans: what people can subscribe to, and what it opens.

use std::collections::{BTreeMap, HashMap};

use access::id::LocationId;
use access::may::Action;
use askama::Template;
use axum::response::Response;
use store::Page as Part;
use store::plan::{Filter, Period};

use crate::admin::parts::groups;
use crate::admin::parts::places::Places;
use crate::ctx::Ctx;
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::dates;

/// The list of plans.
pub(crate) fn route() -> Route {
    Route::page("/admin/plans", Action::PlansRead).to(show)
}

#[derive(Template)]
#[template(path = "admin/plans/list.html")]
struct ListPage {
    page: Page,
    may_change: bool,
    plans: Vec<Row>,
}

struct Row {
    href: String,
    name: String,
    archived: bool,
    place: String,
    price: String,
    opens: String,
    warning: String,
    running: u64,
}

async fn show(ctx: Ctx) -> Result<Response, Problem> {
    let network = ctx.network();
    let mut tx = ctx.store().read().await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let filter = Filter {
        location: places.chosen(),
        archived_too: true,
    };
    let listed = store::plan::list(&mut tx, network, &filter, &Part::longest())
        .await?
        .rows;
    let opened = groups::Summaries::read(&mut tx, &ctx).await?;
    let mut running: HashMap<_, _> = HashMap::new();
    for place in &places.all {
        let today = dates::local(ctx.now, &places.zone(place.id)).date();
        let counted = store::subscription::running(&mut tx, network, place.id, today, ctx.now).await?;
        running.extend(counted);
    }
    let mut names: BTreeMap<(LocationId, String), usize> = BTreeMap::new();
    for plan in listed.iter().filter(|plan| !plan.details.archived) {
        *names
            .entry((plan.details.location, plan.details.name.to_lowercase()))
            .or_default() += 1;
    }
    let mut plans = Vec::with_capacity(listed.len());
    for plan in listed.iter().filter(|plan| places.one(plan.details.location).is_some()) {
        let (opens, mut warning) = opened.of(&plan.details.groups);
        let name = (plan.details.location, plan.details.name.to_lowercase());
        if !plan.details.archived && names.get(&name).is_some_and(|count| *count > 1) {
            warning = [warning, "Another plan here has this name".to_owned()]
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join(" · ");
        }
        plans.push(Row {
            href: format!("/admin/plans/{}", plan.id),
            name: plan.details.name.clone(),
            archived: plan.details.archived,
            place: places.name(plan.details.location).to_owned(),
            price: price(plan.details.price_cents, &plan.details.currency, plan.details.period),
            opens,
            warning,
            running: running.get(&plan.id).copied().unwrap_or_default(),
        });
    }
    drop(tx);
    plans.sort_by_key(|plan| plan.archived);
    render(&ListPage {
        may_change: ctx.may(Action::PlansWrite),
        plans,
        page: ctx.page("Plans", "plans").await?,
    })
}

/// "EUR 250.00 a month".
fn price(cents: i64, currency: &str, period: Period) -> String {
    let each = match period {
        Period::Day => " a day",
        Period::Week => " a week",
        Period::Month => " a month",
        Period::Year => " a year",
        Period::Once => ", once",
    };
    format!("{currency} {}.{:02}{each}", cents / 100, cents % 100)
}
