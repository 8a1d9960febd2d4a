//! The login server, scopes and permissions: contract §3, S1 and S2.

use serde_json::json;
use simulators::tapkey::Role;
use simulators::tapkey::switches::{ForbiddenOr401, RefreshTokens};

use crate::kit::{ALL, DAY, House, MINUTE, house};

// The example of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Access and refresh token of the administrator.
async fn connected(house: &House) -> (String, String) {
    let got = house.redeem(&house.code(&[]).await).await;
    (got.text_of("access_token"), got.text_of("refresh_token"))
}

#[tokio::test]
async fn discovery_names_the_simulator_itself_as_the_issuer() {
    let house = house().await;
    let got = house.read_as("", "/.well-known/openid-configuration").await;
    assert_eq!(got.text_of("issuer"), house.sim.url());
    assert_eq!(
        got.text_of("token_endpoint"),
        format!("{}/connect/token", house.sim.url())
    );
}

#[tokio::test]
async fn the_consent_page_names_client_and_scopes_and_offers_allow_and_deny() {
    let house = house().await;
    let got = house.authorize(&[]).await;
    assert_eq!(got.status, 200);
    for words in [
        "spaces-prod",
        "read:owneraccounts",
        "keys@harbour.example",
        ">Allow<",
        ">Deny<",
    ] {
        assert!(got.text.contains(words), "{words}");
    }
}

#[tokio::test]
async fn a_code_with_the_secret_becomes_tokens_that_act_for_who_signed_in() {
    let house = house().await;
    let got = house.redeem(&house.code(&[]).await).await;
    assert_eq!((got.status, &got.body["expires_in"]), (200, &json!(3600)));
    assert_eq!(got.text_of("token_type"), "Bearer");
    let owners = house.read_as(&got.text_of("access_token"), "/api/v1/Owners").await;
    assert_eq!(owners.column("name"), ["Harbour Loft", "Old Yard"]);
    assert_eq!(
        house.sim.calls().last().unwrap().caller.as_deref(),
        Some("keys@harbour.example")
    );
}

#[tokio::test]
async fn the_callback_carries_state_and_the_scopes_that_were_granted() {
    let house = house().await;
    let got = house
        .authorize(&[("sim_auto", "allow"), ("sim_scope", "read:owneraccounts")])
        .await;
    assert_eq!((got.status, got.field("state")), (302, "s-1".to_owned()));
    assert_eq!(got.field("scope"), "read:owneraccounts");
}

#[tokio::test]
async fn a_form_post_callback_is_a_form_to_the_redirect_uri() {
    let house = house().await;
    let got = house
        .authorize(&[("sim_auto", "allow"), ("response_mode", "form_post")])
        .await;
    assert_eq!(got.status, 200);
    assert!(
        got.text
            .contains("method=post action='http://127.0.0.1/callback/tapkey'")
    );
    assert!(got.text.contains("name=code") && got.text.contains("name=state value='s-1'"));
}

#[tokio::test]
async fn a_refusal_is_access_denied_with_the_state() {
    let house = house().await;
    let got = house.authorize(&[("sim_auto", "deny")]).await;
    assert_eq!(
        (got.field("error"), got.field("state")),
        ("access_denied".to_owned(), "s-1".to_owned())
    );
}

#[tokio::test]
async fn a_redirect_uri_that_differs_in_one_letter_is_an_error_page_without_redirect() {
    let house = house().await;
    for uri in [
        "http://127.0.0.1/callback/tapkey/",
        "https://127.0.0.1/callback/tapkey",
        "",
    ] {
        let got = house.authorize(&[("sim_auto", "allow"), ("redirect_uri", uri)]).await;
        assert_eq!((got.status, got.location), (400, None), "{uri}");
    }
    let stranger = house.authorize(&[("client_id", "who")]).await;
    assert_eq!((stranger.status, stranger.location), (400, None));
}

