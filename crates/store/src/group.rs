//! Access groups and doors as read from a vendor, under our own ids.
//!
//! In: what an observation shows. Out: rows that keep our id while the vendor's name changes; lists for pages and the worker.
//! Why so: plans and resources point at our ids, so a group that vanished at the vendor can still be named and replaced.
//! Always: versioned and only written when something differs; what vanished is marked gone, and only after a complete reading.

use std::collections::BTreeMap;

use access::Instant;
use access::change::Observation;
use access::id::*;
use serde::Serialize;

use crate::error::{Error, Result};
use crate::record::Act;
use crate::sql::{Arg, Row, Tx, args};
use crate::version::{Versions, current, versions};
use crate::{chance, integration};

const GROUPS: Versions = versions!("access_group", "id = $3");
const DOORS: Versions = versions!("door", "id = $3");

/// A vendor's bundle of locks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct GroupRow {
    /// Our id.
    pub id: AccessGroupId,
    /// At which account.
    pub integration: IntegrationId,
    /// The vendor's id.
    pub external: String,
    /// As the vendor names it.
    pub name: String,
    /// The vendor's site it is scoped to; `None` spans all.
    pub site: Option<String>,
    /// Deleted at the vendor.
    pub gone: bool,
    /// What it opens.
    pub doors: Vec<DoorId>,
    /// What keeps the Access page from working, in plain words.
    pub restrictions: Vec<String>,
}

/// A door.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct DoorRow {
    /// Our id.
    pub id: DoorId,
    /// At which account.
    pub integration: IntegrationId,
    /// The vendor's id.
    pub external: String,
    /// As the vendor names it.
    pub name: String,
    /// The vendor's site it belongs to.
    pub site: Option<String>,
    /// The vendor's order for lists.
    pub position: i64,
    /// No longer listed by the vendor.
    pub gone: bool,
    /// What keeps remote opening from working, in plain words.
    pub restrictions: Vec<String>,
    /// Reachable for remote opening; `None` when the vendor does not know.
    pub online: Option<bool>,
    /// Held shut for everybody.
    pub locked_down: bool,
}

/// Brings groups and doors of an account to what was read. What is missing is gone when the reading is complete, and a
/// group also when the vendor said so. Answers how many rows differed.
pub async fn observe(tx: &mut Tx, act: &Act, integration: IntegrationId, seen: &Observation) -> Result<usize> {
    let Observation {
        groups,
        locks,
        complete,
        gone_groups,
        ..
    } = seen;
    integration::check_known(tx, act.network, integration).await?;
    let mut differed = 0;
    let mut known = door_versions(tx, act.network, integration).await?;
    let mut door_ids = BTreeMap::new();
    for lock in locks {
        let before = known.remove(&lock.external);
        let id = before
            .as_ref()
            .map_or_else(|| DoorId::new(act.now, chance::for_id(act.now)), |(door, _)| door.id);
        door_ids.insert(lock.external.as_str(), id);
        let after = DoorRow {
            id,
            integration,
            external: lock.external.clone(),
            name: lock.name.clone(),
            site: lock.site.clone(),
            position: lock.order,
            gone: false,
            restrictions: lock.restrictions.clone(),
            online: lock.online,
            locked_down: lock.locked_down,
        };
        differed += put_door(tx, act, before, after).await?;
    }
    for (door, since) in known.into_values().filter(|_| *complete) {
        let after = DoorRow {
            gone: true,
            ..door.clone()
        };
        differed += put_door(tx, act, Some((door, since)), after).await?;
    }

    let mut known = group_versions(tx, act.network, integration).await?;
    for group in groups {
        let before = known.remove(&group.external);
        let id = before.as_ref().map_or_else(
            || AccessGroupId::new(act.now, chance::for_id(act.now)),
            |(group, _)| group.id,
        );
        let after = GroupRow {
            id,
            integration,
            external: group.external.clone(),
            name: group.name.clone(),
            site: group.site.clone(),
            gone: false,
            doors: group
                .locks
                .iter()
                .filter_map(|lock| door_ids.get(lock.as_str()).copied())
                .collect(),
            restrictions: group.restrictions.clone(),
        };
        differed += put_group(tx, act, before, after).await?;
    }
    for (group, since) in known
        .into_values()
        .filter(|(group, _)| *complete || gone_groups.contains(&group.external))
    {
        let after = GroupRow {
            gone: true,
            ..group.clone()
        };
        differed += put_group(tx, act, Some((group, since)), after).await?;
    }
    Ok(differed)
}

/// `$1` is the network, `$2` the integration.
pub(crate) const ALL_GROUPS: &str = concat!(
    "SELECT * FROM access_group WHERE network_id = $1 AND integration_id = $2 AND ",
    current!()
);
/// `$1` is the network, `$2` the integration.
pub(crate) const ALL_DOORS: &str = concat!(
    "SELECT * FROM door WHERE network_id = $1 AND integration_id = $2 AND ",
    current!()
);

/// Groups of an account, also gone ones, by name.
pub async fn list(tx: &mut Tx, network: NetworkId, integration: IntegrationId) -> Result<Vec<GroupRow>> {
    let mut groups: Vec<GroupRow> = group_versions(tx, network, integration)
        .await?
        .into_values()
        .map(|(group, _)| group)
        .collect();
    groups.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    Ok(groups)
}

