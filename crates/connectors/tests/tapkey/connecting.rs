//! Signing in (§3, §10.4 no. 1 and 3): by a person's consent, as the client itself, and what goes wrong.

use access::vendor::{ConnectRefusal, Connected, Consent};
use connectors::tapkey::UserGroups;
use connectors::{Kind, Login};
use simulators::fault::{Fault, Trouble};
use simulators::tapkey::switches::{RefreshTokens, UserGroups as SimGroups};

use crate::kit::*;

#[tokio::test]
async fn a_person_is_sent_to_tapkey_with_the_documented_scopes_a_state_and_a_challenge() {
    let (sim, seed) = house().await;
    let possible = Consent::Possible {
        back: seed.redirect_uri.clone(),
        state: "s-17".to_owned(),
        verifier: verifier(),
    };
    let Connected::ConsentNeeded { url } = connectors(settings(&sim)).connect(&consent_form(&seed, possible)).await
    else {
        panic!("a person has to consent");
    };
    let url = reqwest::Url::parse(&url).unwrap();
    let field = |key: &str| {
        url.query_pairs()
            .find(|(known, _)| known == key)
            .unwrap()
            .1
            .into_owned()
    };
    assert_eq!(url.path(), "/connect/authorize");
    assert_eq!(
        field("scope"),
        "read:owneraccounts read:core:entities write:core:entities read:grants write:grants read:logs offline_access"
    );
    assert_eq!(
        (field("state"), field("response_type")),
        ("s-17".to_owned(), "code".to_owned())
    );
    assert_eq!(field("code_challenge_method"), "S256");
}

#[tokio::test]
async fn consent_connects_and_shows_the_active_locking_systems_only() {
    let (sim, seed) = house().await;
    let connectors = connectors(settings(&sim));
    let given = given(&connectors, &seed, &[]).await;
    let login = yes(connectors.connect(&consent_form(&seed, given)).await);
    let sites: Vec<(&str, &str)> = login.sites.iter().map(|site| (&*site.external, &*site.name)).collect();
    assert_eq!(sites, [(&*seed.harbour_loft, "Harbour Loft")], "Old Yard is closed");
    assert_eq!(
        (&*login.account, &*login.shown),
        ("spaces-prod", "Tapkey client spaces-prod")
    );
    let stored = Login::passing(&*login.account, login.secret.clone());
    let connector = connectors
        .connector("tapkey", &stored, Some(&seed.harbour_loft))
        .unwrap();
    connector.check().await.unwrap();
}

#[tokio::test]
async fn a_service_account_connects_without_a_person_and_never_asks_for_offline_access() {
    let (sim, seed) = house().await;
    let connectors = connectors(settings(&sim));
    // The simulator, as the contract has it, refuses `offline_access` there.
    let login = yes(connectors.connect(&service_form(&seed)).await);
    assert_eq!(login.sites.len(), 1);
    let stored = Login::passing(&*login.account, login.secret.clone());
    let connector = connectors
        .connector("tapkey", &stored, Some(&seed.harbour_loft))
        .unwrap();
    connector.check().await.unwrap();
}

#[tokio::test]
async fn two_locking_systems_are_both_offered_and_none_is_said() {
    let (sim, seed) = house().await;
    let connectors = connectors(settings(&sim));
    sim.add_owner("Mill Street", &seed.admin);
    let consented = given(&connectors, &seed, &[]).await;
    assert_eq!(
        yes(connectors.connect(&consent_form(&seed, consented)).await)
            .sites
            .len(),
        2
    );
    sim.add_user("nobody@example.org");
    let consented = given(&connectors, &seed, &[("sim_user", "nobody@example.org")]).await;
    let refused = no(connectors.connect(&consent_form(&seed, consented)).await);
    let ConnectRefusal::MissingRights { say } = refused else {
        panic!("{refused:?}")
    };
    assert!(say.contains("not an administrator of any locking system"), "{say}");
}

