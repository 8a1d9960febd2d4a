//! The identity server: contract §3.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::{Value, json};
use simulators::fault::{Fault, Trouble};
use simulators::salto::Host;
use simulators::salto::switches::{Consent, Refresh};

use crate::kit::{BOT, HOUR, House, MINUTE, NOON, NOOR, OWNER, REDIRECT, SECOND, SERVER, VERIFIER, WEB, house, read};

fn claims(token: &str) -> (Value, Value) {
    let part = |at: usize| {
        let bytes = BASE64_URL_SAFE_NO_PAD
            .decode(token.split('.').nth(at).unwrap())
            .unwrap();
        serde_json::from_slice(&bytes).unwrap()
    };
    (part(0), part(1))
}

async fn allowing() -> House {
    let house = house().await;
    house.sim.set_switches(|switches| switches.consent = Consent::Allow);
    house
}

async fn password(house: &House, email: &str, password: &str, secret: &str, scope: &str) -> crate::kit::Got {
    let form = [
        ("grant_type", "password"),
        ("username", email),
        ("password", password),
        ("scope", scope),
    ];
    house.token_call(&form, Some((SERVER, secret))).await
}

#[tokio::test]
async fn discovery_names_endpoints_and_grants_of_this_very_server() {
    let house = house().await;
    let base = house.sim.url(Host::Identity);
    let got = read(house.http.get(format!("{base}/.well-known/openid-configuration"))).await;
    assert_eq!(got.body["issuer"], base);
    assert_eq!(got.body["token_endpoint"], format!("{base}/connect/token"));
    for grant in ["authorization_code", "refresh_token", "password", "client_credentials"] {
        assert!(
            got.body["grant_types_supported"]
                .as_array()
                .unwrap()
                .contains(&grant.into())
        );
    }
}

#[tokio::test]
async fn access_tokens_are_signed_by_the_published_key_and_carry_the_claims_of_the_real_ones() {
    let house = allowing().await;
    let code = house.code(&[("login_hint", BOT)]).await;
    let got = house.redeem(&code, VERIFIER).await;
    let token = got.body["access_token"].as_str().unwrap();
    let (head, body) = claims(token);
    assert_eq!((&head["alg"], &head["typ"]), (&json!("RS256"), &json!("at+jwt")));
    assert_eq!(body["aud"], "user_api");
    assert_eq!(body["exp"].as_i64().unwrap() - body["iat"].as_i64().unwrap(), 3_600);
    assert!(
        body["scope"]
            .as_array()
            .unwrap()
            .contains(&"user_api.full_access".into())
    );
    assert_ne!(body["sub"].as_str(), house.sim.person(BOT).as_deref());
    assert!(
        body.as_object()
            .unwrap()
            .keys()
            .any(|key| key.starts_with("profile_id_"))
    );
    let discovery = format!("{}/.well-known/openid-configuration", house.sim.url(Host::Identity));
    let discovery = read(house.http.get(discovery)).await;
    let keys = read(house.http.get(discovery.body["jwks_uri"].as_str().unwrap())).await;
    let key = &keys.body["keys"][0];
    assert_eq!(key["kid"], head["kid"]);
    let part = |text: &Value| BASE64_URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap();
    let public = RsaPublicKeyComponents {
        n: part(&key["n"]),
        e: part(&key["e"]),
    };
    let (text, signature) = token.rsplit_once('.').unwrap();
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    public
        .verify(&RSA_PKCS1_2048_8192_SHA256, text.as_bytes(), &signature)
        .unwrap();
    assert_eq!(claims(got.body["id_token"].as_str().unwrap()).1["nonce"], "n0nce");
}

