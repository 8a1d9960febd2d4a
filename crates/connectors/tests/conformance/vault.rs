//! A vault in memory: keeps logins the way the worker's does over the database, one borrower at a time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use access::Instant;
use access::id::{NetworkId, VendorLoginId};
use access::vendor::Secret;
use connectors::vault::{Borrowed, LoginKey, Trip, Vault};
use connectors::{Kind, Trouble};

/// Logins by key, and whether somebody has them.
#[derive(Debug, Default)]
pub struct MemoryVault(Mutex<HashMap<LoginKey, (Secret, bool)>>);

/// The key under which tests keep their login.
pub fn key(number: u128) -> LoginKey {
    let at = Instant::from_ms(0);
    LoginKey {
        network: NetworkId::new(at, number),
        login: VendorLoginId::new(at, number),
    }
}

impl MemoryVault {
    pub fn keep(&self, key: LoginKey, secret: Secret) {
        self.rows().insert(key, (secret, false));
    }

    pub fn kept(&self, key: LoginKey) -> Secret {
        self.rows()[&key].0.clone()
    }

    fn rows(&self) -> std::sync::MutexGuard<'_, HashMap<LoginKey, (Secret, bool)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Vault for MemoryVault {
    fn borrow(&self, key: LoginKey) -> Trip<'_, Borrowed> {
        Box::pin(async move {
            let mut rows = self.rows();
            let none = || Trouble::new("read the login", Kind::Invalid, "there is none");
            let (secret, is_out) = rows.get_mut(&key).ok_or_else(none)?;
            if std::mem::replace(is_out, true) {
                return Ok(Borrowed::Elsewhere);
            }
            Ok(Borrowed::Yours(secret.clone()))
        })
    }

    fn give_back(&self, key: LoginKey, changed: Option<Secret>) -> Trip<'_, ()> {
        Box::pin(async move {
            if let Some((secret, is_out)) = self.rows().get_mut(&key) {
                *is_out = false;
                changed.into_iter().for_each(|changed| *secret = changed);
            }
            Ok(())
        })
    }
}
