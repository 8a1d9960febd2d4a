//! Subscriptions and their items (P-5). Both versioned.
//!
//! Always: dates and items are as people meant them; whether one is scheduled, active or ended is for `access` to say.
//! Every change wakes whom the items reach, before and after it.

use std::collections::BTreeMap;

use access::Instant;
use access::facts::{Date, Item, ItemAccess, ItemOf, Reach, Subscriber, Subscription};
use access::id::*;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::record::{Act, Entry, record};
use crate::sql::{Arg, Listed, Page, Row, Tx, args};
use crate::version::{Versions, current, versions};
use crate::wakeup::{Lane, Wake};
use crate::{by_ids, chance, company, concerned, location, person, plan, resource};

const VERSIONS: Versions = versions!("subscription", "id = $3");
const ITEMS: Versions = versions!("item", "id = $3");

/// A subscription to be.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct NewSubscription {
    /// The location whose zone its dates are read in.
    pub location: LocationId,
    /// Whose it is.
    pub of: Subscriber,
    /// First day.
    pub starts_on: Date,
    /// Last day, inclusive; `None` is open-ended.
    pub ends_on: Option<Date>,
    /// Its lines; at least one.
    pub items: Vec<NewItem>,
}

/// A line to be.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct NewItem {
    /// What it is for.
    pub of: ItemOf,
    /// What it opens.
    pub access: ItemAccess,
    /// Whom it reaches when the subscription is a company's.
    pub reach: Reach,
}

/// Which subscriptions.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Filter {
    /// Only this person's own.
    pub person: Option<PersonId>,
    /// Only this company's.
    pub company: Option<CompanyId>,
    /// Only those of this location.
    pub location: Option<LocationId>,
    /// Only those with an item of this plan.
    pub plan: Option<PlanId>,
    /// Only those with an item that rents this resource.
    pub resource: Option<ResourceId>,
}

/// A new subscription with its items.
pub async fn create(tx: &mut Tx, act: &Act, new: &NewSubscription) -> Result<SubscriptionId> {
    location::read(tx, act.network, new.location).await?;
    match new.of {
        Subscriber::Person(id) => drop(person::read(tx, act.network, id).await?),
        Subscriber::Company(id) => drop(company::read(tx, act.network, id).await?),
    }
    check_dates(new.starts_on, new.ends_on)?;
    if new.items.is_empty() {
        return Err(Error::invalid("a subscription needs at least one item"));
    }
    let mut items = Vec::with_capacity(new.items.len());
    for item in &new.items {
        check_item(tx, act.network, item).await?;
        let id = ItemId::new(act.now, chance::for_id(act.now));
        items.push(Item {
            id,
            of: item.of,
            access: item.access.clone(),
            reach: item.reach.clone(),
        });
    }
    let subscription = Subscription {
        id: SubscriptionId::new(act.now, chance::for_id(act.now)),
        location: new.location,
        of: new.of,
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        cancelled_at: None,
        items,
    };
    insert(tx, act, &subscription).await?;
    for item in &subscription.items {
        insert_item(tx, act, subscription.id, item).await?;
    }
    let wakes = reached(tx, act, &subscription, &subscription.items, Lane::GrantSoon).await?;
    let entry = Entry::new("subscription", "subscription.created", subscription.id);
    record(tx, act, entry.of(person_of(&subscription)).after(&subscription), &wakes).await?;
    Ok(subscription.id)
}

/// Changes first and last day.
pub async fn change_dates(
    tx: &mut Tx,
    act: &Act,
    id: SubscriptionId,
    starts_on: Date,
    ends_on: Option<Date>,
) -> Result<()> {
    check_dates(starts_on, ends_on)?;
    let before = read(tx, act.network, id).await?;
    let after = Subscription {
        starts_on,
        ends_on,
        ..before.clone()
    };
    replace(tx, act, &before, &after, "subscription.dates_changed").await
}

/// Cancels it with effect from an instant, which may lie ahead; `None` takes a cancellation back.
pub async fn cancel(tx: &mut Tx, act: &Act, id: SubscriptionId, at: Option<Instant>) -> Result<()> {
    let before = read(tx, act.network, id).await?;
    let after = Subscription {
        cancelled_at: at,
        ..before.clone()
    };
    let action = if at.is_some() {
        "subscription.cancelled"
    } else {
        "subscription.resumed"
    };
    replace(tx, act, &before, &after, action).await
}

