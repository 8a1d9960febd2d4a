//! People's records at Kisi (§4.5): found by e-mail, made as managed users, never deleted.
//!
//! In: an e-mail and a name. Out: the record, with what keeps it from working.
//! Always: an e-mail is compared here, case-insensitively, because filters at Kisi may be fuzzy; a record is never kept for ever by its
//! e-mail, since a formerly deleted one comes back under another id (§8).

use access::change::ObservedHolder;
use serde_json::json;

use super::Kisi;
use super::errors::said;
use super::wire::User;
use crate::compare::same_address;
use crate::limiter::Lane;
use crate::trouble::{Kind, Trouble};

impl User {
    /// In our words; whose it is, only the caller knows.
    pub(super) fn holder(&self) -> ObservedHolder {
        ObservedHolder {
            external: self.id.to_string(),
            person: None,
            email: self.email.as_deref().unwrap_or_default().to_lowercase(),
            card: None,
            unconfirmed: self.confirmed == Some(false),
            disabled: self.access_enabled == Some(false) || self.scim_access_enabled == Some(false),
        }
    }

    fn has(&self, email: &str) -> bool {
        self.email.as_deref().is_some_and(|theirs| same_address(theirs, email))
    }
}

impl Kisi {
    /// The record with exactly this e-mail.
    pub(super) async fn person_by(&self, filter: &str, email: &str, calls: &mut u32) -> Result<Option<User>, Trouble> {
        *calls += 1;
        let query = [(filter, email), ("limit", "100")];
        let found: Vec<User> = self
            .client
            .read(Lane::Give, "users", &query, "look for a person")
            .await?;
        Ok(found.into_iter().find(|user| user.has(email)))
    }

    /// Finds the record or makes it: confirmed and without mails, so that nobody but us need act for it.
    pub(super) async fn person(
        &self,
        email: &str,
        name: &str,
        reference: &str,
        calls: &mut u32,
    ) -> Result<User, Trouble> {
        if let Some(user) = self.person_by("email", email, calls).await? {
            return Ok(user);
        }
        let user = json!({"user": {
            "email": email, "name": name, "confirm": true, "send_emails": false,
            "metadata": {"managed_by": "vestibule", "ref": reference}, "notes": "Made by Vestibule",
        }});
        *calls += 1;
        let made: Result<User, Trouble> = self
            .client
            .create(Lane::Give, "users", user, "make a person's record")
            .await;
        match made {
            // Somebody made it meanwhile, or the filter did not show it: adopt it.
            Err(trouble) if said(&trouble).is_some_and(|said| matches!(said.status, 409 | 422)) => {
                self.person_by("query", email, calls).await?.ok_or(trouble)
            }
            made => made,
        }
    }

    /// Does the record still exist?
    pub(super) async fn person_exists(&self, id: &str, calls: &mut u32) -> Result<bool, Trouble> {
        *calls += 1;
        self.exists(&format!("users/{id}"), "look at a person's record").await
    }

    /// Does the group still exist?
    pub(super) async fn group_exists(&self, id: &str, calls: &mut u32) -> Result<bool, Trouble> {
        *calls += 1;
        self.exists(&format!("groups/{id}"), "look at a group").await
    }

    async fn exists(&self, path: &str, attempted: &str) -> Result<bool, Trouble> {
        match self
            .client
            .read::<serde_json::Value>(Lane::Give, path, &[], attempted)
            .await
        {
            Ok(_) => Ok(true),
            Err(trouble) if trouble.kind == Kind::Gone => Ok(false),
            Err(trouble) => Err(trouble),
        }
    }
}
