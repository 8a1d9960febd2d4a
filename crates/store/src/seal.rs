//! Seals vendor secrets and second factors at rest (reliability: XChaCha20-Poly1305).
//!
//! In: a 32-byte key from the binary, a secret, and where it will lie (table, row, tenant). Out: text for a column.
//! Why so: a copied database opens no doors, and a sealed text moved to another row or tenant does not open.
//! Always: the text starts with its version, so keys and algorithms can change later; the place is authenticated.

use access::id::NetworkId;
use access::vendor::Secret;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use crate::chance::{bytes, hex, unhex};
use crate::error::{Error, Result};

/// The key that seals; never shown, never stored.
#[derive(Clone)]
pub struct SealKey(Box<[u8; 32]>);

impl SealKey {
    /// From 32 bytes of chance that the operator keeps.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Box::new(bytes))
    }

    /// A new one by chance, for a first start and for tests.
    pub fn random() -> Self {
        Self::new(bytes())
    }

    /// From 64 hexadecimal digits, as kept in a key file.
    pub fn from_hex(text: &str) -> Result<Self> {
        unhex(text.trim())
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self::new)
            .ok_or_else(|| Error::invalid("the sealing key must be 64 hexadecimal digits"))
    }

    /// As kept in a key file: 64 hexadecimal digits.
    pub fn to_hex(&self) -> Secret {
        Secret::new(hex(self.0.as_slice()))
    }

    /// Seals a secret for one place.
    pub(crate) fn seal(&self, table: &str, row: &str, network: NetworkId, secret: &Secret) -> String {
        let nonce = bytes::<24>();
        let place = place(table, row, network);
        let payload = Payload {
            msg: secret.reveal().as_bytes(),
            aad: place.as_bytes(),
        };
        let sealed = XChaCha20Poly1305::new((&*self.0).into())
            .encrypt(&XNonce::from(nonce), payload)
            .expect("only texts beyond 256 GiB cannot be sealed");
        format!("v1:{}{}", hex(&nonce), hex(&sealed))
    }

    /// Opens what was sealed for this very place; fails for any other place, key or altered text.
    pub(crate) fn open(&self, table: &str, row: &str, network: NetworkId, sealed: &str) -> Result<Secret> {
        let failed = || {
            Error::database(format!(
                "the secret of {table} {row} does not open with this installation's key"
            ))
        };
        let bytes = sealed.strip_prefix("v1:").and_then(unhex).ok_or_else(failed)?;
        let (nonce, text) = bytes.split_first_chunk::<24>().ok_or_else(failed)?;
        let place = place(table, row, network);
        let opened = XChaCha20Poly1305::new((&*self.0).into())
            .decrypt(
                &XNonce::from(*nonce),
                Payload {
                    msg: text,
                    aad: place.as_bytes(),
                },
            )
            .map_err(|_| failed())?;
        String::from_utf8(opened).map(Secret::new).map_err(|_| failed())
    }
}

fn place(table: &str, row: &str, network: NetworkId) -> String {
    format!("{table}|{row}|{network}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use access::Instant;

    #[test]
    fn a_sealed_secret_opens_only_in_its_own_place_and_unaltered() {
        let key = SealKey::random();
        let (here, there) = (
            NetworkId::new(Instant::from_ms(1), 1),
            NetworkId::new(Instant::from_ms(1), 2),
        );
        let sealed = key.seal("vendor_login", "a", here, &Secret::new("s3cret"));
        assert_eq!(key.open("vendor_login", "a", here, &sealed).unwrap().reveal(), "s3cret");
        assert!(!sealed.contains("s3cret"));
        assert!(key.open("vendor_login", "b", here, &sealed).is_err());
        assert!(key.open("account", "a", here, &sealed).is_err());
        assert!(key.open("vendor_login", "a", there, &sealed).is_err());
        assert!(SealKey::random().open("vendor_login", "a", here, &sealed).is_err());
        let mut altered = sealed.clone();
        altered.pop();
        altered.push(if sealed.ends_with('0') { '1' } else { '0' });
        assert!(key.open("vendor_login", "a", here, &altered).is_err());
        assert!(key.open("vendor_login", "a", here, "v1:00").is_err());
    }

    #[test]
    fn a_key_reads_back_from_its_file() {
        let key = SealKey::random();
        assert_eq!(*SealKey::from_hex(key.to_hex().reveal()).unwrap().0, *key.0);
        assert!(SealKey::from_hex("abcd").is_err());
    }
}
