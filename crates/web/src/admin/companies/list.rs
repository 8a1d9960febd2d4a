//! GET /admin/companies: companies by name.

use access::may::Action;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use store::company::Filter;

use crate::admin::parts::paging::{self, Pager};
use crate::admin::parts::places::Places;
use crate::ctx::Ctx;
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::dates;

/// The list of companies.
pub(crate) fn route() -> Route {
    Route::page("/admin/companies", Action::CompaniesRead).to(show)
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/companies/list.html")]
struct ListPage {
    page: Page,
    summary: &'static str,
    may_change: bool,
    q: String,
    searched: bool,
    companies: Vec<Row>,
    pager: Pager,
}

struct Row {
    href: String,
    name: String,
    place: String,
    people: usize,
}

async fn show(ctx: Ctx, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let filter = Filter {
        search: (!asked.q.trim().is_empty()).then(|| asked.q.trim().to_owned()),
        location: places.chosen(),
    };
    let listed = store::company::list(&mut tx, ctx.network(), &filter, &paging::part(asked.after.as_deref())).await?;
    let ids: Vec<_> = listed.rows.iter().map(|company| company.id).collect();
    let members = store::company::members_of(&mut tx, ctx.network(), &ids).await?;
    let mut companies = Vec::with_capacity(listed.rows.len());
    for company in &listed.rows {
        let today = dates::local(ctx.now, &places.zone(company.details.location)).date();
        let belongs = |one: &&access::facts::CompanyMembership| {
            one.company == company.id
                && one.removed_at.is_none()
                && one.joined_on <= today
                && one.left_on.is_none_or(|left| left >= today)
        };
        companies.push(Row {
            href: format!("/admin/companies/{}", company.id),
            name: company.details.name.clone(),
            place: places.name(company.details.location).to_owned(),
            people: members.iter().filter(belongs).count(),
        });
    }
    drop(tx);
    let pager = Pager::of(
        "/admin/companies",
        &[("q", &asked.q)],
        asked.after.as_deref(),
        &listed,
        "company",
        "companies",
    );
    render(&ListPage {
        summary: "Several people under one contract",
        may_change: ctx.may(Action::CompaniesWrite),
        searched: filter.search.is_some() || filter.location.is_some(),
        companies,
        pager,
        q: asked.q,
        page: ctx.page("Companies", "companies").await?,
    })
}
