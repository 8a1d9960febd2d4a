//! Answers people and programs: JSON API, operator's pages, member's portal.
//!
//! In: HTTP. Out: HTTP. Everything that may be asked is in one registry ([`registry::all`]), from which the router, the
//! OpenAPI document and the sweep of routes × actors are made.
//! Always: default deny; a vendor is never named or called here, the ways out arrive as values ([`outside::Outside`]);
//! status codes live here and in no other room but the connectors; sentences live in [`words`].

pub mod access_facts;
pub mod admin;
pub mod api;
pub mod app;
pub mod assets;
pub mod auth;
pub mod body;
pub mod book;
pub mod connect;
pub mod ctx;
pub mod disconnect;
pub mod fields;
mod guard;
pub mod hooks;
pub mod live;
pub mod openapi;
pub mod outside;
pub mod page;
pub mod portal;
pub mod problem;
mod refused_press;
pub mod registry;
pub mod scope;
pub mod security;
mod trip;
pub mod validate;
pub mod wire;
pub mod words;

pub use app::{App, Demo, DemoLink, Settings, router, serve};
pub use ctx::Ctx;
pub use fields::Fields;
pub use outside::Outside;
pub use page::{Page, render, render_again};
pub use problem::Problem;
pub use registry::{Needs, Route, Surface};
