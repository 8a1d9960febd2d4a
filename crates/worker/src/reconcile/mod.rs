//! Rounds: desired × observed over one person or one integration, and the steps that make the vendor agree.
//!
//! In: a claimed wake-up. Out: an outcome. Why so: one path for events, timers, operators and repairs: a wake-up says who,
//! and the round computes from facts. Always: changes come from a comparison; a person's round needs no reading of the vendor.

mod carry_out;
mod journal;
mod known;
mod leave;
mod person;
mod reading;
mod whole;

use access::Instant;
use connectors::Memory;
use store::Tx;
use store::wakeup::Claimed;

use crate::house::{Account, House, NoAccount};
use crate::outcome::{self, Outcome};
pub(crate) use crate::reconcile::carry_out::Stopped;
pub(crate) use crate::reconcile::journal::Journal;

/// How the work on a key ended.
pub(crate) enum Worked {
    /// It came to this.
    To(Outcome),
    /// The key was marked or taken before anything was done: it is to be read again.
    Changed,
    /// Another process works this integration.
    Elsewhere,
}

/// Works one key; `tx` is the snapshot it was read in, so that key and facts are of one moment.
pub(crate) async fn work(house: &House, journal: &mut Journal<'_>, memory: &Memory, tx: Tx) -> store::Result<Worked> {
    let claimed = journal.claimed();
    match try_work(house, journal, memory, tx).await {
        Ok(outcome) => Ok(Worked::To(outcome)),
        Err(Stopped::Store(error)) => Err(error),
        Err(Stopped::Changed) => Ok(Worked::Changed),
        Err(Stopped::Elsewhere) => Ok(Worked::Elsewhere),
        Err(Stopped::Vendor(trouble)) => {
            let (attempts, now) = (i64::from(claimed.attempts), house.clock.now());
            Ok(Worked::To(outcome::after(&trouble, attempts, now, spread(claimed))))
        }
    }
}

async fn try_work(house: &House, journal: &mut Journal<'_>, memory: &Memory, mut tx: Tx) -> Result<Outcome, Stopped> {
    let claimed = journal.claimed();
    let mut account = match Account::load(house, &mut tx, claimed.network, claimed.integration).await? {
        Ok(account) => account.remembering(memory),
        Err(NoAccount::Left) if claimed.person.is_none() => {
            drop(tx);
            return leave::tidy_up(house, journal).await;
        }
        Err(NoAccount::Left) => return Ok(Outcome::Done { again_at: None }),
        // Signing in again wakes the whole integration.
        Err(NoAccount::NeedsSignIn) => return Ok(Outcome::Done { again_at: None }),
        Err(NoAccount::Unusable(trouble)) => return Err(Stopped::Vendor(trouble)),
    };
    let again_at = match claimed.person {
        Some(person) => person::round(house, &mut account, person, journal, tx).await?,
        None => {
            drop(tx);
            everybody(house, &mut account, journal).await?
        }
    };
    Ok(Outcome::Done { again_at })
}

/// A number that differs between keys, so that a thousand failed ones do not come back in one instant.
fn spread(claimed: &Claimed) -> u64 {
    let key = format!("{}{:?}", claimed.integration, claimed.person);
    key.bytes()
        .fold(7, |sum, byte| (sum * 31 + u64::from(byte)) % 1_000_003)
}

/// A round over the whole integration: from a reading where one is due, else from facts and journal alone.
async fn everybody(
    house: &House,
    account: &mut Account,
    journal: &mut Journal<'_>,
) -> Result<Option<Instant>, Stopped> {
    journal.take().await?;
    if leave::finish_if_empty(house, account).await? {
        return Ok(None);
    }
    let due = whole::reading_is_due(account, house.clock.now());
    if account.is_leaving() {
        let next = whole::leave(house, account).await?;
        // Real ends are written from what is known; what runs out takes weeks, and is read meanwhile.
        return match next {
            Some(_) if account.is_running_out() && due => reading::round(house, account, journal).await,
            next => Ok(next),
        };
    }
    if !due {
        return whole::round(house, account).await;
    }
    let next = reading::round(house, account, journal).await?;
    // Tidying may have taken the last row.
    if leave::finish_if_empty(house, account).await? {
        return Ok(None);
    }
    Ok(next)
}
