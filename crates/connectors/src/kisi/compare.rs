//! How Kisi's groups are driven: rows carry dates, unless the account was found to drop them.
//!
//! An account found to drop dates is driven at the edges; one found to hold a single row per person and group holds the current or
//! next window only (§8).

use access::change::Comparison;
use access::id::GrantId;

use crate::compare::{self, Dates, Manner};
use crate::notes::notes;
use crate::port::Question;

/// The answer to [`crate::Connector::compare`] for Kisi.
pub fn compare(question: &Question<'_>, mint: &mut dyn FnMut() -> GrantId) -> Comparison {
    let learned = question.learned;
    let dates = if learned.keeps_windows == Some(false) {
        Dates::Edges { lead_s: 0, record_s: 0 }
    } else {
        Dates::Written {
            lease_s: crate::vendors::kisi().lease_s,
        }
    };
    let manner = Manner {
        dates,
        one_row_only: learned.several_rows == Some(false),
        moves: learned.moves_windows != Some(false),
    };
    compare::compare(question, &|_| manner, notes(question), mint)
}
