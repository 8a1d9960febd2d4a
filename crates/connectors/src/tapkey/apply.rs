//! One step at Tapkey, in as few calls as there are: give, move, take.
//!
//! In: a change from a comparison. Out: what Tapkey acknowledged, what the account was found to do, how it ended.
//! Always: a known person costs one call to give, move or take, and none where a grant is over by itself (§7.8). The window of every
//! reply is compared with the one sent; a grant whose dates were dropped is revoked at once. A step that may have taken effect is looked
//! up before it is done again (§9.3). "Already so" and "already gone" are success.

use access::Window;
use access::change::Change;

use super::Tapkey;
use super::contacts::holder;
use super::errors::group_gone;
use super::grants::kept;
use super::moves::moving;
use super::names::{self, Group, Row};
use super::wire::Grant;
use crate::port::{Applied, LookedUp, Outcome, Repeat, Step};
use crate::trouble::{Kind, Trouble};
use crate::way::Way;

/// A give, taken apart.
pub(super) struct Giving<'a> {
    pub email: &'a str,
    pub name: &'a str,
    pub reference: String,
    pub group: Group<'a>,
    pub window: Window,
}

/// What became of a create.
pub(super) enum Made {
    /// A grant with the dates that were sent.
    Grant(Grant),
    /// The dates were lost; the grant is revoked, or named when it could not be.
    Dropped(Option<Grant>),
    /// Refused: these stand in its way (§9.3).
    Double(Vec<Grant>),
}

impl Tapkey {
    /// The answer to [`crate::Connector::apply`].
    pub(crate) async fn apply(&self, change: &Change, step: &Step<'_>) -> Result<Applied, Trouble> {
        if step.learned.plain_lists == Some(true) {
            self.client.read_plain_lists();
        }
        // What is unknown of the first try stays unknown while nobody can look.
        let looked = self.look_up(change, step).await.map_err(|trouble| match step.repeat {
            Repeat::First => trouble,
            Repeat::AfterUnknown { .. } => trouble.half_done(),
        });
        let mut applied = match looked? {
            LookedUp::Done(applied) => applied,
            LookedUp::RowGone => Way::from(step).ends(Outcome::RowGone, None, false),
            LookedUp::NotDone => self.carry_out(change, step).await?,
        };
        if self.client.reads_plain_lists() {
            applied.learned.plain_lists = Some(true);
        }
        Ok(applied)
    }

    async fn carry_out(&self, change: &Change, step: &Step<'_>) -> Result<Applied, Trouble> {
        let mut way = Way::from(step);
        match change {
            Change::Give { .. } => {
                let give = giving(change)?;
                match give.group {
                    Group::Lock(lock) => self.give(&give, lock, step, way).await,
                    Group::UserGroup(group) => self.put_in(&give, group, step, way).await,
                }
            }
            Change::Move { .. } => self.shift(moving(change)?, way).await,
            Change::Take { external, .. } => {
                let already = match names::row(external)? {
                    Row::Over => true,
                    Row::Grant(grant) => self.revoke(grant, &mut way.calls).await?,
                    Row::Member { group, member } => self.leave(group, member, &mut way.calls).await?,
                };
                Ok(way.ends(Outcome::Done, None, already))
            }
        }
    }

    async fn give(&self, give: &Giving<'_>, lock: &str, step: &Step<'_>, mut way: Way) -> Result<Applied, Trouble> {
        let contact = self.meet(give, step, &mut way).await?;
        let made = match self.make(&contact, lock, give.window, &mut way).await {
            Err(trouble) if matches!(trouble.kind, Kind::Gone | Kind::Invalid) => {
                let Some(contact) = self.contact_after_refusal(give, &contact, &mut way).await? else {
                    let bound = self.lock_is_bound(lock, &mut way.calls).await?;
                    return Err(if bound { trouble } else { group_gone(trouble) });
                };
                self.make(&contact, lock, give.window, &mut way).await?
            }
            made => made?,
        };
        match made {
            Made::Grant(grant) => Ok(way.ends(Outcome::Done, Some(shown(&grant)), false)),
            Made::Dropped(left) => Ok(way.ends(Outcome::WindowsDropped, left.as_ref().map(shown), false)),
            Made::Double(grants) => double(give, &grants, step, way),
        }
    }

