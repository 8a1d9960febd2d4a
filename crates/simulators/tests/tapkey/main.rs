//! The contract facts that the simulated Tapkey plays, one named test each, over real HTTP.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod breaking;
mod granting;
mod kit;
mod opening;
mod reading;
mod signing_in;
