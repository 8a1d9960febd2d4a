//! A program that uses the API and holds every answer against the published document; and one scene through all of it.

use std::collections::BTreeSet;
use std::sync::{LazyLock, Mutex};

use jsonschema::Validator;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::house::{House, client};

static DOCUMENT: LazyLock<Value> = LazyLock::new(web::openapi::document);

/// A program with a token.
pub struct Program {
    client: Client,
    base: String,
    token: String,
    used: Mutex<BTreeSet<String>>,
}

/// An answer that fits the document.
#[derive(Debug)]
pub struct Told {
    pub status: u16,
    pub json: Value,
}

impl Program {
    /// With this token.
    pub fn new(house: &House, token: &str) -> Self {
        Self {
            client: house.client.clone(),
            base: house.base.clone(),
            token: token.to_owned(),
            used: Mutex::default(),
        }
    }

    pub async fn get(&self, path: &str) -> Told {
        self.ask(Method::GET, path, None, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Told {
        self.ask(Method::POST, path, Some(body), None).await
    }

    pub async fn post_with_key(&self, path: &str, body: &Value, key: &str) -> Told {
        self.ask(Method::POST, path, Some(body), Some(key)).await
    }

    /// Asks, and holds the answer against the document.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>, key: Option<&str>) -> Told {
        let mut request = self
            .client
            .request(method.clone(), format!("{}{path}", self.base))
            .bearer_auth(&self.token);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let kind = response
            .headers()
            .get("content-type")
            .map_or("", |kind| kind.to_str().unwrap())
            .to_owned();
        let text = response.text().await.unwrap();
        let json = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap()
        };
        let what = format!("{method} {path}: {status} {text}");
        let template = template_of(&method, path.split('?').next().unwrap());
        let operation = &DOCUMENT["paths"][&template][method.as_str().to_lowercase()];
        self.used.lock().unwrap().insert(format!("{method} {template}"));
        let said = &operation["responses"][status.to_string()];
        assert!(!said.is_null(), "the document does not know this status: {what}");
        let kind = kind.split(';').next().unwrap();
        let schema = &said["content"][kind]["schema"];
        if schema.is_null() {
            assert!(
                text.is_empty() && said["content"].is_null(),
                "{kind} is not in the document: {what}"
            );
        } else {
            let faults: Vec<String> = validator(schema)
                .iter_errors(&json)
                .map(|fault| format!("{fault} at {}", fault.instance_path()))
                .collect();
            assert!(faults.is_empty(), "{what}\n{}", faults.join("\n"));
        }
        Told { status, json }
    }
}

fn validator(schema: &Value) -> Validator {
    let mut whole = schema.clone();
    whole["components"] = DOCUMENT["components"].clone();
    jsonschema::validator_for(&whole).unwrap()
}

/// The document's path for a path; fixed parts before parameters.
fn template_of(method: &Method, path: &str) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |template: &str| {
        let wanted: Vec<&str> = template.split('/').collect();
        wanted.len() == parts.len()
            && wanted
                .iter()
                .zip(&parts)
                .all(|(want, is)| want.starts_with('{') || want == is)
    };
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let mut found: Vec<&String> = paths
        .keys()
        .filter(|path| fits(path) && !paths[*path][method.as_str().to_lowercase()].is_null())
        .collect();
    found.sort_by_key(|path| path.matches('{').count());
    found
        .first()
        .unwrap_or_else(|| panic!("{method} {path} is not in the document"))
        .to_string()
}