    async fn put_in(&self, give: &Giving<'_>, group: &str, step: &Step<'_>, mut way: Way) -> Result<Applied, Trouble> {
        let mut contact = self.meet(give, step, &mut way).await?;
        for last in [false, true] {
            if let Some(member) = self.member_of(group, &contact, &mut way.calls).await? {
                let external = names::member(group, &member);
                let outcome = if step.known.contains(&external) {
                    Outcome::OneRowOnly
                } else {
                    Outcome::ForeignStands
                };
                return Ok(way.ends(outcome, None, true));
            }
            match self.join(group, &contact, &mut way.calls).await {
                Ok(Some(member)) => {
                    let row = (names::member(group, &member), Window::ALWAYS);
                    return Ok(way.ends(Outcome::Done, Some(row), false));
                }
                // Put in without saying under which name; the next look tells it.
                Ok(None) => {
                    let say = "Tapkey did not say the membership's name";
                    let unsaid = || Trouble::new("put somebody in a user group", Kind::Nonsense, say).half_done();
                    let member = self
                        .member_of(group, &contact, &mut way.calls)
                        .await
                        .map_err(Trouble::half_done)?;
                    let row = (names::member(group, &member.ok_or_else(unsaid)?), Window::ALWAYS);
                    return Ok(way.ends(Outcome::Done, Some(row), false));
                }
                // Somebody put them in since the group was read; it is read again.
                Err(trouble) if trouble.kind == Kind::Conflict && !last => self.forget_members(group)?,
                Err(trouble) if trouble.kind == Kind::Gone && !last => {
                    match self.contact_after_refusal(give, &contact, &mut way).await? {
                        Some(other) => contact = other,
                        None if self.user_group_exists(group, &mut way.calls).await? => return Err(trouble),
                        None => return Err(group_gone(trouble)),
                    }
                }
                Err(trouble) => return Err(trouble),
            }
        }
        let say = "Tapkey says that the person is in the group, and does not show it";
        Err(Trouble::new("put somebody in a user group", Kind::Conflict, say))
    }

    /// The contact of the person, found or made.
    async fn meet(&self, give: &Giving<'_>, step: &Step<'_>, way: &mut Way) -> Result<String, Trouble> {
        if let Some(known) = step.holder {
            return Ok(known.to_owned());
        }
        let contact = self
            .contact(give.email, give.name, &give.reference, &mut way.calls)
            .await?;
        way.holder = Some(holder(&contact, give.email));
        Ok(contact)
    }

    /// A write was refused: is the contact gone? Then another one; else `None`.
    async fn contact_after_refusal(
        &self,
        give: &Giving<'_>,
        contact: &str,
        way: &mut Way,
    ) -> Result<Option<String>, Trouble> {
        if self.contact_exists(contact, &mut way.calls).await? {
            return Ok(None);
        }
        let other = self
            .contact(give.email, give.name, &give.reference, &mut way.calls)
            .await?;
        way.holder = Some(holder(&other, give.email));
        Ok(Some(other))
    }

    /// One create, and the check of its reply.
    pub(super) async fn make(&self, contact: &str, lock: &str, window: Window, way: &mut Way) -> Result<Made, Trouble> {
        way.calls += 1;
        let made = match self.make_grant(contact, lock, window).await {
            // §9.3. Other refusals of the values may mean the same where a second window is not allowed (§7.7).
            Err(trouble) if matches!(trouble.kind, Kind::Conflict | Kind::Invalid) => {
                let grants = self.grants_of(contact, lock, &mut way.calls).await?;
                return match grants.is_empty() {
                    true => Err(trouble),
                    false => Ok(Made::Double(grants)),
                };
            }
            made => made?,
        };
        let grant = match made {
            Some(grant) => grant,
            None => {
                let found = self
                    .grants_of(contact, lock, &mut way.calls)
                    .await
                    .map_err(Trouble::half_done)?;
                let say = "Tapkey did not say the grant's name";
                let unsaid = || Trouble::new("give a grant", Kind::Nonsense, say).half_done();
                found
                    .into_iter()
                    .rfind(|grant| kept(window, grant.window()))
                    .ok_or_else(unsaid)?
            }
        };
        if kept(window, grant.window()) {
            if window != Window::ALWAYS {
                way.learned.keeps_windows = Some(true);
            }
            return Ok(Made::Grant(grant));
        }
        // A door would be open now and for ever: the grant goes before anything else is done.
        Ok(Made::Dropped(self.drop_grant(grant, way).await))
    }

    /// A grant of ours has lost its dates: it is revoked. Answers it when it still stands.
    pub(super) async fn drop_grant(&self, grant: Grant, way: &mut Way) -> Option<Grant> {
        way.learned.keeps_windows = Some(false);
        match self.revoke(&grant.id, &mut way.calls).await {
            Ok(_) => None,
            Err(trouble) => {
                tracing::error!(grant = grant.id, %trouble, "a grant without its dates could not be revoked; it is tried again");
                Some(grant)
            }
        }
    }
}

/// A grant was refused since others stand there (§9.3).
fn double(give: &Giving<'_>, grants: &[Grant], step: &Step<'_>, mut way: Way) -> Result<Applied, Trouble> {
    let (ours, foreign): (Vec<&Grant>, Vec<&Grant>) = grants.iter().partition(|grant| step.known.contains(&grant.id));
    let covers = |grant: &&&Grant| {
        let has = grant.window();
        kept(give.window, has) || (has.from <= give.window.from && give.window.until <= has.until)
    };
    if foreign.iter().any(|grant| covers(&grant)) {
        // An equal one says nothing about others; it lets the person in and is not ours.
        return Ok(way.ends(Outcome::ForeignStands, None, true));
    }
    if !ours.is_empty() {
        way.learned.several_rows = Some(false);
        return Ok(way.ends(Outcome::OneRowOnly, None, true));
    }
    let say = "somebody gave this person another grant on this door in Tapkey's portal, and Tapkey takes no second one; change or remove it there";
    Err(Trouble::new("give a grant", Kind::Invalid, say))
}

/// A grant in the receipt's words.
pub(super) fn shown(grant: &Grant) -> (String, Window) {
    (grant.id.clone(), grant.window())
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
        group: names::group(external_group)?,
        window: *window,
    })
}
