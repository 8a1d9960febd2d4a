//! The rows that facts are made of, each read at one instant: `$1` is the network, `$2` the instant that picks versions.

use std::collections::BTreeMap;

use access::Instant;
use access::facts::*;
use access::id::*;

use crate::error::Result;
use crate::sql::{Arg, Asked, Row, Tx, args};
use crate::{booking, company, resource, subscription};

/// Rows of one network known at one instant.
macro_rules! known {
    ($table:literal, $more:expr) => {
        concat!(
            "SELECT * FROM ",
            $table,
            " WHERE network_id = $1 AND known_from_ms <= $2 AND known_until_ms > $2",
            $more
        )
    };
}

/// How many ids one query asks for.
const AT_ONCE: usize = 16;

/// The same for up to sixteen ids at a time, the values of one column.
macro_rules! known_by {
    ($table:literal, $column:literal) => {
        concat!(
            "SELECT * FROM ",
            $table,
            " WHERE network_id = $1 AND known_from_ms <= $2 AND known_until_ms > $2 AND ",
            $column,
            " IN ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"
        )
    };
}
pub(super) use {known, known_by};

/// Asks for rows by ids; `sql` is made by `known_by!`. Fewer ids than it asks for are filled up with the last one, so that one
/// text serves any number of them.
pub(super) fn by<Id: Into<Arg>>(
    sql: &'static str,
    network: NetworkId,
    picks: Instant,
    ids: impl IntoIterator<Item = Id>,
) -> Vec<Asked> {
    let ids: Vec<Arg> = ids.into_iter().map(Into::into).collect();
    let ask = |chunk: &[Arg]| {
        let mut args = args![network, picks];
        args.extend_from_slice(chunk);
        args.resize(2 + AT_ONCE, chunk[chunk.len() - 1].clone());
        Asked::new(sql, args)
    };
    ids.chunks(AT_ONCE).map(ask).collect()
}

/// Rows of one kind in one go.
pub(super) async fn several<T>(tx: &mut Tx, asked: Vec<Asked>, from_row: impl Fn(&Row) -> Result<T>) -> Result<Vec<T>> {
    all(tx.fetch_several(asked).await?, from_row)
}

/// The rows of several answers about one kind.
pub(super) fn all<T>(
    found: impl IntoIterator<Item = Vec<Row>>,
    from_row: impl Fn(&Row) -> Result<T>,
) -> Result<Vec<T>> {
    found.into_iter().flatten().map(|row| from_row(&row)).collect()
}

pub(super) async fn read<T>(
    tx: &mut Tx,
    sql: &'static str,
    args: Vec<Arg>,
    from_row: impl Fn(&Row) -> Result<T>,
) -> Result<Vec<T>> {
    tx.fetch_all(sql, args).await?.iter().map(from_row).collect()
}

/// Puts items into their subscriptions.
pub(super) fn give_items(subscriptions: &mut [Subscription], items: Vec<(SubscriptionId, Item)>) {
    let mut by_subscription: BTreeMap<SubscriptionId, Vec<Item>> = BTreeMap::new();
    for (id, item) in items {
        by_subscription.entry(id).or_default().push(item);
    }
    for one in subscriptions {
        one.items = by_subscription.remove(&one.id).unwrap_or_default();
    }
}

/// Puts invitees into their bookings.
pub(super) fn give_invitees(bookings: &mut [Booking], invited: Vec<(BookingId, PersonId)>) {
    let mut by_booking: BTreeMap<BookingId, Vec<PersonId>> = BTreeMap::new();
    for (id, person) in invited {
        by_booking.entry(id).or_default().push(person);
    }
    for one in bookings {
        one.invitees = by_booking.remove(&one.id).unwrap_or_default();
    }
}

/// A grant that the vendor acknowledged belongs to a holder, also where no record of them was kept yet.
pub(super) fn with_held(holders: Vec<Holder>, held: Vec<(PersonId, IntegrationId, Held)>) -> Vec<Holder> {
    let mut by_key: BTreeMap<(PersonId, IntegrationId), Holder> = holders
        .into_iter()
        .map(|one| ((one.person, one.integration), one))
        .collect();
    for (person, integration, held) in held {
        by_key
            .entry((person, integration))
            .or_insert_with(|| Holder {
                person,
                integration,
                unconfirmed: false,
                disabled: false,
                held: Vec::new(),
                refused: None,
            })
            .held
            .push(held);
    }
    by_key.into_values().collect()
}

