//! GET and POST /admin/settings/locations, GET …/new, GET and POST …/{location}: sites with zone, grace and opening hours (P-1).

use access::facts::Grace;
use access::id::LocationId;
use access::may::{Action, Object};
use access::zone::Zone;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use store::location::Details;

use crate::admin::parts::hours::{self, HoursForm};
use crate::admin::parts::places::Places;
use crate::book::place;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render, render_again};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::dates;

/// The list, both forms, and what they submit to.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::page("/admin/settings/locations", Action::SettingsRead).to(list),
        Route::page("/admin/settings/locations/new", Action::SettingsWrite).to(new),
        Route::form("/admin/settings/locations", Action::SettingsWrite).to(create),
        Route::page("/admin/settings/locations/{location}", Action::SettingsRead).to(edit),
        Route::form("/admin/settings/locations/{location}", Action::SettingsWrite).to(save),
    ]
}

#[derive(Template)]
#[template(path = "admin/settings/locations.html")]
struct ListPage {
    page: Page,
    tab: &'static str,
    may_change: bool,
    locations: Vec<Row>,
}

struct Row {
    href: String,
    name: String,
    address: String,
    time: String,
    grace: String,
}

async fn list(ctx: Ctx) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let places = Places::read(&mut tx, &ctx).await?;
    drop(tx);
    let row = |one: &store::location::Location| {
        let details = &one.details;
        let time = dates::time(ctx.now, &dates::zone(&details.zone));
        Row {
            href: format!("/admin/settings/locations/{}", one.id),
            name: details.name.clone(),
            address: details.address.clone(),
            time: format!("{time}, {}", dates::zone_words(&details.zone)),
            grace: format!(
                "{} min before, {} after",
                details.grace.before_minutes, details.grace.after_minutes
            ),
        }
    };
    render(&ListPage {
        tab: "locations",
        may_change: ctx.allow(Action::SettingsWrite, &Object::Network).is_ok(),
        locations: places.all.iter().map(row).collect(),
        page: ctx.page("Locations", "settings").await?,
    })
}

#[derive(Template)]
#[template(path = "admin/settings/location.html")]
struct FormPage {
    page: Page,
    title: String,
    action: String,
    may_change: bool,
    zones: Vec<String>,
    hours: HoursForm,
    form: Fields,
}

async fn page(ctx: &Ctx, own: Option<(LocationId, &str)>, form: Fields) -> Result<FormPage, Problem> {
    let title = own.map_or_else(|| "Add a location".to_owned(), |(_, name)| name.to_owned());
    let object = own.map_or(Object::Network, |(id, _)| Object::At(id));
    Ok(FormPage {
        page: ctx.page(&title, "settings").await?,
        title,
        action: own.map_or_else(
            || "/admin/settings/locations".to_owned(),
            |(id, _)| format!("/admin/settings/locations/{id}"),
        ),
        may_change: ctx.allow(Action::SettingsWrite, &object).is_ok(),
        zones: Zone::names()
            .into_iter()
            .filter(|name| name.contains('/') && !name.starts_with("Etc/"))
            .collect(),
        hours: hours::section(
            &form,
            "Opening hours",
            "When members may book here, as in 09:00–12:00, 13:00–18:00. All empty: always. They open no door",
            "Whole days on which nobody may book. One a line: 2026-12-24, or 2026-12-24 to 2027-01-02",
        ),
        form,
    })
}

async fn new(ctx: Ctx) -> Result<Response, Problem> {
    let grace = Grace::default();
    let form = Fields::of([
        ("grace_before", grace.before_minutes.to_string()),
        ("grace_after", grace.after_minutes.to_string()),
    ]);
    render(&page(&ctx, None, form).await?)
}

/// What the form says.
fn read(form: &mut Fields) -> Result<Details, Problem> {
    let name = form.text("name", 80);
    let address = form.optional_text("address", 300).unwrap_or_default();
    let zone = form.text("zone", 64);
    if !zone.is_empty() && Zone::named(&zone).is_err() {
        form.wrong(
            "zone",
            format!("“{zone}” is no time zone we know. Type a city and choose from the list."),
        );
    }
    let grace = Grace {
        before_minutes: form.number("grace_before", 0, 1440),
        after_minutes: form.number("grace_after", 0, 1440),
    };
    let schedule = hours::read(form);
    let opening_hours =
        serde_json::to_value(&schedule).map_err(|error| Problem::internal("writing opening hours", error))?;
    Ok(Details {
        name,
        address,
        zone,
        grace,
        opening_hours,
    })
}

async fn create(ctx: Ctx, mut form: Fields) -> Result<Response, Problem> {
    ctx.allow(Action::SettingsWrite, &Object::Network)?;
    let details = read(&mut form)?;
    if form.ok() {
        let mut tx = ctx.store().write().await?;
        store::location::create(&mut tx, &ctx.act(), &details).await?;
        tx.commit().await?;
        let text = format!(
            "{} is added. Next, connect its door system under Integrations.",
            details.name
        );
        return Ok(ctx.go_with("/admin/settings/locations", "open", text));
    }
    render_again(&page(&ctx, None, form).await?)
}

async fn edit(ctx: Ctx, Path(id): Path<LocationId>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let location = store::location::read(&mut tx, ctx.network(), id).await?;
    drop(tx);
    ctx.allow(Action::SettingsRead, &Object::At(id))?;
    let details = &location.details;
    let mut form = Fields::of([
        ("name", details.name.clone()),
        ("address", details.address.clone()),
        ("zone", details.zone.clone()),
        ("grace_before", details.grace.before_minutes.to_string()),
        ("grace_after", details.grace.after_minutes.to_string()),
    ]);
    hours::fill(&mut form, &place::schedule(Some(&details.opening_hours)));
    render(&page(&ctx, Some((id, &details.name)), form).await?)
}

async fn save(ctx: Ctx, Path(id): Path<LocationId>, mut form: Fields) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let before = store::location::read(&mut tx, ctx.network(), id).await?.details;
    ctx.allow(Action::SettingsWrite, &Object::At(id))?;
    let details = read(&mut form)?;
    if form.ok() {
        store::location::change(&mut tx, &ctx.act(), id, &details).await?;
        tx.commit().await?;
        return Ok(ctx.go_with(
            "/admin/settings/locations",
            "open",
            format!("{} is saved.", details.name),
        ));
    }
    tx.roll_back().await?;
    render_again(&page(&ctx, Some((id, &before.name)), form).await?)
}
