//! The clock of the product: the one file that reads the machine's time.
//!
//! In: nothing, or a start and moves (demo, tests). Out: the instant it is now; waking when an instant is reached.
//! Why so: time is an argument everywhere else, so a demo can jump to "two minutes before the booking" and tests never sleep.
//! Always: [`Clock::sleep_until`] wakes when the clock reaches the instant *or is moved past it*.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use access::Instant;
use tokio::sync::watch;

/// A clock; clones show the same time.
#[derive(Clone)]
pub struct Clock(Arc<Inner>);

struct Inner {
    kind: Kind,
    /// What a movable or frozen clock shows at machine time `since`.
    shown: Mutex<Shown>,
    moved: watch::Sender<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    System,
    Movable,
    Frozen,
}

#[derive(Clone, Copy)]
struct Shown {
    at: Instant,
    since: Instant,
}

impl Clock {
    /// The machine's own time.
    pub fn system() -> Self {
        Self::of(Kind::System, machine_now())
    }

    /// Starts at an instant, runs on in real time, can be set (demo).
    pub fn movable(start: Instant) -> Self {
        Self::of(Kind::Movable, start)
    }

    /// Stands still until it is set (tests).
    pub fn frozen(start: Instant) -> Self {
        Self::of(Kind::Frozen, start)
    }

    fn of(kind: Kind, start: Instant) -> Self {
        let shown = Mutex::new(Shown {
            at: start,
            since: machine_now(),
        });
        Self(Arc::new(Inner {
            kind,
            shown,
            moved: watch::Sender::new(0),
        }))
    }

    /// The instant it is now.
    pub fn now(&self) -> Instant {
        let shown = *self.0.shown.lock().unwrap_or_else(PoisonError::into_inner);
        match self.0.kind {
            Kind::System => machine_now(),
            Kind::Movable => shown.at.plus_ms(machine_now().ms() - shown.since.ms()),
            Kind::Frozen => shown.at,
        }
    }

    /// Can it be set?
    pub fn is_movable(&self) -> bool {
        self.0.kind != Kind::System
    }

    /// Sets it, forwards or backwards, and wakes who waits. Nothing happens to the machine's own time.
    pub fn set(&self, to: Instant) {
        if self.is_movable() {
            *self.0.shown.lock().unwrap_or_else(PoisonError::into_inner) = Shown {
                at: to,
                since: machine_now(),
            };
            self.0.moved.send_modify(|moves| *moves += 1);
        }
    }

    /// Moves it by whole seconds.
    pub fn advance_s(&self, seconds: i64) {
        self.set(self.now().plus_s(seconds));
    }

    /// Returns when the clock shows `at` or later.
    pub async fn sleep_until(&self, at: Instant) {
        let mut moved = self.0.moved.subscribe();
        loop {
            let left_ms = at.ms().saturating_sub(self.now().ms());
            if left_ms <= 0 {
                return;
            }
            let reached = async {
                match self.0.kind {
                    Kind::Frozen => std::future::pending().await,
                    Kind::System | Kind::Movable => wait(left_ms).await,
                }
            };
            tokio::select! {
                () = reached => {}
                _ = moved.changed() => {}
            }
        }
    }

    /// Returns after the next time it is set.
    pub async fn changed(&self) {
        let mut moved = self.0.moved.subscribe();
        if moved.changed().await.is_err() {
            // The sender lives in this very clock, so the channel cannot close while we hold it.
            std::future::pending::<()>().await;
        }
    }
}

/// At most an hour at a time, so that a machine that slept, or was set, is noticed.
async fn wait(left_ms: i64) {
    let ms = u64::try_from(left_ms).unwrap_or(0).min(3_600_000);
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

/// The machine's time: for the clock itself, and for leases on a database that has no clock of its own.
pub(crate) fn machine_now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Instant::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sleeper_wakes_when_the_clock_is_moved_past_its_instant() {
        let clock = Clock::frozen(Instant::from_ms(0));
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.sleep_until(Instant::from_ms(5_000)).await;
                clock.now()
            }
        });
        tokio::task::yield_now().await;
        clock.advance_s(4);
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.advance_s(60);
        assert_eq!(sleeper.await.unwrap(), Instant::from_ms(64_000));
    }

    #[test]
    fn the_system_clock_cannot_be_set() {
        let clock = Clock::system();
        clock.set(Instant::from_ms(0));
        assert!(clock.now() > Instant::from_ms(1_700_000_000_000) && !clock.is_movable());
    }
}
