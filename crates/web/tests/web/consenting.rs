//! Connecting a vendor that wants a person's consent: there, back, and every way it goes wrong. Nothing typed is lost, nothing is half stored.

use access::id::IntegrationId;

use crate::browser::{Answer, Browser};
use crate::house::{House, Network};

const TYPED: [(&str, &str); 2] = [("client_id", "spaces"), ("client_secret", "s e cret")];
const KEPT: &str = "As before when you leave it empty";

/// The state in the link that leads away.
fn state_in(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let link = answer.text.split("https://far.example/authorize?").nth(1);
    let link = link.expect("a link leads away").split('"').next().expect("it ends");
    assert!(link.contains("/admin/integrations/consent"), "{link}");
    link.split("state=").nth(1).expect("it has a state").to_owned()
}

async fn begun() -> (House, Network, Browser, String, String) {
    let (house, network) = House::furnished().await;
    let mut owner = house.browser_of(network.id, network.owner).await;
    let wizard = format!("/admin/integrations/connect/{}/away", network.location);
    let state = state_in(&owner.post(&wizard, &TYPED).await);
    (house, network, owner, wizard, state)
}

fn back(state: &str, rest: &str) -> String {
    format!("/admin/integrations/consent?state={state}&{rest}")
}

async fn integrations(house: &House, network: &Network) -> Vec<IntegrationId> {
    let mut tx = house.store.read().await.unwrap();
    let page = store::Page::longest();
    let all = store::integration::list(&mut tx, network.id, Some(network.location), &page);
    all.await.unwrap().rows.into_iter().map(|one| one.id).collect()
}

#[tokio::test]
async fn whoever_comes_back_with_consent_is_connected_and_chooses_a_site() {
    let (house, network, mut owner, wizard, state) = begun().await;
    let before = integrations(&house, &network).await;
    let page = owner.get(&wizard).await.text;
    assert!(
        page.contains("Register this address there to the letter") && page.contains(r#"value="spaces""#),
        "{page}"
    );
    assert!(!page.contains("s e cret"), "secrets are never shown again");

    let there = owner.get(&back(&state, "code=good")).await;
    let after = integrations(&house, &network).await;
    let new = after.iter().find(|one| !before.contains(one)).expect("it is stored");
    assert_eq!(
        (there.status, there.to()),
        (303, format!("/admin/integrations/{new}/choices").as_str())
    );
    assert!(!owner.cookies.contains_key("vestibule_consent"), "the trip is over");
    let again = owner.get(&back(&state, "code=good")).await;
    assert_eq!(again.status, 409, "its state counts once");
    assert_eq!(integrations(&house, &network).await.len(), after.len());
}

#[tokio::test]
async fn a_no_at_the_vendor_brings_back_the_form_with_what_was_typed() {
    let (house, network, mut owner, wizard, state) = begun().await;
    let before = integrations(&house, &network).await;
    let there = owner.get(&back(&state, "error=access_denied")).await;
    assert_eq!((there.status, there.to()), (303, wizard.as_str()));
    let page = owner.get(&wizard).await.text;
    assert!(
        page.contains("It was not allowed at Faraway Locks, so nothing was connected"),
        "{page}"
    );
    assert!(page.contains(r#"value="spaces""#) && page.contains(KEPT), "{page}");
    assert_eq!(integrations(&house, &network).await, before);

    // The secret need not be typed again.
    let again = owner
        .post(&wizard, &[("client_id", "spaces"), ("client_secret", "")])
        .await;
    let there = owner.get(&back(&state_in(&again), "code=good")).await;
    assert!(there.to().ends_with("/choices"), "{there:?}");
}

#[tokio::test]
async fn a_vendor_that_sends_back_with_another_error_is_quoted() {
    let (_house, _network, mut owner, wizard, state) = begun().await;
    owner.get(&back(&state, "error=invalid_request")).await;
    let page = owner.get(&wizard).await.text;
    assert!(
        page.contains("“invalid_request”") && page.contains("to the letter"),
        "{page}"
    );
}

#[tokio::test]
async fn a_code_that_is_over_is_said_and_what_was_typed_stays() {
    let (house, network, mut owner, _, state) = begun().await;
    let before = integrations(&house, &network).await;
    let page = owner.get(&back(&state, "code=used")).await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("works once and only for a few minutes") && page.text.contains(r#"value="spaces""#));
    assert_eq!(integrations(&house, &network).await, before);
}

#[tokio::test]
async fn a_state_that_is_not_ours_is_never_used() {
    let (house, network, mut owner, wizard, state) = begun().await;
    let before = integrations(&house, &network).await;
    for wrong in ["other", ""] {
        let page = owner.get(&back(wrong, "code=good")).await;
        assert_eq!(page.status, 409);
        assert!(page.text.contains("did not begin in this browser"), "{}", page.text);
    }
    // Somebody else's browser, with the very same link.
    let mut other = house.browser_of(network.id, network.owner).await;
    assert_eq!(other.get(&back(&state, "code=good")).await.status, 409);
    assert_eq!(integrations(&house, &network).await, before);
    let page = owner.get(&wizard).await.text;
    assert!(page.contains(r#"value="spaces""#), "the trip goes on");
}

#[tokio::test]
async fn a_trip_ends_after_a_quarter_of_an_hour() {
    let (house, network, mut owner, _, state) = begun().await;
    let before = integrations(&house, &network).await;
    house.clock.advance_s(15 * 60);
    assert_eq!(owner.get(&back(&state, "code=good")).await.status, 409);
    assert_eq!(integrations(&house, &network).await, before);
}

#[tokio::test]
async fn signing_in_again_needs_nothing_typed() {
    let (house, network, mut owner, _, state) = begun().await;
    let there = owner.get(&back(&state, "code=good")).await;
    let id = there.to().split('/').nth(3).expect("an id").to_owned();
    let again = format!("/admin/integrations/{id}/reconnect");
    assert!(owner.get(&again).await.text.contains(KEPT));
    let away = owner.post(&again, &[("client_id", ""), ("client_secret", "")]).await;
    let there = owner.get(&back(&state_in(&away), "code=good")).await;
    assert_eq!(there.to(), format!("/admin/integrations/{id}/choices"));
    assert_eq!(
        integrations(&house, &network).await.len(),
        2,
        "the furnished one and this one"
    );
}

#[tokio::test]
async fn a_program_is_told_that_a_person_has_to_consent() {
    let (house, network) = House::furnished().await;
    let program = crate::api::Program::new(&house, &network.token);
    let fields = serde_json::json!({ "client_id": "spaces", "client_secret": "s e cret" });
    let new = serde_json::json!({ "location": network.location, "vendor": "away", "fields": fields });
    let told = program.post("/api/v1/integrations", &new).await;
    assert_eq!(
        (told.status, told.json["errors"][0]["field"].as_str()),
        (422, Some("fields"))
    );
    let say = told.json["errors"][0]["say"].as_str().unwrap();
    assert!(say.contains("a person has to allow it at the vendor"), "{say}");
}
