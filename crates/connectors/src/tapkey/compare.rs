//! How Tapkey's groups are driven, and what is noticed on the way (P-42). Pure.
//!
//! In: a [`Question`]. Out: steps, notes, the next look. A lock's grants carry dates; a user group's memberships carry none, so those are
//! driven at the edges (§9.1). A system found to drop dates is driven at the edges everywhere.
//! Always: a contact stays whoever it is when the person changes the address in the app (§7.5), so rows of a reading are told by the
//! contact; a grant that is over costs no call (§7.8); strangers' grants that are over are nobody's concern.

use access::change::{Change, Comparison, Note};
use access::id::GrantId;

use super::names;
use crate::compare::{self, Dates, Manner};
use crate::port::{KnownGroup, Question, Scope};

/// The answer to [`crate::Connector::compare`] for Tapkey.
pub fn compare(question: &Question<'_>, mint: &mut dyn FnMut() -> GrantId) -> Comparison {
    let mut observed = question.observed.clone();
    observed
        .rows
        .retain(|row| row.ours.is_some() || row.window.until > question.now);
    if question.scope == Scope::Integration {
        // A reading shows the address of today; our own journal the one the contact was met under.
        let ours = observed.rows.iter_mut().filter(|row| row.ours.is_some());
        ours.for_each(|row| row.email.clear());
    }
    let question = Question {
        observed: &observed,
        ..question.clone()
    };
    let mut comparison = compare::compare(&question, &|group| manner(&question, group), notes(&question), mint);
    for change in &mut comparison.changes {
        if let Change::Take { external, window, .. } = change
            && window.until <= question.now
        {
            *external = names::over(external);
        }
    }
    comparison
}

fn manner(question: &Question<'_>, group: &KnownGroup) -> Manner {
    let (row, learned) = (crate::vendors::tapkey(), question.learned);
    let edges = Dates::Edges {
        lead_s: row.lead_s,
        record_s: row.record_s,
    };
    let one_row_only = learned.several_rows == Some(false);
    if names::is_user_group(&group.external) {
        return Manner {
            dates: edges,
            one_row_only: true,
            moves: false,
        };
    }
    let dates = match learned.keeps_windows {
        Some(false) => edges,
        Some(true) | None => Dates::Written { lease_s: row.lease_s },
    };
    Manner {
        dates,
        one_row_only,
        moves: learned.moves_windows != Some(false),
    }
}

/// As everywhere; only that a user group opens nothing is said only where it can be known. Which doors one opens is told by the grants
/// made to it (§7.7), if they name it at all: where no group shows any door, nothing is known.
fn notes(question: &Question<'_>) -> Vec<Note> {
    let told = |external: &str| {
        let mut groups = question.observed.groups.iter();
        !names::is_user_group(external)
            || groups.any(|seen| names::is_user_group(&seen.external) && !seen.locks.is_empty())
    };
    let mut notes = crate::notes::notes(question);
    notes.retain(|note| match note {
        Note::GroupWithoutLocks { group } => {
            let known = question.groups.iter().find(|known| known.id == *group);
            known.is_none_or(|known| told(&known.external))
        }
        _ => true,
    });
    notes
}
