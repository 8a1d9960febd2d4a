//! Mails out: the outbox, one mail at a time.
//!
//! In: promised mails. Out: sent ones, or when to try again. Always: a mail that was promised in a transaction goes out at least once,
//! with the same Message-ID each time; one that can never go is kept with why.

use access::Instant;
use store::mail;

use crate::house::House;
use crate::post::{Letter, Undelivered};

/// Tries before a mail is given up: about three days of growing pauses.
const MOST_ATTEMPTS: i64 = 40;
/// What could not be sent for this long is of no use any more: its booking is over, its code no longer signs anybody in.
const LONGEST_WAIT_MINUTES: i64 = 3 * 24 * 60;

/// Sends the mail that is due longest; answers whether there was one.
pub(crate) async fn send_one(house: &House) -> store::Result<bool> {
    let Some(post) = &house.post else { return Ok(false) };
    let mut tx = house.store.write().await?;
    let Some(claimed) = mail::claim(&mut tx, house.clock.now()).await? else {
        return Ok(false);
    };
    if claimed.made_at.plus_minutes(LONGEST_WAIT_MINUTES) <= house.clock.now() {
        tracing::error!(mail = %claimed.id, "a mail was given up: nothing could send it in time");
        mail::failed(&mut tx, &claimed, None, "nothing could send it for three days").await?;
        tx.commit().await?;
        return Ok(true);
    }
    tx.commit().await?;
    let id = claimed.id.to_string();
    let letter = Letter {
        id: &id,
        to: &claimed.mail.to,
        subject: &claimed.mail.subject,
        text: &claimed.mail.text,
        html: claimed.mail.html.as_deref(),
        calendar: claimed.mail.calendar.as_deref(),
    };
    let sent = post.send(&letter).await;
    let now = house.clock.now();
    let mut tx = house.store.write().await?;
    match sent {
        Ok(()) => mail::sent(&mut tx, &claimed, now).await?,
        Err(Undelivered::NotYet(why)) if claimed.attempts < MOST_ATTEMPTS => {
            tracing::warn!(mail = %claimed.id, why, "a mail waits for another try");
            mail::failed(&mut tx, &claimed, Some(again_at(now, claimed.attempts)), &why).await?;
        }
        Err(Undelivered::NotYet(why) | Undelivered::Never(why)) => {
            tracing::error!(mail = %claimed.id, why, "a mail was given up");
            mail::failed(&mut tx, &claimed, None, &why).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// 5 s, 10 s, 20 s … 2 hours.
fn again_at(now: Instant, attempts: i64) -> Instant {
    now.plus_s((5_i64 << attempts.clamp(0, 12)).min(7_200))
}