/// Adds a line.
pub async fn add_item(tx: &mut Tx, act: &Act, id: SubscriptionId, new: &NewItem) -> Result<ItemId> {
    let before = read(tx, act.network, id).await?;
    check_item(tx, act.network, new).await?;
    let item_id = ItemId::new(act.now, chance::for_id(act.now));
    let item = Item {
        id: item_id,
        of: new.of,
        access: new.access.clone(),
        reach: new.reach.clone(),
    };
    insert_item(tx, act, id, &item).await?;
    let wakes = reached(tx, act, &before, std::slice::from_ref(&item), Lane::GrantSoon).await?;
    let entry = Entry::new("subscription", "subscription.item_added", id)
        .of(person_of(&before))
        .after(&item);
    record(tx, act, entry, &wakes).await?;
    Ok(item_id)
}

/// Changes what a line opens and whom it reaches, or what it is for; takes effect immediately (P-5).
pub async fn change_item(tx: &mut Tx, act: &Act, id: SubscriptionId, item: ItemId, new: &NewItem) -> Result<()> {
    let subscription = read(tx, act.network, id).await?;
    let before = line(&subscription, item)?.clone();
    check_item(tx, act.network, new).await?;
    let after = Item {
        id: item,
        of: new.of,
        access: new.access.clone(),
        reach: new.reach.clone(),
    };
    end_item(tx, act, item).await?;
    insert_item(tx, act, id, &after).await?;
    let wakes = reached(tx, act, &subscription, &[before.clone(), after.clone()], Lane::Revoke).await?;
    let entry = Entry::new("subscription", "subscription.item_changed", id).of(person_of(&subscription));
    record(tx, act, entry.before(&before).after(&after), &wakes).await
}

/// Removes a line, at once.
pub async fn remove_item(tx: &mut Tx, act: &Act, id: SubscriptionId, item: ItemId) -> Result<()> {
    let subscription = read(tx, act.network, id).await?;
    let before = line(&subscription, item)?.clone();
    let wakes = reached(tx, act, &subscription, std::slice::from_ref(&before), Lane::Revoke).await?;
    end_item(tx, act, item).await?;
    let entry = Entry::new("subscription", "subscription.item_removed", id).of(person_of(&subscription));
    record(tx, act, entry.before(&before), &wakes).await
}

fn line(subscription: &Subscription, item: ItemId) -> Result<&Item> {
    subscription
        .items
        .iter()
        .find(|line| line.id == item)
        .ok_or_else(|| Error::not_found(item))
}

fn check_dates(starts_on: Date, ends_on: Option<Date>) -> Result<()> {
    if ends_on.is_some_and(|ends_on| ends_on < starts_on) {
        return Err(Error::invalid(
            "the last day of a subscription cannot lie before the first",
        ));
    }
    Ok(())
}

fn person_of(subscription: &Subscription) -> Option<PersonId> {
    match subscription.of {
        Subscriber::Person(person) => Some(person),
        Subscriber::Company(_) => None,
    }
}

async fn reached(tx: &mut Tx, act: &Act, subscription: &Subscription, items: &[Item], lane: Lane) -> Result<Vec<Wake>> {
    let mut groups = Vec::new();
    for item in items {
        groups.extend(concerned::groups_of_item(tx, act.network, item.of, &item.access).await?);
    }
    match subscription.of {
        Subscriber::Person(person) => concerned::by_groups(tx, act.network, groups, Some(person), lane).await,
        Subscriber::Company(company) => concerned::by_company(tx, act.network, company, groups, lane).await,
    }
}

async fn replace(
    tx: &mut Tx,
    act: &Act,
    before: &Subscription,
    after: &Subscription,
    action: &'static str,
) -> Result<()> {
    let since = since(tx, act.network, "subscription", before.id.into()).await?;
    VERSIONS
        .end(tx, act.network, since, act.now, &[before.id.into()])
        .await?;
    insert(tx, act, after).await?;
    let wakes = reached(tx, act, after, &after.items, Lane::Revoke).await?;
    let entry = Entry::new("subscription", action, before.id)
        .of(person_of(before))
        .before(before)
        .after(after);
    record(tx, act, entry, &wakes).await
}

