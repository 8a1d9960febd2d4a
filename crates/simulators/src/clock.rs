//! The clock every simulator lives by.
//!
//! It follows the machine (`system`), follows the machine from another instant (`movable`), or stands still until it is
//! set (`frozen`, for tests). Clones share their hands, so one clock can drive several simulators and the demo.
//!
//! This is the only file of the crate that may ask the machine for the time or wait for it to pass.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A shared clock in unix milliseconds (UTC).
#[derive(Clone, Debug)]
pub struct SimClock(Arc<Mutex<Hands>>);

#[derive(Clone, Copy, Debug)]
enum Hands {
    /// Runs with the machine, so far away from it.
    Running { offset_ms: i64 },
    /// Stands at this instant until it is set.
    Still { at_ms: i64 },
}

impl SimClock {
    /// The machine's own time. Setting it makes it run on from there.
    pub fn system() -> SimClock {
        SimClock::with(Hands::Running { offset_ms: 0 })
    }

    /// Starts at `start_unix_ms` and runs on from there in real time.
    pub fn movable(start_unix_ms: i64) -> SimClock {
        SimClock::with(Hands::Running {
            offset_ms: start_unix_ms - machine_ms(),
        })
    }

    /// Stands still at `start_unix_ms` until it is set or advanced.
    pub fn frozen(start_unix_ms: i64) -> SimClock {
        SimClock::with(Hands::Still { at_ms: start_unix_ms })
    }

    /// The instant this clock shows.
    pub fn now_ms(&self) -> i64 {
        match *self.hands() {
            Hands::Running { offset_ms } => machine_ms() + offset_ms,
            Hands::Still { at_ms } => at_ms,
        }
    }

    /// Puts the clock to an instant; a running clock runs on from it.
    pub fn set_ms(&self, at_ms: i64) {
        let mut hands = self.hands();
        *hands = match *hands {
            Hands::Running { .. } => Hands::Running {
                offset_ms: at_ms - machine_ms(),
            },
            Hands::Still { .. } => Hands::Still { at_ms },
        };
    }

    /// Moves the clock by so many milliseconds; negative moves it back.
    pub fn advance_ms(&self, by_ms: i64) {
        let mut hands = self.hands();
        *hands = match *hands {
            Hands::Running { offset_ms } => Hands::Running {
                offset_ms: offset_ms + by_ms,
            },
            Hands::Still { at_ms } => Hands::Still { at_ms: at_ms + by_ms },
        };
    }

    /// Whether time passes on this clock by itself.
    pub fn is_running(&self) -> bool {
        matches!(*self.hands(), Hands::Running { .. })
    }

    fn with(hands: Hands) -> SimClock {
        SimClock(Arc::new(Mutex::new(hands)))
    }

    fn hands(&self) -> std::sync::MutexGuard<'_, Hands> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place of the simulators that reads the machine's clock"
)]
fn machine_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// Lets real time pass: injected latency, webhook retries. Never used to guess when something is done.
#[expect(
    clippy::disallowed_methods,
    reason = "latency is what is simulated here; it is real time by definition"
)]
pub(crate) async fn pause(how_long: Duration) {
    tokio::time::sleep(how_long).await;
}

/// An instant as RFC 3339 in UTC; milliseconds are written only when there are any.
pub(crate) fn rfc3339(at_ms: i64) -> String {
    timestamp(at_ms).to_string()
}

/// An instant as the date form of HTTP headers.
pub(crate) fn http_date(at_ms: i64) -> String {
    timestamp(at_ms).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The instant for civil arithmetic; absurd numbers fall to the epoch instead of ending the simulator.
pub(crate) fn timestamp(at_ms: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(at_ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_clock_stands_until_it_is_moved_and_clones_share_it() {
        let clock = SimClock::frozen(1_000);
        let other = clock.clone();
        other.advance_ms(500);
        assert_eq!(clock.now_ms(), 1_500);
        clock.set_ms(7);
        assert_eq!(other.now_ms(), 7);
    }

    #[test]
    fn a_movable_clock_runs_on_from_where_it_is_put() {
        let clock = SimClock::movable(1_741_600_000_000);
        assert!((clock.now_ms() - 1_741_600_000_000).abs() < 5_000);
        clock.set_ms(0);
        assert!(clock.is_running() && clock.now_ms() < 5_000);
    }
}
