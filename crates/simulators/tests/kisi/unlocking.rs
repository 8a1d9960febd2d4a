//! Unlocking and what a person's secret shows: contract §4.2, §4.3, §4.10.

use serde_json::{Value, json};
use simulators::kisi::SimHours;
use simulators::kisi::switches::{ConflictOr403, ForbiddenOr404};

use crate::kit::{DAY, HOUR, House, MIRA, NOON, at, house};

/// A house where Mira may open everything now, and her secret.
async fn open_house() -> (House, String) {
    let house = house().await;
    house.grant(None, None).await;
    let secret = house.secret_of(MIRA).await;
    (house, secret)
}

#[tokio::test]
async fn an_unlock_answers_unlocked_and_releases_the_door_for_some_seconds() {
    let (house, secret) = open_house().await;
    let got = house.unlock(&secret, house.front, Value::Null).await;
    assert_eq!((got.status, &got.body["message"]), (200, &json!("Unlocked!")));
    assert!(house.sim.is_unlocked(house.front) && !house.sim.is_unlocked(house.studio));
    let unlock = house.sim.unlocks().pop().unwrap();
    assert_eq!((unlock.email.as_deref(), unlock.lock), (Some(MIRA), house.front));
    house.clock.advance_ms(4_999);
    assert!(house.sim.is_unlocked(house.front));
    house.clock.advance_ms(1);
    assert!(!house.sim.is_unlocked(house.front));
}

#[tokio::test]
async fn a_persons_secret_lists_only_the_locks_they_may_open_now() {
    let house = house().await;
    house.grant(Some(NOON + HOUR), Some(NOON + 2 * HOUR)).await;
    let secret = house.secret_of(MIRA).await;
    assert_eq!(
        house.get("/locks").await.ids(),
        [house.front, house.studio],
        "the owner sees all"
    );
    assert_eq!(
        house.read_as(&secret, "/locks").await.range.as_deref(),
        Some("*/0"),
        "empty before"
    );
    house.clock.set_ms(NOON + HOUR);
    let path = format!("/locks?place_id={}&limit=250", house.place);
    assert_eq!(
        house.read_as(&secret, &path).await.ids(),
        [house.front, house.studio],
        "filled inside"
    );
    house.sim.set_user(house.mira, |mira| mira.access_enabled = false);
    assert!(
        house.read_as(&secret, "/locks").await.ids().is_empty(),
        "access disabled"
    );
    house.sim.set_user(house.mira, |mira| mira.access_enabled = true);
    house.clock.set_ms(NOON + 2 * HOUR);
    assert!(house.read_as(&secret, "/locks").await.ids().is_empty(), "empty after");
}

#[tokio::test]
async fn the_question_and_the_unlock_agree() {
    let house = house().await;
    house.grant(Some(NOON + HOUR), Some(NOON + 2 * HOUR)).await;
    let secret = house.secret_of(MIRA).await;
    for at_ms in [NOON, NOON + HOUR, NOON + 2 * HOUR - 1, NOON + 2 * HOUR] {
        house.clock.set_ms(at_ms);
        let got = house.unlock(&secret, house.front, Value::Null).await;
        match house.sim.may_open(MIRA, house.front) {
            Ok(()) => assert_eq!(got.status, 200),
            Err(reason) => assert!(
                reason.starts_with(&format!("{} {}", got.status, got.code())),
                "{reason} {got:?}"
            ),
        }
    }
}

#[tokio::test]
async fn without_a_right_it_is_403_or_404_before_the_window_f358de_after_it_f35ade() {
    let house = house().await;
    let secret = house.secret_of(MIRA).await;
    let got = house.unlock(&secret, house.front, Value::Null).await;
    assert_eq!((got.status, got.code()), (403, "fcd8ef"));
    house
        .sim
        .set_switches(|switches| switches.not_granted = ForbiddenOr404::NotFound);
    let got = house.unlock(&secret, house.front, Value::Null).await;
    assert_eq!((got.status, got.code()), (404, "fad10e"));
    house.grant(Some(NOON + HOUR), Some(NOON + 2 * HOUR)).await;
    assert_eq!(house.unlock(&secret, house.front, Value::Null).await.code(), "f358de");
    house.clock.set_ms(NOON + 3 * HOUR);
    assert_eq!(house.unlock(&secret, house.front, Value::Null).await.code(), "f35ade");
}

