//! Keys at readers: what doors were told, schedules, offline locks and the access log (contract §5.5–§5.9, §5.14, §9).

use jiff::civil::date;
use serde_json::json;
use simulators::salto::{By, Hours, Key, Light};

use crate::kit::{DAY, HOUR, House, MINUTE, NOON, NOOR, SECOND, house};

fn tag() -> Key {
    Key::Tag("02300417".to_owned())
}

fn light(house: &House) -> Light {
    house.sim.present(&house.front, &tag()).unwrap()
}

async fn entries(house: &House, query: &str) -> crate::kit::Got {
    let path = format!("/v1.1/sites/{}/entries{query}", house.site);
    house.call("GET", &path, None).await
}

#[tokio::test]
async fn a_new_member_opens_after_the_roll_out_and_a_removed_one_until_it() {
    let house = house().await;
    house.join().await;
    assert!(!light(&house).green);
    house.clock.advance_ms(5 * SECOND - 1);
    assert_eq!(
        house.sim.may_open(NOOR, &house.front, By::AnyKey),
        Err("no_access".to_owned())
    );
    house.clock.advance_ms(1);
    assert_eq!(house.sim.may_open(NOOR, &house.front, By::AnyKey), Ok(()));
    assert!(light(&house).green);
    assert!(house.sim.remove_member(&house.members, NOOR));
    assert!(house.sim.members(&house.members).is_empty());
    assert!(light(&house).green, "the door has not heard yet");
    house.clock.advance_ms(5 * SECOND);
    assert!(!light(&house).green);
}

#[tokio::test]
async fn a_group_without_a_schedule_never_opens_and_its_first_one_takes_longer() {
    let house = house().await;
    let group = house
        .sim
        .add_group(&house.site, "Bare", std::slice::from_ref(&house.front), &[]);
    assert!(house.sim.foreign_member(&group, NOOR));
    assert_eq!(light(&house).why, Some("no_access"));
    let path = format!("/v1.1/sites/{}/access_groups/{group}/time_schedules", house.site);
    let all = json!({ "monday": true, "tuesday": true });
    assert_eq!(house.call("POST", &path, Some(all)).await.status, 201);
    house.clock.advance_ms(20 * SECOND - 1);
    assert!(!light(&house).green);
    house.clock.advance_ms(1);
    assert!(light(&house).green);
}

#[tokio::test]
async fn schedules_follow_the_sites_wall_clock_through_the_change_of_clocks() {
    let house = house().await;
    let nine_to_six = [Hours::workdays(9, 18)];
    let group = house
        .sim
        .add_group(&house.site, "Office", std::slice::from_ref(&house.front), &nine_to_six);
    assert!(house.sim.foreign_member(&group, NOOR));
    let may = |text: &str| {
        let at: jiff::Timestamp = text.parse().unwrap();
        house
            .sim
            .may_open_at(NOOR, &house.front, By::AnyKey, at.as_millisecond())
            .is_ok()
    };
    assert!(
        !may("2027-03-26T07:59:59Z") && may("2027-03-26T08:00:00Z"),
        "Friday, winter time"
    );
    assert!(may("2027-03-26T16:59:59Z") && !may("2027-03-26T17:00:00Z"));
    assert!(!may("2027-03-28T10:00:00Z"), "Sunday");
    assert!(
        !may("2027-03-29T06:59:59Z") && may("2027-03-29T07:00:00Z"),
        "Monday, summer time"
    );
}

#[tokio::test]
async fn a_dated_schedule_opens_to_the_second_of_the_wall_clock() {
    let house = house().await;
    let hours = Hours {
        start_date: Some(date(2027, 3, 9).at(13, 30, 0, 0)),
        end_date: Some(date(2027, 3, 9).at(17, 30, 0, 0)),
        ..Hours::always()
    };
    let group = house
        .sim
        .add_group(&house.site, "Booking", std::slice::from_ref(&house.front), &[hours]);
    assert!(house.sim.foreign_member(&group, NOOR));
    let may = |at_ms| house.sim.may_open_at(NOOR, &house.front, By::AnyKey, at_ms).is_ok();
    let start = NOON + 90 * MINUTE;
    assert!(!may(start - 1) && may(start));
    assert!(may(start + 4 * HOUR - 1) && !may(start + 4 * HOUR));
    assert!(!may(start + DAY));
}

