//! `GET /access/{door}`: one door at rest, asked for when the answer to a press has been seen long enough.
//!
//! Out: the button, or nothing when the door is no longer theirs to press.

use access::decision;
use access::id::DoorId;
use access::may::Action;
use askama::Template;
use axum::extract::Path;
use axum::response::{Html, IntoResponse, Response};

use super::sight::{self, Button};
use crate::ctx::Ctx;
use crate::page::render;
use crate::portal::mine::Mine;
use crate::problem::Problem;
use crate::registry::Route;

/// The part.
pub fn route() -> Route {
    Route::portal("/access/{door}", Action::ViewOwn).to(show)
}

/// A door as a fragment; see the component `door`.
#[derive(Template)]
#[template(path = "portal/door.html")]
pub struct DoorPart<'a> {
    /// The door.
    pub door: Button,
    /// The form token.
    pub csrf: &'a str,
    /// Empty at rest, else open, refused or attention.
    pub state: String,
    /// On the button.
    pub word: &'static str,
    /// Before the sentence.
    pub title: &'static str,
    /// The sentence; empty at rest.
    pub says: String,
}

async fn show(ctx: Ctx, Path(door): Path<String>) -> Result<Response, Problem> {
    let door: DoorId = door.parse().map_err(|_| Problem::not_found())?;
    let mine = Mine::load(&ctx).await?;
    let decision = decision::decide(&mine.facts, mine.viewer.person, door, ctx.now);
    if !decision.open || sight::keeps_shut(&decision, mine.viewer).is_some() {
        return Ok(Html("").into_response());
    }
    let button = mine.button(&decision, ctx.now).ok_or_else(Problem::not_found)?;
    let says = button.hint.clone();
    let state = if says.is_empty() {
        String::new()
    } else {
        "attention".to_owned()
    };
    render(&DoorPart {
        door: button,
        csrf: &ctx.csrf,
        state,
        word: "Open",
        title: "",
        says,
    })
}
