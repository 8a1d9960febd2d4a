//! Signing in (§3, §5.2, §5.3): by consent and as a system user, each refusal in its own words, and which sites are offered.

use access::vendor::{ConnectRefusal, Connected, Consent, Secret};
use connectors::{Connectors, Kind, Login, Settings, salto};
use simulators::salto::Host;
use simulators::salto::switches::Consent as Page;

use crate::kit::{BACK, Desk, NOOR, OWNER, PASSWORD, VERIFIER, by_password, client, desk, desk_with_seats, form};
use crate::kit::{refusal, yes};

fn possible() -> Consent {
    Consent::Possible {
        back: BACK.to_owned(),
        state: "st4te".to_owned(),
        verifier: Secret::new(VERIFIER),
    }
}

fn given(code: &str) -> Consent {
    Consent::Given {
        back: BACK.to_owned(),
        code: Secret::new(code),
        verifier: Secret::new(VERIFIER),
        scope: None,
    }
}

/// Lets the browser go to Salto and come back; answers the code.
pub async fn consent(desk: &Desk) -> String {
    desk.sim.set_switches(|switches| switches.consent = Page::Allow);
    let web = form(&[("client_id", "web")], possible());
    let Connected::ConsentNeeded { url } = desk.connectors.connect(&web).await else {
        panic!("the browser is sent to Salto")
    };
    assert!(url.starts_with(&desk.sim.url(Host::Identity)), "{url}");
    let browser = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let back = browser.get(url).send().await.expect("Salto answers").headers()["location"].clone();
    let back = reqwest::Url::parse(back.to_str().expect("an address")).expect("an address");
    assert!(
        back.as_str().starts_with(BACK)
            && back
                .query_pairs()
                .any(|(key, value)| key == "state" && value == "st4te")
    );
    let code = back
        .query_pairs()
        .find(|(key, _)| key == "code")
        .map(|(_, value)| value.into_owned());
    code.expect("Salto gave its consent back")
}

/// A login by consent.
pub async fn by_consent(desk: &Desk) -> access::vendor::NewLogin {
    let code = consent(desk).await;
    yes(desk
        .connectors
        .connect(&form(&[("client_id", "web")], given(&code)))
        .await)
}

#[tokio::test]
async fn a_consent_becomes_a_login_named_by_the_platform_id_of_me() {
    let desk = desk().await;
    let login = by_consent(&desk).await;
    assert_eq!(Some(&login.account), desk.sim.person(OWNER).as_ref());
    assert_eq!((&*login.shown, login.warnings.len()), (OWNER, 0));
    assert_eq!(login.sites.len(), 1);
    assert_eq!(
        (&login.sites[0].external, &*login.sites[0].name),
        (&desk.site, "Harbour Works")
    );
    assert_eq!(login.sites[0].zone.as_deref(), Some("Europe/Amsterdam"));
    let connector = desk.keep(1, &login);
    connector.check().await.expect("it works");
}

#[tokio::test]
async fn without_a_browser_and_without_a_system_user_consent_is_asked_for() {
    let desk = desk().await;
    let web = form(&[("client_id", "web")], Consent::Impossible);
    assert_eq!(
        refusal(desk.connectors.connect(&web).await),
        ConnectRefusal::ConsentNeeded
    );
    assert!(desk.sim.calls().is_empty());
}

#[tokio::test]
async fn a_code_works_once() {
    let desk = desk().await;
    let code = consent(&desk).await;
    let web = form(&[("client_id", "web")], given(&code));
    yes(desk.connectors.connect(&web).await);
    assert_eq!(
        refusal(desk.connectors.connect(&web).await),
        ConnectRefusal::ConsentOver
    );
}

#[tokio::test]
async fn a_system_user_signs_in_with_a_confidential_client_and_no_browser() {
    let desk = desk().await;
    let login = yes(desk.connectors.connect(&by_password(OWNER, PASSWORD)).await);
    assert_eq!(Some(&login.account), desk.sim.person(OWNER).as_ref());
    // The password is kept, sealed, since Salto asks for it every hour.
    assert!(login.secret.reveal().contains(PASSWORD));
    assert_eq!(format!("{:?}", login.secret), "(secret)");
}

#[tokio::test]
async fn what_was_not_typed_is_asked_for_before_anybody_is_called() {
    let desk = desk().await;
    for (missing, fields) in [
        ("client_id", &[("email", OWNER), ("password", PASSWORD)][..]),
        ("password", &[("client_id", "server"), ("email", OWNER)][..]),
        ("email", &[("client_id", "server"), ("password", PASSWORD)][..]),
    ] {
        let refused = refusal(desk.connectors.connect(&form(fields, Consent::Impossible)).await);
        assert!(
            matches!(&refused, ConnectRefusal::Field { key, .. } if key == missing),
            "{refused:?}"
        );
    }
    assert!(desk.sim.calls().is_empty());
}

#[tokio::test]
async fn wrong_clients_wrong_passwords_and_grants_that_are_not_enabled_are_told_apart() {
    let desk = desk().await;
    let wrong = by_password(OWNER, "wrong");
    assert_eq!(
        refusal(desk.connectors.connect(&wrong).await),
        ConnectRefusal::WrongCredentials
    );
    for status in [400, 401] {
        desk.sim
            .set_switches(|switches| switches.invalid_client_status = status);
        let fields = [
            ("client_id", "server"),
            ("client_secret", "no"),
            ("email", OWNER),
            ("password", PASSWORD),
        ];
        let refused = refusal(desk.connectors.connect(&form(&fields, Consent::Impossible)).await);
        assert_eq!(refused, ConnectRefusal::WrongClient, "{status}");
    }
    let fields = [("client_id", "web"), ("email", OWNER), ("password", PASSWORD)];
    let refused = refusal(desk.connectors.connect(&form(&fields, Consent::Impossible)).await);
    assert!(matches!(refused, ConnectRefusal::MissingRights { say } if say.contains("password")));
    let mut narrow = client("narrow", Some("n"), &["password"]);
    narrow.scopes = vec!["openid".to_owned()];
    desk.sim.add_client(narrow);
    let fields = [
        ("client_id", "narrow"),
        ("client_secret", "n"),
        ("email", OWNER),
        ("password", PASSWORD),
    ];
    let refused = refusal(desk.connectors.connect(&form(&fields, Consent::Impossible)).await);
    assert!(matches!(refused, ConnectRefusal::MissingRights { say } if say.contains("user_api.full_access")));
}

