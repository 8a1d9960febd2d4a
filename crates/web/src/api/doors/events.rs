//! `GET /api/v1/door-events`: what happened at doors, the newest first.

use access::Instant;
use access::id::*;
use access::may::Action;
use axum::http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::door_event::{DoorEvent, DoorEventKind};

use crate::body::{Asked, List, Part};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// What happened.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "DoorEventKind")]
enum KindWord {
    Opened,
    Refused,
    Unknown,
    Forced,
    HeldOpen,
}

/// Something that happened at a door.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DoorEvent")]
struct EventShape {
    /// Its id.
    #[schemars(with = "crate::wire::DoorEventRef")]
    id: DoorEventId,
    /// At which account.
    #[schemars(with = "crate::wire::IntegrationRef")]
    integration: IntegrationId,
    /// At which door, if we know it.
    #[schemars(with = "Option<crate::wire::DoorRef>")]
    door: Option<DoorId>,
    /// Who, if we know them.
    #[schemars(with = "Option<crate::wire::PersonRef>")]
    person: Option<PersonId>,
    /// What.
    kind: KindWord,
    /// In plain words.
    detail: String,
    /// When.
    #[schemars(with = "crate::wire::At")]
    at: Instant,
}

impl From<DoorEvent> for EventShape {
    fn from(event: DoorEvent) -> Self {
        let kind = match event.kind {
            DoorEventKind::Opened => KindWord::Opened,
            DoorEventKind::Refused => KindWord::Refused,
            DoorEventKind::Unknown => KindWord::Unknown,
            DoorEventKind::Forced => KindWord::Forced,
            DoorEventKind::HeldOpen => KindWord::HeldOpen,
        };
        let (id, integration, door, person) = (event.id, event.integration, event.door, event.person);
        Self {
            id,
            integration,
            door,
            person,
            kind,
            detail: event.detail,
            at: event.at,
        }
    }
}

#[derive(Deserialize)]
struct Which {
    door: Option<DoorId>,
    person: Option<PersonId>,
}

/// The route.
pub fn route() -> Route {
    let what = "List what happened at doors, the newest first";
    Route::api(
        Method::GET,
        "/api/v1/door-events",
        Action::IntegrationsRead,
        "doors",
        what,
    )
    .query("door", "id-doo", false, "Only at this door")
    .query("person", "id-per", false, "Only of this person")
    .lists::<EventShape>()
    .to(list)
}

async fn list(ctx: Ctx, Asked(which): Asked<Which>, Asked(part): Asked<Part>) -> Result<List<EventShape>, Problem> {
    let mut tx = ctx.store().read().await?;
    let (network, page) = (ctx.network(), part.page()?);
    let listed = match (which.door, which.person) {
        (Some(door), None) => store::door_event::of_door(&mut tx, network, door, &page).await?,
        (None, Some(person)) => store::door_event::of_person(&mut tx, network, person, &page).await?,
        (None, None) => store::door_event::list(&mut tx, network, &page).await?,
        (Some(_), Some(_)) => return Err(Problem::field("door", "Ask for a door or for a person, not for both.")),
    };
    Ok(List::of(listed, EventShape::from))
}
