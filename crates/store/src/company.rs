//! Companies and who belongs to them, with dates (P-3). The belonging is versioned.

use access::Instant;
use access::facts::{CompanyMembership, Date};
use access::id::*;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::record::{Act, Entry, record};
use crate::sql::{Listed, Page, Row, Tx, args, like};
use crate::version::{Versions, current, versions};
use crate::wakeup::Lane;
use crate::{by_ids, chance, concerned, location, person};

const MEMBERSHIPS: Versions = versions!("company_membership", "id = $3");

/// What people set.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Details {
    /// Where it is at home; it stays there.
    pub location: LocationId,
    /// As shown.
    pub name: String,
}

/// A company.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Company {
    /// Its id.
    pub id: CompanyId,
    /// What people set.
    pub details: Details,
}

/// Which companies.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Filter {
    /// Part of the name, in any case.
    pub search: Option<String>,
    /// Only those at home here.
    pub location: Option<LocationId>,
}

/// A new company.
pub async fn create(tx: &mut Tx, act: &Act, details: &Details) -> Result<CompanyId> {
    location::read(tx, act.network, details.location).await?;
    let id = CompanyId::new(act.now, chance::for_id(act.now));
    tx.execute(
        "INSERT INTO company (network_id, id, location_id, name, name_key) VALUES ($1, $2, $3, $4, $5)",
        args![
            act.network,
            id,
            details.location,
            &details.name,
            details.name.to_lowercase()
        ],
    )
    .await?;
    record(
        tx,
        act,
        Entry::new("company", "company.created", id).after(details),
        &[],
    )
    .await?;
    Ok(id)
}

/// Changes its name.
pub async fn rename(tx: &mut Tx, act: &Act, id: CompanyId, name: &str) -> Result<()> {
    let before = read(tx, act.network, id).await?.details;
    tx.execute(
        "UPDATE company SET name = $3, name_key = $4 WHERE network_id = $1 AND id = $2",
        args![act.network, id, name, name.to_lowercase()],
    )
    .await?;
    let after = Details {
        name: name.to_owned(),
        ..before.clone()
    };
    record(
        tx,
        act,
        Entry::new("company", "company.renamed", id)
            .before(&before)
            .after(&after),
        &[],
    )
    .await
}

const COMPANIES: &str = "SELECT * FROM company WHERE network_id = $1
   AND id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ORDER BY id";

/// One company.
pub async fn read(tx: &mut Tx, network: NetworkId, id: CompanyId) -> Result<Company> {
    find(tx, network, id).await?.ok_or_else(|| Error::not_found(id))
}

/// One company, if it is there.
pub async fn find(tx: &mut Tx, network: NetworkId, id: CompanyId) -> Result<Option<Company>> {
    let row = tx
        .fetch_optional(
            "SELECT * FROM company WHERE network_id = $1 AND id = $2",
            args![network, id],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Companies by name.
pub async fn list(tx: &mut Tx, network: NetworkId, filter: &Filter, page: &Page) -> Result<Listed<Company>> {
    let (after_name, after_id) = page.after_pair()?.unwrap_or(("", ""));
    let search = filter
        .search
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(like);
    let rows = tx
        .fetch_all(
            "SELECT * FROM company WHERE network_id = $1 AND (name_key > $2 OR (name_key = $2 AND id > $3))
               AND ($4 IS NULL OR name_key LIKE $4 ESCAPE '!') AND ($5 IS NULL OR location_id = $5)
             ORDER BY name_key, id LIMIT $6",
            args![network, after_name, after_id, search, filter.location, page.rows()],
        )
        .await?;
    let rows = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Listed::cut(rows, page, |company: &Company| {
        format!("{}|{}", company.details.name.to_lowercase(), company.id)
    }))
}

/// Takes a person in, from a day on, until another if that is known. While they belong to another company of the same
/// location, it is a `Conflict` (P-3).
pub async fn join(
    tx: &mut Tx,
    act: &Act,
    company: CompanyId,
    person: PersonId,
    joined_on: Date,
    left_on: Option<Date>,
) -> Result<CompanyMembershipId> {
    person::read(tx, act.network, person).await?;
    let id = CompanyMembershipId::new(act.now, chance::for_id(act.now));
    let membership = CompanyMembership {
        id,
        company,
        person,
        joined_on,
        left_on,
        removed_at: None,
    };
    check(tx, act.network, &membership).await?;
    insert(tx, act, &membership).await?;
    let wakes = wakes(tx, act, &membership, Lane::GrantSoon).await?;
    let entry = Entry::new("company_membership", "company.joined", id)
        .of(person)
        .after(&membership);
    record(tx, act, entry, &wakes).await?;
    Ok(id)
}

/// Changes first and last day.
pub async fn change_dates(
    tx: &mut Tx,
    act: &Act,
    id: CompanyMembershipId,
    joined_on: Date,
    left_on: Option<Date>,
) -> Result<()> {
    let (before, since) = membership(tx, act.network, id).await?;
    let after = CompanyMembership {
        joined_on,
        left_on,
        ..before.clone()
    };
    check(tx, act.network, &after).await?;
    replace(tx, act, &before, since, &after, "company.dates_changed").await
}

/// Removes a person from the company, at once (P-25).
pub async fn remove(tx: &mut Tx, act: &Act, id: CompanyMembershipId) -> Result<()> {
    let (before, since) = membership(tx, act.network, id).await?;
    if before.removed_at.is_some() {
        return Ok(());
    }
    let after = CompanyMembership {
        removed_at: Some(act.now),
        ..before.clone()
    };
    replace(tx, act, &before, since, &after, "company.removed").await
}

async fn replace(
    tx: &mut Tx,
    act: &Act,
    before: &CompanyMembership,
    since: Instant,
    after: &CompanyMembership,
    action: &'static str,
) -> Result<()> {
    MEMBERSHIPS
        .end(tx, act.network, since, act.now, &[before.id.into()])
        .await?;
    insert(tx, act, after).await?;
    let wakes = wakes(tx, act, after, Lane::Revoke).await?;
    let entry = Entry::new("company_membership", action, before.id)
        .of(before.person)
        .before(before)
        .after(after);
    record(tx, act, entry, &wakes).await
}

async fn wakes(tx: &mut Tx, act: &Act, membership: &CompanyMembership, lane: Lane) -> Result<Vec<crate::wakeup::Wake>> {
    let groups = concerned::groups_of_company(tx, act.network, membership.company).await?;
    concerned::by_groups(tx, act.network, groups, Some(membership.person), lane).await
}

async fn check(tx: &mut Tx, network: NetworkId, new: &CompanyMembership) -> Result<()> {
    if new.left_on.is_some_and(|left| left < new.joined_on) {
        return Err(Error::invalid("the last day in a company cannot lie before the first"));
    }
    let here = read(tx, network, new.company).await?.details.location;
    for other in of_person(tx, network, new.person).await? {
        let apart = other.left_on.is_some_and(|left| left < new.joined_on)
            || new.left_on.is_some_and(|left| left < other.joined_on);
        if other.id == new.id || other.removed_at.is_some() || apart {
            continue;
        }
        let company = read(tx, network, other.company).await?;
        if company.id == new.company {
            return Err(Error::conflict("they already belong to this company in that time"));
        }
        if company.details.location == here {
            return Err(Error::conflict(format!(
                "they belong to {} here in that time",
                company.details.name
            )));
        }
    }
    Ok(())
}

async fn insert(tx: &mut Tx, act: &Act, membership: &CompanyMembership) -> Result<()> {
    tx.execute(
        "INSERT INTO company_membership (network_id, id, known_from_ms, known_until_ms,
           company_id, person_id, joined_on, left_on, removed_at_ms)
         VALUES ($1, $2, $3, 9223372036854775807, $4, $5, $6, $7, $8)",
        args![
            act.network,
            membership.id,
            act.now,
            membership.company,
            membership.person,
            membership.joined_on,
            membership.left_on,
            membership.removed_at
        ],
    )
    .await?;
    Ok(())
}

