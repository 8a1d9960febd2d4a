//! GET /admin/subscriptions/{subscription}: its lines, whom they let in, and how to end it.

use access::facts::{Item, ItemAccess, Reach, Subscriber, Subscription};
use access::grants;
use access::id::{PersonId, SubscriptionId};
use access::may::{Action, Object};
use access::zone::Zone;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use store::facts::As;
use store::{Page as Part, Tx};

use crate::admin::parts::choice::Choice;
use crate::admin::parts::effects::effects;
use crate::admin::parts::groups;
use crate::admin::parts::named::Named;
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

/// A subscription's page.
pub(crate) fn route() -> Route {
    Route::page("/admin/subscriptions/{subscription}", Action::SubscriptionsRead).to(show)
}

#[derive(Template)]
#[template(path = "admin/subscriptions/show.html")]
pub(super) struct ShowPage {
    page: Page,
    whose: String,
    whose_href: String,
    span: String,
    state: &'static str,
    word: &'static str,
    may_change: bool,
    alive: bool,
    items: Vec<Row>,
    offers: Vec<Choice>,
    add_action: String,
    reach_text: String,
    people: Vec<Reached>,
    place: String,
    starts: String,
    ends: String,
    cancelled: String,
    dates_action: String,
    cancel_action: String,
    cancel_now_action: String,
    cancel_title: String,
    cancel_says: Vec<String>,
    form: Fields,
}

struct Row {
    icon: &'static str,
    what: String,
    access: String,
    reach: String,
    warning: String,
    edit_href: String,
    removable: bool,
    remove_id: String,
    remove_title: String,
    remove_says: String,
    remove_action: String,
}

struct Reached {
    href: String,
    what: String,
    detail: String,
    state: &'static str,
}

/// More people than this are counted, not listed.
const PEOPLE: usize = 60;

async fn show(ctx: Ctx, Path(id): Path<SubscriptionId>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let one = super::read(&mut tx, &ctx, id, Action::SubscriptionsRead).await?;
    let mut form = Fields::of([("starts_on", one.starts_on.to_string())]);
    if let Some(ends_on) = one.ends_on {
        form.set("ends_on", ends_on.to_string());
    }
    render(&page(&mut tx, &ctx, &one, form).await?)
}

/// The page, with what was typed into its forms.
pub(super) async fn page(tx: &mut Tx, ctx: &Ctx, one: &Subscription, form: Fields) -> Result<ShowPage, Problem> {
    let places = Places::read(tx, ctx).await?;
    let zone = places.zone(one.location);
    let mut named = Named::of(ctx.network());
    let whose = named.subscriber(tx, one.of).await?;
    let href = format!("/admin/subscriptions/{}", one.id);
    let term = Term::of(one, places.one(one.location), ctx.now);
    let (state, word) = term.pill();
    let (people, members) = reached(tx, ctx, one).await?;
    let (mut items, mut opens) = (Vec::with_capacity(one.items.len()), Vec::new());
    for item in &one.items {
        items.push(row(tx, ctx, &mut named, one, item, &href).await?);
        opens.extend(scope::opened_by(ctx, tx, item).await?);
    }
    let this_year = dates::local(ctx.now, &zone).year();
    let inside = people.iter().filter(|person| person.state == "open").count();
    let mut cancel_says = match (term.is_alive(), inside) {
        (false, _) | (true, 0) => vec!["It lets nobody in at the moment, so no door changes now.".to_owned()],
        (true, inside) => {
            let people = words::count(inside, "person", "people");
            let lose =
                format!("{people} may come in by it now, and lose that at once, unless something else lets them in.");
            [vec![lose], effects(tx, ctx, &opens).await?].concat()
        }
    };
    cancel_says.push("The contract stays in the history; it cannot run again.".to_owned());
    Ok(ShowPage {
        page: ctx.page(&whose, "subscriptions").await?,
        whose_href: match one.of {
            Subscriber::Person(id) => format!("/admin/people/{id}"),
            Subscriber::Company(id) => format!("/admin/companies/{id}"),
        },
        cancel_title: format!("Cancel {whose}’s subscription now?"),
        whose,
        span: states::days(one.starts_on, one.ends_on, ctx.now, &zone),
        state,
        word,
        may_change: ctx.allow(Action::SubscriptionsWrite, &Object::At(one.location)).is_ok(),
        alive: term.is_alive(),
        items,
        offers: offers(tx, ctx, one).await?,
        add_action: format!("{href}/items"),
        reach_text: match one.of {
            Subscriber::Person(_) => String::new(),
            Subscriber::Company(_) => format!("{} of the company", words::count(members, "person", "people")),
        },
        people,
        place: places.name(one.location).to_owned(),
        starts: dates::date(one.starts_on, this_year),
        ends: one.ends_on.map_or_else(
            || "Open: until it is cancelled".to_owned(),
            |on| dates::date(on, this_year),
        ),
        cancelled: one
            .cancelled_at
            .map_or_else(String::new, |at| dates::moment(at, ctx.now, &zone)),
        dates_action: format!("{href}/dates"),
        cancel_action: format!("{href}/cancel"),
        cancel_now_action: format!("{href}/cancel-now"),
        cancel_says,
        form,
    })
}

