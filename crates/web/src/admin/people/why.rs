//! GET /admin/people/{person}/why: may they open this door at this moment, because … (P-40).
//!
//! In: a door, a day and a time in the door's zone, and whether the past shall be asked as it was known then.
//! Out: the chain of P-27 with the first broken link and where to mend it. The decision is `access::decision`'s.

use access::decision::{self, Decision, Reason};
use access::facts::Facts;
use access::id::{DoorId, PersonId};
use access::may::Action;
use access::zone::Zone;
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use store::facts::As;
use store::{Page as Part, Tx};

use super::Head;
use crate::admin::parts::choice::{Choice, as_typed};
use crate::admin::parts::people;
use crate::admin::parts::places::Places;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::{dates, reasons};

/// The question and its answer.
pub(crate) fn route() -> Route {
    Route::page("/admin/people/{person}/why", Action::PeopleRead).to(show)
}

#[derive(Template)]
#[template(path = "admin/people/why.html")]
struct WhyPage {
    page: Page,
    head: Head,
    form: Fields,
    doors: Vec<Choice>,
    zone: String,
    answer: Option<Answer>,
}

struct Answer {
    question: String,
    when: String,
    state: &'static str,
    title: String,
    text: String,
    chain: Vec<Link>,
}

struct Link {
    state: &'static str,
    sentence: String,
    detail: String,
    cure_href: String,
    cure_label: &'static str,
}

async fn show(
    ctx: Ctx,
    Path(id): Path<PersonId>,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let network = ctx.network();
    let mut tx = ctx.store().read().await?;
    ctx.allow(Action::PeopleRead, &people::object(&mut tx, &ctx, id).await?)?;
    let person = store::person::read(&mut tx, network, id).await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let (doors, where_is) = doors(&mut tx, &ctx, &places).await?;

    let mut form = Fields::of(asked);
    let door: Option<DoorId> = form.optional_choice("door");
    let location = door
        .and_then(|door| where_is.iter().find(|(one, ..)| *one == door))
        .map(|(_, at, _)| *at);
    let location = location.and_then(|at| places.one(at)).or(places.home());
    let zone_name = location.map_or("UTC", |one| one.details.zone.as_str());
    let local = dates::local(ctx.now, &dates::zone(zone_name));
    if form.value("on").is_empty() {
        form.set("on", local.date().to_string());
    }
    if form.value("at").is_empty() {
        form.set("at", local.strftime("%H:%M").to_string());
    }
    let (on, at) = (form.date("on"), form.time("at"));
    let known_then = form.checked("known_then");
    let mut answer = None;
    if let (Some(door), Some(on), Some(time)) = (door, on, at) {
        if !where_is.iter().any(|(one, ..)| *one == door) {
            return Err(Problem::not_found());
        }
        let zone = Zone::named(zone_name).map_err(|error| Problem::internal("reading a location's zone", error))?;
        let typed = zone.start(on.to_datetime(time));
        // The running minute is asked as now, so that "now" is not up to a minute ago.
        let at = if (typed.ms()..typed.ms() + 60_000).contains(&ctx.now.ms()) {
            ctx.now
        } else {
            typed
        };
        let known = if known_then && at < ctx.now {
            As::Of(at)
        } else {
            As::Known { now: ctx.now }
        };
        let facts = store::facts::load_for(&mut tx, network, id, door, known).await?;
        let decision = decision::decide(&facts, id, door, at);
        let names = super::show::names(&mut tx, &ctx, &facts).await?;
        let tz = dates::zone(zone_name);
        let door_name = where_is
            .iter()
            .find(|(one, ..)| *one == door)
            .map_or("", |(_, _, name)| name.as_str());
        let when = match known {
            As::Of(_) => format!("{}, as it was known then", dates::moment(at, ctx.now, &tz)),
            As::Known { .. } => dates::moment(at, ctx.now, &tz),
        };
        let (state, title, text) = verdict(&decision, &ctx, &tz);
        answer = Some(Answer {
            question: format!("May {} open {door_name}?", person.details.name),
            when,
            state,
            title,
            text,
            chain: chain(&decision, |reason| {
                let sentence = reasons::for_operator(reason, &names, ctx.now, &tz);
                (sentence, cure(reason, &decision, &facts))
            }),
        });
    }
    drop(tx);
    render(&WhyPage {
        doors: as_typed(doors, &form, "door"),
        zone: location.map_or_else(String::new, |one| places.zone_words(one.id)),
        form,
        answer,
        head: Head::of(&ctx, &person, "why"),
        page: ctx.page(&person.details.name, "people").await?,
    })
}

type Where = (DoorId, access::id::LocationId, String);

