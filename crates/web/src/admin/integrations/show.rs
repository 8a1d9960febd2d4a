//! GET /admin/integrations/{integration}: health, groups with hygiene, doors, findings; its rounds; its door events.

use std::collections::BTreeSet;

use access::facts::{Facts, IntegrationState};
use access::id::IntegrationId;
use access::may::{Action, Object};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use jiff::tz::TimeZone;
use serde::Deserialize;
use store::facts::As;
use store::integration::{Integration, Status};
use store::{Listed, Page as Part, Tx};

use super::rows::{Door, Group, Round, Step};
use crate::admin::parts::audit::Changed;
use crate::admin::parts::choice::Tab;
use crate::admin::parts::paging::{self, Pager, address};
use crate::admin::parts::places::Places;
use crate::admin::parts::states;
use crate::admin::parts::troubles::{Event, Trouble};
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render};
use crate::problem::Problem;
use crate::registry::Route;
use crate::words;
use crate::words::dates;
use crate::words::names::Names;
use crate::words::reasons::visible_to;

/// An integration's page.
pub(crate) fn route() -> Route {
    Route::page("/admin/integrations/{integration}", Action::IntegrationsRead).to(show)
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    tab: String,
    #[serde(default)]
    fresh: String,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/integrations/show.html")]
struct ShowPage {
    page: Page,
    title: String,
    account: String,
    href: String,
    state: &'static str,
    word: &'static str,
    may_change: bool,
    running: bool,
    leaving: bool,
    reconnectable: bool,
    reconnect_href: String,
    compare_action: String,
    choices_href: String,
    disconnect_href: String,
    left_href: String,
    /// Empty where gateways need no activation.
    gateways_href: String,
    fresh: bool,
    tab: &'static str,
    tabs: Vec<Tab>,
    stats: Vec<Stat>,
    groups: Vec<Group>,
    doors: Vec<Door>,
    findings: Vec<Trouble>,
    about: Vec<Changed>,
    rounds: Vec<Round>,
    events: Vec<Event>,
    pager: Pager,
    form: Fields,
}

/// A figure.
struct Stat {
    label: &'static str,
    value: String,
    detail: String,
    icon: &'static str,
    state: &'static str,
    href: String,
}

async fn show(ctx: Ctx, Path(id): Path<IntegrationId>, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let network = ctx.network();
    let mut tx = ctx.store().read().await?;
    let integration = super::read(&mut tx, &ctx, id, Action::IntegrationsRead).await?;
    let details = &integration.details;
    let places = Places::read(&mut tx, &ctx).await?;
    let zone = places.zone(details.location);
    let status = store::integration::status(&mut tx, network, id).await?;
    let facts = store::facts::load_network(&mut tx, network, As::Known { now: ctx.now }).await?;
    let names = Names::of(&facts);
    let open = store::finding::open_of(&mut tx, network, id).await?;
    let href = format!("/admin/integrations/{id}");
    let name = super::vendor_name(&ctx, &details.vendor).to_owned();
    let account = match details.login {
        Some(login) => store::vendor_login::read(&mut tx, network, login).await?.shown,
        None => String::new(),
    };
    let tab = match asked.tab.as_str() {
        "rounds" => "rounds",
        "events" => "events",
        _ => "overview",
    };
    let mut page = ShowPage {
        page: ctx.page(&name, "integrations").await?,
        title: format!("{name} · {}", places.name(details.location)),
        state: states::integration(details.state).0,
        word: states::integration(details.state).1,
        may_change: ctx
            .allow(Action::IntegrationsWrite, &Object::At(details.location))
            .is_ok(),
        running: matches!(
            details.state,
            IntegrationState::Connected | IntegrationState::NeedsSignIn
        ),
        leaving: matches!(details.state, IntegrationState::Leaving | IntegrationState::RunningOut),
        reconnectable: matches!(
            details.state,
            IntegrationState::NeedsSignIn | IntegrationState::Disconnected
        ),
        reconnect_href: format!("{href}/reconnect"),
        compare_action: format!("{href}/compare"),
        choices_href: format!("{href}/choices"),
        disconnect_href: format!("{href}/disconnect"),
        left_href: format!("{href}/left"),
        gateways_href: if ctx.outside().vendor(&details.vendor).is_some_and(|row| row.gateways) {
            format!("{href}/gateways")
        } else {
            String::new()
        },
        fresh: !asked.fresh.is_empty(),
        tab,
        tabs: tabs(&href, tab, open.len()),
        stats: Vec::new(),
        groups: Vec::new(),
        doors: Vec::new(),
        findings: open.iter().map(|finding| Trouble::of(finding, &names)).collect(),
        about: about(&integration, &account, &status, &ctx, &zone),
        rounds: Vec::new(),
        events: Vec::new(),
        pager: Pager::default(),
        form: Fields::new(),
        account,
        href,
    };
    match tab {
        "rounds" => {
            let effective = ctx.outside().vendor(&details.vendor).map_or("", |row| row.effective);
            let listed = rounds(&mut tx, &ctx, id, &names, effective, &zone, asked.after.as_deref()).await?;
            let kept = [("tab", "rounds")];
            page.pager = Pager::of(&page.href, &kept, asked.after.as_deref(), &listed, "round", "rounds");
            page.rounds = listed.rows;
        }
        "events" => {
            let listed = events(&mut tx, &ctx, id, &facts, &zone, asked.after.as_deref()).await?;
            let kept = [("tab", "events")];
            page.pager = Pager::of(&page.href, &kept, asked.after.as_deref(), &listed, "event", "events");
            page.events = listed.rows;
        }
        _ => overview(&mut tx, &ctx, &integration, &facts, &status, &zone, &mut page).await?,
    }
    drop(tx);
    render(&page)
}

fn tabs(href: &str, tab: &str, findings: usize) -> Vec<Tab> {
    let one = |word: &str, label: &str| {
        let to = if word == "overview" {
            href.to_owned()
        } else {
            address(href, &[("tab", word)])
        };
        Tab::new(to, label, tab == word)
    };
    let mut overview = one("overview", "Overview");
    if findings > 0 {
        overview.count = findings.to_string();
    }
    vec![overview, one("rounds", "Rounds"), one("events", "Door events")]
}

async fn overview(
    tx: &mut Tx,
    ctx: &Ctx,
    integration: &Integration,
    facts: &Facts,
    status: &Status,
    zone: &TimeZone,
    page: &mut ShowPage,
) -> Result<(), Problem> {
    let (network, id) = (ctx.network(), integration.id);
    // Right after a site was chosen, what was read before still lists the others.
    let chosen = |site: &Option<String>| {
        site.is_none() || integration.details.site.is_none() || *site == integration.details.site
    };
    let mut doors = store::group::doors(tx, network, id).await?;
    doors.retain(|door| chosen(&door.site));
    let mut groups = store::group::list(tx, network, id).await?;
    groups.retain(|group| chosen(&group.site));
    let rows = store::grant::live(tx, network, id).await?;
    let held: Vec<_> = rows.iter().filter(|row| row.held.is_some()).collect();
    let people: BTreeSet<_> = held.iter().map(|row| row.person).collect();
    let waiting = rows.iter().filter(|row| row.is_open()).count();
    let live: Vec<_> = doors.iter().filter(|door| !door.gone).collect();
    let offline = live.iter().filter(|door| door.online == Some(false)).count();
    let (health, detail, state) = match (&status.last_error, status.last_round_at) {
        (Some(error), _) => ("Trouble".to_owned(), error.clone(), "refused"),
        (None, Some(at)) => (
            "Well".to_owned(),
            format!("Compared {}", dates::relative(at, ctx.now, zone)),
            "open",
        ),
        (None, None) => ("New".to_owned(), "Not compared yet".to_owned(), "scheduled"),
    };
    let here = page.href.clone();
    let rounds_href = address(&here, &[("tab", "rounds")]);
    let stat = |label, value: String, detail: String, icon, state| Stat {
        label,
        value,
        detail,
        icon,
        state,
        href: String::new(),
    };
    page.stats = vec![
        Stat {
            label: "Health",
            value: health,
            detail,
            icon: "shield-check",
            state,
            href: rounds_href,
        },
        stat(
            "People with access",
            people.len().to_string(),
            words::count(held.len(), "grant held", "grants held"),
            "users",
            "",
        ),
        stat(
            "Doors",
            live.len().to_string(),
            if offline == 0 {
                "None offline".to_owned()
            } else {
                format!("{offline} offline")
            },
            "door-closed",
            if offline == 0 { "" } else { "attention" },
        ),
        stat(
            "On the way",
            waiting.to_string(),
            "Not acknowledged yet".to_owned(),
            "hourglass",
            if waiting == 0 { "" } else { "scheduled" },
        ),
    ];
    // What vanished, or is of a site that was not chosen, is told only where something still names it.
    let told = |group: &Group| !group.replace_href.is_empty();
    let groups = groups.iter().map(|row| (row.gone, Group::of(row, &doors, facts)));
    page.groups = groups
        .filter(|(gone, group)| !gone || told(group))
        .map(|(_, group)| group)
        .collect();
    page.groups.sort_by_key(|group| group.state == "quiet");
    page.doors = live.iter().map(|door| Door::of(door)).collect();
    Ok(())
}

async fn rounds(
    tx: &mut Tx,
    ctx: &Ctx,
    id: IntegrationId,
    names: &Names,
    effective: &str,
    zone: &TimeZone,
    after: Option<&str>,
) -> Result<Listed<Round>, Problem> {
    let part = Part {
        limit: 20,
        after: after.filter(|text| !text.is_empty()).map(str::to_owned),
    };
    let listed = store::round::list(tx, ctx.network(), id, &part).await?;
    let mut rows: Vec<Round> = listed.rows.iter().map(|row| Round::of(row, names, ctx, zone)).collect();
    for (round, row) in rows.iter_mut().zip(&listed.rows) {
        if row.changes > 0 {
            let changes = store::round::changes(tx, ctx.network(), round.id).await?;
            round.changes = changes
                .iter()
                .map(|change| Step::of(change, names, effective, (ctx, zone)))
                .collect();
        }
    }
    Ok(Listed {
        rows,
        next: listed.next,
    })
}

async fn events(
    tx: &mut Tx,
    ctx: &Ctx,
    id: IntegrationId,
    facts: &Facts,
    zone: &TimeZone,
    after: Option<&str>,
) -> Result<Listed<Event>, Problem> {
    let listed = store::door_event::of_integration(tx, ctx.network(), id, &paging::part(after)).await?;
    Ok(Listed {
        rows: listed
            .rows
            .iter()
            .map(|event| Event::of(event, facts, ctx, zone))
            .collect(),
        next: listed.next,
    })
}

fn about(integration: &Integration, account: &str, status: &Status, ctx: &Ctx, zone: &TimeZone) -> Vec<Changed> {
    let details = &integration.details;
    let line = |name: &str, text: String| Changed {
        name: name.to_owned(),
        before: String::new(),
        after: text,
    };
    let mut about = vec![
        line(
            "Account",
            if account.is_empty() {
                "None".to_owned()
            } else {
                account.to_owned()
            },
        ),
        line(
            "Site",
            match (&details.site, &details.site_name) {
                (None, _) => "All sites".to_owned(),
                (Some(_), Some(name)) => name.clone(),
                (Some(site), None) => site.clone(),
            },
        ),
        line("Access page", format!("Shown to {}", visible_to(details.visibility))),
    ];
    if let Some(seats) = status.seats {
        about.push(line(
            "Seats",
            format!("{} of {} taken at the last full reading", seats.used, seats.bought),
        ));
    }
    if let Some(at) = status.last_complete_at {
        about.push(line("Fully read", dates::relative(at, ctx.now, zone)));
    }
    if let (Some(error), Some(at)) = (&status.last_error, status.last_error_at) {
        about.push(line(
            "Last trouble",
            format!("{error} ({})", dates::relative(at, ctx.now, zone)),
        ));
    }
    if let Some(vendor) = ctx.outside().vendor(&details.vendor) {
        about.push(line("Revocations", vendor.effective.to_owned()));
        about.push(line("Offline", vendor.offline.to_owned()));
    }
    about
}
