//! Logins that change by themselves, kept in the store for the connectors.
//!
//! In: which login. Out: its secret, for one renewal at a time over all processes; what the vendor made of it is committed before anybody
//! uses it. Why here: connectors know no database, the store knows no vendors.

use access::vendor::Secret;
use connectors::vault::{Borrowed, LoginKey, Trip, Vault};
use connectors::{Kind, Trouble};
use store::{Store, lease, vendor_login};

/// The store as the connectors see it.
#[derive(Clone)]
pub struct StoreVault {
    store: Store,
    /// This process, among those that share the database; within it each login has one session.
    token: String,
}

impl StoreVault {
    /// Over this store; one per process.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            token: lease::token(),
        }
    }
}

impl std::fmt::Debug for StoreVault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoreVault")
    }
}

impl Vault for StoreVault {
    fn borrow(&self, key: LoginKey) -> Trip<'_, Borrowed> {
        Box::pin(async move {
            let taken = async {
                let mut tx = self.store.write().await?;
                let taken = vendor_login::borrow(&mut tx, key.network, key.login, &self.token).await?;
                tx.commit().await?;
                store::Result::Ok(taken)
            };
            let taken = taken.await.map_err(trouble)?;
            Ok(taken.map_or(Borrowed::Elsewhere, Borrowed::Yours))
        })
    }

    fn give_back(&self, key: LoginKey, changed: Option<Secret>) -> Trip<'_, ()> {
        Box::pin(async move {
            let given = async {
                let mut tx = self.store.write().await?;
                vendor_login::give_back(&mut tx, key.network, key.login, &self.token, changed.as_ref()).await?;
                tx.commit().await
            };
            given.await.map_err(trouble)
        })
    }
}

/// A login that is not there any more was disconnected meanwhile; any other failure passes.
fn trouble(error: store::Error) -> Trouble {
    let kind = match error.kind {
        store::Kind::NotFound => Kind::SignInNeeded,
        _ => Kind::VendorDown,
    };
    Trouble::new("renew the login", kind, "our own database did not keep it").because(error)
}
