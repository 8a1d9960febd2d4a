//! Staff passwords at rest: argon2id with 19 MiB, two passes, one lane.
//!
//! Why so: the cost is what reliability.md asks for; hashing takes tens of milliseconds on purpose, so it runs on a thread
//! of its own kind and never holds up other requests. Always: a fresh salt per hash; the text names its own parameters.

use access::vendor::Secret;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::chance::bytes;
use crate::error::{Error, Result};

fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("the parameters are within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The text to keep for a password.
pub async fn hash(password: Secret) -> Result<String> {
    let work = move || {
        let hashed: std::result::Result<PasswordHash, _> =
            argon2().hash_password_with_salt(password.reveal().as_bytes(), &bytes::<16>());
        hashed
            .map(|hash| hash.to_string())
            .map_err(|why| Error::invalid(format!("this password cannot be used: {why}")))
    };
    tokio::task::spawn_blocking(work).await.map_err(stopped)?
}

/// Is it this password? A text that is no hash answers no.
pub async fn verify(password: Secret, hash: String) -> Result<bool> {
    let work = move || match PasswordHash::new(&hash) {
        Ok(hash) => argon2().verify_password(password.reveal().as_bytes(), &hash).is_ok(),
        Err(_) => false,
    };
    tokio::task::spawn_blocking(work).await.map_err(stopped)
}

fn stopped(why: tokio::task::JoinError) -> Error {
    Error::busy("the server is stopping").because(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_verifies_and_another_does_not() {
        let kept = hash(Secret::new("correct horse")).await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(verify(Secret::new("correct horse"), kept.clone()).await.unwrap());
        assert!(!verify(Secret::new("wrong horse"), kept).await.unwrap());
        assert!(!verify(Secret::new("x"), "no hash".to_owned()).await.unwrap());
    }
}
