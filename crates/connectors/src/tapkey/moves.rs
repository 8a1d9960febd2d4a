//! Moving a grant to another window: changed in place where that works, else made anew and the old one revoked.
//!
//! In: a move from a comparison. Out: what Tapkey holds now. Why two ways: changing a grant is documented to exist, its call is not
//! (§7.7); the first real one of an account shows whether it works, and nothing foreign is ever tried on (§11).
//! Always: a new grant stands before the old one goes, so that nobody is shut out between; only where one pair takes one grant is it the
//! other way round.

use access::Window;
use access::change::Change;

use super::Tapkey;
use super::apply::{Made, shown};
use super::errors::{group_gone, status};
use super::grants::kept;
use super::names::{self, Group, Row};
use crate::port::{Applied, Outcome, lane};
use crate::trouble::{Kind, Trouble};
use crate::way::Way;

/// A move, taken apart.
pub(super) struct Moving<'a> {
    pub change: &'a Change,
    pub grant: &'a str,
    pub contact: &'a str,
    pub lock: &'a str,
    pub from: Window,
    pub to: Window,
}

impl Tapkey {
    /// Moves a grant.
    pub(super) async fn shift(&self, shift: Moving<'_>, mut way: Way) -> Result<Applied, Trouble> {
        if way.learned.moves_windows == Some(false) {
            return self.replace(shift, way).await;
        }
        way.calls += 1;
        let changed = match self.change_grant(shift.grant, shift.to, lane(shift.change)).await {
            Ok(changed) => changed,
            Err(trouble) => return self.not_moved(shift, way, trouble).await,
        };
        let row = match changed {
            // The first move of an account has to show that it did what it said.
            None if way.learned.moves_windows.is_none() => self
                .grant(shift.grant, lane(shift.change), &mut way.calls)
                .await
                .map_err(Trouble::half_done)?,
            changed => changed,
        };
        let has = match &row {
            Some(grant) => grant.window(),
            None if way.learned.moves_windows == Some(true) => shift.to,
            None => return Ok(way.ends(Outcome::RowGone, None, false)),
        };
        if kept(shift.to, has) {
            way.learned.moves_windows = Some(true);
            return Ok(way.ends(Outcome::Done, Some((shift.grant.to_owned(), has)), false));
        }
        way.learned.moves_windows = Some(false);
        match row {
            Some(grant) if !kept(shift.from, has) => {
                let left = self.drop_grant(grant, &mut way).await;
                Ok(way.ends(Outcome::WindowsDropped, left.as_ref().map(shown), false))
            }
            _ => self.replace(shift, way).await,
        }
    }

    /// A move was refused: grants cannot be moved here (§11), or this one is gone.
    async fn not_moved(&self, shift: Moving<'_>, mut way: Way, refused: Trouble) -> Result<Applied, Trouble> {
        if !matches!(refused.kind, Kind::Gone | Kind::Invalid | Kind::Conflict) {
            return Err(refused);
        }
        let found = self.grant(shift.grant, lane(shift.change), &mut way.calls).await?;
        if !found.is_some_and(|grant| grant.is_live()) {
            return Ok(way.ends(Outcome::RowGone, None, false));
        }
        let unproven = way.learned.moves_windows.is_none();
        if refused.kind != Kind::Conflict && (unproven || status(&refused) == Some(405)) {
            way.learned.moves_windows = Some(false);
            return self.replace(shift, way).await;
        }
        Err(refused)
    }

    /// Moves by making the new grant and revoking the old; where a second one is refused, the other way round.
    async fn replace(&self, shift: Moving<'_>, mut way: Way) -> Result<Applied, Trouble> {
        if way.learned.several_rows == Some(false) {
            self.revoke(shift.grant, &mut way.calls).await?;
            return self.remake(shift, way).await;
        }
        match self.make(shift.contact, shift.lock, shift.to, &mut way).await {
            Ok(Made::Grant(grant)) => {
                self.revoke(shift.grant, &mut way.calls)
                    .await
                    .map_err(Trouble::half_done)?;
                Ok(way.ends(Outcome::Done, Some(shown(&grant)), false))
            }
            Ok(Made::Dropped(None)) => {
                let old = Some((shift.grant.to_owned(), shift.from));
                Ok(way.ends(Outcome::WindowsDropped, old, false))
            }
            Ok(Made::Dropped(Some(_))) => {
                let say = "Tapkey dropped the dates of a new grant, and it could not be revoked yet";
                Err(Trouble::new(format!("move grant {}", shift.grant), Kind::VendorDown, say).half_done())
            }
            Ok(Made::Double(grants)) if grants.iter().any(|grant| grant.id == shift.grant) => {
                way.learned.several_rows = Some(false);
                self.revoke(shift.grant, &mut way.calls).await?;
                self.remake(shift, way).await
            }
            Ok(Made::Double(_)) => Ok(way.ends(Outcome::ForeignStands, None, true)),
            // The contact went, and its grants with it: what is to hold is given anew.
            Err(trouble) if trouble.kind == Kind::Gone => match self.lock_is_bound(shift.lock, &mut way.calls).await? {
                true => Ok(way.ends(Outcome::RowGone, None, false)),
                false => Err(group_gone(trouble)),
            },
            Err(trouble) => Err(trouble),
        }
    }

    /// Makes the moved grant anew after the old one is revoked.
    async fn remake(&self, shift: Moving<'_>, mut way: Way) -> Result<Applied, Trouble> {
        match self.make(shift.contact, shift.lock, shift.to, &mut way).await {
            Ok(Made::Grant(grant)) => Ok(way.ends(Outcome::Done, Some(shown(&grant)), false)),
            Ok(Made::Dropped(left)) => Ok(way.ends(Outcome::WindowsDropped, left.as_ref().map(shown), false)),
            Ok(Made::Double(_)) => Ok(way.ends(Outcome::ForeignStands, None, true)),
            Err(trouble) => {
                tracing::error!(grant = shift.grant, %trouble, "the old grant is revoked and the new one could not be made; it is tried again");
                Err(trouble.half_done())
            }
        }
    }
}

pub(super) fn moving(change: &Change) -> Result<Moving<'_>, Trouble> {
    let wrong = || {
        Trouble::new(
            "move",
            Kind::Invalid,
            "only grants on locks have dates that can be moved",
        )
    };
    let Change::Move {
        external_group,
        external,
        external_holder,
        from,
        to,
        ..
    } = change
    else {
        return Err(wrong());
    };
    let (Group::Lock(lock), Row::Grant(grant)) = (names::group(external_group)?, names::row(external)?) else {
        return Err(wrong());
    };
    Ok(Moving {
        change,
        grant,
        contact: external_holder,
        lock,
        from: *from,
        to: *to,
    })
}
