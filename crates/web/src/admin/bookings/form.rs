//! What the booking forms share: the resource, the time as typed, refusals at their fields, the page.
//!
//! Not here: whether it may be booked so, which is [`crate::book`]'s answer.

use access::booking::{Refusal, When};
use access::id::{BookingId, PersonId, ResourceId};
use access::may::{Action, Object};
use askama::Template;
use jiff::civil::DateTime;
use store::resource::Resource;
use store::{Page as Part, Tx};

use crate::admin::parts::choice::Choice;
use crate::admin::parts::people::{self, Meant};
use crate::admin::parts::places::Places;
use crate::admin::parts::states;
use crate::book::{self, NotBooked, Place};
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::Page;
use crate::problem::{Kind, Problem};
use crate::words::dates;

/// A resource at a location where bookings are the actor's to see or change.
pub(super) async fn place(tx: &mut Tx, ctx: &Ctx, id: ResourceId, action: Action) -> Result<Place, Problem> {
    let place = Place::read(tx, ctx.network(), id).await?;
    ctx.allow(action, &Object::At(place.location.id))?;
    Ok(place)
}

/// The time of a form: a day, perhaps another last day, from and until.
pub(super) fn when(form: &mut Fields) -> Option<When> {
    let (on, until_on) = (form.date("on"), form.optional_date("until_on"));
    let (from, until) = (form.time("from"), form.time("until"));
    let on = on?;
    Some(When::Civil {
        from: DateTime::from_parts(on, from?),
        until: DateTime::from_parts(until_on.unwrap_or(on), until?),
    })
}

/// Notes a refusal where it can be mended; answers the colliding booking, to be shown above the form.
pub(super) async fn refuse(
    tx: &mut Tx,
    ctx: &Ctx,
    form: &mut Fields,
    thing: &Place,
    not: NotBooked,
    own: Option<BookingId>,
) -> Result<Option<Taken>, Problem> {
    let by = match not {
        NotBooked::Refused { why, said } => {
            form.refused(&said);
            let Refusal::Taken { by, .. } = why else {
                return Ok(None);
            };
            by
        }
        NotBooked::Problem(problem) if matches!(problem.kind, Kind::Conflict | Kind::Invalid) => {
            form.refused(&problem);
            return Ok(None);
        }
        NotBooked::Problem(problem) => return Err(problem),
    };
    let zone = thing.tz();
    let filter = store::booking::Filter {
        resource: Some(thing.resource.id),
        within: Some(by),
        ..store::booking::Filter::default()
    };
    let listed = store::booking::list(tx, ctx.network(), &filter, &Part { limit: 10, after: None }).await?;
    let other = listed
        .rows
        .iter()
        .find(|one| one.details.window == by && Some(one.id) != own);
    let mut who = String::new();
    if let Some(other) = other {
        who = format!(
            " by {}",
            store::person::read(tx, ctx.network(), other.details.booker)
                .await?
                .details
                .name
        );
    }
    Ok(Some(Taken {
        title: format!(
            "{} is taken {}",
            thing.resource.details.name,
            dates::window(by, ctx.now, &zone)
        ),
        text: format!("It is booked{who}. Choose another time or another resource; nothing was stored."),
        href: other.map_or_else(String::new, |other| format!("/admin/bookings/{}", other.id)),
    }))
}

/// The booking in the way.
pub(super) struct Taken {
    title: String,
    text: String,
    href: String,
}

/// People by their addresses, each line one; whoever is new is added as invited. Errors stand at the field.
pub(super) async fn invited(tx: &mut Tx, ctx: &Ctx, form: &mut Fields) -> Result<Vec<PersonId>, Problem> {
    let mut invitees = Vec::new();
    let typed = people::several(form.value("invitees"));
    if typed.len() > 100 {
        form.wrong("invitees", "At most 100 people at once.");
        return Ok(invitees);
    }
    for one in typed {
        match people::meant(tx, ctx, &one).await? {
            Meant::Known(person) => invitees.push(person.id),
            Meant::New(email) => invitees.push(book::by_email(ctx, tx, &email, "").await?),
            Meant::Unclear(why) => form.wrong("invitees", why),
        }
    }
    Ok(invitees)
}

#[derive(Template)]
#[template(path = "admin/bookings/form.html")]
pub(super) struct FormPage {
    page: Page,
    title: String,
    text: String,
    back_href: String,
    back_label: String,
    action: String,
    save: &'static str,
    aside: &'static str,
    taken: Option<Taken>,
    zone: String,
    who_text: &'static str,
    fixed_booker: String,
    resources: Vec<Group>,
    people: Vec<Choice>,
    form: Fields,
}

/// Resources of one location.
struct Group {
    label: String,
    options: Vec<Choice>,
}

/// The form: a new booking, or one that exists (its id and who booked it).
pub(super) async fn page(
    tx: &mut Tx,
    ctx: &Ctx,
    own: Option<(BookingId, String)>,
    form: Fields,
    taken: Option<Taken>,
) -> Result<FormPage, Problem> {
    let places = Places::read(tx, ctx).await?;
    let filter = store::resource::Filter {
        archived_too: false,
        ..store::resource::Filter::default()
    };
    let all = store::resource::list(tx, ctx.network(), &filter, &Part::longest())
        .await?
        .rows;
    let chosen = form.value("resource").to_owned();
    let mut resources = Vec::new();
    for place in places.with_first(places.chosen()) {
        let here = all.iter().filter(|one| one.details.location == place.id);
        let option = |one: &Resource| {
            let kind = states::resource(one.details.kind).1;
            Choice::new(one.id, format!("{} ({kind})", one.details.name)).selected(one.id.to_string() == chosen)
        };
        let zone = places.zone_words(place.id);
        resources.push(Group {
            label: if zone.is_empty() {
                place.details.name.clone()
            } else {
                format!("{} ({zone})", place.details.name)
            },
            options: here.map(option).collect(),
        });
    }
    let title = if own.is_some() {
        "Move or change the booking"
    } else {
        "Book"
    };
    let back_href = own.as_ref().map_or_else(
        || "/admin/bookings".to_owned(),
        |(id, _)| format!("/admin/bookings/{id}"),
    );
    Ok(FormPage {
        page: ctx.page(title, "bookings").await?,
        title: title.to_owned(),
        text: String::new(),
        back_label: if own.is_some() {
            "Booking".into()
        } else {
            "Bookings".into()
        },
        action: own.as_ref().map_or_else(
            || "/admin/bookings".to_owned(),
            |(id, _)| format!("/admin/bookings/{id}/edit"),
        ),
        save: if own.is_some() { "Save" } else { "Book it" },
        aside: "Doors open for who books and who is invited from some minutes before the start until some minutes after the \
                end, as the resource or its location says. Who books and who is invited get a mail: when, where, and how to come in.",
        taken,
        zone: if places.home().is_none_or(|home| places.zone_words(home.id).is_empty()) {
            String::new()
        } else {
            "On the clocks of the place where it stands".to_owned()
        },
        who_text: "",
        fixed_booker: own.map_or_else(String::new, |(_, name)| name),
        resources,
        people: people::suggestions(tx, ctx).await?,
        back_href,
        form,
    })
}
