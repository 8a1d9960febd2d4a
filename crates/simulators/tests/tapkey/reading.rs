//! Conventions, locks, groups, contacts, logs and queries: contract §2, §4, §7, S3, S10, S11, S12.

use serde_json::json;
use simulators::tapkey::switches::{KnownContact, LogOrder, UserGroups};

use crate::kit::{DAY, HOUR, MARA, MINUTE, NOON, at, house};

#[tokio::test]
async fn lists_are_bare_arrays_with_closed_accounts_among_them() {
    let house = house().await;
    let access = house.redeem(&house.code(&[]).await).await.text_of("access_token");
    let got = house.read_as(&access, "/api/v1/Owners").await;
    assert_eq!(got.body[0]["active"], true);
    assert_eq!(got.body[1]["active"], false);
}

#[tokio::test]
async fn paths_are_read_without_case_ids_with_it() {
    let house = house().await;
    let path = house.loft(&format!("BoundLocks/{}", house.seed.front_door));
    assert_eq!(
        house
            .get(&path.replace("BoundLocks", "boundlocks").replace("Owners", "owners"))
            .await
            .status,
        200
    );
    let shouted = house.loft(&format!("BoundLocks/{}", house.seed.front_door.to_uppercase()));
    assert_eq!(house.get(&shouted).await.code(), (404, "NotFound"));
}

#[tokio::test]
async fn an_unknown_path_is_404_a_known_one_with_another_method_405() {
    let house = house().await;
    assert_eq!(house.get(&house.loft("PhysicalLocks")).await.status, 404);
    assert_eq!(house.get("/api/v2/Owners").await.status, 404);
    assert_eq!(house.delete(&house.loft("Contacts")).await.status, 405);
    let lock = house.loft(&format!("BoundLocks/{}", house.seed.front_door));
    assert_eq!(house.delete(&lock).await.status, 405);
}

