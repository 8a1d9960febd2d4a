//! The digital key (P-32), from the first offer to the light at the reader; the last question goes to the simulated lock.

use access::Instant;
use access::vendor::{KeyAct, KeyOwner, KeyRefusal, KeySeen, Secret};
use reqwest::Url;
use simulators::salto::switches::Consent;
use simulators::salto::{Key, SaltoSim};
use suite::House;
use suite::house::twin::{KEY_BACK, Twin, Vendor};

use crate::{doors_learn, over};

fn sim(house: &House) -> &SaltoSim {
    match &house.twin {
        Twin::Salto { sim, .. } => sim,
        Twin::Kisi { .. } | Twin::Tapkey { .. } => panic!("these scenes play at Salto KS"),
    }
}

async fn owner(house: &House, name: &str) -> KeyOwner {
    KeyOwner {
        network: house.network,
        integration: house.integration,
        person: house.person(name).await,
    }
}

async fn act(house: &House, name: &str, act: KeyAct) -> KeySeen {
    house.worker().key(owner(house, name).await, act).await
}

fn verifier() -> Secret {
    Secret::new("a-verifier-that-is-long-enough-for-the-standard-0123456789")
}

fn begin() -> KeyAct {
    KeyAct::Begin {
        back: KEY_BACK.to_owned(),
        state: "a-state".to_owned(),
        verifier: verifier(),
    }
}

fn issue() -> KeyAct {
    // The shape of a P-256 key is what counts.
    let point = "A".repeat(86);
    KeyAct::Issue {
        device: "7d2c".to_owned(),
        device_name: "Ada's phone".to_owned(),
        public_key: format!("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE{point}=="),
    }
}

/// The browser's trip: there, allowed, and back with a code.
async fn consents(house: &House, name: &str) -> KeySeen {
    sim(house).set_switches(|switches| switches.consent = Consent::Allow);
    let url = match act(house, name, begin()).await {
        KeySeen::Go { url } => url,
        other => panic!("{name} is not sent to the vendor: {other:?}"),
    };
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let browser = browser.build().expect("loopback needs no TLS");
    let answer = browser.get(url).send().await.expect("the vendor answers");
    let to = answer.headers().get("location").expect("it is sent back");
    let to = Url::parse(to.to_str().expect("an address")).expect("an address");
    let code = to
        .query_pairs()
        .find(|(key, _)| key == "code")
        .expect("it was allowed")
        .1;
    let link = KeyAct::Link {
        back: KEY_BACK.to_owned(),
        code: Secret::new(code.into_owned()),
        verifier: verifier(),
    };
    act(house, name, link).await
}

#[track_caller]
fn why(seen: KeySeen) -> KeyRefusal {
    match seen {
        KeySeen::Refused { why, .. } => why,
        other => panic!("not refused: {other:?}"),
    }
}

async fn key(house: &House, name: &str) -> (String, Instant) {
    match act(house, name, issue()).await {
        KeySeen::Key { key_id, until, .. } => (key_id, until),
        other => panic!("no key: {other:?}"),
    }
}

fn is_green(house: &House, door: &str, key: &str) -> bool {
    let light = sim(house).present(&house.twin.lock(door), &Key::Mobile(key.to_owned()));
    light.expect("there is such a reader").green
}

/// What the audit log says of keys, the oldest first.
async fn audited(house: &House) -> Vec<String> {
    let mut tx = house.store().read().await.expect("the store answers");
    let filter = store::audit::Filter {
        action: Some("key.".to_owned()),
        ..Default::default()
    };
    let lines = store::audit::list(&mut tx, house.network, &filter, &store::Page::longest()).await;
    let lines = lines.expect("the log is read").rows;
    lines.into_iter().rev().map(|line| line.action).collect()
}

async fn login(house: &House, name: &str) -> Option<Secret> {
    let whose = owner(house, name).await;
    let mut tx = house.store().read().await.expect("the store answers");
    let kept = store::holder::secret(&mut tx, whose.network, whose.integration, whose.person).await;
    kept.expect("it is read")
}

#[tokio::test]
async fn a_phone_is_a_key_from_the_first_minute_and_the_light_follows_the_windows() {
    let house = House::open_at(Vendor::Salto).await;
    // She belongs here, so that the integration shows itself to her.
    house.person("Ada").await;
    house.book("Lagoon", "Ada", "12:00", "13:00").await;
    house.clock_to("11:29").await;
    assert_eq!(why(act(&house, "Ada", begin()).await), KeyRefusal::NotOffered);
    over(&house, house.at("11:30")).await;
    assert_eq!(consents(&house, "Ada").await, KeySeen::Linked);
    let (key_id, until) = key(&house, "Ada").await;
    assert!(until > house.now().plus_s(29 * 24 * 3600), "{until}");
    assert!(is_green(&house, "Room Lagoon", &key_id) && is_green(&house, "Front door", &key_id));
    assert!(!is_green(&house, "Garage", &key_id), "it opens what its owner may open");
    over(&house, house.at("13:30")).await;
    assert!(
        !is_green(&house, "Room Lagoon", &key_id),
        "the key is still there, its owner's time is over"
    );
    assert_eq!(why(act(&house, "Ada", issue()).await), KeyRefusal::NotOffered);
    // She was here before, so the next booking need not begin first; the same key opens then.
    house
        .book("Lagoon", "Ada", "2026-03-12 10:00", "2026-03-12 11:00")
        .await;
    assert_eq!(key(&house, "Ada").await.0, key_id);
    over(&house, house.at("2026-03-12 09:30")).await;
    assert!(is_green(&house, "Room Lagoon", &key_id));
    let said = [
        "key.refused",
        "key.begun",
        "key.linked",
        "key.issued",
        "key.refused",
        "key.issued",
    ];
    assert_eq!(audited(&house).await, said);
}

