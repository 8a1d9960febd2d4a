//! Connecting to Kisi and leaving it (§3.1, §7): each thing that can go wrong has its own answer, and no key is left lying about.

use access::vendor::{ConnectRefusal, Connected, OpenRefusal, Opened, Secret};
use simulators::kisi::LoginKind;
use simulators::kisi::switches::ForbiddenOr422;

use crate::house::{House, at, w};
use crate::kisi_stage::{DOMAIN, OWNER, PASSWORD, empty, form, owner_form};
use crate::scenes;
use crate::stage::Vendor;

const MIRA: &str = "mira.lund@example.org";

fn refusal(connected: Connected) -> ConnectRefusal {
    match connected {
        Connected::No(refusal) => refusal,
        other => panic!("it should be refused: {other:?}"),
    }
}

#[tokio::test]
async fn the_owner_connects_and_sees_the_places() {
    let (sim, connectors) = empty(at(0)).await;
    let place = sim.add_place("Pier 3", "Europe/Berlin");
    let Connected::Yes(login) = connectors.connect(&owner_form()).await else {
        panic!("the owner can sign in")
    };
    let owner = sim.users()[0].id;
    assert_eq!(login.account, format!("{DOMAIN}/{owner}"));
    assert_eq!(login.shown, format!("{OWNER} at {DOMAIN}"));
    assert_eq!(
        login.sites.iter().map(|site| site.external.clone()).collect::<Vec<_>>(),
        [place.to_string()]
    );
    assert_eq!(login.warnings, Vec::<String>::new());
    let keys = sim.logins();
    assert_eq!(keys.len(), 1);
    assert_eq!(
        (keys[0].kind, keys[0].expire),
        (LoginKind::Api, false),
        "a key that does not die of disuse"
    );
    assert_eq!(keys[0].name.as_deref(), Some("Vestibule – Harbor Works, Pier 3"));
}

#[tokio::test]
async fn spaces_capitals_and_a_pasted_address_do_not_matter() {
    let (_sim, connectors) = empty(at(0)).await;
    let typed = form(&[
        ("domain", " https://Harbor-Works/ "),
        ("email", " Owner@Harbor.example "),
        ("password", PASSWORD),
    ]);
    assert!(matches!(connectors.connect(&typed).await, Connected::Yes(_)));
}

#[tokio::test]
async fn what_was_not_typed_is_asked_for_before_anybody_is_called() {
    let (sim, connectors) = empty(at(0)).await;
    for (missing, typed) in [
        ("domain", form(&[("email", OWNER), ("password", PASSWORD)])),
        (
            "domain",
            form(&[("domain", "../users"), ("email", OWNER), ("password", PASSWORD)]),
        ),
        (
            "email",
            form(&[("domain", DOMAIN), ("email", "owner"), ("password", PASSWORD)]),
        ),
        ("password", form(&[("domain", DOMAIN), ("email", OWNER)])),
    ] {
        let ConnectRefusal::Field { key, .. } = refusal(connectors.connect(&typed).await) else {
            panic!("a field")
        };
        assert_eq!(key, missing);
    }
    assert!(sim.calls().is_empty());
}

#[tokio::test]
async fn an_unknown_domain_and_a_wrong_password_are_told_apart() {
    let (_sim, connectors) = empty(at(0)).await;
    let domain = form(&[("domain", "harbour-works"), ("email", OWNER), ("password", PASSWORD)]);
    assert_eq!(
        refusal(connectors.connect(&domain).await),
        ConnectRefusal::UnknownAccount
    );
    let password = form(&[("domain", DOMAIN), ("email", OWNER), ("password", "wrong")]);
    assert_eq!(
        refusal(connectors.connect(&password).await),
        ConnectRefusal::WrongCredentials
    );
    let email = form(&[
        ("domain", DOMAIN),
        ("email", "x@harbor.example"),
        ("password", PASSWORD),
    ]);
    assert_eq!(
        refusal(connectors.connect(&email).await),
        ConnectRefusal::WrongCredentials
    );
}

