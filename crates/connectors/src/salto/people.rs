//! People's records at Salto KS (§5.4, §5.6, §6.3): found on the site, then elsewhere at Salto, else made; never deleted.
//!
//! In: an e-mail and a name. Out: the site user, with a seat. Why so: a membership wants the platform id, a seat the site-user id, and only
//! the site's list of users knows both.
//! Always: the list is read once per stretch of work; an e-mail is compared here, case-insensitively; 201 is not success: what was
//! made or given a seat is read back.

use std::collections::BTreeMap;

use access::change::{ObservedHolder, Seats};
use reqwest::Method;
use serde_json::{Value, json};

use super::Salto;
use super::wire::{self, PlatformUser, Role, SiteUser, SiteUserId};
use crate::compare::same_address;
use crate::limiter::Lane;
use crate::memory::Memory;
use crate::trouble::{Kind, Trouble};

/// Lets in (§5.3).
const USER: &str = "site_user";
/// Lets a phone become a key (§5.3).
const MOBILE_USER: &str = "site_mobile_user";

/// Somebody's record.
pub(super) struct Met {
    pub user: SiteUser,
    /// Was it made just now? Then Salto may need a while to know of it (§5.5).
    pub made: bool,
}

impl SiteUser {
    /// In our words; whose it is, only the caller knows.
    pub(super) fn holder(&self) -> ObservedHolder {
        let email = self.user.email.as_deref().unwrap_or_default().to_lowercase();
        ObservedHolder {
            external: self.user.id.to_string(),
            person: None,
            unconfirmed: !email.is_empty() && self.user.has_profile == Some(false),
            disabled: self.blocked == Some(true) || self.is_suspended(),
            card: self.user.tag_number.clone().filter(|number| !number.is_empty()),
            email,
        }
    }

    fn has(&self, email: &str) -> bool {
        self.user
            .email
            .as_deref()
            .is_some_and(|theirs| same_address(theirs, email))
    }
}

/// The keys of somebody in the list of users: the platform id, and the e-mail where there is one.
fn keys(user: &SiteUser) -> impl Iterator<Item = String> {
    let email = user.user.email.as_deref().map(key);
    std::iter::once(user.user.id.to_string()).chain(email)
}

fn key(email: &str) -> String {
    email.to_lowercase()
}

impl Salto {
    /// The name of the list of the site's users, by platform id and by e-mail.
    pub(super) fn users_list(&self) -> String {
        self.list("users")
    }

    /// Keeps a whole list of users that was just read.
    pub(super) fn keep_users(&self, memory: &Memory, users: &[SiteUser]) {
        let known = users.iter().flat_map(|user| keys(user).map(|key| (key, shown(user))));
        memory.keep(&self.users_list(), known.collect());
    }

    /// Finds the record on the site, or makes it, and sees to its seat. A record that we know stays theirs whatever address it shows now:
    /// people change their own at Salto.
    pub(super) async fn meet(
        &self,
        email: &str,
        name: &str,
        holder: Option<&str>,
        memory: &Memory,
    ) -> Result<Met, Trouble> {
        let met = match self.known(email, holder, memory).await? {
            Some(user) => Met { user, made: false },
            None => Met {
                user: self.make(email, name, memory).await?,
                made: true,
            },
        };
        if met.user.user.id == self.me {
            let say = "this is the address of the account through which we are connected to Salto KS; it is never put in groups. Give the person an address of their own";
            return Err(Trouble::new("give access", Kind::Invalid, say));
        }
        if !met.user.is_suspended() {
            return Ok(met);
        }
        let user = self.take_seat(met.user, memory).await?;
        Ok(Met { user, ..met })
    }

