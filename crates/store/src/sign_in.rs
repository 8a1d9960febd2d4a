//! Signing in by mail: one-time codes and links, and counts of attempts for the soft lock.
//!
//! Always: one code per e-mail at a time, hashed, usable once, over after its time or too many wrong tries.

use access::Instant;
use access::id::NetworkId;
use access::vendor::Secret;

use crate::error::Result;
use crate::sql::{Tx, args};
use crate::{chance, token};

/// Wrong tries after which a code is over.
const TRIES: i64 = 5;

/// A fresh code and a fresh link token for one e-mail; both sign in, once, and replace what was sent before.
pub struct SignIn {
    /// Six digits, to type.
    pub code: String,
    /// For the link.
    pub link: Secret,
}

/// Makes a code and a link token that hold until `ends_at`.
pub async fn create(tx: &mut Tx, network: NetworkId, email: &str, now: Instant, ends_at: Instant) -> Result<SignIn> {
    let email = email.trim().to_lowercase();
    let sign_in = SignIn {
        code: chance::code(),
        link: chance::token(),
    };
    tx.execute(
        "INSERT INTO sign_in_code (network_id, email, code_hash, link_hash, made_at_ms, ends_at_ms, tries)
         VALUES ($1, $2, $3, $4, $5, $6, 0)
         ON CONFLICT (network_id, email) DO UPDATE SET code_hash = excluded.code_hash, link_hash = excluded.link_hash,
           made_at_ms = excluded.made_at_ms, ends_at_ms = excluded.ends_at_ms, tries = 0",
        args![
            network,
            &email,
            token::hash_for(&email, &Secret::new(sign_in.code.as_str())),
            token::hash(&sign_in.link),
            now,
            ends_at
        ],
    )
    .await?;
    Ok(sign_in)
}

/// Spends a code; `false` when it is wrong or over. Commit also after `false`, since the try counts.
pub async fn spend_code(tx: &mut Tx, network: NetworkId, email: &str, code: &Secret, now: Instant) -> Result<bool> {
    let email = email.trim().to_lowercase();
    let spent = tx
        .execute(
            "DELETE FROM sign_in_code WHERE network_id = $1 AND email = $2 AND code_hash = $3 AND ends_at_ms > $4 AND tries < $5",
            args![network, &email, token::hash_for(&email, code), now, TRIES],
        )
        .await?;
    if spent == 0 {
        tx.execute(
            "UPDATE sign_in_code SET tries = tries + 1 WHERE network_id = $1 AND email = $2",
            args![network, &email],
        )
        .await?;
    }
    Ok(spent == 1)
}

/// Spends a link; answers the network and the e-mail it was sent to, `None` when it is unknown or over.
pub async fn spend_link(tx: &mut Tx, link: &Secret, now: Instant) -> Result<Option<(NetworkId, String)>> {
    let row = tx
        .fetch_optional(
            "DELETE FROM sign_in_code WHERE link_hash = $1 AND ends_at_ms > $2 RETURNING network_id, email",
            args![token::hash(link), now],
        )
        .await?;
    row.map(|row| Ok((row.id("network_id")?, row.text("email")?)))
        .transpose()
}

/// Counts an attempt of a subject, as in `address 203.0.113.7`; answers how many there were since the last quiet
/// spell of `window_ms`, this one included.
pub async fn count_attempt(
    tx: &mut Tx,
    network: NetworkId,
    subject: &str,
    now: Instant,
    window_ms: i64,
) -> Result<u32> {
    let row = tx
        .fetch_optional(
            "INSERT INTO attempt (network_id, subject, count, since_ms) VALUES ($1, $2, 1, $3)
             ON CONFLICT (network_id, subject) DO UPDATE SET
               count = CASE WHEN attempt.since_ms > $4 THEN attempt.count + 1 ELSE 1 END,
               since_ms = CASE WHEN attempt.since_ms > $4 THEN attempt.since_ms ELSE excluded.since_ms END
             RETURNING count",
            args![network, subject, now, now.plus_ms(-window_ms)],
        )
        .await?;
    row.map_or(Ok(1), |row| Ok(u32::try_from(row.int("count")?).unwrap_or(u32::MAX)))
}

/// Forgets a subject's attempts, after a sign-in that went well.
pub async fn forget_attempts(tx: &mut Tx, network: NetworkId, subject: &str) -> Result<()> {
    tx.execute(
        "DELETE FROM attempt WHERE network_id = $1 AND subject = $2",
        args![network, subject],
    )
    .await?;
    Ok(())
}

/// Drops what is over, in every network: codes past their time, attempts older than `attempts_before`.
pub async fn tidy(tx: &mut Tx, now: Instant, attempts_before: Instant) -> Result<u64> {
    let codes = tx
        .execute("DELETE FROM sign_in_code WHERE ends_at_ms <= $1", args![now])
        .await?;
    let attempts = tx
        .execute("DELETE FROM attempt WHERE since_ms <= $1", args![attempts_before])
        .await?;
    Ok(codes + attempts)
}
