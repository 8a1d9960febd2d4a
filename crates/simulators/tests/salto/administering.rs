//! The Connect API's conventions, users, seats and groups: contract §4–§5.8.

use serde_json::{Value, json};
use simulators::fault::{Fault, RetryAfter, Trouble};
use simulators::salto::Host;
use simulators::salto::switches::{ErrorCodes, NextLinks};

use crate::kit::{BOT, NOON, NOOR, SECOND, at, house, read};

async fn role_ids(house: &crate::kit::House, codes: &[&str]) -> Vec<Value> {
    let got = house.get("/roles").await;
    let wanted = |role: &&Value| codes.iter().any(|code| role["code"] == *code);
    got.items()
        .iter()
        .filter(wanted)
        .map(|role| role["id"].clone())
        .collect()
}

#[tokio::test]
async fn lists_come_in_an_envelope_and_sites_bare_unless_switched() {
    let house = house().await;
    let sites = house.call("GET", "/v1.2/sites", None).await;
    assert_eq!(sites.body[0]["id"], house.site);
    let older = house.call("GET", "/v1.1/sites", None).await;
    assert_eq!(older.items()[0]["active_user_amount"], 3);
    assert_eq!(
        (&older.body["next_page_link"], &older.body["count"]),
        (&Value::Null, &Value::Null)
    );
    assert!(house.get("/users").await.body["items"].is_array());
    house
        .sim
        .set_switches(|switches| switches.bare_lists = "v1.2/users".to_owned());
    assert!(house.get("/users").await.body.is_array());
    assert!(house.call("GET", "/v1.2/sites", None).await.body["items"].is_array());
}

#[tokio::test]
async fn links_lead_through_all_pages_and_count_comes_only_when_asked_for() {
    let house = house().await;
    for number in 0..45 {
        house
            .sim
            .add_group(&house.site, &format!("Group {number:02}"), &[], &[]);
    }
    let mut got = house.get("/access_groups?$inlinecount=allpages").await;
    assert_eq!((got.items().len(), &got.body["count"]), (20, &json!(46)));
    let mut seen = got.items().len();
    while let Some(link) = got.body["next_page_link"].as_str() {
        assert!(link.starts_with(&house.sim.url(Host::Api)), "{link}");
        let link = link.to_owned();
        got = house.call("GET", &link, None).await;
        seen += got.items().len();
    }
    assert_eq!(seen, 46);
    assert_eq!(house.get("/access_groups?%24top=100").await.items().len(), 46);
    let link = async |form| {
        house.sim.set_switches(|switches| switches.next_links = form);
        let got = house.get("/access_groups").await;
        got.body["next_page_link"].as_str().unwrap().to_owned()
    };
    assert!(link(NextLinks::Relative).await.starts_with("/v1.2/sites/"));
    assert!(
        link(NextLinks::Foreign)
            .await
            .starts_with("https://connect.elsewhere.example/")
    );
}

#[tokio::test]
async fn a_little_odata_is_understood_and_the_rest_is_400_1102() {
    let house = house().await;
    let found = house
        .get(&format!("/users?$filter=user/email eq '{NOOR}'&$inlinecount=allpages"))
        .await;
    assert_eq!((found.items().len(), &found.body["count"]), (1, &json!(1)));
    assert_eq!(found.items()[0]["id"], house.noor);
    house.sim.add_group(&house.site, "Ilse's friends", &[], &[]);
    let quoted = house
        .get("/access_groups?$filter=customer_reference eq 'Ilse''s friends'")
        .await;
    assert_eq!(quoted.items().len(), 1);
    let part = house
        .get("/access_groups?$filter=contains(customer_reference,'24/7')")
        .await;
    assert_eq!(part.items().len(), 1);
    let ordered = house.get("/access_groups?$orderby=customer_reference desc").await;
    assert_eq!(ordered.items()[0]["customer_reference"], "Members 24/7");
    for bad in [
        "$filter=shoe_size eq 43",
        "$orderby=shoe_size",
        "$filter=alias like 'N'",
        "$filter=alias eq 'N",
    ] {
        assert_eq!(house.get(&format!("/users?{bad}")).await.error(), (400, 1102), "{bad}");
    }
}

