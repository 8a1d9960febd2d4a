//! The few things in which the two databases differ: opening, verifying, taking turns at writing, claiming work.

pub(crate) mod postgres;
pub(crate) mod sqlite;
