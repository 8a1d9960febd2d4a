//! Bookings and their invitees (P-7, P-22). Both versioned.
//!
//! Always: no two counting bookings overlap on one resource, its buffer included, whatever races. Whoever makes, moves or
//! confirms a booking first waits for its turn at the resource (`turn.rs`): on PostgreSQL that queues them until the one
//! before has committed, and only then they look for overlaps; on SQLite there is one writer anyway. So the loser gets a clear
//! `Conflict` at once and nobody has to repeat a transaction.

use std::collections::BTreeSet;

use access::facts::{Booking as Facts, BookingState};
use access::id::*;
use access::{Instant, Window};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::record::{Act, Entry, record};
use crate::sql::{Arg, Listed, Page, Row, Tx, args, like};
use crate::version::{Versions, current, versions};
use crate::wakeup::{Lane, Wake};
use crate::{chance, concerned, person, resource, turn};

const VERSIONS: Versions = versions!("booking", "id = $3");
const INVITEES: Versions = versions!("invitee", "booking_id = $3 AND person_id = $4");

/// A booking that starts within this is granted first.
const SOON_MINUTES: i64 = 60;

/// What people set.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Details {
    /// What is booked.
    pub resource: ResourceId,
    /// Who booked.
    pub booker: PersonId,
    /// Who is let in besides; each once.
    pub invitees: Vec<PersonId>,
    /// From start to end, without grace.
    pub window: Window,
    /// Where it stands.
    pub state: BookingState,
    /// In the booker's words; may be empty.
    pub title: String,
}

/// A booking.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Booking {
    /// Its id.
    pub id: BookingId,
    /// Since when it is as it is.
    pub since: Instant,
    /// What people set.
    pub details: Details,
}

/// Which bookings.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Filter {
    /// Only of this resource.
    pub resource: Option<ResourceId>,
    /// Only of resources of this location.
    pub location: Option<LocationId>,
    /// Only those that this person booked or is invited to.
    pub person: Option<PersonId>,
    /// Only those that touch this window: a day, a week.
    pub within: Option<Window>,
    /// Only in this state; without it, cancelled ones are left out unless asked for.
    pub state: Option<BookingState>,
    /// Also cancelled ones.
    pub cancelled_too: bool,
}

/// A new booking. A window that is taken is a `Conflict`.
pub async fn create(tx: &mut Tx, act: &Act, details: &Details) -> Result<BookingId> {
    let details = tidy(details);
    check(tx, act.network, &details).await?;
    let groups = make_room(tx, act.network, None, &details).await?;
    let id = BookingId::new(act.now, chance::for_id(act.now));
    insert(tx, act, id, &details).await?;
    for invitee in &details.invitees {
        invite(tx, act, id, *invitee).await?;
    }
    let wakes = reached(tx, act, &[&details], groups, false).await?;
    let entry = Entry::new("booking", "booking.created", id)
        .of(details.booker)
        .after(&details);
    record(tx, act, entry, &wakes).await?;
    Ok(id)
}

