//! Decides who may open what, when and why.
//!
//! In: [`facts::Facts`] and an [`Instant`]. Out: causes, grants, decisions, timelines, each with its reasons.
//! Why so: the worker makes vendors agree with what this room computes, and the same functions explain it,
//! so what happens at a door and what we say about it cannot differ (P-28).
//! Always: no I/O, no async, no clock, no chance, no vendor names. `now` is an argument.

mod at_vendor;
pub mod booking;
pub mod causes;
mod chain;
pub mod change;
pub mod decision;
pub mod digital_key;
pub mod facts;
pub mod grants;
pub mod id;
pub mod index;
pub mod instant;
pub mod may;
pub mod schedule;
pub mod timeline;
pub mod vendor;
pub mod window;
pub mod zone;

pub use instant::Instant;
pub use window::{Window, Windows};
