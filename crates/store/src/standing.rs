//! How a person stands at one account: everything a round for them compares with, in one go.
//!
//! Why so: these are five small queries of four families, asked for with every change of anybody.

use access::id::*;

use crate::error::Result;
use crate::finding::{self, Finding};
use crate::grant::{self, Grant};
use crate::group::{self, DoorRow, GroupRow};
use crate::holder::{self, Holder};
use crate::sql::{Asked, Tx, args};

/// A person's rows at an account, and the account's groups and doors.
pub struct Standing {
    /// Groups of the account, also gone ones, in no order.
    pub groups: Vec<GroupRow>,
    /// Its doors, also gone ones, in no order.
    pub doors: Vec<DoorRow>,
    /// What it holds or may hold of ours for the person, by group and start.
    pub rows: Vec<Grant>,
    /// Who they are there, if anything is known.
    pub holder: Option<Holder>,
    /// Open findings about them, the oldest first.
    pub findings: Vec<Finding>,
}

/// Reads it.
pub async fn of_person(
    tx: &mut Tx,
    network: NetworkId,
    integration: IntegrationId,
    person: PersonId,
) -> Result<Standing> {
    let place = |sql| Asked::new(sql, args![network, integration]);
    let theirs = |sql| Asked::new(sql, args![network, integration, person]);
    let asked = vec![
        place(group::ALL_GROUPS),
        place(group::ALL_DOORS),
        theirs(grant::LIVE_OF),
        theirs(holder::FIND),
        theirs(finding::OPEN_OF_PERSON),
    ];
    let mut answers = tx.fetch_several(asked).await?.into_iter();
    let mut next = || answers.next().unwrap_or_default();
    Ok(Standing {
        groups: next().iter().map(group::group_of).collect::<Result<_>>()?,
        doors: next().iter().map(group::door_of).collect::<Result<_>>()?,
        rows: next().iter().map(grant::from_row).collect::<Result<_>>()?,
        holder: next().first().map(holder::from_row).transpose()?,
        findings: next().iter().map(finding::from_row).collect::<Result<_>>()?,
    })
}
