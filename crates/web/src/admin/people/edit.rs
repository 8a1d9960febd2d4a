//! GET and POST /admin/people/{person}/edit: name, address, phone, cards, and what they are where.

use access::id::PersonId;
use access::may::Action;
use axum::extract::{Path, Query};
use axum::response::Response;
use serde::Deserialize;
use store::person::Person;

use super::create::{FormPage, read};
use super::{kind_of, place_choices, place_field};
use crate::admin::parts::people;
use crate::admin::parts::places::Places;
use crate::admin::parts::states;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{render, render_again};
use crate::problem::Problem;
use crate::registry::Route;

/// The form, and what it submits to.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::page("/admin/people/{person}/edit", Action::PeopleWrite).to(show),
        Route::form("/admin/people/{person}/edit", Action::PeopleWrite).to(save),
    ]
}

#[derive(Deserialize)]
struct Asked {
    /// The number of a card to write down.
    #[serde(default)]
    card: String,
}

async fn show(ctx: Ctx, Path(id): Path<PersonId>, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    ctx.allow(Action::PeopleWrite, &people::object(&mut tx, &ctx, id).await?)?;
    let person = store::person::read(&mut tx, ctx.network(), id).await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let details = &person.details;
    let mut cards = details.cards.clone();
    cards.extend(Some(asked.card).filter(|card| !card.is_empty() && !details.cards.contains(card)));
    let mut form = Fields::of([
        ("name", details.name.clone()),
        ("email", details.email.clone()),
        ("phone", details.phone.clone()),
        ("cards", cards.join("\n")),
    ]);
    for (location, kind) in store::person::memberships(&mut tx, ctx.network(), id).await? {
        form.set(&place_field(location), states::membership(kind).to_lowercase());
    }
    drop(tx);
    render(&page(&ctx, &person, &places, form).await?)
}

async fn page(ctx: &Ctx, person: &Person, places: &Places, form: Fields) -> Result<FormPage, Problem> {
    let href = format!("/admin/people/{}", person.id);
    Ok(FormPage {
        page: ctx.page(&format!("Edit {}", person.details.name), "people").await?,
        title: format!("Edit {}", person.details.name),
        text: "",
        back_label: person.details.name.clone(),
        action: format!("{href}/edit"),
        back_href: href,
        save: "Save",
        aside: "Another e-mail address is another person to the door systems: what they held moves over, and they have to \
                sign in there with the new address.",
        places: place_choices(places, &form),
        form,
    })
}

async fn save(ctx: Ctx, Path(id): Path<PersonId>, mut form: Fields) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    ctx.allow(Action::PeopleWrite, &people::object(&mut tx, &ctx, id).await?)?;
    let person = store::person::read(&mut tx, ctx.network(), id).await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let details = read(&mut form, person.details.state);
    if form.ok() {
        let act = ctx.act();
        match store::person::change(&mut tx, &act, id, &details).await {
            Ok(()) => {
                for place in &places.all {
                    let kind = kind_of(form.value(&place_field(place.id)));
                    store::person::set_membership(&mut tx, &act, id, place.id, kind).await?;
                }
                tx.commit().await?;
                return Ok(ctx.go_with(&format!("/admin/people/{id}"), "open", "Saved."));
            }
            Err(error) if error.kind == store::Kind::Conflict => {
                form.wrong("email", "Somebody else here already has this address.");
            }
            Err(error) => form.refused(&error.into()),
        }
    }
    drop(tx);
    render_again(&page(&ctx, &person, &places, form).await?)
}
