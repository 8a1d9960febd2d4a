//! The OpenAPI 3.1 document, made from the registry.
//!
//! In: [`registry::all`]. Out: one JSON value, in a stable order, committed as `openapi.json` and served at
//! `/api/v1/openapi.json`. Why so: the document, the router and the checks are made from the same types.

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::problem::{Kind, ProblemBody};
use crate::registry::{self, Doc, Route};

/// The document.
pub fn document() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut incoming = settings.clone().for_deserialize().into_generator();
    let mut outgoing = settings.for_serialize().into_generator();
    outgoing.subschema_for::<ProblemBody>();

    let mut paths: Map<String, Value> = Map::new();
    let mut routes = registry::all();
    routes.sort_by(|a, b| (a.path, a.method.as_str()).cmp(&(b.path, b.method.as_str())));
    for route in &routes {
        let Some(doc) = &route.doc else { continue };
        let operation = operation(route, doc, &mut incoming, &mut outgoing);
        let at = paths.entry(route.path.to_owned()).or_insert_with(|| json!({}));
        at[route.method.as_str().to_lowercase()] = operation;
    }

    let mut schemas = incoming.take_definitions(true);
    schemas.extend(outgoing.take_definitions(true));
    let mut sorted: Vec<(String, Value)> = schemas.into_iter().collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Vestibule",
            "version": "1",
            "description": "Who subscribes to what, who booked what, who may open which door and why. Every answer that is \
                not a success is an RFC 9457 problem. Lists take `after` and `limit`. A POST may carry an `Idempotency-Key`: \
                the same key with the same body gets the first answer again.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" }
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "A token the owner made in Settings." }
            },
            "schemas": sorted.into_iter().collect::<Map<String, Value>>()
        }
    })
}

/// The document as it is committed: indented, with a line end.
pub fn text() -> String {
    format!("{:#}\n", document())
}

fn operation(route: &Route, doc: &Doc, incoming: &mut SchemaGenerator, outgoing: &mut SchemaGenerator) -> Value {
    let mut parameters: Vec<Value> = path_parameters(route.path);
    parameters.extend(doc.query.iter().map(|(name, format, needed, what)| {
        json!({ "name": name, "in": "query", "required": needed, "description": what, "schema": schema_of_format(format) })
    }));
    if doc.list {
        parameters.push(
            json!({ "name": "after", "in": "query", "description": "The cursor the page before ended with.",
            "schema": { "type": "string" } }),
        );
        parameters.push(
            json!({ "name": "limit", "in": "query", "description": "At most this many; 50 when not said.",
            "schema": { "type": "integer", "minimum": 1, "maximum": 200 } }),
        );
    }
    // Opening a door is never repeated, so it takes no key.
    if route.method == "POST" && !route.path.ends_with("/open") {
        parameters.push(json!({ "name": "Idempotency-Key", "in": "header",
            "description": "The same key with the same body gets the first answer again, for a day.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 200 } }));
    }
    let mut operation = json!({
        "operationId": operation_id(route),
        "summary": doc.summary,
        "tags": [doc.tag],
        "parameters": parameters,
        "responses": responses(route, doc, outgoing),
    });
    if let Some(body) = doc.body {
        let schema = body(incoming);
        operation["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
    }
    operation
}

fn responses(route: &Route, doc: &Doc, outgoing: &mut SchemaGenerator) -> Value {
    let problem =
        json!({ "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } } });
    let mut responses = Map::new();
    let mut success = json!({ "description": "As asked." });
    if let Some(answer) = doc.answer {
        let schema: Schema = answer(outgoing);
        let schema: Value = if doc.list { list_of(&schema) } else { schema.into() };
        success["content"] = json!({ "application/json": { "schema": schema } });
    }
    responses.insert(doc.status.as_str().to_owned(), success);
    let mut say = |kind: Kind| {
        let mut problem = problem.clone();
        problem["description"] = kind.title().into();
        responses.entry(kind.status().as_str().to_owned()).or_insert(problem);
    };
    say(Kind::NotSignedIn);
    say(Kind::NotAllowed);
    say(Kind::TooMany);
    say(Kind::Busy);
    say(Kind::Internal);
    if route.path.contains('{') {
        say(Kind::NotFound);
    }
    if doc.body.is_some() || !doc.query.is_empty() || doc.list {
        say(Kind::Invalid);
    }
    if doc.body.is_some() {
        say(Kind::Unreadable);
        say(Kind::TooLarge);
        say(Kind::WrongType);
    }
    if !route.method.is_safe() {
        say(Kind::Conflict);
    }
    Value::Object(responses)
}

fn list_of(item: &Schema) -> Value {
    json!({
        "type": "object",
        "required": ["items", "next"],
        "properties": {
            "items": { "type": "array", "items": item },
            "next": { "type": ["string", "null"], "description": "Ask with after= this for the next page; null at the end." }
        }
    })
}

fn path_parameters(path: &str) -> Vec<Value> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect()
}

fn schema_of_format(format: &str) -> Value {
    match format {
        "text" => json!({ "type": "string" }),
        "integer" => json!({ "type": "integer" }),
        "boolean" => json!({ "type": "boolean" }),
        format => json!({ "type": "string", "format": format }),
    }
}

/// `post_bookings_booking_cancel`: stable, from method and path.
fn operation_id(route: &Route) -> String {
    let path = route.path.trim_start_matches("/api/v1/");
    let words: String = path
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    let words: Vec<&str> = words.split('_').filter(|word| !word.is_empty()).collect();
    format!("{}_{}", route.method.as_str().to_lowercase(), words.join("_"))
}
