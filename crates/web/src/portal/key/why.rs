//! `GET /portal/key/{integration}/why`: after a red light, what opens here now and why the rest does not. Asked by our script.
//!
//! The phone does not know which reader it was held to, so the answer is about all doors of the place: by the same decision that
//! everything else comes from (P-28).

use access::decision::{self, Decision, Reason};
use access::id::IntegrationId;
use access::index::Index;
use access::may::Action;
use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::journey::Journey;
use super::screens;
use crate::body::Id;
use crate::ctx::Ctx;
use crate::portal::say;
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::{dates, digital_key as words, reasons};

/// The script's question.
pub fn route() -> Route {
    Route::portal("/portal/key/{integration}/why", Action::ViewOwn).to(why)
}

#[derive(Serialize)]
struct Answer {
    says: String,
}

async fn why(ctx: Ctx, Id(id): Id<IntegrationId>) -> Result<Response, Problem> {
    let journey = Journey::load(&ctx, id).await?;
    let says = match screens::standing(&journey, &ctx) {
        Some(screen) => screen.says,
        None => of_doors(&ctx, &journey),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(Answer { says })).into_response())
}

fn of_doors(ctx: &Ctx, journey: &Journey) -> String {
    let (facts, names) = (&journey.mine.facts, &journey.mine.names);
    let index = Index::new(facts);
    let zone = dates::zone(&journey.zone);
    let doors = facts
        .doors
        .iter()
        .filter(|door| door.integration == journey.id && index.is_usable(door));
    let decisions: Vec<(&str, Decision)> = doors
        .map(|door| {
            (
                &*door.name,
                decision::decide_in(&index, journey.mine.viewer.person, door.id, ctx.now),
            )
        })
        .collect();
    let open = || decisions.iter().filter(|(_, decision)| decision.open);
    if open().next().is_some() {
        let on_its_way = open().any(|(_, decision)| decision.chain.contains(&Reason::NotYetSent));
        let doors = say::names(open().map(|(door, _)| (*door).to_owned()).collect());
        return words::opens_now(&doors, on_its_way);
    }
    // Of what comes by itself, the soonest; else the first door's reason.
    let soonest = decisions
        .iter()
        .min_by_key(|(_, decision)| decision.next.map_or(access::Instant::MAX, |next| next.from));
    let reason = soonest.and_then(|(_, decision)| reasons::first_broken(decision));
    match reason {
        Some(Reason::StartsLater { source, at }) => say::opens_from(facts, names, *source, *at, ctx.now, &zone),
        Some(reason) => reasons::for_member(reason, names, ctx.now, &zone),
        None => words::opens_nothing().to_owned(),
    }
}
