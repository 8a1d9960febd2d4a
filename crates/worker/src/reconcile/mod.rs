//! Rounds: desired × observed over one person or one integration, and the steps that make the vendor agree.
//!
//! In: a claimed wake-up. Out: an outcome. Why so: one path for events, timers, operators and repairs: a wake-up says who,
//! and the round computes from facts. Always: changes come from a comparison; a person's round needs no reading of the vendor.

mod carry_out;
mod known;
mod leave;
mod person;
mod reading;
mod whole;

use access::Instant;
use store::wakeup::Claimed;

use crate::house::{Account, House, NoAccount};
use crate::outcome::{self, Outcome};
pub(crate) use crate::reconcile::carry_out::Stopped;

/// Works one claim.
pub(crate) async fn work(house: &House, claimed: &Claimed) -> store::Result<Outcome> {
    let mut tx = house.store.read().await?;
    let account = Account::load(house, &mut tx, claimed.network, claimed.integration).await?;
    drop(tx);
    let mut account = match account {
        Ok(account) => account,
        Err(NoAccount::Left) => {
            if claimed.person.is_none() {
                return leave::tidy_up(house, claimed).await;
            }
            return Ok(Outcome::Done { again_at: None });
        }
        // Signing in again wakes the whole integration.
        Err(NoAccount::NeedsSignIn) => return Ok(Outcome::Done { again_at: None }),
        Err(NoAccount::Unusable(trouble)) => {
            return Ok(outcome::after(
                &trouble,
                i64::from(claimed.attempts),
                house.clock.now(),
                0,
            ));
        }
    };
    let worked = match claimed.person {
        Some(person) => person::round(house, &mut account, person).await,
        None => everybody(house, &mut account).await,
    };
    match worked {
        Ok(again_at) => Ok(Outcome::Done { again_at }),
        Err(Stopped::Store(error)) => Err(error),
        Err(Stopped::Vendor(trouble)) => Ok(outcome::after(
            &trouble,
            i64::from(claimed.attempts),
            house.clock.now(),
            spread(claimed),
        )),
    }
}

/// A number that differs between keys, so that a thousand failed ones do not come back in one instant.
fn spread(claimed: &Claimed) -> u64 {
    let key = format!("{}{:?}", claimed.integration, claimed.person);
    key.bytes()
        .fold(7, |sum, byte| (sum * 31 + u64::from(byte)) % 1_000_003)
}

/// A round over the whole integration: from a reading where one is due, else from facts and journal alone.
async fn everybody(house: &House, account: &mut Account) -> Result<Option<Instant>, Stopped> {
    if leave::finish_if_empty(house, account).await? {
        return Ok(None);
    }
    if !whole::reading_is_due(account, house.clock.now()) {
        return whole::round(house, account).await;
    }
    let next = reading::round(house, account).await?;
    // Tidying may have taken the last row.
    if leave::finish_if_empty(house, account).await? {
        return Ok(None);
    }
    Ok(next)
}
