//! Reaches the vendors: one folder each; nobody else knows a vendor's words.
//!
//! In: desired and observed state, changes, doors to open. Out: comparisons, receipts, observations, door events.
//! Why so: two pure questions and four trips are the whole surface, so the worker is the same for every vendor.
//! Always: [`Connector::compare`] is pure; every trip makes bounded calls through the login's limiter; a step may be repeated without
//! harm; what we did not make at a vendor is never touched (P-30).
//! Not here: deciding who may come in (`access`), when to try again (`worker`), any storage.

mod compare;
pub mod http;
pub mod kisi;
pub mod limiter;
mod memory;
mod notes;
mod oauth;
mod pace;
pub mod port;
pub mod salto;
pub mod tapkey;
pub mod trouble;
pub mod vault;
pub mod vendors;
mod way;

pub use limiter::Lane;
pub use memory::Memory;
pub use port::{
    Aim, Applied, Connector, Connectors, DoorEvents, KeyLogin, KnownDoor, KnownGroup, Listening, Login, LookedUp,
    Outcome, Question, Repeat, Scope, SeenEvent, SeenPress, SeenWhat, Settings, Step, WebhookHint, WebhookState,
};
pub use trouble::{Kind, Trouble};
