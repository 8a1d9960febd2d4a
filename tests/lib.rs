//! Shared parts of the suite: a house with everything in it.
//!
//! In: domain verbs. Out: what happens at the vendor. Why so: a scene reads as prose, and its last question goes to the simulator.

pub mod house;

pub use house::House;