/// Changes anything about it: moves, shortens, invites, uninvites, approves, checks in, cancels. A window that is taken is a
/// `Conflict`; moving, cancelling, uninviting take effect at once (P-22).
pub async fn change(tx: &mut Tx, act: &Act, id: BookingId, details: &Details) -> Result<()> {
    let details = tidy(details);
    let before = read(tx, act.network, id).await?;
    let was = &before.details;
    if *was == details {
        return Ok(());
    }
    check(tx, act.network, &details).await?;
    let groups = make_room(tx, act.network, Some(id), &details).await?;
    VERSIONS
        .end(tx, act.network, before.since, act.now, &[id.into()])
        .await?;
    insert(tx, act, id, &details).await?;
    let invited: BTreeSet<PersonId> = was.invitees.iter().copied().collect();
    for gone in invited.iter().filter(|person| !details.invitees.contains(person)) {
        uninvite(tx, act, id, *gone).await?;
    }
    for new in details.invitees.iter().filter(|person| !invited.contains(person)) {
        invite(tx, act, id, *new).await?;
    }
    let mut groups = groups;
    if was.resource != details.resource {
        groups.extend(resource::read(tx, act.network, was.resource).await?.details.groups);
    }
    let wakes = reached(tx, act, &[was, &details], groups, true).await?;
    let action = match (was.state == details.state, details.state) {
        (true, _) if was.window != details.window || was.resource != details.resource => "booking.moved",
        (true, _) => "booking.changed",
        (false, BookingState::Requested) => "booking.requested",
        (false, BookingState::Confirmed) => "booking.confirmed",
        (false, BookingState::CheckedIn) => "booking.checked_in",
        (false, BookingState::Cancelled) => "booking.cancelled",
    };
    record(
        tx,
        act,
        Entry::new("booking", action, id)
            .of(details.booker)
            .before(was)
            .after(&details),
        &wakes,
    )
    .await
}

/// Changes where it stands, and nothing else.
pub async fn set_state(tx: &mut Tx, act: &Act, id: BookingId, state: BookingState) -> Result<()> {
    let details = read(tx, act.network, id).await?.details;
    change(tx, act, id, &Details { state, ..details }).await
}

/// Each invitee once, the booker not among them.
fn tidy(details: &Details) -> Details {
    let mut seen = BTreeSet::from([details.booker]);
    let invitees = details
        .invitees
        .iter()
        .copied()
        .filter(|person| seen.insert(*person))
        .collect();
    Details {
        invitees,
        ..details.clone()
    }
}

async fn check(tx: &mut Tx, network: NetworkId, details: &Details) -> Result<()> {
    if details.window.from.is_open() || details.window.until.is_open() {
        return Err(Error::invalid("a booking needs a start and an end"));
    }
    for person in std::iter::once(&details.booker).chain(&details.invitees) {
        person::read(tx, network, *person).await?;
    }
    Ok(())
}

/// Takes the turn on the resource, and looks whether the window is free. Answers what the resource opens.
async fn make_room(
    tx: &mut Tx,
    network: NetworkId,
    own: Option<BookingId>,
    details: &Details,
) -> Result<Vec<AccessGroupId>> {
    turn::of_network(tx, network, &format!("book {}", details.resource)).await?;
    let resource = resource::read(tx, network, details.resource).await?.details;
    if details.state.counts() {
        let clash = clashes(
            tx,
            network,
            details.resource,
            details.window,
            resource.buffer_minutes,
            own,
        )
        .await?;
        if let Some(clash) = access::booking::overlaps(&clash, details.window, resource.buffer_minutes) {
            return Err(Error::conflict(format!(
                "{} is taken from {} until {}",
                resource.name, clash.from, clash.until
            )));
        }
    }
    Ok(resource.groups)
}

/// Windows of counting bookings that would leave less than the buffer free before or after `window`, in order; at most 100.
pub async fn clashes(
    tx: &mut Tx,
    network: NetworkId,
    resource: ResourceId,
    window: Window,
    buffer_minutes: i64,
    except: Option<BookingId>,
) -> Result<Vec<Window>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT from_ms, until_ms FROM booking WHERE network_id = $1 AND resource_id = $2
                   AND state IN ('confirmed', 'checked_in') AND until_ms > $3 AND from_ms < $4
                   AND ($5 IS NULL OR id <> $5) AND ",
                current!(),
                " ORDER BY from_ms LIMIT 100"
            ),
            args![
                network,
                resource,
                window.from.plus_minutes(-buffer_minutes),
                window.until.plus_minutes(buffer_minutes),
                except
            ],
        )
        .await?;
    rows.iter().map(|row| row.window("from_ms", "until_ms")).collect()
}

