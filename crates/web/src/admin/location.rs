//! POST /admin/location: which location's pages are shown, kept in a cookie of this browser.

use access::id::LocationId;
use access::may::{Action, Object};
use axum::response::Response;

use crate::ctx::{Ctx, LOCATION_COOKIE};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::registry::Route;
use crate::security;

/// The switcher.
pub(crate) fn route() -> Route {
    Route::form("/admin/location", Action::TodayRead).to(choose)
}

/// A year; the choice is only a convenience.
const KEPT_S: i64 = 365 * 24 * 3600;

async fn choose(ctx: Ctx, form: Fields) -> Result<Response, Problem> {
    let back = security::safe_next(form.value("back")).unwrap_or("/admin").to_owned();
    let chosen = match form.value("location") {
        "" => String::new(),
        id => {
            let id: LocationId = id.parse().map_err(|_| Problem::not_found())?;
            let mut tx = ctx.store().read().await?;
            store::location::read(&mut tx, ctx.network(), id).await?;
            ctx.allow(Action::TodayRead, &Object::At(id))?;
            id.to_string()
        }
    };
    Ok(ctx.with_cookie(ctx.go(&back), LOCATION_COOKIE, &chosen, Some(KEPT_S)))
}