async fn end_item(tx: &mut Tx, act: &Act, item: ItemId) -> Result<()> {
    let since = since(tx, act.network, "item", item.into()).await?;
    ITEMS.end(tx, act.network, since, act.now, &[item.into()]).await
}

async fn since(tx: &mut Tx, network: NetworkId, table: &str, id: Arg) -> Result<Instant> {
    let sql = match table {
        "item" => concat!(
            "SELECT known_from_ms FROM item WHERE network_id = $1 AND id = $2 AND ",
            current!()
        ),
        _ => concat!(
            "SELECT known_from_ms FROM subscription WHERE network_id = $1 AND id = $2 AND ",
            current!()
        ),
    };
    let row = tx.fetch_optional(sql, vec![network.into(), id]).await?;
    row.ok_or_else(|| Error::busy(format!("this {table} is being changed by somebody else; try again")))?
        .at("known_from_ms")
}

async fn insert(tx: &mut Tx, act: &Act, subscription: &Subscription) -> Result<()> {
    let (person, company) = match subscription.of {
        Subscriber::Person(person) => (Some(person), None),
        Subscriber::Company(company) => (None, Some(company)),
    };
    tx.execute(
        "INSERT INTO subscription (network_id, id, known_from_ms, known_until_ms,
           location_id, person_id, company_id, starts_on, ends_on, cancelled_at_ms)
         VALUES ($1, $2, $3, 9223372036854775807, $4, $5, $6, $7, $8, $9)",
        args![
            act.network,
            subscription.id,
            act.now,
            subscription.location,
            person,
            company,
            subscription.starts_on,
            subscription.ends_on,
            subscription.cancelled_at
        ],
    )
    .await?;
    Ok(())
}

/// Is all that a line names of this network? Asked before anything is written.
async fn check_item(tx: &mut Tx, network: NetworkId, item: &NewItem) -> Result<()> {
    match item.of {
        ItemOf::Plan(id) => drop(plan::read(tx, network, id).await?),
        ItemOf::Rental(id) => drop(resource::read(tx, network, id).await?),
    }
    if let ItemAccess::Set(groups) = &item.access {
        concerned::all_known(tx, network, groups).await?;
    }
    if let Reach::Chosen(people) = &item.reach {
        for chosen in people {
            person::read(tx, network, *chosen).await?;
        }
    }
    Ok(())
}

async fn insert_item(tx: &mut Tx, act: &Act, subscription: SubscriptionId, item: &Item) -> Result<()> {
    let (plan, resource) = match item.of {
        ItemOf::Plan(id) => (Some(id), None),
        ItemOf::Rental(id) => (None, Some(id)),
    };
    tx.execute(
        "INSERT INTO item (network_id, id, known_from_ms, known_until_ms,
           subscription_id, plan_id, resource_id, access_json, reach_json)
         VALUES ($1, $2, $3, 9223372036854775807, $4, $5, $6, $7, $8)",
        args![
            act.network,
            item.id,
            act.now,
            subscription,
            plan,
            resource,
            Arg::json(&item.access),
            Arg::json(&item.reach)
        ],
    )
    .await?;
    Ok(())
}

/// One subscription with its items.
pub async fn read(tx: &mut Tx, network: NetworkId, id: SubscriptionId) -> Result<Subscription> {
    find(tx, network, id).await?.ok_or_else(|| Error::not_found(id))
}

/// One subscription with its items, if it is there.
pub async fn find(tx: &mut Tx, network: NetworkId, id: SubscriptionId) -> Result<Option<Subscription>> {
    let row = tx
        .fetch_optional(
            concat!(
                "SELECT * FROM subscription WHERE network_id = $1 AND id = $2 AND ",
                current!()
            ),
            args![network, id],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let mut subscription = from_row(&row)?;
    subscription.items = items(tx, network, id).await?;
    Ok(Some(subscription))
}

async fn items(tx: &mut Tx, network: NetworkId, id: SubscriptionId) -> Result<Vec<Item>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT * FROM item WHERE network_id = $1 AND subscription_id = $2 AND ",
                current!(),
                " ORDER BY id"
            ),
            args![network, id],
        )
        .await?;
    rows.iter().map(item_from_row).collect()
}

