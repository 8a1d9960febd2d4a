//! Which integrations a change concerns: the keys that its wake-ups mark.
//!
//! In: groups, a person, a company. Out: [`Wake`]s. Why so: cost follows the change; one booking wakes one person at the
//! integrations its groups belong to, not the network.
//! Always: rather one key too many than one too few: a wake-up without a difference costs no vendor call.

use std::collections::BTreeSet;

use access::facts::{ItemAccess, ItemOf};
use access::id::*;

use crate::error::Result;
use crate::facts::{self, As};
use crate::record::Act;
use crate::sql::{Arg, Tx, args};
use crate::version::current;
use crate::wakeup::{Lane, Wake};

/// A company with more people than this is woken as a whole integration, not person by person.
const PEOPLE_ONE_BY_ONE: usize = 50;

/// Every integration of the network that is not disconnected, as a whole.
pub(crate) async fn everything(tx: &mut Tx, network: NetworkId, lane: Lane) -> Result<Vec<Wake>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT id FROM integration WHERE network_id = $1 AND state <> 'disconnected' AND ",
                current!()
            ),
            args![network],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Wake {
                integration: row.id("id")?,
                person: None,
                lane,
            })
        })
        .collect()
}

/// The integrations that groups belong to, for one person or as a whole.
pub(crate) async fn by_groups(
    tx: &mut Tx,
    network: NetworkId,
    groups: impl IntoIterator<Item = AccessGroupId>,
    person: Option<PersonId>,
    lane: Lane,
) -> Result<Vec<Wake>> {
    let integrations = integrations_of(tx, network, groups).await?;
    Ok(integrations
        .into_iter()
        .map(|integration| Wake {
            integration,
            person,
            lane,
        })
        .collect())
}

/// The same for several people at once.
pub(crate) async fn by_groups_for(
    tx: &mut Tx,
    network: NetworkId,
    groups: impl IntoIterator<Item = AccessGroupId>,
    people: &[PersonId],
    lane: Lane,
) -> Result<Vec<Wake>> {
    let integrations = integrations_of(tx, network, groups).await?;
    Ok(integrations
        .into_iter()
        .flat_map(|integration| {
            people.iter().map(move |person| Wake {
                integration,
                person: Some(*person),
                lane,
            })
        })
        .collect())
}

async fn integrations_of(
    tx: &mut Tx,
    network: NetworkId,
    groups: impl IntoIterator<Item = AccessGroupId>,
) -> Result<BTreeSet<IntegrationId>> {
    let groups: BTreeSet<AccessGroupId> = groups.into_iter().collect();
    let mut integrations = BTreeSet::new();
    for group in groups {
        let row = tx
            .fetch_optional(
                concat!(
                    "SELECT integration_id FROM access_group WHERE network_id = $1 AND id = $2 AND ",
                    current!()
                ),
                args![network, group],
            )
            .await?;
        if let Some(row) = row {
            integrations.insert(row.id("integration_id")?);
        }
    }
    Ok(integrations)
}

/// Everywhere a person holds something, or something of theirs points to.
pub(crate) async fn by_person(tx: &mut Tx, act: &Act, person: PersonId, lane: Lane) -> Result<Vec<Wake>> {
    let facts = facts::load_person(tx, act.network, person, As::Known { now: act.now }).await?;
    let mut integrations: BTreeSet<IntegrationId> = facts.groups.iter().map(|group| group.integration).collect();
    integrations.extend(facts.holders.iter().map(|holder| holder.integration));
    let unfinished = tx
        .fetch_all(
            concat!(
                "SELECT DISTINCT integration_id FROM grant_row WHERE network_id = $1 AND person_id = $2
                   AND state <> 'ended' AND ",
                current!()
            ),
            args![act.network, person],
        )
        .await?;
    for row in unfinished {
        integrations.insert(row.id("integration_id")?);
    }
    Ok(integrations
        .into_iter()
        .map(|integration| Wake {
            integration,
            person: Some(person),
            lane,
        })
        .collect())
}

