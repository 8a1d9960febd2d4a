//! The member's own consent: there, back, and whose login it is (§3.2, §3.6).

use access::vendor::{KeyAct, KeyRefusal, KeySeen};
use connectors::Login;
use simulators::salto::switches::Consent as Answers;

use crate::house::{BACK, House, NOOR, OWNER, VERIFIER, linked, public_key, why};

#[tokio::test]
async fn the_browser_is_sent_with_our_client_pkce_and_the_members_address() {
    let house = House::open().await;
    let url = house.go().await;
    let of = |key: &str| {
        let mut pairs = url.query_pairs().into_owned();
        pairs
            .find(|(known, _)| known == key)
            .map(|(_, value)| value)
            .unwrap_or_default()
    };
    assert_eq!(
        (of("client_id"), of("redirect_uri")),
        ("our-client".to_owned(), BACK.to_owned())
    );
    assert_eq!(
        (of("code_challenge_method"), of("login_hint")),
        ("S256".to_owned(), NOOR.to_owned())
    );
    assert!(of("scope").contains("offline_access"), "{url}");
    assert!(
        !url.as_str().contains(VERIFIER) && !url.as_str().contains("s3cret"),
        "{url}"
    );
    assert!(house.calls().is_empty(), "the address is known without asking");
}

#[tokio::test]
async fn a_member_who_allows_it_is_linked_and_one_who_does_not_brings_back_a_plain_no() {
    let house = House::open().await;
    house.sim.set_switches(|switches| switches.consent = Answers::Deny);
    let back = house.brought_back(house.go().await).await;
    assert!(
        back.contains(&("error".to_owned(), "access_denied".to_owned())),
        "{back:?}"
    );
    house.sim.set_switches(|switches| switches.consent = Answers::Allow);
    let code = house.code().await;
    assert_eq!(house.link(code).await, KeySeen::Linked);
    assert!(house.login().is_some());
}

#[tokio::test]
async fn a_code_works_once_and_with_its_own_verifier_only() {
    let house = House::open().await;
    let code = house.code().await;
    let other = "another-verifier-that-is-long-enough-for-the-standard-012345";
    assert_eq!(why(house.act(linked(code, other)).await), KeyRefusal::ConsentOver);
    let code = house.code().await;
    assert_eq!(house.link(code.clone()).await, KeySeen::Linked);
    assert_eq!(why(house.link(code).await), KeyRefusal::ConsentOver);
    let code = house.code().await;
    house.clock.advance_ms(6 * 60_000);
    assert_eq!(
        why(house.link(code).await),
        KeyRefusal::ConsentOver,
        "codes live five minutes"
    );
}

#[tokio::test]
async fn somebody_elses_login_is_not_kept_and_taken_back() {
    let house = House::open().await;
    let mut url = house.go().await;
    let swapped = url
        .query()
        .unwrap()
        .replace("noor%40example.org", "owner%40harbour.example");
    url.set_query(Some(&swapped));
    assert!(url.as_str().contains("owner%40"), "{url}");
    // Known by id, and known by address only.
    for external in [house.sim.person(NOOR), None] {
        let back = house.brought_back(url.clone()).await;
        let code = back.iter().find(|(key, _)| key == "code").unwrap().1.clone();
        let seen = house
            .act_as(external.as_deref(), linked(access::vendor::Secret::new(code), VERIFIER))
            .await;
        assert_eq!(why(seen), KeyRefusal::OtherAccount);
    }
    assert!(house.login().is_none());
    let revoked = house.sim.calls();
    let revoked = revoked.iter().filter(|call| call.path.ends_with("/revocation"));
    assert_eq!(revoked.count(), 2);
    assert!(house.sim.person(OWNER).is_some());
}

#[tokio::test]
async fn who_is_not_yet_known_by_id_is_known_by_address_whatever_its_case() {
    let house = House::open().await;
    let code = house.code().await;
    assert_eq!(house.act_as(None, linked(code, VERIFIER)).await, KeySeen::Linked);
}

#[tokio::test]
async fn a_client_that_may_not_sign_members_in_says_so() {
    let house = House::open().await;
    let code = house.code().await;
    house.sim.set_switches(|switches| switches.invalid_client_status = 401);
    let form = Login::passing("x", other_client());
    let connector = house.connectors.connector("salto", &form, Some(&house.site)).unwrap();
    let keep = |_| -> connectors::vault::Trip<'static, ()> { Box::pin(async { Ok(()) }) };
    let login = connectors::KeyLogin {
        external: None,
        email: NOOR,
        kept: None,
        keep: &keep,
    };
    let seen = connector
        .key(&linked(code, VERIFIER), login, access::Instant::from_ms(0))
        .await;
    assert_eq!(why(seen), KeyRefusal::ClientRefused);
}

fn other_client() -> access::vendor::Secret {
    let kept = r#"{"client_id":"nobody","scope":"x","how":{"password":{"username":"u","password":"p"}}}"#;
    access::vendor::Secret::new(kept)
}

#[tokio::test]
async fn unlinking_takes_the_refresh_token_back() {
    let house = House::linked().await;
    assert_eq!(house.act(KeyAct::Unlink).await, KeySeen::Unlinked);
    assert_eq!(why(house.issue("7d2c", &public_key('A')).await), KeyRefusal::LoginOver);
    let nobody = House::open().await;
    assert_eq!(
        nobody.act(KeyAct::Unlink).await,
        KeySeen::Unlinked,
        "nothing to forget is fine"
    );
}

#[tokio::test]
async fn a_login_server_that_is_down_is_said_as_down_and_costs_nothing() {
    let house = House::linked().await;
    house.sim.set_switches(|switches| switches.identity_down = true);
    assert_eq!(why(house.issue("7d2c", &public_key('A')).await), KeyRefusal::Down);
    house.sim.set_switches(|switches| switches.identity_down = false);
    house.key().await;
}
