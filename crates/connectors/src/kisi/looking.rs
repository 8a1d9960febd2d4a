//! Looking before repeating: what became of a step whose answer never came.
//!
//! In: the change, when its intent was journalled, which rows are known. Out: done, not done, or its row is gone.
//! Why so: Kisi has no idempotency keys (§2); after a timeout the list is the only witness.
//! Always: a row counts as the step's only by the rule of §8 ([`Rows::mine`]); a half-done step is completed; nothing is made here.

use access::change::Change;

use super::Kisi;
use super::apply::{Giving, Moving, giving, moving, number, shown};
use super::rows::{Kept, Rows, kept};
use super::wire::Row;
use crate::limiter::Lane;
use crate::port::{LookedUp, Outcome, Repeat, Step};
use crate::trouble::Trouble;
use crate::way::Way;

impl Kisi {
    /// The answer to [`crate::Connector::look_up`].
    pub(crate) async fn look_up(&self, change: &Change, step: &Step<'_>) -> Result<LookedUp, Trouble> {
        let Repeat::AfterUnknown { sent_at } = step.repeat else {
            return Ok(LookedUp::NotDone);
        };
        let rows = Rows {
            me: self.me,
            sent_at,
            known: step.known,
        };
        let way = Way::from(step);
        match change {
            Change::Give { .. } => self.look_for_give(giving(change)?, step, rows, way).await,
            Change::Move { .. } => self.look_for_move(moving(change)?, rows, way).await,
            Change::Take { external, .. } => Ok(match self.row(external, Lane::Revoke).await? {
                Some(_) => LookedUp::NotDone,
                None => LookedUp::Done(Way { calls: 1, ..way }.ends(Outcome::Done, None, true)),
            }),
        }
    }

    async fn look_for_give(
        &self,
        give: Giving<'_>,
        step: &Step<'_>,
        rows: Rows<'_>,
        mut way: Way,
    ) -> Result<LookedUp, Trouble> {
        let user = match step.holder {
            Some(holder) => number(holder)?,
            None => {
                let Some(user) = self.person_by("email", give.email, &mut way.calls).await? else {
                    return Ok(LookedUp::NotDone);
                };
                way.holder = Some(user.holder());
                user.id
            }
        };
        way.calls += 1;
        let found = self.rows_of(user, give.group).await?;
        let mine: Vec<&Row> = found.iter().filter(|row| rows.mine(row)).collect();
        if let Some(row) = mine.iter().find(|row| kept(give.window, row) == Kept::Yes) {
            return Ok(LookedUp::Done(way.ends(Outcome::Done, Some(shown(row)), true)));
        }
        match mine.first() {
            Some(row) => Ok(LookedUp::Done(self.drop_moved(row, way).await?)),
            None => Ok(LookedUp::NotDone),
        }
    }

    async fn look_for_move(&self, shift: Moving<'_>, rows: Rows<'_>, mut way: Way) -> Result<LookedUp, Trouble> {
        way.calls += 1;
        let found = self.rows_of(shift.user, shift.group).await?;
        let old = found.iter().find(|row| row.id.to_string() == shift.row);
        let made = found
            .iter()
            .filter(|row| row.id.to_string() != shift.row && rows.mine(row));
        let (good, bad): (Vec<&Row>, Vec<&Row>) = made.partition(|row| kept(shift.to, row) == Kept::Yes);
        for row in bad {
            way.calls += 1;
            way.learned.keeps_windows = Some(false);
            self.take_row(&row.id.to_string()).await.map_err(Trouble::half_done)?;
        }
        match (good.first(), old) {
            (Some(row), old) => {
                if old.is_some() {
                    way.calls += 1;
                    self.take_row(shift.row).await.map_err(Trouble::half_done)?;
                }
                Ok(LookedUp::Done(way.ends(Outcome::Done, Some(shown(row)), true)))
            }
            (None, Some(old)) if kept(shift.to, old) == Kept::Yes => {
                Ok(LookedUp::Done(way.ends(Outcome::Done, Some(shown(old)), true)))
            }
            (None, Some(old)) if kept(shift.from, old) == Kept::Yes => Ok(LookedUp::NotDone),
            (None, Some(old)) => Ok(LookedUp::Done(self.drop_moved(old, way).await?)),
            (None, None) => Ok(LookedUp::RowGone),
        }
    }
}
