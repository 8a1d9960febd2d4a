//! One limiter per vendor login, shared by all integrations that use it: waits for the turn [`Pace`] gives.
//!
//! In: a lane. Out: a [`Permit`], held during the call and told how it ended; or a [`Trouble`] when waiting would take too long.
//! Why so: the vendor counts calls per login, so must we; and a door must not queue behind a thousand grants.
//! Always: a permit that is dropped gives its turn back; a call never waits longer than about two seconds of pause.
//! Waiting is real time on purpose (the vendor's clock runs on while a test's stands), so it is tokio's, and only here.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::http::Answer;
pub use crate::pace::Lane;
use crate::pace::{Pace, Report, Turn};
use crate::trouble::{Kind, Trouble};

/// All limiters of the process, by vendor and account.
#[derive(Clone, Debug, Default)]
pub struct Limiters(Arc<Mutex<HashMap<String, Limiter>>>);

impl Limiters {
    /// The one limiter of an account, as in `kisi harbor-works/600001`.
    pub fn of(&self, account: &str, calls_per_s: usize) -> Limiter {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(account.to_owned())
            .or_insert_with(|| Limiter::new(calls_per_s))
            .clone()
    }
}

/// The limiter of one vendor login; clones share it.
#[derive(Clone, Debug)]
pub struct Limiter(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pace: Mutex<Pace>,
    changed: Notify,
    began: Instant,
}

/// A turn, until it is dropped.
#[derive(Debug)]
pub struct Permit {
    limiter: Limiter,
    lane: Lane,
    report: Option<Report>,
}

/// A place in the line, left when its owner gives up.
struct Place<'a> {
    limiter: &'a Limiter,
    lane: Lane,
    ticket: u64,
}

impl Limiter {
    /// For a login that permits so many calls a second.
    pub fn new(calls_per_s: usize) -> Self {
        let pace = Mutex::new(Pace::new(calls_per_s));
        Self(Arc::new(Inner {
            pace,
            changed: Notify::new(),
            began: Instant::now(),
        }))
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`Kind::Limited`] while the vendor asked for a longer pause than a call waits; [`Kind::VendorDown`] while the breaker is open.
    pub async fn turn(&self, lane: Lane, attempted: &str) -> Result<Permit, Trouble> {
        let place = Place {
            limiter: self,
            lane,
            ticket: self.pace().queue(lane),
        };
        loop {
            let mut changed = pin!(self.0.changed.notified());
            // Listening starts before asking, so that a change between the two is not missed.
            changed.as_mut().enable();
            let turn = self.pace().ask(lane, place.ticket, self.now_ms());
            match turn {
                Turn::Now => {
                    return Ok(Permit {
                        limiter: self.clone(),
                        lane,
                        report: None,
                    });
                }
                Turn::AfterOthers => changed.await,
                Turn::At(at) => {
                    let at = self.0.began + Duration::from_millis(at);
                    // Either way the question is asked anew.
                    tokio::select! { () = changed => {}, () = tokio::time::sleep_until(at) => {} }
                }
                Turn::Paused { retry_after_ms } => {
                    let say = format!(
                        "too many calls; the vendor asks to wait {} s",
                        retry_after_ms.div_ceil(1000)
                    );
                    return Err(Trouble::new(attempted, Kind::Limited { retry_after_ms }, say));
                }
                Turn::Broken { .. } => {
                    let say = "the vendor failed several times in a row and is left alone for a moment";
                    return Err(Trouble::new(attempted, Kind::VendorDown, say));
                }
            }
        }
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.0.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.0.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Lets a moment pass between two looks at something the vendor is still preparing.
pub(crate) async fn moment(how_long: Duration) {
    tokio::time::sleep_until(Instant::now() + how_long).await;
}

/// Gives up when a deadline passes; the door page's five seconds.
pub(crate) async fn within<F: Future>(limit: Duration, trip: F) -> Option<F::Output> {
    tokio::time::timeout(limit, trip).await.ok()
}

impl Permit {
    /// The vendor answered like itself.
    pub fn answered(mut self) {
        self.report = Some(Report::Answered);
    }

    /// The vendor failed or could not be reached; several in a row open the breaker.
    pub fn failed(mut self) {
        self.report = Some(Report::Failed);
    }

    /// The call ended so. Answers for how many milliseconds everybody pauses: none, unless the vendor said 429.
    pub fn ended(self, sent: &Result<Answer, Trouble>) -> u64 {
        match sent {
            Ok(answer) if answer.status == 429 => return self.limited(answer.retry_after_ms),
            Ok(answer) if answer.status < 500 => self.answered(),
            Ok(_) | Err(_) => self.failed(),
        }
        0
    }

    /// The vendor said 429: everybody pauses. Answers for how many milliseconds.
    pub fn limited(mut self, retry_after_ms: Option<u64>) -> u64 {
        self.report = Some(Report::Limited { retry_after_ms });
        let limiter = self.limiter.clone();
        drop(self);
        limiter.pace().pause_left_ms(limiter.now_ms())
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let now_ms = self.limiter.now_ms();
        self.limiter.pace().end(self.lane, self.report, now_ms);
        self.limiter.0.changed.notify_waiters();
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.limiter.pace().leave(self.lane, self.ticket);
        self.limiter.0.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_idle_login_gives_a_turn_at_once_and_a_dropped_permit_frees_it() {
        let limiter = Limiter::new(5);
        for _ in 0..3 {
            drop(limiter.turn(Lane::Give, "test").await.expect("nothing holds it back"));
        }
        assert!(limiter.now_ms() < 1_000);
    }

    #[tokio::test]
    async fn somebody_who_gives_up_waiting_does_not_block_the_next() {
        let limiter = Limiter::new(5);
        let held = limiter.turn(Lane::Give, "test").await.expect("idle");
        let waiting = within(Duration::from_millis(1), limiter.turn(Lane::Revoke, "test")).await;
        assert!(waiting.is_none(), "one call at a time");
        held.answered();
        let next = within(Duration::from_secs(5), limiter.turn(Lane::Give, "test")).await;
        next.expect("no revoke waits any more").expect("idle").answered();
    }

    #[tokio::test]
    async fn integrations_of_one_login_share_its_limiter() {
        let limiters = Limiters::default();
        let held = limiters.of("kisi a/1", 5).turn(Lane::Give, "test").await.expect("idle");
        let other = limiters.of("kisi a/1", 5);
        let same = within(Duration::from_millis(1), other.turn(Lane::Give, "test")).await;
        assert!(same.is_none());
        limiters
            .of("kisi b/2", 5)
            .turn(Lane::Give, "test")
            .await
            .expect("another login")
            .answered();
        held.answered();
    }

    #[tokio::test]
    async fn a_long_pause_refuses_at_once_and_says_how_long() {
        let limiter = Limiter::new(5);
        let permit = limiter.turn(Lane::Give, "test").await.expect("idle");
        assert!(permit.limited(Some(60_000)) > 59_000);
        let trouble = limiter.turn(Lane::Give, "give").await.unwrap_err();
        assert!(matches!(trouble.kind, Kind::Limited { retry_after_ms } if retry_after_ms > 59_000));
    }
}