#[tokio::test]
async fn suspended_and_blocked_people_do_not_open() {
    let house = house().await;
    assert!(house.sim.foreign_member(&house.members, NOOR));
    assert!(light(&house).green);
    assert!(house.sim.set_seat(&house.site, &house.noor, false));
    house.clock.advance_ms(5 * SECOND);
    assert_eq!(light(&house).why, Some("suspended"));
    assert!(house.sim.set_seat(&house.site, &house.noor, true));
    house.clock.advance_ms(5 * SECOND);
    assert!(light(&house).green);
    let path = format!("/users/{}", house.noor);
    assert_eq!(house.patch(&path, json!({ "blocked": true })).await.status, 200);
    assert_eq!(light(&house).why, Some("no_access"), "at once");
    assert_eq!(house.sim.members(&house.members), [NOOR], "memberships stay");
}

#[tokio::test]
async fn a_lock_that_is_cut_off_keeps_its_rules_and_its_entries() {
    let house = house().await;
    assert!(house.sim.foreign_member(&house.members, NOOR));
    let now = house.clock.now_ms();
    assert!(
        house
            .sim
            .set_lock(&house.front, |lock| lock.offline_since_ms = Some(now))
    );
    assert!(house.sim.remove_member(&house.members, NOOR));
    house.clock.advance_ms(30 * MINUTE);
    assert!(light(&house).green, "it has not heard of the removal");
    assert!(entries(&house, "").await.items().is_empty());
    assert!(house.sim.set_lock(&house.front, |lock| lock.offline_since_ms = None));
    assert_eq!(entries(&house, "").await.items().len(), 1);
    assert_eq!(light(&house).why, Some("no_access"));
}

#[tokio::test]
async fn who_joined_while_the_hub_was_away_is_refused_as_offline() {
    let house = house().await;
    let now = house.clock.now_ms();
    assert!(house.sim.set_iq(&house.iq, |iq| iq.offline_since_ms = Some(now)));
    house.join().await;
    house.clock.advance_ms(HOUR);
    assert_eq!(light(&house).why, Some("offline"));
    assert!(house.sim.set_iq(&house.iq, |iq| iq.offline_since_ms = None));
    assert!(light(&house).green);
}

#[tokio::test]
async fn online_flags_are_stale_until_somebody_notices() {
    let house = house().await;
    let flags = async || {
        let lock = house.get(&format!("/locks/{}", house.front)).await.body;
        (lock["online"] == true, lock["iq"]["is_online"] == true)
    };
    let now = house.clock.now_ms();
    assert!(
        house
            .sim
            .set_lock(&house.front, |lock| lock.offline_since_ms = Some(now))
    );
    house.clock.advance_ms(5 * MINUTE - 1);
    assert_eq!(flags().await, (true, true));
    house.clock.advance_ms(1);
    assert_eq!(flags().await, (false, true));
    assert!(house.sim.set_lock(&house.front, |lock| lock.offline_since_ms = None));
    assert!(house.sim.set_iq(&house.iq, |iq| iq.offline_since_ms = Some(now)));
    house.clock.advance_ms(39 * MINUTE);
    assert_eq!(flags().await, (true, true));
    house.clock.advance_ms(MINUTE);
    assert_eq!(flags().await, (false, false));
}

