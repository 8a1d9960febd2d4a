//! The contract facts that the simulated Salto KS plays, one named test each, over real HTTP.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod administering;
mod console;
mod kit;
mod opening;
mod phones;
mod presenting;
mod signing_in;
mod streaming;