#[tokio::test]
async fn error_codes_are_numbers_or_strings_by_switch() {
    let house = house().await;
    let ask = async || house.call("GET", "/v1.2/sites/NL0042113377", None).await;
    assert_eq!(ask().await.error(), (400, 1100));
    house
        .sim
        .set_switches(|switches| switches.error_codes = ErrorCodes::Text);
    assert_eq!(ask().await.body["ErrorCode"], "1100");
}

#[tokio::test]
async fn wrong_versions_bodies_and_paths_are_405_415_403_and_404() {
    let house = house().await;
    assert_eq!(house.get("/entries").await.status, 405);
    assert_eq!(house.delete("/roles").await.status, 405);
    let newer = house
        .call("GET", &format!("/v2/sites/{}/roles", house.site), None)
        .await;
    assert_eq!((newer.status, &newer.body["title"]), (403, &json!("Forbidden")));
    assert_eq!(house.get("/subscriptions").await.status, 404);
    let url = format!("{}{}", house.sim.url(Host::Api), house.path("/access_groups"));
    let untyped = house
        .http
        .post(url)
        .bearer_auth(&house.token)
        .body("{\"customer_reference\":\"A\"}");
    assert_eq!(read(untyped).await.status, 415);
    house.sim.faults().add(
        Fault::on(
            "GET /v1.2/sites/*/users",
            Trouble::TooMany {
                retry_after: Some(RetryAfter::Seconds(7)),
            },
        )
        .times(1),
    );
    let limited = house.get("/users").await;
    assert_eq!((limited.status, limited.header("retry-after")), (429, "7"));
}

#[tokio::test]
async fn a_site_shows_its_seats_and_a_stranger_does_not_see_it() {
    let house = house().await;
    let site = house.get("").await.body;
    assert_eq!(
        (&site["site_uid"], &site["time_zone"]),
        (&json!("NL0042113377"), &json!("Europe/Amsterdam"))
    );
    assert_eq!(
        (&site["active_user_amount"], &site["subscribed_user_amount"]),
        (&json!(3), &json!(5))
    );
    assert_eq!(house.get("/subscription").await.body["user_amount"], 5);
    let other = house
        .sim
        .add_site("Elsewhere", "NL1", "Europe/Amsterdam", 5, ("other@example.org", "x"));
    assert_eq!(
        house.call("GET", &format!("/v1.2/sites/{other}"), None).await.error(),
        (404, 2202)
    );
    assert_eq!(house.call("GET", "/v1.1/sites", None).await.items().len(), 1);
}

