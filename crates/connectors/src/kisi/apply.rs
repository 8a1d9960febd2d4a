//! One step at Kisi, in as few calls as there are: give, move, take.
//!
//! In: a change from a comparison. Out: what Kisi acknowledged, what the account was found to do, how it ended.
//! Always: a known person costs one call to give, move or take. The window of every reply is compared with the one sent; a row whose
//! dates were dropped is removed at once. A step that may have taken effect is looked up before it is done again. "Already so" and
//! "already gone" are success.
//! The safe answers to what Kisi leaves open are those of §8 of the contract.

use access::Window;
use access::change::Change;

use super::Kisi;
use super::rows::{Kept, kept, may_be_double, wants_older_form};
use super::wire::{Row, User};
use crate::port::{Applied, LookedUp, Outcome, Step, lane};
use crate::trouble::{Kind, Trouble};
use crate::way::Way;

/// A give, taken apart.
pub(super) struct Giving<'a> {
    pub email: &'a str,
    pub name: &'a str,
    pub reference: String,
    pub group: i64,
    pub window: Window,
}

/// A move, taken apart.
pub(super) struct Moving<'a> {
    pub change: &'a Change,
    pub row: &'a str,
    pub user: i64,
    pub group: i64,
    pub from: Window,
    pub to: Window,
}

/// What became of a create.
enum Made {
    /// A row with the dates that were sent.
    Row(Row),
    /// The dates were lost; the row is removed, or named when it could not be.
    Dropped(Option<Row>),
    /// Refused: there is one already, and only one can be.
    Double(Vec<Row>),
}

impl Kisi {
    /// The answer to [`crate::Connector::apply`].
    pub(crate) async fn apply(&self, change: &Change, step: &Step<'_>) -> Result<Applied, Trouble> {
        let way = Way::from(step);
        match self.look_up(change, step).await? {
            LookedUp::Done(applied) => return Ok(applied),
            LookedUp::RowGone => return Ok(way.ends(Outcome::RowGone, None, false)),
            LookedUp::NotDone => {}
        }
        match change {
            Change::Give { .. } => self.give(giving(change)?, step, way).await,
            Change::Move { .. } => match self.shift(moving(change)?, way).await {
                Err(trouble) if trouble.kind == Kind::Gone => self.moved_nowhere(moving(change)?, step, trouble).await,
                moved => moved,
            },
            Change::Take { external, .. } => {
                let already = self.take_row(external).await?;
                Ok(Way { calls: 1, ..way }.ends(Outcome::Done, None, already))
            }
        }
    }

    async fn give(&self, give: Giving<'_>, step: &Step<'_>, mut way: Way) -> Result<Applied, Trouble> {
        let known = step.holder.map(number).transpose()?;
        let user = match known {
            Some(user) => user,
            None => self.meet(&give, &mut way).await?,
        };
        let made = match self.make(user, give.group, give.window, &mut way).await {
            Err(trouble) if matches!(trouble.kind, Kind::Gone | Kind::Invalid) => {
                self.make_after_refusal(&give, known, trouble, &mut way).await?
            }
            made => made?,
        };
        Ok(match made {
            Made::Row(row) => way.ends(Outcome::Done, Some(shown(&row)), false),
            Made::Dropped(left) => way.ends(Outcome::WindowsDropped, left.as_ref().map(shown), false),
            Made::Double(rows) => {
                let ours = |row: &Row| step.known.contains(&row.id.to_string());
                let outcome = if rows.iter().any(ours) {
                    Outcome::OneRowOnly
                } else {
                    Outcome::ForeignStands
                };
                way.ends(outcome, None, true)
            }
        })
    }

    /// Finds the person's record or makes it, and keeps what was seen.
    async fn meet(&self, give: &Giving<'_>, way: &mut Way) -> Result<i64, Trouble> {
        let user: User = self
            .person(give.email, give.name, &give.reference, &mut way.calls)
            .await?;
        way.holder = Some(user.holder());
        Ok(user.id)
    }

