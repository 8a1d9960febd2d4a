//! What scenario tests ask, without disturbing anything.

use serde_json::Value;
use tokio::sync::watch;

use super::TapkeySim;
use super::doors::decide;
use super::rows::{Call, GrantState, Grantee, SimLock, SimLogEntry, SimOwner, Target};

/// A grant as Tapkey holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimGrant {
    /// Tapkey's id.
    pub id: String,
    /// Its owner account.
    pub owner: String,
    /// The contact's e-mail; `None` for a grant to a user group or a card.
    pub email: Option<String>,
    /// The user group it is for.
    pub user_group: Option<String>,
    /// The lock or lock group it opens.
    pub target: String,
    /// Unix ms; `None` is "since ever".
    pub from_ms: Option<i64>,
    /// Unix ms, excluded; `None` is open-ended.
    pub before_ms: Option<i64>,
    /// Where it is in its life.
    pub state: GrantState,
    /// Made over the API, not in the portal.
    pub over_api: bool,
}

/// A contact, in brief.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimContact {
    /// Tapkey's id.
    pub id: String,
    /// Its owner account.
    pub owner: String,
    /// The user's e-mail as it is now.
    pub email: String,
    /// Shown name.
    pub title: Option<String>,
    /// Free text.
    pub comment: Option<String>,
}

impl TapkeySim {
    /// Whether the lock opens now for this person's phone, with or without a connection; `Err` is the reason.
    pub fn opens(&self, email: &str, lock: &str, phone_online: bool) -> Result<(), &'static str> {
        self.opens_at(email, lock, phone_online, self.shared.clock.now_ms())
    }

    /// The same at another instant, with everything else as it is now. Unix ms.
    pub fn opens_at(&self, email: &str, lock: &str, phone_online: bool, at_ms: i64) -> Result<(), &'static str> {
        let world = self.shared.world();
        let owner = &world.locks.get(lock).ok_or("no_such_lock")?.owner;
        let contact = world.contact_by_email(owner, email).ok_or("no_such_contact")?;
        decide(&world, &contact.id, lock, phone_online, at_ms)
    }

    /// Every owner account, oldest first.
    pub fn owners(&self) -> Vec<SimOwner> {
        self.shared.world().owners.values().cloned().collect()
    }

    /// Every bound lock, oldest first.
    pub fn locks(&self) -> Vec<SimLock> {
        self.shared.world().locks.values().cloned().collect()
    }

    /// Every contact, oldest first.
    pub fn contacts(&self) -> Vec<SimContact> {
        let world = self.shared.world();
        let rows = world.contacts.values();
        rows.map(|row| SimContact {
            id: row.id.clone(),
            owner: row.owner.clone(),
            email: world.email_of_user(&row.user).unwrap_or_default().to_owned(),
            title: row.title.clone(),
            comment: row.comment.clone(),
        })
        .collect()
    }

    /// Every grant, oldest first, ended and revoked ones too.
    pub fn grants(&self) -> Vec<SimGrant> {
        let world = self.shared.world();
        let rows = world.grants.values();
        rows.map(|row| {
            let (email, user_group) = match &row.grantee {
                Grantee::Contact(contact) => (world.email_of_contact(contact).map(str::to_owned), None),
                Grantee::UserGroup(group) => (None, Some(group.clone())),
                Grantee::Card(_) => (None, None),
            };
            let (Target::Lock(target) | Target::Group(target)) = &row.target;
            SimGrant {
                id: row.id.clone(),
                owner: row.owner.clone(),
                email,
                user_group,
                target: target.clone(),
                from_ms: row.from_ms,
                before_ms: row.before_ms,
                state: row.state,
                over_api: row.over_api,
            }
        })
        .collect()
    }

    /// E-mails of a user group's members, in the order they joined.
    pub fn members(&self, group: &str) -> Vec<String> {
        let world = self.shared.world();
        let members = world.user_groups.get(group).map(|group| group.members.values());
        let emails = members
            .into_iter()
            .flatten()
            .filter_map(|id| world.email_of_contact(id));
        emails.map(str::to_owned).collect()
    }

    /// How many smartphone users of an owner account count against the plan (S14).
    pub fn smartphone_users(&self, owner: &str) -> usize {
        self.shared.world().smartphone_users(owner).len()
    }

    /// Every opening, oldest first, also those still in the locks.
    pub fn log_entries(&self) -> Vec<SimLogEntry> {
        self.shared.world().log.clone()
    }

    /// Every HTTP call to the login server and the API, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.world().calls.iter().cloned().collect()
    }

    /// Changes with every writing call to the API, when its answer is made.
    pub fn writes(&self) -> watch::Receiver<u64> {
        self.shared.world().writes.subscribe()
    }

    /// Forgets the calls so far.
    pub fn clear_calls(&self) {
        self.shared.world().calls.clear();
    }

    /// Everything, as `GET /_sim/state` answers it.
    pub fn state(&self) -> Value {
        super::control::state(&self.shared.world())
    }
}