#[tokio::test]
async fn a_program_runs_a_coworking_space_and_every_answer_fits_the_document() {
    let (house, network) = House::furnished().await;
    let program = Program::new(&house, &network.token);
    let id = |told: &Told| {
        told.json["id"]
            .as_str()
            .unwrap_or_else(|| panic!("no id in {}", told.json))
            .to_owned()
    };
    let change = async |path: String, body: Value| program.ask(Method::PATCH, &path, Some(&body), None).await;
    let take = async |path: String| program.ask(Method::DELETE, &path, None, None).await;

    assert_eq!(program.get("/api/v1/me").await.json["network_name"], "Harbor Works");
    let hours = json!({ "hours": [{ "day": "monday", "from_minute": 480, "until_minute": 1200 }], "closures": [] });
    let place = program
        .post(
            "/api/v1/locations",
            &json!({ "name": "Lisbon", "zone": "Europe/Lisbon", "opening_hours": hours }),
        )
        .await;
    let location = id(&place);
    change(
        format!("/api/v1/locations/{location}"),
        json!({ "grace": { "before_minutes": 5, "after_minutes": 10 }, "opening_hours": null }),
    )
    .await;
    assert_eq!(
        program.get(&format!("/api/v1/locations/{location}")).await.json["opening_hours"],
        Value::Null
    );
    program.get("/api/v1/locations?limit=1").await;

    let ana = id(&program.post("/api/v1/people", &json!({ "name": "Ana", "email": "ana@x.example", "memberships": [{ "location": location, "kind": "member" }] })).await);
    let ben = id(&program.post("/api/v1/people", &json!({ "name": "Ben", "email": "ben@x.example", "memberships": [{ "location": location, "kind": "nonmember" }] })).await);
    change(format!("/api/v1/people/{ana}"), json!({ "phone": "+351 1" })).await;
    program.get(&format!("/api/v1/people/{ana}")).await;
    program.get("/api/v1/people?state=invited").await;
    program
        .ask(
            Method::PUT,
            &format!("/api/v1/people/{ben}/memberships/{location}"),
            Some(&json!({ "kind": "member" })),
            None,
        )
        .await;
    let taken = program
        .post("/api/v1/people", &json!({ "name": "Ana", "email": "ANA@x.example" }))
        .await;
    assert_eq!(
        (taken.status, taken.json["errors"][0]["field"].as_str()),
        (409, Some("email"))
    );

    let company = id(&program
        .post(
            "/api/v1/companies",
            &json!({ "name": "Nordlicht", "location": location }),
        )
        .await);
    change(
        format!("/api/v1/companies/{company}"),
        json!({ "name": "Nordlicht GmbH" }),
    )
    .await;
    program.get(&format!("/api/v1/companies/{company}")).await;
    program.get("/api/v1/companies").await;
    let joined = program
        .post(
            &format!("/api/v1/companies/{company}/members"),
            &json!({ "person": ana, "joined_on": "2026-03-01" }),
        )
        .await;
    let belonging = id(&joined);
    change(
        format!("/api/v1/companies/{company}/members/{belonging}"),
        json!({ "left_on": "2026-12-31" }),
    )
    .await;
    program.get(&format!("/api/v1/companies/{company}/members")).await;

    let plan = id(&program
        .post(
            "/api/v1/plans",
            &json!({ "name": "Team", "location": location, "groups": [network.group] }),
        )
        .await);
    change(
        format!("/api/v1/plans/{plan}"),
        json!({ "price_cents": 100, "period": "week" }),
    )
    .await;
    program.get(&format!("/api/v1/plans/{plan}")).await;
    program.get("/api/v1/plans?archived=true").await;

    let room = id(&program
        .post(
            "/api/v1/resources",
            &json!({ "name": "Room B", "location": location, "kind": "room", "groups": [network.group] }),
        )
        .await);
    change(
        format!("/api/v1/resources/{room}"),
        json!({ "grace": { "before_minutes": 0, "after_minutes": 0 }, "opening_hours": hours, "approval": true }),
    )
    .await;
    program.get(&format!("/api/v1/resources/{room}")).await;
    program.get("/api/v1/resources?kind=room").await;

    let subscribed = program
        .post("/api/v1/subscriptions", &json!({ "location": location, "company": company, "starts_on": "2026-03-01", "items": [{ "plan": plan, "reach": "chosen", "people": [ana] }] }))
        .await;
    let subscription = id(&subscribed);
    assert_eq!(subscribed.json["state"], "active");
    let at = format!("/api/v1/subscriptions/{subscription}");
    let added = program
        .post(&format!("{at}/items"), &json!({ "resource": room, "groups": [] }))
        .await;
    let item = added.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| !item["resource"].is_null())
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    program
        .ask(
            Method::PUT,
            &format!("{at}/items/{item}"),
            Some(&json!({ "resource": room, "reach": "booked_today" })),
            None,
        )
        .await;
    assert_eq!(take(format!("{at}/items/{item}")).await.status, 204);
    change(at.clone(), json!({ "ends_on": "2026-06-30" })).await;
    program.get(&at).await;
    program.get(&format!("/api/v1/subscriptions?company={company}")).await;
    let cancelled = program
        .post(&format!("{at}/cancel"), &json!({ "on": "2026-03-31" }))
        .await;
    assert_eq!(
        (
            cancelled.json["state"].as_str(),
            cancelled.json["cancelled_at"].as_str()
        ),
        (Some("active"), Some("2026-03-31T23:00:00Z"))
    );

    let wish = json!({ "resource": room, "booker": ana, "invitee_emails": ["guest@y.example"], "from": "2026-03-02T12:00:00Z", "until": "2026-03-02T13:00:00Z" });
    let booking = id(&program.post("/api/v1/bookings", &wish).await);
    let at = format!("/api/v1/bookings/{booking}");
    program
        .post(
            &format!("{at}/move"),
            &json!({ "from": "2026-03-02T14:00", "until": "2026-03-02T15:00" }),
        )
        .await;
    let invited = program.post(&format!("{at}/invitees"), &json!({ "person": ben })).await;
    assert_eq!(invited.json["invitees"].as_array().unwrap().len(), 2);
    assert_eq!(take(format!("{at}/invitees/{ben}")).await.status, 204);
    assert_eq!(program.post(&format!("{at}/approve"), &json!({})).await.status, 409);
    program.get(&at).await;
    program
        .get("/api/v1/bookings?from=2026-03-02T00:00:00Z&until=2026-03-03T00:00:00Z")
        .await;
    assert_eq!(
        program.post(&format!("{at}/cancel"), &json!({})).await.json["state"],
        "cancelled"
    );

    let account = json!({ "location": location, "vendor": "test", "fields": { "email": "o@x.example", "password": "right" }, "site": "7" });
    let integration = id(&program.post("/api/v1/integrations", &account).await);
    let at = format!("/api/v1/integrations/{integration}");
    let sites = program.get(&format!("{at}/sites")).await;
    let site = &sites.json["items"][0]["external"];
    change(at.clone(), json!({ "visibility": "public", "site": site })).await;
    program.get(&format!("{at}/left")).await;
    let anew = json!({ "fields": account["fields"] });
    program.post(&format!("{at}/reconnect"), &anew).await;
    program.get(&at).await;
    program.get("/api/v1/integrations").await;
    program.post(&format!("{at}/check"), &json!({})).await;
    let known = format!("/api/v1/integrations/{}", network.integration);
    assert_eq!(
        program.get(&format!("{known}/groups")).await.json["items"][0]["name"],
        "All doors"
    );
    program.get(&format!("{known}/doors")).await;
    program.get(&format!("{known}/rounds")).await;
    program.get(&format!("{known}/rounds/{}/changes", network.round)).await;
    assert_eq!(
        program.get("/api/v1/findings").await.json["items"][0]["kind"],
        "unconfirmed"
    );
    program.get("/api/v1/doors").await;
    program.get("/api/v1/door-events").await;

    let (mia, door) = (network.person, network.door);
    let why = program
        .get(&format!("/api/v1/access/why?person={mia}&door={door}"))
        .await;
    assert_eq!(why.json["open"], true, "{}", why.json);
    let then = format!("/api/v1/access/why?person={mia}&door={door}&at=2025-12-31T12:00:00Z");
    let before = program.get(&then).await;
    assert_eq!(before.json["open"], false);
    assert_eq!(
        program.get(&format!("/api/v1/access/open-now?person={mia}")).await.json["items"][0]["name"],
        "Front door"
    );
    assert!(
        !program.get(&format!("/api/v1/access/who?door={door}")).await.json["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    assert!(
        !program.get(&format!("/api/v1/access/timeline?person={mia}")).await.json["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    program.get(&format!("/api/v1/access/timeline?door={door}")).await;
    let opened = program
        .post(&format!("/api/v1/doors/{door}/open"), &json!({ "person": mia }))
        .await;
    assert_eq!(opened.json["outcome"], "open");
    let refused = program
        .post(&format!("/api/v1/doors/{door}/open"), &json!({ "person": ben }))
        .await;
    assert_eq!(refused.json["outcome"], "refused");
    program.get(&format!("/api/v1/audit?person={ana}")).await;

    assert_eq!(
        take(format!("/api/v1/companies/{company}/members/{belonging}"))
            .await
            .status,
        204
    );
    let gone = program
        .post(
            &format!("/api/v1/integrations/{integration}/disconnect"),
            &json!({ "with": "revoke" }),
        )
        .await;
    assert_eq!(gone.json["state"], "revoking");
    assert_eq!(
        program
            .post(
                &format!("/api/v1/integrations/{integration}/disconnect"),
                &json!({ "with": "leave" })
            )
            .await
            .status,
        409
    );

    let all: BTreeSet<String> = DOCUMENT["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            methods
                .as_object()
                .unwrap()
                .keys()
                .map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let used = program.used.lock().unwrap().clone();
    let left: Vec<&String> = all.difference(&used).collect();
    assert!(left.is_empty(), "not used in this scene: {left:?}");
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once_and_nothing_is_stored() {
    let (house, network) = House::furnished().await;
    let program = Program::new(&house, &network.token);
    let before = house.audit_lines(network.id).await;
    let wrong = json!({ "nmae": "x", "email": "nobody", "state": "sleeping", "memberships": [{ "location": "loc_1", "kind": "member" }] });
    let told = program.post("/api/v1/people", &wrong).await;
    assert_eq!(
        (told.status, told.json["type"].as_str()),
        (422, Some("/problems/invalid"))
    );
    let mut fields: Vec<&str> = told.json["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    fields.sort_unstable();
    assert_eq!(fields, ["email", "memberships.0.location", "name", "nmae", "state"]);
    assert!(told.json["errors"].to_string().contains("Did you mean “name”?"));
    assert_eq!(house.audit_lines(network.id).await, before);
}

#[tokio::test]
async fn lists_are_read_page_by_page_without_loss() {
    let (house, network) = House::furnished().await;
    let program = Program::new(&house, &network.token);
    for i in 0..7 {
        program
            .post(
                "/api/v1/people",
                &json!({ "name": format!("P {i}"), "email": format!("p{i}@x.example") }),
            )
            .await;
    }
    let (mut names, mut after) = (Vec::new(), String::new());
    loop {
        let part = program.get(&format!("/api/v1/people?limit=2{after}")).await.json;
        names.extend(
            part["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|person| person["name"].as_str().unwrap().to_owned()),
        );
        match part["next"].as_str() {
            Some(next) => after = format!("&after={}", web::page::escaped(next)),
            None => break,
        }
    }
    assert_eq!(names.len(), 9);
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 9);
    assert_eq!(program.get("/api/v1/people?limit=1000").await.status, 422);
    assert_eq!(program.get("/api/v1/people?after=nonsense").await.status, 422);
}

#[tokio::test]
async fn a_cookie_is_nothing_to_the_api_and_a_token_nothing_to_pages() {
    let (house, network) = House::furnished().await;
    let mut browser = house.browser_of(network.id, network.owner).await;
    assert_eq!(browser.get("/api/v1/people").await.status, 401);
    let page = client()
        .get(format!("{}/account/sessions", house.base))
        .bearer_auth(&network.token)
        .send()
        .await
        .unwrap();
    assert_eq!(page.status().as_u16(), 303);
}

#[tokio::test]
async fn a_body_that_is_no_json_is_told_so() {
    let (house, network) = House::furnished().await;
    let at = format!("{}/api/v1/people", house.base);
    let send = async |kind: &str, body: String| {
        client()
            .post(&at)
            .bearer_auth(&network.token)
            .header("content-type", kind)
            .body(body)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(send("application/json", "{".into()).await, 400);
    assert_eq!(send("text/plain", "{}".into()).await, 415);
    assert_eq!(send("application/json", "[1]".into()).await, 422);
    assert_eq!(
        send("application/json", format!("\"{}\"", "x".repeat(2_000_000))).await,
        413
    );
}
