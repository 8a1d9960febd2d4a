//! Grants: causes merged into what should hold at the vendors.
//!
//! In: [`Facts`] and an instant. Out: person × group × windows, with causes.
//! Always: touching windows are one (P-24); what is over is left out; sorted by person, then group.

use serde::{Deserialize, Serialize};

use crate::causes::Source;
use crate::facts::Facts;
use crate::id::*;
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
pub fn desired(_facts: &Facts, _now: Instant) -> Vec<Grant> {
    Vec::new()
}

/// The same for one person.
pub fn desired_of(_facts: &Facts, _person: PersonId, _now: Instant) -> Vec<Grant> {
    Vec::new()
}
