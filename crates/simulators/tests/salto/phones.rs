//! Digital keys with the member's own token: contract §5.13.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::agreement::{ECDH_P256, EphemeralPrivateKey};
use ring::rand::SystemRandom;
use serde_json::{Value, json};
use simulators::salto::Key;

use crate::kit::{DAY, House, NOON, NOOR, at, house};

/// A fresh P-256 key as a phone's key store would give it out.
fn public_key() -> String {
    let key = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).unwrap();
    let mut der = BASE64_STANDARD.decode("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgA=").unwrap();
    der.extend(key.compute_public_key().unwrap().as_ref());
    BASE64_STANDARD.encode(der)
}

async fn phone_owner() -> (House, String) {
    let house = house().await;
    let roles = ["site_user".to_owned(), "site_mobile_user".to_owned()];
    assert!(house.sim.set_user(&house.noor, |user| user.roles = roles.to_vec()));
    let token = house.token_of(NOOR).await;
    (house, token)
}

fn phone(uid: &str) -> Value {
    json!({ "device_name": "Noor's phone", "device_uid": uid, "public_key": public_key() })
}

#[tokio::test]
async fn a_member_registers_a_phone_fetches_the_key_and_opens() {
    let (house, token) = phone_owner().await;
    assert!(house.sim.foreign_member(&house.members, NOOR));
    let device = house
        .call_as(&token, "POST", "/v1.1/me/devices", Some(phone("7d2c")))
        .await;
    assert_eq!((device.status, &device.body["mkey"]), (201, &Value::Null));
    let one = format!("/v1.1/me/devices/{}", device.id());
    let data = house.call_as(&token, "GET", &format!("{one}/mkey"), None).await;
    assert!(data.body["mkey_data"].as_str().unwrap().len() > 100);
    let shown = house
        .call_as(&token, "GET", "/v1.1/me/devices?$filter=device_uid eq '7d2c'", None)
        .await;
    let mkey = &shown.items()[0]["mkey"];
    assert_eq!(mkey["expiry_date"], at(NOON + 30 * DAY));
    let key = Key::Mobile(mkey["key_id"].as_str().unwrap().to_owned());
    assert!(house.sim.present(&house.front, &key).unwrap().green);
    assert_eq!(
        house
            .call_as(&token, "GET", &one.replace("v1.1", "v1.2"), None)
            .await
            .status,
        200
    );
    house.clock.advance_ms(30 * DAY);
    assert!(!house.sim.present(&house.front, &key).unwrap().green, "expired");
}

#[tokio::test]
async fn a_renewed_certificate_brings_a_new_key_and_cancels_the_old_one() {
    let (house, token) = phone_owner().await;
    assert!(house.sim.foreign_member(&house.members, NOOR));
    let device = house
        .call_as(&token, "POST", "/v1.1/me/devices", Some(phone("7d2c")))
        .await;
    let one = format!("/v1.1/me/devices/{}", device.id());
    let fetch = async || house.call_as(&token, "GET", &format!("{one}/mkey"), None).await.body["mkey_data"].clone();
    let data = fetch().await;
    assert_eq!(fetch().await, data);
    let key = async || {
        let got = house.call_as(&token, "GET", &one, None).await;
        got.body["mkey"]["key_id"].as_str().unwrap().to_owned()
    };
    let old = key().await;
    let body = json!({ "public_key": public_key() });
    let renewed = house
        .call_as(&token, "PUT", &format!("{one}/certificate"), Some(body))
        .await;
    assert_ne!(renewed.body["certificate"], device.body["certificate"]);
    assert_ne!((key().await, fetch().await), (old.clone(), data));
    assert!(!house.sim.present(&house.front, &Key::Mobile(old)).unwrap().green);
    assert!(
        house
            .sim
            .present(&house.front, &Key::Mobile(key().await))
            .unwrap()
            .green
    );
}

#[tokio::test]
async fn without_seat_or_role_there_is_no_digital_key() {
    let (house, token) = phone_owner().await;
    let register = async || {
        house
            .call_as(&token, "POST", "/v1.1/me/devices", Some(phone("7d2c")))
            .await
    };
    assert!(house.sim.set_seat(&house.site, &house.noor, false));
    assert_eq!(register().await.error(), (403, 2203));
    assert!(house.sim.set_seat(&house.site, &house.noor, true));
    assert!(
        house
            .sim
            .set_user(&house.noor, |user| user.roles = vec!["site_user".to_owned()])
    );
    assert_eq!(register().await.error(), (403, 2203));
}

#[tokio::test]
async fn only_p256_keys_and_short_names_are_taken_and_phones_are_ones_own() {
    let (house, token) = phone_owner().await;
    let refused = async |change: Value| {
        let mut body = phone("7d2c");
        for (key, value) in change.as_object().unwrap() {
            body[key] = value.clone();
        }
        house
            .call_as(&token, "POST", "/v1.1/me/devices", Some(body))
            .await
            .error()
    };
    assert_eq!(refused(json!({ "public_key": "MFkw" })).await, (400, 1101));
    assert_eq!(refused(json!({ "device_name": "n".repeat(51) })).await, (400, 1101));
    let device = house
        .call_as(&token, "POST", "/v1.1/me/devices", Some(phone("7d2c")))
        .await;
    let other = house
        .call("GET", &format!("/v1.1/me/devices/{}", device.id()), None)
        .await;
    assert_eq!(other.error(), (404, 2202));
}
