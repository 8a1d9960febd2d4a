//! GET and POST /admin/settings: the network's name and colour.

use access::may::{Action, Object};
use askama::Template;
use axum::response::Response;
use store::network::Details;

use crate::admin::parts::choice::{Choice, as_typed};
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render, render_again};
use crate::problem::Problem;
use crate::registry::Route;

/// The form, and what it submits to.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::page("/admin/settings", Action::SettingsRead).to(show),
        Route::form("/admin/settings", Action::SettingsWrite).to(save),
    ]
}

#[derive(Template)]
#[template(path = "admin/settings/network.html")]
struct NetworkPage {
    page: Page,
    tab: &'static str,
    may_change: bool,
    accents: Vec<Choice>,
    form: Fields,
}

/// The colours whose contrast is checked.
const ACCENTS: [(&str, &str); 8] = [
    ("petrol", "Petrol"),
    ("cobalt", "Cobalt"),
    ("ink", "Ink"),
    ("plum", "Plum"),
    ("rosewood", "Rosewood"),
    ("clay", "Clay"),
    ("moss", "Moss"),
    ("graphite", "Graphite"),
];

async fn page(ctx: &Ctx, form: Fields) -> Result<NetworkPage, Problem> {
    Ok(NetworkPage {
        page: ctx.page("Settings", "settings").await?,
        tab: "network",
        may_change: ctx.allow(Action::SettingsWrite, &Object::Network).is_ok(),
        accents: as_typed(
            ACCENTS.iter().map(|(word, label)| Choice::new(word, *label)),
            &form,
            "accent",
        ),
        form,
    })
}

async fn show(ctx: Ctx) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let details = store::network::read(&mut tx, ctx.network()).await?.details;
    drop(tx);
    let known = ACCENTS.iter().any(|(word, _)| *word == details.accent);
    let accent = if known { details.accent.as_str() } else { "petrol" };
    render(&page(&ctx, Fields::of([("name", details.name.as_str()), ("accent", accent)])).await?)
}

async fn save(ctx: Ctx, mut form: Fields) -> Result<Response, Problem> {
    ctx.allow(Action::SettingsWrite, &Object::Network)?;
    let name = form.text("name", 80);
    let accent = form.one_of("accent", &ACCENTS.map(|(word, _)| (word, word)));
    if let (true, Some(accent)) = (form.ok(), accent) {
        let mut tx = ctx.store().write().await?;
        store::network::change(
            &mut tx,
            &ctx.act(),
            &Details {
                name,
                accent: accent.to_owned(),
            },
        )
        .await?;
        tx.commit().await?;
        return Ok(ctx.go_with("/admin/settings", "open", "Saved."));
    }
    render_again(&page(&ctx, form).await?)
}
