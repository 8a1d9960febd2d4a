//! GET /admin/palette?q=: go to a person, a company, a door, a booking, a page; or ask "why can't Ana open the front door".
//!
//! Out: an HTML fragment for the palette. Without words, the pages themselves.

use access::id::{DoorId, PersonId};
use access::may::Action;
use access::{Instant, Window};
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use store::{Page as Part, Tx};

use super::parts::named::Named;
use super::parts::paging::address;
use super::parts::places::Places;
use crate::ctx::Ctx;
use crate::page::render;
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::dates;

/// The palette's answers.
pub(crate) fn route() -> Route {
    Route::page("/admin/palette", Action::TodayRead).to(show)
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "admin/palette.html")]
struct Palette {
    groups: Vec<Group>,
}

struct Group {
    title: &'static str,
    rows: Vec<Row>,
}

struct Row {
    href: String,
    icon: &'static str,
    label: String,
    detail: String,
}

const PAGES: [(&str, &str, &str); 14] = [
    ("/admin", "sun", "Today"),
    ("/admin/bookings", "calendar-days", "Bookings"),
    ("/admin/bookings/calendar", "calendar-clock", "Booking timeline"),
    ("/admin/bookings/new", "calendar-plus", "Book something"),
    ("/admin/people", "users", "People"),
    ("/admin/people/new", "user-plus", "Add a person"),
    ("/admin/companies", "building-2", "Companies"),
    ("/admin/subscriptions", "repeat", "Subscriptions"),
    ("/admin/subscriptions/new", "plus", "Add a subscription"),
    ("/admin/plans", "layers", "Plans"),
    ("/admin/resources", "armchair", "Resources"),
    ("/admin/integrations", "plug", "Integrations"),
    ("/admin/audit", "scroll-text", "Audit log"),
    ("/admin/settings", "settings", "Settings"),
];

/// Rows of one kind at most.
const ROWS: u32 = 6;

async fn show(ctx: Ctx, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let q = asked.q.trim().to_lowercase();
    let page = |(href, icon, label): &(&str, &'static str, &str)| Row {
        href: (*href).to_owned(),
        icon,
        label: (*label).to_owned(),
        detail: String::new(),
    };
    let pages = PAGES
        .iter()
        .filter(|(_, _, label)| label.to_lowercase().contains(&q))
        .map(page)
        .collect();
    let mut groups = Vec::new();
    if !q.is_empty() {
        let mut tx = ctx.store().read().await?;
        if let Some((who, door)) = question(&q) {
            groups.push(Group {
                title: "Why?",
                rows: why(&mut tx, &ctx, &who, &door).await?,
            });
        } else {
            groups.push(Group {
                title: "People",
                rows: people(&mut tx, &ctx, &q).await?,
            });
            groups.push(Group {
                title: "Companies",
                rows: companies(&mut tx, &ctx, &q).await?,
            });
            groups.push(Group {
                title: "Doors",
                rows: doors(&mut tx, &ctx, &q).await?,
            });
            groups.push(Group {
                title: "Bookings",
                rows: bookings(&mut tx, &ctx, &q).await?,
            });
        }
    }
    groups.push(Group {
        title: if q.is_empty() { "Go to" } else { "Pages" },
        rows: pages,
    });
    groups.retain(|group| !group.rows.is_empty());
    render(&Palette { groups })
}

/// "why can't ana open the front door" → ("ana", "front door").
fn question(q: &str) -> Option<(String, String)> {
    let rest = q.strip_prefix("why")?.trim_start();
    let starts = [
        "can't",
        "can’t",
        "cant",
        "cannot",
        "can not",
        "can",
        "does",
        "did",
        "doesn't",
        "doesn’t",
    ];
    let rest = starts
        .iter()
        .find_map(|start| rest.strip_prefix(start))
        .unwrap_or(rest)
        .trim_start();
    let (who, door) = rest.split_once(" open").unwrap_or((rest, ""));
    let door = door.trim().trim_start_matches("the ").trim_end_matches('?').trim();
    let who = who.trim().trim_end_matches(" not").trim();
    (!who.is_empty()).then(|| (who.to_owned(), door.to_owned()))
}

async fn found(tx: &mut Tx, ctx: &Ctx, q: &str) -> Result<Vec<store::person::Person>, Problem> {
    if !ctx.may(Action::PeopleRead) {
        return Ok(Vec::new());
    }
    let filter = store::person::Filter {
        search: Some(q.to_owned()),
        ..store::person::Filter::default()
    };
    Ok(store::person::list(
        tx,
        ctx.network(),
        &filter,
        &Part {
            limit: ROWS,
            after: None,
        },
    )
    .await?
    .rows)
}

async fn people(tx: &mut Tx, ctx: &Ctx, q: &str) -> Result<Vec<Row>, Problem> {
    let row = |one: store::person::Person| Row {
        href: format!("/admin/people/{}", one.id),
        icon: "circle-user",
        label: one.details.name,
        detail: one.details.email,
    };
    Ok(found(tx, ctx, q).await?.into_iter().map(row).collect())
}

async fn companies(tx: &mut Tx, ctx: &Ctx, q: &str) -> Result<Vec<Row>, Problem> {
    if !ctx.may(Action::CompaniesRead) {
        return Ok(Vec::new());
    }
    let filter = store::company::Filter {
        search: Some(q.to_owned()),
        location: None,
    };
    let listed = store::company::list(
        tx,
        ctx.network(),
        &filter,
        &Part {
            limit: ROWS,
            after: None,
        },
    )
    .await?;
    let row = |one: store::company::Company| Row {
        href: format!("/admin/companies/{}", one.id),
        icon: "building-2",
        label: one.details.name,
        detail: "Company".into(),
    };
    Ok(listed.rows.into_iter().map(row).collect())
}

