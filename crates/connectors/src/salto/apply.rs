//! One step at Salto KS: give is joining a group, take is leaving it; there is nothing to move (§5.7, §6.3).
//!
//! In: a change from a comparison. Out: what Salto acknowledged, how it ended.
//! Always: a known person and a group read in this stretch cost one call. Who is in the group already and not by us is left alone and
//! never claimed. "Already so" and "already gone" are success; an answer that does not name the member is followed by a look.

use std::collections::BTreeMap;

use access::Window;
use access::change::{Change, ObservedHolder, Receipt};
use reqwest::Method;
use serde_json::{Value, json};

use super::Salto;
use super::errors::{Said, says};
use super::people::Met;
use super::wire::{PlatformUser, PlatformUserId};
use crate::limiter::Lane;
use crate::memory::Memory;
use crate::port::{Applied, LookedUp, Outcome, Repeat, Step};
use crate::trouble::{Kind, Trouble};

/// A give, taken apart.
pub(super) struct Giving<'a> {
    pub email: &'a str,
    pub name: &'a str,
    pub group: &'a str,
}

/// A membership: the row's name is made of both.
pub(super) struct Row<'a> {
    pub group: &'a str,
    pub person: PlatformUserId,
}

impl<'a> Row<'a> {
    pub fn read(external: &'a str) -> Result<Self, Trouble> {
        let wrong = || {
            Trouble::new(
                "name a row",
                Kind::Invalid,
                format!("“{external}” is no membership of Salto's"),
            )
        };
        let (group, person) = external.split_once('/').ok_or_else(wrong)?;
        let person = PlatformUserId::from(person);
        Ok(Self { group, person })
    }

    pub fn external(&self) -> String {
        format!("{}/{}", self.group, self.person)
    }
}

impl Salto {
    /// The answer to [`crate::Connector::apply`].
    pub(crate) async fn apply(&self, change: &Change, step: &Step<'_>) -> Result<Applied, Trouble> {
        let this = self.counting();
        if step.repeat != Repeat::First {
            // What is unknown of the first try stays unknown while nobody can look.
            match this.look_up(change, step).await.map_err(Trouble::half_done)? {
                LookedUp::Done(applied) => return Ok(applied),
                LookedUp::RowGone => return Ok(this.ends(step, Outcome::RowGone, None, None, false)),
                LookedUp::NotDone => {}
            }
        }
        match change {
            Change::Give { .. } => this.give(&giving(change)?, step).await,
            Change::Move { .. } => Err(nothing_to_move()),
            Change::Take { external, .. } => {
                let already = this.take(&Row::read(external)?).await?;
                Ok(this.ends(step, Outcome::Done, None, None, already))
            }
        }
    }

    /// The same with calls counted from here, and a memory in any case.
    pub(super) fn counting(&self) -> Self {
        Self {
            client: self.client.counting(),
            memory: Some(self.memory.clone().unwrap_or_default()),
            ..self.clone()
        }
    }

    pub(super) fn memory(&self) -> Memory {
        self.memory.clone().unwrap_or_default()
    }

    /// The end of a step; `row` is what Salto holds now.
    pub(super) fn ends(
        &self,
        step: &Step<'_>,
        outcome: Outcome,
        row: Option<&Row<'_>>,
        holder: Option<ObservedHolder>,
        already: bool,
    ) -> Applied {
        let receipt = Receipt {
            external: row.map(Row::external),
            holder,
            window: row.map(|_| Window::ALWAYS),
            already,
            calls: self.client.calls(),
        };
        Applied {
            receipt,
            learned: step.learned,
            outcome,
        }
    }

    async fn give(&self, give: &Giving<'_>, step: &Step<'_>) -> Result<Applied, Trouble> {
        let memory = self.memory();
        // Whether the group is there turns out first: nobody is made for a group that is gone.
        if memory.look(&self.members_list(give.group), "").is_none() {
            self.read_members(give.group, &memory).await?;
        }
        // A record or a seat that may have been made is found the next time; only joining needs looking for, and it has not begun.
        let met = self.meet(give.email, give.name, step.holder, &memory).await;
        let met = met.map_err(|trouble| Trouble {
            unknown: false,
            ..trouble
        })?;
        let (row, holder) = (
            Row {
                group: give.group,
                person: met.user.user.id.clone(),
            },
            Some(met.user.holder()),
        );
        if self.is_member(&row, &memory).await? {
            return Ok(self.stands(step, &row, holder));
        }
        match self.join(&row, &memory).await {
            Ok(true) => Ok(self.ends(step, Outcome::Done, Some(&row), holder, false)),
            Ok(false) => Ok(self.stands(step, &row, holder)),
            Err(trouble) => Err(self.not_joined(&row, &met, trouble, &memory).await?),
        }
    }

    /// The person is in the group already: by a row of ours, or by somebody else's hand.
    fn stands(&self, step: &Step<'_>, row: &Row<'_>, holder: Option<ObservedHolder>) -> Applied {
        if step.known.contains(&row.external()) {
            return self.ends(step, Outcome::Done, Some(row), holder, true);
        }
        self.ends(step, Outcome::ForeignStands, None, holder, true)
    }

