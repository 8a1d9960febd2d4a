//! Phones as keys: registered once, renewed in time, refused in the vendor's own cases (§3.3, §5.13).

use access::Instant;
use access::vendor::{KeyAct, KeyRefusal};
use simulators::fault::{Fault, Trouble};
use simulators::salto::Host;
use simulators::salto::switches::{Consent as Answers, ErrorCodes, Refresh};

use crate::house::{DAY, House, NOON, OWNER, key_of, public_key, why};

#[tokio::test]
async fn a_phone_becomes_a_key_and_the_light_is_green_for_who_is_let_in() {
    let house = House::linked().await;
    let (key_id, until) = house.key().await;
    assert_eq!(until, Instant::from_ms(NOON + 30 * DAY));
    assert!(house.is_green(&key_id));
    house.clock.advance_ms(30 * DAY);
    assert!(!house.is_green(&key_id), "it has run out");
}

#[tokio::test]
async fn each_phone_is_one_device_however_often_it_asks() {
    let house = House::linked().await;
    let first = house.key().await;
    assert_eq!(house.key().await, first, "the same key as long as it lasts");
    let calls = house.calls();
    assert_eq!(
        calls.iter().filter(|call| call.starts_with("POST")).count(),
        1,
        "{calls:?}"
    );
    assert_eq!(
        calls.iter().filter(|call| call.starts_with("PUT")).count(),
        0,
        "{calls:?}"
    );
    let (second, _) = key_of(house.issue("a11c", &public_key('B')).await);
    assert_ne!(second, first.0);
    assert!(
        house.is_green(&first.0) && house.is_green(&second),
        "a second phone leaves the first alone"
    );
}

#[tokio::test]
async fn a_key_is_renewed_when_less_than_seven_days_are_left_and_not_before() {
    let house = House::linked().await;
    let (first, until) = house.key().await;
    house.clock.advance_ms(23 * DAY);
    assert_eq!(
        house.key().await,
        (first.clone(), until),
        "seven days exactly are enough"
    );
    house.clock.advance_ms(1_000);
    let (second, later) = house.key().await;
    assert_ne!(second, first);
    assert_eq!(later, Instant::from_ms(NOON + 53 * DAY + 1_000));
    assert!(!house.is_green(&first) && house.is_green(&second));
}

#[tokio::test]
async fn a_key_that_has_run_out_is_replaced() {
    let house = House::linked().await;
    let (first, _) = house.key().await;
    house.clock.advance_ms(45 * DAY);
    let (second, _) = house.key().await;
    assert!(!house.is_green(&first) && house.is_green(&second));
}

#[tokio::test]
async fn an_app_installed_anew_has_a_new_public_key_and_gets_a_certificate_for_it() {
    let house = House::linked().await;
    let (first, _) = house.key().await;
    let (second, _) = key_of(house.issue("7d2c", &public_key('B')).await);
    assert_ne!(second, first);
    let (third, _) = key_of(house.issue("7d2c", &public_key('B')).await);
    assert_eq!(third, second);
    let registered = house.calls().iter().filter(|call| call.starts_with("POST")).count();
    assert_eq!(registered, 1);
}

#[tokio::test]
async fn a_rotated_refresh_token_is_stored_before_anything_is_done_with_it() {
    let house = House::linked().await;
    let before = house.kept.lock().unwrap().len();
    house.key().await;
    let kept = house.kept.lock().unwrap();
    assert!(kept.len() > before, "the token rotates");
    assert_eq!(kept[before].1, 0, "no call to the Connect API came first");
    assert_ne!(kept[before].0, kept[before - 1].0);
}

#[tokio::test]
async fn a_refresh_token_that_stays_the_same_is_not_stored_again() {
    let house = House::linked().await;
    house.sim.set_switches(|switches| switches.refresh = Refresh::Sliding);
    house.key().await;
    let stored = house.kept.lock().unwrap().len();
    house.key().await;
    assert_eq!(house.kept.lock().unwrap().len(), stored);
}

#[tokio::test]
async fn a_login_taken_back_at_the_vendor_is_over() {
    let house = House::linked().await;
    assert!(house.sim.revoke_tokens(crate::house::NOOR));
    assert_eq!(why(house.issue("7d2c", &public_key('A')).await), KeyRefusal::LoginOver);
    assert!(house.calls().is_empty());
}