    /// The record on the site, from the list of this stretch or, where that has holes, by a question of its own.
    async fn known(&self, email: &str, holder: Option<&str>, memory: &Memory) -> Result<Option<SiteUser>, Trouble> {
        let list = self.users_list();
        if memory.look(&list, "").is_none() {
            let path = self.path("users");
            let users = self
                .client
                .pages::<SiteUser>(Lane::Give, &path, &[], "list people")
                .await?;
            if !users.complete {
                let is_known = |user: &&SiteUser| holder == Some(user.user.id.as_str());
                let here = users.items.iter().find(is_known).cloned();
                let here = here.or_else(|| users.items.into_iter().find(|user| user.has(email)));
                return match here {
                    Some(user) => Ok(Some(user)),
                    None => self.person_by(email).await,
                };
            }
            self.keep_users(memory, &users.items);
        }
        let by_id = holder.and_then(|holder| memory.look(&list, holder).flatten());
        let known = by_id.or_else(|| memory.look(&list, &key(email)).flatten());
        Ok(known.and_then(|user| serde_json::from_value(user).ok()))
    }

    /// The record on the site with exactly this e-mail (§5.4).
    pub(super) async fn person_by(&self, email: &str) -> Result<Option<SiteUser>, Trouble> {
        // A quote inside is doubled (§4).
        let filter = format!("user/email eq '{}'", email.replace('\'', "''"));
        let (path, query) = (self.path("users"), [("$filter", &*filter)]);
        let found = self
            .client
            .pages::<SiteUser>(Lane::Give, &path, &query, "look for a person")
            .await?;
        Ok(found.items.into_iter().find(|user| user.has(email)))
    }

    /// Adds somebody to the site: known at Salto from elsewhere, or new (§5.4).
    async fn make(&self, email: &str, name: &str, memory: &Memory) -> Result<SiteUser, Trouble> {
        let roles = self.role_ids(memory).await?;
        let elsewhere = self.known_elsewhere(email).await?;
        let (path, body) = match &elsewhere {
            Some(person) => {
                let body = json!({"user_id": person.id, "role_ids": roles});
                (self.older_path("users/existing"), body)
            }
            None => {
                let (first, last) = names(name, email);
                let body = json!({
                    "first_name": first, "last_name": last, "alias": name.trim(), "email": email, "role_ids": roles,
                    "blocked": false, "use_pin": false, "override_privacy_mode": false,
                    "toggle_easy_office_mode": false, "toggle_manual_office_mode": false,
                });
                (self.path("users"), body)
            }
        };
        let attempted = "make a person's record";
        let made = self
            .client
            .write(Lane::Give, Method::POST, &path, Some(body), attempted)
            .await;
        let made = match made {
            Ok(answer) => answer.json::<SiteUser>(attempted).map_err(Trouble::half_done),
            // Somebody made it meanwhile, or the list did not show it: adopt it.
            Err(trouble) if matches!(trouble.kind, Kind::Invalid | Kind::Conflict) => {
                memory.forget(&self.users_list());
                self.person_by(email).await?.ok_or(trouble)
            }
            Err(trouble) => Err(trouble),
        };
        let user = match made {
            // The answer of this call is not documented: what counts is the list (§5.4).
            Err(trouble) if elsewhere.is_some() && trouble.kind == Kind::Nonsense => {
                self.person_by(email).await?.ok_or(trouble)?
            }
            made => made?,
        };
        self.read_back(user, memory).await
    }

    /// Reads a record back: Salto's answers to writes are no proof (§8).
    async fn read_back(&self, user: SiteUser, memory: &Memory) -> Result<SiteUser, Trouble> {
        let path = self.path(&format!("users/{}", user.id));
        let read = self
            .client
            .read::<SiteUser>(Lane::Give, &path, &[], "look at a person's record")
            .await;
        let user = match read {
            Ok(user) => user,
            // Not settled yet (§5.5); the answer to the write is all there is.
            Err(trouble) if matches!(trouble.kind, Kind::Gone | Kind::Forbidden) => user,
            Err(trouble) => return Err(trouble.half_done()),
        };
        for key in keys(&user) {
            memory.put(&self.users_list(), &key, shown(&user));
        }
        Ok(user)
    }