/// Subscriptions, the newest first.
pub async fn list(tx: &mut Tx, network: NetworkId, filter: &Filter, page: &Page) -> Result<Listed<Subscription>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM subscription s WHERE s.network_id = $1 AND s.id < $2 AND s.known_until_ms = 9223372036854775807
               AND ($3 IS NULL OR s.person_id = $3) AND ($4 IS NULL OR s.company_id = $4)
               AND ($5 IS NULL OR s.location_id = $5)
               AND ($6 IS NULL OR EXISTS (SELECT 1 FROM item i WHERE i.network_id = $1 AND i.subscription_id = s.id
                 AND i.plan_id = $6 AND i.known_until_ms = 9223372036854775807))
               AND ($7 IS NULL OR EXISTS (SELECT 1 FROM item i WHERE i.network_id = $1 AND i.subscription_id = s.id
                 AND i.resource_id = $7 AND i.known_until_ms = 9223372036854775807))
             ORDER BY s.id DESC LIMIT $8",
            args![
                network,
                page.before_id(),
                filter.person,
                filter.company,
                filter.location,
                filter.plan,
                filter.resource,
                page.rows()
            ],
        )
        .await?;
    let rows = rows.iter().map(from_row).collect::<Result<_>>()?;
    let mut listed = Listed::cut(rows, page, |subscription: &Subscription| subscription.id.to_string());
    let ids: Vec<SubscriptionId> = listed.rows.iter().map(|one| one.id).collect();
    let items = by_ids::rows(tx, by_ids::current_by!("item", "subscription_id"), network, &ids).await?;
    let mut by_subscription: BTreeMap<SubscriptionId, Vec<Item>> = BTreeMap::new();
    for row in &items {
        let of = by_subscription.entry(row.id("subscription_id")?).or_default();
        of.push(item_from_row(row)?);
    }
    for subscription in &mut listed.rows {
        subscription.items = by_subscription.remove(&subscription.id).unwrap_or_default();
        subscription.items.sort_by_key(|item| item.id);
    }
    Ok(listed)
}

/// How many subscriptions of each plan run on a day at a location; plans without any are left out.
pub async fn running(
    tx: &mut Tx,
    network: NetworkId,
    location: LocationId,
    today: Date,
    now: Instant,
) -> Result<Vec<(PlanId, u64)>> {
    let rows = tx
        .fetch_all(
            "SELECT i.plan_id AS plan_id, count(DISTINCT s.id) AS many FROM subscription s
               JOIN item i ON i.network_id = s.network_id AND i.subscription_id = s.id
                 AND i.known_until_ms = 9223372036854775807 AND i.plan_id IS NOT NULL
             WHERE s.network_id = $1 AND s.known_until_ms = 9223372036854775807 AND s.location_id = $2
               AND s.starts_on <= $3 AND (s.ends_on IS NULL OR s.ends_on >= $3)
               AND (s.cancelled_at_ms IS NULL OR s.cancelled_at_ms > $4)
             GROUP BY i.plan_id",
            args![network, location, today.to_string(), now],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.id("plan_id")?, row.int("many")?.unsigned_abs())))
        .collect()
}

pub(crate) fn from_row(row: &Row) -> Result<Subscription> {
    let of = match row.id_opt("person_id")? {
        Some(person) => Subscriber::Person(person),
        None => Subscriber::Company(row.id("company_id")?),
    };
    Ok(Subscription {
        id: row.id("id")?,
        location: row.id("location_id")?,
        of,
        starts_on: row.date("starts_on")?,
        ends_on: row.date_opt("ends_on")?,
        cancelled_at: row.at_opt("cancelled_at_ms")?,
        items: Vec::new(),
    })
}

pub(crate) fn item_from_row(row: &Row) -> Result<Item> {
    Ok(Item {
        id: row.id("id")?,
        of: item_of(row)?,
        access: row.json("access_json")?,
        reach: row.json("reach_json")?,
    })
}

pub(crate) fn item_of(row: &Row) -> Result<ItemOf> {
    Ok(match row.id_opt("plan_id")? {
        Some(plan) => ItemOf::Plan(plan),
        None => ItemOf::Rental(row.id("resource_id")?),
    })
}
