//! A member's trip to the vendor for consent, in a sealed cookie of this browser.
//!
//! Why so: nothing half-done lies in the database, and nobody can slip a code of their own account into somebody else's trip.
//! Always: a trip is one person's to one account, lasts a quarter of an hour, and ends with the first return.

use access::Instant;
use access::id::{IntegrationId, PersonId};
use access::vendor::{KeyAct, Secret};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::journey::Journey;
use crate::ctx::{Ctx, KEY_COOKIE};
use crate::security;

/// Where the vendor sends the browser back to; operators register it there to the letter.
pub(super) const BACK: &str = "/portal/key/linked";
/// A trip takes at most a quarter of an hour.
const LASTS_S: i64 = 15 * 60;

/// One trip.
#[derive(Serialize, Deserialize)]
pub(super) struct Trip {
    state: String,
    verifier: String,
    pub integration: IntegrationId,
    person: PersonId,
    until: Instant,
}

impl Trip {
    /// A new one.
    pub fn new(ctx: &Ctx, journey: &Journey) -> Self {
        let chance = || store::chance::token().reveal().to_owned();
        Self {
            state: chance(),
            verifier: chance(),
            integration: journey.id,
            person: journey.mine.viewer.person,
            until: ctx.now.plus_s(LASTS_S),
        }
    }

    /// The one this browser is on, if it is this person's and the vendor handed its state back.
    pub fn returned(ctx: &Ctx, state: &str) -> Option<Self> {
        let sealed = ctx.key_trip.as_deref()?;
        let text = ctx
            .store()
            .unseal(KEY_COOKIE, ctx.network(), &format!("v1:{sealed}"))
            .ok()?;
        let trip: Self = serde_json::from_str(text.reveal()).ok()?;
        let theirs = ctx.person().is_ok_and(|person| person == trip.person);
        (theirs && ctx.now < trip.until && security::same(&trip.state, state)).then_some(trip)
    }

    /// What the vendor is told.
    pub fn begin(&self, ctx: &Ctx) -> KeyAct {
        KeyAct::Begin {
            back: back_url(ctx),
            state: self.state.clone(),
            verifier: Secret::new(&*self.verifier),
        }
    }

    /// What is done with the code it brought back.
    pub fn link(&self, ctx: &Ctx, code: &str) -> KeyAct {
        KeyAct::Link {
            back: back_url(ctx),
            code: Secret::new(code),
            verifier: Secret::new(&*self.verifier),
        }
    }

    /// The answer with which it sets out.
    pub fn onto(&self, ctx: &Ctx, response: Response) -> Response {
        let text = serde_json::to_string(self).expect("a trip is plain text");
        let sealed = ctx.store().seal(KEY_COOKIE, ctx.network(), &Secret::new(text));
        // A cookie's value has no colon; the version in front of it is ours to put back.
        let value = sealed.strip_prefix("v1:").expect("the store seals in its first form");
        ctx.with_cookie(response, KEY_COOKIE, value, Some(LASTS_S))
    }
}

/// The answer with which it is over.
pub(super) fn over(ctx: &Ctx, response: Response) -> Response {
    ctx.with_cookie(response, KEY_COOKIE, "", Some(0))
}

/// Our address as the vendor has to know it.
pub(crate) fn back_url(ctx: &Ctx) -> String {
    format!("{}{BACK}", ctx.base_url())
}