#[tokio::test]
async fn a_one_time_code_is_asked_for_and_a_wrong_one_is_named() {
    let (sim, connectors) = empty(at(0)).await;
    sim.set_switches(|switches| switches.owner_otp = Some("482913".to_owned()));
    assert!(matches!(
        connectors.connect(&owner_form()).await,
        Connected::CodeNeeded { .. }
    ));
    let with = |code| {
        form(&[
            ("domain", DOMAIN),
            ("email", OWNER),
            ("password", PASSWORD),
            ("code", code),
        ])
    };
    assert_eq!(
        refusal(connectors.connect(&with("000000")).await),
        ConnectRefusal::WrongCode
    );
    assert!(matches!(connectors.connect(&with(" 482913 ")).await, Connected::Yes(_)));
}

#[tokio::test]
async fn single_sign_on_in_force_is_named() {
    let (sim, connectors) = empty(at(0)).await;
    sim.set_switches(|switches| switches.sso = true);
    let id = sim.add_user("admin@harbor.example", "Ada Admin", true);
    assert!(sim.set_user(id, |user| user.password = Some("x".to_owned())));
    let typed = form(&[("domain", DOMAIN), ("email", "admin@harbor.example"), ("password", "x")]);
    assert_eq!(refusal(connectors.connect(&typed).await), ConnectRefusal::SingleSignOn);
    assert!(
        matches!(connectors.connect(&owner_form()).await, Connected::Yes(_)),
        "the owner still can"
    );
}

#[tokio::test]
async fn an_eleventh_key_is_refused_with_a_hint() {
    for status in [ForbiddenOr422::Forbidden, ForbiddenOr422::Unprocessable] {
        let (sim, connectors) = empty(at(0)).await;
        sim.set_switches(|switches| switches.eleventh_login = status);
        for _ in 0..10 {
            assert!(matches!(connectors.connect(&owner_form()).await, Connected::Yes(_)));
        }
        assert_eq!(
            refusal(connectors.connect(&owner_form()).await),
            ConnectRefusal::TooManyLogins,
            "{status:?}"
        );
    }
}