#[tokio::test]
async fn denial_comes_back_as_such_with_our_state() {
    let (sim, seed) = house().await;
    let fields = consent(&connectors(settings(&sim)), &seed, &[("sim_auto", "deny")]).await;
    assert!(
        fields.contains(&("error".to_owned(), "access_denied".to_owned())),
        "{fields:?}"
    );
    assert!(fields.contains(&("state".to_owned(), "s-17".to_owned())), "{fields:?}");
}

#[tokio::test]
async fn without_a_browser_a_consent_is_asked_for() {
    let (sim, seed) = house().await;
    let form = consent_form(&seed, Consent::Impossible);
    assert_eq!(
        no(connectors(settings(&sim)).connect(&form).await),
        ConnectRefusal::ConsentNeeded
    );
}

#[tokio::test]
async fn a_code_works_once() {
    let (sim, seed) = house().await;
    let connectors = connectors(settings(&sim));
    let form = consent_form(&seed, given(&connectors, &seed, &[]).await);
    yes(connectors.connect(&form).await);
    assert_eq!(no(connectors.connect(&form).await), ConnectRefusal::ConsentOver);
}

#[tokio::test]
async fn a_wrong_secret_is_named_in_both_ways_of_signing_in() {
    let (sim, seed) = house().await;
    let connectors = connectors(settings(&sim));
    let mut form = service_form(&seed);
    form.fields[1].1 = access::vendor::Secret::new("wrong");
    assert_eq!(no(connectors.connect(&form).await), ConnectRefusal::WrongClient);
    let mut form = consent_form(&seed, given(&connectors, &seed, &[]).await);
    form.fields[1].1 = access::vendor::Secret::new("wrong");
    assert_eq!(no(connectors.connect(&form).await), ConnectRefusal::WrongClient);
}

