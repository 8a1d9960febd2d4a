//! Gateways and opening from afar (§5.10, §5.11): activated once, one password per press, no blind repeats.

use access::vendor::{GatewayState, GatewaysSeen, OpenRefusal, Opened};
use connectors::Connector;
use simulators::fault::{Fault, Trouble};
use simulators::salto::Host;

use crate::kit::{Desk, OWNER, PASSWORD, by_password, desk, yes};
use crate::vault::key;

const MINUTE_MS: i64 = 60_000;

async fn open(desk: &Desk, connector: &Connector) -> Opened {
    connector
        .open(&desk.front, "noor@example.org", &mut None, desk.now())
        .await
}

fn why(opened: &Opened) -> OpenRefusal {
    match opened {
        Opened::Refused { why, .. } => *why,
        Opened::Open | Opened::Unknown => panic!("it should be refused: {opened:?}"),
    }
}

fn presses(desk: &Desk) -> usize {
    desk.calls(Host::Api, "PATCH", "/locking")
}

#[tokio::test]
async fn a_gateway_is_activated_by_a_secret_and_a_mailed_pin_and_then_its_doors_open() {
    let desk = desk().await;
    let connector = desk.connector().await;
    let gateway = desk.gateway(&connector).await;
    assert_eq!(
        (&gateway.external, &*gateway.name, gateway.online),
        (&desk.iq, "Hall IQ", true)
    );
    assert_eq!(gateway.state, GatewayState::Off);
    assert_eq!(why(&open(&desk, &connector).await), OpenRefusal::NotActivated);
    assert_eq!(presses(&desk), 0, "it is not even asked");
    desk.begin(&connector).await;
    assert_eq!(desk.gateway(&connector).await.state, GatewayState::AwaitsPin);
    assert_eq!(desk.sim.letters().last().map(|letter| &*letter.to), Some(OWNER));
    let wrong = if desk.pin() == "0000" { "1111" } else { "0000" };
    assert_eq!(desk.finish(&connector, wrong).await, GatewaysSeen::WrongPin);
    assert_eq!(desk.finish(&connector, "12 34").await, GatewaysSeen::WrongPin);
    assert_eq!(desk.gateway(&connector).await.state, GatewayState::AwaitsPin);
    assert!(matches!(
        desk.finish(&connector, &format!(" {} ", desk.pin())).await,
        GatewaysSeen::All(_)
    ));
    assert_eq!(desk.gateway(&connector).await.state, GatewayState::Ready);
    assert_eq!(open(&desk, &connector).await, Opened::Open);
    assert!(desk.sim.is_unlocked(&desk.front) && !desk.sim.is_unlocked(&desk.studio));
}

#[tokio::test]
async fn the_secret_is_stored_at_once_and_another_process_may_finish_and_open() {
    let desk = desk().await;
    desk.sim.set_switches(|switches| switches.secret_once = true);
    let connector = desk.connector().await;
    let before = desk.vault.kept(key(1));
    desk.begin(&connector).await;
    let kept = desk.vault.kept(key(1));
    assert_ne!(kept, before, "it can never be read again");
    let account = desk.sim.person(OWNER).expect("the owner");
    let other = desk.connector_of(&desk.elsewhere(), &account, key(1));
    assert!(
        matches!(desk.begin(&other).await, GatewaysSeen::All(_)),
        "another PIN for the secret we have"
    );
    assert!(matches!(desk.finish(&other, &desk.pin()).await, GatewaysSeen::All(_)));
    assert_eq!(
        open(&desk, &connector).await,
        Opened::Open,
        "the first process learns of it"
    );
    let stored: serde_json::Value = serde_json::from_str(kept.reveal()).expect("a login is JSON");
    let secret = stored["beside"]["gateways"][&desk.iq]["secret"]
        .as_str()
        .expect("it is there")
        .to_owned();
    let told = format!("{connector:?} {:?} {:?}", desk.connectors, desk.vault);
    assert!(!told.contains(&secret), "and never shown");
}

#[tokio::test]
async fn signing_in_again_keeps_the_gateways_of_the_same_account_only() {
    let desk = desk().await;
    let connector = desk.connector().await;
    desk.activate(&connector).await;
    let mut again = by_password(OWNER, PASSWORD);
    again.like = Some((key(1).network, key(1).login));
    let login = yes(desk.connectors.connect(&again).await);
    assert_eq!(open(&desk, &desk.keep(2, &login)).await, Opened::Open);
    desk.sim
        .add_site("Beach", "NL0042113379", "Europe/Amsterdam", 5, ("bot@example.org", "x"));
    desk.sim
        .add_user(&desk.site, "bot@example.org", "Doors", "Bot", &["site_admin"]);
    let mut another = by_password("bot@example.org", "x");
    another.like = again.like;
    let login = yes(desk.connectors.connect(&another).await);
    assert_eq!(
        why(&open(&desk, &desk.keep(3, &login)).await),
        OpenRefusal::NotActivated
    );
}

