//! GET /admin/plans/new, POST /admin/plans, GET and POST /admin/plans/{plan}: a plan with its Access section (P-4).
//!
//! Always: "See whom it reaches" stores nothing; it makes the change in a transaction, counts, and lets the transaction go.

use access::id::{AccessGroupId, LocationId, PlanId};
use access::may::{Action, Object};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use store::plan::{Details, Period};
use store::{Page as Part, Tx};

use crate::admin::parts::choice::{Choice, as_typed};
use crate::admin::parts::groups::{self, GroupSet};
use crate::admin::parts::places::Places;
use crate::admin::parts::reach::Reached;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render, render_again};
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// Both forms, and what they submit to.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::page("/admin/plans/new", Action::PlansWrite).to(new),
        Route::form("/admin/plans", Action::PlansWrite).to(create),
        Route::page("/admin/plans/{plan}", Action::PlansRead).to(edit),
        Route::form("/admin/plans/{plan}", Action::PlansWrite).to(save),
    ]
}

#[derive(Template)]
#[template(path = "admin/plans/form.html")]
struct FormPage {
    page: Page,
    title: String,
    text: &'static str,
    action: String,
    save: &'static str,
    locations: Vec<Choice>,
    periods: Vec<Choice>,
    sets: Vec<GroupSet>,
    reach: String,
    may_change: bool,
    previews: bool,
    form: Fields,
}

const PERIODS: [(&str, Period, &str); 5] = [
    ("month", Period::Month, "A month"),
    ("week", Period::Week, "A week"),
    ("day", Period::Day, "A day"),
    ("year", Period::Year, "A year"),
    ("once", Period::Once, "Once"),
];

async fn new(ctx: Ctx) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let mut form = Fields::of([("period", "month"), ("currency", "EUR"), ("price", "0")]);
    if let Some(home) = places.home() {
        form.set("location", home.id.to_string());
    }
    render(&page(&mut tx, &ctx, None, form, String::new()).await?)
}

async fn page(
    tx: &mut Tx,
    ctx: &Ctx,
    plan: Option<(PlanId, &str)>,
    form: Fields,
    reach: String,
) -> Result<FormPage, Problem> {
    let places = Places::read(tx, ctx).await?;
    let location: Option<LocationId> = form.value("location").parse().ok();
    let sets = groups::sets(tx, ctx, &places, location, form.err("groups"), |id| {
        form.has("groups", &id.to_string())
    })
    .await?;
    let title = plan.map_or_else(|| "Add a plan".to_owned(), |(_, name)| name.to_owned());
    let periods = PERIODS.iter().map(|(word, _, label)| Choice::new(word, *label));
    Ok(FormPage {
        page: ctx.page(&title, "plans").await?,
        title,
        text: "What it opens is given to everybody who subscribes to it, from their first day on",
        action: plan.map_or_else(|| "/admin/plans".to_owned(), |(id, _)| format!("/admin/plans/{id}")),
        save: if plan.is_some() { "Save" } else { "Add the plan" },
        locations: places.options(location),
        periods: as_typed(periods, &form, "period"),
        sets,
        reach,
        may_change: ctx.may(Action::PlansWrite),
        previews: plan.is_some(),
        form,
    })
}

/// What the form says, as far as it can be read.
fn read(form: &mut Fields) -> Option<Details> {
    let name = form.text("name", 120);
    let description = form.optional_text("description", 2000).unwrap_or_default();
    let location: Option<LocationId> = form.choice("location");
    let periods = PERIODS.map(|(word, period, _)| (word, period));
    let period = form.one_of("period", &periods);
    let price_cents = cents(form);
    let currency = form.text("currency", 3).to_uppercase();
    if !currency.is_empty() && (currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase())) {
        form.wrong("currency", "Three letters, as in EUR.");
    }
    let groups: Vec<AccessGroupId> = form.choices("groups");
    let archived = form.checked("archived");
    Some(Details {
        location: location?,
        name,
        price_cents: price_cents?,
        currency,
        period: period?,
        description,
        groups,
        archived,
    })
}

