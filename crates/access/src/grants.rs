//! Grants: causes merged into what should hold at the vendors.
//!
//! In: [`Facts`] and an instant. Out: person × group × windows, with causes.
//! Always: touching windows are one (P-24); what is over is left out; sorted by person, then group. Groups that were deleted
//! at the vendor, and groups of accounts that do not grant (disconnected, being revoked), are left out: nobody can be in them.

use serde::{Deserialize, Serialize};

use crate::causes::{self, Source};
use crate::facts::Facts;
use crate::id::*;
use crate::index::Index;
use crate::{Instant, Windows};

/// What should hold: person × access group × windows.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Grant {
    /// Who.
    pub person: PersonId,
    /// In which group.
    pub group: AccessGroupId,
    /// When: merged over all causes.
    pub windows: Windows,
    /// By what, sorted.
    pub causes: Vec<Source>,
}

/// What every vendor must hold from `now` on: windows that ended by `now` are left out, running ones stay whole.
pub fn desired(facts: &Facts, now: Instant) -> Vec<Grant> {
    let index = Index::new(facts);
    index
        .people()
        .iter()
        .flat_map(|person| desired_of_in(&index, person.id, now))
        .collect()
}

/// The same for one person.
pub fn desired_of(facts: &Facts, person: PersonId, now: Instant) -> Vec<Grant> {
    desired_of_in(&Index::new(facts), person, now)
}

/// The same for one person, over facts that are indexed already.
pub fn desired_of_in(index: &Index<'_>, person: PersonId, now: Instant) -> Vec<Grant> {
    let causes = causes::of_person_in(index, person);
    causes
        .chunk_by(|one, next| one.group == next.group)
        .filter(|causes| index.group(causes[0].group).is_some_and(|group| index.is_live(group)))
        .filter_map(|causes| {
            // Merged first: a window that is over may touch one that runs, and a running one stays whole.
            let merged = Windows::union(causes.iter().flat_map(|cause| cause.windows.iter()));
            let windows: Windows = merged.iter().filter(|window| window.until > now).collect();
            let lasting = causes
                .iter()
                .filter(|cause| cause.windows.iter().any(|window| window.until > now));
            let sources = lasting.map(|cause| cause.source).collect();
            (!windows.is_empty()).then_some(Grant {
                person,
                group: causes[0].group,
                windows,
                causes: sources,
            })
        })
        .collect()
}
