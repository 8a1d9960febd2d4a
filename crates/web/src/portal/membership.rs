//! `GET /membership`: what one holds, one's company and its people, and where one is signed in.
//!
//! Always: of other people only names, and only of those in the same company.

use access::facts::{Item, ItemAccess, ItemOf, Subscriber, Subscription};
use access::id::{AccessGroupId, CompanyId};
use access::may::Action;
use access::zone::Zone;
use askama::Template;
use axum::response::Response;

use super::mine::Mine;
use super::say;
use crate::ctx::Ctx;
use crate::page::{Page, initials, render};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::{count, dates};

/// The page.
pub fn route() -> Route {
    Route::portal("/membership", Action::ViewOwn).to(show)
}

/// A subscription's card.
struct Held {
    title: String,
    detail: String,
    state: &'static str,
    word: &'static str,
    items: Vec<Line>,
}

/// A line of it.
struct Line {
    icon: &'static str,
    name: String,
    opens: String,
}

/// A company's card.
struct Team {
    name: String,
    detail: String,
    people: Vec<Colleague>,
}

/// Somebody in it.
struct Colleague {
    name: String,
    detail: String,
    initials: String,
}

/// A location they belong to.
struct Place {
    name: String,
    detail: String,
    kind: &'static str,
}

#[derive(Template)]
#[template(path = "portal/membership.html")]
struct MembershipPage {
    page: Page,
    email: String,
    subscriptions: Vec<Held>,
    companies: Vec<Team>,
    places: Vec<Place>,
}

async fn show(ctx: Ctx) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let mine = Mine::load_in(&mut tx, &ctx).await?;
    let mut subscriptions: Vec<&Subscription> = mine.facts.subscriptions.iter().collect();
    subscriptions.sort_by_key(|one| std::cmp::Reverse((one.starts_on, one.id)));
    let subscriptions = subscriptions
        .into_iter()
        .map(|one| held(&ctx, &mine, one))
        .collect::<Result<_, _>>()?;
    let mut companies = Vec::new();
    let mut belongings: Vec<CompanyId> = mine.facts.company_memberships.iter().map(|one| one.company).collect();
    belongings.sort_unstable();
    belongings.dedup();
    for company in belongings {
        companies.extend(team(&ctx, &mut tx, &mine, company).await?);
    }
    let mut places = Vec::new();
    for one in mine.memberships() {
        let location = store::location::read(&mut tx, ctx.network(), one.location)
            .await?
            .details;
        places.push(Place {
            name: location.name,
            detail: location.address,
            kind: say::membership(one.kind),
        });
    }
    drop(tx);
    render(&MembershipPage {
        email: mine.me().map_or_else(String::new, |me| me.email.clone()),
        subscriptions,
        companies,
        places,
        page: ctx.page("Membership", "membership").await?,
    })
}

fn held(ctx: &Ctx, mine: &Mine, of: &Subscription) -> Result<Held, Problem> {
    let location = mine.facts.locations.iter().find(|one| one.id == of.location);
    let name = location.map_or("UTC", |one| one.zone.as_str());
    let zone = Zone::named(name).map_err(|error| Problem::internal("reading a zone", error))?;
    let (state, word, dates) = say::subscription(of, ctx.now, &zone, &dates::zone(name));
    let whose = match of.of {
        Subscriber::Person(_) => String::new(),
        Subscriber::Company(company) => format!("{} · ", mine.names.company(company)),
    };
    let items: Vec<Line> = of.items.iter().map(|item| line(mine, item)).collect();
    Ok(Held {
        title: items
            .iter()
            .map(|item| item.name.as_str())
            .collect::<Vec<_>>()
            .join(", "),
        detail: format!("{whose}{} · {dates}", location.map_or("", |one| one.name.as_str())),
        state,
        word,
        items,
    })
}

fn line(mine: &Mine, item: &Item) -> Line {
    let plan = |id| mine.facts.plans.iter().find(move |plan| plan.id == id);
    let thing = |id| mine.facts.resources.iter().find(move |thing| thing.id == id);
    let (icon, name, inherited): (_, _, &[AccessGroupId]) = match item.of {
        ItemOf::Plan(id) => (
            "layers",
            plan(id).map_or("Plan", |plan| plan.name.as_str()),
            plan(id).map_or(&[], |plan| &plan.groups),
        ),
        ItemOf::Rental(id) => (
            "armchair",
            thing(id).map_or("Rental", |thing| thing.name.as_str()),
            thing(id).map_or(&[], |thing| &thing.groups),
        ),
    };
    let groups = match &item.access {
        ItemAccess::Inherited => inherited,
        ItemAccess::Set(own) => own,
    };
    let opened = mine
        .facts
        .groups
        .iter()
        .filter(|group| groups.contains(&group.id) && !group.gone);
    let opened: Vec<_> = opened.flat_map(|group| &group.doors).collect();
    let doors = mine
        .facts
        .doors
        .iter()
        .filter(|door| !door.gone && opened.contains(&&door.id));
    let doors = say::names(doors.map(|door| door.name.clone()).collect());
    Line {
        icon,
        name: name.to_owned(),
        opens: say::opens_doors(&doors) + say::reach(&item.reach),
    }
}

/// A company they belong to today, with the people who do so too.
async fn team(ctx: &Ctx, tx: &mut store::Tx, mine: &Mine, id: CompanyId) -> Result<Option<Team>, Problem> {
    let company = store::company::read(tx, ctx.network(), id).await?;
    let location = store::location::read(tx, ctx.network(), company.details.location)
        .await?
        .details;
    let today = dates::local(ctx.now, &dates::zone(&location.zone)).date();
    let mut people = Vec::new();
    let mut inside = false;
    for belonging in store::company::members(tx, ctx.network(), id).await? {
        let left = belonging.removed_at.is_some() || belonging.left_on.is_some_and(|last| last < today);
        if left {
            continue;
        }
        inside |= belonging.person == mine.viewer.person;
        let person = store::person::read(tx, ctx.network(), belonging.person).await?.details;
        let later = belonging.joined_on > today;
        let detail = if later {
            format!("from {}", dates::date(belonging.joined_on, today.year()))
        } else {
            String::new()
        };
        people.push(Colleague {
            initials: initials(&person.name),
            name: person.name,
            detail,
        });
    }
    people.sort_by(|one, other| one.name.cmp(&other.name));
    let detail = format!("{} · {}", location.name, count(people.len(), "person", "people"));
    Ok(inside.then_some(Team {
        name: company.details.name,
        detail,
        people,
    }))
}
