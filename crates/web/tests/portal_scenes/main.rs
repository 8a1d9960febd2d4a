//! Scenes of the member's portal: a real server on loopback, a real store in a temporary file, a clock that stands still,
//! and a vendor that is one closure.

#![allow(clippy::unwrap_used, reason = "a scene that cannot go on fails")]

mod access;
mod actor;
mod booking;
mod key;
mod membership;
mod world;