#[tokio::test]
async fn without_seat_or_role_there_is_no_key() {
    let house = House::linked().await;
    for codes in [ErrorCodes::Number, ErrorCodes::Text] {
        house.sim.set_switches(|switches| switches.error_codes = codes);
        assert!(house.sim.set_seat(&house.site, &house.noor, false));
        assert_eq!(
            why(house.issue("7d2c", &public_key('A')).await),
            KeyRefusal::NoSeatOrRole
        );
        assert!(house.sim.set_seat(&house.site, &house.noor, true));
        assert!(
            house
                .sim
                .set_user(&house.noor, |noor| noor.roles = vec!["site_user".to_owned()])
        );
        assert_eq!(
            why(house.issue("7d2c", &public_key('A')).await),
            KeyRefusal::NoSeatOrRole
        );
        let both = ["site_user", "site_mobile_user"];
        assert!(
            house
                .sim
                .set_user(&house.noor, |noor| noor.roles = both.map(str::to_owned).to_vec())
        );
    }
    house.key().await;
}

#[tokio::test]
async fn a_phone_of_somebody_else_is_not_taken_over() {
    let house = House::linked().await;
    house.key().await;
    // The owner comes with Noor's phone.
    let owners = house.sim.users(&house.site);
    let owner = owners
        .iter()
        .find(|user| user.roles.iter().any(|role| role == "site_owner"))
        .unwrap();
    assert!(
        house
            .sim
            .set_user(&owner.id, |owner| owner.roles.push("site_mobile_user".to_owned()))
    );
    house.sim.set_switches(|switches| switches.consent = Answers::Allow);
    house.kept.lock().unwrap().clear();
    let mut url = house.go().await;
    let swapped = url
        .query()
        .unwrap()
        .replace("noor%40example.org", "owner%40harbour.example");
    url.set_query(Some(&swapped));
    let back = house.brought_back(url).await;
    let code = back.iter().find(|(key, _)| key == "code").unwrap().1.clone();
    let external = house.sim.person(OWNER);
    let link = crate::house::linked(access::vendor::Secret::new(code), crate::house::VERIFIER);
    house.act_as(external.as_deref(), link).await;
    let issue = KeyAct::Issue {
        device: "7d2c".to_owned(),
        device_name: "A phone".to_owned(),
        public_key: public_key('C'),
    };
    assert_eq!(
        why(house.act_as(external.as_deref(), issue).await),
        KeyRefusal::PhoneTaken
    );
}

#[tokio::test]
async fn a_public_key_of_another_kind_is_refused_without_asking_and_a_long_name_is_cut() {
    let house = House::linked().await;
    assert_eq!(why(house.issue("7d2c", "MFkw").await), KeyRefusal::PhoneKey);
    assert!(house.sim.calls().is_empty());
    let issue = KeyAct::Issue {
        device: "it's mine".to_owned(),
        device_name: "ñ".repeat(80),
        public_key: public_key('A'),
    };
    key_of(house.act(issue).await);
}

#[tokio::test]
async fn without_a_login_there_is_nothing_to_ask_with() {
    let house = House::open().await;
    assert_eq!(why(house.issue("7d2c", &public_key('A')).await), KeyRefusal::NotLinked);
    assert!(house.sim.calls().is_empty());
}

#[tokio::test]
async fn a_vendor_that_is_down_or_busy_is_said_as_such_and_the_login_survives() {
    let house = House::linked().await;
    for (trouble, says) in [
        (Trouble::Status { status: 503 }, KeyRefusal::Down),
        (Trouble::HtmlPage { status: 404 }, KeyRefusal::Down),
        (Trouble::ResetBefore, KeyRefusal::Down),
        (Trouble::ResetAfter, KeyRefusal::Down),
    ] {
        house
            .sim
            .faults()
            .add(Fault::on("POST /v1.1/me/devices", trouble).times(1));
        assert_eq!(
            why(house.issue(&format!("{trouble:?}"), &public_key('A')).await),
            says,
            "{trouble:?}"
        );
    }
    // Registered, though no answer came: the next try finds it.
    key_of(
        house
            .issue(&format!("{:?}", Trouble::ResetAfter), &public_key('A'))
            .await,
    );
    let at_api = |call: &&simulators::salto::Call| call.host == Host::Api;
    assert!(house.sim.calls().iter().filter(at_api).count() > 0);
    house
        .sim
        .faults()
        .add(Fault::on("POST /v1.1/me/devices", Trouble::TooMany { retry_after: None }).times(1));
    assert_eq!(why(house.issue("other", &public_key('A')).await), KeyRefusal::TooMany);
}
