//! `/first-run`: on an empty database, the business, its owner and its first location; then signed in.
//!
//! Always: works once; as soon as any network exists, there is nothing here.

use access::facts::{Grace, MembershipKind, PersonState};
use access::vendor::Secret;
use access::zone::Zone;
use askama::Template;
use axum::http::Method;
use axum::response::Response;
use store::account::{self, Role};
use store::record::{Act, Actor};
use store::{location, network, person};

use super::new_password::read_new_password;
use super::permissions::Permissions;
use super::{begin, welcome};
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render, render_again};
use crate::problem::Problem;
use crate::registry::{Needs, Route, Surface};
use crate::words::validation as say;

/// Show and submit.
pub fn routes() -> Vec<Route> {
    vec![
        Route::on(Method::GET, "/first-run", Surface::Auth, Needs::Nothing).to(show),
        Route::on(Method::POST, "/first-run", Surface::Auth, Needs::Nothing).to(submit),
    ]
}

struct ZoneChoice {
    value: String,
    label: String,
    selected: bool,
}

#[derive(Template)]
#[template(path = "auth/first_run.html")]
struct FirstRunPage {
    page: Page,
    form: Fields,
    zones: Vec<ZoneChoice>,
}

impl FirstRunPage {
    fn new(ctx: &Ctx, form: Fields) -> Self {
        let zones = Zone::names().into_iter().map(|name| ZoneChoice {
            label: name.replace('_', " "),
            selected: form.value("zone") == name,
            value: name,
        });
        Self {
            page: ctx.bare_page("Welcome"),
            zones: zones.collect(),
            form,
        }
    }
}

async fn show(ctx: Ctx) -> Result<Response, Problem> {
    if !is_empty(&ctx).await? {
        return Ok(ctx.go("/sign-in"));
    }
    render(&FirstRunPage::new(&ctx, Fields::new()))
}

async fn is_empty(ctx: &Ctx) -> Result<bool, Problem> {
    let mut tx = ctx.store().read().await?;
    Ok(!network::any(&mut tx).await?)
}

async fn submit(ctx: Ctx, mut form: Fields) -> Result<Response, Problem> {
    if !is_empty(&ctx).await? {
        return Err(Problem::conflict(
            "This installation is set up already. Sign in instead.",
        ));
    }
    let business = form.text("network", 120);
    let name = form.text("name", 120);
    let email = form.email("email");
    let place = form.text("location", 120);
    let zone = form.text("zone", 60);
    if !zone.is_empty() && Zone::named(&zone).is_err() {
        form.wrong("zone", say::not_a_zone());
    }
    let password = read_new_password(&mut form);
    let Some(password) = password.filter(|_| form.ok()) else {
        return render_again(&FirstRunPage::new(&ctx, form));
    };
    let hash = store::password::hash(Secret::new(password)).await?;

    let mut tx = ctx.store().write().await?;
    let details = network::Details {
        name: business,
        accent: "petrol".to_owned(),
    };
    let made = network::create_first(&mut tx, ctx.now, &details).await;
    let network = made.map_err(|error| match error.kind {
        store::Kind::Conflict => Problem::conflict("Somebody else has just set this installation up. Sign in instead."),
        _ => error.into(),
    })?;
    let act = Act::new(network, ctx.now, Actor::Setup).because("first run");
    let details = location::Details {
        name: place,
        address: String::new(),
        zone,
        grace: Grace::default(),
        opening_hours: serde_json::Value::Null,
    };
    let location = location::create(&mut tx, &act, &details).await?;
    let details = person::Details {
        name: name.clone(),
        email: email.clone(),
        phone: String::new(),
        cards: Vec::new(),
        state: PersonState::Active,
    };
    let owner = person::create(&mut tx, &act, &details).await?;
    person::set_membership(&mut tx, &act, owner, location, Some(MembershipKind::Member)).await?;
    let permissions = Permissions::default().to_json();
    let details = account::Details {
        person: Some(owner),
        email,
        name,
        role: Role::Owner,
        permissions,
    };
    let id = account::create(&mut tx, &act, &details).await?;
    account::set_password(&mut tx, &act, id, &hash).await?;
    let account = account::read(&mut tx, network, id).await?;
    let token = begin(&ctx, &mut tx, network, &account).await?;
    tx.commit().await?;
    Ok(welcome(&ctx, &account, &token, ""))
}
