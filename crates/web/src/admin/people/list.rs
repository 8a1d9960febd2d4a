//! GET /admin/people: everybody, by name or newest first, with search and state.
//!
//! Always: as many queries for fifty rows as for one.

use std::collections::{BTreeSet, HashMap};

use access::facts::{MembershipKind, PersonState};
use access::id::{CompanyId, LocationId, PersonId};
use access::may::Action;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use store::person::{Filter, Person};
use store::{Listed, Tx};

use crate::admin::parts::choice::Tab;
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
    sorts: Vec<Tab>,
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

/// The orders of the list: by name, and who came last first.
const NEWEST: &str = "newest";

async fn sorted(tx: &mut Tx, ctx: &Ctx, filter: &Filter, asked: &Asked) -> Result<Listed<Person>, Problem> {
    let part = paging::part(asked.after.as_deref());
    Ok(match asked.sort.as_str() {
        NEWEST => store::person::newest(tx, ctx.network(), filter, &part).await?,
        _ => store::person::list(tx, ctx.network(), filter, &part).await?,
    })
}

/// What the rows of one page name besides the people themselves, read in one go each.
struct Around {
    memberships: HashMap<PersonId, Vec<(LocationId, MembershipKind)>>,
    companies: HashMap<PersonId, Vec<String>>,
}

impl Around {
    async fn read(tx: &mut Tx, ctx: &Ctx, places: &Places, people: &[Person]) -> Result<Self, Problem> {
        let network = ctx.network();
        let ids: Vec<PersonId> = people.iter().map(|person| person.id).collect();
        let mut memberships: HashMap<_, Vec<_>> = HashMap::new();
        for (person, location, kind) in store::person::memberships_of(tx, network, &ids).await? {
            memberships.entry(person).or_default().push((location, kind));
        }
        let today = dates::local(ctx.now, &places.home_zone()).date();
        let mut belongings = store::company::of_people(tx, network, &ids).await?;
        belongings.retain(|one| one.removed_at.is_none() && one.left_on.is_none_or(|left| left >= today));
        let ids: BTreeSet<CompanyId> = belongings.iter().map(|one| one.company).collect();
        let ids: Vec<CompanyId> = ids.into_iter().collect();
        let named = store::company::several(tx, network, &ids).await?;
        let named: HashMap<_, _> = named.into_iter().map(|one| (one.id, one.details.name)).collect();
        let mut companies: HashMap<_, Vec<_>> = HashMap::new();
        for one in belongings {
            let name = named
                .get(&one.company)
                .cloned()
                .unwrap_or_else(|| "a company".to_owned());
            companies.entry(one.person).or_default().push(name);
        }
        Ok(Self { memberships, companies })
    }
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
    let newest = asked.sort == NEWEST;
    let listed = sorted(&mut tx, &ctx, &filter, &asked).await?;
    let total = store::person::count(&mut tx, network).await?;
    let mut around = Around::read(&mut tx, &ctx, &places, &listed.rows).await?;
    let mut people = Vec::with_capacity(listed.rows.len());
    for person in &listed.rows {
        let memberships = around.memberships.remove(&person.id).unwrap_or_default();
        let here = |(at, kind): &(LocationId, MembershipKind)| {
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
        let company = around.companies.remove(&person.id).unwrap_or_default();
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
            address(
                "/admin/people",
                &[("q", &asked.q), ("state", word), ("sort", &asked.sort)],
            ),
            label,
            asked.state == word,
        )
    };
    let sort_href = |word: &str| {
        address(
            "/admin/people",
            &[("q", &asked.q), ("state", &asked.state), ("sort", word)],
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
        sorts: vec![
            Tab::new(sort_href(""), "By name", !newest),
            Tab::new(sort_href(NEWEST), "Newest first", newest),
        ],
        people,
        pager,
        q: asked.q,
        page: ctx.page("People", "people").await?,
    })
}