#[tokio::test]
async fn old_scope_names_and_other_response_types_come_back_as_errors() {
    let house = house().await;
    for (change, error) in [
        (("scope", "manage:grants"), "invalid_scope"),
        (("response_type", "token"), "unsupported_response_type"),
        (("response_mode", "fragment"), "invalid_request"),
    ] {
        let got = house.authorize(&[change, ("sim_auto", "allow")]).await;
        assert_eq!(
            (got.field("error"), got.field("code")),
            (error.to_owned(), String::new())
        );
    }
}

#[tokio::test]
async fn a_client_gets_no_scope_beyond_those_it_is_registered_for() {
    let house = house().await;
    house
        .sim
        .narrow_client(&house.seed.code_client, &["read:owneraccounts"]);
    let got = house.authorize(&[("sim_auto", "allow")]).await;
    assert_eq!(got.field("error"), "invalid_scope");
}

#[tokio::test]
async fn a_code_works_once_and_only_for_its_client_and_redirect_uri() {
    let house = house().await;
    let code = house.code(&[]).await;
    assert_eq!(house.redeem(&code).await.status, 200);
    assert_eq!(house.redeem(&code).await.error(), (400, "invalid_grant"));
    let code = house.code(&[]).await;
    let elsewhere = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", "http://127.0.0.1/other"),
        ("client_id", &house.seed.code_client),
        ("client_secret", &house.seed.secret),
    ];
    assert_eq!(house.exchange(&elsewhere).await.error(), (400, "invalid_grant"));
}

#[tokio::test]
async fn a_code_lives_five_minutes() {
    let house = house().await;
    let (early, late) = (house.code(&[]).await, house.code(&[]).await);
    house.clock.advance_ms(5 * MINUTE - 1);
    assert_eq!(house.redeem(&early).await.status, 200);
    house.clock.advance_ms(1);
    assert_eq!(house.redeem(&late).await.error(), (400, "invalid_grant"));
}

#[tokio::test]
async fn pkce_needs_no_secret_but_the_verifier_of_the_challenge() {
    let house = house().await;
    let pkce = [
        ("client_id", house.seed.pkce_client.as_str()),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for (verifier, status) in [(VERIFIER, 200), ("another-verifier-of-forty-three-letters-long", 400)] {
        let code = house.code(&pkce).await;
        let got = house
            .exchange(&[
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("redirect_uri", &house.seed.redirect_uri),
                ("client_id", &house.seed.pkce_client),
                ("code_verifier", verifier),
            ])
            .await;
        assert_eq!(got.status, status, "{got:?}");
    }
    let without = house
        .authorize(&[("client_id", &house.seed.pkce_client), ("sim_auto", "allow")])
        .await;
    assert_eq!(without.field("error"), "invalid_request");
}

#[tokio::test]
async fn a_client_with_a_secret_may_send_pkce_too_and_is_then_held_to_it() {
    let house = house().await;
    let code = house
        .code(&[("code_challenge", CHALLENGE), ("code_challenge_method", "S256")])
        .await;
    assert_eq!(house.redeem(&code).await.error(), (400, "invalid_grant"));
}

#[tokio::test]
async fn client_credentials_bring_no_refresh_token_and_cannot_ask_for_one() {
    let house = house().await;
    let ask = |scope: &'static str| {
        let house = &house;
        async move {
            let form = [
                ("grant_type", "client_credentials"),
                ("client_id", &house.seed.service_client),
                ("client_secret", &house.seed.secret),
                ("scope", scope),
            ];
            house.exchange(&form).await
        }
    };
    let got = ask("read:grants").await;
    assert_eq!((got.status, got.body.get("refresh_token")), (200, None));
    assert_eq!(ask("read:grants offline_access").await.error(), (400, "invalid_scope"));
}

