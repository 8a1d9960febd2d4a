//! What a question about one person and one door needs besides the person's own world: the door, the groups that list it, its
//! account, and whoever the person may be mistaken for.
//!
//! Why so: the door may be one that nothing of theirs points to, and "somebody else bears this name and gets in" (P-27) is
//! answered by that somebody's world.
//! Always: as many queries in a network of five thousand people as in one of five.

use access::Instant;
use access::facts::Facts;
use access::id::*;

use super::rows::{self, known};
use super::{at, points};
use crate::error::Result;
use crate::sql::{Tx, args, literal};

/// People who may be meant with somebody else's name or address; more are not looked at.
const NAMESAKES: usize = 8;

/// In all three, `$3` is the door.
const DOOR: &str = known!("door", " AND id = $3");
const GROUPS: &str = known!(
    "access_group",
    " AND doors_json LIKE '%' || $3 || '%' AND integration_id IN (SELECT integration_id FROM door
         WHERE network_id = $1 AND id = $3 AND known_from_ms <= $2 AND known_until_ms > $2)"
);
const INTEGRATION: &str = known!(
    "integration",
    " AND id IN (SELECT integration_id FROM door
         WHERE network_id = $1 AND id = $3 AND known_from_ms <= $2 AND known_until_ms > $2)"
);
/// `$3` is the person, `$4` their name as a pattern, `$5` their address without a tag, `$6` that address with any tag.
const ALIKE: &str = known!(
    "person",
    " AND id <> $3 AND (name_key LIKE $4 ESCAPE '!' OR email = $5 OR email LIKE $6 ESCAPE '!') ORDER BY id LIMIT 8"
);

/// Others with the same name or address in another spelling; rather one too many than one too few, the decision compares.
pub(super) async fn namesakes(tx: &mut Tx, network: NetworkId, facts: &Facts, picks: Instant) -> Result<Vec<PersonId>> {
    let Some(person) = facts.people.first() else {
        return Ok(Vec::new());
    };
    let words: Vec<String> = person.name.to_lowercase().split_whitespace().map(literal).collect();
    let email = person.email.trim().to_lowercase();
    let (local, domain) = email.split_once('@').unwrap_or((&email, ""));
    let local = local.split('+').next().unwrap_or(local);
    let (plain, tagged) = (
        format!("{local}@{domain}"),
        format!("{}+%@{}", literal(local), literal(domain)),
    );
    let args = args![network, picks, person.id, words.join("%"), plain, tagged];
    let found = rows::read(tx, ALIKE, args, rows::person_of).await?;
    debug_assert!(found.len() <= NAMESAKES, "the text says so");
    Ok(found.into_iter().map(|one| one.id).collect())
}

/// Adds the door with what stands around it.
pub(super) async fn door(
    tx: &mut Tx,
    network: NetworkId,
    facts: &mut Facts,
    door: DoorId,
    picks: Instant,
) -> Result<()> {
    let here = || at(network, picks, door);
    let around = Facts {
        doors: rows::read(tx, DOOR, here(), rows::door_of).await?,
        groups: rows::read(tx, GROUPS, here(), rows::group_of).await?,
        integrations: rows::read(tx, INTEGRATION, here(), rows::integration_of).await?,
        ..Facts::default()
    };
    add(facts, around);
    points::locations(tx, network, facts, picks).await
}

/// Puts two worlds of the same network and moment together; what both have is there once.
pub(super) fn add(facts: &mut Facts, more: Facts) {
    take(&mut facts.locations, more.locations, |one| one.id);
    take(&mut facts.people, more.people, |one| one.id);
    take(&mut facts.memberships, more.memberships, |one| {
        (one.person, one.location)
    });
    take(&mut facts.company_memberships, more.company_memberships, |one| one.id);
    take(&mut facts.plans, more.plans, |one| one.id);
    take(&mut facts.resources, more.resources, |one| one.id);
    take(&mut facts.subscriptions, more.subscriptions, |one| one.id);
    take(&mut facts.bookings, more.bookings, |one| one.id);
    take(&mut facts.integrations, more.integrations, |one| one.id);
    take(&mut facts.groups, more.groups, |one| one.id);
    take(&mut facts.doors, more.doors, |one| one.id);
    take(&mut facts.holders, more.holders, |one| (one.person, one.integration));
}

fn take<T, K: PartialEq>(into: &mut Vec<T>, more: Vec<T>, key: impl Fn(&T) -> K) {
    for one in more {
        if into.iter().all(|known| key(known) != key(&one)) {
            into.push(one);
        }
    }
}
