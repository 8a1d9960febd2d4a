//! How Salto's groups are driven: a membership has no dates and a person is in a group once, so we act at the edges (§6.1, way A).
//!
//! People join a lead time before their window, since doors learn late; the group's own schedule goes on to hold.

use access::change::Comparison;
use access::id::GrantId;

use crate::compare::{self, Dates, Manner};
use crate::notes::notes;
use crate::port::Question;

/// The answer to [`crate::Connector::compare`] for Salto KS.
pub fn compare(question: &Question<'_>, mint: &mut dyn FnMut() -> GrantId) -> Comparison {
    let row = crate::vendors::salto();
    let manner = Manner {
        dates: Dates::Edges {
            lead_s: row.lead_s,
            record_s: row.record_s,
        },
        one_row_only: true,
        moves: false,
    };
    compare::compare(question, &|_| manner, notes(question), mint)
}
