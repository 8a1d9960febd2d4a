//! Another network's ids: nothing there, nothing told, nothing changed.

use reqwest::Method;
use serde_json::{Map, Value, json};
use web::registry::{self, Surface};

use crate::browser::Answer;
use crate::house::{House, Network};
use crate::sweep::filled;

/// A body that fits its schema, with this network's ids wherever an id is wanted.
pub fn sample(schema: &Value, root: &Value, network: &Network) -> Value {
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        return sample(root.pointer(target.trim_start_matches('#')).unwrap(), root, network);
    }
    if let Some(options) = schema
        .get("anyOf")
        .or_else(|| schema.get("oneOf"))
        .and_then(Value::as_array)
    {
        return sample(&options[0], root, network);
    }
    if let Some(fixed) = schema.get("const") {
        return fixed.clone();
    }
    if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
        return choices[0].clone();
    }
    let kind = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds[0].as_str().unwrap(),
        Some(kind) => kind.as_str().unwrap(),
        None => "null",
    };
    match kind {
        "object" => {
            let empty = Map::new();
            let fields = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
            let needed = schema
                .get("required")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            let named = |name: &String| needed.iter().any(|one| one == name) || is_ref(&fields[name]);
            fields
                .keys()
                .filter(|name| named(name))
                .map(|name| (name.clone(), sample(&fields[name], root, network)))
                .collect()
        }
        "array" => json!([sample(&schema["items"], root, network)]),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "boolean" => json!(false),
        "string" => json!(text(
            schema.get("format").and_then(Value::as_str).unwrap_or(""),
            network
        )),
        _ => Value::Null,
    }
}

fn is_ref(schema: &Value) -> bool {
    schema.to_string().contains("\"format\":\"id-")
}

/// A text of a format.
pub fn text(format: &str, network: &Network) -> String {
    match format {
        "date-time" => "2026-03-05T10:00:00Z".into(),
        "date" => "2026-03-05".into(),
        "email" => "new@stranger.example".into(),
        "zone" => "Europe/Berlin".into(),
        "id-loc" => network.location.to_string(),
        "id-per" => network.person.to_string(),
        "id-com" => network.company.to_string(),
        "id-pla" => network.plan.to_string(),
        "id-res" => network.resource.to_string(),
        "id-sub" => network.subscription.to_string(),
        "id-itm" => network.item.to_string(),
        "id-boo" => network.booking.to_string(),
        "id-int" => network.integration.to_string(),
        "id-grp" => network.group.to_string(),
        "id-doo" => network.door.to_string(),
        _ => "x".into(),
    }
}

/// Names that only the other network has.
const NAMES: [&str; 6] = [
    "Mia Member",
    "Olga Owner",
    "Harbor Works",
    "harbor.example",
    "Front door",
    "Standup",
];

fn tells_nothing(what: &str, answer: &Answer) {
    for name in NAMES {
        assert!(!answer.text.contains(name), "{what} tells “{name}”: {}", answer.text);
    }
}

#[tokio::test]
async fn another_network_s_ids_are_not_found_by_the_api() {
    let (house, network) = House::furnished().await;
    let mut stranger = house.network("Strange House", "strange.example").await;
    let document = web::openapi::document();
    let before = house.audit_lines(network.id).await;
    let mut tried = 0;
    for route in registry::all()
        .into_iter()
        .filter(|route| route.surface == Surface::Api)
    {
        let doc = route.doc.as_ref().unwrap();
        let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let body = (!schema.is_null()).then(|| sample(schema, &document, &network));
        let ids_in_body = body.as_ref().is_some_and(|body| body.to_string().contains('_'));
        let query: Vec<String> = doc
            .query
            .iter()
            .filter(|(_, format, ..)| format.starts_with("id-"))
            .map(|(name, format, ..)| format!("{name}={}", text(format, &network)))
            .collect();
        if !route.path.contains('{') && query.is_empty() && !ids_in_body {
            continue;
        }
        let mut request = house
            .client
            .request(
                route.method.clone(),
                format!("{}{}?{}", house.base, filled(route.path, &network), query.join("&")),
            )
            .bearer_auth(&stranger.token);
        if let Some(body) = &body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let response = request.send().await.unwrap();
        let answer = Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        };
        let what = format!(
            "{} {} with {body:?} {query:?}: {} {}",
            route.method, route.path, answer.status, answer.text
        );
        if route.path.contains('{') {
            assert!(matches!(answer.status, 404 | 422), "{what}");
        } else if !query.is_empty() {
            // A list filtered by something that is not there is empty, or the filter is not found.
            assert!(
                matches!(answer.status, 404 | 422) || answer.text.contains("\"items\":[]"),
                "{what}"
            );
        } else {
            assert!(matches!(answer.status, 404 | 422), "{what}");
        }
        tells_nothing(&what, &answer);
        tried += 1;
    }
    assert!(tried > 30, "only {tried}");
    assert_eq!(house.audit_lines(network.id).await, before, "something was changed");
    stranger.token.clear();
}

#[tokio::test]
async fn another_network_s_ids_are_not_found_by_pages() {
    let (house, network) = House::furnished().await;
    let stranger = house.network("Strange House", "strange.example").await;
    let before = house.audit_lines(network.id).await;
    let mut tried = 0;
    for route in registry::all()
        .into_iter()
        .filter(|route| route.surface.by_cookie() && route.path.contains('{'))
    {
        for account in [stranger.owner, stranger.member] {
            let mut browser = house.browser_of(stranger.id, account).await;
            let path = filled(route.path, &network);
            let answer = if route.method == Method::GET {
                browser.get(&path).await
            } else {
                browser.post(&path, &[]).await
            };
            let what = format!("{} {}: {} {}", route.method, route.path, answer.status, answer.text);
            // A fragment may also say "nothing there" with nothing.
            assert!(
                matches!(answer.status, 403 | 404 | 422) || (answer.status == 200 && answer.text.is_empty()),
                "{what}"
            );
            tells_nothing(&what, &answer);
            tried += 1;
        }
    }
    assert!(tried > 20, "only {tried}");
    assert_eq!(house.audit_lines(network.id).await, before, "something was changed");
}
