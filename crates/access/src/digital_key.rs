//! Who is offered a digital key at a vendor, and from when (P-32).
//!
//! In: indexed facts, who asks, the integration with its vendor's row, an instant. Out: one [`Offer`].
//! Why so: pages show what the worker then does, and both ask here; nobody gets a key who is not offered one.
//! Always: the integration's one visibility rules doors and digital key alike (P-31, P-32); a key is offered from the first instant of the
//! first window, grace included, and at once to whoever had access before. Not here: whether a door opens; that is `decision`.

use serde::{Deserialize, Serialize};

use crate::causes::{self, Source};
use crate::facts::IntegrationState;
use crate::id::*;
use crate::index::Index;
use crate::vendor::Abilities;
use crate::{Instant, Windows, at_vendor};

/// Who asks for a key, and where.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// Who.
    pub person: PersonId,
    /// Staff see what visibility keeps from others (P-31).
    pub staff: bool,
    /// Had they a key here before? Bookings of long ago are not among the facts; that they signed in at the vendor is still known.
    pub had_one: bool,
    /// At which account.
    pub integration: IntegrationId,
    /// What its vendor can do.
    pub row: &'a Abilities,
}

/// Is there a digital key for somebody now?
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "offer")]
pub enum Offer {
    /// Nothing is said of one: the vendor has none, it is not shown to them, or nothing of theirs leads there.
    Hidden,
    /// It comes with the first thing they hold.
    NotYet {
        /// From then on.
        from: Instant,
        /// By what.
        source: Source,
    },
    /// It can be had.
    Offered {
        /// Does something let them in at this very moment? A key opens nothing outside of its owner's windows.
        inside: bool,
    },
    /// What they held is over, and nothing is to come.
    Ended {
        /// Since then.
        since: Instant,
    },
}

/// P-32: from the first window on; at once for whoever had access before.
pub fn offer(index: &Index<'_>, asker: Asker<'_>, now: Instant) -> Offer {
    let Some(integration) = index.integration(asker.integration).filter(|_| asker.row.digital_key) else {
        return Offer::Hidden;
    };
    match integration.state {
        IntegrationState::Connected | IntegrationState::NeedsSignIn => {}
        // Nothing new is handed out where we are leaving (P-37).
        IntegrationState::Leaving
        | IntegrationState::RunningOut
        | IntegrationState::Revoking
        | IntegrationState::Disconnected => {
            return Offer::Hidden;
        }
    }
    if !asker.staff && !at_vendor::shows_page(index, asker.person, integration) {
        return Offer::Hidden;
    }
    let mut causes = causes::of_person_in(index, asker.person);
    let here = |group| {
        index
            .group(group)
            .is_some_and(|group| group.integration == integration.id && index.is_live(group))
    };
    causes.retain(|cause| here(cause.group));
    let windows = Windows::union(causes.iter().flat_map(|cause| cause.windows.iter()));
    let (Some(first), Some(last)) = (windows.as_slice().first(), windows.as_slice().last()) else {
        return Offer::Hidden;
    };
    if last.until <= now {
        return Offer::Ended { since: last.until };
    }
    let before = first.from <= now || asker.had_one;
    let begins = causes
        .iter()
        .find(|cause| cause.windows.iter().any(|window| window.from == first.from));
    match begins {
        Some(cause) if !before => Offer::NotYet {
            from: first.from,
            source: cause.source,
        },
        _ => Offer::Offered {
            inside: windows.contains(now),
        },
    }
}

#[cfg(test)]
mod tests;