#[tokio::test]
async fn an_unknown_lock_is_fad10e_and_a_disabled_user_fcd8ff() {
    let (house, secret) = open_house().await;
    let got = house.unlock(&secret, 1, Value::Null).await;
    assert_eq!((got.status, got.code()), (404, "fad10e"));
    house.sim.set_user(house.mira, |mira| mira.access_enabled = false);
    let got = house.unlock(&secret, house.front, Value::Null).await;
    assert_eq!((got.status, got.code()), (403, "fcd8ff"));
}

#[tokio::test]
async fn what_a_group_demands_binds_its_people_but_not_the_owner() {
    let (house, secret) = open_house().await;
    type Change = fn(&mut simulators::kisi::SimGroup);
    let demands: [(&str, Change); 6] = [
        ("f01337", |group| group.login_enabled = false),
        ("bbc93f", |group| group.tap_to_access_restriction_enabled = true),
        ("34bd8f", |group| group.primary_device_restriction_enabled = true),
        ("bb5bff", |group| group.reader_restriction_enabled = true),
        ("a3799f", |group| group.geofence_restriction_enabled = true),
        ("34ffaa", |group| group.time_restriction_enabled = true),
    ];
    for (code, demand) in demands {
        let plain = house
            .sim
            .groups()
            .into_iter()
            .find(|group| group.id == house.members)
            .unwrap();
        house.sim.set_group(house.members, demand);
        let got = house.unlock(&secret, house.front, Value::Null).await;
        assert_eq!((got.status, got.code()), (403, code));
        assert_eq!(
            house.unlock(&house.secret, house.front, Value::Null).await.status,
            200,
            "the owner, {code}"
        );
        house.sim.set_group(house.members, |group| *group = plain);
    }
}

#[tokio::test]
async fn another_group_without_the_demand_lets_the_person_in() {
    let (house, secret) = open_house().await;
    house.sim.set_group(house.members, |group| group.login_enabled = false);
    let other = house.sim.add_group(None, "Everybody", &[house.front]);
    house.sim.foreign_assignment(house.mira, other, None, None);
    assert_eq!(house.unlock(&secret, house.front, Value::Null).await.status, 200);
    assert_eq!(house.unlock(&secret, house.studio, Value::Null).await.code(), "f01337");
}

#[tokio::test]
async fn what_a_lock_demands_binds_the_owner_too() {
    let (house, secret) = open_house().await;
    house
        .sim
        .set_lock(house.front, |lock| lock.reader_restriction_enabled = true);
    for secret in [&secret, &house.secret] {
        assert_eq!(house.unlock(secret, house.front, Value::Null).await.code(), "bb5bff");
        let wrong = json!({ "lock": { "proximity_proof": 1 } });
        assert_eq!(house.unlock(secret, house.front, wrong).await.code(), "bb4faa");
        let right = json!({ "lock": { "proximity_proof": 4711 } });
        assert_eq!(house.unlock(secret, house.front, right).await.status, 200);
    }
    assert_eq!(
        house.unlock(&secret, house.front, json!({ "lock": {} })).await.status,
        400,
        "the key must be there"
    );
}

#[tokio::test]
async fn the_reader_restriction_can_speak_in_the_help_centres_words() {
    let (house, secret) = open_house().await;
    house
        .sim
        .set_switches(|switches| switches.reader_restriction_text = true);
    house
        .sim
        .set_lock(house.front, |lock| lock.reader_restriction_enabled = true);
    let got = house.unlock(&secret, house.front, Value::Null).await;
    assert_eq!(got.status, 403);
    assert!(
        got.body["error"]
            .as_str()
            .unwrap()
            .contains("disable the Kisi Reader restriction")
    );
}

#[tokio::test]
async fn a_geofence_wants_a_location_nearby() {
    let (house, secret) = open_house().await;
    house
        .sim
        .set_lock(house.front, |lock| lock.geofence_restriction_enabled = true);
    let from = |latitude: f64| json!({ "context": { "location": { "latitude": latitude, "longitude": 10.13 } } });
    assert_eq!(house.unlock(&secret, house.front, from(54.5)).await.code(), "a3995f");
    assert_eq!(house.unlock(&secret, house.front, from(54.3101)).await.status, 200);
}

