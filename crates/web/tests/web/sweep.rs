//! Every route × every kind of actor, from the registry: who must not get in does not, and changes nothing; who may is
//! never stopped by the guard, and nothing ever breaks.

use access::facts::PersonState;
use access::id::*;
use access::may::{Actor, Area, Object, may};
use reqwest::Method;
use store::account::Role;
use web::auth::permissions::Permissions;
use web::registry::{self, Needs, Route, Surface};

use crate::browser::Answer;
use crate::house::{House, Network, account, areas, client, person};

/// Somebody who calls: how they show who they are, and as whom they are asked.
struct Caller {
    name: &'static str,
    account: Option<(NetworkId, AccountId)>,
    cookie: Option<String>,
    bearer: Option<String>,
    actor: Actor,
}

/// The path with this network's ids in it.
pub fn filled(path: &str, network: &Network) -> String {
    let part = |part: &str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        None => part.to_owned(),
        Some("network") => network.id.to_string(),
        Some("location") => network.location.to_string(),
        Some("person") => network.person.to_string(),
        Some("company") => network.company.to_string(),
        Some("membership" | "belonging") => network.belonging.to_string(),
        Some("plan") => network.plan.to_string(),
        Some("resource") => network.resource.to_string(),
        Some("subscription") => network.subscription.to_string(),
        Some("item") => network.item.to_string(),
        Some("booking") => network.booking.to_string(),
        Some("integration") => network.integration.to_string(),
        Some("group") => network.group.to_string(),
        Some("door") => network.door.to_string(),
        Some("round") => network.round.to_string(),
        Some("finding") => network.finding.to_string(),
        Some("account" | "administrator") => network.member.to_string(),
        Some("token") => network.token_id.to_string(),
        Some("session") => "ses_01ARZ3NDEKTSV4RRFFQ69G5FAV".to_owned(),
        Some("vendor") => "test".to_owned(),
        Some("*name") => "app.css".to_owned(),
        Some(other) => panic!("the sweep does not know what to put for {{{other}}} in {path}"),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

async fn callers(house: &House, network: &Network, other: &Network) -> Vec<Caller> {
    let mut tx = house.store.write().await.unwrap();
    let act = house.act(network.id);
    let suspended = person(&mut tx, &act, "Sam Suspended", "sam@harbor.example", network.location).await;
    let manager = person(&mut tx, &act, "Cleo Manager", "cleo@harbor.example", network.location).await;
    let companies = vec![network.company];
    let looks_after = Permissions {
        companies: companies.clone(),
        ..Permissions::default()
    };
    let mut make = async |who: Option<PersonId>, email: &str, role, permissions| {
        account(&mut tx, &act, who, email, role, permissions).await
    };
    let sam = make(
        Some(suspended),
        "sam@harbor.example",
        Role::Member,
        Permissions::default(),
    )
    .await;
    let cleo = make(Some(manager), "cleo@harbor.example", Role::Member, looks_after).await;
    let whole = make(None, "all@harbor.example", Role::Administrator, areas(&Area::ALL)).await;
    let narrow = make(None, "audit@harbor.example", Role::Administrator, areas(&[Area::Audit])).await;
    store::person::set_state(&mut tx, &act, suspended, PersonState::Suspended)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let all = access::may::Locations::All;
    let admin = |areas: &[Area]| Actor::Administrator {
        person: None,
        locations: all.clone(),
        areas: areas.to_vec(),
    };
    let here = |name, account, actor| Caller {
        name,
        account: Some((network.id, account)),
        cookie: None,
        bearer: None,
        actor,
    };
    let shown = |name, cookie: Option<&str>, bearer: Option<&str>| Caller {
        name,
        account: None,
        cookie: cookie.map(str::to_owned),
        bearer: bearer.map(str::to_owned),
        actor: Actor::Anonymous,
    };
    let ended = house.session(network.id, network.owner).await;
    let mut tx = house.store.write().await.unwrap();
    let secret = access::vendor::Secret::new(ended.as_str());
    let found = store::session::by_token(&mut tx, &secret, house.clock.now(), 86_400_000)
        .await
        .unwrap();
    let (session, _) = found.unwrap();
    store::session::end(&mut tx, network.id, session.id).await.unwrap();
    tx.commit().await.unwrap();
    vec![
        shown("anonymous", None, None),
        shown("a session that ended", Some(&ended), None),
        shown("a token that never was", None, Some("0000")),
        here("a suspended person", sam, Actor::Suspended { person: suspended }),
        here("a member", network.member, Actor::Member { person: network.person }),
        here(
            "a company's manager",
            cleo,
            Actor::CompanyManager {
                person: manager,
                companies,
            },
        ),
        here("an administrator without the area", narrow, admin(&[Area::Audit])),
        here("an administrator", whole, admin(&Area::ALL)),
        Caller {
            bearer: Some(network.token.clone()),
            ..shown("a token", None, None)
        },
        Caller {
            bearer: Some(other.token.clone()),
            ..shown("another network's token", None, None)
        },
        Caller {
            account: Some((other.id, other.owner)),
            ..here(
                "another network's owner",
                other.owner,
                Actor::Owner {
                    person: Some(other.owner_person),
                },
            )
        },
        here(
            "the owner",
            network.owner,
            Actor::Owner {
                person: Some(network.owner_person),
            },
        ),
    ]
}

/// As whom this caller is asked at this route: a cookie is nothing to the API, a token nothing to pages.
fn asked_as(route: &Route, caller: &Caller) -> Actor {
    let token = caller.name == "a token" || caller.name == "another network's token";
    match (route.surface, token) {
        (Surface::Api, true) => Actor::ApiToken,
        (Surface::Api, false) | (_, true) => Actor::Anonymous,
        (_, false) => caller.actor.clone(),
    }
}

fn let_in(route: &Route, actor: &Actor) -> bool {
    match route.needs {
        Needs::Nothing => true,
        Needs::SignedIn => *actor != Actor::Anonymous,
        Needs::May(action) => may(actor, action, &Object::Some).is_granted(),
    }
}

async fn call(house: &House, route: &Route, path: &str, caller: &Caller) -> Answer {
    let mut request = house
        .client
        .request(route.method.clone(), format!("{}{path}", house.base))
        .header("sec-fetch-site", "same-origin");
    let form = "0123456789abcdef0123456789abcdef";
    let session = match (&caller.cookie, caller.account) {
        (Some(cookie), _) => Some(cookie.clone()),
        (None, Some((network, account))) => Some(house.session(network, account).await),
        (None, None) => None,
    };
    let session = session.map_or(String::new(), |token| format!("; vestibule_session={token}"));
    request = request.header("cookie", format!("vestibule_form={form}{session}"));
    if let Some(bearer) = &caller.bearer {
        request = request.bearer_auth(bearer);
    }
    if route.surface == Surface::Api && route.doc.as_ref().is_some_and(|doc| doc.body.is_some()) {
        request = request.header("content-type", "application/json").body("{}");
    } else if route.method == Method::POST {
        request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("csrf={form}"));
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let live = headers
        .get("content-type")
        .is_some_and(|kind| kind == "text/event-stream");
    let text = if live {
        String::new()
    } else {
        response.text().await.unwrap()
    };
    Answer { status, headers, text }
}

#[tokio::test]
async fn who_must_not_get_in_does_not_and_changes_nothing() {
    let (house, network) = House::furnished().await;
    let other = house.network("Other House", "other.example").await;
    let callers = callers(&house, &network, &other).await;
    // Nothing is meant to change, so one session for each of them lasts.
    let mut callers = callers;
    for caller in &mut callers {
        if let (None, Some((network, account))) = (&caller.cookie, caller.account) {
            caller.cookie = Some(house.session(network, account).await);
        }
    }
    let before = (house.audit_lines(network.id).await, house.audit_lines(other.id).await);
    let mut refused = 0;
    for route in registry::all() {
        let path = filled(route.path, &network);
        for caller in &callers {
            let actor = asked_as(&route, caller);
            if let_in(&route, &actor) {
                continue;
            }
            let answer = call(&house, &route, &path, caller).await;
            let what = format!(
                "{} {} as {}: {} {}",
                route.method, route.path, caller.name, answer.status, answer.text
            );
            match (route.surface, actor == Actor::Anonymous) {
                (Surface::Api, true) => assert_eq!(answer.status, 401, "{what}"),
                (_, true) => assert!(
                    answer.status == 303 && answer.to().starts_with("/sign-in?next="),
                    "{what}"
                ),
                (_, false) => assert_eq!(answer.status, 403, "{what}"),
            }
            refused += 1;
        }
    }
    assert!(refused > 300, "only {refused} refusals were tried");
    assert_eq!(
        (house.audit_lines(network.id).await, house.audit_lines(other.id).await),
        before
    );
}

#[tokio::test]
async fn who_may_is_let_in_and_nothing_breaks() {
    let mut tried = 0;
    let (house, network) = House::furnished().await;
    let other = house.network("Other House", "other.example").await;
    let callers = callers(&house, &network, &other).await;
    // Reading first: what is written may suspend, cancel and disconnect.
    let (reading, writing): (Vec<Route>, Vec<Route>) =
        registry::all().into_iter().partition(|route| route.method.is_safe());
    for route in reading.iter().chain(&writing) {
        let path = filled(route.path, &network);
        for caller in callers.iter().filter(|caller| let_in(route, &asked_as(route, caller))) {
            let answer = call(&house, route, &path, caller).await;
            let what = format!(
                "{} {} as {}: {} {}",
                route.method, route.path, caller.name, answer.status, answer.text
            );
            assert!(answer.status < 500, "{what}");
            assert_ne!(answer.status, 401, "{what}");
            if route.method.is_safe() && caller.name == "the owner" {
                assert_ne!(answer.status, 403, "{what}");
            }
            assert!(answer.headers.contains_key("content-security-policy"), "{what}");
            tried += 1;
        }
    }
    assert!(tried > 200, "only {tried} calls were tried");
}

#[tokio::test]
async fn an_address_that_does_not_exist_is_said_in_the_caller_s_language() {
    let (house, network) = House::furnished().await;
    let page = house.browser_of(network.id, network.owner).await.get("/nowhere").await;
    assert_eq!(page.status, 404);
    assert!(page.text.contains("<h1>Nothing here</h1>"));
    let answer = client()
        .get(format!("{}/api/v1/nowhere", house.base))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    assert_eq!(answer.status().as_u16(), 404);
    let answer = client()
        .delete(format!("{}/api/v1/plans", house.base))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status().as_u16(), 405);
}

