//! What the booking forms share: a resource with its rules, the time as typed, the answer of the booking rules, the page.
//!
//! Always: whether a window is free, and what it becomes in instants, is `access::booking`'s answer over fresh rows.

use access::booking::{self, Accepted, BookBy, By, Refusal, Rules, When};
use access::id::{BookingId, PersonId, ResourceId};
use access::may::{Action, Object};
use access::zone::Zone;
use askama::Template;
use jiff::civil::DateTime;
use store::location::Location;
use store::record::Act;
use store::resource::{OpenTo, Resource};
use store::{Page as Part, Tx};

use crate::admin::parts::choice::Choice;
use crate::admin::parts::people::{self, Meant};
use crate::admin::parts::places::Places;
use crate::admin::parts::{hours, states};
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::Page;
use crate::problem::Problem;
use crate::words::booking as say;
use crate::words::dates;

/// A resource with everything that booking it needs.
pub(super) struct Thing {
    pub(super) resource: Resource,
    pub(super) location: Location,
    pub(super) zone: Zone,
    rules: Rules,
}

impl Thing {
    /// Reads one at a location where bookings are the actor's to change.
    pub(super) async fn read(tx: &mut Tx, ctx: &Ctx, id: ResourceId, action: Action) -> Result<Self, Problem> {
        let resource = store::resource::read(tx, ctx.network(), id).await?;
        let location = store::location::read(tx, ctx.network(), resource.details.location).await?;
        ctx.allow(action, &Object::At(location.id))?;
        let zone = Zone::named(&location.details.zone).map_err(|error| Problem::internal("reading a zone", error))?;
        let details = &resource.details;
        let own = details.opening_hours.as_ref().or(Some(&location.details.opening_hours));
        let rules = Rules {
            location: location.id,
            archived: details.archived,
            book_by: match details.book_by {
                OpenTo::Public => BookBy::Public,
                OpenTo::NetworkMembers => BookBy::NetworkMembers,
                OpenTo::Members => BookBy::Members,
                OpenTo::Nobody => BookBy::Staff,
            },
            min_minutes: details.min_minutes,
            max_minutes: (details.max_minutes > 0).then_some(details.max_minutes),
            step_minutes: details.step_minutes,
            buffer_minutes: details.buffer_minutes,
            hours: Some(hours::stored(own)),
            approval: details.approval,
        };
        Ok(Self {
            resource,
            location,
            zone,
            rules,
        })
    }

    /// May it be booked so? `own` is the booking that is being changed, if one is.
    pub(super) async fn accept(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        when: When,
        own: Option<BookingId>,
    ) -> Result<Result<Accepted, Refusal>, Problem> {
        let window = match booking::window(&self.zone, when) {
            Ok(window) => window,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let buffer = self.rules.buffer_minutes;
        let existing = store::booking::clashes(tx, ctx.network(), self.resource.id, window, buffer, own).await?;
        Ok(booking::accept(
            &self.rules,
            &self.zone,
            &By::Staff,
            when,
            &existing,
            ctx.now,
        ))
    }

    /// The zone for words.
    pub(super) fn tz(&self) -> jiff::tz::TimeZone {
        dates::zone(&self.location.details.zone)
    }
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

/// Notes a refusal where it can be mended, and the colliding booking above the form.
pub(super) async fn refuse(
    tx: &mut Tx,
    ctx: &Ctx,
    form: &mut Fields,
    thing: &Thing,
    refusal: &Refusal,
    own: Option<BookingId>,
) -> Result<Option<Taken>, Problem> {
    let zone = thing.tz();
    let (field, sentence) = say::refusal(refusal, ctx.now, &zone);
    form.wrong(field, sentence);
    let Refusal::Taken { by, .. } = refusal else {
        return Ok(None);
    };
    let filter = store::booking::Filter {
        resource: Some(thing.resource.id),
        within: Some(*by),
        ..store::booking::Filter::default()
    };
    let listed = store::booking::list(tx, ctx.network(), &filter, &Part { limit: 10, after: None }).await?;
    let other = listed
        .rows
        .iter()
        .find(|one| one.details.window == *by && Some(one.id) != own);
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
            dates::window(*by, ctx.now, &zone)
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

/// People by their addresses, each line one; whoever is new becomes a nonmember. Errors stand at the field.
pub(super) async fn invited(
    tx: &mut Tx,
    ctx: &Ctx,
    act: &Act,
    form: &mut Fields,
    location: access::id::LocationId,
) -> Result<Vec<PersonId>, Problem> {
    let mut invitees = Vec::new();
    let typed = people::several(form.value("invitees"));
    if typed.len() > 100 {
        form.wrong("invitees", "At most 100 people at once.");
        return Ok(invitees);
    }
    for one in typed {
        match people::meant(tx, ctx, &one).await? {
            Meant::Known(person) => invitees.push(person.id),
            Meant::New(email) => invitees.push(people::add_nonmember(tx, act, location, &email, None).await?),
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
                end, as the resource or its location says.",
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
