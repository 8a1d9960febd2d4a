//! Chance: the one file that asks the machine for random bytes.
//!
//! Out: the 80 bits of an id, bytes for nonces and salts, 256-bit tokens, one-time codes.
//! Always: ids made by one process sort in the order they were made, also within one millisecond, so lists and the audit
//! log keep their order.

use std::sync::{Mutex, PoisonError};

use access::Instant;

/// Random bytes. A machine without randomness cannot go on: nothing it would make could be trusted.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes once it runs");
    bytes
}

/// The chance part of an id made at `now`: 80 bits, greater than that of the id made before in the same millisecond.
pub fn for_id(now: Instant) -> u128 {
    static LAST: Mutex<(Instant, u128)> = Mutex::new((Instant::MIN, 0));
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let step = u128::from(u32::from_le_bytes(bytes())) + 1;
    // The top bit starts clear, so that 2^47 ids of one millisecond fit before the count could wrap.
    let chance = if last.0 == now {
        last.1 + step
    } else {
        u128::from_le_bytes(bytes()) & ((1 << 79) - 1)
    };
    *last = (now, chance);
    chance
}

/// A bearer token: 256 bits as 64 hexadecimal digits.
pub fn token() -> access::vendor::Secret {
    access::vendor::Secret::new(hex(&bytes::<32>()))
}

/// A one-time code of six digits, as mailed to people.
pub fn code() -> String {
    // 2^64 is so much larger than 10^6 that the remainder's bias is below 10^-13.
    format!("{:06}", u64::from_le_bytes(bytes()) % 1_000_000)
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| {
            [
                DIGITS[usize::from(byte >> 4)] as char,
                DIGITS[usize::from(byte & 15)] as char,
            ]
        })
        .collect()
}

/// Back from hexadecimal; `None` when it is none.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text.chars().map(|c| c.to_digit(16)).collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    pairs
        .remainder()
        .is_empty()
        .then(|| pairs.map(|pair| (pair[0] * 16 + pair[1]) as u8).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_millisecond_keep_their_order() {
        let now = Instant::from_ms(1_800_000_000_000);
        let ids: Vec<_> = (0..1_000).map(|_| access::id::AuditId::new(now, for_id(now))).collect();
        // Other tests of this process may make ids of other milliseconds in between; then the order starts anew.
        assert!(ids.windows(2).filter(|pair| pair[0] < pair[1]).count() > 900);
        assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), ids.len());
    }

    #[test]
    fn hexadecimal_reads_back() {
        assert_eq!(unhex(&hex(&[0, 255, 16])), Some(vec![0, 255, 16]));
        assert_eq!(unhex("abc"), None);
        assert_eq!(unhex("zz"), None);
    }
}
