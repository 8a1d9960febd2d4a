//! Founds the demo's coworking business through the store's own functions, as people would by the pages.
//!
//! In: the tables of the building and its contracts, the clock. Out: a network with everything in it; audit entries and wake-ups
//! come by themselves. Why so: what the demo shows was made by the same functions that make it in real life.
//! Always: few transactions; vendors are asked between them, never inside.

use std::collections::BTreeMap;

use access::facts::*;
use access::id::*;
use access::vendor::{Connected, Gateway, GatewayAct, GatewaysSeen, NewLogin, Secret};
use access::zone::Zone;
use access::{Instant, Window};
use serde_json::Value;
use store::record::{Act, Actor};
use store::resource::OpenTo;
use store::subscription::{NewItem, NewSubscription};
use store::{Store, Tx};
use worker::Worker;

use super::building::{self, At, COMPANIES, CompanyHolds, PEOPLE, PLANS, SITES, THINGS};
use super::contracts::{BOOKINGS, CONTRACTS, GUESTS, Holds, MEMBERS, OPERATOR, SUSPENDED};
use super::vendor::{self, Neighbours};

/// The operator's password at the demo's own pages, which listen on this machine only.
pub const OPERATOR_PASSWORD: &str = "harbor works demo";

type Named<T> = BTreeMap<&'static str, T>;

/// What later rows point to.
struct Made {
    act: Act,
    sites: Vec<(LocationId, Zone)>,
    groups: Named<AccessGroupId>,
    plans: Named<PlanId>,
    things: Named<(usize, ResourceId)>,
    people: Named<PersonId>,
}

/// Founds the business.
///
/// # Errors
/// A sentence about what could not be done.
pub async fn seed(store: &Store, worker: &Worker, around: &Neighbours, now: Instant) -> Result<NetworkId, String> {
    let failed = |why: store::Error| format!("The demo's business could not be founded: {why}");
    let mut tx = store.write().await.map_err(failed)?;
    let details = store::network::Details {
        name: "Harbor Works".into(),
        accent: "petrol".into(),
    };
    let network = store::network::create(&mut tx, now, &details).await.map_err(failed)?;
    let act = Act::new(network, now, Actor::Setup);
    let sites = locations(&mut tx, &act).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;

    let mut logins = Vec::with_capacity(SITES.len());
    for site in &SITES {
        logins.push(sign_in(worker, site.at).await?);
    }
    let mut tx = store.write().await.map_err(failed)?;
    let integrations = integrations(&mut tx, &act, &logins, &sites, &around.sites)
        .await
        .map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    // The first reading brings groups and doors.
    worker.settle().await.map_err(failed)?;
    for integration in &integrations {
        activate(worker, around, network, *integration).await?;
    }

    let password = store::password::hash(Secret::new(OPERATOR_PASSWORD))
        .await
        .map_err(failed)?;
    let mut tx = store.write().await.map_err(failed)?;
    let groups = groups(&mut tx, network, &integrations).await.map_err(failed)?;
    let none = BTreeMap::new;
    let mut made = Made {
        act,
        sites,
        groups,
        plans: none(),
        things: BTreeMap::new(),
        people: BTreeMap::new(),
    };
    on_offer(&mut tx, &mut made).await.map_err(failed)?;
    people(&mut tx, &mut made).await.map_err(failed)?;
    contracts(&mut tx, &made).await.map_err(failed)?;
    bookings(&mut tx, &made).await.map_err(failed)?;
    accounts(&mut tx, &made, &password).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(network)
}

/// Activates every gateway that has to be, with the PIN its vendor mailed, so that doors open from the Access page.
async fn activate(
    worker: &Worker,
    around: &Neighbours,
    network: NetworkId,
    integration: IntegrationId,
) -> Result<(), String> {
    let failed = |what: GatewaysSeen| format!("A simulated gateway could not be activated: {what:?}");
    let all = match worker.gateways(network, integration, GatewayAct::Look).await {
        GatewaysSeen::All(all) => all,
        other => return Err(failed(other)),
    };
    for Gateway { external: gateway, .. } in all {
        let begin = GatewayAct::Begin {
            gateway: gateway.clone(),
        };
        let seen = worker.gateways(network, integration, begin).await;
        let pin = around.mailed_pin().ok_or_else(|| failed(seen))?;
        match worker
            .gateways(network, integration, GatewayAct::Finish { gateway, pin })
            .await
        {
            GatewaysSeen::All(_) => {}
            other => return Err(failed(other)),
        }
    }
    Ok(())
}

/// Signs in at a vendor, as the wizard does.
///
/// # Errors
/// When the vendor does not take it, which the demo's own vendor always does.
pub async fn sign_in(worker: &Worker, at: At) -> Result<NewLogin, String> {
    match worker.connect(vendor::connect_form(at)).await {
        Connected::Yes(login) => Ok(login),
        Connected::ConsentNeeded { url } => Err(format!("The simulated vendor asks for consent at {url}")),
        Connected::CodeNeeded { say } => Err(format!("The simulated vendor asks for a code: {say}")),
        Connected::No(why) => Err(format!("The simulated vendor could not be connected: {why:?}")),
    }
}

