//! The Tapkey connector against the simulated Tapkey: each fact of the contract it relies on, as one scene (contract §10.4).
//!
//! Strange properties come now and then in every scene, since the contract promises them. § are sections of Tapkey's contract.

mod connecting;
mod events;
mod giving;
mod kit;
mod reading;
mod renewing;
mod trouble;
mod user_groups;
