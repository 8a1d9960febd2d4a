//! The web room over real HTTP on loopback: a real database, a real socket, a real client; only the ways out are values.

#![expect(clippy::unwrap_used, reason = "a scene that cannot go on fails")]

mod api;
mod before_signing_in;
mod book;
mod browser;
mod connecting;
mod consenting;
mod cross;
mod document;
mod first_run;
mod forms;
mod gateways;
mod house;
mod scale;
mod sign_in;
mod subscribing;
mod sweep;
mod vendors;
