//! Logins and credentials: contract §3.

use serde_json::json;
use simulators::kisi::LoginKind;
use simulators::kisi::switches::{ForbiddenOr422, UnauthorizedOr403};

use crate::kit::{DAY, MIRA, NOON, house, password_login};

#[tokio::test]
async fn the_owner_signs_in_by_domain_email_and_password_and_gets_a_secret_once() {
    let house = house().await;
    let got = house.sign_in("api").await;
    assert_eq!(got.status, 200);
    assert_eq!(got.body["type"], "api");
    assert_eq!(got.body["expire"], false);
    assert_eq!(got.body["user_id"], house.owner);
    let secret = got.body["secret"].as_str().unwrap();
    assert_eq!(got.body["authentication_token"], secret, "the deprecated alias");
    let current = house.read_as(secret, "/login").await;
    assert_eq!((current.status, current.id()), (200, got.id()));
    assert!(current.body.get("secret").is_none(), "shown only on creation");
}

#[tokio::test]
async fn a_wrong_domain_email_or_password_is_401_afc516() {
    let house = house().await;
    for (field, wrong) in [
        ("domain", "harbour-works"),
        ("email", "owner@elsewhere.example"),
        ("password", "guess"),
    ] {
        let mut body = password_login("api");
        body["user"][field] = wrong.into();
        let got = house.call("POST", "/logins", Some(body), None).await;
        assert_eq!((got.status, got.code()), (401, "afc516"), "{field}");
    }
}

