//! POST /admin/subscriptions/{subscription}/dates, …/cancel (on a day), …/cancel-now (P-5, P-20).

use access::id::SubscriptionId;
use access::may::Action;
use axum::extract::Path;
use axum::response::Response;

use super::show;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::render_again;
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::dates;

/// The three steps.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::form("/admin/subscriptions/{subscription}/dates", Action::SubscriptionsWrite).to(change),
        Route::form("/admin/subscriptions/{subscription}/cancel", Action::SubscriptionsWrite).to(cancel_on),
        Route::form(
            "/admin/subscriptions/{subscription}/cancel-now",
            Action::SubscriptionsWrite,
        )
        .to(cancel_now),
    ]
}

async fn change(ctx: Ctx, Path(id): Path<SubscriptionId>, mut form: Fields) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let one = super::read(&mut tx, &ctx, id, Action::SubscriptionsWrite).await?;
    let (starts_on, ends_on) = (form.date("starts_on"), form.optional_date("ends_on"));
    if let (Some(starts), Some(ends)) = (starts_on, ends_on)
        && ends < starts
    {
        form.wrong("ends_on", "The last day lies before the first.");
    }
    if let (true, Some(starts_on)) = (form.ok(), starts_on) {
        store::subscription::change_dates(&mut tx, &ctx.act(), id, starts_on, ends_on).await?;
        tx.commit().await?;
        return Ok(ctx.go_with(
            &format!("/admin/subscriptions/{id}"),
            "open",
            "Saved. The doors follow at once.",
        ));
    }
    tx.roll_back().await?;
    let mut tx = ctx.store().read().await?;
    render_again(&show::page(&mut tx, &ctx, &one, form).await?)
}

/// Cancelled at the end of a day, as its last one.
async fn cancel_on(ctx: Ctx, Path(id): Path<SubscriptionId>, mut form: Fields) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let one = super::read(&mut tx, &ctx, id, Action::SubscriptionsWrite).await?;
    let zone = show::zone(&mut tx, &ctx, &one).await?;
    let last_day = form.date("last_day");
    if last_day.is_some_and(|day| zone.day_end(day) <= ctx.now) {
        form.wrong(
            "last_day",
            "This day is over. Cancel it now instead, or choose a later day.",
        );
    }
    if last_day.is_some_and(|day| day < one.starts_on) {
        form.wrong(
            "last_day",
            "It starts later than that. Cancel it now instead, or choose a later day.",
        );
    }
    if let (true, Some(day)) = (form.ok(), last_day) {
        store::subscription::cancel(&mut tx, &ctx.act(), id, Some(zone.day_end(day))).await?;
        tx.commit().await?;
        let tz = show::tz(&mut ctx.store().read().await?, &ctx, &one).await?;
        let text = format!("It ends with {}. Doors open until then.", dates::day(day, ctx.now, &tz));
        return Ok(ctx.go_with(&format!("/admin/subscriptions/{id}"), "scheduled", text));
    }
    tx.roll_back().await?;
    form.set("starts_on", one.starts_on.to_string());
    if let Some(ends_on) = one.ends_on {
        form.set("ends_on", ends_on.to_string());
    }
    let mut tx = ctx.store().read().await?;
    render_again(&show::page(&mut tx, &ctx, &one, form).await?)
}

async fn cancel_now(ctx: Ctx, Path(id): Path<SubscriptionId>) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    super::read(&mut tx, &ctx, id, Action::SubscriptionsWrite).await?;
    store::subscription::cancel(&mut tx, &ctx.act(), id, Some(ctx.now)).await?;
    tx.commit().await?;
    let text = "Cancelled. What it opened is being taken away now.";
    Ok(ctx.go_with(&format!("/admin/subscriptions/{id}"), "quiet", text))
}