async fn locations(tx: &mut Tx, act: &Act) -> store::Result<Vec<(LocationId, Zone)>> {
    let mut sites = Vec::with_capacity(SITES.len());
    for site in SITES {
        let details = store::location::Details {
            name: site.name.into(),
            address: site.address.into(),
            zone: site.zone.into(),
            grace: Grace::default(),
            opening_hours: Value::Null,
        };
        let zone = Zone::named(site.zone).expect("the building's zones are of the bundled database");
        sites.push((store::location::create(tx, act, &details).await?, zone));
    }
    Ok(sites)
}

/// Each location at its own vendor. Guests of Pier 3 see its doors; the others show them to members of any place.
async fn integrations(
    tx: &mut Tx,
    act: &Act,
    logins: &[NewLogin],
    sites: &[(LocationId, Zone)],
    externals: &[String],
) -> store::Result<Vec<IntegrationId>> {
    let mut integrations = Vec::with_capacity(sites.len());
    for (i, (((location, _), login), external)) in sites.iter().zip(logins).zip(externals).enumerate() {
        let vendor = SITES[i].at.word();
        let kept = store::vendor_login::keep(tx, act, vendor, &login.account, &login.shown, &login.secret).await?;
        store::vendor_login::keep_sites(tx, act.network, kept, &login.sites).await?;
        let details = store::integration::Details {
            location: *location,
            vendor: vendor.into(),
            state: IntegrationState::Connected,
            visibility: if i == 0 {
                Visibility::Public
            } else {
                Visibility::NetworkMembers
            },
            site: Some(external.clone()),
            site_name: Some(SITES[i].name.into()),
            login: Some(kept),
        };
        integrations.push(store::integration::create(tx, act, &details).await?);
    }
    Ok(integrations)
}

async fn groups(
    tx: &mut Tx,
    network: NetworkId,
    integrations: &[IntegrationId],
) -> store::Result<Named<AccessGroupId>> {
    let mut named = BTreeMap::new();
    for (site, integration) in SITES.iter().zip(integrations) {
        let read = store::group::list(tx, network, *integration).await?;
        for (name, _) in site.groups {
            if let Some(group) = read.iter().find(|group| group.name == *name) {
                named.insert(*name, group.id);
            }
        }
    }
    Ok(named)
}

/// Plans and resources.
async fn on_offer(tx: &mut Tx, made: &mut Made) -> store::Result<()> {
    let ids = |groups: &Named<AccessGroupId>, names: &[&str]| -> Vec<AccessGroupId> {
        names.iter().filter_map(|name| groups.get(name).copied()).collect()
    };
    for (site, name, price_cents, currency, description, opens) in PLANS {
        let details = store::plan::Details {
            location: made.sites[site].0,
            name: name.into(),
            price_cents,
            currency: currency.into(),
            period: store::plan::Period::Month,
            description: description.into(),
            groups: ids(&made.groups, opens),
            archived: false,
        };
        made.plans
            .insert(name, store::plan::create(tx, &made.act, &details).await?);
    }
    for (site, name, kind, capacity, opens, grace, buffer_minutes) in THINGS {
        let kind = match kind {
            "desk" => ResourceKind::Desk,
            "office" => ResourceKind::Office,
            "parking" => ResourceKind::Parking,
            "equipment" => ResourceKind::Equipment,
            _ => ResourceKind::Room,
        };
        let long = matches!(kind, ResourceKind::Desk | ResourceKind::Parking);
        let rooms = matches!(kind, ResourceKind::Room);
        let details = store::resource::Details {
            location: made.sites[site].0,
            name: name.into(),
            kind,
            capacity,
            groups: ids(&made.groups, opens),
            grace: grace.map(|(before_minutes, after_minutes)| Grace {
                before_minutes,
                after_minutes,
            }),
            buffer_minutes,
            min_minutes: if long { 60 } else { 30 },
            max_minutes: if long { 12 * 60 } else { 8 * 60 },
            step_minutes: 15,
            opening_hours: None,
            // Offices are rented, not booked.
            book_by: match kind {
                ResourceKind::Office => OpenTo::Nobody,
                ResourceKind::Room => OpenTo::NetworkMembers,
                ResourceKind::Desk | ResourceKind::Parking | ResourceKind::Equipment => OpenTo::Members,
            },
            see_by: if matches!(kind, ResourceKind::Office) {
                OpenTo::Nobody
            } else {
                OpenTo::Public
            },
            approval: false,
            confirmation: if rooms {
                "Please leave the room as you would like to find it.".into()
            } else {
                String::new()
            },
            archived: false,
        };
        let id = store::resource::create(tx, &made.act, &details).await?;
        made.things.insert(name, (site, id));
    }
    Ok(())
}

