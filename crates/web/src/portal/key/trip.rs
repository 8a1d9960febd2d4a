//! A member's trip to the vendor for their own consent (see [`crate::trip`]). Always: it is one person's to one account.

use access::id::{IntegrationId, PersonId};
use access::vendor::{KeyAct, Secret};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::journey::Journey;
use crate::ctx::{Ctx, KEY_COOKIE};
use crate::trip;

/// Where the vendor sends the browser back to; operators register it there to the letter.
pub(super) const BACK: &str = "/portal/key/linked";

/// Whose it is, and where to.
#[derive(Serialize, Deserialize)]
pub(super) struct Linking {
    pub integration: IntegrationId,
    person: PersonId,
}

pub(super) type Trip = trip::Trip<Linking>;

impl Trip {
    /// A new one of this journey's.
    pub fn of(ctx: &Ctx, journey: &Journey) -> Self {
        let about = Linking {
            integration: journey.id,
            person: journey.mine.viewer.person,
        };
        Self::new(ctx, about)
    }

    /// The one this browser is on, if it is this person's and the vendor handed its state back.
    pub fn returned(ctx: &Ctx, state: &str) -> Option<Self> {
        let trip = Self::read(ctx, KEY_COOKIE, ctx.key_trip.as_deref())?;
        let theirs = ctx.person().is_ok_and(|person| person == trip.about.person);
        (theirs && trip.is_back_with(state)).then_some(trip)
    }

    /// What the vendor is told.
    pub fn begin(&self, ctx: &Ctx) -> KeyAct {
        KeyAct::Begin {
            back: back_url(ctx),
            state: self.state.clone(),
            verifier: self.verifier(),
        }
    }

    /// What is done with the code it brought back.
    pub fn link(&self, ctx: &Ctx, code: &str) -> KeyAct {
        KeyAct::Link {
            back: back_url(ctx),
            code: Secret::new(code),
            verifier: self.verifier(),
        }
    }

    /// The answer with which it sets out.
    pub fn sets_out(&self, ctx: &Ctx, response: Response) -> Response {
        self.onto(ctx, KEY_COOKIE, response)
    }
}

/// The answer with which it is over.
pub(super) fn over(ctx: &Ctx, response: Response) -> Response {
    trip::over(ctx, KEY_COOKIE, response)
}

/// Our address as the vendor has to know it.
pub(crate) fn back_url(ctx: &Ctx) -> String {
    format!("{}{BACK}", ctx.base_url())
}