#[tokio::test]
async fn token_errors_are_those_of_rfc_6749_with_400() {
    let house = house().await;
    let (code, secret, service) = (&house.seed.code_client, &house.seed.secret, &house.seed.service_client);
    let ask = |grant: &'static str, id: &str, secret: &str| {
        let form = [
            ("grant_type", grant),
            ("client_id", id),
            ("client_secret", secret),
            ("scope", "read:grants"),
        ];
        let form = form.map(|(key, value)| (key, value.to_owned()));
        let house = &house;
        async move {
            let form: Vec<_> = form.iter().map(|(key, value)| (*key, value.as_str())).collect();
            let got = house.exchange(&form).await;
            (got.status, got.text_of("error"))
        }
    };
    for (grant, id, secret, error) in [
        ("client_credentials", service, "guess", "invalid_client"),
        ("client_credentials", code, secret.as_str(), "unauthorized_client"),
        ("authorization_code", service, secret, "unauthorized_client"),
        ("authorization_code", code, secret, "invalid_grant"),
        (
            "http://tapkey.net/oauth/token_exchange",
            code,
            secret,
            "unsupported_grant_type",
        ),
    ] {
        assert_eq!(ask(grant, id, secret).await, (400, error.to_owned()), "{grant} {id}");
    }
    let as_json = house
        .call(
            "POST",
            "/connect/token",
            Some(json!({ "grant_type": "client_credentials" })),
            "",
        )
        .await;
    assert_eq!(
        as_json.error(),
        (400, "invalid_request"),
        "the token endpoint takes forms only"
    );
}

#[tokio::test]
async fn by_default_a_refresh_token_works_again_and_again() {
    let house = house().await;
    let (_, refresh) = connected(&house).await;
    for _ in 0..2 {
        let got = house.refresh(&refresh, &[]).await;
        assert_eq!((got.status, got.text_of("refresh_token")), (200, refresh.clone()));
    }
}

#[tokio::test]
async fn a_rotated_refresh_token_works_once() {
    let house = house().await;
    house
        .sim
        .set_switches(|switches| switches.refresh_tokens = RefreshTokens::Rotating);
    let (_, first) = connected(&house).await;
    let second = house.refresh(&first, &[]).await.text_of("refresh_token");
    assert_ne!(first, second);
    assert_eq!(house.refresh(&first, &[]).await.error(), (400, "invalid_grant"));
    assert_eq!(house.refresh(&second, &[]).await.status, 200);
}

#[tokio::test]
async fn without_offline_access_or_by_switch_there_is_no_refresh_token() {
    let house = house().await;
    let online = house
        .redeem(&house.code(&[("scope", "read:owneraccounts")]).await)
        .await;
    assert_eq!(online.body.get("refresh_token"), None);
    house
        .sim
        .set_switches(|switches| switches.refresh_tokens = RefreshTokens::None);
    let offline = house.redeem(&house.code(&[]).await).await;
    assert_eq!((offline.status, offline.body.get("refresh_token")), (200, None));
}

#[tokio::test]
async fn a_refresh_token_dies_after_thirty_days_without_use() {
    let house = house().await;
    let (_, refresh) = connected(&house).await;
    house.clock.advance_ms(30 * DAY - 1);
    assert_eq!(house.refresh(&refresh, &[]).await.status, 200);
    house.clock.advance_ms(30 * DAY);
    assert_eq!(house.refresh(&refresh, &[]).await.error(), (400, "invalid_grant"));
}

#[tokio::test]
async fn a_refresh_may_ask_for_fewer_scopes_but_not_for_more() {
    let house = house().await;
    let (_, refresh) = connected(&house).await;
    let fewer = house.refresh(&refresh, &[("scope", "read:owneraccounts")]).await;
    assert_eq!(fewer.text_of("scope"), "read:owneraccounts");
    let more = house
        .refresh(&refresh, &[("scope", "read:owneraccounts read:logs")])
        .await;
    assert_eq!(more.error(), (400, "invalid_scope"));
}

#[tokio::test]
async fn an_access_token_is_401_when_its_seconds_are_over_or_it_was_revoked() {
    let house = house().await;
    let (access, refresh) = connected(&house).await;
    house.clock.advance_ms(3_600_000 - 1);
    assert_eq!(house.read_as(&access, "/api/v1/Owners").await.status, 200);
    house.clock.advance_ms(1);
    assert_eq!(
        house.read_as(&access, "/api/v1/Owners").await.code(),
        (401, "Unauthorized")
    );
    let access = house.refresh(&refresh, &[]).await.text_of("access_token");
    house.call("POST", "/_sim/tokens/revoke", None, "").await;
    assert_eq!(house.read_as(&access, "/api/v1/Owners").await.status, 401);
    assert_eq!(house.refresh(&refresh, &[]).await.error(), (400, "invalid_grant"));
}