/// Whom a change of a booking concerns: booker and invitees, before and after, where the resource's groups lead, and where
/// company items that ask for a booking that day lead (P-21).
async fn reached(
    tx: &mut Tx,
    act: &Act,
    versions: &[&Details],
    groups: Vec<AccessGroupId>,
    takes_away: bool,
) -> Result<Vec<Wake>> {
    let soon = versions
        .iter()
        .any(|details| details.window.from < act.now.plus_minutes(SOON_MINUTES));
    let lane = match (takes_away, soon) {
        (true, _) => Lane::Revoke,
        (false, true) => Lane::GrantSoon,
        (false, false) => Lane::Grant,
    };
    let people: BTreeSet<PersonId> = versions
        .iter()
        .flat_map(|details| details.invitees.iter().copied().chain([details.booker]))
        .collect();
    let people: Vec<PersonId> = people.into_iter().collect();
    let mut wakes = concerned::by_groups_for(tx, act.network, groups, &people, lane).await?;
    for person in people {
        let groups = concerned::groups_by_booking(tx, act.network, person).await?;
        wakes.extend(concerned::by_groups(tx, act.network, groups, Some(person), lane).await?);
    }
    Ok(wakes)
}

async fn insert(tx: &mut Tx, act: &Act, id: BookingId, details: &Details) -> Result<()> {
    tx.execute(
        "INSERT INTO booking (network_id, id, known_from_ms, known_until_ms,
           resource_id, booker_id, title, from_ms, until_ms, state)
         VALUES ($1, $2, $3, 9223372036854775807, $4, $5, $6, $7, $8, $9)",
        args![
            act.network,
            id,
            act.now,
            details.resource,
            details.booker,
            &details.title,
            details.window.from,
            details.window.until,
            Arg::word(&details.state)
        ],
    )
    .await?;
    Ok(())
}

async fn invite(tx: &mut Tx, act: &Act, id: BookingId, person: PersonId) -> Result<()> {
    tx.execute(
        "INSERT INTO invitee (network_id, booking_id, person_id, known_from_ms, known_until_ms)
         VALUES ($1, $2, $3, $4, 9223372036854775807)",
        args![act.network, id, person, act.now],
    )
    .await?;
    Ok(())
}

async fn uninvite(tx: &mut Tx, act: &Act, id: BookingId, person: PersonId) -> Result<()> {
    let row = tx
        .fetch_optional(
            concat!(
                "SELECT known_from_ms FROM invitee WHERE network_id = $1 AND booking_id = $2 AND person_id = $3 AND ",
                current!()
            ),
            args![act.network, id, person],
        )
        .await?
        .ok_or_else(|| Error::busy("this booking is being changed by somebody else; try again"))?;
    INVITEES
        .end(
            tx,
            act.network,
            row.at("known_from_ms")?,
            act.now,
            &[id.into(), person.into()],
        )
        .await
}

/// One booking with its invitees.
pub async fn read(tx: &mut Tx, network: NetworkId, id: BookingId) -> Result<Booking> {
    find(tx, network, id).await?.ok_or_else(|| Error::not_found(id))
}

/// One booking with its invitees, if it is there.
pub async fn find(tx: &mut Tx, network: NetworkId, id: BookingId) -> Result<Option<Booking>> {
    let row = tx
        .fetch_optional(
            concat!(
                "SELECT * FROM booking WHERE network_id = $1 AND id = $2 AND ",
                current!()
            ),
            args![network, id],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let mut booking = from_row(&row)?;
    booking.details.invitees = invitees(tx, network, id).await?;
    Ok(Some(booking))
}

/// How many versions of it there were, the current one counted: never fewer after a change, for calendars that follow it.
pub async fn versions(tx: &mut Tx, network: NetworkId, id: BookingId) -> Result<i64> {
    let row = tx
        .fetch_optional(
            "SELECT count(*) AS versions FROM booking WHERE network_id = $1 AND id = $2",
            args![network, id],
        )
        .await?;
    row.map_or(Ok(0), |row| row.int("versions"))
}

async fn invitees(tx: &mut Tx, network: NetworkId, id: BookingId) -> Result<Vec<PersonId>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT person_id FROM invitee WHERE network_id = $1 AND booking_id = $2 AND ",
                current!(),
                " ORDER BY person_id"
            ),
            args![network, id],
        )
        .await?;
    rows.iter().map(|row| row.id("person_id")).collect()
}

