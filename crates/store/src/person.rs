//! People: one e-mail each per network (P-2). Versioned, as are their memberships of locations.

use access::Instant;
use access::facts::{MembershipKind, PersonState};
use access::id::*;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::record::{Act, Entry, record};
use crate::sql::{Arg, Listed, Page, Row, Tx, args, like, literal};
use crate::version::{Versions, current, versions};
use crate::wakeup::Lane;
use crate::{by_ids, chance, concerned, location, session};

const VERSIONS: Versions = versions!("person", "id = $3");
const MEMBERSHIPS: Versions = versions!("membership", "person_id = $3 AND location_id = $4");

/// What people set.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Details {
    /// As shown.
    pub name: String,
    /// Kept in lower case; the key towards vendors.
    pub email: String,
    /// As typed; may be empty.
    pub phone: String,
    /// Ids of access cards.
    pub cards: Vec<String>,
    /// Where they stand (P-25).
    pub state: PersonState,
}

/// A person.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// Since when they are as they are.
    pub since: Instant,
    /// What people set.
    pub details: Details,
}

/// Which people.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Filter {
    /// Part of the name or e-mail, in any case.
    pub search: Option<String>,
    /// Where they stand; without it, everybody but the removed.
    pub state: Option<PersonState>,
    /// Only who has any membership here.
    pub location: Option<LocationId>,
    /// Only who belongs, or will belong, to this company.
    pub company: Option<CompanyId>,
}

impl Filter {
    fn pattern(&self) -> Option<String> {
        let search = self.search.as_deref().map(str::trim);
        search.filter(|text| !text.is_empty()).map(like)
    }
}

/// A new person. An e-mail that somebody here already has is a `Conflict`.
pub async fn create(tx: &mut Tx, act: &Act, details: &Details) -> Result<PersonId> {
    let details = tidy(details)?;
    let id = PersonId::new(act.now, chance::for_id(act.now));
    insert(tx, act, id, &details).await?;
    record(
        tx,
        act,
        Entry::new("person", "person.created", id).of(id).after(&details),
        &[],
    )
    .await?;
    Ok(id)
}

/// Changes what people set. A new state, name or e-mail wakes every integration where they have or had something; suspended
/// and removed people lose what they had at once (P-25), and are signed out.
pub async fn change(tx: &mut Tx, act: &Act, id: PersonId, details: &Details) -> Result<()> {
    let details = tidy(details)?;
    let before = read(tx, act.network, id).await?;
    VERSIONS
        .end(tx, act.network, before.since, act.now, &[id.into()])
        .await?;
    insert(tx, act, id, &details).await?;
    let was = &before.details;
    let shut_out = matches!(details.state, PersonState::Suspended | PersonState::Removed);
    let wakes = if (was.state, &was.name, &was.email) == (details.state, &details.name, &details.email) {
        Vec::new()
    } else {
        let lane = if shut_out {
            Lane::EmergencyRevoke
        } else {
            Lane::GrantSoon
        };
        concerned::by_person(tx, act, id, lane).await?
    };
    if shut_out {
        session::end_of_person(tx, act.network, id).await?;
    }
    let action = match (was.state == details.state, details.state) {
        (true, _) => "person.changed",
        (false, PersonState::Invited) => "person.invited",
        (false, PersonState::Active) => "person.activated",
        (false, PersonState::Suspended) => "person.suspended",
        (false, PersonState::Removed) => "person.removed",
    };
    record(
        tx,
        act,
        Entry::new("person", action, id).of(id).before(was).after(&details),
        &wakes,
    )
    .await
}

/// Changes where they stand, and nothing else.
pub async fn set_state(tx: &mut Tx, act: &Act, id: PersonId, state: PersonState) -> Result<()> {
    let mut details = read(tx, act.network, id).await?.details;
    details.state = state;
    change(tx, act, id, &details).await
}

fn tidy(details: &Details) -> Result<Details> {
    let tidy = Details {
        name: details.name.trim().to_owned(),
        email: details.email.trim().to_lowercase(),
        ..details.clone()
    };
    if tidy.name.is_empty() {
        return Err(Error::invalid("a person needs a name"));
    }
    let sound = tidy.email.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !host.contains('@') && !tidy.email.contains(char::is_whitespace)
    });
    if !sound {
        return Err(Error::invalid(format!("“{}” is not an e-mail address", tidy.email)));
    }
    Ok(tidy)
}