#[tokio::test]
async fn a_missing_scope_is_401_and_somebody_elses_account_403_or_401() {
    let house = house().await;
    let narrow = house.service_token("read:owneraccounts").await;
    let got = house.read_as(&narrow, &house.loft("Grants")).await;
    assert_eq!(got.code(), (401, "Unauthorized"));
    let yard = format!("/api/v1/Owners/{}", house.seed.old_yard);
    assert_eq!(house.get(&yard).await.status, 403);
    house
        .sim
        .set_switches(|switches| switches.foreign_owner = ForbiddenOr401::Unauthorized);
    assert_eq!(house.get(&yard).await.code(), (401, "Unauthorized"));
    assert_eq!(house.get("/api/v1/Owners/no-such").await.status, 404);
}

#[tokio::test]
async fn a_service_account_sees_only_accounts_it_was_made_co_admin_of_and_founds_none() {
    let house = house().await;
    assert_eq!(house.get("/api/v1/Owners").await.column("name"), ["Harbour Loft"]);
    let founding = house.put("/api/v1/Owners", json!({ "name": "New Pier" })).await;
    assert_eq!(founding.status, 403);
    house
        .sim
        .remove_admin(&house.seed.harbour_loft, "spaces-service@service.tapkey.example");
    assert_eq!(
        house.get("/api/v1/Owners").await.body,
        json!([]),
        "signed in, but no rights"
    );
}

#[tokio::test]
async fn a_person_founds_an_owner_account_and_is_its_owner() {
    let house = house().await;
    let scope = "read:owneraccounts write:owneraccounts read:owneraccount:permissions";
    let access = house
        .redeem(&house.code(&[("scope", scope)]).await)
        .await
        .text_of("access_token");
    let made = house
        .call("PUT", "/api/v1/Owners", Some(json!({ "name": "New Pier" })), &access)
        .await;
    assert_eq!((made.status, made.body["active"].clone()), (200, json!(true)));
    let path = format!("/api/v1/Owners/{}", made.text_of("id"));
    let renamed = house
        .call("PATCH", &path, Some(json!({ "name": "Pier 9" })), &access)
        .await;
    assert_eq!(renamed.text_of("name"), "Pier 9");
    let admins = house.read_as(&access, &format!("{path}/Permissions")).await;
    assert_eq!(admins.column("role"), ["Owner"]);
}

#[tokio::test]
async fn an_access_manager_reads_everything_but_the_log() {
    let house = house().await;
    let loft = &house.seed.harbour_loft;
    house.sim.add_user("desk@harbour.example");
    house.sim.add_admin(loft, "desk@harbour.example", Role::AccessManager);
    let ask = [("scope", "read:logs read:grants"), ("sim_user", "desk@harbour.example")];
    let access = house.redeem(&house.code(&ask).await).await.text_of("access_token");
    assert_eq!(house.read_as(&access, &house.loft("Grants")).await.status, 200);
    assert_eq!(house.read_as(&access, &house.loft("LogEntries")).await.status, 403);
}

#[tokio::test]
async fn admins_are_added_and_removed_as_permissions_and_the_owner_stays() {
    let house = house().await;
    let (mara, path) = (house.mara().await, house.loft("Permissions"));
    let made = house.put(&path, json!({ "contactId": mara, "role": "Admin" })).await;
    assert_eq!(made.status, 200);
    let rows = house.get(&path).await;
    assert_eq!(rows.column("role"), ["Owner", "Admin", "Admin"]);
    let one = |id: &str| format!("{path}/{id}");
    assert_eq!(house.get(&one(&made.text_of("id"))).await.text_of("contactId"), mara);
    assert_eq!(house.delete(&one(&made.text_of("id"))).await.status, 204);
    assert_eq!(house.delete(&one(&rows.column("id")[0])).await.status, 403);
    assert!(ALL.contains("read:owneraccount:permissions"));
}