#[tokio::test]
async fn whoever_is_suspended_gets_no_key_and_the_one_they_have_shows_red() {
    let house = House::open_at(Vendor::Salto).await;
    house.subscribe("Ada", "Flex desk", "2026-03-10", None).await;
    doors_learn(&house).await;
    assert_eq!(consents(&house, "Ada").await, KeySeen::Linked);
    let (key_id, _) = key(&house, "Ada").await;
    assert!(is_green(&house, "Front door", &key_id));
    house.suspend("Ada").await;
    doors_learn(&house).await;
    assert!(!is_green(&house, "Front door", &key_id));
    assert_eq!(why(act(&house, "Ada", issue()).await), KeyRefusal::NotOffered);
    assert_eq!(
        act(&house, "Ada", KeyAct::Unlink).await,
        KeySeen::Unlinked,
        "they may still take their login back"
    );
    assert!(login(&house, "Ada").await.is_none());
}

#[tokio::test]
async fn a_login_taken_back_at_the_vendor_is_forgotten_and_can_be_given_again() {
    let house = House::open_at(Vendor::Salto).await;
    house.subscribe("Ada", "Flex desk", "2026-03-10", None).await;
    doors_learn(&house).await;
    assert_eq!(consents(&house, "Ada").await, KeySeen::Linked);
    assert!(login(&house, "Ada").await.is_some());
    assert!(sim(&house).revoke_tokens(&house.email("Ada")));
    assert_eq!(why(act(&house, "Ada", issue()).await), KeyRefusal::LoginOver);
    assert!(login(&house, "Ada").await.is_none());
    assert_eq!(why(act(&house, "Ada", issue()).await), KeyRefusal::NotLinked);
    assert_eq!(consents(&house, "Ada").await, KeySeen::Linked);
    key(&house, "Ada").await;
}

#[tokio::test]
async fn two_acts_at_once_never_use_one_refresh_token() {
    let house = House::open_at(Vendor::Salto).await;
    house.subscribe("Ada", "Flex desk", "2026-03-10", None).await;
    doors_learn(&house).await;
    assert_eq!(consents(&house, "Ada").await, KeySeen::Linked);
    let whose = owner(&house, "Ada").await;
    let worker = house.worker();
    let (one, two) = tokio::join!(worker.key(whose, issue()), worker.key(whose, issue()));
    assert!(matches!(one, KeySeen::Key { .. }), "{one:?}");
    assert_eq!(why(two), KeyRefusal::Busy);
    key(&house, "Ada").await;
}

#[tokio::test]
async fn two_processes_never_use_one_refresh_token_either() {
    let house = House::open_at_on_postgres(Vendor::Salto).await;
    house.subscribe("Ada", "Flex desk", "2026-03-10", None).await;
    doors_learn(&house).await;
    assert_eq!(consents(&house, "Ada").await, KeySeen::Linked);
    let whose = owner(&house, "Ada").await;
    let other = house.another_node().await;
    let (one, two) = tokio::join!(house.worker().key(whose, issue()), other.worker.key(whose, issue()));
    let (done, refused) = match one {
        KeySeen::Key { .. } => (one, two),
        _ => (two, one),
    };
    assert!(matches!(done, KeySeen::Key { .. }), "{done:?}");
    assert_eq!(why(refused), KeyRefusal::Busy);
    let next = other.worker.key(whose, issue()).await;
    assert!(matches!(next, KeySeen::Key { .. }), "{next:?}");
}

#[tokio::test]
async fn an_act_that_nobody_waits_for_any_more_still_keeps_the_new_login() {
    let house = House::open_at(Vendor::Salto).await;
    house.subscribe("Ada", "Flex desk", "2026-03-10", None).await;
    doors_learn(&house).await;
    assert_eq!(consents(&house, "Ada").await, KeySeen::Linked);
    let before = login(&house, "Ada").await;
    let whose = owner(&house, "Ada").await;
    let mut left = Box::pin(house.worker().key(whose, issue()));
    // The browser asks and goes away at once.
    let asked = std::future::poll_fn(|cx| std::task::Poll::Ready(left.as_mut().poll(cx)));
    assert!(asked.await.is_pending());
    drop(left);
    house.settle().await;
    // Settled means that it is over: what the vendor rotated is what is kept.
    assert_ne!(login(&house, "Ada").await, before);
    key(&house, "Ada").await;
}

#[tokio::test]
async fn where_the_vendor_has_none_nobody_is_offered_one() {
    for vendor in [Vendor::Kisi, Vendor::Tapkey] {
        let house = House::open_at(vendor).await;
        house.subscribe("Ada", "Flex desk", "2026-03-10", None).await;
        doors_learn(&house).await;
        assert_eq!(
            why(act(&house, "Ada", begin()).await),
            KeyRefusal::NotOffered,
            "{vendor:?}"
        );
    }
}
