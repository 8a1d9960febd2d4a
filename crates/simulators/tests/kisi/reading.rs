//! Transport, paging and filters: contract §2, §4.4, §4.5.

use serde_json::json;
use simulators::kisi::switches::Timestamps;

use crate::kit::{MIRA, NOON, house};

#[tokio::test]
async fn an_unknown_route_is_000404() {
    let house = house().await;
    let got = house.get("/no_such_thing").await;
    assert_eq!((got.status, got.code()), (404, "000404"));
}

#[tokio::test]
async fn creating_answers_200_with_the_object_changing_and_deleting_204_with_nothing() {
    let house = house().await;
    let created = house
        .post(
            "/groups",
            json!({ "group": { "name": "Guests", "place_id": house.place } }),
        )
        .await;
    assert_eq!((created.status, &created.body["name"]), (200, &json!("Guests")));
    let path = format!("/groups/{}", created.id());
    let changed = house.patch(&path, json!({ "group": { "name": "Visitors" } })).await;
    assert_eq!((changed.status, changed.body), (204, json!(null)));
    assert_eq!(house.get(&path).await.body["name"], "Visitors");
    assert_eq!(house.delete(&path).await.status, 204);
    assert_eq!(house.get(&path).await.status, 404);
}

#[tokio::test]
async fn put_is_taken_for_patch() {
    let house = house().await;
    let path = format!("/groups/{}", house.members);
    let header = format!("KISI-LOGIN {}", house.secret);
    let got = house
        .call(
            "PUT",
            &path,
            Some(json!({ "group": { "login_enabled": false } })),
            Some(&header),
        )
        .await;
    assert_eq!(got.status, 204);
    assert_eq!(house.get(&path).await.body["login_enabled"], false);
}

#[tokio::test]
async fn a_body_that_is_not_wrapped_in_its_name_is_400() {
    let house = house().await;
    assert_eq!(
        house.post("/users", json!({ "email": "a@example.org" })).await.status,
        400
    );
}

#[tokio::test]
async fn groups_and_assignments_come_in_pages_of_ten_locks_and_users_of_fifty() {
    let house = house().await;
    for number in 0..60 {
        house.sim.add_group(Some(house.place), &format!("Group {number}"), &[]);
        house.sim.add_lock(house.place, &format!("Lock {number}"));
        let user = house.sim.add_user(&format!("u{number}@example.org"), "U", true);
        house.sim.foreign_assignment(user, house.members, None, None);
    }
    for (path, rows, range) in [
        ("/groups", 10, "0-9/61"),
        ("/role_assignments", 10, "0-9/60"),
        ("/locks", 50, "0-49/62"),
        ("/users", 50, "0-49/62"),
        ("/users?limit=250", 62, "0-99/62"),
        ("/groups?limit=250", 61, "0-249/61"),
    ] {
        let got = house.get(path).await;
        assert_eq!((got.ids().len(), got.range.as_deref()), (rows, Some(range)), "{path}");
    }
}

#[tokio::test]
async fn the_collection_range_counts_the_requested_window_and_an_empty_list_is_star() {
    let house = house().await;
    for number in 0..14 {
        house.sim.add_group(None, &format!("Group {number}"), &[]);
    }
    let last = house.get("/groups?limit=10&offset=10").await;
    assert_eq!((last.ids().len(), last.range.as_deref()), (5, Some("10-19/15")));
    assert_eq!(house.get("/group_links").await.range.as_deref(), Some("*/0"));
    assert_eq!(house.get("/groups?offset=20001").await.status, 400);
}

#[tokio::test]
async fn lists_are_filtered_by_comma_separated_ids_and_sorted_by_name() {
    let house = house().await;
    let attic = house.sim.add_group(None, "Attic", &[]);
    let zoo = house.sim.add_group(Some(house.place), "Zoo", &[]);
    assert_eq!(
        house.get(&format!("/groups?ids={attic},{zoo}")).await.ids(),
        [attic, zoo]
    );
    assert_eq!(house.get("/groups?sort=name").await.ids(), [attic, house.members, zoo]);
    assert_eq!(house.get("/groups?sort=-name").await.ids(), [zoo, house.members, attic]);
    assert_eq!(house.get("/groups?scope=organization").await.ids(), [attic]);
    assert_eq!(
        house.get(&format!("/groups?place_id={}", house.place)).await.ids(),
        [house.members, zoo]
    );
    assert_eq!(house.get("/groups?sort=colour").await.status, 400);
}

#[tokio::test]
async fn query_is_fuzzy_and_email_is_exact_without_case() {
    let house = house().await;
    let other = house.sim.add_user("mira.lundgren@example.org", "Mira Lundgren", true);
    let fuzzy = house.get("/users?query=mira.lund").await.ids();
    assert_eq!(fuzzy, [house.mira, other], "a neighbour is found too");
    assert_eq!(
        house.get("/users?email=MIRA.LUND@example.org").await.ids(),
        [house.mira]
    );
    assert_eq!(house.get("/users?email=mira").await.ids(), Vec::<i64>::new());
}

