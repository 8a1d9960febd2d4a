//! `GET /api/v1/access/who?door&at`: everybody whom a door lets in at a moment.

use access::Instant;
use access::decision::people_let_in;
use access::id::*;
use access::may::{Action, Object};
use axum::http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access_facts;
use crate::body::{Asked, List};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::names::Names;

#[derive(Deserialize)]
struct Which {
    door: DoorId,
    at: Option<Instant>,
}

/// Somebody who is let in.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LetIn")]
struct LetInShape {
    /// Who.
    #[schemars(with = "crate::wire::PersonRef")]
    person: PersonId,
    /// Their name.
    name: String,
}

/// The route.
pub fn route() -> Route {
    let what = "List everybody whom a door lets in at a moment";
    Route::api(Method::GET, "/api/v1/access/who", Action::PeopleRead, "access", what)
        .query("door", "id-doo", true, "Which door")
        .query("at", "date-time", false, "When; now when left out")
        .lists::<LetInShape>()
        .to(who)
}

async fn who(ctx: Ctx, Asked(which): Asked<Which>) -> Result<List<LetInShape>, Problem> {
    let at = which.at.unwrap_or(ctx.now);
    let mut tx = ctx.store().read().await?;
    let door = store::group::door(&mut tx, ctx.network(), which.door).await?;
    let location = store::integration::read(&mut tx, ctx.network(), door.integration)
        .await?
        .details
        .location;
    ctx.allow(Action::PeopleRead, &Object::At(location))?;
    let facts = access_facts::of_integration(&mut tx, ctx.network(), door.integration, at, ctx.now).await?;
    let names = Names::of(&facts);
    let people = people_let_in(&facts, which.door, at).into_iter();
    Ok(List {
        items: people
            .map(|person| LetInShape {
                person,
                name: names.person(person).to_owned(),
            })
            .collect(),
        next: None,
    })
}
