//! `GET /api/v1/access/why?person&door&at`: may they, and the whole chain of reasons, for any moment (P-40).

use access::Instant;
use access::decision::decide;
use access::id::*;
use access::may::{Action, Object};
use axum::Json;
use axum::http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::shape::WindowShape;
use crate::body::Asked;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::{names::Names, reasons};
use crate::{access_facts, scope};

#[derive(Deserialize)]
struct Which {
    person: PersonId,
    door: DoorId,
    at: Option<Instant>,
}

/// The answer for one moment.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Decision")]
struct DecisionShape {
    /// Who.
    #[schemars(with = "crate::wire::PersonRef")]
    person: PersonId,
    /// Which door.
    #[schemars(with = "crate::wire::DoorRef")]
    door: DoorId,
    /// For when.
    #[schemars(with = "crate::wire::At")]
    at: Instant,
    /// May they, by policy?
    open: bool,
    /// The chain, in the order one would check it.
    chain: Vec<ReasonShape>,
    /// The window they are in, when they may.
    window: Option<WindowShape>,
    /// When they may next, when they may not.
    next: Option<WindowShape>,
}

/// One link of the chain.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Reason")]
struct ReasonShape {
    /// The stable word.
    code: String,
    /// Does this link hold?
    sound: bool,
    /// To the operator, in a sentence.
    say: String,
    /// To the member, in a sentence.
    say_to_member: String,
    /// The particulars: ids, windows, by code.
    particulars: Value,
}

/// The route.
pub fn route() -> Route {
    let what = "May a person open a door at a moment, and why";
    Route::api(Method::GET, "/api/v1/access/why", Action::PeopleRead, "access", what)
        .query("person", "id-per", true, "Who")
        .query("door", "id-doo", true, "Which door")
        .query(
            "at",
            "date-time",
            false,
            "When; now when left out. A past moment is answered with what was known then",
        )
        .answers::<DecisionShape>()
        .to(why)
}

async fn why(ctx: Ctx, Asked(which): Asked<Which>) -> Result<Json<DecisionShape>, Problem> {
    let at = which.at.unwrap_or(ctx.now);
    let mut tx = ctx.store().read().await?;
    scope::person(&ctx, &mut tx, Action::PeopleRead, which.person).await?;
    let door = store::group::door(&mut tx, ctx.network(), which.door).await?;
    let location = store::integration::read(&mut tx, ctx.network(), door.integration)
        .await?
        .details
        .location;
    ctx.allow(Action::PeopleRead, &Object::At(location))?;
    let facts = access_facts::of_person_and_door(&mut tx, ctx.network(), which.person, which.door, at, ctx.now).await?;
    let decision = decide(&facts, which.person, which.door, at);
    let names = Names::of(&facts);
    let zone = access_facts::zone_of_door(&facts, which.door);
    let chain = decision.chain.iter().map(|reason| ReasonShape {
        code: reasons::code(reason),
        sound: reasons::is_sound(reason),
        say: reasons::for_operator(reason, &names, ctx.now, &zone),
        say_to_member: reasons::for_member(reason, &names, ctx.now, &zone),
        particulars: serde_json::to_value(reason).unwrap_or_default(),
    });
    Ok(Json(DecisionShape {
        person: which.person,
        door: which.door,
        at,
        open: decision.open,
        chain: chain.collect(),
        window: decision.window.map(Into::into),
        next: decision.next.map(Into::into),
    }))
}