async fn membership(tx: &mut Tx, network: NetworkId, id: CompanyMembershipId) -> Result<(CompanyMembership, Instant)> {
    let row = tx
        .fetch_optional(
            concat!(
                "SELECT * FROM company_membership WHERE network_id = $1 AND id = $2 AND ",
                current!()
            ),
            args![network, id],
        )
        .await?
        .ok_or_else(|| Error::not_found(id))?;
    Ok((membership_from_row(&row)?, row.at("known_from_ms")?))
}

/// One belonging, also an ended one.
pub async fn read_membership(tx: &mut Tx, network: NetworkId, id: CompanyMembershipId) -> Result<CompanyMembership> {
    Ok(membership(tx, network, id).await?.0)
}

/// Every belonging to a company, also past and future ones, oldest first; at most 1,000.
pub async fn members(tx: &mut Tx, network: NetworkId, company: CompanyId) -> Result<Vec<CompanyMembership>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT * FROM company_membership WHERE network_id = $1 AND company_id = $2 AND ",
                current!(),
                " ORDER BY id LIMIT 1000"
            ),
            args![network, company],
        )
        .await?;
    rows.iter().map(membership_from_row).collect()
}

/// Every belonging of a person, also past and future ones, oldest first; at most 1,000.
pub async fn of_person(tx: &mut Tx, network: NetworkId, person: PersonId) -> Result<Vec<CompanyMembership>> {
    let rows = tx
        .fetch_all(
            concat!(
                "SELECT * FROM company_membership WHERE network_id = $1 AND person_id = $2 AND ",
                current!(),
                " ORDER BY id LIMIT 1000"
            ),
            args![network, person],
        )
        .await?;
    rows.iter().map(membership_from_row).collect()
}

/// Every belonging of several people, in one go; also past and future ones.
pub async fn of_people(tx: &mut Tx, network: NetworkId, people: &[PersonId]) -> Result<Vec<CompanyMembership>> {
    let sql = by_ids::current_by!("company_membership", "person_id");
    let rows = by_ids::rows(tx, sql, network, people).await?;
    rows.iter().map(membership_from_row).collect()
}

/// Every belonging to several companies, in one go; also past and future ones.
pub async fn members_of(tx: &mut Tx, network: NetworkId, companies: &[CompanyId]) -> Result<Vec<CompanyMembership>> {
    let sql = by_ids::current_by!("company_membership", "company_id");
    let rows = by_ids::rows(tx, sql, network, companies).await?;
    rows.iter().map(membership_from_row).collect()
}

/// Several companies by their ids, in one go.
pub async fn several(tx: &mut Tx, network: NetworkId, ids: &[CompanyId]) -> Result<Vec<Company>> {
    let rows = by_ids::rows(tx, COMPANIES, network, ids).await?;
    rows.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<Company> {
    Ok(Company {
        id: row.id("id")?,
        details: Details {
            location: row.id("location_id")?,
            name: row.text("name")?,
        },
    })
}

pub(crate) fn membership_from_row(row: &Row) -> Result<CompanyMembership> {
    Ok(CompanyMembership {
        id: row.id("id")?,
        company: row.id("company_id")?,
        person: row.id("person_id")?,
        joined_on: row.date("joined_on")?,
        left_on: row.date_opt("left_on")?,
        removed_at: row.at_opt("removed_at_ms")?,
    })
}
