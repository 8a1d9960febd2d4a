//! The rate limits of contract §2.2 as token buckets.
//!
//! Five calls a second per user (all logins of a user share them) and per address without a login; snapshots of events
//! one a second. The time that fills a bucket is given by the caller, in milliseconds that never run backwards for
//! real time and may jump for the simulator's.

use std::collections::HashMap;
use std::net::IpAddr;

/// Whose quota a call uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Quota {
    User(i64),
    Address(IpAddr),
    EventSets(i64),
}

/// The buckets of everybody who called.
#[derive(Debug, Default)]
pub(crate) struct Buckets(HashMap<Quota, Bucket>);

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at_ms: i64,
}

impl Quota {
    fn per_second(self) -> f64 {
        match self {
            Quota::User(_) | Quota::Address(_) => 5.0,
            Quota::EventSets(_) => 1.0,
        }
    }
}

impl Buckets {
    /// Takes one token, or says how many milliseconds until there is one.
    pub fn take(&mut self, quota: Quota, now_ms: i64) -> Result<(), i64> {
        let rate = quota.per_second();
        let bucket = self.0.entry(quota).or_insert(Bucket {
            tokens: rate,
            at_ms: now_ms,
        });
        let passed_ms = (now_ms - bucket.at_ms).max(0);
        bucket.tokens = (bucket.tokens + passed_ms as f64 * rate / 1000.0).min(rate);
        bucket.at_ms = now_ms;
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            Ok(())
        } else {
            Err(((1.0 - bucket.tokens) / rate * 1000.0).ceil() as i64)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_calls_pass_the_sixth_waits_a_fifth_of_a_second() {
        let mut buckets = Buckets::default();
        for _ in 0..5 {
            assert_eq!(buckets.take(Quota::User(1), 0), Ok(()));
        }
        assert_eq!(buckets.take(Quota::User(1), 0), Err(200));
        assert_eq!(
            buckets.take(Quota::User(2), 0),
            Ok(()),
            "another user has a quota of their own"
        );
        assert_eq!(buckets.take(Quota::User(1), 200), Ok(()));
        assert!(buckets.take(Quota::User(1), 210).is_err());
    }
}
