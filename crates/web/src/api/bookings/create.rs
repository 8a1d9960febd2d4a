//! `POST /api/v1/bookings`: for anybody; two racing for one window get one booking and one clear refusal.

use access::id::*;
use access::may::{Action, Object};
use axum::http::Method;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{BookingShape, when};
use crate::body::{Body, created};
use crate::book::{self, For, Wanted};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// A booking to be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewBooking {
    /// What.
    #[schemars(with = "crate::wire::ResourceRef")]
    resource: ResourceId,
    /// For whom: a person's id. Either this or `booker_email`.
    #[schemars(with = "Option<crate::wire::PersonRef>")]
    booker: Option<PersonId>,
    /// For whom: an address; somebody new is added as invited.
    #[schemars(with = "Option<crate::wire::Email>")]
    booker_email: Option<String>,
    /// Who comes along: people's ids.
    #[serde(default)]
    #[schemars(with = "Vec<crate::wire::PersonRef>", length(max = 200))]
    invitees: Vec<PersonId>,
    /// Who comes along: addresses; somebody new is added as invited.
    #[serde(default)]
    #[schemars(with = "Vec<crate::wire::Email>", length(max = 200))]
    invitee_emails: Vec<String>,
    /// Start: an instant, or the local time of the place.
    #[schemars(length(min = 1, max = 40))]
    from: String,
    /// End: an instant, or the local time of the place.
    #[schemars(length(min = 1, max = 40))]
    until: String,
    /// In the booker's words.
    #[serde(default)]
    #[schemars(length(max = 200))]
    title: String,
}

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::POST,
        "/api/v1/bookings",
        Action::BookingsWrite,
        "bookings",
        "Book for somebody",
    )
    .takes::<NewBooking>()
    .creates::<BookingShape>()
    .to(create)
}

async fn create(ctx: Ctx, Body(new): Body<NewBooking>) -> Result<Response, Problem> {
    let when = when(&new.from, &new.until)?;
    let mut tx = ctx.store().write().await?;
    let resource = store::resource::read(&mut tx, ctx.network(), new.resource)
        .await
        .map_err(Problem::at("resource"))?;
    ctx.allow(Action::BookingsWrite, &Object::At(resource.details.location))?;
    let booker = match (new.booker, &new.booker_email) {
        (Some(person), None) => person,
        (None, Some(email)) => book::by_email(&ctx, &mut tx, email, "").await?,
        _ => return Err(Problem::field("booker", "Name either booker or booker_email.")),
    };
    let mut invitees = new.invitees;
    for (at, person) in invitees.iter().enumerate() {
        store::person::read(&mut tx, ctx.network(), *person)
            .await
            .map_err(Problem::at(format!("invitees.{at}")))?;
    }
    for email in &new.invitee_emails {
        invitees.push(book::by_email(&ctx, &mut tx, email, "").await?);
    }
    let wanted = Wanted {
        resource: new.resource,
        booker,
        invitees,
        when,
        title: new.title,
    };
    let booking = book::make(&ctx, &mut tx, For::Anybody, &wanted).await?.booking;
    let href = format!("/api/v1/bookings/{}", booking.id);
    ctx.commit(tx, created(&href, BookingShape::from(booking))).await
}
