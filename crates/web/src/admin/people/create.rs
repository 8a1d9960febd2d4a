//! GET /admin/people/new, POST /admin/people: add a person.

use access::facts::PersonState;
use access::may::{Action, Object};
use askama::Template;
use axum::response::Response;
use store::person::Details;

use super::{Place, kind_of, place_choices, place_field};
use crate::admin::parts::places::Places;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render, render_again};
use crate::problem::Problem;
use crate::registry::Route;

/// The empty form, and what it submits to.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::page("/admin/people/new", Action::PeopleWrite).to(show),
        Route::form("/admin/people", Action::PeopleWrite).to(create),
    ]
}

#[derive(Template)]
#[template(path = "admin/people/form.html")]
pub(super) struct FormPage {
    pub(super) page: Page,
    pub(super) title: String,
    pub(super) text: &'static str,
    pub(super) back_href: String,
    pub(super) back_label: String,
    pub(super) action: String,
    pub(super) save: &'static str,
    pub(super) aside: &'static str,
    pub(super) form: Fields,
    pub(super) places: Vec<Place>,
}

async fn show(ctx: Ctx) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let places = Places::read(&mut tx, &ctx).await?;
    drop(tx);
    let mut form = Fields::new();
    if let Some(home) = places.home() {
        form.set(&place_field(home.id), "member");
    }
    render(&page(&ctx, &places, form).await?)
}

async fn page(ctx: &Ctx, places: &Places, form: Fields) -> Result<FormPage, Problem> {
    Ok(FormPage {
        page: ctx.page("Add a person", "people").await?,
        title: "Add a person".into(),
        text: "",
        back_href: "/admin/people".into(),
        back_label: "People".into(),
        action: "/admin/people".into(),
        save: "Add the person",
        aside: "They are invited: they may sign in with a code that is mailed to them. Doors open as soon as a \
                subscription, a company or a booking gives them access.",
        places: place_choices(places, &form),
        form,
    })
}

/// What both forms read.
pub(super) fn read(form: &mut Fields, state: PersonState) -> Details {
    let cards = form
        .value("cards")
        .lines()
        .map(str::trim)
        .filter(|card| !card.is_empty())
        .map(str::to_owned)
        .collect::<Vec<_>>();
    if cards.len() > 20 || cards.iter().any(|card| card.chars().count() > 64) {
        form.wrong("cards", "At most 20 cards, each of at most 64 characters.");
    }
    Details {
        name: form.text("name", 120),
        email: form.email("email"),
        phone: form.optional_text("phone", 40).unwrap_or_default(),
        cards,
        state,
    }
}

async fn create(ctx: Ctx, mut form: Fields) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let details = read(&mut form, PersonState::Invited);
    let chosen: Vec<_> = places
        .all
        .iter()
        .filter_map(|place| kind_of(form.value(&place_field(place.id))).map(|kind| (place.id, kind)))
        .collect();
    if form.ok() {
        let act = ctx.act();
        match store::person::create(&mut tx, &act, &details).await {
            Ok(id) => {
                let locations = chosen.iter().map(|(location, _)| *location).collect();
                ctx.allow(Action::PeopleWrite, &Object::Person { person: id, locations })?;
                for (location, kind) in chosen {
                    store::person::set_membership(&mut tx, &act, id, location, Some(kind)).await?;
                }
                tx.commit().await?;
                let text = format!(
                    "{} is invited. A subscription or a booking opens doors for them.",
                    details.name
                );
                return Ok(ctx.go_with(&format!("/admin/people/{id}"), "open", text));
            }
            Err(error) if error.kind == store::Kind::Conflict => {
                form.wrong(
                    "email",
                    "Somebody here already has this address. Look for them in the list of people.",
                );
            }
            Err(error) => form.refused(&error.into()),
        }
    }
    drop(tx);
    render_again(&page(&ctx, &places, form).await?)
}