#[tokio::test]
async fn a_write_that_is_not_json_is_400() {
    let house = house().await;
    let body = json!({ "ipId": "tapkey", "identifier": MARA }).to_string();
    let path = house.loft("Contacts");
    assert_eq!(house.put_as("text/plain", &path, &body).await.status, 400);
    assert_eq!(house.put_as("application/json", &path, "{").await.status, 400);
    assert_eq!(
        house
            .put_as("application/json; charset=utf-8", &path, &body)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn every_seventh_object_carries_a_property_nobody_has_heard_of() {
    let house = house().await;
    house.sim.set_switches(|switches| switches.extra_properties = true);
    let mut strange = 0;
    for _ in 0..7 {
        let rows = house.get(&house.loft("BoundLocks")).await;
        strange += rows
            .body
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["x7"] == true)
            .count();
    }
    assert_eq!(strange, 5, "35 objects");
}

#[tokio::test]
async fn a_bound_lock_shows_its_hardware_id_and_expands_on_demand() {
    let house = house().await;
    let lock = house.loft(&format!("BoundLocks/{}", house.seed.front_door));
    let plain = house.get(&lock).await.body;
    assert_eq!(
        (&plain["title"], &plain["physicalLockId"]),
        (&json!("Front door"), &json!("BAAKGyw9"))
    );
    assert_eq!(
        (&plain["supportedFeatures"], &plain["bindDate"]),
        (&json!(null), &json!(at(NOON)))
    );
    let all = "?expand=supportedFeatures,membershipStatistics,healthStatuses";
    let full = house.get(&format!("{lock}{all}")).await.body;
    assert_eq!(full["supportedFeatures"]["timeRestrictionIcalSupport"], "Supported");
    assert_eq!(
        full["membershipStatistics"],
        json!({ "ByState": [{ "State": "Joined", "Count": 1 }] })
    );
    assert_eq!(full["healthStatuses"][0]["type"], "BatteryVoltage");
    let server = house.loft(&format!("BoundLocks/{}{all}", house.seed.server_room));
    let server = house.get(&server).await.body;
    assert_eq!(
        server["supportedFeatures"]["timeRestrictionIcalSupport"],
        "NotSupported"
    );
}

#[tokio::test]
async fn the_statistics_of_a_lock_group_are_written_in_pascal_case() {
    let house = house().await;
    house
        .sim
        .plan_lock_in_group(&house.seed.ground_floor, &house.seed.alder, true);
    let groups = house
        .list("LockGroups", &[("expand", "statistics,supportedFeatures")])
        .await;
    assert_eq!(groups.body[0]["targetType"], "Group");
    assert_eq!(
        groups.body[0]["statistics"],
        json!({ "ByState": [{ "State": "JoinPending", "Count": 1 }, { "State": "Joined", "Count": 2 }] })
    );
    let made = house.put(&house.loft("LockGroups"), json!({ "title": "Attic" })).await;
    assert_eq!(made.status, 200);
    let one = house
        .get(&house.loft(&format!("LockGroups/{}", made.text_of("id"))))
        .await;
    assert_eq!(
        (one.text_of("title"), one.body.get("statistics")),
        ("Attic".to_owned(), None)
    );
}

#[tokio::test]
async fn a_lock_is_renamed_bound_elsewhere_is_403_and_rebinding_gives_a_new_id() {
    let house = house().await;
    let path = house.loft(&format!("BoundLocks/{}", house.seed.alder));
    assert_eq!(
        house.patch(&path, json!({ "title": "Elder" })).await.text_of("title"),
        "Elder"
    );
    let hardware = house.get(&path).await.text_of("physicalLockId");
    let body = json!({ "physicalLockId": hardware, "bindingCode": "1234", "title": "Mine" });
    assert_eq!(house.put(&house.loft("BoundLocks"), body).await.status, 403);
    let fresh = house.sim.rebind_lock(&house.seed.alder).unwrap();
    let old = house.get(&path).await;
    assert_eq!(
        (&old.body["active"], &old.body["unbindDate"]),
        (&json!(false), &json!(at(NOON)))
    );
    let new = house.get(&house.loft(&format!("BoundLocks/{fresh}"))).await;
    assert_eq!(
        (new.text_of("physicalLockId"), fresh == house.seed.alder),
        (hardware, false)
    );
}

#[tokio::test]
async fn a_contact_is_made_by_put_and_its_email_mirrors_the_identifier() {
    let house = house().await;
    let body = json!({ "ipId": "tapkey", "identifier": MARA, "title": "Mara Lindt", "comment": "our-ref:1", "x": 1 });
    let made = house.put(&house.loft("Contacts"), body).await;
    assert_eq!((made.status, made.text_of("identifier")), (200, MARA.to_owned()));
    assert_eq!(
        (made.text_of("email"), made.text_of("ownerId")),
        (MARA.to_owned(), house.seed.harbour_loft.clone())
    );
    let old_name = house
        .put(&house.loft("Contacts"), json!({ "email": "noa@example.org" }))
        .await;
    assert_eq!(
        (old_name.text_of("identifier"), old_name.text_of("ipId")),
        ("noa@example.org".to_owned(), "tapkey".to_owned())
    );
    for body in [
        json!({ "email": MARA, "ipId": "tapkey" }),
        json!({ "ipId": "tapkey" }),
        json!({ "ipId": "tapkey", "identifier": "no address" }),
        json!([]),
    ] {
        assert_eq!(
            house.put(&house.loft("Contacts"), body.clone()).await.status,
            400,
            "{body}"
        );
    }
}

#[tokio::test]
async fn only_title_and_comment_of_a_contact_change() {
    let house = house().await;
    let path = house.loft(&format!("Contacts/{}", house.mara().await));
    let got = house
        .patch(&path, json!({ "comment": "here", "identifier": "x@example.org" }))
        .await;
    assert_eq!(
        (got.text_of("identifier"), got.text_of("comment")),
        (MARA.to_owned(), "here".to_owned())
    );
    assert_eq!(got.text_of("title"), "Mara Lindt");
}

#[tokio::test]
async fn a_known_contact_in_any_letter_case_is_the_same_one_or_a_duplicate() {
    let house = house().await;
    let mara = house.mara().await;
    let again = json!({ "ipId": "tapkey", "identifier": "Mara.LINDT@example.org", "title": "Other" });
    let got = house.put(&house.loft("Contacts"), again.clone()).await;
    assert_eq!(
        (got.status, got.text_of("id"), got.text_of("title")),
        (200, mara, "Mara Lindt".to_owned())
    );
    house
        .sim
        .set_switches(|switches| switches.known_contact = KnownContact::Conflict);
    assert_eq!(
        house.put(&house.loft("Contacts"), again).await.code(),
        (409, "Duplicate")
    );
}

#[tokio::test]
async fn an_email_changes_at_tapkey_and_the_contact_keeps_its_id() {
    let house = house().await;
    let mara = house.mara().await;
    let path = format!("/_sim/contacts/{mara}/change-email");
    assert_eq!(
        house
            .call("POST", &path, Some(json!({ "email": "mara@new.example" })), "")
            .await
            .status,
        204
    );
    let contact = house.get(&house.loft(&format!("Contacts/{mara}"))).await;
    assert_eq!(
        (contact.text_of("identifier"), contact.text_of("email")),
        ("mara@new.example".to_owned(), "mara@new.example".to_owned())
    );
    house.sim.delete_contact(&mara);
    assert_eq!(
        house.get(&house.loft(&format!("Contacts/{mara}"))).await.code(),
        (404, "NotFound")
    );
}

#[tokio::test]
async fn filters_compare_and_combine_and_a_quote_is_doubled() {
    let house = house().await;
    house.sim.add_lock(&house.seed.harbour_loft, "Ada's desk");
    let titles = |filter: &'static str| {
        let house = &house;
        async move { house.list("BoundLocks", &[("$filter", filter)]).await.column("title") }
    };
    assert_eq!(titles("title eq 'Ada''s desk'").await, ["Ada's desk"]);
    assert_eq!(
        titles("title eq 'Front door' or title eq 'Room Alder'").await,
        ["Front door", "Room Alder"]
    );
    assert_eq!(
        titles("active eq true and not (title lt 'Room')").await,
        ["Room Alder", "Room Birch", "Server room"]
    );
    assert_eq!(titles("title eq 'front door'").await, Vec::<String>::new());
}