#[tokio::test]
async fn a_managed_user_is_created_once_a_taken_or_blank_email_is_422_by_field() {
    let house = house().await;
    let body = json!({ "user": { "email": "Noa.Berg@example.org", "name": "Noa Berg", "confirm": true, "send_emails": false,
                                 "metadata": { "ref": "per_1" }, "notes": "Created by our platform" } });
    let created = house.post("/users", body.clone()).await;
    assert_eq!(created.status, 200);
    assert_eq!(
        (&created.body["confirmed"], &created.body["metadata"]["ref"]),
        (&json!(true), &json!("per_1"))
    );
    let again = house.post("/users", body).await;
    assert_eq!(again.status, 422);
    assert!(again.body["errors"]["email"].is_array());
    assert_eq!(
        house.post("/users", json!({ "user": { "name": "X" } })).await.status,
        422
    );
    let user = house
        .sim
        .users()
        .into_iter()
        .find(|user| user.id == created.id())
        .unwrap();
    assert!(user.confirmed && !user.send_emails, "together they make a managed user");
}

#[tokio::test]
async fn a_user_created_without_confirm_is_unconfirmed_and_gets_mails() {
    let house = house().await;
    let created = house
        .post("/users", json!({ "user": { "email": "kim@example.org" } }))
        .await;
    assert_eq!(created.body["confirmed"], false);
    assert!(
        house
            .sim
            .users()
            .iter()
            .any(|user| user.id == created.id() && user.send_emails)
    );
}

#[tokio::test]
async fn changing_a_user_never_changes_email_or_confirmation() {
    let house = house().await;
    let path = format!("/users/{}", house.mira);
    let asked = json!({ "user": { "name": "Mira L.", "email": "new@example.org", "access_enabled": false } });
    assert_eq!(house.patch(&path, asked).await.status, 204);
    let user = house.get(&path).await.body;
    assert_eq!((&user["name"], &user["email"]), (&json!("Mira L."), &json!(MIRA)));
    assert_eq!(user["access_enabled"], false);
}

#[tokio::test]
async fn a_deleted_user_loses_rights_and_logins_and_comes_back_under_a_new_id() {
    let house = house().await;
    house.grant(None, None).await;
    let secret = house.secret_of(MIRA).await;
    assert_eq!(house.delete(&format!("/users/{}", house.mira)).await.status, 204);
    assert!(house.sim.assignments().is_empty());
    assert_eq!(house.read_as(&secret, "/login").await.status, 401);
    let again = house
        .post("/users", json!({ "user": { "email": MIRA, "confirm": true } }))
        .await;
    assert_ne!(again.id(), house.mira);
    assert_eq!(
        house.delete(&format!("/users/{}", house.owner)).await.status,
        422,
        "the owner stays"
    );
}

#[tokio::test]
async fn group_locks_need_a_group_and_404_on_an_unknown_one() {
    let house = house().await;
    assert_eq!(house.get("/group_locks").await.status, 400);
    assert_eq!(house.get("/group_locks?group_id=1").await.status, 404);
    let rows = house.get(&format!("/group_locks?group_id={}", house.members)).await;
    let locks: Vec<i64> = rows
        .body
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["lock_id"].as_i64().unwrap())
        .collect();
    assert_eq!(locks, [house.front, house.studio]);
}

#[tokio::test]
async fn places_carry_their_zone_and_the_organization_its_owner() {
    let house = house().await;
    let places = house.get("/places?limit=250&sort=name").await;
    assert_eq!(places.body[0]["time_zone"], "Europe/Berlin");
    assert_eq!(places.body[0]["locks_count"], 2);
    assert_eq!(house.get("/organization").await.body["user_id"], house.owner);
}

#[tokio::test]
async fn ids_are_wider_than_32_bits() {
    let house = house().await;
    assert!(house.front > i64::from(u32::MAX));
}

#[tokio::test]
async fn timestamps_are_rfc_3339_in_utc_or_with_an_offset() {
    let house = house().await;
    let path = format!("/users/{}", house.mira);
    assert_eq!(house.get(&path).await.body["created_at"], "2025-03-10T11:00:00Z");
    house
        .sim
        .set_switches(|switches| switches.timestamps = Timestamps::PlusOne);
    let offset = house.get(&path).await.body["created_at"].as_str().unwrap().to_owned();
    assert_eq!(offset, "2025-03-10T12:00:00+01:00");
    assert_eq!(offset.parse::<jiff::Timestamp>().unwrap().as_millisecond(), NOON);
}

#[tokio::test]
async fn a_card_is_a_row_that_is_assigned_and_taken_back() {
    let house = house().await;
    let card = house
        .post(
            "/cards",
            json!({ "card": { "token": "04A1B2", "type": "mifare_desfire" } }),
        )
        .await;
    let act = |action: &str| format!("/cards/{}/{action}", card.id());
    assert_eq!(
        house
            .post(&act("assign"), json!({ "card": { "user_id": house.mira } }))
            .await
            .status,
        204
    );
    assert_eq!(
        house.get(&format!("/cards?user_id={}", house.mira)).await.ids(),
        [card.id()]
    );
    assert_eq!(house.post(&act("deassign"), json!({})).await.status, 204);
    assert_eq!(
        house.get(&format!("/cards/{}", card.id())).await.body["status"],
        "unassigned"
    );
}