#[tokio::test]
async fn an_administrator_is_warned_about_and_anybody_else_refused_without_leaving_a_key() {
    let (sim, connectors) = empty(at(0)).await;
    let id = sim.add_user("ada@harbor.example", "Ada", true);
    assert!(sim.set_user(id, |user| user.password = Some("x".to_owned())));
    let typed = form(&[("domain", DOMAIN), ("email", "ada@harbor.example"), ("password", "x")]);
    assert!(matches!(
        refusal(connectors.connect(&typed).await),
        ConnectRefusal::MissingRights { .. }
    ));
    assert!(sim.logins().is_empty(), "the useless key was deleted again");
    assert!(sim.set_user(id, |user| user.organization_admin = true));
    let Connected::Yes(login) = connectors.connect(&typed).await else {
        panic!("an administrator may")
    };
    assert!(login.warnings[0].contains("owner"), "{:?}", login.warnings);
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_named_and_not_mistaken_for_a_wrong_password() {
    let house = House::open(Vendor::Kisi).await;
    let stage = house.stage.kisi();
    for how in [
        crate::stage::How::Broken,
        crate::stage::How::Page(404),
        crate::stage::How::LostBefore,
    ] {
        house.stage.disturb(crate::stage::At::Anything, how, 1);
        let refused = refusal(stage.connectors.connect(&owner_form()).await);
        assert!(
            matches!(refused, ConnectRefusal::Unreachable { .. }),
            "{how:?}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn leaving_deletes_our_key_and_our_webhook_and_leaves_what_was_granted() {
    let mut house = House::open(Vendor::Kisi).await;
    let building = house.building();
    house.give(MIRA, &building.members, &[w(60, 300)]).await;
    let webhook = house
        .connector
        .watch("http://127.0.0.1:9/hooks", &Secret::new("key"))
        .await
        .expect("registered");
    house
        .connector
        .disconnect(Some(&webhook), true)
        .await
        .expect("nothing is in the way");
    let stage = house.stage.kisi();
    assert!(stage.sim.logins().is_empty());
    house.lets_in_exactly(MIRA, &building.front, 60, 300);
    house
        .connector
        .disconnect(Some(&webhook), true)
        .await
        .expect("repeating is harmless");
    assert!(house.connector.check().await.is_err());
}

#[tokio::test]
async fn leaving_with_one_integration_keeps_the_key_for_the_others() {
    let house = House::open(Vendor::Kisi).await;
    house
        .connector
        .disconnect(None, false)
        .await
        .expect("nothing is in the way");
    house.connector.check().await.expect("the key still works");
}

#[tokio::test]
async fn how_kisi_refuses_a_door_is_told_in_our_words() {
    use OpenRefusal as Why;
    type Disturb = fn(&simulators::kisi::KisiSim, i64, i64);
    let table: [(Why, Disturb); 10] = [
        (Why::ReaderRestriction, |sim, lock, _| {
            assert!(sim.set_lock(lock, |lock| lock.reader_restriction_enabled = true))
        }),
        (Why::Geofence, |sim, lock, _| {
            assert!(sim.set_lock(lock, |lock| lock.geofence_restriction_enabled = true))
        }),
        (Why::Schedule, |sim, lock, _| {
            assert!(sim.set_lock(lock, |lock| lock.time_restriction_enabled = true))
        }),
        (Why::Lockdown, |sim, lock, _| {
            assert!(sim.set_lock(lock, |lock| lock.locked_down = true))
        }),
        (Why::Offline, |sim, lock, _| {
            assert!(sim.set_lock(lock, |lock| lock.online = Some(false)))
        }),
        (Why::Busy, |sim, lock, _| {
            assert!(sim.set_lock(lock, |lock| lock.busy = true))
        }),
        (Why::AlreadyOpen, |sim, lock, _| {
            assert!(sim.set_lock(lock, |lock| lock.on_scheduled_unlock = true))
        }),
        (Why::TapOnly, |sim, _, group| {
            assert!(sim.set_group(group, |group| group.tap_to_access_restriction_enabled = true))
        }),
        (Why::AppAccessOff, |sim, _, group| {
            assert!(sim.set_group(group, |group| group.login_enabled = false))
        }),
        (Why::PrimaryDevice, |sim, _, group| {
            assert!(sim.set_group(group, |group| group.primary_device_restriction_enabled = true));
        }),
    ];
    for (expected, disturb) in table {
        let mut house = House::open(Vendor::Kisi).await;
        let building = house.building();
        house.give(MIRA, &building.members, &[w(-10, 300)]).await;
        let stage = house.stage.kisi();
        disturb(
            &stage.sim,
            crate::kisi_stage::number(&building.front),
            crate::kisi_stage::number(&building.members),
        );
        let opened = house.connector.open(&building.front, MIRA, &mut None, house.now).await;
        assert!(
            matches!(&opened, Opened::Refused { why, .. } if *why == expected),
            "{expected:?}: {opened:?}"
        );
    }
}

#[tokio::test]
async fn the_help_centres_sentence_about_the_reader_is_understood() {
    let mut house = House::open(Vendor::Kisi).await;
    let building = house.building();
    house.give(MIRA, &building.members, &[w(-10, 300)]).await;
    let stage = house.stage.kisi();
    stage
        .sim
        .set_switches(|switches| switches.reader_restriction_text = true);
    let lock = crate::kisi_stage::number(&building.front);
    assert!(stage.sim.set_lock(lock, |lock| lock.reader_restriction_enabled = true));
    let opened = house.connector.open(&building.front, MIRA, &mut None, house.now).await;
    assert!(matches!(
        opened,
        Opened::Refused {
            why: OpenRefusal::ReaderRestriction,
            ..
        }
    ));
}

scenes! {
    connecting_again_after_leaving_works(house) {
        house.connector.disconnect(None, true).await.expect("nothing is in the way");
        let again = house.stage.connectors().connect(&house.stage.form()).await;
        assert!(matches!(again, Connected::Yes(_)));
    }
}
