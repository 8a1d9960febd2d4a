//! A round for one person: their facts, their rows, the steps between.
//!
//! In: who. Out: when to look again. Why so: after any single change the vendor holds the new state with the fewest calls: one to
//! give, move or take for somebody it knows. Always: open rows are resolved first; bounded passes; nothing is written when
//! nothing differs.

use access::Instant;
use access::causes::Source;
use access::change::{Change, Note};
use access::facts::{Facts, Person};
use access::grants::{self, Grant};
use access::id::*;
use connectors::{Question, Scope};
use store::facts::{self, As};
use store::finding::{self, Looked};
use store::grant;
use store::holder::{self, Holder};
use store::{Tx, standing};

use crate::house::{Account, House};
use crate::reconcile::carry_out::{Carried, Hand, Stopped, externals};
use crate::reconcile::journal::Journal;
use crate::reconcile::known::{self, Place};

/// What was done is compared again, and so is an account that works otherwise than thought; more often than this would be a circle.
const MOST_PASSES: usize = 8;
/// After a circle, the next try comes this many minutes later.
const AGAIN_AFTER_CIRCLE_MINUTES: i64 = 5;

/// Everything a pass looks at.
struct Seen {
    facts: Facts,
    place: Place,
    rows: Vec<grant::Grant>,
    holder: Option<Holder>,
    open_notes: Vec<Note>,
}

/// Brings one person to what should hold; answers the next instant at which that may change by itself. `tx` is the snapshot in
/// which the key was read.
pub(crate) async fn round(
    house: &House,
    account: &mut Account,
    person: PersonId,
    journal: &mut Journal<'_>,
    tx: Tx,
) -> Result<Option<Instant>, Stopped> {
    let mut seen = look(house, account, person, tx).await?;
    let mut settled = None;
    for _ in 0..MOST_PASSES {
        match pass(house, account, person, journal, seen).await? {
            Passed::Settled { again } => {
                settled = Some(again);
                break;
            }
            Passed::CompareAnew => seen = look(house, account, person, house.store.read().await?).await?,
        }
    }
    let again_at = settled.unwrap_or_else(|| {
        tracing::error!(integration = %account.id, %person, "a round does not come to rest; it is tried again later");
        Some(house.clock.now().plus_minutes(AGAIN_AFTER_CIRCLE_MINUTES))
    });
    if account.is_revoking() {
        // The last person's round wakes the integration, which then leaves the vendor.
        let mut tx = journal.write().await?;
        if grant::live(&mut tx, account.network, account.id).await?.is_empty() {
            let now = house.clock.now();
            store::integration::wake(&mut tx, account.network, account.id, store::wakeup::Lane::Revoke, now).await?;
            journal.keep(tx).await?;
        }
    }
    if account.is_leaving() {
        // Once everybody's round is over, the integration looks whether anything is left to write.
        let mut tx = journal.write().await?;
        let now = house.clock.now();
        store::integration::wake(&mut tx, account.network, account.id, store::wakeup::Lane::Tidy, now).await?;
        journal.keep(tx).await?;
    }
    Ok(again_at)
}

enum Passed {
    Settled { again: Option<Instant> },
    CompareAnew,
}

async fn pass(
    house: &House,
    account: &mut Account,
    person: PersonId,
    journal: &mut Journal<'_>,
    seen: Seen,
) -> Result<Passed, Stopped> {
    if seen.rows.iter().any(|row| row.is_open()) {
        resolve(house, account, person, &seen, journal).await?;
        return Ok(Passed::CompareAnew);
    }
    let now = house.clock.now();
    // Somebody with a new address is somebody else at a vendor: what the old record holds goes first, then the new one gets it.
    let readdressed = readdressed(&seen, person);
    let nothing = account.is_revoking() || readdressed.is_some();
    let grants = if nothing {
        Vec::new()
    } else {
        grants::desired_of(&seen.facts, person, now)
    };
    let desired = known::desired(&seen.facts, &grants, &seen.place);
    let mapped = desired.iter().map(|desired| desired.group).collect();
    let holders: Vec<Holder> = seen.holder.iter().cloned().collect();
    let observed = known::observation(&seen.rows, &holders, &seen.place);
    let question = Question {
        desired: &desired,
        observed: &observed,
        groups: &seen.place.known_groups(&mapped),
        doors: &seen.place.known_doors(),
        learned: account.learned,
        now,
        scope: Scope::Person(person),
        aim: account.aim(),
    };
    let comparison = account.connector.compare(&question, &mut || house.mint());
    journal.saw_edge(comparison.again_at);

    let known_rows = externals(&observed.rows);
    let mut done = false;
    let mut holder = seen.holder.clone();
    for change in &comparison.changes {
        let (email, causes) = about(change, &seen.facts, &grants);
        if done {
            // The receipt before may have said who they are at the vendor.
            holder = current_holder(house, account, person).await?;
        }
        let mut hand = Hand {
            house,
            account,
            journal,
        };
        match hand
            .carry_out(change, &email, &causes, holder.as_ref(), &known_rows)
            .await?
        {
            Carried::Done => done = true,
            Carried::CompareAnew => return Ok(Passed::CompareAnew),
            // Only a full reading tells when the other row is gone.
            Carried::ForeignStands => {}
        }
    }
    if let Some(fresh) = readdressed {
        let act = house.act(account.network);
        let mut tx = journal.write().await?;
        holder::keep(&mut tx, &act, account.id, person, Some(&fresh)).await?;
        holder::keep_secret(&mut tx, account.network, account.id, person, None, act.now).await?;
        journal.keep(tx).await?;
        return Ok(Passed::CompareAnew);
    }
    if done {
        // The receipts may say more of the person than was known before: notes come from a comparison that has seen them.
        return Ok(Passed::CompareAnew);
    }
    let refused = seen.holder.and_then(|holder| holder.details.refused);
    let refused = refused.map(|what| Note::Refused { person, what });
    let noticed = comparison.notes.into_iter().filter(|note| concerns(note, person));
    let notes: Vec<Note> = noticed.chain(refused).collect();
    settle_findings(house, account, person, journal, (&seen.open_notes, &notes)).await?;
    Ok(Passed::Settled {
        again: comparison.again_at,
    })
}

