//! What every change leaves besides its row: an audit entry, and wake-ups for the integrations concerned.
//!
//! In: who acts, when and why, the row before and after, whom it concerns. Why so: one function does all of it in the
//! caller's transaction, so neither can be forgotten or committed alone (architecture, invariant 5).
//! Always: the entry keeps both images, so any change can be read, and undone by hand, later.

use std::fmt;

use access::Instant;
use access::id::*;
use serde::Serialize;
use serde_json::Value;

use crate::chance;
use crate::error::Result;
use crate::sql::{Tx, args};
use crate::wakeup::{self, Wake};

/// Who changes something, where, when and why. Every function that writes what people meant takes one.
#[derive(Clone, PartialEq, Debug)]
pub struct Act {
    /// The tenant.
    pub network: NetworkId,
    /// The product's clock.
    pub now: Instant,
    /// Who.
    pub actor: Actor,
    /// What led to it, if it was not simply their wish; plain words or an id.
    pub cause: Option<String>,
}

impl Act {
    /// Somebody's simple wish.
    pub fn new(network: NetworkId, now: Instant, actor: Actor) -> Self {
        Self {
            network,
            now,
            actor,
            cause: None,
        }
    }

    /// The same, because of something.
    #[must_use]
    pub fn because(&self, cause: impl Into<String>) -> Self {
        Self {
            cause: Some(cause.into()),
            ..self.clone()
        }
    }
}

/// Who acts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Actor {
    /// Somebody signed in.
    Account(AccountId),
    /// A program with a token.
    Token(TokenId),
    /// The worker.
    Worker,
    /// A command on the server, the first-run page, the demo's seed.
    Setup,
}

impl fmt::Display for Actor {
    /// As in the audit log: `acc_…`, `tok_…`, `worker`, `setup`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => id.fmt(f),
            Self::Token(id) => id.fmt(f),
            Self::Worker => f.write_str("worker"),
            Self::Setup => f.write_str("setup"),
        }
    }
}

/// One line of the audit log, to be.
pub(crate) struct Entry {
    action: &'static str,
    kind: &'static str,
    id: String,
    person: Option<PersonId>,
    before: Option<Value>,
    after: Option<Value>,
}

impl Entry {
    /// `kind` is the family of the object, as in `booking`; `action` what was done, as in `booking.moved`.
    pub(crate) fn new(kind: &'static str, action: &'static str, id: impl fmt::Display) -> Self {
        Self {
            action,
            kind,
            id: id.to_string(),
            person: None,
            before: None,
            after: None,
        }
    }

    /// One person's matter.
    pub(crate) fn of(self, person: impl Into<Option<PersonId>>) -> Self {
        Self {
            person: person.into(),
            ..self
        }
    }

    /// The row as it was.
    pub(crate) fn before(self, row: &impl Serialize) -> Self {
        Self {
            before: Some(image(row)),
            ..self
        }
    }

    /// The row as it is now.
    pub(crate) fn after(self, row: &impl Serialize) -> Self {
        Self {
            after: Some(image(row)),
            ..self
        }
    }
}

fn image(row: &impl Serialize) -> Value {
    serde_json::to_value(row).expect("rows have a JSON form")
}

/// Writes the audit entry and the wake-ups.
pub(crate) async fn record(tx: &mut Tx, act: &Act, entry: Entry, wakes: &[Wake]) -> Result<()> {
    tx.execute(
        "INSERT INTO audit (network_id, id, at_ms, actor, action, object_kind, object_id, person_id, before_json, after_json, cause)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            act.network,
            AuditId::new(act.now, chance::for_id(act.now)),
            act.now,
            act.actor.to_string(),
            entry.action,
            entry.kind,
            entry.id,
            entry.person,
            entry.before.map(|image| image.to_string()),
            entry.after.map(|image| image.to_string()),
            act.cause.clone(),
        ],
    )
    .await?;
    for wake in wakes {
        wakeup::mark(tx, act.network, *wake, act.now).await?;
    }
    Ok(())
}
