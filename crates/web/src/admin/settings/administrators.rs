//! GET and POST /admin/settings/administrators, GET …/new, GET and POST …/{account}, POST …/{account}/end: who runs the space,
//! where, and what about (P-2). Only the owner's to change.

use access::id::{AccountId, LocationId};
use access::may::{Action, Area, Locations};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use store::Tx;
use store::account::{Account, Details, Role};

use crate::admin::parts::choice::{Choice, as_typed};
use crate::admin::parts::people::{self, Meant};
use crate::admin::parts::places::Places;
use crate::admin::parts::states;
use crate::auth::permissions::Permissions;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render, render_again};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words;

/// The list, both forms, and what they submit to.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::page("/admin/settings/administrators", Action::SettingsRead).to(list),
        Route::page("/admin/settings/administrators/new", Action::OwnerOnly).to(new),
        Route::form("/admin/settings/administrators", Action::OwnerOnly)
            .fresh()
            .to(create),
        Route::page("/admin/settings/administrators/{account}", Action::OwnerOnly).to(edit),
        Route::form("/admin/settings/administrators/{account}", Action::OwnerOnly)
            .fresh()
            .to(save),
        Route::form("/admin/settings/administrators/{account}/end", Action::OwnerOnly)
            .fresh()
            .to(end),
    ]
}

/// Each area with its word, its name and what it covers.
const AREAS: [(&str, Area, &str, &str); 7] = [
    (
        "people",
        Area::People,
        "People and companies",
        "And why somebody may come in or not",
    ),
    (
        "plans",
        Area::PlansAndResources,
        "Plans and resources",
        "What is on offer, and what it opens",
    ),
    (
        "subscriptions",
        Area::Subscriptions,
        "Subscriptions",
        "Who has which plan or rental",
    ),
    ("bookings", Area::Bookings, "Bookings", "Who booked what"),
    (
        "integrations",
        Area::Integrations,
        "Integrations",
        "Door systems, doors, what to mend",
    ),
    ("audit", Area::Audit, "Audit log", "What was done by whom"),
    ("settings", Area::Settings, "Settings", "Locations and the network"),
];

#[derive(Template)]
#[template(path = "admin/settings/administrators.html")]
struct ListPage {
    page: Page,
    tab: &'static str,
    may_change: bool,
    people: Vec<Row>,
}

struct Row {
    href: String,
    initials: String,
    name: String,
    email: String,
    role: &'static str,
    detail: String,
}

async fn list(ctx: Ctx) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let staff = store::account::staff(&mut tx, ctx.network()).await?;
    drop(tx);
    let row = |one: &Account| {
        let details = &one.details;
        let (role, detail) = match details.role {
            Role::Owner => ("Owner", "Everything, everywhere".to_owned()),
            Role::Administrator | Role::Member => {
                let permissions = Permissions::read(&details.permissions);
                let at = match &permissions.locations {
                    Locations::All => "every location".to_owned(),
                    Locations::Chosen(ids) => words::list_and(ids.iter().map(|id| places.name(*id).to_owned())),
                };
                let areas = words::count(permissions.areas.len(), "area", "areas");
                (
                    "Administrator",
                    format!("{areas}, {}", if at.is_empty() { "nowhere" } else { &at }),
                )
            }
        };
        Row {
            href: format!("/admin/settings/administrators/{}", one.id),
            initials: states::initials(&details.name),
            name: details.name.clone(),
            email: details.email.clone(),
            role,
            detail,
        }
    };
    render(&ListPage {
        tab: "administrators",
        may_change: ctx.may(Action::OwnerOnly),
        people: staff.iter().map(row).collect(),
        page: ctx.page("Administrators", "settings").await?,
    })
}

#[derive(Template)]
#[template(path = "admin/settings/administrator.html")]
struct FormPage {
    page: Page,
    title: String,
    text: String,
    fixed: String,
    known: Vec<Choice>,
    locations: Vec<Choice>,
    areas: Vec<Choice>,
    action: String,
    end_action: String,
    end_says: &'static str,
    form: Fields,
}

async fn page(tx: &mut Tx, ctx: &Ctx, own: Option<&Account>, form: Fields) -> Result<FormPage, Problem> {
    let places = Places::read(tx, ctx).await?;
    let title = own.map_or_else(|| "Add an administrator".to_owned(), |one| one.details.name.clone());
    let path = "/admin/settings/administrators";
    let locations = places.all.iter().map(|one| Choice::new(one.id, &one.details.name));
    let areas = AREAS
        .iter()
        .map(|(word, _, label, hint)| Choice::new(word, *label).hint(*hint));
    Ok(FormPage {
        page: ctx.page(&title, "settings").await?,
        title,
        text: own.map_or_else(String::new, |one| one.details.email.clone()),
        fixed: own.map_or_else(String::new, |one| one.details.email.clone()),
        known: if own.is_some() {
            Vec::new()
        } else {
            people::suggestions(tx, ctx).await?
        },
        locations: as_typed(locations, &form, "location"),
        areas: as_typed(areas, &form, "area"),
        action: own.map_or_else(|| path.to_owned(), |one| format!("{path}/{}", one.id)),
        end_action: own.map_or_else(String::new, |one| format!("{path}/{}/end", one.id)),
        end_says: "They are signed out, and their API tokens end. As a person they keep their doors, bookings and \
                   subscriptions.",
        form,
    })
}

