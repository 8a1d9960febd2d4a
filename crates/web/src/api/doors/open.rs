//! `POST /api/v1/doors/{door}/open`: for a person who may; never retried, an unknown outcome is said as unknown.

use access::decision;
use access::id::{DoorId, PersonId};
use access::may::{Action, Object};
use access::vendor::{OpenDoor, OpenRefusal, Opened};
use axum::Json;
use axum::http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::body::{Body, Id};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::{access_facts, refused_press, words};

/// For whom.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Open {
    /// The person who stands there. They must be let in at this moment.
    #[schemars(with = "crate::wire::PersonRef")]
    person: PersonId,
}

/// What came of it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum OutcomeWord {
    Open,
    Refused,
    Unknown,
}

/// What came of it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Opened")]
struct OpenedShape {
    /// Open, refused, or nobody knows.
    outcome: OutcomeWord,
    /// The stable word for why it was refused.
    why: Option<String>,
    /// What happened and what to do, in a sentence.
    say: String,
}

/// The route.
pub fn route() -> Route {
    let what = "Open a door for a person who may come in now";
    Route::api(
        Method::POST,
        "/api/v1/doors/{door}/open",
        Action::OpenDoorForOthers,
        "doors",
        what,
    )
    .takes::<Open>()
    .answers::<OpenedShape>()
    .to(open)
}

async fn open(ctx: Ctx, Id(door): Id<DoorId>, Body(wanted): Body<Open>) -> Result<Json<OpenedShape>, Problem> {
    let mut tx = ctx.store().read().await?;
    let row = store::group::door(&mut tx, ctx.network(), door).await?;
    let location = store::integration::read(&mut tx, ctx.network(), row.integration)
        .await?
        .details
        .location;
    ctx.allow(Action::OpenDoorForOthers, &Object::At(location))?;
    store::person::read(&mut tx, ctx.network(), wanted.person)
        .await
        .map_err(Problem::at("person"))?;
    let facts = access_facts::of_person(&mut tx, ctx.network(), wanted.person, ctx.now, ctx.now).await?;
    drop(tx);
    let decision = decision::decide(&facts, wanted.person, door, ctx.now);
    if !decision.open {
        let names = words::names::Names::of(&facts);
        let zone = access_facts::zone_of_door(&facts, door);
        let say = words::reasons::first_broken(&decision).map_or_else(
            || "They may not come in now.".to_owned(),
            |why| words::reasons::for_operator(why, &names, ctx.now, &zone),
        );
        let why = words::reasons::first_broken(&decision).map(words::reasons::code);
        refused_press::keep(&ctx, door, wanted.person, why.as_deref().unwrap_or("no_access")).await?;
        return Ok(Json(OpenedShape {
            outcome: OutcomeWord::Refused,
            why,
            say,
        }));
    }
    let opened = (ctx.outside().open)(OpenDoor {
        network: ctx.network(),
        door,
        person: wanted.person,
    })
    .await;
    let say = words::opening::outcome(&opened, &row.name);
    let (outcome, why) = match opened {
        Opened::Open => (OutcomeWord::Open, None),
        Opened::Refused { why, .. } => (OutcomeWord::Refused, Some(code(why))),
        Opened::Unknown => (OutcomeWord::Unknown, None),
    };
    Ok(Json(OpenedShape { outcome, why, say }))
}

fn code(why: OpenRefusal) -> String {
    serde_json::to_value(why)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}
