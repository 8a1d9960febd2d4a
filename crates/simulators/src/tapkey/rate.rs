//! The rate limit of switch S15: one token bucket per account, filled with so many calls a second.

/// The bucket of one account.
#[derive(Debug)]
pub(crate) struct Bucket {
    tokens: f64,
    at_ms: i64,
}

impl Bucket {
    /// A full bucket.
    pub fn full(per_second: u32, now_ms: i64) -> Bucket {
        Bucket {
            tokens: f64::from(per_second),
            at_ms: now_ms,
        }
    }

    /// Takes one call out of the bucket; false when it is empty.
    pub fn take(&mut self, per_second: u32, now_ms: i64) -> bool {
        let rate = f64::from(per_second);
        let passed_ms = (now_ms - self.at_ms).max(0);
        self.tokens = (self.tokens + passed_ms as f64 * rate / 1000.0).min(rate);
        self.at_ms = now_ms;
        if self.tokens < 1.0 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }
}
