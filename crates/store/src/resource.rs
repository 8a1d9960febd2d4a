//! Resources: what can be booked or rented, and what that opens (P-6). Versioned.

use access::Instant;
use access::facts::{Grace, ResourceKind};
use access::id::*;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::record::{Act, Entry, record};
use crate::sql::{Arg, Listed, Page, Row, Tx, args};
use crate::version::{Versions, current, versions};
use crate::wakeup::Lane;
use crate::{chance, concerned, location};

const VERSIONS: Versions = versions!("resource", "id = $3");

/// Who may see, or book, a resource (P-6), from the narrowest to the widest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenTo {
    /// Administrators only.
    Nobody,
    /// Members of its location.
    Members,
    /// Members of any location of the network.
    NetworkMembers,
    /// Everybody.
    Public,
}

/// What people set.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Details {
    /// Where it stands.
    pub location: LocationId,
    /// As shown.
    pub name: String,
    /// What it is.
    pub kind: ResourceKind,
    /// How many people.
    pub capacity: i64,
    /// What it opens, for bookings and rentals.
    pub groups: Vec<AccessGroupId>,
    /// Its own minutes around bookings; `None` means the location's (P-22).
    pub grace: Option<Grace>,
    /// Minutes that stay free between two bookings.
    pub buffer_minutes: i64,
    /// The shortest booking.
    pub min_minutes: i64,
    /// The longest booking.
    pub max_minutes: i64,
    /// Bookings start and end on multiples of this.
    pub step_minutes: i64,
    /// Weekly hours and closures, as the pages keep them; `None` means the location's.
    pub opening_hours: Option<serde_json::Value>,
    /// Who may book it.
    pub book_by: OpenTo,
    /// Who sees it.
    pub see_by: OpenTo,
    /// Bookings wait for approval.
    pub approval: bool,
    /// What a booker reads in the confirmation e-mail; may be empty.
    pub confirmation: String,
    /// No longer offered; bookings and rentals keep what it opens.
    pub archived: bool,
}

/// A resource.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Resource {
    /// Its id.
    pub id: ResourceId,
    /// Since when it is as it is.
    pub since: Instant,
    /// What people set.
    pub details: Details,
}

/// Which resources.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Filter {
    /// Only those of this location.
    pub location: Option<LocationId>,
    /// Only this kind.
    pub kind: Option<ResourceKind>,
    /// Also those no longer offered.
    pub archived_too: bool,
}

/// A new resource.
pub async fn create(tx: &mut Tx, act: &Act, details: &Details) -> Result<ResourceId> {
    check(tx, act.network, details).await?;
    let id = ResourceId::new(act.now, chance::for_id(act.now));
    insert(tx, act, id, details).await?;
    record(
        tx,
        act,
        Entry::new("resource", "resource.created", id).after(details),
        &[],
    )
    .await?;
    Ok(id)
}

/// Changes what people set. Other groups or grace minutes wake the integrations of its groups, as a whole.
pub async fn change(tx: &mut Tx, act: &Act, id: ResourceId, details: &Details) -> Result<()> {
    let before = read(tx, act.network, id).await?;
    check(tx, act.network, details).await?;
    VERSIONS
        .end(tx, act.network, before.since, act.now, &[id.into()])
        .await?;
    insert(tx, act, id, details).await?;
    let was = &before.details;
    let moves = (&was.groups, was.grace, was.location) != (&details.groups, details.grace, details.location);
    let reached = was.groups.iter().chain(&details.groups).copied().filter(|_| moves);
    let wakes = concerned::by_groups(tx, act.network, reached, None, Lane::Revoke).await?;
    record(
        tx,
        act,
        Entry::new("resource", "resource.changed", id)
            .before(was)
            .after(details),
        &wakes,
    )
    .await
}

/// Is all it names of this network? Asked before anything is written.
async fn check(tx: &mut Tx, network: NetworkId, details: &Details) -> Result<()> {
    location::read(tx, network, details.location).await?;
    concerned::all_known(tx, network, &details.groups).await
}

