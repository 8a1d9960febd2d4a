//! GET /admin/integrations: for each location a card for each vendor that could be, or is, its door system.

use access::facts::IntegrationState;
use access::may::Action;
use askama::Template;
use axum::response::Response;
use store::Page as Part;

use crate::admin::parts::places::Places;
use crate::admin::parts::states;
use crate::ctx::Ctx;
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words;
use crate::words::dates;

/// The cards.
pub(crate) fn route() -> Route {
    Route::page("/admin/integrations", Action::IntegrationsRead).to(show)
}

#[derive(Template)]
#[template(path = "admin/integrations/list.html")]
struct ListPage {
    page: Page,
    may_change: bool,
    locations: Vec<Location>,
}

struct Location {
    name: String,
    cards: Vec<Card>,
}

#[derive(Default)]
struct Card {
    name: String,
    account: String,
    state: &'static str,
    word: &'static str,
    findings: String,
    text: String,
    href: String,
    connect_href: String,
    connect_label: &'static str,
    connect_kind: &'static str,
}

async fn show(ctx: Ctx) -> Result<Response, Problem> {
    let network = ctx.network();
    let mut tx = ctx.store().read().await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let all = store::integration::list(&mut tx, network, None, &Part::longest())
        .await?
        .rows;
    let findings = store::finding::open(&mut tx, network).await?;
    let mut locations = Vec::new();
    for place in places
        .all
        .iter()
        .filter(|place| places.chosen().is_none_or(|chosen| chosen == place.id))
    {
        let zone = places.zone(place.id);
        let mut cards = Vec::new();
        for one in all.iter().filter(|one| one.details.location == place.id) {
            let status = store::integration::status(&mut tx, network, one.id).await?;
            let account = match one.details.login {
                Some(login) => store::vendor_login::read(&mut tx, network, login).await?.shown,
                None => String::new(),
            };
            let (state, word) = states::integration(one.details.state);
            let open = findings.iter().filter(|finding| finding.integration == one.id).count();
            let text = match (&status.last_error, status.last_round_at) {
                (Some(error), _) => format!("Last trouble: {error}"),
                (None, Some(at)) => format!("Last compared {}", dates::relative(at, ctx.now, &zone)),
                (None, None) => "Not compared yet".to_owned(),
            };
            let again = matches!(
                one.details.state,
                IntegrationState::NeedsSignIn | IntegrationState::Disconnected
            );
            cards.push(Card {
                name: super::vendor_name(&ctx, &one.details.vendor).to_owned(),
                account,
                state,
                word,
                findings: if open == 0 {
                    String::new()
                } else {
                    words::count(open, "thing to mend", "things to mend")
                },
                text,
                href: format!("/admin/integrations/{}", one.id),
                connect_href: if again {
                    format!("/admin/integrations/{}/reconnect", one.id)
                } else {
                    String::new()
                },
                connect_label: "Connect again",
                connect_kind: "primary",
            });
        }
        for vendor in &ctx.outside().vendors {
            if all
                .iter()
                .any(|one| one.details.location == place.id && one.details.vendor == vendor.vendor)
            {
                continue;
            }
            cards.push(Card {
                name: vendor.name.to_owned(),
                state: "quiet",
                word: "Not connected",
                text: "Connect an account, and plans and bookings here open its doors.".to_owned(),
                connect_href: format!("/admin/integrations/connect/{}/{}", place.id, vendor.vendor),
                connect_label: "Connect",
                connect_kind: "primary",
                ..Card::default()
            });
        }
        locations.push(Location {
            name: place.details.name.clone(),
            cards,
        });
    }
    drop(tx);
    render(&ListPage {
        may_change: ctx.may(Action::IntegrationsWrite),
        locations,
        page: ctx.page("Integrations", "integrations").await?,
    })
}