/// Whom a company's items reach: its people one by one, or the whole integrations when they are many.
pub(crate) async fn by_company(
    tx: &mut Tx,
    network: NetworkId,
    company: CompanyId,
    groups: impl IntoIterator<Item = AccessGroupId>,
    lane: Lane,
) -> Result<Vec<Wake>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT DISTINCT person_id FROM company_membership WHERE network_id = $1 AND company_id = $2
                   AND removed_at_ms IS NULL AND ",
                current!(),
                " LIMIT $3"
            ),
            args![network, company, PEOPLE_ONE_BY_ONE as i64 + 1],
        )
        .await?;
    if rows.len() > PEOPLE_ONE_BY_ONE {
        return by_groups(tx, network, groups, None, lane).await;
    }
    let people: Vec<PersonId> = rows.iter().map(|row| row.id("person_id")).collect::<Result<_>>()?;
    by_groups_for(tx, network, groups, &people, lane).await
}

/// What an item opens at this moment: its own groups, or its plan's or resource's.
pub(crate) async fn groups_of_item(
    tx: &mut Tx,
    network: NetworkId,
    of: ItemOf,
    access: &ItemAccess,
) -> Result<Vec<AccessGroupId>> {
    match (access, of) {
        (ItemAccess::Set(groups), _) => Ok(groups.clone()),
        (ItemAccess::Inherited, ItemOf::Plan(plan)) => {
            const SQL: &str = concat!(
                "SELECT groups_json FROM plan WHERE network_id = $1 AND id = $2 AND ",
                current!()
            );
            groups_in(tx, SQL, args![network, plan]).await
        }
        (ItemAccess::Inherited, ItemOf::Rental(resource)) => {
            const SQL: &str = concat!(
                "SELECT groups_json FROM resource WHERE network_id = $1 AND id = $2 AND ",
                current!()
            );
            groups_in(tx, SQL, args![network, resource]).await
        }
    }
}

async fn groups_in(tx: &mut Tx, sql: &'static str, args: Vec<Arg>) -> Result<Vec<AccessGroupId>> {
    match tx.fetch_optional(sql, args).await? {
        Some(row) => row.json("groups_json"),
        None => Ok(Vec::new()),
    }
}

/// What all items of a company's subscriptions open: for who joins or leaves it.
pub(crate) async fn groups_of_company(
    tx: &mut Tx,
    network: NetworkId,
    company: CompanyId,
) -> Result<Vec<AccessGroupId>> {
    let rows = tx
        .fetch_all(
            "SELECT i.plan_id, i.resource_id, i.access_json FROM subscription s JOIN item i
               ON i.network_id = s.network_id AND i.subscription_id = s.id AND i.known_until_ms = 9223372036854775807
             WHERE s.network_id = $1 AND s.company_id = $2 AND s.known_until_ms = 9223372036854775807",
            args![network, company],
        )
        .await?;
    groups_of_rows(tx, network, &rows).await
}

/// What company items with the reach "only with a booking here today" open for a person: a booking may switch them on (P-21).
pub(crate) async fn groups_by_booking(tx: &mut Tx, network: NetworkId, person: PersonId) -> Result<Vec<AccessGroupId>> {
    let rows = tx
        .fetch_all(
            "SELECT DISTINCT i.plan_id, i.resource_id, i.access_json FROM company_membership c
             JOIN subscription s ON s.network_id = c.network_id AND s.company_id = c.company_id
               AND s.known_until_ms = 9223372036854775807
             JOIN item i ON i.network_id = s.network_id AND i.subscription_id = s.id
               AND i.known_until_ms = 9223372036854775807 AND i.reach_json = '\"booked_today\"'
             WHERE c.network_id = $1 AND c.person_id = $2 AND c.known_until_ms = 9223372036854775807",
            args![network, person],
        )
        .await?;
    groups_of_rows(tx, network, &rows).await
}

async fn groups_of_rows(tx: &mut Tx, network: NetworkId, rows: &[crate::sql::Row]) -> Result<Vec<AccessGroupId>> {
    let mut groups = Vec::new();
    for row in rows {
        let of = crate::subscription::item_of(row)?;
        groups.extend(groups_of_item(tx, network, of, &row.json("access_json")?).await?);
    }
    Ok(groups)
}

/// Are all of these groups of this network? The first that is not is `NotFound`.
pub(crate) async fn all_known(tx: &mut Tx, network: NetworkId, groups: &[AccessGroupId]) -> Result<()> {
    for group in groups {
        crate::group::read(tx, network, *group).await?;
    }
    Ok(())
}
