//! GET /admin/people/{person}: what they may open, by what, and what stands behind it.

use std::collections::BTreeMap;

use access::facts::{Facts, Integration, IntegrationState, PersonState};
use access::id::PersonId;
use access::may::Action;
use access::timeline::{self, Tense};
use access::{Instant, Window, decision, grants};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use jiff::tz::TimeZone;
use store::facts::As;
use store::person::Person;
use store::{Page as Part, Tx};

use super::Head;
use crate::admin::parts::effects::effects_in;
use crate::admin::parts::named::Named;
use crate::admin::parts::paging::address;
use crate::admin::parts::people;
use crate::admin::parts::places::Places;
use crate::admin::parts::states;
use crate::admin::parts::terms::Term;
use crate::ctx::Ctx;
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words;
use crate::words::dates;
use crate::words::names::Names;

/// A person's page.
pub(crate) fn route() -> Route {
    Route::page("/admin/people/{person}", Action::PeopleRead).to(show)
}

#[derive(Template)]
#[template(path = "admin/people/show.html")]
struct ShowPage {
    page: Page,
    head: Head,
    now: Verdict,
    doors: Vec<DoorRow>,
    subscriptions: Vec<Line>,
    bookings: Vec<Line>,
    companies: Vec<Line>,
    holders: Vec<Line>,
    memberships: Vec<MembershipRow>,
    phone: String,
    cards: Vec<CardRow>,
    new_subscription_href: String,
    new_booking_href: String,
    steps: Vec<Step>,
}

struct Verdict {
    state: &'static str,
    title: String,
    text: String,
}

struct DoorRow {
    state: &'static str,
    what: String,
    cause: String,
    span: String,
    word: String,
}

#[derive(Default)]
struct Line {
    href: String,
    what: String,
    detail: String,
    state: &'static str,
    word: &'static str,
}

/// A card's number, and where a vendor knows it.
struct CardRow {
    number: String,
    place: String,
    /// Where it is written down; empty when it is.
    write_href: String,
}

struct MembershipRow {
    place: String,
    kind: &'static str,
}

/// A button that asks first.
struct Step {
    id: &'static str,
    label: &'static str,
    title: String,
    action: String,
    yes: &'static str,
    kind: &'static str,
    says: Vec<String>,
}

async fn show(ctx: Ctx, Path(id): Path<PersonId>) -> Result<Response, Problem> {
    let network = ctx.network();
    let mut tx = ctx.store().read().await?;
    ctx.allow(Action::PeopleRead, &people::object(&mut tx, &ctx, id).await?)?;
    let person = store::person::read(&mut tx, network, id).await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let facts = store::facts::load_person(&mut tx, network, id, As::Known { now: ctx.now }).await?;
    let names = names(&mut tx, &ctx, &facts).await?;
    let zone = places.home_zone();
    let companies = companies(&mut tx, &ctx, id, &zone).await?;
    let subscriptions = subscriptions(&mut tx, &ctx, &facts, &places).await?;
    let bookings = bookings(&mut tx, &ctx, id, &places).await?;
    let memberships = store::person::memberships(&mut tx, network, id).await?;
    let cards = cards(&mut tx, &ctx, &person, &facts, &places).await?;
    drop(tx);
    let details = &person.details;
    render(&ShowPage {
        now: verdict(&facts, &names, id, ctx.now, &zone),
        doors: doors(&facts, &names, id, ctx.now, &zone),
        subscriptions,
        bookings,
        companies,
        holders: holders(&ctx, &facts, &places),
        memberships: memberships
            .iter()
            .map(|(at, kind)| MembershipRow {
                place: places.name(*at).to_owned(),
                kind: states::membership(*kind),
            })
            .collect(),
        phone: details.phone.clone(),
        cards,
        new_subscription_href: format!("/admin/subscriptions/new?person={id}"),
        new_booking_href: format!("/admin/bookings/new?booker={id}"),
        steps: steps(&ctx, &facts, &names, id, details.state, &details.name),
        head: Head::of(&ctx, &person, "overview"),
        page: ctx.page(&details.name, "people").await?,
    })
}

/// Names for sentences about these facts, companies' included.
pub(super) async fn names(tx: &mut Tx, ctx: &Ctx, facts: &Facts) -> Result<Names, Problem> {
    let mut companies: Vec<_> = facts.company_memberships.iter().map(|one| one.company).collect();
    companies.sort_unstable();
    companies.dedup();
    let mut named = Vec::with_capacity(companies.len());
    for company in companies {
        if let Some(found) = store::company::find(tx, ctx.network(), company).await? {
            named.push((company, found.details.name));
        }
    }
    Ok(Names::of(facts).with_companies(named))
}