/// Doors of an account, also gone ones, in the vendor's order, then by name.
pub async fn doors(tx: &mut Tx, network: NetworkId, integration: IntegrationId) -> Result<Vec<DoorRow>> {
    let mut doors: Vec<DoorRow> = door_versions(tx, network, integration)
        .await?
        .into_values()
        .map(|(door, _)| door)
        .collect();
    doors.sort_by(|a, b| (a.position, &a.name, a.id).cmp(&(b.position, &b.name, b.id)));
    Ok(doors)
}

/// One group.
pub async fn read(tx: &mut Tx, network: NetworkId, id: AccessGroupId) -> Result<GroupRow> {
    let row = tx
        .fetch_optional(
            concat!(
                "SELECT * FROM access_group WHERE network_id = $1 AND id = $2 AND ",
                current!()
            ),
            args![network, id],
        )
        .await?;
    group_of(&row.ok_or_else(|| Error::not_found(id))?)
}

/// One door.
pub async fn door(tx: &mut Tx, network: NetworkId, id: DoorId) -> Result<DoorRow> {
    let row = tx
        .fetch_optional(
            concat!("SELECT * FROM door WHERE network_id = $1 AND id = $2 AND ", current!()),
            args![network, id],
        )
        .await?;
    door_of(&row.ok_or_else(|| Error::not_found(id))?)
}

/// The door behind a vendor's lock.
pub async fn door_by_external(
    tx: &mut Tx,
    network: NetworkId,
    integration: IntegrationId,
    external: &str,
) -> Result<Option<DoorId>> {
    let row = tx
        .fetch_optional(
            concat!(
                "SELECT id FROM door WHERE network_id = $1 AND integration_id = $2 AND external = $3 AND ",
                current!()
            ),
            args![network, integration, external],
        )
        .await?;
    row.map(|row| row.id("id")).transpose()
}

async fn group_versions(
    tx: &mut Tx,
    network: NetworkId,
    integration: IntegrationId,
) -> Result<BTreeMap<String, (GroupRow, Instant)>> {
    let rows = tx.fetch_all(ALL_GROUPS, args![network, integration]).await?;
    rows.iter()
        .map(|row| Ok((row.text("external")?, (group_of(row)?, row.at("known_from_ms")?))))
        .collect()
}

async fn door_versions(
    tx: &mut Tx,
    network: NetworkId,
    integration: IntegrationId,
) -> Result<BTreeMap<String, (DoorRow, Instant)>> {
    let rows = tx.fetch_all(ALL_DOORS, args![network, integration]).await?;
    rows.iter()
        .map(|row| Ok((row.text("external")?, (door_of(row)?, row.at("known_from_ms")?))))
        .collect()
}

async fn put_group(tx: &mut Tx, act: &Act, before: Option<(GroupRow, Instant)>, after: GroupRow) -> Result<usize> {
    match before {
        Some((before, _)) if before == after => return Ok(0),
        Some((_, since)) => {
            GROUPS
                .end(tx, act.network, since, act.now, &[Arg::from(after.id)])
                .await?
        }
        None => {}
    }
    tx.execute(
        "INSERT INTO access_group (network_id, id, known_from_ms, known_until_ms, integration_id, external, name, site, gone, doors_json, restrictions_json)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            act.network,
            after.id,
            act.now,
            Instant::MAX,
            after.integration,
            &after.external,
            &after.name,
            after.site.clone(),
            after.gone,
            Arg::json(&after.doors),
            Arg::json(&after.restrictions),
        ],
    )
    .await?;
    Ok(1)
}

async fn put_door(tx: &mut Tx, act: &Act, before: Option<(DoorRow, Instant)>, after: DoorRow) -> Result<usize> {
    match before {
        Some((before, _)) if before == after => return Ok(0),
        Some((_, since)) => {
            DOORS
                .end(tx, act.network, since, act.now, &[Arg::from(after.id)])
                .await?
        }
        None => {}
    }
    tx.execute(
        "INSERT INTO door (network_id, id, known_from_ms, known_until_ms, integration_id, external, name, site, position, gone,
           restrictions_json, online, locked_down)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        args![
            act.network,
            after.id,
            act.now,
            Instant::MAX,
            after.integration,
            &after.external,
            &after.name,
            after.site.clone(),
            after.position,
            after.gone,
            Arg::json(&after.restrictions),
            after.online,
            after.locked_down,
        ],
    )
    .await?;
    Ok(1)
}

pub(crate) fn group_of(row: &Row) -> Result<GroupRow> {
    Ok(GroupRow {
        id: row.id("id")?,
        integration: row.id("integration_id")?,
        external: row.text("external")?,
        name: row.text("name")?,
        site: row.text_opt("site")?,
        gone: row.flag("gone")?,
        doors: row.json("doors_json")?,
        restrictions: row.json("restrictions_json")?,
    })
}

pub(crate) fn door_of(row: &Row) -> Result<DoorRow> {
    Ok(DoorRow {
        id: row.id("id")?,
        integration: row.id("integration_id")?,
        external: row.text("external")?,
        name: row.text("name")?,
        site: row.text_opt("site")?,
        position: row.int("position")?,
        gone: row.flag("gone")?,
        restrictions: row.json("restrictions_json")?,
        online: row.flag_opt("online")?,
        locked_down: row.flag("locked_down")?,
    })
}