/// Doors by name, with the place each stands at.
async fn doors_named(tx: &mut Tx, ctx: &Ctx, q: &str) -> Result<Vec<(DoorId, String, String, String)>, Problem> {
    let places = Places::read(tx, ctx).await?;
    let mut found = Vec::new();
    for integration in store::integration::list(tx, ctx.network(), None, &Part::longest())
        .await?
        .rows
    {
        let location = integration.details.location;
        if places.one(location).is_none() {
            continue;
        }
        for door in store::group::doors(tx, ctx.network(), integration.id).await? {
            if !door.gone && door.name.to_lowercase().contains(q) {
                let href = format!("/admin/integrations/{}", integration.id);
                found.push((door.id, door.name, places.name(location).to_owned(), href));
            }
        }
    }
    found.truncate(ROWS as usize);
    Ok(found)
}

async fn doors(tx: &mut Tx, ctx: &Ctx, q: &str) -> Result<Vec<Row>, Problem> {
    if !ctx.may(Action::IntegrationsRead) {
        return Ok(Vec::new());
    }
    let row = |(_, label, detail, href): (DoorId, String, String, String)| Row {
        href,
        icon: "door-closed",
        label,
        detail,
    };
    Ok(doors_named(tx, ctx, q).await?.into_iter().map(row).collect())
}

/// Coming bookings with these words in their title, or in the name of whose and of what they are.
async fn bookings(tx: &mut Tx, ctx: &Ctx, q: &str) -> Result<Vec<Row>, Problem> {
    if !ctx.may(Action::BookingsRead) {
        return Ok(Vec::new());
    }
    let places = Places::read(tx, ctx).await?;
    let within = Window {
        from: ctx.now,
        until: Instant::MAX,
    };
    let mut rows = Vec::new();
    let people: Vec<PersonId> = found(tx, ctx, q).await?.iter().map(|one| one.id).collect();
    let things = store::resource::list(tx, ctx.network(), &store::resource::Filter::default(), &Part::longest())
        .await?
        .rows;
    let mut filters: Vec<store::booking::Filter> = Vec::new();
    for person in people.into_iter().take(3) {
        filters.push(store::booking::Filter {
            person: Some(person),
            ..store::booking::Filter::default()
        });
    }
    for thing in things
        .iter()
        .filter(|thing| thing.details.name.to_lowercase().contains(q))
        .take(3)
    {
        filters.push(store::booking::Filter {
            resource: Some(thing.id),
            ..store::booking::Filter::default()
        });
    }
    let mut bookings = store::booking::titled(tx, ctx.network(), q, ctx.now, ROWS).await?;
    for filter in filters {
        let filter = store::booking::Filter {
            within: Some(within),
            ..filter
        };
        let part = Part { limit: 3, after: None };
        bookings.extend(store::booking::list(tx, ctx.network(), &filter, &part).await?.rows);
    }
    let mut named = Named::of(ctx.network());
    for one in bookings {
        let Some(thing) = things.iter().find(|thing| thing.id == one.details.resource) else {
            continue;
        };
        let href = format!("/admin/bookings/{}", one.id);
        if places.one(thing.details.location).is_none() || rows.iter().any(|row: &Row| row.href == href) {
            continue;
        }
        let zone = places.zone(thing.details.location);
        let who = named.person(tx, one.details.booker).await?;
        let when = dates::window(one.details.window, ctx.now, &zone);
        let what = format!("{}, {who}", thing.details.name);
        let (label, detail) = match one.details.title.as_str() {
            "" => (what, when),
            title => (title.to_owned(), format!("{what}, {when}")),
        };
        rows.push(Row {
            href,
            icon: "calendar-check",
            label,
            detail,
        });
    }
    rows.truncate(ROWS as usize);
    Ok(rows)
}

/// Each person that may be meant with each door that may be meant.
async fn why(tx: &mut Tx, ctx: &Ctx, who: &str, door: &str) -> Result<Vec<Row>, Problem> {
    let people = found(tx, ctx, who).await?;
    let doors = if door.is_empty() {
        Vec::new()
    } else {
        doors_named(tx, ctx, door).await?
    };
    let mut rows = Vec::new();
    for person in people.iter().take(3) {
        let href = format!("/admin/people/{}/why", person.id);
        let name = &person.details.name;
        if doors.is_empty() {
            rows.push(Row {
                href: href.clone(),
                icon: "circle-question-mark",
                label: format!("Why can’t {name} open …"),
                detail: "Choose the door there".into(),
            });
        }
        for (id, door, place, _) in doors.iter().take(3) {
            rows.push(Row {
                href: address(&href, &[("door", &id.to_string())]),
                icon: "circle-question-mark",
                label: format!("Why can’t {name} open {door}?"),
                detail: place.clone(),
            });
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_taken_apart() {
        let asked = |q| question(q).map(|(who, door)| format!("{who}/{door}"));
        assert_eq!(
            asked("why can't ana open the front door?").as_deref(),
            Some("ana/front door")
        );
        assert_eq!(asked("why can’t bo open").as_deref(), Some("bo/"));
        assert_eq!(asked("front door"), None);
    }
}
