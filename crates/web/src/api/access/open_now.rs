//! `GET /api/v1/access/open-now?person&at`: every door a person may open at a moment.

use access::Instant;
use access::decision::doors_open_to;
use access::id::*;
use access::may::Action;
use axum::http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::body::{Asked, List};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::names::Names;
use crate::{access_facts, scope};

#[derive(Deserialize)]
struct Which {
    person: PersonId,
    at: Option<Instant>,
}

/// A door that opens.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OpenDoor")]
struct OpenShape {
    /// Which.
    #[schemars(with = "crate::wire::DoorRef")]
    door: DoorId,
    /// Its name.
    name: String,
}

/// The route.
pub fn route() -> Route {
    let what = "List the doors a person may open at a moment";
    Route::api(
        Method::GET,
        "/api/v1/access/open-now",
        Action::PeopleRead,
        "access",
        what,
    )
    .query("person", "id-per", true, "Who")
    .query("at", "date-time", false, "When; now when left out")
    .lists::<OpenShape>()
    .to(open_now)
}

async fn open_now(ctx: Ctx, Asked(which): Asked<Which>) -> Result<List<OpenShape>, Problem> {
    let at = which.at.unwrap_or(ctx.now);
    let mut tx = ctx.store().read().await?;
    scope::person(&ctx, &mut tx, Action::PeopleRead, which.person).await?;
    let facts = access_facts::of_person(&mut tx, ctx.network(), which.person, at, ctx.now).await?;
    let names = Names::of(&facts);
    let doors = doors_open_to(&facts, which.person, at).into_iter();
    Ok(List {
        items: doors
            .map(|door| OpenShape {
                door,
                name: names.door(door).to_owned(),
            })
            .collect(),
        next: None,
    })
}
