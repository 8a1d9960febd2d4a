//! `POST /access/{door}/open`: a press.
//!
//! In: a door. Out: with JavaScript the door with what came of it; without, the page with a message.
//! Always: decided anew, whatever the page showed; asked of the vendor once, never again; an unknown outcome is said as
//! unknown. Every press is kept: the worker keeps those that reach it.

use access::decision::{self, Decision, Reason};
use access::id::DoorId;
use access::may::Action;
use access::vendor::{OpenDoor, OpenRefusal, Opened};
use axum::extract::Path;
use axum::response::Response;

use super::door::DoorPart;
use super::sight::{self, Button};
use crate::ctx::Ctx;
use crate::page::render;
use crate::portal::mine::Mine;
use crate::problem::Problem;
use crate::refused_press;
use crate::registry::Route;
use crate::words::{dates, opening, reasons};

/// The press.
pub fn route() -> Route {
    Route::portal_form("/access/{door}/open", Action::OpenOwnDoor).to(press)
}

/// What is said of a press.
struct Outcome {
    state: &'static str,
    word: &'static str,
    title: &'static str,
    says: String,
}

async fn press(ctx: Ctx, Path(door): Path<String>) -> Result<Response, Problem> {
    let door: DoorId = door.parse().map_err(|_| Problem::not_found())?;
    let mine = Mine::load(&ctx).await?;
    let decision = decision::decide(&mine.facts, mine.viewer.person, door, ctx.now);
    let button = mine.button(&decision, ctx.now).ok_or_else(Problem::not_found)?;
    let outcome = match forbids(&mine, &decision) {
        Some(reason) => {
            refused_press::keep(&ctx, door, mine.viewer.person, &reasons::code(reason)).await?;
            let zone = dates::zone(&mine.zone_of(door));
            let says = reasons::for_member(reason, &mine.names, ctx.now, &zone);
            Outcome {
                state: "refused",
                word: "Try again",
                title: "Not opened.",
                says,
            }
        }
        None => {
            let asked = OpenDoor {
                network: ctx.network(),
                door,
                person: mine.viewer.person,
            };
            came_of((ctx.outside().open)(asked).await, &button)
        }
    };
    if !ctx.htmx {
        let sentence = format!("{} {}", outcome.title, outcome.says);
        return Ok(ctx.go_with("/access", outcome.state, sentence.trim_start()));
    }
    let Outcome {
        state,
        word,
        title,
        says,
    } = outcome;
    render(&DoorPart {
        door: button,
        csrf: &ctx.csrf,
        state: state.to_owned(),
        word,
        title,
        says,
    })
}

/// What forbids the press by policy or visibility. What is only known of the vendor's settings does not: its answer is fresher.
fn forbids<'d>(mine: &Mine, decision: &'d Decision) -> Option<&'d Reason> {
    if !decision.open {
        return reasons::first_broken(decision).or(decision.chain.first());
    }
    sight::keeps_shut(decision, mine.viewer).filter(|reason| matches!(reason, Reason::PageNotVisible { .. }))
}

fn came_of(opened: Opened, door: &Button) -> Outcome {
    let says = opening::outcome(&opened, &door.name);
    match opened {
        Opened::Open => Outcome {
            state: "open",
            word: "Opened",
            title: "Open.",
            says: "Push the door now.".into(),
        },
        Opened::Unknown => Outcome {
            state: "attention",
            word: "Try again",
            title: "No answer.",
            says,
        },
        Opened::Refused { why, .. } => match why {
            OpenRefusal::AlreadyOpen => Outcome {
                state: "open",
                word: "Open",
                title: "",
                says,
            },
            OpenRefusal::Busy | OpenRefusal::Offline | OpenRefusal::TooMany | OpenRefusal::VendorError => Outcome {
                state: "attention",
                word: "Try again",
                title: "Not opened.",
                says,
            },
            OpenRefusal::NoAccess
            | OpenRefusal::NotYet
            | OpenRefusal::Over
            | OpenRefusal::Schedule
            | OpenRefusal::Disabled
            | OpenRefusal::ReaderRestriction
            | OpenRefusal::Geofence
            | OpenRefusal::TapOnly
            | OpenRefusal::AppAccessOff
            | OpenRefusal::NotActivated
            | OpenRefusal::PrimaryDevice
            | OpenRefusal::Unconfirmed
            | OpenRefusal::Lockdown
            | OpenRefusal::NotFound
            | OpenRefusal::SignInNeeded => Outcome {
                state: "refused",
                word: "Try again",
                title: "Not opened.",
                says,
            },
        },
    }
}
