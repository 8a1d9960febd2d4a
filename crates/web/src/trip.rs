//! A browser's trip to a vendor, where somebody consents, and back: how we know its end, in a sealed cookie of this browser.
//!
//! In: what the trip is about. Out: the same when the browser comes back with the state we sent along. Why so: nothing half-done lies in
//! the database, and nobody can slip a code of their own account into somebody else's trip.
//! Always: a trip ends after a quarter of an hour; a state that does not match is never used.

use access::Instant;
use access::vendor::Secret;
use axum::response::Response;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::ctx::Ctx;
use crate::security;

/// A trip takes at most a quarter of an hour.
const LASTS_S: i64 = 15 * 60;

/// One trip, about something.
#[derive(Serialize, Deserialize)]
pub struct Trip<T> {
    /// Unguessable; the vendor hands it back unchanged.
    pub state: String,
    /// The PKCE verifier.
    verifier: String,
    until: Instant,
    /// What it is about.
    pub about: T,
}

impl<T: Serialize + DeserializeOwned> Trip<T> {
    /// A new one.
    pub fn new(ctx: &Ctx, about: T) -> Self {
        let chance = || store::chance::token().reveal().to_owned();
        Self {
            state: chance(),
            verifier: chance(),
            until: ctx.now.plus_s(LASTS_S),
            about,
        }
    }

    /// The one this browser is on, by its cookie's name and value.
    pub fn read(ctx: &Ctx, cookie: &str, value: Option<&str>) -> Option<Self> {
        let text = ctx.store().unseal(cookie, ctx.network(), value?).ok()?;
        let trip: Self = serde_json::from_str(text.reveal()).ok()?;
        (ctx.now < trip.until).then_some(trip)
    }

    /// Is this the state that went along?
    pub fn is_back_with(&self, state: &str) -> bool {
        security::same(&self.state, state)
    }

    /// The verifier whose hash went along.
    pub fn verifier(&self) -> Secret {
        Secret::new(&*self.verifier)
    }

    /// The answer with which it sets out.
    pub fn onto(&self, ctx: &Ctx, cookie: &str, response: Response) -> Response {
        let text = serde_json::to_string(self).expect("a trip is plain text");
        let sealed = ctx.store().seal(cookie, ctx.network(), &Secret::new(text));
        ctx.with_cookie(response, cookie, &sealed, Some(LASTS_S))
    }
}

/// The answer with which a trip is over.
pub fn over(ctx: &Ctx, cookie: &str, response: Response) -> Response {
    ctx.with_cookie(response, cookie, "", Some(0))
}
