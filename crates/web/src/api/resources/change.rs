//! `PATCH /api/v1/resources/{resource}`

use access::id::{AccessGroupId, ResourceId};
use access::may::{Action, Object};
use axum::Json;
use axum::http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{OpenToWord, ResourceShape, sound};
use crate::api::change::Set;
use crate::api::schedule::ScheduleShape;
use crate::api::shape::GraceShape;
use crate::body::{Body, Id};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// What changes; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChangeResource {
    /// As shown.
    #[schemars(length(min = 1, max = 120))]
    name: Option<String>,
    /// How many people.
    #[schemars(range(min = 1, max = 10_000))]
    capacity: Option<i64>,
    /// The access groups it opens: the whole list anew.
    #[schemars(with = "Option<Vec<crate::wire::GroupRef>>", length(max = 100))]
    groups: Option<Vec<AccessGroupId>>,
    /// Its own minutes around bookings; null means the location's.
    #[serde(default)]
    grace: Set<GraceShape>,
    /// Minutes that stay free between two bookings.
    #[schemars(range(min = 0, max = 1440))]
    buffer_minutes: Option<i64>,
    /// The shortest booking of members.
    #[schemars(range(min = 1, max = 44_640))]
    min_minutes: Option<i64>,
    /// The longest booking of members; 0 is as long as any.
    #[schemars(range(min = 0, max = 44_640))]
    max_minutes: Option<i64>,
    /// Members' bookings start and end on multiples of this.
    #[schemars(range(min = 1, max = 1440))]
    step_minutes: Option<i64>,
    /// When members may book. Null, or a week without hours, is as at its location, whose closed days always count.
    #[serde(default)]
    opening_hours: Set<ScheduleShape>,
    /// Who may book it.
    book_by: Option<OpenToWord>,
    /// Who sees it.
    see_by: Option<OpenToWord>,
    /// Members' bookings wait for approval.
    approval: Option<bool>,
    /// What a booker reads in the confirmation e-mail.
    #[schemars(length(max = 4000))]
    confirmation: Option<String>,
    /// No longer offered.
    archived: Option<bool>,
}

/// The route.
pub fn route() -> Route {
    let what = "Change a resource, and what it opens";
    Route::api(
        Method::PATCH,
        "/api/v1/resources/{resource}",
        Action::ResourcesWrite,
        "resources",
        what,
    )
    .takes::<ChangeResource>()
    .answers::<ResourceShape>()
    .to(change)
}

async fn change(
    ctx: Ctx,
    Id(id): Id<ResourceId>,
    Body(change): Body<ChangeResource>,
) -> Result<Json<ResourceShape>, Problem> {
    let mut tx = ctx.store().write().await?;
    let mut details = store::resource::read(&mut tx, ctx.network(), id).await?.details;
    ctx.allow(Action::ResourcesWrite, &Object::At(details.location))?;
    if let Some(groups) = &change.groups {
        scope::groups(
            &ctx,
            &mut tx,
            Action::ResourcesWrite,
            ("groups", groups),
            &details.groups,
        )
        .await?;
    }
    details.name = change.name.unwrap_or(details.name);
    details.capacity = change.capacity.unwrap_or(details.capacity);
    details.groups = change.groups.unwrap_or(details.groups);
    if let Set::To(grace) = change.grace {
        details.grace = grace.map(Into::into);
    }
    details.buffer_minutes = change.buffer_minutes.unwrap_or(details.buffer_minutes);
    details.min_minutes = change.min_minutes.unwrap_or(details.min_minutes);
    details.max_minutes = change.max_minutes.unwrap_or(details.max_minutes);
    details.step_minutes = change.step_minutes.unwrap_or(details.step_minutes);
    if let Set::To(hours) = change.opening_hours {
        let hours = hours.map(|hours| hours.checked("opening_hours")).transpose()?;
        details.opening_hours = hours.map(|hours| serde_json::json!(hours));
    }
    details.book_by = change.book_by.map_or(details.book_by, Into::into);
    details.see_by = change.see_by.map_or(details.see_by, Into::into);
    details.approval = change.approval.unwrap_or(details.approval);
    details.confirmation = change.confirmation.unwrap_or(details.confirmation);
    details.archived = change.archived.unwrap_or(details.archived);
    sound(&details)?;
    store::resource::change(&mut tx, &ctx.act(), id, &details).await?;
    let resource = store::resource::read(&mut tx, ctx.network(), id).await?;
    tx.commit().await?;
    Ok(Json(resource.into()))
}
