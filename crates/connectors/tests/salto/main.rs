//! Contract tests of the Salto KS connector: each fact of the contract it relies on (§ numbers are that document's), asked at the
//! simulator, under the open questions' other answers too.

mod events;
mod giving;
mod kit;
mod opening;
mod reading;
mod renewing;
mod signing_in;
mod streaming;
#[path = "../conformance/vault.rs"]
mod vault;