#[tokio::test]
async fn a_pin_is_shown_once_and_works_on_keypads_until_it_is_replaced() {
    let house = house().await;
    assert!(house.sim.foreign_member(&house.members, NOOR));
    let path = format!("/users/{}/pin", house.noor);
    assert_eq!(house.put(&path, json!({})).await.error(), (403, 2203), "use_pin is off");
    house
        .patch(&format!("/users/{}", house.noor), json!({ "use_pin": true }))
        .await;
    let first = house.put(&path, json!({})).await.body.as_str().unwrap().to_owned();
    assert_eq!(first.len(), 6);
    house.clock.advance_ms(5 * SECOND);
    let press = |pin: &str| house.sim.present(&house.front, &Key::Pin(pin.to_owned())).unwrap();
    assert!(press(&first).green);
    let second = house.put(&path, json!({})).await.body.as_str().unwrap().to_owned();
    house.clock.advance_ms(5 * SECOND);
    assert!(!press(&first).green && press(&second).green);
    let keys = house.get(&format!("/users/{}/keys", house.noor)).await;
    assert_eq!(keys.items()[0]["type"], "pin");
    assert!(!keys.text.contains(&second));
    assert!(
        house
            .sim
            .set_lock(&house.front, |lock| lock.lock_type = "escutcheon".to_owned())
    );
    assert!(!press(&second).green, "no keypad");
}

#[tokio::test]
async fn privacy_mode_keeps_out_and_office_mode_lets_in() {
    let house = house().await;
    assert!(house.sim.foreign_member(&house.members, NOOR));
    assert!(house.sim.set_lock(&house.front, |lock| lock.privacy_mode = true));
    assert!(!light(&house).green);
    assert!(
        house
            .sim
            .set_user(&house.noor, |user| user.override_privacy_mode = true)
    );
    assert!(light(&house).green);
    assert!(house.sim.set_lock(&house.studio, |lock| lock.office_mode = true));
    assert!(house.sim.is_unlocked(&house.studio));
    let state = house.get(&format!("/locks/{}", house.studio)).await;
    assert_eq!(state.body["locked_state"], "office_mode");
}

#[tokio::test]
async fn a_door_relocks_by_itself() {
    let house = house().await;
    assert!(house.sim.foreign_member(&house.members, NOOR));
    assert!(light(&house).green && house.sim.is_unlocked(&house.front));
    house.clock.advance_ms(5 * SECOND);
    assert!(!house.sim.is_unlocked(&house.front));
}

#[tokio::test]
async fn entries_tell_who_where_and_how_with_the_platform_id() {
    let house = house().await;
    assert!(house.sim.foreign_member(&house.members, NOOR));
    light(&house);
    house.clock.advance_ms(SECOND);
    house.sim.present(&house.front, &Key::Pin("000000".to_owned())).unwrap();
    house.clock.advance_ms(SECOND);
    house.sim.present(&house.front, &Key::InsideHandle).unwrap();
    let got = entries(&house, "?$orderby=utc_date_time desc").await;
    let [inside, pin, tag] = got.items().as_slice() else {
        panic!("{got:?}")
    };
    assert_eq!(tag["event_category"], "lock_opened");
    assert_eq!(tag["user_id"].as_str(), house.sim.person(NOOR).as_deref());
    assert_eq!(
        (&tag["access_by"], &tag["access_detail"]),
        (&json!("tag"), &json!("02300417"))
    );
    assert_eq!(
        (&tag["utc_date_time"], &tag["local_date_time"]),
        (&json!("2027-03-09T11:00:00Z"), &json!("2027-03-09T12:00:00"))
    );
    assert_eq!(
        (&pin["event_category"], &pin["event_detail"]),
        (&json!("lock_rejected"), &json!("no_access"))
    );
    assert!(
        pin["user_id"].is_string() && pin["user_first_name"].is_null(),
        "an id that resolves to nobody"
    );
    assert_eq!(
        (&inside["access_by"], &inside["exit_requested"]),
        (&json!("inside_handle"), &json!(true))
    );
}

#[tokio::test]
async fn entries_page_by_a_token_in_a_header_and_fall_out_with_the_retention() {
    let house = house().await;
    for _ in 0..5 {
        light(&house);
        house.clock.advance_ms(SECOND);
    }
    let first = entries(&house, "?$top=3").await;
    let token = first.body["continuation_token"].as_str().unwrap();
    let url = format!(
        "{}/v1.1/sites/{}/entries?$top=3",
        house.sim.url(simulators::salto::Host::Api),
        house.site
    );
    let request = house
        .http
        .get(&url)
        .bearer_auth(&house.token)
        .header("CLP-Continuation-Token", token);
    let second = crate::kit::read(request).await;
    assert_eq!((first.items().len(), second.items().len()), (3, 2));
    assert!(second.body.get("continuation_token").is_none());
    assert!(!first.items().contains(&second.items()[0]));
    let since = entries(&house, "?$filter=utc_date_time ge DateTime'2027-03-09T11:00:03Z'").await;
    assert_eq!(since.items().len(), 2);
    assert_eq!(entries(&house, "?$orderby=shoe_size").await.error(), (400, 1102));
    assert!(house.sim.set_site(&house.site, |site| site.keep_entries_days = 0));
    assert!(entries(&house, "").await.items().is_empty());
}

