//! GET /admin/resources: what can be booked or rented, and what it opens.

use access::facts::ResourceKind;
use access::may::Action;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use store::Page as Part;
use store::resource::Filter;

use crate::admin::parts::choice::Tab;
use crate::admin::parts::groups;
use crate::admin::parts::paging::address;
use crate::admin::parts::places::Places;
use crate::admin::parts::states;
use crate::ctx::Ctx;
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::Route;

/// The list of resources.
pub(crate) fn route() -> Route {
    Route::page("/admin/resources", Action::ResourcesRead).to(show)
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    kind: String,
}

#[derive(Template)]
#[template(path = "admin/resources/list.html")]
struct ListPage {
    page: Page,
    may_change: bool,
    q: String,
    searched: bool,
    kinds: Vec<Tab>,
    resources: Vec<Row>,
}

struct Row {
    href: String,
    name: String,
    archived: bool,
    kind: &'static str,
    place: String,
    capacity: i64,
    opens: String,
    warning: String,
}

async fn show(ctx: Ctx, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let kind: Option<ResourceKind> = states::KINDS
        .into_iter()
        .find(|kind| states::resource(*kind).0 == asked.kind);
    let filter = Filter {
        location: places.chosen(),
        kind,
        archived_too: true,
    };
    let listed = store::resource::list(&mut tx, ctx.network(), &filter, &Part::longest())
        .await?
        .rows;
    let search = asked.q.trim().to_lowercase();
    let opened = groups::Summaries::read(&mut tx, &ctx).await?;
    let mut resources = Vec::new();
    for one in listed.iter().filter(|one| places.one(one.details.location).is_some()) {
        if !one.details.name.to_lowercase().contains(&search) {
            continue;
        }
        let (opens, warning) = opened.of(&one.details.groups);
        resources.push(Row {
            href: format!("/admin/resources/{}", one.id),
            name: one.details.name.clone(),
            archived: one.details.archived,
            kind: states::resource(one.details.kind).1,
            place: places.name(one.details.location).to_owned(),
            capacity: one.details.capacity,
            opens,
            warning,
        });
    }
    drop(tx);
    resources.sort_by_key(|row| (row.archived, row.name.to_lowercase()));
    let tab = |word: &str, label: &str| {
        Tab::new(
            address("/admin/resources", &[("q", &asked.q), ("kind", word)]),
            label,
            asked.kind == word,
        )
    };
    let mut kinds = vec![tab("", "All")];
    kinds.extend(states::KINDS.iter().map(|kind| {
        let (word, _, several) = states::resource(*kind);
        tab(word, several)
    }));
    render(&ListPage {
        may_change: ctx.may(Action::ResourcesWrite),
        searched: !search.is_empty() || kind.is_some() || places.chosen().is_some(),
        kinds,
        resources,
        q: asked.q,
        page: ctx.page("Resources", "resources").await?,
    })
}
