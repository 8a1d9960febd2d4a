//! Remembers: the only room with SQL, for SQLite and PostgreSQL alike.
//!
//! In: typed requests with the tenant first. Out: rows, and [`facts`], the input of every decision, for now or for any past
//! instant. Why so: the rest of the house never sees SQL, engines or columns.
//! Always: whatever can alter access writes row, audit entry and wake-ups in one transaction ([`record`]); `Ok` from a
//! commit means durable; what one network stored cannot be read or changed through another's id.

pub mod account;
pub mod api_token;
pub mod audit;
pub mod booking;
mod by_ids;
pub mod chance;
pub mod clock;
pub mod company;
mod concerned;
pub mod door_event;
mod engine;
pub mod error;
pub mod facts;
pub mod finding;
pub mod grant;
pub mod group;
pub mod holder;
pub mod idempotency;
pub mod inbox;
pub mod integration;
pub mod lease;
pub mod location;
pub mod mail;
pub mod network;
pub mod password;
pub mod person;
pub mod plan;
pub mod record;
pub mod resource;
pub mod round;
pub mod seal;
pub mod session;
pub mod sign_in;
pub mod sql;
pub mod standing;
mod store;
pub mod subscription;
pub mod testing;
pub mod token;
pub mod turn;
pub mod vendor_login;
mod version;
pub mod wakeup;

pub use clock::Clock;
pub use error::{Error, Kind, Result};
pub use seal::SealKey;
pub use sql::{Listed, Page, Tx};
pub use store::Store;