    /// A create was refused although nothing is double: is the person's record or the group gone?
    async fn make_after_refusal(
        &self,
        give: &Giving<'_>,
        known: Option<i64>,
        refusal: Trouble,
        way: &mut Way,
    ) -> Result<Made, Trouble> {
        if let Some(user) = known
            && !self.person_exists(&user.to_string(), &mut way.calls).await?
        {
            let user = self.meet(give, way).await?;
            return self.make(user, give.group, give.window, way).await;
        }
        if !self.group_exists(&give.group.to_string(), &mut way.calls).await? {
            return Err(group_gone(refusal));
        }
        Err(refusal)
    }

    /// One create, in the form the account takes, and the check of its reply.
    async fn make(&self, user: i64, group: i64, window: Window, way: &mut Way) -> Result<Made, Trouble> {
        let older = way.learned.older_form == Some(true);
        way.calls += 1;
        let mut made = self.make_row(user, group, window, older).await;
        if let Err(trouble) = &made
            && !older
            && wants_older_form(trouble)
        {
            way.calls += 1;
            let second = self.make_row(user, group, window, true).await;
            if second.is_ok() {
                way.learned.older_form = Some(true);
                made = second;
            }
        }
        let row = match made {
            Ok(row) => row,
            Err(trouble) if may_be_double(&trouble) => {
                way.calls += 1;
                let rows = self.rows_of(user, group).await?;
                if rows.is_empty() {
                    return Err(trouble);
                }
                way.learned.several_rows = Some(false);
                return Ok(Made::Double(rows));
            }
            Err(trouble) => return Err(trouble),
        };
        if kept(window, &row) == Kept::Yes {
            if window != Window::ALWAYS {
                way.learned.keeps_windows = Some(true);
            }
            return Ok(Made::Row(row));
        }
        // A door would be open now and for ever: the row goes before anything else is done.
        way.learned.keeps_windows = Some(false);
        way.calls += 1;
        match self.take_row(&row.id.to_string()).await {
            Ok(_) => Ok(Made::Dropped(None)),
            Err(trouble) => {
                tracing::error!(row = row.id, %trouble, "a row without its dates could not be removed; it is tried again");
                Ok(Made::Dropped(Some(row)))
            }
        }
    }

    async fn shift(&self, shift: Moving<'_>, mut way: Way) -> Result<Applied, Trouble> {
        if way.learned.moves_windows == Some(false) {
            return self.replace(shift, way).await;
        }
        way.calls += 1;
        match self.move_row(shift.row, shift.from, shift.to, lane(shift.change)).await {
            Ok(()) if way.learned.moves_windows == Some(true) => {
                Ok(way.ends(Outcome::Done, Some((shift.row.to_owned(), shift.to)), false))
            }
            Ok(()) => self.learn_to_move(shift, way).await,
            Err(trouble) if trouble.kind == Kind::Invalid => {
                way.learned.moves_windows = Some(false);
                self.replace(shift, way).await
            }
            Err(trouble) if trouble.kind == Kind::Gone => Ok(way.ends(Outcome::RowGone, None, false)),
            Err(trouble) => Err(trouble),
        }
    }

    /// The new row of a move found nothing to stand on: the group is gone, or the person's record and with it the old row.
    async fn moved_nowhere(&self, shift: Moving<'_>, step: &Step<'_>, refusal: Trouble) -> Result<Applied, Trouble> {
        let mut way = Way::from(step);
        if self.group_exists(&shift.group.to_string(), &mut way.calls).await? {
            return Ok(way.ends(Outcome::RowGone, None, false));
        }
        Err(group_gone(refusal))
    }

    /// The first move of an account: did it do what it said?
    async fn learn_to_move(&self, shift: Moving<'_>, mut way: Way) -> Result<Applied, Trouble> {
        way.calls += 1;
        let Some(row) = self
            .row(shift.row, lane(shift.change))
            .await
            .map_err(Trouble::half_done)?
        else {
            return Ok(way.ends(Outcome::RowGone, None, false));
        };
        if kept(shift.to, &row) == Kept::Yes {
            way.learned.moves_windows = Some(true);
            return Ok(way.ends(Outcome::Done, Some(shown(&row)), false));
        }
        way.learned.moves_windows = Some(false);
        if kept(shift.from, &row) == Kept::Yes {
            return self.replace(shift, way).await;
        }
        self.drop_moved(&row, way).await
    }

