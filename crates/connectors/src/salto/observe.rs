//! Reading all we may touch: groups with their locks and schedules, locks, rows and people of the groups asked for.
//!
//! In: the vendor's ids of groups. Out: an [`Observation`] that says whether it has holes.
//! Why so: a round compares against this; taking away on half a reading would lock people out. Members' lists may lack e-mails, so these
//! come from the site's users (§5.4, §5.7).
//! Always: what keeps doors shut is said in plain words, also that a group has no schedule (fact 5); a group that is gone is named, not
//! an error; our own account's rows are left out, so that nothing ever touches them (§8). Whose a row is, only the journal knows.

use std::collections::{BTreeMap, BTreeSet};

use access::Window;
use access::change::{Observation, Observed, ObservedGroup, ObservedLock};

use super::Salto;
use super::apply::Row;
use super::beside::Beside;
use super::client::Pages;
use super::errors::says;
use super::wire::{Activated, Group, Lock, LockIq, PlatformUser, PlatformUserId, Schedule, SiteUser};
use crate::limiter::Lane;
use crate::trouble::{Kind, Trouble};

const NO_SCHEDULE: &str = "The group has no time schedule at Salto KS, so it never opens a door: give it one in Salto's web app, “always” if no hours are meant.";
const LAPSED: &str =
    "The site's subscription at Salto KS is not valid: nobody can be let in or out until it is renewed.";

impl Salto {
    /// The answer to [`crate::Connector::observe`].
    pub(crate) async fn observe(&self, asked: &[String]) -> Result<Observation, Trouble> {
        let mut seen = Observation {
            complete: true,
            ..Observation::default()
        };
        self.observe_groups(&mut seen).await?;
        self.observe_locks(&mut seen).await?;
        let here: BTreeSet<String> = seen.groups.iter().map(|group| group.external.clone()).collect();
        let (known, unknown): (Vec<&String>, Vec<&String>) = asked.iter().partition(|group| here.contains(*group));
        // A list with holes does not prove that a group is gone; asking for its people does.
        let mut members = Vec::new();
        for group in known.into_iter().chain(unknown) {
            match self.members_of(group, &mut seen).await {
                Ok(people) => members.push((group, people)),
                Err(trouble) if trouble.kind == Kind::Gone => {
                    seen.groups.retain(|other| other.external != *group);
                    seen.gone_groups.push(group.clone());
                }
                Err(trouble) => return Err(trouble),
            }
        }
        if members.iter().any(|(_, people)| !people.is_empty()) {
            self.observe_rows(members, &mut seen).await?;
        }
        Ok(seen)
    }

