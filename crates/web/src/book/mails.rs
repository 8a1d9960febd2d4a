//! Mails about a booking into the outbox, in the transaction that changes the booking (P-6, P-12).
//!
//! In: the booking before and after. Out: who was written to. Always: one mail a person and change; nobody suspended or removed is
//! written to; each mail carries the booking as a calendar entry of one UID, which later mails move and remove.

use access::Window;
use access::causes::is_let_in;
use access::id::*;
use store::Tx;
use store::booking::{Booking, Details};
use store::mail::NewMail;
use store::person::Person;

use super::Place;
use super::entry::{self, Entry, Method, Party};
use super::notice::{Notice, notices};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::words::booking_mail::{self, About};

/// Who was written to, for the page that says so.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Told(Vec<(PersonId, String)>);

impl Told {
    /// "Ada gets a mail."; the reader is "You". Nothing when nobody does.
    pub fn said(&self, reader: Option<PersonId>) -> String {
        let name = |(person, name): &(PersonId, String)| {
            if Some(*person) == reader {
                "You".to_owned()
            } else {
                name.clone()
            }
        };
        booking_mail::told(&self.0.iter().map(name).collect::<Vec<_>>())
    }
}

/// Writes to everybody whom the change concerns.
pub(super) async fn tell(
    ctx: &Ctx,
    tx: &mut Tx,
    place: &Place,
    before: Option<&Details>,
    after: &Booking,
) -> Result<Told, Problem> {
    let by = ctx.known().and_then(|known| known.person);
    let notices = notices(before, &after.details, by, ctx.now);
    if notices.is_empty() {
        return Ok(Told::default());
    }
    let scene = Scene::read(ctx, tx, place, before, after).await?;
    let mut told = Vec::new();
    for (person, notice) in notices {
        let to = store::person::read(tx, ctx.network(), person).await?;
        if is_let_in(to.details.state) {
            let mail = scene.mail(notice, &to);
            store::mail::queue(tx, ctx.network(), ctx.now, &mail).await?;
            told.push((person, to.details.name));
        }
    }
    Ok(Told(told))
}

/// What all mails of one change have in common.
struct Scene<'a> {
    ctx: &'a Ctx,
    place: &'a Place,
    booking: &'a Booking,
    network: String,
    booker: Person,
    /// Booker and invitees by name.
    people: Vec<(PersonId, String)>,
    before: String,
    sequence: i64,
}

impl<'a> Scene<'a> {
    async fn read(
        ctx: &'a Ctx,
        tx: &mut Tx,
        place: &'a Place,
        before: Option<&Details>,
        booking: &'a Booking,
    ) -> Result<Self, Problem> {
        let network = ctx.network();
        let details = &booking.details;
        let booker = store::person::read(tx, network, details.booker).await?;
        let mut people = vec![(booker.id, booker.details.name.clone())];
        for person in &details.invitees {
            let known = store::person::read(tx, network, *person).await?;
            people.push((known.id, known.details.name));
        }
        Ok(Self {
            network: store::network::read(tx, network).await?.details.name,
            before: match before {
                Some(was) => as_it_was(ctx, tx, was).await?,
                None => String::new(),
            },
            sequence: store::booking::versions(tx, network, booking.id).await?,
            ctx,
            place,
            booking,
            booker,
            people,
        })
    }

    fn mail(&self, notice: Notice, to: &Person) -> NewMail {
        let about = self.about(to);
        let (subject, text) = booking_mail::letter(notice, &about);
        NewMail {
            to: to.details.email.clone(),
            subject,
            calendar: Some(self.entry(notice, to, &about)),
            text,
            html: None,
        }
    }

    fn about(&self, to: &'a Person) -> About<'_> {
        let (details, resource) = (&self.booking.details, &self.place.resource.details);
        let location = &self.place.location.details;
        let tz = self.place.tz();
        let grace = self.place.grace();
        let opens = Window {
            from: details.window.from.plus_minutes(-grace.before_minutes),
            until: details.window.until.plus_minutes(grace.after_minutes),
        };
        let others = self.people.iter().filter(|(person, _)| *person != to.id);
        About {
            network: &self.network,
            to: &to.details.name,
            booker: &self.booker.details.name,
            with: others.map(|(_, name)| name.clone()).collect(),
            thing: &resource.name,
            title: &details.title,
            when: booking_mail::when(details.window, &location.zone),
            when_briefly: booking_mail::when_briefly(details.window, &tz),
            place: whereabouts(&location.name, &location.address),
            before: self.before.clone(),
            confirmation: &resource.confirmation,
            doors: if resource.groups.is_empty() {
                String::new()
            } else {
                booking_mail::doors(opens, &tz)
            },
            access_url: self.ctx.mailed_url("/access"),
            booking_url: self.ctx.mailed_url(&format!("/bookings/{}", self.booking.id)),
        }
    }

    fn entry(&self, notice: Notice, to: &Person, about: &About<'_>) -> String {
        let invited = to.id != self.booker.id;
        let method = match notice {
            Notice::Cancelled | Notice::Declined | Notice::Uninvited | Notice::OnHold => Method::Cancel,
            Notice::Waits | Notice::Booked | Notice::Invited | Notice::Moved if invited => Method::Request,
            Notice::Waits | Notice::Booked | Notice::Invited | Notice::Moved => Method::Publish,
        };
        let summary = if about.title.is_empty() {
            about.thing.to_owned()
        } else {
            format!("{} – {}", about.thing, about.title)
        };
        entry::text(&Entry {
            method,
            uid: &format!("{}@vestibule", self.booking.id),
            sequence: self.sequence,
            now: self.ctx.now,
            window: self.booking.details.window,
            tentative: notice == Notice::Waits,
            summary: &summary,
            location: &about.place,
            description: about.confirmation,
            url: about.booking_url.as_deref(),
            organizer: party(&self.booker),
            attendee: invited.then(|| party(to)),
        })
    }
}

fn party(of: &Person) -> Party<'_> {
    Party {
        name: &of.details.name,
        email: &of.details.email,
    }
}

/// "Room Beacon, Tuesday 10 March 2026, 12:00–13:00 (Berlin time)".
async fn as_it_was(ctx: &Ctx, tx: &mut Tx, was: &Details) -> Result<String, Problem> {
    let place = Place::read(tx, ctx.network(), was.resource).await?;
    let when = booking_mail::when(was.window, &place.location.details.zone);
    Ok(format!("{}, {when}", place.resource.details.name))
}

fn whereabouts(name: &str, address: &str) -> String {
    if address.is_empty() {
        name.to_owned()
    } else {
        format!("{name}, {}", address.replace(['\r', '\n'], " "))
    }
}
