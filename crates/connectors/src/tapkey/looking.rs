//! Looking before repeating: what became of a step whose answer never came (§9.3).
//!
//! In: the change, and which rows are known. Out: done, not done, or its row is gone.
//! Why so: a create at Tapkey is not idempotent, and a grant does not say who made it or when: a live grant with exactly the window of the
//! intent, known to no other intent, is taken for its.
//! Always: what was read before is read anew; a half-done step is completed; nothing is made here.

use access::change::Change;
use access::{Instant, Window};

use super::Tapkey;
use super::apply::{Giving, giving, shown};
use super::contacts::holder;
use super::grants::kept;
use super::moves::{Moving, moving};
use super::names::{self, Group, Row};
use super::wire::Grant;
use crate::limiter::Lane;
use crate::port::{LookedUp, Outcome, Repeat, Step};
use crate::trouble::{Kind, Trouble};
use crate::way::Way;

impl Tapkey {
    /// The answer to [`crate::Connector::look_up`].
    pub(crate) async fn look_up(&self, change: &Change, step: &Step<'_>) -> Result<LookedUp, Trouble> {
        let Repeat::AfterUnknown { .. } = step.repeat else {
            return Ok(LookedUp::NotDone);
        };
        let way = Way::from(step);
        match change {
            Change::Give { .. } => self.look_for_give(giving(change)?, step, way).await,
            Change::Move { .. } => self.look_for_move(moving(change)?, step, way).await,
            Change::Take { external, .. } => self.look_for_take(external, way).await,
        }
    }

    async fn look_for_give(&self, give: Giving<'_>, step: &Step<'_>, mut way: Way) -> Result<LookedUp, Trouble> {
        let contact = match step.holder {
            Some(known) => known.to_owned(),
            None => {
                self.forget_contacts()?;
                let Some(contact) = self.contact_by(give.email, &mut way.calls).await? else {
                    return Ok(LookedUp::NotDone);
                };
                way.holder = Some(holder(&contact, give.email));
                contact
            }
        };
        let found = match give.group {
            Group::Lock(lock) => {
                let grants = self.grants_of(&contact, lock, &mut way.calls).await?;
                let mut mine = grants.iter().filter(|grant| is_of(give.window, grant, step));
                mine.next().map(shown)
            }
            Group::UserGroup(group) => {
                self.forget_members(group)?;
                // Nobody was in when the step was sent, or it would not have been.
                let member = match self.member_of(group, &contact, &mut way.calls).await {
                    Err(trouble) if trouble.kind == Kind::Gone => None,
                    member => member?,
                };
                let row = member.map(|member| (names::member(group, &member), Window::ALWAYS));
                row.filter(|(external, _)| !step.known.contains(external))
            }
        };
        Ok(match found {
            Some(row) => LookedUp::Done(way.ends(Outcome::Done, Some(row), true)),
            None => LookedUp::NotDone,
        })
    }

    async fn look_for_move(&self, shift: Moving<'_>, step: &Step<'_>, mut way: Way) -> Result<LookedUp, Trouble> {
        let grants = self.grants_of(shift.contact, shift.lock, &mut way.calls).await?;
        let old = grants.iter().find(|grant| grant.id == shift.grant);
        let made = grants
            .iter()
            .find(|grant| grant.id != shift.grant && is_of(shift.to, grant, step));
        match (made, old) {
            (_, Some(old)) if kept(shift.to, old.window()) => {
                Ok(LookedUp::Done(way.ends(Outcome::Done, Some(shown(old)), true)))
            }
            (Some(made), old) => {
                if old.is_some() {
                    self.revoke(shift.grant, &mut way.calls)
                        .await
                        .map_err(Trouble::half_done)?;
                }
                Ok(LookedUp::Done(way.ends(Outcome::Done, Some(shown(made)), true)))
            }
            (None, Some(_)) => Ok(LookedUp::NotDone),
            (None, None) => Ok(LookedUp::RowGone),
        }
    }

    async fn look_for_take(&self, external: &str, mut way: Way) -> Result<LookedUp, Trouble> {
        let stands = match names::row(external)? {
            Row::Over => false,
            Row::Grant(grant) => {
                let found = self.grant(grant, Lane::Revoke, &mut way.calls).await?;
                found.is_some_and(|grant| grant.is_live())
            }
            Row::Member { group, member } => {
                way.calls += 1;
                match self.members(group, Lane::Revoke).await {
                    Ok(members) => !members.complete || members.items.iter().any(|other| other.id == member),
                    Err(trouble) if trouble.kind == Kind::Gone => false,
                    Err(trouble) => return Err(trouble),
                }
            }
        };
        Ok(match stands {
            true => LookedUp::NotDone,
            false => LookedUp::Done(way.ends(Outcome::Done, None, true)),
        })
    }
}

/// May the grant be the one of this step? Not if it has another window, to the letter, or is known as another's: a stranger's that only
/// lasts as long must not be claimed (P-30).
fn is_of(window: Window, grant: &Grant, step: &Step<'_>) -> bool {
    let has = grant.window();
    let begins = (has.from == Instant::MIN) == (window.from == Instant::MIN);
    begins && kept(window, has) && !step.known.contains(&grant.id)
}
