//! Grants: causes merged into what should hold at the vendors.
//!
//! In: [`Facts`] and an instant. Out: person × group × windows, with causes.
//! Always: touching windows are one (P-24); what is over is left out; sorted by person, then group. Groups that were deleted
//! at the vendor, and groups of accounts that do not grant (disconnected, being revoked), are left out: nobody can be in them.

use serde::{Deserialize, Serialize};

use crate::causes::{self, Cause, Source};
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
    let mut grants = Vec::with_capacity(index.people().len());
    let mut causes = Vec::new();
    for (person, rows) in index.everybody() {
        causes::gather(&index, person, rows, &mut causes);
        merge(&index, &causes, now, &mut grants);
    }
    grants
}

/// The same for one person.
pub fn desired_of(facts: &Facts, person: PersonId, now: Instant) -> Vec<Grant> {
    desired_of_in(&Index::new(facts), person, now)
}

/// The same for one person, over facts that are indexed already.
pub fn desired_of_in(index: &Index<'_>, person: PersonId, now: Instant) -> Vec<Grant> {
    let mut grants = Vec::new();
    merge(index, &causes::of_person_in(index, person), now, &mut grants);
    grants
}

/// Adds one person's causes, which are sorted by group, as grants.
fn merge(index: &Index<'_>, causes: &[Cause], now: Instant, grants: &mut Vec<Grant>) {
    for causes in causes.chunk_by(|one, next| one.group == next.group) {
        let group = causes[0].group;
        if !index.group(group).is_some_and(|group| index.is_live(group)) {
            continue;
        }
        // Merged first: a window that is over may touch one that runs, and a running one stays whole.
        let windows = Windows::union(causes.iter().flat_map(|cause| cause.windows.iter())).not_over(now);
        if windows.is_empty() {
            continue;
        }
        let mut sources = Vec::with_capacity(causes.len());
        let lasting = causes.iter().filter(|cause| cause.windows.lasts_beyond(now));
        sources.extend(lasting.map(|cause| cause.source));
        grants.push(Grant {
            person: causes[0].person,
            group,
            windows,
            causes: sources,
        });
    }
}