#[tokio::test]
async fn an_activation_whose_answer_was_lost_is_recognised() {
    let desk = desk().await;
    let connector = desk.connector().await;
    desk.begin(&connector).await;
    desk.sim.faults().add(Fault::on("PUT", Trouble::ResetAfter).times(1));
    assert!(matches!(
        desk.finish(&connector, &desk.pin()).await,
        GatewaysSeen::No { .. }
    ));
    assert_eq!(desk.gateway(&connector).await.state, GatewayState::Ready);
    assert_eq!(open(&desk, &connector).await, Opened::Open);
}

#[tokio::test]
async fn a_gateway_activated_elsewhere_says_what_to_do() {
    let desk = desk().await;
    let connector = desk.connector().await;
    assert!(desk.sim.activate_in_app(OWNER, &desk.iq));
    assert_eq!(desk.gateway(&connector).await.state, GatewayState::Broken);
    let GatewaysSeen::No { say } = desk.begin(&connector).await else {
        panic!("it cannot be done")
    };
    assert!(say.contains("reset"), "{say}");
}

#[tokio::test]
async fn a_pin_needs_a_gateway_that_is_online_and_a_beginning() {
    let desk = desk().await;
    let connector = desk.connector().await;
    assert!(matches!(desk.finish(&connector, "1234").await, GatewaysSeen::No { .. }));
    let now = desk.clock.now_ms();
    assert!(desk.sim.set_iq(&desk.iq, |iq| iq.offline_since_ms = Some(now)));
    let GatewaysSeen::No { say } = desk.begin(&connector).await else {
        panic!("it cannot be done")
    };
    assert!(say.contains("online"), "{say}");
    assert!(desk.sim.set_iq(&desk.iq, |iq| iq.offline_since_ms = None));
    desk.begin(&connector).await;
    assert_eq!(desk.gateway(&connector).await.state, GatewayState::AwaitsPin);
}

#[tokio::test]
async fn a_reset_gateway_is_broken_until_it_is_begun_anew() {
    let desk = desk().await;
    let connector = desk.connector().await;
    desk.activate(&connector).await;
    assert!(desk.sim.reset_iq(&desk.iq));
    assert_eq!(desk.gateway(&connector).await.state, GatewayState::Broken);
    assert_eq!(
        why(&open(&desk, &connector).await),
        OpenRefusal::NotActivated,
        "404/2202: never activated"
    );
    assert!(desk.sim.set_iq(&desk.iq, |iq| iq.restore_required = false));
    desk.activate(&connector).await;
    assert_eq!(open(&desk, &connector).await, Opened::Open);
}

#[tokio::test]
async fn three_wrong_passwords_in_a_row_mean_broken_and_no_press_sends_more_than_two() {
    let desk = desk().await;
    let connector = desk.connector().await;
    desk.activate(&connector).await;
    assert!(desk.sim.activate_in_app(OWNER, &desk.iq));
    assert_eq!(why(&open(&desk, &connector).await), OpenRefusal::VendorError);
    assert_eq!(presses(&desk), 2, "once, and once more with a fresh password");
    assert_eq!(desk.gateway(&connector).await.state, GatewayState::Ready);
    assert_eq!(why(&open(&desk, &connector).await), OpenRefusal::VendorError);
    assert_eq!(presses(&desk), 3, "the third is the last");
    assert_eq!(desk.gateway(&connector).await.state, GatewayState::Broken);
    assert_eq!(why(&open(&desk, &connector).await), OpenRefusal::NotActivated);
    assert_eq!(presses(&desk), 3);
    let GatewaysSeen::No { say } = desk.begin(&connector).await else {
        panic!("it cannot be done")
    };
    assert!(say.contains("reset"), "{say}");
}

#[tokio::test]
async fn a_clock_that_was_wrong_is_forgiven_by_a_harmless_test() {
    let desk = desk().await;
    let connector = desk.connector().await;
    desk.activate(&connector).await;
    let late = desk.now().plus_minutes(10);
    for _ in 0..2 {
        connector.open(&desk.front, "x@example.org", &mut None, late).await;
    }
    assert_eq!(desk.gateway(&connector).await.state, GatewayState::Broken);
    assert!(matches!(desk.begin(&connector).await, GatewaysSeen::All(_)));
    assert_eq!(open(&desk, &connector).await, Opened::Open);
}

#[tokio::test]
async fn a_good_password_forgets_the_wrong_ones() {
    let desk = desk().await;
    let connector = desk.connector().await;
    desk.activate(&connector).await;
    for _ in 0..3 {
        connector
            .open(&desk.front, "x@example.org", &mut None, desk.now().plus_minutes(10))
            .await;
        assert_eq!(open(&desk, &connector).await, Opened::Open);
    }
}