/// Every door, as an option, with its location.
async fn doors(tx: &mut Tx, ctx: &Ctx, places: &Places) -> Result<(Vec<Choice>, Vec<Where>), Problem> {
    let (mut options, mut where_is) = (Vec::new(), Vec::new());
    for integration in store::integration::list(tx, ctx.network(), None, &Part::longest())
        .await?
        .rows
    {
        let location = integration.details.location;
        if places.one(location).is_none() {
            continue;
        }
        for door in store::group::doors(tx, ctx.network(), integration.id).await? {
            let gone = if door.gone { " (gone)" } else { "" };
            options.push(Choice::new(
                door.id,
                format!("{} · {}{gone}", door.name, places.name(location)),
            ));
            where_is.push((door.id, location, door.name));
        }
    }
    Ok((options, where_is))
}

fn verdict(decision: &Decision, ctx: &Ctx, zone: &jiff::tz::TimeZone) -> (&'static str, String, String) {
    let moment = |at| dates::moment(at, ctx.now, zone);
    let broken = reasons::first_broken(decision);
    match (decision.open, broken) {
        (true, None) => {
            let until = decision.window.map_or_else(String::new, |window| match window.until {
                access::Instant::MAX => "With no end.".to_owned(),
                until => format!("Until {}.", moment(until)),
            });
            ("open", "Yes".into(), until)
        }
        (true, Some(_)) => (
            "attention",
            "Yes by what they hold, but the door may still refuse".into(),
            "The first link that is not ticked says why.".into(),
        ),
        (false, _) => {
            let next = decision.next.map_or_else(
                || "Nothing gives it later either.".to_owned(),
                |next| format!("It opens {}.", moment(next.from)),
            );
            ("refused", "No".into(), next)
        }
    }
}

/// Sound links are ticked, the first broken one stands out, what follows is beside the point.
fn chain<'d>(
    decision: &'d Decision,
    say: impl Fn(&'d Reason) -> (String, Option<(String, &'static str)>),
) -> Vec<Link> {
    let mut broken = false;
    let links = decision.chain.iter().map(|reason| {
        let state = match (reasons::is_sound(reason), broken, decision.open) {
            (true, ..) => "open",
            (false, false, true) => "attention",
            (false, false, false) => "refused",
            (false, true, _) => "quiet",
        };
        broken |= !reasons::is_sound(reason);
        let (sentence, cure) = say(reason);
        let (cure_href, cure_label) = cure.filter(|_| state != "open").unwrap_or_default();
        Link {
            state,
            sentence,
            detail: String::new(),
            cure_href,
            cure_label,
        }
    });
    links.collect()
}

/// Where to mend a broken link.
fn cure(reason: &Reason, decision: &Decision, facts: &Facts) -> Option<(String, &'static str)> {
    let person = decision.person;
    let integration = facts
        .doors
        .iter()
        .find(|door| door.id == decision.door)
        .map(|door| door.integration);
    let at_integration = |label| integration.map(|id| (format!("/admin/integrations/{id}"), label));
    match reason {
        Reason::Inside { .. } | Reason::Sent { .. } | Reason::NobodyKnown | Reason::NotYetSent => None,
        Reason::PersonState { .. } => Some((format!("/admin/people/{person}"), "Reinstate them")),
        Reason::NothingAssigned => Some((
            format!("/admin/subscriptions/new?person={person}"),
            "Give them a subscription",
        )),
        Reason::DoorInNoGroup | Reason::DoorGone | Reason::VendorRestriction { .. } => {
            at_integration("Look at the integration")
        }
        Reason::OtherSite => at_integration("Choose another site"),
        Reason::NotConnected { integration } | Reason::SignInNeeded { integration } => {
            Some((format!("/admin/integrations/{integration}"), "Connect again"))
        }
        Reason::PageNotVisible { .. } => at_integration("Change who sees the page"),
        Reason::GroupGone { group, .. } => integration.map(|id| {
            (
                format!("/admin/integrations/{id}/groups/{group}/replace"),
                "Replace the group",
            )
        }),
        Reason::GroupWithoutLocks { .. } => at_integration("Look at the group"),
        Reason::StartsLater { source, .. }
        | Reason::Ended { source, .. }
        | Reason::Cancelled { source, .. }
        | Reason::BookingRequested { source }
        | Reason::NotChosen { source }
        | Reason::NoBookingThatDay { source } => Some(at_source(*source)),
        Reason::NotInCompany { company, .. } => Some((format!("/admin/companies/{company}"), "Look at the company")),
        Reason::UnknownZone { location } => Some((format!("/admin/settings/locations/{location}"), "Set the zone")),
        Reason::OtherEmail { other } => Some((format!("/admin/people/{other}"), "Look at the other person")),
        Reason::Unconfirmed | Reason::HolderDisabled | Reason::VendorRefused { .. } => {
            Some((format!("/admin/people/{person}"), "Look at their record"))
        }
    }
}

fn at_source(source: access::causes::Source) -> (String, &'static str) {
    use access::causes::Source;
    match source {
        Source::Item { subscription, .. } => (
            format!("/admin/subscriptions/{subscription}"),
            "Look at the subscription",
        ),
        Source::Booker { booking } | Source::Invitee { booking } => {
            (format!("/admin/bookings/{booking}"), "Look at the booking")
        }
    }
}