async fn insert(tx: &mut Tx, act: &Act, id: PersonId, details: &Details) -> Result<()> {
    if details.state != PersonState::Removed
        && by_email(tx, act.network, &details.email)
            .await?
            .is_some_and(|other| other.id != id)
    {
        return Err(Error::conflict(format!(
            "somebody with the e-mail {} is already here",
            details.email
        )));
    }
    tx.execute(
        "INSERT INTO person (network_id, id, known_from_ms, known_until_ms, name, email, phone, cards, state, name_key)
         VALUES ($1, $2, $3, 9223372036854775807, $4, $5, $6, $7, $8, $9)",
        args![
            act.network,
            id,
            act.now,
            &details.name,
            &details.email,
            &details.phone,
            Arg::json(&details.cards),
            Arg::word(&details.state),
            details.name.to_lowercase()
        ],
    )
    .await
    .map_err(|why| why.when_conflict(format!("somebody with the e-mail {} is already here", details.email)))?;
    Ok(())
}

/// One person, also a removed one.
pub async fn read(tx: &mut Tx, network: NetworkId, id: PersonId) -> Result<Person> {
    find(tx, network, id).await?.ok_or_else(|| Error::not_found(id))
}

/// One person, if they are there.
pub async fn find(tx: &mut Tx, network: NetworkId, id: PersonId) -> Result<Option<Person>> {
    let row = tx
        .fetch_optional(
            concat!(
                "SELECT * FROM person WHERE network_id = $1 AND id = $2 AND ",
                current!()
            ),
            args![network, id],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Who has this e-mail, in any case; removed people do not.
pub async fn by_email(tx: &mut Tx, network: NetworkId, email: &str) -> Result<Option<Person>> {
    let row = tx
        .fetch_optional(
            concat!(
                "SELECT * FROM person WHERE network_id = $1 AND email = $2 AND state <> 'removed' AND ",
                current!()
            ),
            args![network, email.trim().to_lowercase()],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// People by name.
pub async fn list(tx: &mut Tx, network: NetworkId, filter: &Filter, page: &Page) -> Result<Listed<Person>> {
    let (after_name, after_id) = page.after_pair()?.unwrap_or(("", ""));
    let search = filter.pattern();
    let rows = tx
        .fetch_all(
            "SELECT * FROM person WHERE network_id = $1 AND known_until_ms = 9223372036854775807
               AND (name_key > $2 OR (name_key = $2 AND id > $3))
               AND ($4 IS NULL OR name_key LIKE $4 ESCAPE '!' OR email LIKE $4 ESCAPE '!')
               AND (state = $5 OR ($5 IS NULL AND state <> 'removed'))
               AND ($6 IS NULL OR EXISTS (SELECT 1 FROM membership m WHERE m.network_id = $1 AND m.person_id = person.id
                 AND m.location_id = $6 AND m.known_until_ms = 9223372036854775807))
               AND ($7 IS NULL OR EXISTS (SELECT 1 FROM company_membership c WHERE c.network_id = $1
                 AND c.person_id = person.id AND c.company_id = $7 AND c.removed_at_ms IS NULL
                 AND c.known_until_ms = 9223372036854775807))
             ORDER BY name_key, id LIMIT $8",
            args![
                network,
                after_name,
                after_id,
                search,
                filter.state.map(|state| crate::sql::word_text(&state)),
                filter.location,
                filter.company,
                page.rows()
            ],
        )
        .await?;
    let rows = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Listed::cut(rows, page, |person: &Person| {
        format!("{}|{}", person.details.name.to_lowercase(), person.id)
    }))
}

/// How many people are here, the removed left out.
pub async fn count(tx: &mut Tx, network: NetworkId) -> Result<u64> {
    let row = tx
        .fetch_optional(
            concat!(
                "SELECT count(*) AS people FROM person WHERE network_id = $1 AND state <> 'removed' AND ",
                current!()
            ),
            args![network],
        )
        .await?;
    row.map_or(Ok(0), |row| Ok(u64::try_from(row.int("people")?).unwrap_or(0)))
}

/// Makes them member or nonmember of a location, or nothing (P-2). Decides who sees pages, so it counts as access.
pub async fn set_membership(
    tx: &mut Tx,
    act: &Act,
    person: PersonId,
    location: LocationId,
    kind: Option<MembershipKind>,
) -> Result<()> {
    read(tx, act.network, person).await?;
    location::read(tx, act.network, location).await?;
    let before = tx
        .fetch_optional(
            concat!(
                "SELECT kind, known_from_ms FROM membership WHERE network_id = $1 AND person_id = $2 AND location_id = $3 AND ",
                current!()
            ),
            args![act.network, person, location],
        )
        .await?;
    let was: Option<MembershipKind> = before.as_ref().map(|row| row.word("kind")).transpose()?;
    if was == kind {
        return Ok(());
    }
    if let Some(row) = &before {
        let key = [person.into(), location.into()];
        MEMBERSHIPS
            .end(tx, act.network, row.at("known_from_ms")?, act.now, &key)
            .await?;
    }
    if let Some(kind) = kind {
        tx.execute(
            "INSERT INTO membership (network_id, person_id, location_id, known_from_ms, known_until_ms, kind)
             VALUES ($1, $2, $3, $4, 9223372036854775807, $5)",
            args![act.network, person, location, act.now, Arg::word(&kind)],
        )
        .await?;
    }
    let entry = Entry::new("membership", "membership.changed", format_args!("{person} {location}"))
        .of(person)
        .before(&was)
        .after(&kind);
    record(tx, act, entry, &[]).await
}

/// Where they are member or nonmember.
pub async fn memberships(
    tx: &mut Tx,
    network: NetworkId,
    person: PersonId,
) -> Result<Vec<(LocationId, MembershipKind)>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT location_id, kind FROM membership WHERE network_id = $1 AND person_id = $2 AND ",
                current!(),
                " ORDER BY location_id"
            ),
            args![network, person],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.id("location_id")?, row.word("kind")?)))
        .collect()
}