async fn insert(tx: &mut Tx, act: &Act, id: ResourceId, details: &Details) -> Result<()> {
    tx.execute(
        "INSERT INTO resource (network_id, id, known_from_ms, known_until_ms, location_id, name, kind, capacity,
           groups_json, grace_before_minutes, grace_after_minutes, buffer_minutes, min_minutes, max_minutes,
           step_minutes, opening_hours, book_by, see_by, approval, confirmation, archived)
         VALUES ($1, $2, $3, 9223372036854775807, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        args![
            act.network,
            id,
            act.now,
            details.location,
            &details.name,
            Arg::word(&details.kind),
            details.capacity,
            Arg::json(&details.groups),
            details.grace.map(|grace| grace.before_minutes),
            details.grace.map(|grace| grace.after_minutes),
            details.buffer_minutes,
            details.min_minutes,
            details.max_minutes,
            details.step_minutes,
            details.opening_hours.as_ref().map(|hours| hours.to_string()),
            Arg::word(&details.book_by),
            Arg::word(&details.see_by),
            details.approval,
            &details.confirmation,
            details.archived
        ],
    )
    .await?;
    Ok(())
}

/// One resource.
pub async fn read(tx: &mut Tx, network: NetworkId, id: ResourceId) -> Result<Resource> {
    find(tx, network, id).await?.ok_or_else(|| Error::not_found(id))
}

/// One resource, if it is there.
pub async fn find(tx: &mut Tx, network: NetworkId, id: ResourceId) -> Result<Option<Resource>> {
    let row = tx
        .fetch_optional(
            concat!(
                "SELECT * FROM resource WHERE network_id = $1 AND id = $2 AND ",
                current!()
            ),
            args![network, id],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Resources, oldest first.
pub async fn list(tx: &mut Tx, network: NetworkId, filter: &Filter, page: &Page) -> Result<Listed<Resource>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT * FROM resource WHERE network_id = $1 AND id > $2 AND ($3 IS NULL OR location_id = $3)
                   AND ($4 IS NULL OR kind = $4) AND ($5 OR NOT archived) AND ",
                current!(),
                " ORDER BY id LIMIT $6"
            ),
            args![
                network,
                page.after_id(),
                filter.location,
                filter.kind.map(|kind| crate::sql::word_text(&kind)),
                filter.archived_too,
                page.rows()
            ],
        )
        .await?;
    let rows = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Listed::cut(rows, page, |resource: &Resource| resource.id.to_string()))
}

fn from_row(row: &Row) -> Result<Resource> {
    Ok(Resource {
        id: row.id("id")?,
        since: row.at("known_from_ms")?,
        details: Details {
            location: row.id("location_id")?,
            name: row.text("name")?,
            kind: row.word("kind")?,
            capacity: row.int("capacity")?,
            groups: row.json("groups_json")?,
            grace: grace_of(row)?,
            buffer_minutes: row.int("buffer_minutes")?,
            min_minutes: row.int("min_minutes")?,
            max_minutes: row.int("max_minutes")?,
            step_minutes: row.int("step_minutes")?,
            opening_hours: row.json_opt("opening_hours")?,
            book_by: row.word("book_by")?,
            see_by: row.word("see_by")?,
            approval: row.flag("approval")?,
            confirmation: row.text("confirmation")?,
            archived: row.flag("archived")?,
        },
    })
}

/// A resource's own grace minutes: both or none.
pub(crate) fn grace_of(row: &Row) -> Result<Option<Grace>> {
    Ok(
        match (
            row.int_opt("grace_before_minutes")?,
            row.int_opt("grace_after_minutes")?,
        ) {
            (Some(before_minutes), Some(after_minutes)) => Some(Grace {
                before_minutes,
                after_minutes,
            }),
            _ => None,
        },
    )
}