    async fn observe_groups(&self, seen: &mut Observation) -> Result<(), Trouble> {
        let site = self.site_row().await?;
        seen.seats = site.seats();
        let lapsed = site.subscription_valid == Some(false);
        let path = self.path("access_groups");
        let groups = self
            .client
            .pages::<Group>(Lane::Read, &path, &[], "list groups")
            .await?;
        seen.complete &= groups.complete;
        for group in groups.items {
            match self.shown_group(group, seen).await {
                Ok(mut shown) => {
                    shown.restrictions.extend(lapsed.then(|| LAPSED.to_owned()));
                    seen.groups.push(shown);
                }
                // It went while we looked, or something of it did; only asking for its people proves that it is gone.
                Err(trouble) if trouble.kind == Kind::Gone => seen.complete = false,
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(())
    }

    async fn shown_group(&self, group: Group, seen: &mut Observation) -> Result<ObservedGroup, Trouble> {
        let below = format!("access_groups/{}", group.id);
        let path = self.path(&format!("{below}/locks"));
        let attempted = format!("list locks of group {}", group.id);
        let locks = self.client.pages::<Lock>(Lane::Read, &path, &[], &attempted).await?;
        let schedules = self.schedules(&group.id).await?;
        seen.complete &= locks.complete && schedules.complete;
        let never = schedules.complete && schedules.items.is_empty();
        let mut locks: Vec<String> = locks.items.into_iter().map(|lock| lock.id).collect();
        locks.sort_unstable();
        Ok(ObservedGroup {
            name: group.customer_reference.unwrap_or_else(|| group.id.clone()),
            external: group.id,
            site: Some(self.site.clone()),
            locks,
            restrictions: never.then(|| NO_SCHEDULE.to_owned()).into_iter().collect(),
        })
    }

    /// Schedules were seen in the older version only; where it is gone, the newer is tried (§10).
    async fn schedules(&self, group: &str) -> Result<Pages<Schedule>, Trouble> {
        let below = format!("access_groups/{group}/time_schedules");
        let attempted = format!("list schedules of group {group}");
        let older = self
            .client
            .pages(Lane::Read, &self.older_path(&below), &[], &attempted)
            .await;
        match older {
            Err(trouble)
                if trouble.kind == Kind::Nonsense && says(&trouble, |said| matches!(said.status, 404 | 405)) =>
            {
                self.client.pages(Lane::Read, &self.path(&below), &[], &attempted).await
            }
            older => older,
        }
    }

    async fn observe_locks(&self, seen: &mut Observation) -> Result<(), Trouble> {
        let path = self.path("locks");
        let locks = self.client.pages::<Lock>(Lane::Read, &path, &[], "list locks").await?;
        seen.complete &= locks.complete;
        if locks.items.is_empty() {
            return Ok(());
        }
        let ready = self.ready_gateways().await?;
        let shown = locks.items.into_iter().zip(0..);
        seen.locks = shown
            .map(|(lock, order)| shown_lock(lock, order, &self.site, &ready))
            .collect();
        Ok(())
    }

    /// Gateways whose doors open from our pages: taken by Salto, and by us.
    async fn ready_gateways(&self) -> Result<BTreeSet<String>, Trouble> {
        let activated = self.activated().await?;
        let beside = Beside::of(&self.client.session.kept_anew().await?);
        let ours = beside
            .gateways
            .into_iter()
            .filter(|(_, held)| held.pair().is_some() && !held.is_broken());
        Ok(ours.map(|(id, _)| id).filter(|id| activated.contains(id)).collect())
    }

    /// Gateways that are activated for this login, as Salto has it (§5.10, step 4).
    pub(super) async fn activated(&self) -> Result<BTreeSet<String>, Trouble> {
        let path = format!("v1.2/me/{}/activated_iqs", self.site);
        let attempted = "look which gateways are activated";
        let all = self
            .client
            .pages::<Activated>(Lane::Read, &path, &[], attempted)
            .await?;
        let on = all.items.into_iter().filter(|one| one.activated == Some(true));
        Ok(on.map(|one| one.iq_id).collect())
    }

    async fn members_of(&self, group: &str, seen: &mut Observation) -> Result<Vec<PlatformUser>, Trouble> {
        let attempted = format!("list people of group {group}");
        let members = self
            .client
            .pages(Lane::Read, &self.members_path(group), &[], &attempted)
            .await?;
        seen.complete &= members.complete;
        Ok(members.items)
    }

    /// Rows and people of the groups asked for.
    async fn observe_rows(
        &self,
        members: Vec<(&String, Vec<PlatformUser>)>,
        seen: &mut Observation,
    ) -> Result<(), Trouble> {
        let path = self.path("users");
        let users = self
            .client
            .pages::<SiteUser>(Lane::Read, &path, &[], "list people")
            .await?;
        seen.complete &= users.complete;
        let users: BTreeMap<PlatformUserId, SiteUser> = users
            .items
            .into_iter()
            .map(|user| (user.user.id.clone(), user))
            .collect();
        let mut met = BTreeSet::new();
        for (group, people) in members {
            for member in people.into_iter().filter(|member| member.id != self.me) {
                let user = users.get(&member.id);
                let email = user
                    .and_then(|user| user.user.email.clone())
                    .or_else(|| member.email.clone());
                let shown = email.unwrap_or_else(|| user.map_or(&member, |user| &user.user).name());
                let row = Row {
                    group,
                    person: member.id.clone(),
                };
                seen.rows.push(Observed {
                    external: row.external(),
                    external_holder: member.id.to_string(),
                    person: None,
                    email: shown.to_lowercase(),
                    external_group: group.clone(),
                    window: Window::ALWAYS,
                    ours: None,
                });
                met.insert(member.id);
            }
        }
        seen.holders = met
            .iter()
            .filter_map(|id| users.get(id))
            .map(SiteUser::holder)
            .collect();
        Ok(())
    }
}

fn shown_lock(lock: Lock, order: i64, site: &str, ready: &BTreeSet<String>) -> ObservedLock {
    let mut restrictions = Vec::new();
    let mut when = |on: bool, sentence: String| {
        if on {
            restrictions.push(sentence);
        }
    };
    let iq_name = |iq: &LockIq| iq.customer_reference.clone().unwrap_or_else(|| iq.id.clone());
    match &lock.iq {
        Some(iq) => {
            when(
                iq.is_online == Some(false),
                format!(
                    "Its gateway “{}” is offline: the door goes on by the rules it knew last, and does not open from our pages.",
                    iq_name(iq)
                ),
            );
            when(
                iq.otp_enabled != Some(false) && !ready.contains(&iq.id),
                format!(
                    "Its gateway “{}” is not activated, so the door does not open from our pages: activate it on this vendor's page.",
                    iq_name(iq)
                ),
            );
        }
        None => when(true, "The door has no gateway, so it learns of no changes.".to_owned()),
    }
    let iq_is_online = lock.iq.as_ref().and_then(|iq| iq.is_online);
    when(
        lock.online == Some(false) && iq_is_online != Some(false),
        "The door is offline: it goes on by the rules it knew last, and does not open from our pages.".to_owned(),
    );
    when(
        lock.iq_link_state.as_deref() == Some("detached_pending"),
        "The door is being taken off its gateway at Salto KS.".to_owned(),
    );
    when(
        lock.privacy_mode == Some(true),
        "Privacy mode is on: somebody locked the door from inside, and it does not open from our pages.".to_owned(),
    );
    ObservedLock {
        name: lock.customer_reference.unwrap_or_else(|| lock.id.clone()),
        external: lock.id,
        site: Some(site.to_owned()),
        order,
        online: lock.online.map(|online| online && iq_is_online != Some(false)),
        locked_down: false,
        restrictions,
    }
}
