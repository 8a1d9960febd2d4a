//! GET /admin/companies/{company}: its people with their days, and its subscriptions.

use access::facts::CompanyMembership;
use access::id::CompanyId;
use access::may::{Action, Object};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use store::company::Company;
use store::{Page as Part, Tx};

use crate::admin::parts::choice::Choice;
use crate::admin::parts::effects::effects;
use crate::admin::parts::named::Named;
use crate::admin::parts::people;
use crate::admin::parts::places::Places;
use crate::admin::parts::states;
use crate::admin::parts::terms::Term;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;
use crate::words;
use crate::words::dates;

/// A company's page.
pub(crate) fn route() -> Route {
    Route::page("/admin/companies/{company}", Action::CompaniesRead).to(show)
}

#[derive(Template)]
#[template(path = "admin/companies/show.html")]
pub(super) struct ShowPage {
    page: Page,
    name: String,
    place: String,
    may_change: bool,
    edit_href: String,
    people_text: String,
    people: Vec<Row>,
    add_action: String,
    known: Vec<Choice>,
    new_subscription_href: String,
    subscriptions: Vec<Line>,
    form: Fields,
}

struct Row {
    href: String,
    name: String,
    initials: String,
    dates: String,
    state: &'static str,
    word: &'static str,
    running: bool,
    left_on: String,
    leave_id: String,
    leave_title: String,
    leave_says: String,
    leave_action: String,
    remove_id: String,
    remove_title: String,
    remove_says: String,
    remove_action: String,
}

struct Line {
    href: String,
    what: String,
    detail: String,
    state: &'static str,
    word: &'static str,
}

async fn show(ctx: Ctx, Path(id): Path<CompanyId>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let company = store::company::read(&mut tx, ctx.network(), id).await?;
    let object = Object::Company {
        company: id,
        location: company.details.location,
    };
    ctx.allow(Action::CompaniesRead, &object)?;
    let places = Places::read(&mut tx, &ctx).await?;
    let today = dates::local(ctx.now, &places.zone(company.details.location)).date();
    let form = Fields::of([("joined_on", today.to_string())]);
    render(&page(&mut tx, &ctx, &company, form).await?)
}

/// The page, with what was typed into its form.
pub(super) async fn page(tx: &mut Tx, ctx: &Ctx, company: &Company, form: Fields) -> Result<ShowPage, Problem> {
    let network = ctx.network();
    let places = Places::read(tx, ctx).await?;
    let location = company.details.location;
    let zone = places.zone(location);
    let today = dates::local(ctx.now, &zone).date();
    let href = format!("/admin/companies/{}", company.id);

    let filter = store::subscription::Filter {
        company: Some(company.id),
        ..store::subscription::Filter::default()
    };
    let subscribed = store::subscription::list(tx, network, &filter, &Part::longest())
        .await?
        .rows;
    let mut named = Named::of(network);
    let mut subscriptions = Vec::with_capacity(subscribed.len());
    let (mut running_lines, mut opens) = (0, Vec::new());
    for one in &subscribed {
        let term = Term::of(one, places.one(one.location), ctx.now);
        let (state, word) = term.pill();
        if term == Term::Active {
            running_lines += one.items.len();
            for item in &one.items {
                opens.extend(scope::opened_by(ctx, tx, item).await?);
            }
        }
        subscriptions.push(Line {
            href: format!("/admin/subscriptions/{}", one.id),
            what: named.items(tx, &one.items).await?,
            detail: states::days(one.starts_on, one.ends_on, ctx.now, &zone),
            state,
            word,
        });
    }

    let effects = effects(tx, ctx, &opens).await?.join(" ");
    let lose = if running_lines == 0 {
        "The company has no running subscription, so no door changes.".to_owned()
    } else {
        let lines = words::count(running_lines, "line", "lines");
        format!("They lose what the company’s subscriptions give them ({lines}). {effects}")
    };
    let mut rows = Vec::new();
    for one in store::company::members(tx, network, company.id).await? {
        let person = store::person::read(tx, network, one.person).await?;
        rows.push(row(&one, &person, &lose, &href, today, ctx, &zone));
    }
    rows.sort_by_key(|row| !row.running);
    let inside = rows.iter().filter(|row| row.state == "open").count();
    let object = Object::Company {
        company: company.id,
        location,
    };
    let may_change = ctx.allow(Action::CompaniesWrite, &object).is_ok();
    let known = if may_change {
        people::suggestions(tx, ctx).await?
    } else {
        Vec::new()
    };
    Ok(ShowPage {
        page: ctx.page(&company.details.name, "companies").await?,
        name: company.details.name.clone(),
        place: places.name(location).to_owned(),
        may_change,
        edit_href: format!("{href}/edit"),
        people_text: format!("{} today", words::count(inside, "person", "people")),
        people: rows,
        add_action: format!("{href}/people"),
        known,
        new_subscription_href: format!("/admin/subscriptions/new?company={}", company.id),
        subscriptions,
        form,
    })
}

fn row(
    one: &CompanyMembership,
    person: &store::person::Person,
    lose: &str,
    href: &str,
    today: access::facts::Date,
    ctx: &Ctx,
    zone: &jiff::tz::TimeZone,
) -> Row {
    let name = person.details.name.clone();
    let over = one.removed_at.is_some() || one.left_on.is_some_and(|left| left < today);
    let (state, word) = match (one.removed_at.is_some(), over, one.joined_on > today) {
        (true, ..) => ("quiet", "Removed"),
        (_, true, _) => ("quiet", "Left"),
        (_, _, true) => ("scheduled", "Joins later"),
        _ => ("open", "Belongs"),
    };
    let dates = match one.removed_at {
        Some(at) => format!("Removed {}", dates::moment(at, ctx.now, zone)),
        None => states::days(one.joined_on, one.left_on, ctx.now, zone),
    };
    Row {
        href: format!("/admin/people/{}", person.id),
        initials: states::initials(&name),
        dates,
        state,
        word,
        running: !over,
        left_on: one.left_on.unwrap_or(today).to_string(),
        leave_id: format!("leave-{}", one.id),
        leave_title: format!("When does {name} leave?"),
        leave_says: format!("Doors open until the end of that day. {lose}"),
        leave_action: format!("{href}/people/{}/leave", one.id),
        remove_id: format!("remove-{}", one.id),
        remove_title: format!("Remove {name} from the company?"),
        remove_says: format!("{lose} It is done at once; their own subscriptions and bookings stay."),
        remove_action: format!("{href}/people/{}/remove", one.id),
        name,
    }
}
