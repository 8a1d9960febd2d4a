//! POST /admin/people/{person}/suspend, …/reinstate, …/remove: where a person stands (P-25).
//!
//! What it takes away is said with numbers on the page that asks, from the grants of that moment.

use access::facts::PersonState;
use access::id::PersonId;
use access::may::Action;
use axum::extract::Path;
use axum::response::Response;

use crate::admin::parts::people;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// The three steps.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::form("/admin/people/{person}/suspend", Action::PeopleWrite).to(suspend),
        Route::form("/admin/people/{person}/reinstate", Action::PeopleWrite).to(reinstate),
        Route::form("/admin/people/{person}/remove", Action::PeopleWrite).to(remove),
    ]
}

async fn suspend(ctx: Ctx, Path(id): Path<PersonId>) -> Result<Response, Problem> {
    step(
        &ctx,
        id,
        PersonState::Suspended,
        "is suspended. Every door is being taken away now.",
    )
    .await
}

async fn reinstate(ctx: Ctx, Path(id): Path<PersonId>) -> Result<Response, Problem> {
    step(
        &ctx,
        id,
        PersonState::Active,
        "is active again, and gets back what they hold.",
    )
    .await
}

async fn remove(ctx: Ctx, Path(id): Path<PersonId>) -> Result<Response, Problem> {
    step(
        &ctx,
        id,
        PersonState::Removed,
        "is removed. Every door is being taken away now.",
    )
    .await
}

async fn step(ctx: &Ctx, id: PersonId, state: PersonState, came: &str) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    ctx.allow(Action::PeopleWrite, &people::object(&mut tx, ctx, id).await?)?;
    let person = store::person::read(&mut tx, ctx.network(), id).await?;
    if ctx.known().and_then(|known| known.person) == Some(id) && state != PersonState::Active {
        return Err(Problem::conflict(
            "You cannot suspend or remove yourself: nobody could let you back in.",
        ));
    }
    store::person::set_state(&mut tx, &ctx.act(), id, state).await?;
    tx.commit().await?;
    Ok(ctx.go_with(
        &format!("/admin/people/{id}"),
        "quiet",
        format!("{} {came}", person.details.name),
    ))
}