#[tokio::test]
async fn a_missing_field_is_named() {
    let (sim, seed) = house().await;
    let connectors = connectors(settings(&sim));
    for missing in ["client_id", "client_secret"] {
        let mut form = service_form(&seed);
        form.fields.retain(|(key, _)| key != missing);
        let refused = no(connectors.connect(&form).await);
        assert!(
            matches!(&refused, ConnectRefusal::Field { key, .. } if key == missing),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn a_client_of_the_other_kind_is_told_at_the_box_that_was_ticked() {
    let (sim, seed) = house().await;
    let mut form = consent_form(&seed, Consent::Impossible);
    form.fields
        .push(("service_account".to_owned(), access::vendor::Secret::new("yes")));
    let refused = no(connectors(settings(&sim)).connect(&form).await);
    assert!(
        matches!(&refused, ConnectRefusal::Field { key, .. } if key == "service_account"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn rights_that_were_not_granted_are_named_in_plain_words() {
    let (sim, seed) = house().await;
    let connectors = connectors(settings(&sim));
    let less = "read:owneraccounts read:core:entities write:core:entities read:grants read:logs offline_access";
    let form = consent_form(&seed, given(&connectors, &seed, &[("sim_scope", less)]).await);
    let refused = no(connectors.connect(&form).await);
    let ConnectRefusal::MissingRights { say } = refused else {
        panic!("{refused:?}")
    };
    assert!(
        say.contains("giving and revoking grants") && !say.contains("log"),
        "{say}"
    );
    sim.narrow_client(&seed.service_client, &["read:owneraccounts"]);
    let refused = no(connectors.connect(&service_form(&seed)).await);
    assert!(matches!(refused, ConnectRefusal::MissingRights { .. }), "{refused:?}");
}

#[tokio::test]
async fn without_the_log_everything_else_works_and_a_warning_says_so() {
    let (sim, seed) = house().await;
    let connectors = connectors(settings(&sim));
    let less = "read:owneraccounts read:core:entities write:core:entities read:grants write:grants offline_access";
    let form = consent_form(&seed, given(&connectors, &seed, &[("sim_scope", less)]).await);
    let login = yes(connectors.connect(&form).await);
    assert!(
        login.warnings[0].contains("openings will not be shown"),
        "{:?}",
        login.warnings
    );
}

#[tokio::test]
async fn without_a_refresh_token_there_is_no_staying_signed_in() {
    let (sim, seed) = house().await;
    sim.set_switches(|switches| switches.refresh_tokens = RefreshTokens::None);
    let connectors = connectors(settings(&sim));
    let form = consent_form(&seed, given(&connectors, &seed, &[]).await);
    let refused = no(connectors.connect(&form).await);
    assert!(matches!(refused, ConnectRefusal::MissingRights { .. }), "{refused:?}");
}

#[tokio::test]
async fn without_discovery_the_documented_addresses_are_used() {
    let (sim, seed) = house().await;
    for trouble in [Trouble::Status { status: 404 }, Trouble::HtmlPage { status: 200 }] {
        sim.faults().add(Fault::on("GET /.well-known", trouble).times(1));
        yes(connectors(settings(&sim)).connect(&service_form(&seed)).await);
    }
}

#[tokio::test]
async fn a_sign_in_that_is_not_there_is_not_mistaken_for_a_wrong_secret() {
    let (sim, seed) = house().await;
    for route in ["POST /connect/token", "GET /api"] {
        for trouble in [
            Trouble::Status { status: 503 },
            Trouble::HtmlPage { status: 404 },
            Trouble::ResetBefore,
        ] {
            sim.faults().add(Fault::on(route, trouble).times(1));
            let refused = no(connectors(settings(&sim)).connect(&service_form(&seed)).await);
            assert!(
                matches!(refused, ConnectRefusal::Unreachable { .. }),
                "{trouble:?}: {refused:?}"
            );
        }
    }
}

#[tokio::test]
async fn user_groups_are_looked_for_by_reading_only() {
    let (sim, seed) = house().await;
    let warnings = async |mode: UserGroups, there: SimGroups| {
        sim.set_switches(|switches| switches.user_groups = there);
        let mut settings = settings(&sim);
        settings.user_groups = mode;
        yes(crate::kit::connectors(settings).connect(&service_form(&seed)).await).warnings
    };
    assert!(warnings(UserGroups::Probe, SimGroups::On).await[0].contains("Harbour Loft has 3 user groups"));
    assert!(warnings(UserGroups::Probe, SimGroups::Absent).await.is_empty());
    assert!(warnings(UserGroups::On, SimGroups::On).await.is_empty());
    assert!(warnings(UserGroups::On, SimGroups::Absent).await[0].contains("cannot be used"));
    assert!(warnings(UserGroups::On, SimGroups::NotInPlan).await[0].contains("cannot be used"));
    assert!(warnings(UserGroups::Off, SimGroups::On).await.is_empty());
    assert!(sim.calls().iter().all(|call| !call.writing));
}

#[tokio::test]
async fn a_location_has_to_choose_its_locking_system() {
    let desk = Desk::open().await;
    let stored = Login::passing(&*desk.login.account, desk.login.secret.clone());
    let connector = desk.connectors.connector("tapkey", &stored, None).unwrap();
    assert_eq!(connector.sites().await.unwrap().len(), 1, "they can be listed");
    assert_eq!(connector.observe(&[]).await.unwrap_err().kind, Kind::Invalid);
}

#[tokio::test]
async fn addresses_that_are_none_are_refused_at_the_start() {
    let (sim, _) = house().await;
    for url in ["tapkey", "ftp://my.tapkey.com"] {
        let tapkey = connectors::tapkey::Settings {
            api_base_url: url.to_owned(),
            ..settings(&sim)
        };
        let settings = connectors::Settings {
            tapkey,
            ..connectors::Settings::default()
        };
        assert_eq!(
            connectors::Connectors::new(settings, None).unwrap_err().kind,
            Kind::Invalid
        );
    }
}