    /// Joins; `false` when Salto says that it is so already and it is.
    async fn join(&self, row: &Row<'_>, memory: &Memory) -> Result<bool, Trouble> {
        let attempted = format!("put somebody in group {}", row.group);
        let (path, body) = (self.members_path(row.group), json!({"user_id": row.person}));
        let answer = self
            .client
            .write(Lane::Give, Method::POST, &path, Some(body), &attempted)
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(trouble) if is_already(&trouble) => {
                memory.forget(&self.members_list(row.group));
                return match self.is_member(row, memory).await? {
                    true => Ok(false),
                    false => Err(trouble),
                };
            }
            Err(trouble) => return Err(trouble),
        };
        // An answer that breaks off is no empty one.
        let named = match answer.is_empty() {
            true => None,
            false => Some(answer.json::<Value>(&attempted).map_err(Trouble::half_done)?),
        };
        let id = named.as_ref().and_then(|named| named.get("id")?.as_str());
        if id == Some(row.person.as_str()) {
            memory.put(&self.members_list(row.group), row.person.as_str(), Value::Null);
            return Ok(true);
        }
        // The reply is no proof (§5.7): look.
        memory.forget(&self.members_list(row.group));
        match self.is_member(row, memory).await.map_err(Trouble::half_done)? {
            true => Ok(true),
            false => {
                let say = "Salto KS said yes, but the person is not in the group yet";
                Err(Trouble::new(attempted, Kind::Conflict, say).half_done())
            }
        }
    }

    /// Joining was refused: is the group gone, or does Salto not know the person (yet)?
    async fn not_joined(
        &self,
        row: &Row<'_>,
        met: &Met,
        refusal: Trouble,
        memory: &Memory,
    ) -> Result<Trouble, Trouble> {
        if !says(&refusal, |said| said.is_not_found() || said.is_not_on_this()) {
            return Ok(refusal);
        }
        memory.forget(&self.members_list(row.group));
        memory.forget(&self.users_list());
        // Gone: this says so.
        self.read_members(row.group, memory).await?;
        let say = match met.made {
            true => "Salto KS has not finished making this person's record; it is tried again in a moment",
            false => "Salto KS lists this person but does not take them into the group yet; it is tried again",
        };
        let again = Trouble {
            kind: Kind::Settling,
            say: say.to_owned(),
            ..refusal
        };
        // With a record just made, this is no trouble of the person's, only a step that is not finished.
        Ok(if met.made { again.half_done() } else { again })
    }

    /// Is the person in the group? Read once per stretch.
    pub(super) async fn is_member(&self, row: &Row<'_>, memory: &Memory) -> Result<bool, Trouble> {
        let list = self.members_list(row.group);
        if let Some(known) = memory.look(&list, row.person.as_str()) {
            return Ok(known.is_some());
        }
        let members = self.read_members(row.group, memory).await?;
        Ok(members.contains_key(row.person.as_str()))
    }

    /// Reads the members of a group, and keeps them.
    ///
    /// A list with holes cannot say that somebody is missing, and claiming somebody else's row would be worse than waiting.
    async fn read_members(&self, group: &str, memory: &Memory) -> Result<BTreeMap<String, Value>, Trouble> {
        let list = self.members_list(group);
        let attempted = format!("list people of group {group}");
        let path = self.members_path(group);
        let members = self
            .client
            .pages::<PlatformUser>(Lane::Give, &path, &[], &attempted)
            .await;
        let members = members.map_err(|trouble| match trouble.kind {
            Kind::Gone => group_gone(trouble),
            _ => trouble,
        })?;
        if !members.complete {
            return Err(Trouble::new(attempted, Kind::Nonsense, "the list has holes"));
        }
        let ids = members.items.iter().map(|member| (member.id.to_string(), Value::Null));
        let ids: BTreeMap<String, Value> = ids.collect();
        memory.keep(&list, ids.clone());
        Ok(ids)
    }

    /// Leaves a group; answers whether it was so already.
    async fn take(&self, row: &Row<'_>) -> Result<bool, Trouble> {
        let attempted = format!("take somebody out of group {}", row.group);
        if row.person == self.me {
            let say = "the account through which we are connected is never taken out of groups";
            return Err(Trouble::new(attempted, Kind::Invalid, say));
        }
        let path = format!("{}/{}", self.members_path(row.group), row.person);
        let taken = self
            .client
            .write(Lane::Revoke, Method::DELETE, &path, None, &attempted)
            .await;
        let already = match taken {
            Ok(_) => false,
            Err(trouble) if trouble.kind == Kind::Gone => true,
            Err(trouble) => return Err(trouble),
        };
        self.memory().drop(&self.members_list(row.group), row.person.as_str());
        Ok(already)
    }

    pub(super) fn members_path(&self, group: &str) -> String {
        self.path(&format!("access_groups/{group}/users"))
    }

    /// The name of the list of a group's members, by platform id.
    pub(super) fn members_list(&self, group: &str) -> String {
        self.list(&format!("group {group}"))
    }
}

/// Which refusals may mean "in the group already" (§10).
fn is_already(trouble: &Trouble) -> bool {
    let by_text = |said: &Said| matches!(said.status, 400 | 422) && said.mentions(&["already"]);
    trouble.kind == Kind::Conflict || says(trouble, by_text)
}

fn group_gone(refusal: Trouble) -> Trouble {
    Trouble {
        kind: Kind::GroupGone,
        say: "the group is not found at Salto KS".to_owned(),
        unknown: false,
        ..refusal
    }
}

pub(super) fn nothing_to_move() -> Trouble {
    Trouble::new("move a window", Kind::Invalid, "rows at Salto KS have no dates")
}

pub(super) fn giving(change: &Change) -> Result<Giving<'_>, Trouble> {
    let Change::Give {
        email,
        name,
        external_group,
        ..
    } = change
    else {
        return Err(Trouble::new("give", Kind::Invalid, "the change is no give"));
    };
    Ok(Giving {
        email,
        name,
        group: external_group,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rows_name_reads_back() {
        let row = Row::read("g-1/p-2").expect("it is ours");
        assert_eq!(
            (row.group, row.person.as_str(), row.external()),
            ("g-1", "p-2", "g-1/p-2".to_owned())
        );
        assert!(Row::read("g-1").is_err());
    }
}