/// Whom it lets in, now or later, by the grants themselves; and how many could be.
async fn reached(tx: &mut Tx, ctx: &Ctx, one: &Subscription) -> Result<(Vec<Reached>, usize), Problem> {
    let people: Vec<PersonId> = match one.of {
        Subscriber::Person(id) => vec![id],
        Subscriber::Company(id) => {
            let members = store::company::members(tx, ctx.network(), id).await?;
            let mut people: Vec<_> = members
                .iter()
                .filter(|member| member.removed_at.is_none())
                .map(|member| member.person)
                .collect();
            people.sort_unstable();
            people.dedup();
            people
        }
    };
    let count = people.len();
    let mut rows = Vec::new();
    for id in people.into_iter().take(PEOPLE) {
        let facts = store::facts::load_person(tx, ctx.network(), id, As::Known { now: ctx.now }).await?;
        let Some(person) = facts.people.iter().find(|person| person.id == id) else {
            continue;
        };
        let by_this = |source: &access::causes::Source| matches!(source, access::causes::Source::Item { subscription, .. } if *subscription == one.id);
        let given: Vec<_> = grants::desired_of(&facts, id, ctx.now)
            .into_iter()
            .filter(|grant| grant.causes.iter().any(by_this))
            .collect();
        let now = given.iter().any(|grant| grant.windows.contains(ctx.now));
        let (state, detail) = match (given.is_empty(), now) {
            (true, _) => ("quiet", "Not by this, now or later"),
            (false, true) => ("open", "May come in now"),
            (false, false) => ("scheduled", "Later"),
        };
        rows.push(Reached {
            href: format!("/admin/people/{id}"),
            what: person.name.clone(),
            detail: detail.to_owned(),
            state,
        });
    }
    Ok((rows, count))
}

async fn row(
    tx: &mut Tx,
    ctx: &Ctx,
    named: &mut Named,
    one: &Subscription,
    item: &Item,
    href: &str,
) -> Result<Row, Problem> {
    let what = named.item(tx, item.of).await?;
    let (list, inherited) = (
        scope::opened_by(ctx, tx, item).await?,
        item.access == ItemAccess::Inherited,
    );
    let (opens, warning) = groups::summary(tx, ctx, &list).await?;
    let by = if inherited { "inherited" } else { "set on this line" };
    let reach = match (&one.of, &item.reach) {
        (Subscriber::Person(_), _) => String::new(),
        (Subscriber::Company(_), Reach::Everyone) => "Reaches everyone of the company".into(),
        (Subscriber::Company(_), Reach::BookedToday) => "Reaches people with a booking that day".into(),
        (Subscriber::Company(_), Reach::Chosen(people)) => {
            format!("Reaches {} chosen", words::count(people.len(), "person", "people"))
        }
    };
    Ok(Row {
        icon: match item.of {
            access::facts::ItemOf::Plan(_) => "layers",
            access::facts::ItemOf::Rental(_) => "armchair",
        },
        access: format!("Opens {opens} ({by})"),
        reach,
        warning: if warning.is_empty() {
            warning
        } else {
            format!("{warning} at the vendor; choose others")
        },
        edit_href: format!("{href}/items/{}", item.id),
        removable: one.items.len() > 1,
        remove_id: format!("remove-{}", item.id),
        remove_title: format!("Remove {what}?"),
        remove_says: [
            vec!["What it opened is taken away at once, unless something else opens it.".to_owned()],
            effects(tx, ctx, &list).await?,
        ]
        .concat()
        .join(" "),
        remove_action: format!("{href}/items/{}/remove", item.id),
        what,
    })
}

/// Plans and rentals of its location that can be added.
async fn offers(tx: &mut Tx, ctx: &Ctx, one: &Subscription) -> Result<Vec<Choice>, Problem> {
    let has = |of| one.items.iter().any(|item| item.of == of);
    let mut offers = Vec::new();
    let filter = store::plan::Filter {
        location: Some(one.location),
        archived_too: false,
    };
    let plans = store::plan::list(tx, ctx.network(), &filter, &Part::longest()).await?;
    for plan in plans.rows {
        if !has(access::facts::ItemOf::Plan(plan.id)) {
            offers.push(Choice::new(plan.id, plan.details.name));
        }
    }
    let filter = store::resource::Filter {
        location: Some(one.location),
        ..store::resource::Filter::default()
    };
    let things = store::resource::list(tx, ctx.network(), &filter, &Part::longest()).await?;
    for thing in things.rows {
        if !has(access::facts::ItemOf::Rental(thing.id)) {
            offers.push(Choice::new(thing.id, format!("Rental of {}", thing.details.name)));
        }
    }
    Ok(offers)
}

/// The zone its days are counted in.
pub(super) async fn zone(tx: &mut Tx, ctx: &Ctx, one: &Subscription) -> Result<Zone, Problem> {
    let location = store::location::read(tx, ctx.network(), one.location).await?;
    Zone::named(&location.details.zone).map_err(|error| Problem::internal("reading a zone", error))
}

/// The same for words.
pub(super) async fn tz(tx: &mut Tx, ctx: &Ctx, one: &Subscription) -> Result<jiff::tz::TimeZone, Problem> {
    let location = store::location::read(tx, ctx.network(), one.location).await?;
    Ok(dates::zone(&location.details.zone))
}