/// All rows of the network.
pub(super) async fn everything(tx: &mut Tx, network: NetworkId, picks: Instant, after: Instant) -> Result<Facts> {
    let args = || args![network, picks];
    let holders = read(tx, known!("holder", ""), args(), holder_of).await?;
    let held = read(
        tx,
        known!("grant_row", " AND held_from_ms IS NOT NULL"),
        args(),
        held_of,
    )
    .await?;
    let bookings = known!("booking", " AND until_ms > $3");
    let mut facts = Facts {
        locations: read(tx, known!("location", ""), args(), location_of).await?,
        people: read(tx, known!("person", ""), args(), person_of).await?,
        memberships: read(tx, known!("membership", ""), args(), membership_of).await?,
        company_memberships: read(
            tx,
            known!("company_membership", ""),
            args(),
            company::membership_from_row,
        )
        .await?,
        plans: read(tx, known!("plan", ""), args(), plan_of).await?,
        resources: read(tx, known!("resource", ""), args(), resource_of).await?,
        subscriptions: read(tx, known!("subscription", ""), args(), subscription::from_row).await?,
        bookings: read(tx, bookings, args![network, picks, after], booking::facts_from_row).await?,
        integrations: read(tx, known!("integration", ""), args(), integration_of).await?,
        groups: read(tx, known!("access_group", ""), args(), group_of).await?,
        doors: read(tx, known!("door", ""), args(), door_of).await?,
        holders: with_held(holders, held),
    };
    let items = read(tx, known!("item", ""), args(), item_of).await?;
    give_items(&mut facts.subscriptions, items);
    let invited = "SELECT i.booking_id, i.person_id FROM invitee i JOIN booking b ON b.network_id = i.network_id
           AND b.id = i.booking_id AND b.known_from_ms <= $2 AND b.known_until_ms > $2
         WHERE i.network_id = $1 AND i.known_from_ms <= $2 AND i.known_until_ms > $2 AND b.until_ms > $3";
    let invited = read(tx, invited, args![network, picks, after], invitee_of).await?;
    give_invitees(&mut facts.bookings, invited);
    Ok(facts)
}

pub(super) fn location_of(row: &Row) -> Result<Location> {
    let grace = Grace {
        before_minutes: row.int("grace_before_minutes")?,
        after_minutes: row.int("grace_after_minutes")?,
    };
    Ok(Location {
        id: row.id("id")?,
        name: row.text("name")?,
        zone: row.text("zone")?,
        grace,
    })
}

pub(super) fn person_of(row: &Row) -> Result<Person> {
    Ok(Person {
        id: row.id("id")?,
        name: row.text("name")?,
        email: row.text("email")?,
        state: row.word("state")?,
    })
}

pub(super) fn membership_of(row: &Row) -> Result<Membership> {
    Ok(Membership {
        person: row.id("person_id")?,
        location: row.id("location_id")?,
        kind: row.word("kind")?,
    })
}

pub(super) fn plan_of(row: &Row) -> Result<Plan> {
    Ok(Plan {
        id: row.id("id")?,
        name: row.text("name")?,
        groups: row.json("groups_json")?,
    })
}

pub(super) fn resource_of(row: &Row) -> Result<Resource> {
    Ok(Resource {
        id: row.id("id")?,
        location: row.id("location_id")?,
        name: row.text("name")?,
        kind: row.word("kind")?,
        groups: row.json("groups_json")?,
        grace: resource::grace_of(row)?,
    })
}

pub(super) fn integration_of(row: &Row) -> Result<Integration> {
    Ok(Integration {
        id: row.id("id")?,
        location: row.id("location_id")?,
        vendor: row.text("vendor")?,
        state: row.word("state")?,
        visibility: row.word("visibility")?,
        site: row.text_opt("site")?,
    })
}

pub(super) fn group_of(row: &Row) -> Result<AccessGroup> {
    Ok(AccessGroup {
        id: row.id("id")?,
        integration: row.id("integration_id")?,
        name: row.text("name")?,
        gone: row.flag("gone")?,
        doors: row.json("doors_json")?,
        restrictions: row.json("restrictions_json")?,
    })
}

pub(super) fn door_of(row: &Row) -> Result<Door> {
    Ok(Door {
        id: row.id("id")?,
        integration: row.id("integration_id")?,
        name: row.text("name")?,
        site: row.text_opt("site")?,
        gone: row.flag("gone")?,
        restrictions: row.json("restrictions_json")?,
    })
}

pub(super) fn holder_of(row: &Row) -> Result<Holder> {
    Ok(Holder {
        person: row.id("person_id")?,
        integration: row.id("integration_id")?,
        unconfirmed: row.flag("unconfirmed")?,
        disabled: row.flag("disabled")?,
        held: Vec::new(),
        refused: row.text_opt("refused")?,
    })
}

pub(super) fn held_of(row: &Row) -> Result<(PersonId, IntegrationId, Held)> {
    let held = Held {
        group: row.id("group_id")?,
        window: row.window("held_from_ms", "held_until_ms")?,
    };
    Ok((row.id("person_id")?, row.id("integration_id")?, held))
}

pub(super) fn item_of(row: &Row) -> Result<(SubscriptionId, Item)> {
    Ok((row.id("subscription_id")?, subscription::item_from_row(row)?))
}

pub(super) fn invitee_of(row: &Row) -> Result<(BookingId, PersonId)> {
    Ok((row.id("booking_id")?, row.id("person_id")?))
}
