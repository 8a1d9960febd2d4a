//! GET /admin/people/{person}/audit: what was decided and done about them (P-48).

use access::id::PersonId;
use access::may::Action;
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use serde::Deserialize;
use store::audit::Filter;

use super::Head;
use crate::admin::parts::audit::{self, Entry};
use crate::admin::parts::paging::{self, Pager};
use crate::admin::parts::people;
use crate::admin::parts::places::Places;
use crate::ctx::Ctx;
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::Route;

/// A person's history.
pub(crate) fn route() -> Route {
    Route::page("/admin/people/{person}/audit", Action::PeopleRead).to(show)
}

#[derive(Deserialize)]
struct Asked {
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/people/audit.html")]
struct AuditPage {
    page: Page,
    head: Head,
    entries: Vec<Entry>,
    pager: Pager,
}

async fn show(ctx: Ctx, Path(id): Path<PersonId>, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    ctx.allow(Action::PeopleRead, &people::object(&mut tx, &ctx, id).await?)?;
    let person = store::person::read(&mut tx, ctx.network(), id).await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let filter = Filter {
        person: Some(id),
        ..Filter::default()
    };
    let listed = store::audit::list(&mut tx, ctx.network(), &filter, &paging::part(asked.after.as_deref())).await?;
    let entries = audit::entries(&mut tx, &ctx, &listed.rows, &places.home_zone()).await?;
    drop(tx);
    let head = Head::of(&ctx, &person, "audit");
    let pager = Pager::of(
        &head.audit_href,
        &[],
        asked.after.as_deref(),
        &listed,
        "entry",
        "entries",
    );
    render(&AuditPage {
        head,
        entries,
        pager,
        page: ctx.page(&person.details.name, "people").await?,
    })
}
