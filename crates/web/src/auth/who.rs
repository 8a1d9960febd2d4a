//! Who a session or a token belongs to, read live.
use access::may::Actor;

use crate::ctx::{Ctx, Known};
use crate::problem::Problem;

/// By a browser's session.
pub(crate) async fn by_session(_ctx: &Ctx, _token: &str) -> Result<Option<(Known, Actor)>, Problem> {
    Ok(None)
}

/// By a program's token.
pub(crate) async fn by_token(_ctx: &Ctx, _token: &str) -> Result<Option<(Known, Actor)>, Problem> {
    Ok(None)
}

/// Is the session still good?
pub(crate) async fn still(_ctx: &Ctx) -> bool {
    false
}