async fn look(house: &House, account: &Account, person: PersonId, mut tx: Tx) -> Result<Seen, Stopped> {
    let now = house.clock.now();
    let facts = facts::load_person(&mut tx, account.network, person, As::Known { now }).await?;
    let standing = standing::of_person(&mut tx, account.network, account.id, person).await?;
    Ok(Seen {
        facts,
        place: Place {
            groups: standing.groups,
            doors: standing.doors,
        },
        rows: standing.rows,
        holder: standing.holder,
        open_notes: standing.findings.into_iter().map(|finding| finding.note).collect(),
    })
}

async fn current_holder(house: &House, account: &Account, person: PersonId) -> Result<Option<Holder>, Stopped> {
    let mut tx = house.store.read().await?;
    Ok(holder::find(&mut tx, account.network, account.id, person).await?)
}

/// Closes every row whose last call was never answered, or was under way when the server stopped.
async fn resolve(
    house: &House,
    account: &mut Account,
    person: PersonId,
    seen: &Seen,
    journal: &mut Journal<'_>,
) -> Result<(), Stopped> {
    let (tx, round) = journal.begin().await?;
    journal.keep_round(tx, round).await?;
    let holders: Vec<Holder> = seen.holder.iter().cloned().collect();
    let known_rows = externals(&known::observation(&seen.rows, &holders, &seen.place).rows);
    let who = person_of(&seen.facts, person);
    let (email, name) = who.map_or(("", ""), |who| (who.email.as_str(), who.name.as_str()));
    for row in seen.rows.iter().filter(|row| row.is_open()) {
        let mut hand = Hand {
            house,
            account,
            journal,
        };
        hand.resolve(row, &seen.place, seen.holder.as_ref(), &known_rows, (email, name))
            .await?;
    }
    Ok(())
}

async fn settle_findings(
    house: &House,
    account: &Account,
    person: PersonId,
    journal: &mut Journal<'_>,
    (open, notes): (&[Note], &[Note]),
) -> Result<(), Stopped> {
    let same = open.len() == notes.len() && notes.iter().all(|note| open.contains(note));
    if same {
        return Ok(());
    }
    let mut tx = journal.write().await?;
    let act = house.act(account.network);
    finding::settle(&mut tx, &act, account.id, Looked::Person(person), notes).await?;
    journal.keep(tx).await
}

/// The holder as it begins anew when the person's address is no longer the one their record was made under.
fn readdressed(seen: &Seen, person: PersonId) -> Option<holder::Details> {
    let known = seen
        .holder
        .as_ref()
        .map(|holder| &holder.details)
        .filter(|known| known.external.is_some())?;
    let who = person_of(&seen.facts, person).filter(|who| !who.email.eq_ignore_ascii_case(&known.email))?;
    Some(holder::Details {
        external: None,
        email: who.email.clone(),
        unconfirmed: false,
        disabled: false,
        card: None,
        refused: None,
    })
}

fn concerns(note: &Note, person: PersonId) -> bool {
    matches!(note, Note::Unconfirmed { person: who } | Note::HolderDisabled { person: who } | Note::Refused { person: who, .. } if *who == person)
}

fn person_of(facts: &Facts, person: PersonId) -> Option<&Person> {
    facts.people.iter().find(|known| known.id == person)
}

/// The address a change goes by, and why it is made.
fn about(change: &Change, facts: &Facts, grants: &[Grant]) -> (String, Vec<Source>) {
    let email = person_of(facts, change.person())
        .map(|person| person.email.clone())
        .unwrap_or_default();
    let group = match change {
        Change::Give { group, .. } | Change::Move { group, .. } | Change::Take { group, .. } => *group,
    };
    let causes = grants
        .iter()
        .find(|grant| grant.group == group)
        .map(|grant| grant.causes.clone())
        .unwrap_or_default();
    (email, causes)
}