#[tokio::test]
async fn entries_come_late_by_switch() {
    let house = house().await;
    house.sim.set_switches(|switches| switches.entries_late_s = 60);
    light(&house);
    assert!(entries(&house, "").await.items().is_empty());
    house.clock.advance_ms(MINUTE);
    assert_eq!(entries(&house, "").await.items().len(), 1);
}

#[tokio::test]
async fn the_question_can_be_asked_by_kind_of_key_and_by_any_id() {
    let house = house().await;
    assert!(house.sim.foreign_member(&house.members, NOOR));
    let may = |by| house.sim.may_open(NOOR, &house.front, by);
    assert_eq!(
        (may(By::AnyKey), may(By::Tag), may(By::Remote)),
        (Ok(()), Ok(()), Ok(()))
    );
    assert_eq!(
        (may(By::Pin), may(By::Mobile)),
        (Err("no_key".to_owned()), Err("no_key".to_owned()))
    );
    for who in [house.noor.clone(), house.sim.person(NOOR).unwrap()] {
        assert_eq!(house.sim.may_open(&who, &house.front, By::Tag), Ok(()));
    }
    assert!(house.sim.set_person(NOOR, |noor| noor.tag_number = None));
    assert_eq!(may(By::Tag), Err("no_key".to_owned()));
    house
        .patch(&format!("/users/{}", house.noor), json!({ "use_pin": true }))
        .await;
    house.put(&format!("/users/{}/pin", house.noor), json!({})).await;
    house.clock.advance_ms(5 * SECOND);
    assert_eq!(may(By::Pin), Ok(()));
}

#[tokio::test]
async fn what_an_operator_takes_away_ends_at_the_doors_with_the_roll_out() {
    let house = house().await;
    let both = [house.front.clone(), house.studio.clone()];
    let group = house.sim.add_group(&house.site, "Second", &both, &[Hours::always()]);
    assert!(house.sim.foreign_member(&group, NOOR));
    let may = |lock: &str| house.sim.may_open(NOOR, lock, By::AnyKey).is_ok();
    let path = format!("/access_groups/{group}/locks/{}", house.studio);
    assert_eq!(house.delete(&path).await.status, 204);
    assert!(may(&house.studio));
    house.clock.advance_ms(5 * SECOND);
    assert!(!may(&house.studio) && may(&house.front));
    assert!(house.sim.delete_group(&group));
    assert!(may(&house.front));
    house.clock.advance_ms(5 * SECOND);
    assert!(!may(&house.front));
    assert!(house.sim.foreign_member(&house.members, NOOR) && may(&house.front));
    assert!(house.sim.delete_user(&house.site, &house.noor));
    assert!(house.sim.members(&house.members).is_empty() && may(&house.front));
    house.clock.advance_ms(5 * SECOND);
    assert!(!may(&house.front));
}

#[tokio::test]
async fn a_changed_schedule_reaches_the_doors_in_its_own_time() {
    let house = house().await;
    assert!(house.sim.foreign_member(&house.members, NOOR));
    let path = format!(
        "/v1.1/sites/{}/access_groups/{}/time_schedules",
        house.site, house.members
    );
    let id = house.call("GET", &path, None).await.items()[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let sundays = json!({ "sunday": true });
    assert_eq!(
        house.call("PATCH", &format!("{path}/{id}"), Some(sundays)).await.status,
        200
    );
    house.clock.advance_ms(20 * SECOND - 1);
    assert!(light(&house).green);
    house.clock.advance_ms(1);
    assert!(!light(&house).green, "a Tuesday");
}
