//! A member's digital key at Salto KS, act by act, against the simulated one (contract §3.2, §3.3, §5.13, §7).

#![expect(clippy::unwrap_used, reason = "a scene that cannot go on should say where")]

mod house;
mod linking;
mod phones;