#[tokio::test]
async fn lists_are_ordered_paged_and_narrowed_to_chosen_properties() {
    let house = house().await;
    let paged = house
        .list(
            "BoundLocks",
            &[
                ("$orderby", "title desc"),
                ("$top", "2"),
                ("$skip", "1"),
                ("$select", "id,title"),
            ],
        )
        .await;
    assert_eq!(paged.column("title"), ["Room Birch", "Room Alder"]);
    assert_eq!(
        paged.body[0].as_object().unwrap().len(),
        2,
        "what is not selected is absent"
    );
}

#[tokio::test]
async fn every_other_query_option_function_or_name_is_400() {
    let house = house().await;
    for option in [
        ("$filter", "contains(title,'Room')"),
        ("$filter", "colour eq 'red'"),
        ("$filter", "title eq"),
        ("$orderby", "colour"),
        ("$select", "colour"),
        ("$top", "many"),
        ("$count", "true"),
        ("$expand", "contact"),
    ] {
        assert_eq!(
            house.list("BoundLocks", &[option]).await.code(),
            (400, "InvalidRequest"),
            "{option:?}"
        );
    }
}

#[tokio::test]
async fn order_can_be_refused_and_pages_capped() {
    let house = house().await;
    house.sim.set_switches(|switches| {
        switches.orderby = false;
        switches.top_cap = 3;
    });
    assert_eq!(house.list("BoundLocks", &[("$orderby", "title")]).await.status, 400);
    assert_eq!(house.list("BoundLocks", &[("$top", "500")]).await.column("id").len(), 3);
    assert_eq!(house.list("BoundLocks", &[]).await.column("id").len(), 3);
    assert_eq!(house.list("BoundLocks", &[("$skip", "3")]).await.column("id").len(), 2);
}

#[tokio::test]
async fn user_groups_and_their_members_are_read_joined_and_left() {
    let house = house().await;
    let groups = house.get(&house.loft("UserGroups")).await;
    assert_eq!(groups.column("title"), ["Members", "Alder", "Foreign app"]);
    let (mara, members) = (
        house.mara().await,
        house.loft(&format!("UserGroups/{}/Members", house.seed.members_group)),
    );
    let joined = house.put(&members, json!({ "contactId": mara })).await;
    assert_eq!((joined.status, joined.text_of("contactId")), (200, mara.clone()));
    assert_eq!(house.get(&members).await.body[0]["contact"]["identifier"], MARA);
    assert_eq!(
        house.put(&members, json!({ "contactId": mara })).await.code(),
        (409, "Duplicate")
    );
    assert_eq!(house.put(&members, json!({ "contactId": "c-none" })).await.status, 404);
    let member = format!("{members}/{}", joined.text_of("id"));
    assert_eq!(house.delete(&member).await.status, 204);
    assert_eq!(house.delete(&member).await.status, 404);
    let stranger = house
        .get(&house.loft(&format!("UserGroups/{}/Members", house.seed.foreign_group)))
        .await;
    assert_eq!(stranger.body[0]["contact"]["ipId"], "house-app");
}

#[tokio::test]
async fn user_groups_can_be_absent_out_of_plan_or_under_another_name() {
    let house = house().await;
    let path = house.loft("UserGroups");
    for (answer, status) in [(UserGroups::Absent, 404), (UserGroups::NotInPlan, 402)] {
        house.sim.set_switches(|switches| switches.user_groups = answer);
        assert_eq!(house.get(&path).await.status, status);
    }
    house.sim.set_switches(|switches| {
        switches.user_groups = UserGroups::On;
        switches.user_groups_segment = "PersonGroups".to_owned();
    });
    assert_eq!(house.get(&path).await.status, 404);
    assert_eq!(house.get(&house.loft("persongroups")).await.status, 200);
}

