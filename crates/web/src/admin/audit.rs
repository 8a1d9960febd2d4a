//! GET /admin/audit: the whole log, filtered by what, by whom and by day (P-48).

use access::facts::Date;
use access::id::AuditId;
use access::may::Action;
use access::zone::Zone;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use store::audit::Filter;
use store::{Listed, Page as Part};

use super::parts::audit::{self, Entry};
use super::parts::choice::Choice;
use super::parts::paging::{Pager, ROWS};
use super::parts::places::Places;
use crate::ctx::Ctx;
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::Route;

/// The audit log.
pub(crate) fn route() -> Route {
    Route::page("/admin/audit", Action::AuditRead).to(show)
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    actor: String,
    #[serde(default)]
    on: String,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/audit/list.html")]
struct ListPage {
    page: Page,
    kinds: Vec<Choice>,
    actors: Vec<Choice>,
    on: String,
    filtered: bool,
    entries: Vec<Entry>,
    pager: Pager,
}

const KINDS: [(&str, &str); 12] = [
    ("person", "People"),
    ("company", "Companies"),
    ("subscription", "Subscriptions"),
    ("booking", "Bookings"),
    ("plan", "Plans"),
    ("resource", "Resources"),
    ("integration", "Integrations"),
    ("grant", "Grants at vendors"),
    ("door", "Doors"),
    ("location", "Locations"),
    ("account", "Accounts"),
    ("api_token", "API tokens"),
];

async fn show(ctx: Ctx, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let network = ctx.network();
    let mut tx = ctx.store().read().await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let kind = KINDS.iter().find(|(word, _)| *word == asked.kind);
    let filter = Filter {
        actor: (!asked.actor.is_empty()).then(|| asked.actor.clone()),
        action: kind.map(|(word, _)| format!("{word}.")),
        ..Filter::default()
    };
    let day = asked.on.parse::<Date>().ok();
    let zone = Zone::named(places.home().map_or("UTC", |one| &one.details.zone))
        .map_err(|error| Problem::internal("reading a zone", error))?;
    // Ids sort by when they were made: a day ends before the first id of the next.
    let after = asked.after.clone().filter(|text| !text.is_empty());
    let from = after
        .clone()
        .or_else(|| day.map(|day| AuditId::new(zone.day_end(day), 0).to_string()));
    let mut listed = store::audit::list(
        &mut tx,
        network,
        &filter,
        &Part {
            limit: ROWS,
            after: from,
        },
    )
    .await?;
    if let Some(day) = day {
        cut(&mut listed, zone.day_start(day));
    }
    let entries = audit::entries(&mut tx, &ctx, &listed.rows, &places.home_zone()).await?;
    let mut actors = vec![Choice::new("worker", "Vestibule itself"), Choice::new("setup", "Setup")];
    actors.extend(
        store::account::staff(&mut tx, network)
            .await?
            .into_iter()
            .map(|one| Choice::new(one.id, one.details.name)),
    );
    drop(tx);
    let kept = [
        ("kind", asked.kind.as_str()),
        ("actor", asked.actor.as_str()),
        ("on", asked.on.as_str()),
    ];
    let pager = Pager::of(
        "/admin/audit",
        &kept,
        asked.after.as_deref(),
        &listed,
        "entry",
        "entries",
    );
    let chosen = |options: Vec<Choice>, value: &str| {
        options
            .into_iter()
            .map(|one| {
                let own = one.value == value;
                one.selected(own)
            })
            .collect()
    };
    render(&ListPage {
        kinds: chosen(
            KINDS.iter().map(|(word, label)| Choice::new(word, *label)).collect(),
            &asked.kind,
        ),
        actors: chosen(actors, &asked.actor),
        filtered: kept.iter().any(|(_, value)| !value.is_empty()),
        entries,
        pager,
        on: asked.on,
        page: ctx.page("Audit log", "audit").await?,
    })
}

/// Drops what is older than the day.
fn cut(listed: &mut Listed<store::audit::Line>, from: access::Instant) {
    let before = listed.rows.len();
    listed.rows.retain(|line| line.at >= from);
    if listed.rows.len() < before {
        listed.next = None;
    }
}
