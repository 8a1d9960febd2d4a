//! `POST /portal/key/{integration}/unlink`: forgets the member's login at the vendor, whether or not a key is still offered.

use access::id::IntegrationId;
use access::may::Action;
use access::vendor::{KeyAct, KeyRefusal, KeySeen};
use axum::response::Response;

use super::journey::Journey;
use super::screens;
use crate::body::Id;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::digital_key as words;

/// The form.
pub fn route() -> Route {
    Route::portal_form("/portal/key/{integration}/unlink", Action::ViewOwn).to(unlink)
}

async fn unlink(ctx: Ctx, Id(id): Id<IntegrationId>) -> Result<Response, Problem> {
    let journey = Journey::load(&ctx, id).await?;
    let why = match (ctx.outside().key)(journey.owner(&ctx), KeyAct::Unlink).await {
        KeySeen::Unlinked => return Ok(ctx.go_with(&journey.href(""), "quiet", words::REMOVED)),
        KeySeen::Refused { why, .. } => why,
        KeySeen::Go { .. } | KeySeen::Linked | KeySeen::Key { .. } => KeyRefusal::VendorError,
    };
    Ok(ctx.go(&journey.href(&format!("?said={}", screens::refused(why)))))
}
