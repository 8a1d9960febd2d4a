//! Where logins are kept, as this room sees it: a secret that changes by itself is borrowed, renewed and given back.
//!
//! In: which login. Out: its secret as it is now. Why so: a vendor that hands out a new refresh token with every renewal takes the old
//! one back at once; of several tasks and processes only one may renew, and the new one must lie in the database before it is used.
//! Not here: the database (the worker implements this trait over the store).

use std::fmt::Debug;
use std::pin::Pin;

use access::id::{NetworkId, VendorLoginId};
use access::vendor::Secret;

use crate::trouble::Trouble;

/// Which stored login.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LoginKey {
    /// Tenant.
    pub network: NetworkId,
    /// The login.
    pub login: VendorLoginId,
}

/// What came of asking for a login.
#[derive(Clone, Debug)]
pub enum Borrowed {
    /// It is yours until you give it back, or for half a minute.
    Yours(Secret),
    /// Somebody else renews it just now; ask again in a moment.
    Elsewhere,
}

/// A trip to the database.
pub type Trip<'a, T> = Pin<Box<dyn Future<Output = Result<T, Trouble>> + Send + 'a>>;

/// Keeps logins. A trait, because the one that keeps them is a room above.
pub trait Vault: Debug + Send + Sync {
    /// Takes the login for a renewal; nobody else gets it meanwhile.
    fn borrow(&self, key: LoginKey) -> Trip<'_, Borrowed>;
    /// Gives it back: with its new secret, which is kept in the same transaction, or unchanged.
    fn give_back(&self, key: LoginKey, changed: Option<Secret>) -> Trip<'_, ()>;
}