#[tokio::test]
async fn a_block_is_waited_for_without_asking() {
    let desk = desk().await;
    desk.sim.set_switches(|switches| switches.otp_block_after = 1);
    let connector = desk.connector().await;
    desk.activate(&connector).await;
    let wrong = connector
        .open(&desk.front, "x@example.org", &mut None, desk.now().plus_minutes(10))
        .await;
    assert_eq!((why(&wrong), presses(&desk)), (OpenRefusal::TooMany, 2));
    let blocked_at = desk.now().plus_minutes(10);
    desk.clock.set_ms(blocked_at.plus_minutes(24).ms());
    assert_eq!(why(&open(&desk, &connector).await), OpenRefusal::TooMany);
    assert_eq!(presses(&desk), 2, "left alone for 25 minutes");
    desk.clock.advance_ms(2 * MINUTE_MS);
    assert_eq!(open(&desk, &connector).await, Opened::Open);
}

#[tokio::test]
async fn a_gateway_without_passwords_gets_none() {
    let desk = desk().await;
    let connector = desk.connector().await;
    assert!(desk.sim.set_iq(&desk.iq, |iq| iq.otp_enabled = false));
    assert_eq!(desk.gateway(&connector).await.state, GatewayState::Ready);
    assert_eq!(open(&desk, &connector).await, Opened::Open);
}

#[tokio::test]
async fn a_door_that_cannot_open_says_why_before_it_is_asked() {
    let desk = desk().await;
    let connector = desk.connector().await;
    desk.activate(&connector).await;
    let long_ago = desk.clock.now_ms() - 60 * MINUTE_MS;
    assert!(desk.sim.set_lock(&desk.front, |lock| lock.privacy_mode = true));
    assert_eq!(why(&open(&desk, &connector).await), OpenRefusal::AppAccessOff);
    assert!(
        desk.sim
            .set_lock(&desk.front, |lock| (lock.privacy_mode, lock.office_mode) =
                (false, true))
    );
    assert_eq!(why(&open(&desk, &connector).await), OpenRefusal::AlreadyOpen);
    assert!(
        desk.sim
            .set_lock(&desk.front, |lock| lock.offline_since_ms = Some(long_ago))
    );
    assert_eq!(why(&open(&desk, &connector).await), OpenRefusal::Offline);
    assert!(
        desk.sim
            .set_lock(&desk.front, |lock| (lock.office_mode, lock.offline_since_ms) =
                (false, None))
    );
    assert!(desk.sim.set_iq(&desk.iq, |iq| iq.offline_since_ms = Some(long_ago)));
    assert_eq!(why(&open(&desk, &connector).await), OpenRefusal::Offline);
    assert_eq!(presses(&desk), 0);
}

#[tokio::test]
async fn a_door_that_only_looks_online_is_offline_or_unknown_but_never_asked_twice() {
    for (status, expected) in [(504, Some(OpenRefusal::Offline)), (503, Some(OpenRefusal::Offline))] {
        let desk = desk().await;
        desk.sim.set_switches(|switches| switches.offline_status = status);
        let connector = desk.connector().await;
        desk.activate(&connector).await;
        let now = desk.clock.now_ms();
        assert!(desk.sim.set_lock(&desk.front, |lock| lock.offline_since_ms = Some(now)));
        assert_eq!(Some(why(&open(&desk, &connector).await)), expected, "{status}");
        assert_eq!(presses(&desk), 1);
    }
}

#[tokio::test]
async fn a_missing_right_a_missing_door_and_a_lapsed_site_are_told() {
    let desk = desk().await;
    let connector = desk.connector().await;
    desk.activate(&connector).await;
    let none = "0b6f2f6e-7d0c-4a0e-9a3e-5a51c0de00ff";
    let opened = connector.open(none, "x@example.org", &mut None, desk.now()).await;
    assert_eq!(why(&opened), OpenRefusal::NotFound);
    assert!(desk.sim.set_site(&desk.site, |site| site.subscription_valid = false));
    assert_eq!(why(&open(&desk, &connector).await), OpenRefusal::AppAccessOff);
    assert!(desk.sim.set_site(&desk.site, |site| site.subscription_valid = true));
    let user = desk.user(OWNER).id;
    assert!(desk.sim.set_user(&user, |user| user.remote_access = false));
    assert_eq!(why(&open(&desk, &connector).await), OpenRefusal::AppAccessOff);
}

#[tokio::test]
async fn an_opening_without_an_answer_is_unknown_and_not_repeated() {
    let desk = desk().await;
    let connector = desk.connector().await;
    desk.activate(&connector).await;
    desk.sim.faults().add(Fault::on("PATCH", Trouble::ResetAfter).times(1));
    assert_eq!(open(&desk, &connector).await, Opened::Unknown);
    assert!(desk.sim.is_unlocked(&desk.front));
    assert_eq!(presses(&desk), 1);
    let entries = desk.sim.entries();
    assert_eq!(
        entries.iter().filter(|entry| entry.category == "lock_opened").count(),
        1
    );
}
