//! GET /admin/people: everybody, by name, with search and state.

use access::facts::PersonState;
use access::may::Action;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use store::person::{Filter, Person};
use store::{Listed, Page as Part, Tx};

use crate::admin::parts::choice::Tab;
use crate::admin::parts::named::Named;
use crate::admin::parts::paging::{self, Pager, address};
use crate::admin::parts::places::Places;
use crate::admin::parts::states;
use crate::ctx::Ctx;
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words;
use crate::words::dates;

/// The list of people.
pub(crate) fn route() -> Route {
    Route::page("/admin/people", Action::PeopleRead).to(show)
}

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    sort: String,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/people/list.html")]
struct ListPage {
    page: Page,
    summary: String,
    may_change: bool,
    q: String,
    searched: bool,
    states: Vec<Tab>,
    sort_href: String,
    direction: &'static str,
    people: Vec<Row>,
    pager: Pager,
}

struct Row {
    name: String,
    initials: String,
    email: String,
    href: String,
    kind: String,
    company: String,
    state: &'static str,
    word: &'static str,
}

const STATES: [(&str, PersonState); 4] = [
    ("active", PersonState::Active),
    ("invited", PersonState::Invited),
    ("suspended", PersonState::Suspended),
    ("removed", PersonState::Removed),
];

/// By name as the store pages it; downwards over the first 500 who match, with an offset for a cursor.
async fn sorted(
    tx: &mut Tx,
    ctx: &Ctx,
    filter: &Filter,
    down: bool,
    after: Option<&str>,
) -> Result<Listed<Person>, Problem> {
    if !down {
        return Ok(store::person::list(tx, ctx.network(), filter, &paging::part(after)).await?);
    }
    let mut rows = store::person::list(tx, ctx.network(), filter, &Part::longest())
        .await?
        .rows;
    rows.reverse();
    let from = after
        .and_then(|text| text.parse::<usize>().ok())
        .unwrap_or(0)
        .min(rows.len());
    let until = (from + paging::ROWS as usize).min(rows.len());
    let next = (until < rows.len()).then(|| until.to_string());
    Ok(Listed {
        rows: rows.drain(from..until).collect(),
        next,
    })
}

async fn show(ctx: Ctx, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let network = ctx.network();
    let mut tx = ctx.store().read().await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let state = STATES
        .iter()
        .find(|(word, _)| *word == asked.state)
        .map(|(_, state)| *state);
    let filter = Filter {
        search: (!asked.q.trim().is_empty()).then(|| asked.q.trim().to_owned()),
        state,
        location: places.chosen(),
        company: None,
    };
    let down = asked.sort == "-name";
    let listed = sorted(&mut tx, &ctx, &filter, down, asked.after.as_deref()).await?;
    let total = store::person::count(&mut tx, network).await?;
    let mut named = Named::of(network);
    let mut people = Vec::with_capacity(listed.rows.len());
    for person in &listed.rows {
        let memberships = store::person::memberships(&mut tx, network, person.id).await?;
        let here = |(at, kind): &(access::id::LocationId, access::facts::MembershipKind)| {
            let word = states::membership(*kind);
            if places.chosen().is_some() {
                word.to_owned()
            } else {
                format!("{word}, {}", places.name(*at))
            }
        };
        let seen = memberships
            .iter()
            .filter(|(at, _)| places.chosen().is_none_or(|chosen| chosen == *at));
        let kind = seen.map(here).collect::<Vec<_>>().join(" · ");
        let mut company = Vec::new();
        for belonging in store::company::of_person(&mut tx, network, person.id).await? {
            let today = dates::local(ctx.now, &places.home_zone()).date();
            if belonging.removed_at.is_none() && belonging.left_on.is_none_or(|left| left >= today) {
                company.push(named.company(&mut tx, belonging.company).await?);
            }
        }
        let (state, word) = states::person(person.details.state);
        people.push(Row {
            initials: states::initials(&person.details.name),
            name: person.details.name.clone(),
            email: person.details.email.clone(),
            href: format!("/admin/people/{}", person.id),
            kind,
            company: company.join(", "),
            state,
            word,
        });
    }
    drop(tx);
    let kept = [
        ("q", asked.q.as_str()),
        ("state", asked.state.as_str()),
        ("sort", asked.sort.as_str()),
    ];
    let pager = Pager::of(
        "/admin/people",
        &kept,
        asked.after.as_deref(),
        &listed,
        "person",
        "people",
    );
    let tab = |label: &str, word: &str| {
        Tab::new(
            address("/admin/people", &[("q", &asked.q), ("state", word)]),
            label,
            asked.state == word,
        )
    };
    let states = vec![
        tab("All", ""),
        tab("Active", "active"),
        tab("Invited", "invited"),
        tab("Suspended", "suspended"),
        tab("Removed", "removed"),
    ];
    render(&ListPage {
        summary: format!(
            "{} in the network",
            words::count(usize::try_from(total).unwrap_or(usize::MAX), "person", "people")
        ),
        may_change: ctx.may(Action::PeopleWrite),
        searched: filter.search.is_some() || state.is_some() || filter.location.is_some(),
        states,
        sort_href: address(
            "/admin/people",
            &[
                ("q", &asked.q),
                ("state", &asked.state),
                ("sort", if down { "" } else { "-name" }),
            ],
        ),
        direction: if down { "descending" } else { "ascending" },
        people,
        pager,
        q: asked.q,
        page: ctx.page("People", "people").await?,
    })
}
