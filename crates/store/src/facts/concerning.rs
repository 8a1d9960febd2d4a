//! What can concern one integration, in one query per kind of row, however many rows there are.
//!
//! In: an integration. Out: its own rows; plans, resources and items that point to one of its groups; the subscriptions of
//! those items, whole; and whoever these, or rows at the vendor, reach.
//! Why so: in a network with several integrations, most people hold nothing at most of them.
//! Always: rather a row too many than one too few. Company items "with a booking here today" (P-21) look at every booking of
//! their location, so these are there as well. What lies behind a subscription's other items is not.
//! In the texts `$1` is the network, `$2` the instant that picks versions, `$3` the integration, `$4` the instant after
//! which a booking must end. Lists of groups are JSON text; ids are unmistakable in it, so `LIKE` finds them on both engines.

use access::Instant;
use access::facts::Facts;
use access::id::*;

use super::{at, points, rows};
use crate::error::Result;
use crate::sql::{Tx, args};
use crate::{booking, company, subscription};

/// Rows of the network known at the instant.
macro_rules! known {
    ($row:literal) => {
        concat!(
            $row,
            ".network_id = $1 AND ",
            $row,
            ".known_from_ms <= $2 AND ",
            $row,
            ".known_until_ms > $2"
        )
    };
}

/// Does this JSON text name a group of the integration?
macro_rules! points_here {
    ($json:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM access_group g WHERE ",
            known!("g"),
            " AND g.integration_id = $3 AND ",
            $json,
            " LIKE '%' || g.id || '%')"
        )
    };
}

macro_rules! plans {
    ($columns:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM plan p WHERE ",
            known!("p"),
            " AND ",
            points_here!("p.groups_json")
        )
    };
}

/// Resources that open something here.
macro_rules! resources {
    () => {
        concat!(
            "SELECT r.id FROM resource r WHERE ",
            known!("r"),
            " AND ",
            points_here!("r.groups_json")
        )
    };
}

/// Subscriptions with an item, of a certain reach if `$reach` says so, that opens something here.
macro_rules! subscriptions {
    ($columns:literal, $reach:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM subscription s WHERE ",
            known!("s"),
            " AND s.id IN (SELECT i.subscription_id FROM item i WHERE ",
            known!("i"),
            $reach,
            " AND (i.plan_id IN (",
            plans!("p.id"),
            ") OR i.resource_id IN (",
            resources!(),
            ") OR (i.access_json <> '\"inherited\"' AND ",
            points_here!("i.access_json"),
            ")))"
        )
    };
}

/// Resources whose bookings matter: those that open something here, and those of locations where any booking may.
macro_rules! booked_resources {
    () => {
        concat!(
            resources!(),
            " UNION SELECT r.id FROM resource r WHERE ",
            known!("r"),
            " AND r.location_id IN (",
            subscriptions!("s.location_id", " AND i.reach_json = '\"booked_today\"'"),
            ")"
        )
    };
}

macro_rules! bookings {
    ($columns:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM booking b WHERE ",
            known!("b"),
            " AND b.until_ms > $4 AND b.resource_id IN (",
            booked_resources!(),
            ")"
        )
    };
}

/// Whom anything here reaches or may have reached: by a contract, by a booking, at the vendor.
macro_rules! people {
    () => {
        concat!(
            subscriptions!("s.person_id", ""),
            " UNION SELECT c.person_id FROM company_membership c WHERE ",
            known!("c"),
            " AND c.company_id IN (",
            subscriptions!("s.company_id", ""),
            ") UNION SELECT b.booker_id FROM booking b WHERE ",
            known!("b"),
            " AND b.until_ms > $4 AND b.resource_id IN (",
            resources!(),
            ") UNION SELECT v.person_id FROM invitee v JOIN booking b ON b.network_id = v.network_id AND b.id = v.booking_id
               WHERE ",
            known!("v"),
            " AND ",
            known!("b"),
            " AND b.until_ms > $4 AND b.resource_id IN (",
            resources!(),
            ") UNION SELECT h.person_id FROM holder h WHERE ",
            known!("h"),
            " AND h.integration_id = $3 UNION SELECT a.person_id FROM grant_row a WHERE ",
            known!("a"),
            " AND a.integration_id = $3 AND a.state <> 'ended'"
        )
    };
}