    /// A row of ours lost its dates while it was moved.
    pub(super) async fn drop_moved(&self, row: &Row, mut way: Way) -> Result<Applied, Trouble> {
        way.learned.keeps_windows = Some(false);
        way.calls += 1;
        let left = match self.take_row(&row.id.to_string()).await {
            Ok(_) => None,
            Err(trouble) => {
                tracing::error!(row = row.id, %trouble, "a row without its dates could not be removed; it is tried again");
                Some(shown(row))
            }
        };
        Ok(way.ends(Outcome::WindowsDropped, left, false))
    }

    /// Moves by making the new row and deleting the old; where a second row is refused, the other way round (§8).
    async fn replace(&self, shift: Moving<'_>, mut way: Way) -> Result<Applied, Trouble> {
        if way.learned.several_rows == Some(false) {
            way.calls += 1;
            self.take_row(shift.row).await?;
            return self.remake(shift, way).await;
        }
        match self.make(shift.user, shift.group, shift.to, &mut way).await? {
            Made::Row(row) => {
                way.calls += 1;
                self.take_row(shift.row).await.map_err(Trouble::half_done)?;
                Ok(way.ends(Outcome::Done, Some(shown(&row)), false))
            }
            Made::Dropped(None) => {
                let old = Some((shift.row.to_owned(), shift.from));
                Ok(way.ends(Outcome::WindowsDropped, old, false))
            }
            Made::Dropped(Some(_)) => {
                let say = "Kisi dropped the dates of a new row, and the row could not be removed yet";
                Err(Trouble::new(format!("move row {}", shift.row), Kind::VendorDown, say).half_done())
            }
            Made::Double(rows) if rows.iter().any(|row| row.id.to_string() == shift.row) => {
                way.calls += 1;
                self.take_row(shift.row).await?;
                self.remake(shift, way).await
            }
            Made::Double(_) => Ok(way.ends(Outcome::ForeignStands, None, true)),
        }
    }

    /// Makes the moved row anew after the old one is gone.
    async fn remake(&self, shift: Moving<'_>, mut way: Way) -> Result<Applied, Trouble> {
        match self.make(shift.user, shift.group, shift.to, &mut way).await {
            Ok(Made::Row(row)) => Ok(way.ends(Outcome::Done, Some(shown(&row)), false)),
            Ok(Made::Dropped(left)) => Ok(way.ends(Outcome::WindowsDropped, left.as_ref().map(shown), false)),
            Ok(Made::Double(_)) => Ok(way.ends(Outcome::ForeignStands, None, true)),
            Err(trouble) => {
                tracing::error!(row = shift.row, %trouble, "the old row is gone and the new one could not be made; it is tried again");
                Err(trouble.half_done())
            }
        }
    }
}

fn group_gone(refusal: Trouble) -> Trouble {
    Trouble {
        kind: Kind::GroupGone,
        say: "the group is not found at Kisi".to_owned(),
        unknown: false,
        ..refusal
    }
}

/// A row in the receipt's words.
pub(super) fn shown(row: &Row) -> (String, Window) {
    (row.id.to_string(), row.window())
}

/// Kisi's ids are numbers; ours of them are text.
pub(super) fn number(external: &str) -> Result<i64, Trouble> {
    external.parse().map_err(|_| {
        Trouble::new(
            "name something to Kisi",
            Kind::Invalid,
            format!("“{external}” is no id of Kisi's"),
        )
    })
}

pub(super) fn giving(change: &Change) -> Result<Giving<'_>, Trouble> {
    let Change::Give {
        person,
        email,
        name,
        external_group,
        window,
        ..
    } = change
    else {
        return Err(Trouble::new("give", Kind::Invalid, "the change is no give"));
    };
    Ok(Giving {
        email,
        name,
        reference: person.to_string(),
        group: number(external_group)?,
        window: *window,
    })
}

pub(super) fn moving(change: &Change) -> Result<Moving<'_>, Trouble> {
    let Change::Move {
        external_group,
        external,
        external_holder,
        from,
        to,
        ..
    } = change
    else {
        return Err(Trouble::new("move", Kind::Invalid, "the change is no move"));
    };
    let (user, group) = (number(external_holder)?, number(external_group)?);
    Ok(Moving {
        change,
        row: external,
        user,
        group,
        from: *from,
        to: *to,
    })
}
