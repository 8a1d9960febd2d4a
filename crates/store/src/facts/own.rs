//! A person's own rows: who they are, what they hold, subscribe to and book, by themselves or through companies, and the plans and
//! resources of these; all in one go.
//!
//! In the texts `$1` is the network, `$2` the instant that picks versions, `$3` the person, `$4` the instant after which a booking
//! must end.

use access::Instant;
use access::facts::Facts;
use access::id::*;

use super::rows::{self, known};
use crate::error::Result;
use crate::sql::{Asked, Row, Tx, args};
use crate::{booking, company, subscription};

macro_rules! theirs {
    ($column:literal, $table:literal) => {
        concat!(
            "(SELECT ",
            $column,
            " FROM ",
            $table,
            " WHERE network_id = $1 AND person_id = $3 AND known_from_ms <= $2 AND known_until_ms > $2)"
        )
    };
}

macro_rules! of_companies {
    ($start:literal) => {
        concat!(
            $start,
            " WHERE network_id = $1 AND known_from_ms <= $2 AND known_until_ms > $2 AND company_id IN ",
            theirs!("company_id", "company_membership")
        )
    };
}

const PERSON: &str = known!("person", " AND id = $3");
const MEMBERSHIPS: &str = known!("membership", " AND person_id = $3");
const BELONGINGS: &str = known!("company_membership", " AND person_id = $3");
const HOLDERS: &str = known!("holder", " AND person_id = $3");
const HELD: &str = known!("grant_row", " AND person_id = $3 AND held_from_ms IS NOT NULL");
const SUBSCRIPTIONS: &str = known!("subscription", " AND person_id = $3");
const ITEMS: &str = concat!(
    known!("item", " AND subscription_id IN "),
    theirs!("id", "subscription")
);
const COMPANIES_SUBSCRIPTIONS: &str = of_companies!("SELECT * FROM subscription");
const COMPANIES_ITEMS: &str = concat!(
    known!("item", " AND subscription_id IN ("),
    of_companies!("SELECT id FROM subscription"),
    ")"
);
/// Lines of what they subscribe to, themselves or through a company; `$column` of each.
macro_rules! lines {
    ($column:literal) => {
        concat!(
            "SELECT ",
            $column,
            " FROM item WHERE network_id = $1 AND known_from_ms <= $2 AND known_until_ms > $2 AND subscription_id IN ",
            theirs!("id", "subscription"),
            " UNION SELECT ",
            $column,
            " FROM item WHERE network_id = $1 AND known_from_ms <= $2 AND known_until_ms > $2 AND subscription_id IN (",
            of_companies!("SELECT id FROM subscription"),
            ")"
        )
    };
}

const PLANS: &str = concat!(known!("plan", " AND id IN ("), lines!("plan_id"), ")");
const RESOURCES: &str = concat!(
    known!("resource", " AND id IN ("),
    lines!("resource_id"),
    " UNION SELECT resource_id FROM booking
         WHERE network_id = $1 AND booker_id = $3 AND known_from_ms <= $2 AND known_until_ms > $2 AND until_ms > $4
       UNION SELECT b.resource_id FROM invitee i JOIN booking b ON b.network_id = i.network_id AND b.id = i.booking_id
           AND b.known_from_ms <= $2 AND b.known_until_ms > $2
         WHERE i.network_id = $1 AND i.person_id = $3 AND i.known_from_ms <= $2 AND i.known_until_ms > $2
           AND b.until_ms > $4)"
);
const BOOKED: &str = known!("booking", " AND booker_id = $3 AND until_ms > $4");
const INVITED: &str = "SELECT b.* FROM invitee i JOIN booking b ON b.network_id = i.network_id AND b.id = i.booking_id
       AND b.known_from_ms <= $2 AND b.known_until_ms > $2
     WHERE i.network_id = $1 AND i.person_id = $3 AND i.known_from_ms <= $2 AND i.known_until_ms > $2
       AND b.until_ms > $4";
const INVITEES: &str = known!(
    "invitee",
    " AND booking_id IN (SELECT id FROM booking
         WHERE network_id = $1 AND booker_id = $3 AND known_from_ms <= $2 AND known_until_ms > $2 AND until_ms > $4
       UNION SELECT b.id FROM invitee i JOIN booking b ON b.network_id = i.network_id AND b.id = i.booking_id
           AND b.known_from_ms <= $2 AND b.known_until_ms > $2
         WHERE i.network_id = $1 AND i.person_id = $3 AND i.known_from_ms <= $2 AND i.known_until_ms > $2
           AND b.until_ms > $4)"
);

/// Facts with nothing but what is theirs, their plans and resources.
pub(super) async fn load(
    tx: &mut Tx,
    network: NetworkId,
    person: PersonId,
    picks: Instant,
    after: Instant,
) -> Result<Facts> {
    let who = |sql| Asked::new(sql, args![network, picks, person]);
    let ahead = |sql| Asked::new(sql, args![network, picks, person, after]);
    let asked = vec![
        who(PERSON),
        who(MEMBERSHIPS),
        who(BELONGINGS),
        who(HOLDERS),
        who(HELD),
        who(SUBSCRIPTIONS),
        who(COMPANIES_SUBSCRIPTIONS),
        who(ITEMS),
        who(COMPANIES_ITEMS),
        ahead(BOOKED),
        ahead(INVITED),
        ahead(INVITEES),
        who(PLANS),
        ahead(RESOURCES),
    ];
    let mut answers = tx.fetch_several(asked).await?.into_iter();
    let mut next = || answers.next().unwrap_or_default();
    let mut facts = Facts {
        people: each(&next(), rows::person_of)?,
        memberships: each(&next(), rows::membership_of)?,
        company_memberships: each(&next(), company::membership_from_row)?,
        holders: rows::with_held(each(&next(), rows::holder_of)?, each(&next(), rows::held_of)?),
        ..Facts::default()
    };
    facts.subscriptions = each(&next(), subscription::from_row)?;
    facts.subscriptions.extend(each(&next(), subscription::from_row)?);
    let mut items = each(&next(), rows::item_of)?;
    items.extend(each(&next(), rows::item_of)?);
    rows::give_items(&mut facts.subscriptions, items);
    facts.bookings = each(&next(), booking::facts_from_row)?;
    facts.bookings.extend(each(&next(), booking::facts_from_row)?);
    // Somebody may be invited to what they booked.
    facts.bookings.sort_by_key(|one| one.id);
    facts.bookings.dedup_by_key(|one| one.id);
    rows::give_invitees(&mut facts.bookings, each(&next(), rows::invitee_of)?);
    facts.plans = each(&next(), rows::plan_of)?;
    facts.resources = each(&next(), rows::resource_of)?;
    Ok(facts)
}

fn each<T>(found: &[Row], from_row: impl Fn(&Row) -> Result<T>) -> Result<Vec<T>> {
    found.iter().map(from_row).collect()
}