const INTEGRATION: &str = concat!("SELECT * FROM integration n WHERE ", known!("n"), " AND n.id = $3");
const GROUPS: &str = concat!(
    "SELECT * FROM access_group g WHERE ",
    known!("g"),
    " AND g.integration_id = $3"
);
const DOORS: &str = concat!("SELECT * FROM door d WHERE ", known!("d"), " AND d.integration_id = $3");
const HOLDERS: &str = concat!(
    "SELECT * FROM holder h WHERE ",
    known!("h"),
    " AND h.integration_id = $3"
);
const HELD: &str = concat!(
    "SELECT * FROM grant_row a WHERE ",
    known!("a"),
    " AND a.integration_id = $3 AND a.held_from_ms IS NOT NULL"
);
const RESOURCES: &str = concat!(
    "SELECT * FROM resource q WHERE ",
    known!("q"),
    " AND q.id IN (",
    booked_resources!(),
    ")"
);
const ITEMS: &str = concat!(
    "SELECT * FROM item j WHERE ",
    known!("j"),
    " AND j.subscription_id IN (",
    subscriptions!("s.id", ""),
    ")"
);
const INVITEES: &str = concat!(
    "SELECT * FROM invitee v WHERE ",
    known!("v"),
    " AND v.booking_id IN (",
    bookings!("b.id"),
    ")"
);
const BELONGINGS: &str = concat!(
    "SELECT * FROM company_membership c WHERE ",
    known!("c"),
    " AND c.company_id IN (",
    subscriptions!("s.company_id", ""),
    ")"
);
const PEOPLE: &str = concat!(
    "SELECT * FROM person z WHERE ",
    known!("z"),
    " AND z.id IN (",
    people!(),
    ")"
);
const MEMBERSHIPS: &str = concat!(
    "SELECT * FROM membership m WHERE ",
    known!("m"),
    " AND m.person_id IN (",
    people!(),
    ")"
);

pub(super) async fn load(
    tx: &mut Tx,
    network: NetworkId,
    integration: IntegrationId,
    picks: Instant,
    after: Instant,
) -> Result<Facts> {
    let here = || at(network, picks, integration);
    let here_after = || args![network, picks, integration, after];
    let holders = rows::read(tx, HOLDERS, here(), rows::holder_of).await?;
    let held = rows::read(tx, HELD, here(), rows::held_of).await?;
    let subscriptions = subscriptions!("*", "");
    let mut facts = Facts {
        locations: Vec::new(),
        people: rows::read(tx, PEOPLE, here_after(), rows::person_of).await?,
        memberships: rows::read(tx, MEMBERSHIPS, here_after(), rows::membership_of).await?,
        company_memberships: rows::read(tx, BELONGINGS, here(), company::membership_from_row).await?,
        plans: rows::read(tx, plans!("*"), here(), rows::plan_of).await?,
        resources: rows::read(tx, RESOURCES, here(), rows::resource_of).await?,
        subscriptions: rows::read(tx, subscriptions, here(), subscription::from_row).await?,
        bookings: rows::read(tx, bookings!("*"), here_after(), booking::facts_from_row).await?,
        integrations: rows::read(tx, INTEGRATION, here(), rows::integration_of).await?,
        groups: rows::read(tx, GROUPS, here(), rows::group_of).await?,
        doors: rows::read(tx, DOORS, here(), rows::door_of).await?,
        holders: rows::with_held(holders, held),
    };
    let items = rows::read(tx, ITEMS, here(), rows::item_of).await?;
    rows::give_items(&mut facts.subscriptions, items);
    let invited = rows::read(tx, INVITEES, here_after(), rows::invitee_of).await?;
    rows::give_invitees(&mut facts.bookings, invited);
    points::locations(tx, network, &mut facts, picks).await?;
    Ok(facts)
}
