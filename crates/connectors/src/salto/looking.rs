//! Looking before repeating: what became of a step whose answer never came.
//!
//! In: the change and when it was tried. Out: done or not done.
//! Why so: a membership carries no date and no maker, so the list is the only witness. Before a step sends anything it looks whether the
//! person is in the group, and leaves them alone if so; whoever is there after an answer was lost is there by that step.
//! Always: read anew, whatever memory holds; nothing is made here.

use access::change::Change;

use super::Salto;
use super::apply::{Giving, Row, giving, nothing_to_move};
use crate::port::{LookedUp, Outcome, Repeat, Step};
use crate::trouble::{Kind, Trouble};

impl Salto {
    /// The answer to [`crate::Connector::look_up`].
    pub(crate) async fn look_up(&self, change: &Change, step: &Step<'_>) -> Result<LookedUp, Trouble> {
        if step.repeat == Repeat::First {
            return Ok(LookedUp::NotDone);
        }
        let this = self.counting();
        match change {
            Change::Give { .. } => this.look_for_give(&giving(change)?, step).await,
            Change::Move { .. } => Err(nothing_to_move()),
            Change::Take { external, .. } => Ok(match this.is_there(&Row::read(external)?).await? {
                true => LookedUp::NotDone,
                false => LookedUp::Done(this.ends(step, Outcome::Done, None, None, true)),
            }),
        }
    }

    async fn look_for_give(&self, give: &Giving<'_>, step: &Step<'_>) -> Result<LookedUp, Trouble> {
        // A record that we know stays theirs whatever address it shows now.
        if let Some(known) = step.holder {
            let row = Row {
                group: give.group,
                person: known.into(),
            };
            if self.is_there(&row).await? {
                return Ok(LookedUp::Done(self.ends(step, Outcome::Done, Some(&row), None, true)));
            }
        }
        let Some(user) = self.person_by(give.email).await? else {
            return Ok(LookedUp::NotDone);
        };
        let row = Row {
            group: give.group,
            person: user.user.id.clone(),
        };
        Ok(match self.is_there(&row).await? {
            true => LookedUp::Done(self.ends(step, Outcome::Done, Some(&row), Some(user.holder()), true)),
            false => LookedUp::NotDone,
        })
    }

    /// Is the person in the group now? A group that is gone has nobody in it.
    async fn is_there(&self, row: &Row<'_>) -> Result<bool, Trouble> {
        let memory = self.memory();
        memory.forget(&self.members_list(row.group));
        match self.is_member(row, &memory).await {
            Err(trouble) if trouble.kind == Kind::GroupGone => Ok(false),
            there => there,
        }
    }
}
