//! Programs connect a vendor account, sign in again at it, and narrow it to a site; and what they cannot do.

use access::facts::IntegrationState;
use access::vendor::Secret;
use reqwest::Method;
use serde_json::json;

use crate::api::Program;
use crate::house::{House, Network};

/// The furnished network's integration, at the account that the house's vendor lets in with the password "right".
async fn signed_in_at_harbor() -> (House, Network, Program) {
    let (house, network) = House::furnished().await;
    let act = house.act(network.id);
    let mut tx = house.store.write().await.unwrap();
    let old = Secret::new("old");
    let login = store::vendor_login::keep(&mut tx, &act, "test", "harbor/1", "owner@harbor", &old);
    let login = Some(login.await.unwrap());
    let before = store::integration::read(&mut tx, network.id, network.integration)
        .await
        .unwrap();
    let details = store::integration::Details {
        login,
        ..before.details
    };
    store::integration::change(&mut tx, &act, network.integration, &details)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let program = Program::new(&house, &network.token);
    (house, network, program)
}

#[tokio::test]
async fn a_program_signs_in_again_and_the_integration_grants_again() {
    let (house, network, program) = signed_in_at_harbor().await;
    let at = format!("/api/v1/integrations/{}", network.integration);
    let mut tx = house.store.write().await.unwrap();
    let act = house.act(network.id);
    store::integration::set_state(&mut tx, &act, network.integration, IntegrationState::NeedsSignIn)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(program.get(&at).await.json["state"], "needs_sign_in");

    let typed = |password: &str| json!({ "fields": { "email": "o@x.example", "password": password } });
    let wrong = program.post(&format!("{at}/reconnect"), &typed("wrong")).await;
    assert_eq!(
        (wrong.status, wrong.json["errors"][0]["field"].as_str()),
        (422, Some("fields"))
    );
    let missing = program.post(&format!("{at}/reconnect"), &json!({ "fields": {} })).await;
    assert_eq!(missing.json["errors"][0]["field"], "fields.email");
    assert_eq!(program.get(&at).await.json["state"], "needs_sign_in");

    let works = program.post(&format!("{at}/reconnect"), &typed("right")).await;
    assert_eq!((works.status, works.json["state"].as_str()), (200, Some("connected")));
    let mut tx = house.store.read().await.unwrap();
    let login = store::integration::read(&mut tx, network.id, network.integration)
        .await
        .unwrap()
        .details
        .login;
    let secret = store::vendor_login::secret(&mut tx, network.id, login.unwrap())
        .await
        .unwrap();
    assert_eq!(secret.reveal(), "vendor secret");
    let waiting = store::wakeup::waiting(&mut tx, network.id).await.unwrap();
    assert!(
        waiting
            .iter()
            .any(|one| one.integration == network.integration && one.person.is_none())
    );
}

#[tokio::test]
async fn another_account_is_not_taken_for_the_one_from_before() {
    let (house, network) = House::furnished().await;
    let program = Program::new(&house, &network.token);
    let at = format!("/api/v1/integrations/{}/reconnect", network.integration);
    let typed = json!({ "fields": { "email": "o@x.example", "password": "right" } });
    let told = program.post(&at, &typed).await;
    assert_eq!(told.status, 409);
    assert!(
        told.json["detail"]
            .as_str()
            .unwrap()
            .contains("another account than before")
    );
}

#[tokio::test]
async fn only_a_site_of_the_account_can_be_chosen() {
    let (_house, network, program) = signed_in_at_harbor().await;
    let at = format!("/api/v1/integrations/{}", network.integration);
    assert_eq!(program.get(&format!("{at}/sites")).await.json["items"], json!([]));
    let typed = json!({ "fields": { "email": "o@x.example", "password": "right" } });
    program.post(&format!("{at}/reconnect"), &typed).await;
    let sites = program.get(&format!("{at}/sites")).await.json;
    assert_eq!(sites["items"], json!([{ "external": "7", "name": "Pier 3" }]));

    let wrong = program
        .ask(Method::PATCH, &at, Some(&json!({ "site": "99" })), None)
        .await;
    assert_eq!(
        (wrong.status, wrong.json["errors"][0]["field"].as_str()),
        (422, Some("site"))
    );
    assert_eq!(
        wrong.json["errors"][0]["say"],
        "The account has no such site. It has 7 (Pier 3)."
    );
    let right = program
        .ask(Method::PATCH, &at, Some(&json!({ "site": "7" })), None)
        .await;
    assert_eq!(
        (right.json["site"].as_str(), right.json["site_name"].as_str()),
        (Some("7"), Some("Pier 3"))
    );
    let all = program
        .ask(Method::PATCH, &at, Some(&json!({ "site": null })), None)
        .await;
    assert!(all.json["site"].is_null() && all.json["site_name"].is_null());
}

#[tokio::test]
async fn a_location_has_one_live_integration_of_a_vendor() {
    let (house, network) = House::furnished().await;
    let program = Program::new(&house, &network.token);
    let new = json!({ "location": network.location, "vendor": "test", "fields": { "email": "o@x.example", "password": "right" } });
    let told = program.post("/api/v1/integrations", &new).await;
    assert_eq!(told.status, 409);
    let say = told.json["detail"].as_str().unwrap();
    assert!(say.contains("Test Locks is connected here already") && say.contains(&network.integration.to_string()));
    assert!(say.contains("Sign in again at that integration"), "{say}");

    let mut owner = house.browser_of(network.id, network.owner).await;
    let wizard = format!("/admin/integrations/connect/{}/test", network.location);
    let there = format!("/admin/integrations/{}", network.integration);
    assert_eq!(owner.get(&wizard).await.to(), there);
    assert!(
        owner
            .get(&there)
            .await
            .text
            .contains("Test Locks is connected here already.")
    );
    let sent = owner
        .post(&wizard, &[("email", "o@x.example"), ("password", "right")])
        .await;
    assert_eq!((sent.status, sent.to()), (303, there.as_str()));

    let gone = format!("/api/v1/integrations/{}/disconnect", network.integration);
    program.post(&gone, &json!({ "with": "leave" })).await;
    let told = program.post("/api/v1/integrations", &new).await;
    assert!(
        told.json["detail"]
            .as_str()
            .unwrap()
            .contains("is being disconnected here just now")
    );
    let mut tx = house.store.write().await.unwrap();
    let act = house.act(network.id);
    store::integration::set_state(&mut tx, &act, network.integration, IntegrationState::Disconnected)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(program.post("/api/v1/integrations", &new).await.status, 201);
    assert_eq!(program.post("/api/v1/integrations", &new).await.status, 409);
    let again = format!("/api/v1/integrations/{}/reconnect", network.integration);
    let told = program.post(&again, &json!({ "fields": new["fields"] })).await;
    assert_eq!(
        told.status, 409,
        "the old one beside the new one would be a second: {}",
        told.json
    );
}