#[tokio::test]
async fn a_person_allows_or_denies_on_the_consent_page() {
    let house = house().await;
    let page = house.authorize(&[("login_hint", NOOR)]).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Allow") && page.text.contains("Deny"));
    assert!(page.text.contains(&format!("<option selected>{NOOR}")));
    let url = format!("{}/connect/authorize", house.sim.url(Host::Identity));
    for (decision, answer) in [("allow", "code"), ("deny", "error")] {
        let challenge = crate::kit::challenge();
        let form = [
            ("response_type", "code"),
            ("client_id", WEB),
            ("redirect_uri", REDIRECT),
            ("scope", "openid user_api.full_access"),
            ("state", "st4te"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
            ("email", BOT),
            ("decision", decision),
        ];
        let body = reqwest::Url::parse_with_params("http://form/", form).unwrap();
        let request = house.http.post(&url).body(body.query().unwrap().to_owned());
        let got = read(request.header("content-type", "application/x-www-form-urlencoded")).await;
        assert_eq!((got.status, got.returned("state").as_deref()), (302, Some("st4te")));
        assert!(got.returned(answer).is_some(), "{got:?}");
    }
}

#[tokio::test]
async fn an_unregistered_redirect_is_refused_without_a_redirect() {
    let house = allowing().await;
    for other in [
        "https://evil.example/callback",
        &format!("{REDIRECT}/"),
        &format!("{REDIRECT}?a=1"),
    ] {
        let got = house.authorize(&[("redirect_uri", other)]).await;
        assert_eq!((got.status, got.header("location")), (400, ""), "{other}");
    }
    let got = house.authorize(&[("client_id", "nobody")]).await;
    assert_eq!((got.status, got.header("location")), (400, ""));
}

#[tokio::test]
async fn wrong_wishes_go_back_to_the_client_as_errors() {
    let house = allowing().await;
    let error = |got: crate::kit::Got| got.returned("error").unwrap();
    assert_eq!(
        error(house.authorize(&[("scope", "hardware_api")]).await),
        "invalid_scope"
    );
    let plain = [("code_challenge_method", "plain")];
    assert_eq!(error(house.authorize(&plain).await), "invalid_request");
    house.sim.set_switches(|switches| switches.consent = Consent::Deny);
    assert_eq!(error(house.authorize(&[]).await), "access_denied");
}

#[tokio::test]
async fn a_code_is_good_once_for_five_minutes_and_only_with_its_verifier() {
    let house = allowing().await;
    let code = house.code(&[]).await;
    let wrong = house.redeem(&code, "another verifier").await;
    assert_eq!((wrong.status, &wrong.body["error"]), (400, &json!("invalid_grant")));
    assert_eq!(
        house.redeem(&code, VERIFIER).await.status,
        400,
        "a failed try uses it up"
    );
    let code = house.code(&[]).await;
    assert_eq!(house.redeem(&code, VERIFIER).await.status, 200);
    assert_eq!(house.redeem(&code, VERIFIER).await.body["error"], "invalid_grant");
    let code = house.code(&[]).await;
    house.clock.advance_ms(5 * MINUTE + SECOND);
    assert_eq!(house.redeem(&code, VERIFIER).await.body["error"], "invalid_grant");
}

#[tokio::test]
async fn refresh_tokens_rotate_slide_or_expire_by_switch() {
    let house = allowing().await;
    let code = house.code(&[]).await;
    let first = house.redeem(&code, VERIFIER).await.body["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let refresh = async |token: &str| {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("client_id", WEB),
        ];
        house.token_call(&form, None).await
    };
    let got = refresh(&first).await;
    let second = got.body["refresh_token"].as_str().unwrap().to_owned();
    assert_eq!(refresh(&first).await.body["error"], "invalid_grant", "rotated away");
    house.sim.set_switches(|switches| switches.refresh = Refresh::Sliding);
    for _ in 0..2 {
        let got = refresh(&second).await;
        assert_eq!((got.status, got.body.get("refresh_token")), (200, None));
    }
    house.sim.set_switches(|switches| switches.refresh = Refresh::Expired);
    assert_eq!(refresh(&second).await.body["error"], "invalid_grant");
    house.sim.set_switches(|switches| switches.refresh = Refresh::Rotating);
    assert!(house.sim.revoke_tokens(OWNER));
    assert_eq!(refresh(&second).await.body["error"], "invalid_grant");
}

