//! `GET /portal/key/{integration}`: the journey's page, with every screen it may come to.
//!
//! Out: one screen shown, the others hidden; the script (`assets/js/key.js`) goes from one to the next. Without a script, and in a
//! browser's tab, it says how to install the app.

use access::digital_key::Offer;
use access::id::IntegrationId;
use access::may::Action;
use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::journey::Journey;
use super::screens::{self, Screen, To};
use crate::body::Id;
use crate::ctx::Ctx;
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::digital_key as words;

/// Longest wait before the page loads itself again, seconds.
const LONGEST_S: i64 = 6 * 60 * 60;

/// The page.
pub fn route() -> Route {
    Route::portal("/portal/key/{integration}", Action::ViewOwn).to(show)
}

#[derive(Deserialize)]
struct Asked {
    /// The screen that an act before ended on.
    said: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/key.html")]
pub(super) struct KeyPage {
    pub page: Page,
    pub place: String,
    pub screens: Vec<Screen>,
    /// The name of the screen that is shown.
    pub first: String,
    /// Where acts go: the journey's own address; empty when there is none.
    pub href: String,
    /// Is a key offered, so that the script begins?
    pub offered: bool,
    pub linked: bool,
    /// The screen that an act before ended on; empty when none did.
    pub said: String,
    /// Whose key at which account it is, for what this phone remembers.
    pub slot: String,
    /// The server's now, in milliseconds; the phone's own clock may be anything.
    pub now_ms: i64,
    /// After so many seconds the page loads itself again; 0 is never.
    pub again_s: i64,
    pub removing: String,
    pub unlink_href: String,
    /// The demo's stand-in for a phone's own app.
    pub demo_phone: Option<&'static str>,
}

async fn show(ctx: Ctx, Id(id): Id<IntegrationId>, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let journey = Journey::load(&ctx, id).await?;
    let screens = match (screens::standing(&journey, &ctx), journey.offer) {
        (Some(screen), _) => vec![screen],
        (None, offer) => screens::journey(&journey, matches!(offer, Offer::Offered { inside: true })),
    };
    let said = asked
        .said
        .filter(|said| is_an_end(said) && screens.iter().any(|screen| screen.name == *said));
    let again_s = match journey.offer {
        Offer::NotYet { from, .. } => ((from.ms() - ctx.now.ms()) / 1000 + 1).clamp(1, LONGEST_S),
        Offer::Hidden | Offer::Offered { .. } | Offer::Ended { .. } => 0,
    };
    render(&KeyPage {
        page: ctx.page("Digital key", "access").await?,
        first: said.clone().unwrap_or_else(|| screens[0].name.clone()),
        screens,
        href: journey.href(""),
        offered: matches!(journey.offer, Offer::Offered { .. }),
        linked: journey.linked,
        said: said.unwrap_or_default(),
        slot: format!("{id} {}", journey.mine.viewer.person),
        now_ms: ctx.now.ms(),
        again_s,
        removing: words::removing(&journey.vendor),
        unlink_href: journey.href("/unlink"),
        place: journey.place,
        demo_phone: demo_phone(&ctx),
    })
}

/// Only acts that ended elsewhere may choose the screen by the address.
fn is_an_end(said: &str) -> bool {
    said.starts_with("refused-") || matches!(said, "consent-refused" | "sent-back")
}

fn demo_phone(ctx: &Ctx) -> Option<&'static str> {
    ctx.app.demo().and_then(|demo| demo.phone)
}

/// A page with one screen and nothing to do for the script.
pub(super) async fn only(ctx: &Ctx, status: StatusCode, screen: Screen) -> Result<Response, Problem> {
    debug_assert!(
        screen.ways.iter().all(|way| matches!(way.to, To::Page(_))),
        "nothing to act on here"
    );
    let page = render(&KeyPage {
        page: ctx.page("Digital key", "access").await?,
        place: String::new(),
        first: screen.name.clone(),
        screens: vec![screen],
        href: String::new(),
        offered: false,
        linked: false,
        said: String::new(),
        slot: String::new(),
        now_ms: ctx.now.ms(),
        again_s: 0,
        removing: String::new(),
        unlink_href: String::new(),
        demo_phone: None,
    })?;
    Ok((status, page).into_response())
}
