//! The way of one step: what is learned of the account and counted while it goes, until it ends as something [`Applied`].

use access::Window;
use access::change::{ObservedHolder, Receipt};
use access::vendor::Learned;

use crate::port::{Applied, Outcome, Step};

/// What is learned and counted on the way.
pub(crate) struct Way {
    pub learned: Learned,
    pub holder: Option<ObservedHolder>,
    pub calls: u32,
}

impl Way {
    pub fn from(step: &Step<'_>) -> Self {
        Self {
            learned: step.learned,
            holder: None,
            calls: 0,
        }
    }

    /// The end of the way; `row` is what the vendor holds now.
    pub fn ends(self, outcome: Outcome, row: Option<(String, Window)>, already: bool) -> Applied {
        let (external, window) = row.unzip();
        let receipt = Receipt {
            external,
            holder: self.holder,
            window,
            already,
            calls: self.calls,
        };
        Applied {
            receipt,
            learned: self.learned,
            outcome,
        }
    }
}
