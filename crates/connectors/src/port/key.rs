//! A member's own login at a vendor, as [`super::Connector::key`] takes it (P-32).

use std::fmt;

use access::vendor::Secret;

use crate::vault::Trip;

/// Whose key it is, what is kept of their own login, and the way to keep it anew.
#[derive(Clone)]
pub struct KeyLogin<'a> {
    /// The vendor's id of their record, where one is known.
    pub external: Option<&'a str>,
    /// Their e-mail address.
    pub email: &'a str,
    /// What is kept of their login.
    pub kept: Option<Secret>,
    /// Keeps it anew; back when it is stored, since a vendor takes the one before back at once.
    pub keep: &'a (dyn Fn(Secret) -> Trip<'static, ()> + Send + Sync),
}

impl fmt::Debug for KeyLogin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyLogin")
            .field("external", &self.external)
            .finish_non_exhaustive()
    }
}
