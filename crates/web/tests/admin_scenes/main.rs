//! Scenes of the operator's pages: a real server on loopback, a real store in a temporary file, a clock that stands still, and a
//! vendor whose sign-in is one closure.

#![allow(clippy::unwrap_used, reason = "a scene that cannot go on fails")]

#[path = "../portal_scenes/actor.rs"]
mod actor;
mod bookings;
mod commerce;
mod integrations;
mod people;
mod seeing;
mod settings;
mod world;