#[tokio::test]
async fn an_identity_server_that_answers_404_is_down_and_no_password_is_wrong() {
    let desk = desk().await;
    desk.sim.set_switches(|switches| switches.identity_down = true);
    let refused = refusal(desk.connectors.connect(&by_password(OWNER, PASSWORD)).await);
    assert!(matches!(refused, ConnectRefusal::Unreachable { .. }), "{refused:?}");
}

#[tokio::test]
async fn only_released_sites_where_the_account_is_administrator_are_offered() {
    let desk = desk().await;
    let (owner, theirs) = ((OWNER, PASSWORD), ("other@example.org", "x"));
    let new = desk
        .sim
        .add_site("Annexe", "NL0042113378", "Europe/Amsterdam", 5, owner);
    assert!(
        desk.sim
            .set_site(&new, |site| site.installation_state = "new".to_owned())
    );
    let other = desk
        .sim
        .add_site("Beach", "NL0042113379", "Europe/Amsterdam", 5, theirs);
    let user = desk.sim.add_user(&other, OWNER, "Ilse", "Maas", &["site_user"]);
    let login = yes(desk.connectors.connect(&by_password(OWNER, PASSWORD)).await);
    assert_eq!(
        login.sites.iter().map(|site| &*site.name).collect::<Vec<_>>(),
        ["Harbour Works"]
    );
    let told = login.warnings.join(" ");
    assert!(told.contains("Annexe") && told.contains("Beach"), "{told}");
    assert!(
        desk.sim
            .set_user(&user, |user| user.roles = vec!["site_admin".to_owned()])
    );
    let connector = desk.keep(1, &login);
    let names: Vec<_> = connector
        .sites()
        .await
        .expect("Salto answers")
        .into_iter()
        .map(|site| site.name)
        .collect();
    assert_eq!(names, ["Beach", "Harbour Works"], "by name");
}

#[tokio::test]
async fn an_account_that_administers_nothing_is_refused_in_plain_words() {
    let desk = desk().await;
    let theirs = desk
        .sim
        .add_site("Beach", "NL0042113379", "Europe/Amsterdam", 5, (NOOR, "x"));
    assert!(
        desk.sim
            .set_site(&theirs, |site| site.installation_state = "new".to_owned())
    );
    desk.sim.add_user(&desk.site, NOOR, "Noor", "Visser", &["site_user"]);
    let refused = refusal(desk.connectors.connect(&by_password(NOOR, "x")).await);
    let ConnectRefusal::MissingRights { say } = refused else {
        panic!("rights are missing: {refused:?}")
    };
    assert!(
        say.contains("Site Admin") && say.contains("Harbour Works") && say.contains("not released"),
        "{say}"
    );
}

#[tokio::test]
async fn full_and_lapsed_sites_and_missing_remote_access_are_warned_about() {
    let desk = desk_with_seats(1).await;
    let user = desk.user(OWNER).id;
    assert!(desk.sim.set_user(&user, |user| user.remote_access = false));
    assert!(desk.sim.set_site(&desk.site, |site| site.subscription_valid = false));
    let told = yes(desk.connectors.connect(&by_password(OWNER, PASSWORD)).await)
        .warnings
        .join(" ");
    for word in ["all 1 seats are taken", "subscription", "remote access"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    assert!(
        desk.sim
            .set_site(&desk.site, |site| (site.seats, site.subscription_valid) = (6, true))
    );
    for n in 0..4 {
        desk.sim
            .add_user(&desk.site, &format!("p{n}@example.org"), "P", "N", &["site_user"]);
    }
    let told = yes(desk.connectors.connect(&by_password(OWNER, PASSWORD)).await)
        .warnings
        .join(" ");
    assert!(told.contains("5 of 6 seats"), "{told}");
}

#[tokio::test]
async fn a_location_always_uses_exactly_one_site() {
    let desk = desk().await;
    let login = yes(desk.connectors.connect(&by_password(OWNER, PASSWORD)).await);
    let login = Login::passing(login.account, login.secret);
    let trouble = desk.connectors.connector("salto", &login, None).unwrap_err();
    assert_eq!(trouble.kind, Kind::Invalid);
    assert!(trouble.say.contains("site"), "{trouble}");
    let unreadable = Login::passing("a", Secret::new("x"));
    let trouble = desk.connectors.connector("salto", &unreadable, Some("s")).unwrap_err();
    assert_eq!(trouble.kind, Kind::SignInNeeded);
}

#[test]
fn addresses_are_looked_at_before_anybody_is_called() {
    let salto = salto::Settings {
        api_url: "ftp://connect.example".to_owned(),
        ..salto::Settings::default()
    };
    let settings = Settings {
        salto,
        ..Settings::default()
    };
    assert_eq!(Connectors::new(settings, None).unwrap_err().kind, Kind::Invalid);
    Connectors::new(Settings::default(), None).expect("the real ones are good");
}
