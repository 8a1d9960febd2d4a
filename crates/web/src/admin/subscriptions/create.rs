//! GET /admin/subscriptions/new, POST /admin/subscriptions: for a person or a company, with plans and rentals (P-5).

use access::facts::{ItemAccess, ItemOf, Reach, Subscriber};
use access::id::{CompanyId, LocationId, PlanId, ResourceId};
use access::may::{Action, Object};
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use store::subscription::{NewItem, NewSubscription};
use store::{Page as Part, Tx};

use crate::admin::parts::choice::{Choice, as_typed};
use crate::admin::parts::groups;
use crate::admin::parts::people::{self, Meant};
use crate::admin::parts::places::Places;
use crate::admin::parts::states;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render, render_again};
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;
use crate::words::dates;

/// The form, and what it submits to.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::page("/admin/subscriptions/new", Action::SubscriptionsWrite).to(new),
        Route::form("/admin/subscriptions", Action::SubscriptionsWrite).to(create),
    ]
}

#[derive(Template)]
#[template(path = "admin/subscriptions/new.html")]
struct NewPage {
    page: Page,
    locations: Vec<Choice>,
    people: Vec<Choice>,
    companies: Vec<Choice>,
    plans: Vec<Choice>,
    rentals: Vec<Choice>,
    reach: Vec<Choice>,
    form: Fields,
}

/// Prefilled with a `person` or `company`; with a `location`, what can be subscribed to there.
async fn new(ctx: Ctx, Query(asked): Query<Vec<(String, String)>>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let asked = Fields::of(asked);
    let mut location = asked
        .value("location")
        .parse()
        .ok()
        .filter(|id| places.one(*id).is_some());
    location = location.or_else(|| places.home().map(|home| home.id));
    let mut form = Fields::of([("reach", "everyone")]);
    if let Ok(person) = asked.value("person").parse() {
        form.set(
            "person",
            store::person::read(&mut tx, ctx.network(), person).await?.details.email,
        );
    }
    if let Ok(company) = asked.value("company").parse::<CompanyId>() {
        location = Some(
            store::company::read(&mut tx, ctx.network(), company)
                .await?
                .details
                .location,
        );
        form.set("company", company.to_string());
    }
    if let Some(location) = location {
        form.set("location", location.to_string());
        form.set(
            "starts_on",
            dates::local(ctx.now, &places.zone(location)).date().to_string(),
        );
    }
    render(&page(&mut tx, &ctx, form).await?)
}

async fn page(tx: &mut Tx, ctx: &Ctx, form: Fields) -> Result<NewPage, Problem> {
    let network = ctx.network();
    let places = Places::read(tx, ctx).await?;
    let location = form
        .value("location")
        .parse()
        .ok()
        .filter(|id| places.one(*id).is_some());
    let location = location.or_else(|| places.home().map(|home| home.id));
    let mut plans = Vec::new();
    let filter = store::plan::Filter {
        location,
        archived_too: false,
    };
    let opened = groups::Summaries::read(tx, ctx).await?;
    for plan in store::plan::list(tx, network, &filter, &Part::longest()).await?.rows {
        let (opens, warning) = opened.of(&plan.details.groups);
        let opens = if warning.is_empty() {
            format!("Opens {opens}")
        } else {
            format!("Opens {opens} ({warning})")
        };
        plans.push(Choice::new(plan.id, plan.details.name).hint(opens));
    }
    let mut rentals = Vec::new();
    let filter = store::resource::Filter {
        location,
        ..store::resource::Filter::default()
    };
    let things = store::resource::list(tx, network, &filter, &Part::longest()).await?;
    for thing in things.rows {
        let kind = states::resource(thing.details.kind).1;
        rentals.push(Choice::new(thing.id, thing.details.name).hint(kind));
    }
    let filter = store::company::Filter::default();
    let companies = store::company::list(tx, network, &filter, &Part::longest()).await?.rows;
    let companies = companies
        .into_iter()
        .filter(|one| places.one(one.details.location).is_some())
        .map(|one| Choice::new(one.id, one.details.name));
    let reach = [
        Choice::new("everyone", "Everyone of the company").hint("While they belong to it"),
        Choice::new("booked_today", "Only people with a booking that day").hint("For teams that take turns"),
    ];
    Ok(NewPage {
        page: ctx.page("Add a subscription", "subscriptions").await?,
        locations: places.options(location),
        people: people::suggestions(tx, ctx).await?,
        companies: as_typed(companies, &form, "company"),
        plans: as_typed(plans, &form, "plan"),
        rentals: as_typed(rentals, &form, "rental"),
        reach: as_typed(reach, &form, "reach"),
        form,
    })
}

