//! People at Tapkey (§7.5): found by address or made; never changed, never deleted.
//!
//! In: an address and a name. Out: the contact's id, which is the key from then on: the address is the person's own and may change.
//! Why the whole list: filters compare letter by letter (§4), addresses do not; and one reading serves everybody who comes within a
//! stretch of work.
//! Always: only contacts of Tapkey's own app count (§8); what a second contact with one address answers is not known, so it is looked
//! for first, and again when Tapkey says that it is there.

use std::collections::BTreeMap;

use access::change::ObservedHolder;
use reqwest::Method;
use serde_json::{Value, json};

use super::Tapkey;
use super::client::List;
use super::wire::Contact;
use crate::limiter::Lane;
use crate::trouble::{Kind, Trouble};

const CONTACTS: &str = "Contacts";

/// A contact in our words. `email` is the address the person goes by with us; Tapkey's may be another by now (§9.5).
pub(super) fn holder(contact: &str, email: &str) -> ObservedHolder {
    ObservedHolder {
        external: contact.to_owned(),
        person: None,
        email: email.to_lowercase(),
        card: None,
        unconfirmed: false,
        disabled: false,
    }
}

impl Tapkey {
    /// Everybody.
    pub(super) async fn contacts(&self, lane: Lane) -> Result<List<Contact>, Trouble> {
        let list: List<Contact> = self
            .client
            .list(lane, &self.path(&[CONTACTS])?, None, "list people")
            .await?;
        let mut known = BTreeMap::new();
        for contact in list.items.iter().filter(|contact| contact.is_of_the_app()) {
            if let Some(address) = contact.address() {
                known.entry(address).or_insert_with(|| Value::from(&*contact.id));
            }
        }
        self.memory.keep(&self.contacts_list()?, known);
        Ok(list)
    }

    /// The contact of an address, as far as was read lately.
    pub(super) async fn contact_by(&self, email: &str, calls: &mut u32) -> Result<Option<String>, Trouble> {
        let (list, address) = (self.contacts_list()?, email.to_lowercase());
        let known = match self.memory.look(&list, &address) {
            Some(known) => known,
            None => {
                *calls += 1;
                self.contacts(Lane::Give).await?;
                self.memory.look(&list, &address).flatten()
            }
        };
        Ok(known.as_ref().and_then(Value::as_str).map(str::to_owned))
    }

    /// Finds the contact of an address or makes it.
    pub(super) async fn contact(
        &self,
        email: &str,
        name: &str,
        reference: &str,
        calls: &mut u32,
    ) -> Result<String, Trouble> {
        if let Some(known) = self.contact_by(email, calls).await? {
            return Ok(known);
        }
        let title = if name.is_empty() { email } else { name };
        // `identifier` took the place of `email`, and the two must not be mixed.
        let body = json!({
            "ipId": "tapkey", "identifier": email, "title": title, "comment": format!("our-ref:{reference}"),
        });
        *calls += 1;
        let attempted = "make a person's contact";
        let made = self
            .client
            .write::<Contact>(Lane::Give, Method::PUT, &self.path(&[CONTACTS])?, body, attempted)
            .await;
        match made {
            Ok(Some(contact)) => {
                let id = Value::from(&*contact.id);
                self.memory.put(&self.contacts_list()?, &email.to_lowercase(), id);
                Ok(contact.id)
            }
            // Made without saying its name, or there already though the list did not show it.
            Ok(None) => self.contact_after_all(email, calls, None).await,
            Err(trouble) if trouble.kind == Kind::Conflict => self.contact_after_all(email, calls, Some(trouble)).await,
            Err(trouble) => {
                self.forget_contacts()?;
                Err(trouble)
            }
        }
    }

    async fn contact_after_all(&self, email: &str, calls: &mut u32, why: Option<Trouble>) -> Result<String, Trouble> {
        self.forget_contacts()?;
        let say = "Tapkey says that the contact is there, and does not show it";
        let missing = || Trouble::new("make a person's contact", Kind::Nonsense, say).half_done();
        self.contact_by(email, calls)
            .await?
            .ok_or_else(|| why.unwrap_or_else(missing))
    }

    /// Does the contact still exist? When not, what was read of contacts is over, too.
    pub(super) async fn contact_exists(&self, id: &str, calls: &mut u32) -> Result<bool, Trouble> {
        *calls += 1;
        let found: Option<Contact> = self.one(Lane::Give, &[CONTACTS, id], "look at a contact").await?;
        if found.is_none() {
            self.forget_contacts()?;
        }
        Ok(found.is_some())
    }

    pub(super) fn forget_contacts(&self) -> Result<(), Trouble> {
        self.memory.forget(&self.contacts_list()?);
        Ok(())
    }

    fn contacts_list(&self) -> Result<String, Trouble> {
        Ok(format!("tapkey contacts {}", self.owner()?))
    }
}
