//! GET and POST /admin/integrations/{integration}/disconnect: with the choice of what becomes of what was granted (P-37).

use std::collections::BTreeSet;

use access::id::IntegrationId;
use access::may::Action;
use access::vendor::{Abilities, DisconnectWith};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use store::Tx;
use store::grant::Grant;

use crate::admin::parts::choice::{Choice, as_typed};
use crate::ctx::Ctx;
use crate::disconnect as desk;
use crate::fields::Fields;
use crate::page::{Page, render, render_again};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words::connecting::Ends;
use crate::words::{self, connecting};

/// The form, and what it submits to.
pub(crate) fn routes() -> Vec<Route> {
    let path = "/admin/integrations/{integration}/disconnect";
    vec![
        Route::page(path, Action::IntegrationsWrite).to(show),
        Route::form(path, Action::IntegrationsWrite).to(submit),
    ]
}

#[derive(Template)]
#[template(path = "admin/integrations/disconnect.html")]
struct DisconnectPage {
    page: Page,
    title: String,
    held: String,
    back_href: String,
    back_label: String,
    action: String,
    options: Vec<Choice>,
    aside: &'static str,
    form: Fields,
}

const CHOICES: [(&str, DisconnectWith); 3] = [
    ("leave", DisconnectWith::Leave),
    ("run_out", DisconnectWith::RunOut),
    ("revoke", DisconnectWith::Revoke),
];

async fn page(tx: &mut Tx, ctx: &Ctx, id: IntegrationId, form: Fields) -> Result<DisconnectPage, Problem> {
    let details = super::read(tx, ctx, id, Action::IntegrationsWrite).await?.details;
    let name = super::vendor_name(ctx, &details.vendor);
    let rows = store::grant::live(tx, ctx.network(), id).await?;
    let held: Vec<_> = rows.iter().filter(|row| row.held.is_some()).collect();
    let people: BTreeSet<_> = held.iter().map(|row| row.person).collect();
    let row = ctx.outside().vendor(&details.vendor);
    let ends = ends_at(row, endless(&rows));
    let effective = row.map_or(String::new(), |row| format!(" {}", row.effective));
    let option = |(word, with): &(&str, DisconnectWith)| {
        let (label, means) = connecting::disconnect(*with, ends);
        let numbers = match with {
            DisconnectWith::RunOut if matches!(ends, Ends::ByHand) => String::new(),
            DisconnectWith::Leave => format!("{} stay.", words::count(held.len(), "grant", "grants")),
            DisconnectWith::RunOut => {
                format!("{} run out by themselves.", words::count(held.len(), "grant", "grants"))
            }
            DisconnectWith::Revoke => format!(
                "{} are taken away; {} lose their doors here.{effective}",
                words::count(held.len(), "grant", "grants"),
                words::count(people.len(), "person", "people")
            ),
        };
        Choice::new(word, label).hint(format!("{means} {numbers}"))
    };
    let href = format!("/admin/integrations/{id}");
    Ok(DisconnectPage {
        page: ctx.page(&format!("Disconnect {name}"), "integrations").await?,
        title: format!("Disconnect {name}?"),
        held: format!(
            "{} hold {} there that we made",
            words::count(people.len(), "person", "people"),
            words::count(held.len(), "grant", "grants")
        ),
        back_label: name.to_owned(),
        action: format!("{href}/disconnect"),
        back_href: href,
        options: as_typed(CHOICES.iter().map(option), &form, "with"),
        aside: "From this moment on nothing new is granted here. Plans and resources keep their groups, so that connecting the \
                same account again brings everything back.",
        form,
    })
}

async fn show(ctx: Ctx, Path(id): Path<IntegrationId>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    render(&page(&mut tx, &ctx, id, Fields::of([("with", "leave")])).await?)
}

async fn submit(ctx: Ctx, Path(id): Path<IntegrationId>, mut form: Fields) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    super::read(&mut tx, &ctx, id, Action::IntegrationsWrite).await?;
    let Some(with) = form.one_of("with", &CHOICES) else {
        return render_again(&page(&mut tx, &ctx, id, form).await?);
    };
    let details = store::integration::read(&mut tx, ctx.network(), id).await?.details;
    let rows = store::grant::live(&mut tx, ctx.network(), id).await?;
    let ends = ends_at(ctx.outside().vendor(&details.vendor), endless(&rows));
    desk::disconnect(&ctx, &mut tx, id, with).await?;
    tx.commit().await?;
    let text = connecting::disconnecting(with, ends);
    Ok(ctx.go_with(&format!("/admin/integrations/{id}"), "quiet", text))
}

/// How many grants have no end at the vendor.
fn endless(rows: &[Grant]) -> usize {
    let without_end = |row: &&Grant| row.held.is_some_and(|held| held.until.is_open());
    rows.iter().filter(without_end).count()
}

/// Does what is held end there by itself?
fn ends_at(vendor: Option<&Abilities>, endless: usize) -> Ends {
    match vendor {
        Some(row) if row.native_windows && endless == 0 => Ends::Alone {
            lease_days: row.lease_s / 86_400,
        },
        Some(_) | None => Ends::ByHand,
    }
}
