//! The soft lock: who fails often waits longer and longer; nobody is shut out for good.
//!
//! In: how often it failed. Out: how long to wait. Why so: guessing becomes hopeless, and nobody can lock another out
//! for longer than a quarter of an hour.

use access::Instant;
use access::id::NetworkId;
use store::account::Account;

use crate::ctx::Ctx;
use crate::problem::{Kind, Problem};

/// Failures that cost nothing: people mistype.
const FREE: u32 = 4;
/// The longest wait.
const LONGEST_S: i64 = 15 * 60;
/// Attempts from one address before it has to pause.
const FROM_ONE_ADDRESS: u32 = 40;
/// Mails to one address before it has to pause; more are not sent.
const MAILS: u32 = 5;
/// How long a quiet spell is that forgets attempts.
const QUIET_MS: i64 = 15 * 60 * 1000;
const HOUR_MS: i64 = 60 * 60 * 1000;

/// Attempts are counted before it is known for which network; they are kept under this one, which cannot exist.
const ANY_NETWORK: NetworkId = NetworkId::new(Instant::from_ms(0), 0);

/// Seconds to wait after so many failures in a row.
pub const fn wait_s(failed: u32) -> i64 {
    if failed <= FREE {
        return 0;
    }
    let doublings = failed - FREE - 1;
    if doublings >= 10 {
        LONGEST_S
    } else {
        let s = 1_i64 << doublings;
        if s > LONGEST_S { LONGEST_S } else { s }
    }
}

/// Counts an attempt from the caller's address; too many have to pause.
pub(super) async fn address(ctx: &Ctx) -> Result<(), Problem> {
    let subject = format!("address {}", ctx.address);
    if counted(ctx, &subject, QUIET_MS).await? > FROM_ONE_ADDRESS {
        return Err(Problem::too_many(QUIET_MS / 1000));
    }
    Ok(())
}

/// Counts a mail to an address; `false` when there were too many within the hour.
pub(super) async fn mail(ctx: &Ctx, email: &str) -> Result<bool, Problem> {
    Ok(counted(ctx, &format!("mail {email}"), HOUR_MS).await? <= MAILS)
}

async fn counted(ctx: &Ctx, subject: &str, window_ms: i64) -> Result<u32, Problem> {
    let mut tx = ctx.store().write().await?;
    let count = store::sign_in::count_attempt(&mut tx, ANY_NETWORK, subject, ctx.now, window_ms).await?;
    tx.commit().await?;
    Ok(count)
}

/// Must this account wait?
pub(super) fn account(ctx: &Ctx, account: &Account) -> Result<(), Problem> {
    match account.locked_until {
        Some(until) if until > ctx.now => Err(Problem::too_many((until.ms() - ctx.now.ms()).div_euclid(1000) + 1)),
        _ => Ok(()),
    }
}

/// A refusal that only says how long to wait belongs on the form; any other one is not the form's matter.
pub(super) fn only_waiting(problem: &Problem) -> Result<&Problem, Problem> {
    match problem.kind {
        Kind::TooMany => Ok(problem),
        _ => Err(problem.clone()),
    }
}

/// Notes a failure of an account, with the wait that follows.
pub(super) async fn failed(ctx: &Ctx, network: NetworkId, account: &Account) -> Result<(), Problem> {
    let wait = wait_s(account.failed + 1);
    let until = (wait > 0).then(|| ctx.now.plus_s(wait));
    let mut tx = ctx.store().write().await?;
    store::account::note_failure(&mut tx, network, account.id, until).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        assert_eq!(
            [1, 4, 5, 6, 7, 14, 15, 1000].map(wait_s),
            [0, 0, 1, 2, 4, 512, 900, 900]
        );
    }
}