/// Everybody, and where they belong.
async fn people(tx: &mut Tx, made: &mut Made) -> store::Result<()> {
    for name in PEOPLE {
        let details = store::person::Details {
            name: name.into(),
            email: building::email(name),
            phone: String::new(),
            cards: building::card(name).into_iter().map(Into::into).collect(),
            state: if name == SUSPENDED {
                PersonState::Suspended
            } else {
                PersonState::Active
            },
        };
        made.people
            .insert(name, store::person::create(tx, &made.act, &details).await?);
    }
    for (name, site) in GUESTS {
        let (person, location) = (made.people[name], made.sites[site].0);
        let kind = Some(MembershipKind::Nonmember);
        store::person::set_membership(tx, &made.act, person, location, kind).await?;
    }
    Ok(())
}

/// Companies with their people, and all subscriptions.
async fn contracts(tx: &mut Tx, made: &Made) -> store::Result<()> {
    let member = Some(MembershipKind::Member);
    let item = |of: ItemOf, reach: Reach| NewItem {
        of,
        access: ItemAccess::Inherited,
        reach,
    };
    let plan = |name: &str| ItemOf::Plan(made.plans[name]);
    let rental = |name: &str| ItemOf::Rental(made.things[name].1);
    let mut rest = PEOPLE.iter();
    for (site, name, holds, count) in COMPANIES {
        let (location, zone) = &made.sites[site];
        let since = days_from(zone.date_at(made.act.now), -120);
        let details = store::company::Details {
            location: *location,
            name: name.into(),
        };
        let company = store::company::create(tx, &made.act, &details).await?;
        for person in rest.by_ref().take(count) {
            let person = made.people[person];
            store::person::set_membership(tx, &made.act, person, *location, member).await?;
            store::company::join(tx, &made.act, company, person, since, None).await?;
        }
        let items = vec![match holds {
            CompanyHolds::Plan(name) => item(plan(name), Reach::Everyone),
            CompanyHolds::Rental(name) => item(rental(name), Reach::Everyone),
            CompanyHolds::PlanWhenBooked(name) => item(plan(name), Reach::BookedToday),
        }];
        let of = Subscriber::Company(company);
        let new = NewSubscription {
            location: *location,
            of,
            starts_on: since,
            ends_on: None,
            items,
        };
        store::subscription::create(tx, &made.act, &new).await?;
    }
    for contract in CONTRACTS {
        let (location, zone) = &made.sites[contract.site];
        let today = zone.date_at(made.act.now);
        let person = made.people[contract.person];
        store::person::set_membership(tx, &made.act, person, *location, member).await?;
        let items = contract.holds.iter().map(|holds| match holds {
            Holds::Plan(name) => item(plan(name), Reach::Everyone),
            Holds::Rental(name) => item(rental(name), Reach::Everyone),
        });
        let new = NewSubscription {
            location: *location,
            of: Subscriber::Person(person),
            starts_on: days_from(today, contract.starts),
            ends_on: contract.ends.map(|days| days_from(today, days)),
            items: items.collect(),
        };
        store::subscription::create(tx, &made.act, &new).await?;
    }
    Ok(())
}

async fn bookings(tx: &mut Tx, made: &Made) -> store::Result<()> {
    const HALF_HOUR_MS: i64 = 30 * 60_000;
    let base = Instant::from_ms(made.act.now.ms() - made.act.now.ms().rem_euclid(HALF_HOUR_MS));
    for booking in BOOKINGS {
        let from = base.plus_minutes(booking.from);
        let window = Window::new(from, from.plus_minutes(booking.length)).expect("the tables' bookings have a length");
        let details = store::booking::Details {
            resource: made.things[booking.thing].1,
            booker: made.people[booking.booker],
            invitees: booking.invitees.iter().map(|name| made.people[name]).collect(),
            window,
            state: BookingState::Confirmed,
            title: booking.title.into(),
        };
        store::booking::create(tx, &made.act, &details).await?;
    }
    Ok(())
}

/// The operator, who is the owner, and the members with a link.
async fn accounts(tx: &mut Tx, made: &Made, password: &str) -> store::Result<()> {
    let (name, email) = OPERATOR;
    let person = store::person::Details {
        name: name.into(),
        email: email.into(),
        phone: String::new(),
        cards: Vec::new(),
        state: PersonState::Active,
    };
    let person = store::person::create(tx, &made.act, &person).await?;
    for (location, _) in &made.sites {
        store::person::set_membership(tx, &made.act, person, *location, Some(MembershipKind::Member)).await?;
    }
    let details = account(person, name, email, store::account::Role::Owner);
    let owner = store::account::create(tx, &made.act, &details).await?;
    store::account::set_password(tx, &made.act, owner, password).await?;
    for (name, _) in MEMBERS {
        let member = account(
            made.people[name],
            name,
            &building::email(name),
            store::account::Role::Member,
        );
        store::account::create(tx, &made.act, &member).await?;
    }
    Ok(())
}

fn account(person: PersonId, name: &str, email: &str, role: store::account::Role) -> store::account::Details {
    store::account::Details {
        person: Some(person),
        email: email.into(),
        name: name.into(),
        role,
        permissions: Value::Null,
    }
}

fn days_from(today: Date, days: i64) -> Date {
    today.saturating_add(jiff::Span::new().days(days))
}