/// Bookings by start. With `within`, exactly those that touch the window.
pub async fn list(tx: &mut Tx, network: NetworkId, filter: &Filter, page: &Page) -> Result<Listed<Booking>> {
    let (after_at, after_id) = page.after_at()?.unwrap_or((i64::MIN, ""));
    let within = filter.within.unwrap_or(Window::ALWAYS);
    let rows = tx
        .fetch_all(
            "SELECT * FROM booking b WHERE b.network_id = $1 AND b.known_until_ms = 9223372036854775807
               AND b.until_ms > $2 AND b.from_ms < $3 AND (b.from_ms > $4 OR (b.from_ms = $4 AND b.id > $5))
               AND ($6 IS NULL OR b.resource_id = $6)
               AND ($7 IS NULL OR EXISTS (SELECT 1 FROM resource r WHERE r.network_id = $1 AND r.id = b.resource_id
                 AND r.location_id = $7 AND r.known_until_ms = 9223372036854775807))
               AND ($8 IS NULL OR b.booker_id = $8 OR EXISTS (SELECT 1 FROM invitee i WHERE i.network_id = $1
                 AND i.booking_id = b.id AND i.person_id = $8 AND i.known_until_ms = 9223372036854775807))
               AND (b.state = $9 OR ($9 IS NULL AND ($10 OR b.state <> 'cancelled')))
             ORDER BY b.from_ms, b.id LIMIT $11",
            args![
                network,
                within.from,
                within.until,
                after_at,
                after_id,
                filter.resource,
                filter.location,
                filter.person,
                filter.state.map(|state| crate::sql::word_text(&state)),
                filter.cancelled_too,
                page.rows()
            ],
        )
        .await?;
    let rows = rows.iter().map(from_row).collect::<Result<_>>()?;
    let mut listed = Listed::cut(rows, page, |booking: &Booking| {
        format!("{}|{}", booking.details.window.from.ms(), booking.id)
    });
    for booking in &mut listed.rows {
        booking.details.invitees = invitees(tx, network, booking.id).await?;
    }
    Ok(listed)
}

/// Bookings that are not over, with this text in their title, in any case; the next ones first, cancelled ones left out.
pub async fn titled(tx: &mut Tx, network: NetworkId, text: &str, now: Instant, most: u32) -> Result<Vec<Booking>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM booking WHERE network_id = $1 AND known_until_ms = 9223372036854775807 AND until_ms > $2
               AND state <> 'cancelled' AND lower(title) LIKE $3 ESCAPE '!' ORDER BY from_ms, id LIMIT $4",
            args![network, now, like(text.trim()), i64::from(most)],
        )
        .await?;
    let mut found: Vec<Booking> = rows.iter().map(from_row).collect::<Result<_>>()?;
    for booking in &mut found {
        booking.details.invitees = invitees(tx, network, booking.id).await?;
    }
    Ok(found)
}

fn from_row(row: &Row) -> Result<Booking> {
    let facts = facts_from_row(row)?;
    let details = Details {
        resource: facts.resource,
        booker: facts.booker,
        invitees: Vec::new(),
        window: facts.window,
        state: facts.state,
        title: row.text("title")?,
    };
    Ok(Booking {
        id: facts.id,
        since: row.at("known_from_ms")?,
        details,
    })
}

/// As decisions see it; the invitees come from their own table.
pub(crate) fn facts_from_row(row: &Row) -> Result<Facts> {
    Ok(Facts {
        id: row.id("id")?,
        resource: row.id("resource_id")?,
        booker: row.id("booker_id")?,
        invitees: Vec::new(),
        window: row.window("from_ms", "until_ms")?,
        state: row.word("state")?,
    })
}