#[tokio::test]
async fn me_and_roles_depend_on_who_asks() {
    let house = house().await;
    let me = house.call("GET", "/v1.2/me", None).await.body;
    assert_eq!(me["id"].as_str(), house.sim.person(BOT).as_deref());
    assert_eq!(house.get("/me").await.body["roles"][0]["code"], "site_admin");
    let codes = |got: &crate::kit::Got| -> Vec<String> {
        got.items()
            .iter()
            .map(|role| role["code"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(codes(&house.get("/roles").await).contains(&"site_mobile_user".to_owned()));
    let noor = house.token_of(NOOR).await;
    let few = house.call_as(&noor, "GET", &house.path("/roles"), None).await;
    assert_eq!(codes(&few), ["site_user", "site_guest"]);
    assert_eq!(
        house.call_as(&noor, "GET", &house.path("/users"), None).await.status,
        403
    );
}

#[tokio::test]
async fn a_person_has_one_id_per_site_and_one_over_all() {
    let house = house().await;
    let roles = role_ids(&house, &["site_user", "site_mobile_user"]).await;
    let body = json!({ "first_name": "Mats", "last_name": "Berg", "alias": "Mats B", "email": "mats@example.org",
                       "role_ids": roles });
    let got = house.post("/users", body.clone()).await;
    assert_eq!(
        (got.status, &got.body["subscription_state"]),
        (201, &json!("subscribed"))
    );
    assert_ne!(got.body["id"], got.body["user"]["id"]);
    assert_eq!(got.body["roles"].as_array().unwrap().len(), 2);
    assert_eq!(house.sim.letters().last().unwrap().to, "mats@example.org");
    assert_eq!(
        house.post("/users", body.clone()).await.error(),
        (400, 1101),
        "the same e-mail again"
    );
    let other = house
        .sim
        .add_site("Elsewhere", "NL1", "Europe/Amsterdam", 5, (BOT, "bot"));
    let there = house
        .call("POST", &format!("/v1.2/sites/{other}/users"), Some(body))
        .await;
    assert_ne!(there.body["id"], got.body["id"]);
    assert_eq!(there.body["user"]["id"], got.body["user"]["id"]);
}

#[tokio::test]
async fn an_empty_email_is_400_1101_and_none_at_all_is_a_user_without_profile() {
    let house = house().await;
    let got = house
        .post(
            "/users",
            json!({ "first_name": "Tag", "last_name": "Only", "email": "" }),
        )
        .await;
    assert_eq!(got.error(), (400, 1101));
    let got = house
        .post("/users", json!({ "first_name": "Tag", "last_name": "Only" }))
        .await;
    assert_eq!((got.status, &got.body["user"]["has_profile"]), (201, &json!(false)));
}

#[tokio::test]
async fn somebody_of_another_site_is_found_by_email_and_added_by_platform_id() {
    let house = house().await;
    let other = house
        .sim
        .add_site("Elsewhere", "NL1", "Europe/Amsterdam", 5, ("other@example.org", "x"));
    house
        .sim
        .add_user(&other, "mats@example.org", "Mats", "Berg", &["site_user"]);
    let path = format!(
        "/v1.1/users/search?search_for=mats@example.org&for_site_id={}",
        house.site
    );
    let person = house.call("GET", &path, None).await.items()[0]["id"].clone();
    let path = format!("/v1.1/sites/{}/users/existing", house.site);
    let got = house.call("POST", &path, Some(json!({ "user_id": person }))).await;
    assert_eq!(
        (got.status, &got.body["user"]["email"]),
        (201, &json!("mats@example.org"))
    );
    let unknown = json!({ "user_id": house.site });
    assert_eq!(house.call("POST", &path, Some(unknown)).await.error(), (404, 2202));
}

#[tokio::test]
async fn a_deleted_user_is_202_free_at_once_and_gone_after_seconds() {
    let house = house().await;
    let path = format!("/users/{}", house.noor);
    assert_eq!(house.delete(&path).await.status, 202);
    assert_eq!(house.sim.seats(&house.site).used, 2);
    assert_eq!(house.get(&path).await.status, 200);
    house.clock.advance_ms(5 * SECOND);
    assert_eq!(house.get(&path).await.error(), (404, 2202));
}

#[tokio::test]
async fn without_a_free_seat_creation_is_201_and_suspended() {
    let house = house().await;
    let create = async |name: &str| {
        let body = json!({ "first_name": name, "last_name": "Berg", "email": format!("{name}@example.org") });
        house.post("/users", body).await
    };
    create("a").await;
    create("b").await;
    let full = create("c").await;
    assert_eq!(
        (full.status, &full.body["subscription_state"]),
        (201, &json!("suspended"))
    );
    let seat = format!("/users/{}/subscription", full.id());
    let still = house.patch(&seat, json!({ "state": "subscribed" })).await;
    assert_eq!(
        (still.status, &still.body["subscription_state"]),
        (200, &json!("suspended"))
    );
    let wrong = json!({ "subscription_state": "subscribed" });
    assert_eq!(house.patch(&seat, wrong).await.error(), (400, 1101));
    let free = format!("/users/{}/subscription", house.noor);
    assert_eq!(house.patch(&free, json!({ "state": "suspended" })).await.status, 200);
    let taken = house.patch(&seat, json!({ "state": "subscribed" })).await;
    assert_eq!(taken.body["subscription_state"], "subscribed");
}

#[tokio::test]
async fn a_new_guest_settles_before_pin_and_groups_work_and_its_end_frees_no_seat() {
    let house = house().await;
    let body = json!({ "alias": "Booking 7F3Q", "expires_at": at(NOON + 60 * SECOND) });
    let guest = house.post("/guests", body).await;
    assert_eq!((guest.status, &guest.body["roles"]), (201, &json!([])));
    let (id, person) = (guest.id(), guest.body["user"]["id"].clone());
    let join = async || {
        let path = format!("/access_groups/{}/users", house.members);
        house.post(&path, json!({ "user_id": person })).await
    };
    let pin = async || house.put(&format!("/users/{id}/pin"), json!({})).await;
    assert_eq!((pin().await.error(), join().await.error()), ((403, 2203), (404, 2202)));
    house.clock.advance_ms(10 * SECOND);
    assert_eq!(
        house.get(&format!("/users/{id}")).await.body["roles"][0]["code"],
        "site_guest"
    );
    assert_eq!(join().await.status, 200);
    house.clock.advance_ms(120 * SECOND);
    assert_eq!(house.sim.seats(&house.site).used, 4);
}

#[tokio::test]
async fn membership_wants_the_platform_id_and_the_site_user_id_is_not_found() {
    let house = house().await;
    let path = format!("/access_groups/{}/users", house.members);
    let wrong = house.post(&path, json!({ "user_id": house.noor })).await;
    assert_eq!((wrong.error(), wrong.message()), ((404, 2202), "User not found"));
    let got = house.join().await;
    assert_eq!(got.body["first_name"], "Noor");
    assert_eq!(house.join().await.status, 200, "twice changes nothing");
    let person = house.sim.person(NOOR).unwrap();
    assert_eq!(house.get(&path).await.items()[0]["id"], person);
    assert_eq!(house.sim.members(&house.members), [NOOR]);
    house.sim.set_switches(|switches| switches.add_twice_status = 409);
    assert_eq!(house.post(&path, json!({ "user_id": person })).await.status, 409);
    assert_eq!(house.delete(&format!("{path}/{person}")).await.status, 204);
    assert_eq!(house.delete(&format!("{path}/{person}")).await.error(), (404, 2202));
}

#[tokio::test]
async fn groups_come_and_go_with_doors_and_schedules() {
    let house = house().await;
    let group = house
        .post("/access_groups", json!({ "customer_reference": "Evening" }))
        .await
        .id();
    let locks = format!("/access_groups/{group}/locks");
    assert_eq!(house.post(&locks, json!({ "lock_id": house.front })).await.status, 200);
    assert_eq!(
        house.post(&locks, json!({ "lock_id": house.iq })).await.error(),
        (404, 2202)
    );
    assert_eq!(house.get(&locks).await.items()[0]["id"], house.front);
    assert_eq!(house.delete(&format!("{locks}/{}", house.front)).await.status, 204);
    assert_eq!(house.delete(&format!("/access_groups/{group}")).await.status, 204);
    assert_eq!(
        house.delete(&format!("/access_groups/{group}")).await.error(),
        (404, 2202)
    );
}

#[tokio::test]
async fn a_schedule_comes_back_as_wall_clock_and_needs_a_day() {
    let house = house().await;
    let path = format!(
        "/v1.1/sites/{}/access_groups/{}/time_schedules",
        house.site, house.members
    );
    let body = json!({ "monday": true, "start_time": "09:00", "end_time": "18:00",
                       "start_date": "2027-03-09T08:30:00", "end_date": "2027-03-09T17:30:00Z" });
    let got = house.call("POST", &path, Some(body.clone())).await;
    assert_eq!((got.status, &got.body["end_time"]), (201, &json!("18:00:59")));
    assert_eq!(got.body["end_date"], "2027-03-09T17:30:00", "a Z is not converted");
    assert_eq!(got.body["sunday"], false);
    let no_day = json!({ "start_time": "09:00", "end_time": "18:00" });
    let refused = house.call("POST", &path, Some(no_day)).await;
    assert_eq!(
        (refused.error(), refused.message()),
        ((400, 1101), "At least one day should be selected")
    );
    let days = json!({ "days": ["monday"] });
    assert_eq!(house.call("POST", &path, Some(days)).await.error(), (400, 1101));
    let one = format!("{path}/{}", got.id());
    let mut changed = body;
    changed["tuesday"] = true.into();
    assert_eq!(house.call("PATCH", &one, Some(changed)).await.body["tuesday"], true);
    assert_eq!(house.call("GET", &path, None).await.items().len(), 2);
    assert_eq!(house.call("DELETE", &one, None).await.status, 204);
    assert_eq!(house.call("GET", &path, None).await.items().len(), 1);
}

#[tokio::test]
async fn a_lapsed_subscription_refuses_every_change() {
    let house = house().await;
    assert!(house.sim.set_site(&house.site, |site| site.subscription_valid = false));
    assert_eq!(house.get("").await.body["subscription_valid"], false);
    assert_eq!(
        house
            .post("/access_groups", json!({ "customer_reference": "A" }))
            .await
            .status,
        403
    );
    assert_eq!(house.get("/users").await.status, 200);
}

#[tokio::test]
async fn every_call_is_logged_and_changes_are_counted() {
    let house = house().await;
    let mut writes = house.sim.writes();
    writes.mark_unchanged();
    house.get("/users").await;
    assert!(!writes.has_changed().unwrap());
    house.join().await;
    assert!(writes.has_changed().unwrap());
    let calls = house.sim.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!(
        (calls[1].writing, calls[1].status, calls[1].caller.as_deref()),
        (true, 200, Some(BOT))
    );
}

#[tokio::test]
async fn a_seat_wants_a_usable_key_and_a_site_must_be_released() {
    let house = house().await;
    let guest = house.post("/guests", json!({ "alias": "Booking 7F3Q" })).await.id();
    let seat = async |state: &str| {
        let path = format!("/users/{guest}/subscription");
        house.patch(&path, json!({ "state": state })).await
    };
    assert_eq!(seat("suspended").await.status, 200);
    assert_eq!(seat("subscribed").await.error(), (400, 1101));
    assert!(house.sim.set_user(&guest, |guest| guest.use_pin = true));
    assert_eq!(seat("subscribed").await.body["subscription_state"], "subscribed");
    assert!(
        house
            .sim
            .set_site(&house.site, |site| site.installation_state = "draft".to_owned())
    );
    assert_eq!(seat("suspended").await.status, 403);
}

#[tokio::test]
async fn by_switch_a_user_with_email_settles_late_too() {
    let house = house().await;
    house.sim.set_switches(|switches| switches.user_settle_s = 60);
    let body = json!({ "first_name": "Mats", "last_name": "Berg", "email": "mats@example.org" });
    let mats = house.post("/users", body).await;
    assert_eq!(mats.body["roles"], json!([]));
    let path = format!("/access_groups/{}/users", house.members);
    let join = async || house.post(&path, json!({ "user_id": mats.body["user"]["id"] })).await;
    assert_eq!(join().await.error(), (404, 2202));
    house.clock.advance_ms(60 * SECOND);
    assert_eq!(join().await.status, 200);
}
