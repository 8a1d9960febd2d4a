//! # Simulators: play the vendors and a mail server
//!
//! Each simulator is a real server on a real socket with state of its own in memory. Production code cannot tell the
//! difference, and tests ask the last question here: does this door open for this person now?
//!
//! Always so: nothing of ours is imported; a simulator is written from the vendor's contract, never from our client;
//! time comes from a [`clock::SimClock`] that tests and the demo can move.

pub mod clock;
mod dials;
pub mod fault;
mod html;
pub mod kisi;
pub mod mail;
pub mod salto;
mod socket;
pub mod tapkey;
mod wire;
