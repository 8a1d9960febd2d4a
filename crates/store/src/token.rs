//! Bearer tokens at rest: only the SHA-256 of a 256-bit token is stored.
//!
//! Why so: a token of 256 random bits needs no slow hash; a copied database signs nobody in.

use access::vendor::Secret;
use sha2::{Digest, Sha256};

use crate::chance::hex;

/// What is kept of a token (or of a long one-time link): 64 hexadecimal digits.
pub fn hash(token: &Secret) -> String {
    hex(&Sha256::digest(token.reveal().as_bytes()))
}

/// What is kept of a short code: bound to whom it was sent, so that equal codes do not look equal.
pub fn hash_for(whom: &str, code: &Secret) -> String {
    hex(&Sha256::digest(format!("{whom}|{}", code.reveal()).as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_sha_256() {
        assert_eq!(
            hash(&Secret::new("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_ne!(
            hash_for("a", &Secret::new("123456")),
            hash_for("b", &Secret::new("123456"))
        );
    }
}