fn verdict(facts: &Facts, names: &Names, person: PersonId, now: Instant, zone: &TimeZone) -> Verdict {
    let open = decision::doors_open_to(facts, person, now);
    if !open.is_empty() {
        let doors = open.iter().map(|door| names.door(*door).to_owned());
        let title = format!("May open {} now", words::count(open.len(), "door", "doors"));
        return Verdict {
            state: "open",
            title,
            text: format!("{}.", words::list_and(doors)),
        };
    }
    let title = "No door opens for them now".to_owned();
    let ahead = Window {
        from: now,
        until: Instant::MAX,
    };
    let next = timeline::of_person(facts, person, ahead, now)
        .into_iter()
        .find(|line| line.tense == Tense::Future);
    match next {
        Some(line) => {
            let text = format!("The next window begins {}.", dates::moment(line.window.from, now, zone));
            Verdict {
                state: "scheduled",
                title,
                text,
            }
        }
        None => {
            let one = facts.people.iter().find(|one| one.id == person);
            let (state, text) = match one.map(|one| one.state) {
                Some(PersonState::Suspended) => ("refused", "They are suspended, so what they hold opens nothing."),
                Some(PersonState::Removed) => ("quiet", "They are removed."),
                Some(PersonState::Invited | PersonState::Active) | None => {
                    ("quiet", "Nothing they hold opens a door, now or later.")
                }
            };
            Verdict {
                state,
                title,
                text: text.into(),
            }
        }
    }
}

fn doors(facts: &Facts, names: &Names, person: PersonId, now: Instant, zone: &TimeZone) -> Vec<DoorRow> {
    let ahead = Window {
        from: now,
        until: Instant::MAX,
    };
    let lines = timeline::of_person(facts, person, ahead, now);
    let row = |line: &timeline::Line| {
        let (state, word) = states::vendor(&line.vendor, line.tense == Tense::Now);
        DoorRow {
            state,
            what: super::timeline::what(line, facts, names),
            cause: super::timeline::causes(line, names, now, zone),
            span: dates::window(line.window, now, zone),
            word,
        }
    };
    lines.iter().take(8).map(row).collect()
}

async fn companies(tx: &mut Tx, ctx: &Ctx, person: PersonId, zone: &TimeZone) -> Result<Vec<Line>, Problem> {
    let mut lines = Vec::new();
    for one in store::company::of_person(tx, ctx.network(), person).await? {
        let company = store::company::read(tx, ctx.network(), one.company).await?;
        let detail = match one.removed_at {
            Some(at) => format!("Removed {}", dates::moment(at, ctx.now, zone)),
            None => states::days(one.joined_on, one.left_on, ctx.now, zone),
        };
        lines.push(Line {
            href: format!("/admin/companies/{}", one.company),
            what: company.details.name,
            detail,
            ..Line::default()
        });
    }
    Ok(lines)
}

async fn subscriptions(tx: &mut Tx, ctx: &Ctx, facts: &Facts, places: &Places) -> Result<Vec<Line>, Problem> {
    let mut named = Named::of(ctx.network());
    let mut lines = Vec::new();
    for one in &facts.subscriptions {
        let (state, word) = Term::of(one, places.one(one.location), ctx.now).pill();
        let zone = places.zone(one.location);
        let whose = match one.of {
            access::facts::Subscriber::Person(_) => "Their own".to_owned(),
            access::facts::Subscriber::Company(id) => format!("Of {}", named.company(tx, id).await?),
        };
        let days = states::days(one.starts_on, one.ends_on, ctx.now, &zone);
        lines.push(Line {
            href: format!("/admin/subscriptions/{}", one.id),
            what: named.items(tx, &one.items).await?,
            detail: format!("{whose}, {days}"),
            state,
            word,
        });
    }
    Ok(lines)
}

async fn bookings(tx: &mut Tx, ctx: &Ctx, person: PersonId, places: &Places) -> Result<Vec<Line>, Problem> {
    let home = access::zone::Zone::named(places.home().map_or("UTC", |one| &one.details.zone));
    let today = home.map_or(ctx.now, |zone| zone.day_start(zone.date_at(ctx.now)));
    let filter = store::booking::Filter {
        person: Some(person),
        within: Window::new(today, Instant::MAX),
        ..store::booking::Filter::default()
    };
    let listed = store::booking::list(tx, ctx.network(), &filter, &Part { limit: 12, after: None }).await?;
    let mut lines = Vec::new();
    for one in listed.rows {
        let resource = store::resource::read(tx, ctx.network(), one.details.resource).await?;
        let zone = places.zone(resource.details.location);
        let (state, word) = states::booking(one.details.state, one.details.window, ctx.now);
        let elsewhere = match places.other_zone_words(resource.details.location) {
            words if words.is_empty() => words,
            words => format!(" {words}"),
        };
        let part = if one.details.booker == person { "" } else { ", invited" };
        lines.push(Line {
            href: format!("/admin/bookings/{}", one.id),
            what: resource.details.name,
            detail: format!("{}{elsewhere}{part}", dates::window(one.details.window, ctx.now, &zone)),
            state,
            word,
        });
    }
    Ok(lines)
}

