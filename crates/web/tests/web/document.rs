//! The committed OpenAPI document is the one the routes make.

#[test]
fn the_committed_document_is_fresh() {
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json")).unwrap_or_default();
    assert!(
        committed == web::openapi::text(),
        "crates/web/openapi.json is stale. Make it anew: cargo run -p web --example openapi > crates/web/openapi.json"
    );
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    let document = web::openapi::document();
    let text = document.to_string();
    for reference in text
        .split("\"$ref\":\"#")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
    {
        assert!(document.pointer(reference).is_some(), "{reference}");
    }
}

#[test]
fn routes_are_unique_and_only_the_api_is_documented() {
    let routes = web::registry::all();
    let mut seen = std::collections::BTreeSet::new();
    for route in &routes {
        assert!(
            seen.insert((route.path, route.method.to_string())),
            "{} {} twice",
            route.method,
            route.path
        );
        assert_eq!(
            route.doc.is_some(),
            route.surface == web::Surface::Api,
            "{}",
            route.path
        );
        assert_eq!(
            route.path.starts_with("/api/v1/"),
            route.surface == web::Surface::Api || route.path.ends_with("openapi.json")
        );
    }
}
