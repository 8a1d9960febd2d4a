//! Activation of a hub, one-time passwords and remote opening: contract §5.10 and §5.11.

use serde_json::json;
use simulators::salto::otp;

use crate::kit::{BOT, House, MINUTE, NOOR, SECOND, house};

fn now_otp(house: &House, secret: &str, pin: &str) -> String {
    otp(house.clock.now_ms(), secret, pin)
}

#[test]
fn one_time_passwords_match_the_contracts_vectors() {
    for (at, secret, pin, expected) in [
        ("2027-03-09T08:15:42Z", "K7QF2M9ZT4XB8WHD", "4821", "3036b"),
        ("2027-03-09T08:15:43Z", "K7QF2M9ZT4XB8WHD", "4821", "55068"),
        ("2027-12-31T23:59:59Z", "0A1B2C3D4E5F6789", "0007", "1622b"),
    ] {
        let at: jiff::Timestamp = at.parse().unwrap();
        assert_eq!(otp(at.as_millisecond(), secret, pin), expected);
    }
}

#[tokio::test]
async fn the_secret_is_given_before_activation_and_never_after() {
    let house = house().await;
    let (secret, _) = house.activate().await;
    assert_eq!(secret.len(), 16);
    let again = house.get(&format!("/iqs/{}/secret", house.iq)).await;
    assert_eq!(
        (again.error(), again.message()),
        ((403, 2203), "Cannot get first secret for an already activated Iq.")
    );
    let pin = house.get(&format!("/iqs/{}/pin?send_email=true", house.iq)).await;
    assert_eq!((pin.status, pin.message()), (403, "command_forbidden"));
    let path = format!("/v1.2/me/{}/activated_iqs", house.site);
    let activated = house.call("GET", &path, None).await;
    assert_eq!(
        (&activated.items()[0]["iq_id"], &activated.items()[0]["activated"]),
        (&json!(house.iq), &json!(true))
    );
}

#[tokio::test]
async fn activation_wants_a_good_password() {
    let house = house().await;
    let path = format!("/iqs/{}/pin", house.iq);
    assert_eq!(house.put(&path, json!({ "delta": "0000" })).await.error(), (400, 1100));
    assert_eq!(
        house
            .put(&path, json!({ "otp": "00000", "delta": "0000" }))
            .await
            .error(),
        (404, 2202)
    );
    house.prepare().await;
    let wrong = house.put(&path, json!({ "otp": "zzzzz", "delta": "0000" })).await;
    assert_eq!((wrong.error(), wrong.message()), ((400, 3102), "otp_invalid"));
    let bare = house
        .delete(&format!("{path}/{}", house.sim.person(BOT).unwrap()))
        .await;
    assert_eq!(bare.error(), (400, 1100));
}

#[tokio::test]
async fn an_activated_caller_opens_the_door_once_and_the_log_says_remote() {
    let house = house().await;
    let (secret, pin) = house.activate().await;
    assert!(!house.sim.is_unlocked(&house.front));
    let got = house.open(Some(&now_otp(&house, &secret, &pin))).await;
    assert_eq!(got.status, 200, "{got:?}");
    assert!(house.sim.is_unlocked(&house.front));
    house.clock.advance_ms(5 * SECOND);
    assert!(!house.sim.is_unlocked(&house.front));
    let entry = house.sim.entries().pop().unwrap();
    assert_eq!((entry.by, entry.person), ("remote", house.sim.person(BOT)));
}

#[tokio::test]
async fn a_password_is_good_for_three_minutes_around_the_hubs_clock() {
    let house = house().await;
    let (secret, pin) = house.activate().await;
    let code = now_otp(&house, &secret, &pin);
    house.clock.advance_ms(3 * MINUTE);
    assert_eq!(house.open(Some(&code)).await.status, 200);
    assert_eq!(house.open(Some(&code)).await.status, 200, "reusable within that time");
    house.clock.advance_ms(SECOND);
    assert_eq!(house.open(Some(&code)).await.message(), "otp_invalid");
    let early = otp(house.clock.now_ms() + 3 * MINUTE, &secret, &pin);
    assert_eq!(house.open(Some(&early)).await.status, 200);
}

#[tokio::test]
async fn without_activation_the_refusal_says_how_far_one_is() {
    let house = house().await;
    let got = house.open(Some("12345")).await;
    assert_eq!((got.error(), got.message()), ((404, 2202), "Otp is invalid"));
    let (secret, pin) = house.prepare().await;
    let got = house.open(Some(&now_otp(&house, &secret, &pin))).await;
    assert_eq!((got.error(), got.message()), ((400, 3102), "pin_not_changed"));
    house.activate().await;
    assert_eq!(house.open(None).await.error(), (404, 2202));
    assert!(house.sim.entries().is_empty(), "failed passwords leave no entry");
}

#[tokio::test]
async fn eight_wrong_passwords_block_the_command_for_twenty_minutes() {
    let house = house().await;
    let (secret, pin) = house.activate().await;
    for _ in 0..8 {
        assert_eq!(house.open(Some("zzzzz")).await.error(), (400, 3102));
    }
    let good = now_otp(&house, &secret, &pin);
    let blocked = house.open(Some(&good)).await;
    assert_eq!((blocked.error(), blocked.message()), ((403, 3102), "otp_blocked"));
    let other = house
        .put(
            &format!("/iqs/{}/pin", house.iq),
            json!({ "otp": good, "delta": "0000" }),
        )
        .await;
    assert_eq!(other.status, 204, "another command is not blocked");
    house.clock.advance_ms(20 * MINUTE);
    assert_eq!(house.open(Some(&now_otp(&house, &secret, &pin))).await.status, 200);
}