#[tokio::test]
async fn ids_and_queries_that_cannot_be_are_said_as_problems_and_never_as_a_bare_line() {
    let (house, network) = House::furnished().await;
    let mut owner = house.browser_of(network.id, network.owner).await;
    let asked = "?from=aa&until=bb&at=cc&width=zz&person=dd&door=ee&after=ff&limit=gg&tab=hh&from=twice";
    let mut tried = 0;
    for route in registry::all() {
        let part = |part: &str| match part {
            "{vendor}" | "{*name}" => "test".to_owned(),
            part if part.starts_with('{') => "per_bogus".to_owned(),
            part => part.to_owned(),
        };
        let path = route.path.split('/').map(part).collect::<Vec<_>>().join("/");
        let bogus = path != route.path || route.method.is_safe();
        if !bogus || matches!(route.surface, Surface::Open | Surface::Hook) || route.path.ends_with("/live") {
            continue;
        }
        let answer = if route.surface == Surface::Api {
            let caller = Caller {
                name: "a token",
                account: None,
                cookie: None,
                bearer: Some(network.token.clone()),
                actor: Actor::ApiToken,
            };
            call(&house, &route, &format!("{path}{asked}"), &caller).await
        } else if route.method.is_safe() {
            owner.get(&format!("{path}{asked}")).await
        } else {
            owner.post(&format!("{path}{asked}"), &[]).await
        };
        let what = format!("{} {path}: {} {}", route.method, answer.status, answer.text);
        assert!(answer.status < 500, "{what}");
        if answer.status < 400 {
            continue;
        }
        let kind = answer
            .headers
            .get("content-type")
            .map_or("", |kind| kind.to_str().unwrap());
        let proper = if route.surface == Surface::Api {
            "application/problem+json"
        } else {
            "text/html"
        };
        assert!(kind.starts_with(proper), "{kind} for {what}");
        tried += 1;
    }
    assert!(tried > 80, "only {tried} refusals were seen");
}
