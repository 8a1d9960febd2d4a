//! GET /admin/subscriptions: whose, what, from when to when, and where it stands.
//!
//! Whether one is scheduled, active or over depends on the moment and the zone, so the filter looks at rows as they come.

use access::facts::Subscription;
use access::may::Action;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use store::subscription::Filter;
use store::{Listed, Page as Part, Tx};

use crate::admin::parts::choice::Tab;
use crate::admin::parts::named::Named;
use crate::admin::parts::paging::{Pager, ROWS, address};
use crate::admin::parts::places::Places;
use crate::admin::parts::terms::Term;
use crate::ctx::Ctx;
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::dates;

/// The list of subscriptions.
pub(crate) fn route() -> Route {
    Route::page("/admin/subscriptions", Action::SubscriptionsRead).to(show)
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    state: String,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/subscriptions/list.html")]
struct ListPage {
    page: Page,
    summary: &'static str,
    may_change: bool,
    q: String,
    searched: bool,
    states: Vec<Tab>,
    rows: Vec<Row>,
    pager: Pager,
}

struct Row {
    href: String,
    whose: String,
    what: String,
    place: String,
    from: String,
    until: String,
    state: &'static str,
    word: &'static str,
}

/// Parts of 200 rows that one page looks through at most.
const PARTS: usize = 10;

async fn show(ctx: Ctx, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let listed = found(&mut tx, &ctx, &places, &asked).await?;
    drop(tx);
    let kept = [("q", asked.q.as_str()), ("state", asked.state.as_str())];
    let pager = Pager::of(
        "/admin/subscriptions",
        &kept,
        asked.after.as_deref(),
        &listed,
        "subscription",
        "subscriptions",
    );
    let tab = |word: &str, label: &str| {
        Tab::new(
            address("/admin/subscriptions", &[("q", &asked.q), ("state", word)]),
            label,
            asked.state == word,
        )
    };
    let mut states = vec![tab("", "All")];
    states.extend(Term::ALL.iter().map(|(_, word, label)| tab(word, label)));
    render(&ListPage {
        summary: "Who has which plan or rental, and with it which doors",
        may_change: ctx.may(Action::SubscriptionsWrite),
        searched: !asked.q.is_empty() || !asked.state.is_empty() || places.chosen().is_some(),
        states,
        rows: listed.rows,
        pager,
        q: asked.q,
        page: ctx.page("Subscriptions", "subscriptions").await?,
    })
}

async fn found(tx: &mut Tx, ctx: &Ctx, places: &Places, asked: &Asked) -> Result<Listed<Row>, Problem> {
    let wanted = Term::ALL
        .iter()
        .find(|(_, word, _)| *word == asked.state)
        .map(|(term, ..)| *term);
    let search = asked.q.trim().to_lowercase();
    let filter = Filter {
        location: places.chosen(),
        ..Filter::default()
    };
    let mut named = Named::of(ctx.network());
    let mut rows = Vec::new();
    let mut after = asked.after.clone().filter(|text| !text.is_empty());
    for _ in 0..PARTS {
        let part = Part {
            limit: 200,
            after: after.clone(),
        };
        let listed = store::subscription::list(tx, ctx.network(), &filter, &part).await?;
        named.read(tx, listed.rows.iter().map(|one| one.of)).await?;
        for one in &listed.rows {
            after = Some(one.id.to_string());
            if places.one(one.location).is_none() {
                continue;
            }
            let term = Term::of(one, places.one(one.location), ctx.now);
            if wanted.is_some_and(|wanted| wanted != term) {
                continue;
            }
            let row = row(tx, ctx, places, &mut named, one, term).await?;
            let words = format!("{} {}", row.whose, row.what).to_lowercase();
            if !words.contains(&search) {
                continue;
            }
            rows.push(row);
            if rows.len() == ROWS as usize {
                return Ok(Listed { rows, next: after });
            }
        }
        if listed.next.is_none() {
            return Ok(Listed { rows, next: None });
        }
    }
    Ok(Listed { rows, next: after })
}

async fn row(
    tx: &mut Tx,
    ctx: &Ctx,
    places: &Places,
    named: &mut Named,
    one: &Subscription,
    term: Term,
) -> Result<Row, Problem> {
    let this_year = dates::local(ctx.now, &places.zone(one.location)).year();
    let (state, word) = term.pill();
    Ok(Row {
        href: format!("/admin/subscriptions/{}", one.id),
        whose: named.subscriber(tx, one.of).await?,
        what: named.items(tx, &one.items).await?,
        place: places.name(one.location).to_owned(),
        from: dates::date(one.starts_on, this_year),
        until: one
            .ends_on
            .map_or_else(|| "no end".to_owned(), |on| dates::date(on, this_year)),
        state,
        word,
    })
}