    /// Somebody Salto knows from another site (§5.4). That the search is refused only means that we do not know.
    async fn known_elsewhere(&self, email: &str) -> Result<Option<PlatformUser>, Trouble> {
        let query = [("search_for", email), ("for_site_id", &*self.site)];
        let attempted = "look for a person elsewhere";
        match self
            .client
            .pages::<PlatformUser>(Lane::Give, "v1.1/users/search", &query, attempted)
            .await
        {
            Ok(found) => {
                let theirs =
                    |person: &PlatformUser| person.email.as_deref().is_some_and(|its| same_address(its, email));
                Ok(found.items.into_iter().find(theirs))
            }
            Err(trouble) if matches!(trouble.kind, Kind::Gone | Kind::Invalid | Kind::Forbidden) => {
                tracing::info!(%trouble, "people of other sites cannot be searched");
                Ok(None)
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// The ids of the roles somebody new gets, resolved by their codes (§5.3).
    async fn role_ids(&self, memory: &Memory) -> Result<Vec<String>, Trouble> {
        let list = self.list("roles");
        if memory.look(&list, "").is_none() {
            let attempted = "list roles";
            let roles = self
                .client
                .pages::<Role>(Lane::Give, &self.path("roles"), &[], attempted)
                .await?;
            let mut ids: BTreeMap<String, Value> = roles
                .items
                .into_iter()
                .filter_map(|role| Some((role.code?, Value::from(role.id))))
                .collect();
            if self.site_row().await?.mkey_compatible != Some(true) {
                ids.remove(MOBILE_USER);
            }
            memory.keep(&list, ids);
        }
        let id = |code: &str| {
            memory
                .look(&list, code)
                .flatten()
                .and_then(|id| id.as_str().map(str::to_owned))
        };
        let Some(user) = id(USER) else {
            let say = "the account may not hand out the role Site User; make it Site Admin";
            return Err(Trouble::new("make a person's record", Kind::Forbidden, say));
        };
        Ok([Some(user), id(MOBILE_USER)].into_iter().flatten().collect())
    }

    /// The site as it is now (§5.2).
    pub(super) async fn site_row(&self) -> Result<wire::Site, Trouble> {
        let path = format!("v1.2/sites/{}", self.site);
        self.client.read(Lane::Give, &path, &[], "look at the site").await
    }

    /// Gives a suspended person a seat, and looks whether they have it: a full site says yes and does nothing (§5.6).
    async fn take_seat(&self, user: SiteUser, memory: &Memory) -> Result<SiteUser, Trouble> {
        let attempted = "give a person a seat";
        let path = self.seat_path(&user.id);
        let body = json!({"state": "subscribed"});
        self.client
            .write(Lane::Give, Method::PATCH, &path, Some(body), attempted)
            .await?;
        let user = self.read_back(user, memory).await?;
        if !user.is_suspended() {
            return Ok(user);
        }
        let site = self.site_row().await?;
        let say = match site.seats() {
            Some(seats) if seats.free() > 0 => format!(
                "{} gives this person no seat at Salto KS although {} of {} are taken; look at their record in Salto's web app",
                site.name(),
                seats.used,
                seats.bought
            ),
            Some(Seats { used, bought }) => format!(
                "{} has no free seat at Salto KS: {used} of {bought} are taken. Buy seats there, or suspend people who no longer come; it is tried again every five minutes",
                site.name()
            ),
            None => format!("{} has no free seat at Salto KS; buy seats there", site.name()),
        };
        Err(Trouble::new(attempted, Kind::NoSeats, say))
    }

    fn seat_path(&self, user: &SiteUserId) -> String {
        self.path(&format!("users/{user}/subscription"))
    }
}

fn shown(user: &SiteUser) -> Value {
    serde_json::to_value(user).expect("it is plain JSON")
}

/// First and last name; Salto wants both.
fn names<'a>(name: &'a str, email: &'a str) -> (&'a str, &'a str) {
    let name = name.trim();
    match name.rsplit_once(char::is_whitespace) {
        Some((first, last)) => (first.trim_end(), last),
        None if name.is_empty() => (email.split('@').next().unwrap_or(email), "-"),
        None => (name, "-"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_two_parts_whatever_was_given() {
        assert_eq!(names("Mira Lund", "m@x.org"), ("Mira", "Lund"));
        assert_eq!(names(" Ana  de la Cruz ", "a@x.org"), ("Ana  de la", "Cruz"));
        assert_eq!(names("Cher", "c@x.org"), ("Cher", "-"));
        assert_eq!(names("", "mira@x.org"), ("mira", "-"));
    }
}
