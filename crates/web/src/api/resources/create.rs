//! `POST /api/v1/resources`

use access::id::{AccessGroupId, LocationId};
use access::may::{Action, Object};
use axum::http::Method;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;
use store::resource::{Details, OpenTo};

use super::{OpenToWord, ResourceShape, sound};
use crate::api::schedule::ScheduleShape;
use crate::api::shape::{GraceShape, ResourceKindWord};
use crate::body::{Body, created};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// A resource to be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewResource {
    /// Where it stands.
    #[schemars(with = "crate::wire::LocationRef")]
    location: LocationId,
    /// As shown.
    #[schemars(length(min = 1, max = 120))]
    name: String,
    /// What it is.
    kind: ResourceKindWord,
    /// How many people; 1 when left out.
    #[schemars(range(min = 1, max = 10_000))]
    capacity: Option<i64>,
    /// The access groups it opens.
    #[serde(default)]
    #[schemars(with = "Vec<crate::wire::GroupRef>", length(max = 100))]
    groups: Vec<AccessGroupId>,
    /// Its own minutes around bookings; the location's when left out.
    grace: Option<GraceShape>,
    /// Minutes that stay free between two bookings; 0 when left out.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1440))]
    buffer_minutes: i64,
    /// The shortest booking of members; 15 when left out.
    #[schemars(range(min = 1, max = 44_640))]
    min_minutes: Option<i64>,
    /// The longest booking of members; 0 is as long as any.
    #[serde(default)]
    #[schemars(range(min = 0, max = 44_640))]
    max_minutes: i64,
    /// Members' bookings start and end on multiples of this; 15 when left out.
    #[schemars(range(min = 1, max = 1440))]
    step_minutes: Option<i64>,
    /// When members may book. Left out, or a week without hours, is as at its location, whose closed days always count.
    opening_hours: Option<ScheduleShape>,
    /// Who may book it; members when left out.
    book_by: Option<OpenToWord>,
    /// Who sees it; members when left out.
    see_by: Option<OpenToWord>,
    /// Members' bookings wait for approval.
    #[serde(default)]
    approval: bool,
    /// What a booker reads in the confirmation e-mail.
    #[serde(default)]
    #[schemars(length(max = 4000))]
    confirmation: String,
}

/// The route.
pub fn route() -> Route {
    Route::api(
        Method::POST,
        "/api/v1/resources",
        Action::ResourcesWrite,
        "resources",
        "Add a resource",
    )
    .takes::<NewResource>()
    .creates::<ResourceShape>()
    .to(create)
}

async fn create(ctx: Ctx, Body(new): Body<NewResource>) -> Result<Response, Problem> {
    ctx.allow(Action::ResourcesWrite, &Object::At(new.location))?;
    let hours = new
        .opening_hours
        .map(|hours| hours.checked("opening_hours"))
        .transpose()?;
    let details = Details {
        location: new.location,
        name: new.name,
        kind: new.kind.into(),
        capacity: new.capacity.unwrap_or(1),
        groups: new.groups,
        grace: new.grace.map(Into::into),
        buffer_minutes: new.buffer_minutes,
        min_minutes: new.min_minutes.unwrap_or(15),
        max_minutes: new.max_minutes,
        step_minutes: new.step_minutes.unwrap_or(15),
        opening_hours: hours.map(|hours| serde_json::json!(hours)),
        book_by: new.book_by.map_or(OpenTo::Members, Into::into),
        see_by: new.see_by.map_or(OpenTo::Members, Into::into),
        approval: new.approval,
        confirmation: new.confirmation,
        archived: false,
    };
    sound(&details)?;
    let mut tx = ctx.store().write().await?;
    scope::groups(&ctx, &mut tx, Action::ResourcesWrite, ("groups", &details.groups), &[]).await?;
    let id = store::resource::create(&mut tx, &ctx.act(), &details)
        .await
        .map_err(Problem::at("location"))?;
    let resource = store::resource::read(&mut tx, ctx.network(), id).await?;
    ctx.commit(
        tx,
        created(&format!("/api/v1/resources/{id}"), ResourceShape::from(resource)),
    )
    .await
}