fn holders(ctx: &Ctx, facts: &Facts, places: &Places) -> Vec<Line> {
    let line = |holder: &access::facts::Holder| {
        let integration = facts.integrations.iter().find(|one| one.id == holder.integration)?;
        if integration.state == IntegrationState::Disconnected {
            return None;
        }
        let (state, detail) = match (&holder.refused, holder.disabled, holder.unconfirmed) {
            (Some(what), ..) => ("refused", format!("Refuses a change: {what}")),
            (None, true, _) => ("refused", "Switched off there".to_owned()),
            (None, false, true) => ("attention", "Has not confirmed the e-mail address there".to_owned()),
            (None, false, false) => {
                let held = words::count(holder.held.len(), "grant", "grants");
                ("open", format!("Known there, holds {held}"))
            }
        };
        Some(Line {
            what: at_vendor(ctx, integration, places),
            detail,
            state,
            ..Line::default()
        })
    };
    facts.holders.iter().filter_map(line).collect()
}

/// The cards written down here, each with where a vendor shows it; then those that only a vendor knows.
async fn cards(
    tx: &mut Tx,
    ctx: &Ctx,
    person: &Person,
    facts: &Facts,
    places: &Places,
) -> Result<Vec<CardRow>, Problem> {
    let mut there: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for holder in store::holder::of_person(tx, ctx.network(), person.id).await? {
        let integration = facts.integrations.iter().find(|one| one.id == holder.integration);
        if let (Some(number), Some(integration)) = (holder.details.card, integration) {
            there
                .entry(number)
                .or_default()
                .push(at_vendor(ctx, integration, places));
        }
    }
    let mut cards = Vec::new();
    for number in &person.details.cards {
        cards.push(CardRow {
            number: number.clone(),
            place: words::list_and(there.remove(number).unwrap_or_default()),
            write_href: String::new(),
        });
    }
    let edit = format!("/admin/people/{}/edit", person.id);
    cards.extend(there.into_iter().map(|(number, at)| CardRow {
        place: words::list_and(at),
        write_href: address(&edit, &[("card", &number)]),
        number,
    }));
    Ok(cards)
}

/// The vendor and the location, as in "Kiosk Locks · Pier 3".
fn at_vendor(ctx: &Ctx, integration: &Integration, places: &Places) -> String {
    let vendor = ctx
        .outside()
        .vendor(&integration.vendor)
        .map_or("The vendor", |vendor| vendor.name);
    format!("{vendor} · {}", places.name(integration.location))
}

fn steps(ctx: &Ctx, facts: &Facts, names: &Names, id: PersonId, state: PersonState, name: &str) -> Vec<Step> {
    let now = ctx.now;
    let grants = grants::desired_of(facts, id, now);
    let running: Vec<_> = grants.iter().filter(|grant| grant.windows.contains(now)).collect();
    let open = decision::doors_open_to(facts, id, now);
    let lose = if grants.is_empty() {
        "They hold no access at the moment, so no door changes.".to_owned()
    } else if open.is_empty() {
        format!(
            "They lose {} that would open later.",
            words::count(grants.len(), "access group", "access groups")
        )
    } else {
        let doors = words::list_and(open.iter().map(|door| names.door(*door).to_owned()));
        let later = grants.len() - running.len();
        let more = if later == 0 {
            String::new()
        } else {
            format!(
                " They also lose {} that would open later.",
                words::count(later, "access group", "access groups")
            )
        };
        format!(
            "They lose {} at once: {doors}.{more}",
            words::count(open.len(), "door", "doors")
        )
    };
    let groups: Vec<_> = grants.iter().map(|grant| grant.group).collect();
    let lost: Vec<String> = [vec![lose], effects_in(facts, ctx, &groups)].concat();
    let signed_out = "They are signed out, and their bookings and subscriptions stay, but open nothing.".to_owned();
    let action = |step: &str| format!("/admin/people/{id}/{step}");
    let suspend = || Step {
        id: "suspend",
        label: "Suspend",
        title: format!("Suspend {name}?"),
        action: action("suspend"),
        yes: "Suspend",
        kind: "quiet-danger",
        says: [
            lost.clone(),
            vec![signed_out.clone(), "You can reinstate them at any time.".into()],
        ]
        .concat(),
    };
    let remove = || Step {
        id: "remove",
        label: "Remove",
        title: format!("Remove {name}?"),
        action: action("remove"),
        yes: "Remove",
        kind: "quiet-danger",
        says: [
            lost.clone(),
            vec![
                signed_out.clone(),
                "They disappear from lists; the history stays.".into(),
            ],
        ]
        .concat(),
    };
    let reinstate = || Step {
        id: "reinstate",
        label: "Reinstate",
        title: format!("Reinstate {name}?"),
        action: action("reinstate"),
        yes: "Reinstate",
        kind: "plain",
        says: vec!["What their subscriptions, company and bookings give works again at once.".into()],
    };
    match state {
        PersonState::Invited | PersonState::Active => vec![suspend(), remove()],
        PersonState::Suspended => vec![reinstate(), remove()],
        PersonState::Removed => vec![reinstate()],
    }
}