/// Several people by their ids, in one go; ids of nobody are left out.
pub async fn several(tx: &mut Tx, network: NetworkId, ids: &[PersonId]) -> Result<Vec<Person>> {
    let rows = by_ids::rows(tx, by_ids::current_by!("person", "id"), network, ids).await?;
    rows.iter().map(from_row).collect()
}

/// Where several people are member or nonmember, in one go.
pub async fn memberships_of(
    tx: &mut Tx,
    network: NetworkId,
    people: &[PersonId],
) -> Result<Vec<(PersonId, LocationId, MembershipKind)>> {
    let sql = concat!(
        "SELECT person_id, location_id, kind FROM membership WHERE network_id = $1 AND ",
        current!(),
        " AND person_id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ORDER BY location_id"
    );
    let rows = by_ids::rows(tx, sql, network, people).await?;
    rows.iter()
        .map(|row| Ok((row.id("person_id")?, row.id("location_id")?, row.word("kind")?)))
        .collect()
}

/// The newest people who match, newest first.
pub async fn newest(tx: &mut Tx, network: NetworkId, filter: &Filter, page: &Page) -> Result<Listed<Person>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM person WHERE network_id = $1 AND known_until_ms = 9223372036854775807
               AND id < $2
               AND ($3 IS NULL OR name_key LIKE $3 ESCAPE '!' OR email LIKE $3 ESCAPE '!')
               AND (state = $4 OR ($4 IS NULL AND state <> 'removed'))
               AND ($5 IS NULL OR EXISTS (SELECT 1 FROM membership m WHERE m.network_id = $1 AND m.person_id = person.id
                 AND m.location_id = $5 AND m.known_until_ms = 9223372036854775807))
               AND ($6 IS NULL OR EXISTS (SELECT 1 FROM company_membership c WHERE c.network_id = $1
                 AND c.person_id = person.id AND c.company_id = $6 AND c.removed_at_ms IS NULL
                 AND c.known_until_ms = 9223372036854775807))
             ORDER BY id DESC LIMIT $7",
            args![
                network,
                page.before_id(),
                filter.pattern(),
                filter.state.map(|state| crate::sql::word_text(&state)),
                filter.location,
                filter.company,
                page.rows()
            ],
        )
        .await?;
    let rows = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Listed::cut(rows, page, |person: &Person| person.id.to_string()))
}

/// Whose card that is: `None` where nobody's, or where several people have its number.
pub async fn with_card(tx: &mut Tx, network: NetworkId, number: &str) -> Result<Option<PersonId>> {
    let element = serde_json::to_string(number).expect("a text has a JSON form");
    let element = format!("%{}%", literal(&element));
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT * FROM person WHERE network_id = $1 AND cards LIKE $2 ESCAPE '!' AND state <> 'removed' AND ",
                current!()
            ),
            args![network, element],
        )
        .await?;
    let people = rows.iter().map(from_row).collect::<Result<Vec<_>>>()?;
    let mut owners = people
        .iter()
        .filter(|person| person.details.cards.iter().any(|card| card == number));
    Ok(owners.next().filter(|_| owners.next().is_none()).map(|owner| owner.id))
}

fn from_row(row: &Row) -> Result<Person> {
    Ok(Person {
        id: row.id("id")?,
        since: row.at("known_from_ms")?,
        details: Details {
            name: row.text("name")?,
            email: row.text("email")?,
            phone: row.text("phone")?,
            cards: row.json("cards")?,
            state: row.word("state")?,
        },
    })
}