#[tokio::test]
async fn a_schedule_is_read_in_the_places_zone() {
    let (house, secret) = open_house().await;
    house.sim.set_group(house.members, |group| {
        group.time_restriction_enabled = true;
        group.hours = vec![SimHours {
            weekday: 1,
            from_minute: 9 * 60,
            until_minute: 12 * 60 + 30,
        }];
    });
    assert_eq!(
        house.unlock(&secret, house.front, Value::Null).await.status,
        200,
        "Monday noon in Berlin"
    );
    house.clock.set_ms(NOON + HOUR / 2);
    assert_eq!(
        house.unlock(&secret, house.front, Value::Null).await.code(),
        "34ffaa",
        "12:30 is outside"
    );
    assert!(
        house.read_as(&secret, "/locks").await.ids().is_empty(),
        "and the lock is not listed"
    );
    house.clock.set_ms(NOON + DAY);
    assert_eq!(
        house.unlock(&secret, house.front, Value::Null).await.code(),
        "34ffaa",
        "Tuesday"
    );
    assert_eq!(
        house.get("/schedules").await.body[0]["recurring_events"][0]["end"],
        "12:30"
    );
}

#[tokio::test]
async fn a_lockdown_of_lock_or_place_stops_everybody_with_409_or_403() {
    let (house, secret) = open_house().await;
    let header = format!("KISI-LOGIN {}", house.secret);
    let down = |what: String| house.raw("POST", Box::leak(what.into_boxed_str()), None, Some(&header));
    down(format!("/locks/{}/lock_down", house.front)).await.unwrap();
    let got = house.unlock(&secret, house.front, Value::Null).await;
    assert_eq!((got.status, got.code()), (409, "fad001"));
    down(format!("/places/{}/lock_down", house.place)).await.unwrap();
    assert_eq!(
        house.unlock(&house.secret, house.studio, Value::Null).await.code(),
        "fad002"
    );
    house
        .sim
        .set_switches(|switches| switches.lockdown = ConflictOr403::Forbidden);
    assert_eq!(house.unlock(&secret, house.studio, Value::Null).await.status, 403);
    down(format!("/places/{}/cancel_lockdown", house.place)).await.unwrap();
    down(format!("/locks/{}/cancel_lockdown", house.front)).await.unwrap();
    assert_eq!(house.unlock(&secret, house.front, Value::Null).await.status, 200);
}

#[tokio::test]
async fn hardware_that_cannot_answers_503_and_a_busy_or_open_door_409() {
    let (house, secret) = open_house().await;
    type Change = fn(&mut simulators::kisi::SimLock);
    let states: [(u16, &str, Change); 5] = [
        (503, "fac001", |lock| lock.online = Some(false)),
        (503, "fbc000", |lock| lock.updating = true),
        (503, "ff420a", |lock| lock.configured = false),
        (409, "fad110", |lock| lock.on_scheduled_unlock = true),
        (409, "fad112", |lock| lock.busy = true),
    ];
    for (status, code, change) in states {
        let plain = house
            .sim
            .locks()
            .into_iter()
            .find(|lock| lock.id == house.front)
            .unwrap();
        house.sim.set_lock(house.front, change);
        let got = house.unlock(&secret, house.front, Value::Null).await;
        assert_eq!((got.status, got.code()), (status, code));
        house.sim.set_lock(house.front, |lock| *lock = plain);
    }
}

#[tokio::test]
async fn the_status_of_a_code_can_be_overridden() {
    let (house, secret) = open_house().await;
    house.sim.set_lock(house.front, |lock| lock.online = Some(false));
    house
        .sim
        .set_switches(|switches| _ = switches.unlock_status.insert("fac001".to_owned(), 500));
    let got = house.unlock(&secret, house.front, Value::Null).await;
    assert_eq!((got.status, got.code()), (500, "fac001"));
}

#[tokio::test]
async fn a_group_link_opens_in_its_window_without_an_account() {
    let house = house().await;
    let link = json!({ "group_link": { "group_id": house.members, "name": "Visitor", "link_enabled": true,
                       "valid_from": at(NOON), "valid_until": at(NOON + HOUR) } });
    let made = house.post("/group_links", link).await;
    let header = format!("KISI-GROUP-LINK {}", made.body["secret"].as_str().unwrap());
    let unlock = format!("/locks/{}/unlock", house.front);
    house
        .sim
        .set_lock(house.front, |lock| lock.reader_restriction_enabled = true);
    assert_eq!(
        house.call("GET", "/locks", None, Some(&header)).await.ids(),
        [house.front, house.studio]
    );
    assert_eq!(
        house.call("POST", &unlock, None, Some(&header)).await.status,
        200,
        "reader restrictions do not apply"
    );
    house.clock.advance_ms(HOUR);
    assert_eq!(house.call("POST", &unlock, None, Some(&header)).await.code(), "f35ade");
    assert!(
        house.get("/group_links").await.body[0].get("secret").is_none(),
        "shown only on creation"
    );
}
