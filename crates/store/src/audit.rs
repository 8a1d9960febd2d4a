//! The audit log: append-only, what was decided and done, with both images of every row (P-48).
//!
//! Always: entries are only ever added; changes of rows write theirs through [`crate::record`], and what has no row of its own
//! (an unlock, a refusal, a sign-in) is noted here.

use access::Instant;
use access::id::*;
use serde::Serialize;
use serde_json::Value;

use crate::error::Result;
use crate::record::{Act, Entry, record};
use crate::sql::{Listed, Page, Row, Tx, args, literal};

/// A line of the log.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Line {
    /// Its id.
    pub id: AuditId,
    /// When, by the product's clock.
    pub at: Instant,
    /// Who: `acc_…`, `tok_…`, `worker`, `setup`.
    pub actor: String,
    /// What was done, as in `booking.moved`.
    pub action: String,
    /// The family of the object.
    pub object_kind: String,
    /// Its id.
    pub object_id: String,
    /// Whose matter it is, if it is one person's.
    pub person: Option<PersonId>,
    /// The row before.
    pub before: Option<Value>,
    /// The row after.
    pub after: Option<Value>,
    /// What led to it.
    pub cause: Option<String>,
}

/// Which lines.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Filter {
    /// Only about this object.
    pub object: Option<String>,
    /// Only this person's matters.
    pub person: Option<PersonId>,
    /// Only by this actor.
    pub actor: Option<String>,
    /// Only actions that start so, as in `booking.`.
    pub action: Option<String>,
}

/// Notes something that has no row of its own: an unlock, a refusal, a sign-in, an export.
pub async fn note(
    tx: &mut Tx,
    act: &Act,
    action: &'static str,
    object_kind: &'static str,
    object_id: &str,
    person: Option<PersonId>,
    particulars: &impl Serialize,
) -> Result<()> {
    record(
        tx,
        act,
        Entry::new(object_kind, action, object_id).of(person).after(particulars),
        &[],
    )
    .await
}

/// Lines, the newest first.
pub async fn list(tx: &mut Tx, network: NetworkId, filter: &Filter, page: &Page) -> Result<Listed<Line>> {
    let action = filter.action.as_ref().map(|start| format!("{}%", literal(start)));
    let rows = tx
        .fetch_all(
            "SELECT * FROM audit WHERE network_id = $1 AND id < $2 AND ($3 IS NULL OR object_id = $3)
               AND ($4 IS NULL OR person_id = $4) AND ($5 IS NULL OR actor = $5)
               AND ($6 IS NULL OR action LIKE $6 ESCAPE '!')
             ORDER BY id DESC LIMIT $7",
            args![
                network,
                page.before_id(),
                filter.object.as_ref(),
                filter.person,
                filter.actor.as_ref(),
                action,
                page.rows()
            ],
        )
        .await?;
    let rows = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Listed::cut(rows, page, |line: &Line| line.id.to_string()))
}

fn from_row(row: &Row) -> Result<Line> {
    Ok(Line {
        id: row.id("id")?,
        at: row.at("at_ms")?,
        actor: row.text("actor")?,
        action: row.text("action")?,
        object_kind: row.text("object_kind")?,
        object_id: row.text("object_id")?,
        person: row.id_opt("person_id")?,
        before: row.json_opt("before_json")?,
        after: row.json_opt("after_json")?,
        cause: row.text_opt("cause")?,
    })
}