#[tokio::test]
async fn the_public_page_of_an_organization_exists_only_for_its_own_domain() {
    let house = house().await;
    let got = house
        .call("GET", "/organizations/harbor-works/public", None, None)
        .await;
    assert_eq!((got.status, &got.body["sso_flow_enabled"]), (200, &json!(false)));
    assert_eq!(
        house
            .call("GET", "/organizations/nobody/public", None, None)
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_one_time_code_is_asked_for_and_checked() {
    let house = house().await;
    house
        .sim
        .set_switches(|switches| switches.owner_otp = Some("482913".to_owned()));
    let mut body = password_login("api");
    let got = house.call("POST", "/logins", Some(body.clone()), None).await;
    assert_eq!((got.status, got.code()), (401, "afc526"));
    body["user"]["otp_attempt"] = "000000".into();
    let got = house.call("POST", "/logins", Some(body.clone()), None).await;
    assert_eq!((got.status, got.code()), (401, "afc536"));
    body["user"]["otp_attempt"] = "482913".into();
    assert_eq!(house.call("POST", "/logins", Some(body), None).await.status, 200);
}

#[tokio::test]
async fn with_single_sign_on_only_the_owner_signs_in_by_password() {
    let house = house().await;
    house
        .sim
        .set_user(house.mira, |mira| mira.password = Some("pier".to_owned()));
    house.sim.set_switches(|switches| switches.sso = true);
    let body = json!({ "login": { "type": "api" },
                       "user": { "domain": "harbor-works", "email": MIRA, "password": "pier" } });
    assert_eq!(house.call("POST", "/logins", Some(body), None).await.status, 403);
    assert_eq!(house.sign_in("api").await.status, 200);
}

#[tokio::test]
async fn somebody_who_is_not_an_administrator_signs_in_but_may_not_read_groups_or_assignments() {
    let house = house().await;
    house
        .sim
        .set_user(house.mira, |mira| mira.password = Some("pier".to_owned()));
    let body = json!({ "login": { "type": "api" },
                       "user": { "domain": "harbor-works", "email": MIRA, "password": "pier" } });
    let login = house.call("POST", "/logins", Some(body), None).await;
    let secret = login.body["secret"].as_str().unwrap();
    assert_eq!(house.read_as(secret, "/groups?limit=1").await.status, 403);
    assert_eq!(house.read_as(secret, "/role_assignments?limit=1").await.status, 403);
    let organization = house.read_as(secret, "/organization").await;
    assert_ne!(
        organization.body["user_id"], login.body["user_id"],
        "how a client sees that this is not the owner"
    );
}

#[tokio::test]
async fn the_owner_makes_device_logins_for_others_but_no_api_logins() {
    let house = house().await;
    let device = house
        .post(
            "/logins",
            json!({ "login": { "type": "device", "email": MIRA, "expire": "false" } }),
        )
        .await;
    assert_eq!((device.status, &device.body["user_id"]), (200, &json!(house.mira)));
    assert_eq!(device.body["expire"], false, "the guides write the flag as a string");
    let api = house
        .post("/logins", json!({ "login": { "type": "api", "email": MIRA } }))
        .await;
    assert_eq!(api.status, 403);
    let nobody = house
        .post(
            "/logins",
            json!({ "login": { "type": "device", "email": "no@example.org" } }),
        )
        .await;
    assert_eq!(nobody.status, 404);
}

#[tokio::test]
async fn acting_for_an_unconfirmed_user_fails_with_the_frameworks_sentence() {
    let house = house().await;
    let secret = house.secret_of(MIRA).await;
    house.sim.set_user(house.mira, |mira| mira.confirmed = false);
    let got = house.read_as(&secret, "/locks").await;
    assert_eq!(got.status, 401);
    assert!(got.body["error"].as_str().unwrap().contains("confirm your email"));
    house
        .sim
        .set_switches(|switches| switches.unconfirmed = UnauthorizedOr403::Forbidden);
    assert_eq!(
        house
            .post("/logins", json!({ "login": { "type": "device", "email": MIRA } }))
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn the_eleventh_api_login_is_refused_in_words_about_a_maximum() {
    let house = house().await;
    for _ in 1..10 {
        assert_eq!(house.sign_in("api").await.status, 200);
    }
    let refused = house.sign_in("api").await;
    assert_eq!(refused.status, 403);
    assert!(refused.body["error"].as_str().unwrap().contains("maximum"));
    house
        .sim
        .set_switches(|switches| switches.eleventh_login = ForbiddenOr422::Unprocessable);
    assert_eq!(house.sign_in("api").await.status, 422);
    assert_eq!(
        house.sign_in("device").await.status,
        200,
        "device logins have a limit of their own"
    );
}

#[tokio::test]
async fn the_forty_first_device_login_silently_removes_the_one_unused_for_longest() {
    let house = house().await;
    let mut secrets = Vec::new();
    for _ in 0..40 {
        house.clock.advance_ms(1_000);
        secrets.push(house.secret_of(MIRA).await);
    }
    assert_eq!(
        house.read_as(&secrets[0], "/login").await.status,
        200,
        "the oldest was just used"
    );
    house.secret_of(MIRA).await;
    assert_eq!(
        house.read_as(&secrets[1], "/login").await.status,
        401,
        "the one unused for longest is gone"
    );
    assert_eq!(house.read_as(&secrets[0], "/login").await.status, 200);
    let devices = house
        .sim
        .logins()
        .iter()
        .filter(|login| login.kind == LoginKind::Device)
        .count();
    assert_eq!(devices, 40);
}

#[tokio::test]
async fn logins_die_of_disuse_unless_they_do_not_expire() {
    let house = house().await;
    let mortal = house
        .post("/logins", json!({ "login": { "type": "device", "email": MIRA } }))
        .await;
    let mortal = mortal.body["secret"].as_str().unwrap().to_owned();
    let lasting = house.secret_of(MIRA).await;
    house.clock.set_ms(NOON + 13 * DAY);
    assert_eq!(house.read_as(&mortal, "/login").await.status, 200);
    house.clock.set_ms(NOON + 28 * DAY);
    assert_eq!(house.read_as(&mortal, "/login").await.status, 401);
    assert_eq!(house.read_as(&lasting, "/login").await.status, 200);
    house.clock.set_ms(NOON + 400 * DAY);
    assert_eq!(house.get("/login").await.status, 200, "an API key with expire:false");
}

#[tokio::test]
async fn without_a_header_with_a_malformed_scheme_or_an_unknown_secret_it_is_401() {
    let house = house().await;
    let bearer = format!("Bearer {}", house.secret);
    for header in [
        None,
        Some("KISI-LOGIN"),
        Some(house.secret.as_str()),
        Some(&bearer),
        Some("KISI-LOGIN guess"),
    ] {
        let got = house.call("GET", "/locks", None, header).await;
        assert_eq!((got.status, got.code()), (401, "afc496"), "{header:?}");
    }
}

#[tokio::test]
async fn a_login_is_renamed_listed_without_secret_and_deleted() {
    let house = house().await;
    assert_eq!(
        house
            .call(
                "PUT",
                "/login",
                Some(json!({ "login": { "name": "Pier 3" } })),
                Some(&format!("KISI-LOGIN {}", house.secret))
            )
            .await
            .status,
        204
    );
    let list = house.get("/logins?user_id=me&limit=250").await;
    assert_eq!(list.body[0]["name"], "Pier 3");
    assert!(list.body[0].get("secret").is_none());
    assert_eq!(house.delete("/login").await.status, 204);
    assert_eq!(house.get("/login").await.status, 401);
}