#[tokio::test]
async fn using_the_vendors_app_kills_the_secret_silently_and_a_reset_voids_all() {
    let house = house().await;
    let (secret, pin) = house.activate().await;
    assert!(house.sim.activate_in_app(BOT, &house.iq));
    assert_eq!(
        house.open(Some(&now_otp(&house, &secret, &pin))).await.message(),
        "otp_invalid"
    );
    assert!(house.sim.reset_iq(&house.iq));
    let iq = house.get(&format!("/iqs/{}", house.iq)).await;
    assert_eq!(iq.body["restore_required"], true);
    let (secret, pin) = house.activate().await;
    assert_eq!(house.open(Some(&now_otp(&house, &secret, &pin))).await.status, 200);
}

#[tokio::test]
async fn a_door_that_is_cut_off_cannot_be_opened_and_privacy_forbids_it() {
    let house = house().await;
    let (secret, pin) = house.activate().await;
    let code = now_otp(&house, &secret, &pin);
    let now = house.clock.now_ms();
    assert!(house.sim.set_iq(&house.iq, |iq| iq.offline_since_ms = Some(now)));
    assert_eq!(house.open(Some(&code)).await.status, 504);
    assert!(!house.sim.is_unlocked(&house.front));
    assert!(house.sim.set_iq(&house.iq, |iq| iq.offline_since_ms = None));
    assert!(house.sim.set_lock(&house.front, |lock| lock.privacy_mode = true));
    assert_eq!(house.open(Some(&code)).await.status, 403);
}

#[tokio::test]
async fn a_member_opens_remotely_only_what_the_groups_allow() {
    let house = house().await;
    assert!(house.sim.set_iq(&house.iq, |iq| iq.otp_enabled = false));
    let noor = house.token_of(NOOR).await;
    let open = async || {
        let path = house.path(&format!("/locks/{}/locking", house.front));
        house
            .call_as(&noor, "PATCH", &path, Some(json!({ "locked_state": "unlocked" })))
            .await
            .status
    };
    assert_eq!(open().await, 403);
    assert!(house.sim.foreign_member(&house.members, NOOR));
    assert_eq!(open().await, 200);
    assert!(house.sim.set_user(&house.noor, |user| user.remote_access = false));
    assert_eq!(open().await, 403);
}

#[tokio::test]
async fn an_administrator_holds_a_door_open_and_locks_it_again() {
    let house = house().await;
    assert!(house.sim.set_iq(&house.iq, |iq| iq.otp_enabled = false));
    let path = format!("/locks/{}/locking", house.front);
    for (state, open) in [("office_mode", true), ("locked", false)] {
        assert_eq!(house.patch(&path, json!({ "locked_state": state })).await.status, 200);
        house.clock.advance_ms(MINUTE);
        assert_eq!(house.sim.is_unlocked(&house.front), open);
    }
    assert_eq!(
        house.patch(&path, json!({ "locked_state": "ajar" })).await.error(),
        (400, 1101)
    );
}

#[tokio::test]
async fn by_switch_the_secret_is_given_once_even_before_activation() {
    let house = house().await;
    let ask = async || house.get(&format!("/iqs/{}/secret", house.iq)).await;
    let (first, second) = (ask().await, ask().await);
    assert_eq!(first.body, second.body);
    house.sim.set_switches(|switches| switches.secret_once = true);
    assert_eq!(ask().await.error(), (403, 2203));
}

#[tokio::test]
async fn a_delta_lowers_the_pin_digit_by_digit() {
    let house = house().await;
    let (secret, pin) = house.prepare().await;
    let body = json!({ "otp": now_otp(&house, &secret, &pin), "delta": "1209" });
    assert_eq!(house.put(&format!("/iqs/{}/pin", house.iq), body).await.status, 204);
    let lowered: String = pin
        .chars()
        .zip([1, 2, 0, 9])
        .map(|(digit, less)| char::from_digit((digit.to_digit(10).unwrap() + 10 - less) % 10, 10).unwrap())
        .collect();
    assert_eq!(
        house.open(Some(&now_otp(&house, &secret, &pin))).await.message(),
        "otp_invalid"
    );
    assert_eq!(house.open(Some(&now_otp(&house, &secret, &lowered))).await.status, 200);
}

#[tokio::test]
async fn with_a_good_password_an_activation_is_taken_back() {
    let house = house().await;
    let (secret, pin) = house.activate().await;
    let path = format!("/iqs/{}/pin/{}", house.iq, house.sim.person(BOT).unwrap());
    let wrong = house.delete(&format!("{path}?otp=zzzzz")).await;
    assert_eq!(wrong.error(), (400, 3102));
    let otp = now_otp(&house, &secret, &pin);
    assert_eq!(house.delete(&format!("{path}?otp={otp}")).await.status, 204);
    let fresh = house.get(&format!("/iqs/{}/secret", house.iq)).await;
    assert_ne!(fresh.body["secret"], secret, "it begins anew");
    assert_eq!(fresh.status, 200);
}
