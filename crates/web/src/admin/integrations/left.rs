//! GET /admin/integrations/{integration}/left: the receipt of a disconnection, what stands at the vendor of ours (P-37).
//!
//! Out: who, in which group, until when as the vendor acknowledged it last; what is over is not listed.
//! Why so: nothing is changed there any more, so whoever wants it gone has to know what to look for.

use access::Instant;
use access::facts::IntegrationState;
use access::id::IntegrationId;
use access::may::Action;
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use jiff::tz::TimeZone;
use serde::Deserialize;
use store::grant::Grant;

use crate::admin::parts::paging::{self, Pager};
use crate::admin::parts::places::Places;
use crate::ctx::Ctx;
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::dates;

/// The receipt.
pub(crate) fn route() -> Route {
    Route::page("/admin/integrations/{integration}/left", Action::IntegrationsRead).to(show)
}

#[derive(Deserialize)]
struct Asked {
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/integrations/left.html")]
struct LeftPage {
    page: Page,
    title: String,
    explained: String,
    back_href: String,
    back_label: String,
    left: Vec<Left>,
    pager: Pager,
}

/// One grant that stands.
struct Left {
    who: String,
    href: String,
    group: String,
    until: String,
    state: &'static str,
}

async fn show(ctx: Ctx, Path(id): Path<IntegrationId>, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let integration = super::read(&mut tx, &ctx, id, Action::IntegrationsRead).await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let zone = places.zone(integration.details.location);
    let part = paging::part(asked.after.as_deref());
    let listed = store::grant::held(&mut tx, ctx.network(), id, &part).await?;
    let groups = store::group::list(&mut tx, ctx.network(), id).await?;
    let mut left = Vec::new();
    for grant in listed.rows.iter().filter(|grant| !is_over(grant, ctx.now)) {
        let person = store::person::read(&mut tx, ctx.network(), grant.person).await?;
        let group = groups.iter().find(|group| group.id == grant.group);
        left.push(Left {
            who: person.details.name,
            href: format!("/admin/people/{}", person.id),
            group: group.map_or_else(String::new, |group| group.name.clone()),
            until: until(grant, ctx.now, &zone),
            state: if grant.held.is_some_and(|held| held.until.is_open()) {
                "attention"
            } else {
                "scheduled"
            },
        });
    }
    drop(tx);
    let name = super::vendor_name(&ctx, &integration.details.vendor).to_owned();
    let back_href = format!("/admin/integrations/{id}");
    let path = format!("{back_href}/left");
    let page = LeftPage {
        page: ctx.page(&format!("Left at {name}"), "integrations").await?,
        title: format!("What we granted at {name}"),
        explained: format!(
            "As {name} acknowledged it last. What has no end there {}.",
            if integration.details.state == IntegrationState::RunningOut {
                "we take away when its window is over"
            } else {
                "stays until somebody removes it"
            }
        ),
        back_href,
        back_label: format!("{name} · {}", places.name(integration.details.location)),
        pager: Pager::of(&path, &[], asked.after.as_deref(), &listed, "grant", "grants"),
        left,
    };
    render(&page)
}

fn is_over(grant: &Grant, now: Instant) -> bool {
    grant.held.is_none_or(|held| held.until <= now)
}

fn until(grant: &Grant, now: Instant, zone: &TimeZone) -> String {
    match grant.held {
        Some(held) if !held.until.is_open() => format!("until {}", dates::moment(held.until, now, zone)),
        _ => "no end".to_owned(),
    }
}