#[tokio::test]
async fn a_system_user_signs_in_by_password_with_the_clients_secret() {
    let house = house().await;
    let got = password(&house, OWNER, "let me in", "s3cret/+", "user_api.full_access").await;
    assert_eq!((got.status, got.body.get("refresh_token")), (200, None));
    let token = got.body["access_token"].as_str().unwrap();
    assert_eq!(house.call_as(token, "GET", "/v1.2/me", None).await.body["email"], OWNER);
    let got = password(
        &house,
        OWNER,
        "let me in",
        "s3cret/+",
        "user_api.full_access offline_access",
    )
    .await;
    assert!(got.body["refresh_token"].is_string());
}

#[tokio::test]
async fn each_refusal_of_the_token_endpoint_has_its_error() {
    let house = house().await;
    let scope = "user_api.full_access";
    let got = password(&house, OWNER, "wrong", "s3cret/+", scope).await;
    assert_eq!((got.status, &got.body["error"]), (400, &json!("invalid_grant")));
    let got = password(&house, OWNER, "let me in", "wrong", scope).await;
    assert_eq!((got.status, &got.body["error"]), (400, &json!("invalid_client")));
    house.sim.set_switches(|switches| switches.invalid_client_status = 401);
    assert_eq!(password(&house, OWNER, "let me in", "wrong", scope).await.status, 401);
    let got = password(&house, OWNER, "let me in", "s3cret/+", "core_api.all").await;
    assert_eq!((got.status, &got.body["error"]), (400, &json!("invalid_scope")));
    for (grant, error) in [
        ("password", "unauthorized_client"),
        ("client_credentials", "unauthorized_client"),
        ("magic", "unsupported_grant_type"),
    ] {
        let got = house
            .token_call(&[("grant_type", grant), ("client_id", WEB)], None)
            .await;
        assert_eq!((got.status, &got.body["error"]), (400, &json!(error)));
    }
}

#[tokio::test]
async fn a_token_ends_after_an_hour_with_an_empty_401_that_says_so() {
    let house = house().await;
    assert_eq!(house.get("").await.status, 200);
    house.clock.advance_ms(HOUR);
    let got = house.get("").await;
    assert_eq!((got.status, got.text.as_str()), (401, ""));
    assert!(
        got.header("www-authenticate")
            .starts_with("Bearer error=\"invalid_token\"")
    );
    assert!(got.header("www-authenticate").contains("expired"));
    let nobody = read(house.http.get(format!("{}/v1.2/me", house.sim.url(Host::Api)))).await;
    assert_eq!((nobody.status, nobody.header("www-authenticate")), (401, "Bearer"));
    assert_eq!(house.clock.now_ms(), NOON + HOUR);
}

#[tokio::test]
async fn an_outage_is_404_everywhere_and_the_dial_strikes_the_token_endpoint() {
    let house = house().await;
    house
        .sim
        .faults()
        .add(Fault::on("POST /connect/token", Trouble::Status { status: 503 }).times(1));
    let ask = async || {
        password(&house, OWNER, "let me in", "s3cret/+", "user_api.full_access")
            .await
            .status
    };
    assert_eq!((ask().await, ask().await), (503, 200));
    house.sim.set_switches(|switches| switches.identity_down = true);
    assert_eq!(ask().await, 404);
    let url = format!("{}/.well-known/openid-configuration", house.sim.url(Host::Identity));
    assert_eq!(read(house.http.get(url)).await.status, 404);
    assert_eq!(house.get("").await.status, 200, "the API is another host");
}

#[tokio::test]
async fn a_partners_login_answers_silently_for_people_on_a_site_and_for_nobody_else() {
    let house = house().await;
    house.sim.set_switches(|switches| switches.consent = Consent::External);
    assert!(
        house
            .authorize(&[("login_hint", NOOR)])
            .await
            .returned("code")
            .is_some()
    );
    for hint in ["stranger@example.org", ""] {
        let got = house.authorize(&[("login_hint", hint)]).await;
        assert_eq!(got.returned("error").as_deref(), Some("access_denied"));
    }
}