/// "250", "250.5" or "250,50" as cents.
fn cents(form: &mut Fields) -> Option<i64> {
    let typed = form.value("price").trim().replace(',', ".");
    let (whole, part) = typed.split_once('.').unwrap_or((&typed, ""));
    let sound = !whole.is_empty()
        && whole.len() <= 9
        && part.len() <= 2
        && (whole.to_owned() + part).bytes().all(|b| b.is_ascii_digit());
    if !sound {
        form.wrong("price", "An amount such as 250 or 250.50; 0 when it is free.");
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let part: i64 = format!("{part:0<2}").parse().ok()?;
    Some(whole * 100 + part)
}

fn object(details: &Details) -> Object {
    Object::At(details.location)
}

/// What to say when another plan that is offered here has this name; empty when none has.
async fn twin(tx: &mut Tx, ctx: &Ctx, details: &Details, own: PlanId) -> Result<&'static str, Problem> {
    let here = store::plan::Filter {
        location: Some(details.location),
        archived_too: false,
    };
    let all = store::plan::list(tx, ctx.network(), &here, &Part::longest())
        .await?
        .rows;
    let name = details.name.to_lowercase();
    let same = |one: &store::plan::Plan| one.id != own && one.details.name.to_lowercase() == name;
    Ok(if !details.archived && all.iter().any(same) {
        " Another plan of this location has the same name; give one of them another, or nobody can tell them apart."
    } else {
        ""
    })
}

async fn create(ctx: Ctx, mut form: Fields) -> Result<Response, Problem> {
    let details = read(&mut form);
    if let (true, Some(details)) = (form.ok(), &details) {
        ctx.allow(Action::PlansWrite, &object(details))?;
        let mut tx = ctx.store().write().await?;
        scope::groups(&ctx, &mut tx, Action::PlansWrite, ("groups", &details.groups), &[]).await?;
        match store::plan::create(&mut tx, &ctx.act(), details).await {
            Ok(id) => {
                let twin = twin(&mut tx, &ctx, details, id).await?;
                tx.commit().await?;
                let text = format!(
                    "{} is added. Subscribe people to it, and its doors open for them.{twin}",
                    details.name
                );
                let state = if twin.is_empty() { "open" } else { "attention" };
                return Ok(ctx.go_with("/admin/plans", state, text));
            }
            Err(error) => form.refused(&error.into()),
        }
    }
    let mut tx = ctx.store().read().await?;
    render_again(&page(&mut tx, &ctx, None, form, String::new()).await?)
}

async fn edit(ctx: Ctx, Path(id): Path<PlanId>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let plan = store::plan::read(&mut tx, ctx.network(), id).await?;
    ctx.allow(Action::PlansRead, &object(&plan.details))?;
    let details = &plan.details;
    let period = PERIODS
        .iter()
        .find(|(_, period, _)| *period == details.period)
        .map_or("month", |(word, ..)| word);
    let mut form = Fields::of([
        ("name", details.name.clone()),
        ("description", details.description.clone()),
        ("location", details.location.to_string()),
        ("period", period.to_owned()),
        (
            "price",
            format!("{}.{:02}", details.price_cents / 100, details.price_cents % 100),
        ),
        ("currency", details.currency.clone()),
    ]);
    if details.archived {
        form.set("archived", "yes");
    }
    for group in &details.groups {
        form.add("groups", group.to_string());
    }
    render(&page(&mut tx, &ctx, Some((id, &details.name)), form, String::new()).await?)
}

async fn save(ctx: Ctx, Path(id): Path<PlanId>, mut form: Fields) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let plan = store::plan::read(&mut tx, ctx.network(), id).await?;
    ctx.allow(Action::PlansWrite, &object(&plan.details))?;
    let name = plan.details.name.clone();
    if let (Some(details), true) = (read(&mut form), form.ok()) {
        ctx.allow(Action::PlansWrite, &object(&details))?;
        let stand = &plan.details.groups;
        scope::groups(&ctx, &mut tx, Action::PlansWrite, ("groups", &details.groups), stand).await?;
        let touched: Vec<AccessGroupId> = plan.details.groups.iter().chain(&details.groups).copied().collect();
        let before = Reached::by_groups(&mut tx, &ctx, &touched).await?;
        match store::plan::change(&mut tx, &ctx.act(), id, &details).await {
            Ok(()) => {
                let after = Reached::by_groups(&mut tx, &ctx, &touched).await?;
                let reach = before.compared(&after);
                if form.checked("preview") {
                    tx.roll_back().await?;
                    let mut tx = ctx.store().read().await?;
                    return render(
                        &page(
                            &mut tx,
                            &ctx,
                            Some((id, &name)),
                            form,
                            format!("If you save this: {}", before.named(&after)),
                        )
                        .await?,
                    );
                }
                let twin = twin(&mut tx, &ctx, &details, id).await?;
                tx.commit().await?;
                let state = if twin.is_empty() { "open" } else { "attention" };
                let text = format!("{} is saved. {reach}{twin}", details.name);
                return Ok(ctx.go_with("/admin/plans", state, text));
            }
            Err(error) => form.refused(&error.into()),
        }
    }
    tx.roll_back().await?;
    let mut tx = ctx.store().read().await?;
    render_again(&page(&mut tx, &ctx, Some((id, &name)), form, String::new()).await?)
}