fn read(form: &mut Fields) -> Permissions {
    let locations: Vec<LocationId> = form.choices("location");
    let areas: Vec<Area> = AREAS
        .iter()
        .filter(|(word, ..)| form.has("area", word))
        .map(|(_, area, ..)| *area)
        .collect();
    if !form.checked("everywhere") && locations.is_empty() {
        form.wrong("location", "Choose at least one location, or every location.");
    }
    if areas.is_empty() {
        form.wrong("area", "Choose at least one.");
    }
    let locations = if form.checked("everywhere") {
        Locations::All
    } else {
        Locations::Chosen(locations)
    };
    Permissions {
        locations,
        areas,
        ..Permissions::default()
    }
}

async fn new(ctx: Ctx) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let mut form = Fields::of([("everywhere", "yes")]);
    for (word, ..) in AREAS {
        form.add("area", word);
    }
    render(&page(&mut tx, &ctx, None, form).await?)
}

async fn create(ctx: Ctx, mut form: Fields) -> Result<Response, Problem> {
    let email = form.email("email");
    let permissions = read(&mut form);
    let mut tx = ctx.store().write().await?;
    if form.ok() {
        match people::meant(&mut tx, &ctx, &email).await? {
            Meant::Known(person) => {
                let details = Details {
                    person: Some(person.id),
                    email,
                    name: person.details.name.clone(),
                    role: Role::Administrator,
                    permissions: permissions.to_json(),
                };
                let known = store::account::by_person(&mut tx, ctx.network(), person.id).await?;
                match &known {
                    Some(known) if known.details.role != Role::Member => {
                        form.wrong("email", format!("{} runs the space already.", known.details.name));
                    }
                    Some(known) => store::account::change(&mut tx, &ctx.act(), known.id, &details).await?,
                    None => drop(store::account::create(&mut tx, &ctx.act(), &details).await?),
                }
                if form.ok() {
                    tx.commit().await?;
                    let text = format!(
                        "{} is an administrator now. They sign in and set a password first.",
                        details.name
                    );
                    return Ok(ctx.go_with("/admin/settings/administrators", "open", text));
                }
            }
            Meant::New(_) | Meant::Unclear(_) => {
                form.wrong("email", "Nobody here has this address. Add the person first.")
            }
        }
    }
    tx.roll_back().await?;
    let mut tx = ctx.store().read().await?;
    render_again(&page(&mut tx, &ctx, None, form).await?)
}

/// An administrator's account; the owner's is not changed here.
async fn administrator(tx: &mut Tx, ctx: &Ctx, id: AccountId) -> Result<Account, Problem> {
    let account = store::account::read(tx, ctx.network(), id).await?;
    match account.details.role {
        Role::Administrator if account.ended_at.is_none() => Ok(account),
        Role::Owner => Err(Problem::conflict(
            "The owner may do everything; there is nothing to choose.",
        )),
        Role::Administrator | Role::Member => Err(Problem::not_found()),
    }
}

async fn edit(ctx: Ctx, Path(id): Path<AccountId>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let account = administrator(&mut tx, &ctx, id).await?;
    let permissions = Permissions::read(&account.details.permissions);
    let mut form = Fields::new();
    match &permissions.locations {
        Locations::All => form.set("everywhere", "yes"),
        Locations::Chosen(ids) => ids.iter().for_each(|id| form.add("location", id.to_string())),
    }
    for (word, area, ..) in AREAS {
        if permissions.areas.contains(&area) {
            form.add("area", word);
        }
    }
    render(&page(&mut tx, &ctx, Some(&account), form).await?)
}

async fn save(ctx: Ctx, Path(id): Path<AccountId>, mut form: Fields) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let account = administrator(&mut tx, &ctx, id).await?;
    let before = Permissions::read(&account.details.permissions);
    let permissions = Permissions {
        companies: before.companies,
        ..read(&mut form)
    };
    if form.ok() {
        let details = Details {
            permissions: permissions.to_json(),
            ..account.details
        };
        store::account::change(&mut tx, &ctx.act(), id, &details).await?;
        tx.commit().await?;
        let text = format!("Saved. {} signs in anew.", details.name);
        return Ok(ctx.go_with("/admin/settings/administrators", "open", text));
    }
    tx.roll_back().await?;
    let mut tx = ctx.store().read().await?;
    render_again(&page(&mut tx, &ctx, Some(&account), form).await?)
}

/// Back to being a member, or to no login at all where there is no person behind it.
async fn end(ctx: Ctx, Path(id): Path<AccountId>) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let account = administrator(&mut tx, &ctx, id).await?;
    let act = ctx.act();
    match account.details.person {
        Some(_) => {
            let details = Details {
                role: Role::Member,
                permissions: Permissions::default().to_json(),
                ..account.details.clone()
            };
            store::account::change(&mut tx, &act, id, &details).await?;
        }
        None => store::account::end(&mut tx, &act, id).await?,
    }
    tx.commit().await?;
    let text = format!("{} is no administrator any more.", account.details.name);
    Ok(ctx.go_with("/admin/settings/administrators", "quiet", text))
}