async fn create(ctx: Ctx, mut form: Fields) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let new = read(&mut tx, &ctx, &mut form).await?;
    if let (true, Some(new)) = (form.ok(), new) {
        ctx.allow(Action::SubscriptionsWrite, &Object::At(new.location))?;
        match store::subscription::create(&mut tx, &ctx.act(), &new).await {
            Ok(id) => {
                tx.commit().await?;
                let text = "The subscription is added. Its doors open from the first day on.";
                return Ok(ctx.go_with(&format!("/admin/subscriptions/{id}"), "open", text));
            }
            Err(error) => form.refused(&error.into()),
        }
    }
    tx.roll_back().await?;
    let mut tx = ctx.store().read().await?;
    render_again(&page(&mut tx, &ctx, form).await?)
}

async fn read(tx: &mut Tx, ctx: &Ctx, form: &mut Fields) -> Result<Option<NewSubscription>, Problem> {
    let location: Option<LocationId> = form.choice("location");
    let of = subscriber(tx, ctx, form).await?;
    let (starts_on, ends_on) = (form.date("starts_on"), form.optional_date("ends_on"));
    if let (Some(starts), Some(ends)) = (starts_on, ends_on)
        && ends < starts
    {
        form.wrong("ends_on", "The last day lies before the first.");
    }
    let reaches = [("everyone", Reach::Everyone), ("booked_today", Reach::BookedToday)];
    let typed = form.value("reach");
    let reach = reaches
        .into_iter()
        .find(|(word, _)| *word == typed)
        .map_or(Reach::Everyone, |(_, reach)| reach);
    let (plans, rentals): (Vec<PlanId>, Vec<ResourceId>) = (form.choices("plan"), form.choices("rental"));
    if plans.is_empty() && rentals.is_empty() {
        form.wrong("items", "Choose at least one plan or rental.");
    }
    if let Some(location) = location {
        let rentals = rentals.iter().copied().map(ItemOf::Rental);
        for of in plans.iter().copied().map(ItemOf::Plan).chain(rentals) {
            if let Some(say) = scope::elsewhere(ctx, tx, location, of).await? {
                form.wrong("items", say);
            }
        }
    }
    let item = |of| NewItem {
        of,
        access: ItemAccess::Inherited,
        reach: reach.clone(),
    };
    let items = plans.into_iter().map(ItemOf::Plan);
    let items = items.chain(rentals.into_iter().map(ItemOf::Rental)).map(item).collect();
    let (Some(location), Some(of), Some(starts_on)) = (location, of, starts_on) else {
        return Ok(None);
    };
    Ok(Some(NewSubscription {
        location,
        of,
        starts_on,
        ends_on,
        items,
    }))
}

/// A person or a company, and not both.
async fn subscriber(tx: &mut Tx, ctx: &Ctx, form: &mut Fields) -> Result<Option<Subscriber>, Problem> {
    let person = form.value("person").trim().to_owned();
    let company: Option<CompanyId> = form.optional_choice("company");
    match (person.is_empty(), company) {
        (true, Some(company)) => Ok(Some(Subscriber::Company(company))),
        (true, None) => {
            form.wrong("person", "Say whose it is: a person, or a company below.");
            Ok(None)
        }
        (false, Some(_)) => {
            form.wrong("company", "Either a person or a company: empty one of the two.");
            Ok(None)
        }
        (false, None) => match people::meant(tx, ctx, &person).await? {
            Meant::Known(person) => Ok(Some(Subscriber::Person(person.id))),
            Meant::New(email) => {
                form.wrong(
                    "person",
                    format!("{email} is not known here yet. Add the person first."),
                );
                Ok(None)
            }
            Meant::Unclear(why) => {
                form.wrong("person", why);
                Ok(None)
            }
        },
    }
}
