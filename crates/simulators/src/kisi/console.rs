//! The console page.
use std::sync::Arc;

use axum::Router;
use serde_json::{Value, json};

use super::server::Shared;
use super::state::World;

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
}
pub(super) fn state(world: &World) -> Value {
    json!({"users": world.users.len()})
}