#[tokio::test]
async fn log_entries_come_by_arrival_either_way_round_and_late_ones_late() {
    let house = house().await;
    let mara = house.mara().await;
    let (front, desk) = (&house.seed.front_door, &house.seed.desk_zone);
    house.sim.add_member(&house.seed.members_group, &mara);
    house.sim.set_phone_reachable(&mara, false);
    assert_eq!(house.sim.trigger(&mara, front, false), Ok(()));
    house.clock.advance_ms(HOUR);
    assert_eq!(house.sim.trigger(&mara, desk, true), Ok(()));
    let log = house.loft("LogEntries");
    assert_eq!(
        house.get(&log).await.column("boundLockId"),
        [desk.as_str()],
        "the other is still in its lock"
    );
    house.clock.advance_ms(9 * DAY);
    house.sim.sync_lock(front);
    let rows = house.get(&log).await;
    assert_eq!(rows.column("boundLockId"), [desk.clone(), front.clone()]);
    assert_eq!(rows.column("lockTimestamp"), [at(NOON + HOUR), at(NOON)]);
    assert_eq!(rows.column("receivedAt"), [at(NOON + HOUR), at(NOON + HOUR + 9 * DAY)]);
    assert_eq!(
        (rows.text_at(0, "command"), &rows.body[0]["contactId"]),
        ("TriggerLock".to_owned(), &json!(mara))
    );
    house
        .sim
        .set_switches(|switches| switches.log_order = LogOrder::NewestFirst);
    assert_eq!(
        house.get(&log).await.column("boundLockId"),
        [front.clone(), desk.clone()]
    );
    let own = house.get(&house.loft(&format!("BoundLocks/{front}/LogEntries"))).await;
    assert_eq!(own.column("boundLockId"), [front.as_str()]);
}

#[tokio::test]
async fn entries_are_counted_by_each_lock_for_itself_and_pages_of_a_log_can_be_capped() {
    let house = house().await;
    let mara = house.mara().await;
    house.sim.add_member(&house.seed.members_group, &mara);
    for lock in [&house.seed.front_door, &house.seed.front_door, &house.seed.desk_zone] {
        house.clock.advance_ms(MINUTE);
        assert_eq!(house.sim.trigger(&mara, lock, true), Ok(()));
    }
    let command = "logType eq 'Command' and command eq 'TriggerLock'";
    let rows = house
        .list("LogEntries", &[("$filter", command), ("$top", "500"), ("$skip", "0")])
        .await;
    let numbers: Vec<_> = rows
        .body
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["entryNo"].as_i64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 2, 1]);
    let newest = house
        .list("LogEntries", &[("$orderby", "receivedAt desc"), ("$top", "1")])
        .await;
    assert_eq!(newest.column("boundLockId"), [house.seed.desk_zone.as_str()]);
    house.sim.set_switches(|switches| switches.log_cap = 2);
    assert_eq!(house.list("LogEntries", &[("$top", "500")]).await.column("id").len(), 2);
    let since = format!("receivedAt gt {}", at(NOON + 2 * MINUTE));
    assert_eq!(
        house
            .list("LogEntries", &[("$filter", &since)])
            .await
            .column("id")
            .len(),
        1
    );
}

#[tokio::test]
async fn a_grant_is_deleted_from_its_card_and_only_from_a_card() {
    let house = house().await;
    let card = house.sim.add_card(&house.seed.harbour_loft, "Cleaning crew");
    let body = json!({ "boundLockId": house.seed.front_door, "boundCardId": card });
    let on_card = house.put(&house.loft("Grants"), body).await.text_of("id");
    let path = |grant: &str| house.loft(&format!("Grants/{grant}/DeleteFromCard"));
    assert_eq!(house.post(&path(&on_card)).await.status, 204);
    let gone = house.get(&house.loft(&format!("Grants/{on_card}"))).await;
    assert_eq!(
        (gone.text_of("state"), &gone.body["active"]),
        ("Revoked".to_owned(), &json!(false))
    );
    let mara = house.mara().await;
    let on_phone = house
        .grant(&mara, &house.seed.front_door, None, None)
        .await
        .text_of("id");
    assert_eq!(house.post(&path(&on_phone)).await.status, 400);
}

#[tokio::test]
async fn a_card_is_read_renamed_with_204_and_holds_grants() {
    let house = house().await;
    let card = house.sim.add_card(&house.seed.harbour_loft, "Cleaning crew");
    let path = house.loft(&format!("BoundCards/{card}"));
    assert_eq!(house.patch(&path, json!({ "title": "Night crew" })).await.status, 204);
    let shown = house.get(&path).await;
    assert_eq!(
        (shown.text_of("title"), &shown.body["isActive"]),
        ("Night crew".to_owned(), &json!(true))
    );
    let body = json!({ "boundLockId": house.seed.front_door, "boundCardId": card });
    let grant = house.put(&house.loft("Grants"), body).await;
    assert_eq!((grant.status, &grant.body["contactId"]), (200, &json!(null)));
    assert_eq!(house.get(&format!("{path}/Grants")).await.column("boundCardId"), [card]);
}
