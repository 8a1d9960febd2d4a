//! Grants, their duplicates, changes and revocation, and the plan's quota: contract §7.7, §7.8, S4–S9, S13, S14.

use serde_json::json;
use simulators::tapkey::GrantState;
use simulators::tapkey::switches::{DuplicateGrants, Revocation};

use crate::kit::{DAY, HOUR, MARA, NOON, at, house};

#[tokio::test]
async fn a_grant_is_stored_at_once_and_may_start_later() {
    let house = house().await;
    let mara = house.mara().await;
    let (from, before) = (NOON + 14 * DAY, NOON + 14 * DAY + 4 * HOUR);
    let got = house
        .grant(&mara, &house.seed.front_door, Some(from), Some(before))
        .await;
    assert_eq!(
        (got.status, got.text_of("state"), &got.body["active"]),
        (200, "Ok".to_owned(), &json!(true))
    );
    assert_eq!(
        (got.text_of("validFrom"), got.text_of("validBefore")),
        (at(from), at(before))
    );
    assert_eq!(got.body["contact"]["identifier"], MARA);
    assert_eq!(got.body["boundLock"]["physicalLockId"], "BAAKGyw9");
    let read = house.get(&house.loft(&format!("Grants/{}", got.text_of("id")))).await;
    assert_eq!(read.body, got.body);
    let own = house.get(&house.loft(&format!("Contacts/{mara}/Grants"))).await;
    assert_eq!(own.column("id"), [got.text_of("id")]);
}

#[tokio::test]
async fn null_is_unbounded_and_the_end_is_excluded() {
    let house = house().await;
    let mara = house.mara().await;
    house
        .grant(&mara, &house.seed.front_door, None, Some(NOON + HOUR))
        .await;
    house.grant(&mara, &house.seed.alder, Some(NOON), None).await;
    let opens = |lock: &str, at_ms: i64| house.sim.opens_at(MARA, lock, true, at_ms).is_ok();
    let (front, alder) = (&house.seed.front_door, &house.seed.alder);
    assert!(opens(front, 0) && opens(front, NOON + HOUR - 1) && !opens(front, NOON + HOUR));
    assert!(!opens(alder, NOON - 1) && opens(alder, NOON) && opens(alder, NOON + 5_000 * DAY));
}

#[tokio::test]
async fn a_window_that_ends_before_it_starts_or_is_no_time_is_400() {
    let house = house().await;
    let mara = house.mara().await;
    let front = &house.seed.front_door;
    assert_eq!(house.grant(&mara, front, Some(NOON), Some(NOON)).await.status, 400);
    let body = json!({ "boundLockId": front, "contactId": mara, "validFrom": "tomorrow" });
    assert_eq!(house.put(&house.loft("Grants"), body).await.status, 400);
}

#[tokio::test]
async fn unknown_locks_and_contacts_are_404_and_there_is_exactly_one_grantee() {
    let house = house().await;
    let mara = house.mara().await;
    let front = &house.seed.front_door;
    assert_eq!(
        house.grant(&mara, "bl-none", None, None).await.code(),
        (404, "NotFound")
    );
    assert_eq!(house.grant("c-none", front, None, None).await.code(), (404, "NotFound"));
    for body in [
        json!({ "boundLockId": front }),
        json!({ "boundLockId": front, "contactId": mara, "contact": { "identifier": MARA } }),
        json!({ "contactId": mara }),
    ] {
        assert_eq!(
            house.put(&house.loft("Grants"), body.clone()).await.status,
            400,
            "{body}"
        );
    }
}

#[tokio::test]
async fn an_inline_contact_is_made_on_the_fly() {
    let house = house().await;
    let body = json!({ "boundLockId": house.seed.front_door, "contact": { "identifier": "noa@example.org" } });
    let got = house.put(&house.loft("Grants"), body).await;
    assert_eq!(
        (got.status, &got.body["contact"]["identifier"]),
        (200, &json!("noa@example.org"))
    );
    assert!(
        house
            .sim
            .contacts()
            .iter()
            .any(|contact| contact.email == "noa@example.org")
    );
}

#[tokio::test]
async fn an_equal_grant_is_a_duplicate_another_window_is_not() {
    let house = house().await;
    let mara = house.mara().await;
    let front = &house.seed.front_door;
    assert_eq!(
        house.grant(&mara, front, Some(NOON), Some(NOON + HOUR)).await.status,
        200
    );
    let equal = house.grant(&mara, front, Some(NOON), Some(NOON + HOUR)).await;
    assert_eq!(equal.code(), (409, "Duplicate"));
    assert_eq!(
        house
            .grant(&mara, front, Some(NOON), Some(NOON + 2 * HOUR))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn any_live_grant_on_the_pair_can_be_a_duplicate_or_none_at_all() {
    let house = house().await;
    let mara = house.mara().await;
    let front = &house.seed.front_door;
    house.grant(&mara, front, None, Some(NOON + HOUR)).await;
    house
        .sim
        .set_switches(|switches| switches.duplicate_grants = DuplicateGrants::AnyLive);
    let next = house.grant(&mara, front, Some(NOON + HOUR), None).await;
    assert_eq!(next.code(), (409, "Duplicate"));
    house.clock.advance_ms(HOUR);
    assert_eq!(
        house.grant(&mara, front, None, None).await.status,
        200,
        "the first has ended"
    );
    house
        .sim
        .set_switches(|switches| switches.duplicate_grants = DuplicateGrants::Allow);
    assert_eq!(
        house.grant(&mara, front, None, None).await.status,
        200,
        "creating is not idempotent"
    );
}

#[tokio::test]
async fn a_second_window_on_a_pair_can_be_refused() {
    let house = house().await;
    let mara = house.mara().await;
    house.sim.set_switches(|switches| switches.refuse_other_windows = true);
    let front = &house.seed.front_door;
    house.grant(&mara, front, None, Some(NOON + HOUR)).await;
    assert_eq!(
        house.grant(&mara, front, Some(NOON + HOUR), None).await.code(),
        (400, "InvalidRequest")
    );
    assert_eq!(house.grant(&mara, &house.seed.alder, None, None).await.status, 200);
}

#[tokio::test]
async fn patching_moves_the_window_or_is_405() {
    let house = house().await;
    let mara = house.mara().await;
    let got = house
        .grant(&mara, &house.seed.front_door, None, Some(NOON + HOUR))
        .await;
    let path = house.loft(&format!("Grants/{}", got.text_of("id")));
    let longer = house.patch(&path, json!({ "validBefore": at(NOON + DAY) })).await;
    assert_eq!((longer.status, longer.text_of("validBefore")), (200, at(NOON + DAY)));
    let opens = |at_ms: i64| house.sim.opens_at(MARA, &house.seed.front_door, true, at_ms).is_ok();
    assert!(opens(NOON + 2 * HOUR) && !opens(NOON + DAY));
    assert_eq!(
        house
            .patch(&path, json!({ "validFrom": at(NOON + 2 * DAY) }))
            .await
            .status,
        400
    );
    house.sim.set_switches(|switches| switches.patch_grants = false);
    assert_eq!(house.patch(&path, json!({ "validBefore": null })).await.status, 405);
}

#[tokio::test]
async fn revoking_is_pending_until_the_lock_is_synced() {
    let house = house().await;
    let (mara, front) = (house.mara().await, house.seed.front_door.clone());
    let grant = house.grant(&mara, &front, None, None).await.text_of("id");
    let path = house.loft(&format!("Grants/{grant}"));
    assert_eq!(house.revoke(&grant).await.status, 204);
    let pending = house.get(&path).await;
    assert_eq!(
        (pending.text_of("state"), &pending.body["active"]),
        ("RevokePending".to_owned(), &json!(true))
    );
    let lock = house.loft(&format!("BoundLocks/{front}"));
    let serials = |row: serde_json::Value| (row["rclSerialNo"].clone(), row["lastSeenRclSerialNo"].clone());
    assert_eq!(
        serials(house.get(&lock).await.body),
        (json!(1), json!(null)),
        "revocations pending on this door"
    );
    assert_eq!(
        house
            .call("POST", &format!("/_sim/locks/{front}/sync"), None, "")
            .await
            .status,
        204
    );
    let done = house.get(&path).await;
    assert_eq!(
        (done.text_of("state"), &done.body["active"]),
        ("Revoked".to_owned(), &json!(false))
    );
    assert_eq!(serials(house.get(&lock).await.body), (json!(1), json!(1)));
    assert_eq!(house.revoke(&grant).await.code(), (409, "Conflict"));
}

#[tokio::test]
async fn revoking_can_show_at_once() {
    let house = house().await;
    house
        .sim
        .set_switches(|switches| switches.revocation = Revocation::Immediate);
    let mara = house.mara().await;
    let grant = house
        .grant(&mara, &house.seed.front_door, None, None)
        .await
        .text_of("id");
    house.revoke(&grant).await;
    assert_eq!(house.sim.grants().last().unwrap().state, GrantState::Revoked);
    let active = house
        .list("Grants", &[("$filter", "active eq true and contactId ne null")])
        .await;
    assert_eq!(active.body, json!([]));
}

#[tokio::test]
async fn revoking_a_lock_group_grant_waits_for_every_lock() {
    let house = house().await;
    let mara = house.mara().await;
    let grant = house
        .grant(&mara, &house.seed.ground_floor, None, None)
        .await
        .text_of("id");
    house.revoke(&grant).await;
    house.sim.sync_lock(&house.seed.front_door);
    assert_eq!(house.sim.grants().last().unwrap().state, GrantState::RevokePending);
    house.sim.sync_lock(&house.seed.desk_zone);
    assert_eq!(house.sim.grants().last().unwrap().state, GrantState::Revoked);
}

#[tokio::test]
async fn dry_run_belongs_into_the_query_and_changes_nothing_when_true() {
    let house = house().await;
    let mara = house.mara().await;
    let grant = house
        .grant(&mara, &house.seed.front_door, None, None)
        .await
        .text_of("id");
    let path = house.loft(&format!("Grants/{grant}/Revoke"));
    let in_body = house
        .call("POST", &path, Some(json!({ "dryRun": false })), &house.token)
        .await;
    assert_eq!(in_body.status, 405);
    assert_eq!(house.post(&format!("{path}?dryRun=true")).await.status, 204);
    assert_eq!(house.sim.grants().last().unwrap().state, GrantState::Ok);
    house
        .sim
        .set_switches(|switches| switches.revoke_without_dry_run = true);
    assert_eq!(house.post(&path).await.status, 204);
    assert_eq!(house.sim.grants().last().unwrap().state, GrantState::RevokePending);
}

#[tokio::test]
async fn revoking_a_contacts_grants_hits_all_of_them() {
    let house = house().await;
    let mara = house.mara().await;
    house.grant(&mara, &house.seed.front_door, None, None).await;
    house.sim.foreign_grant(&mara, &house.seed.alder, None, None);
    let path = house.loft(&format!("Contacts/{mara}/RevokeGrants?dryRun=false"));
    assert_eq!(house.post(&path).await.status, 204);
    for lock in [&house.seed.front_door, &house.seed.alder] {
        assert_eq!(house.sim.opens(MARA, lock, true), Err("revoked"));
    }
}

#[tokio::test]
async fn a_grant_past_its_end_stays_ok_and_active_unless_the_switch_says_otherwise() {
    let house = house().await;
    let mara = house.mara().await;
    let got = house
        .grant(&mara, &house.seed.front_door, None, Some(NOON + HOUR))
        .await;
    house.clock.advance_ms(2 * HOUR);
    let path = house.loft(&format!("Grants/{}", got.text_of("id")));
    let ended = house.get(&path).await;
    assert_eq!(
        (ended.text_of("state"), &ended.body["active"]),
        ("Ok".to_owned(), &json!(true))
    );
    house.sim.set_switches(|switches| switches.ended_grants_inactive = true);
    assert_eq!(house.get(&path).await.body["active"], false);
}

#[tokio::test]
async fn a_lock_group_is_granted_like_a_lock_or_refused() {
    let house = house().await;
    let mara = house.mara().await;
    assert_eq!(
        house.grant(&mara, &house.seed.ground_floor, None, None).await.status,
        200
    );
    assert_eq!(house.sim.opens(MARA, &house.seed.desk_zone, true), Ok(()));
    assert_eq!(house.sim.opens(MARA, &house.seed.alder, true), Err("no_grant"));
    house.sim.set_switches(|switches| switches.lock_group_grants = false);
    let refused = house
        .grant(&mara, &house.seed.ground_floor, None, Some(NOON + HOUR))
        .await;
    assert_eq!(refused.code(), (400, "InvalidRequest"));
}

#[tokio::test]
async fn a_recurring_schedule_needs_hardware_that_supports_it() {
    let house = house().await;
    let mara = house.mara().await;
    let with_schedule =
        |lock: &str| json!({ "boundLockId": lock, "contactId": mara, "timeRestrictionIcal": "RRULE:X" });
    let kept = house
        .put(&house.loft("Grants"), with_schedule(&house.seed.front_door))
        .await;
    assert_eq!(kept.text_of("timeRestrictionIcal"), "RRULE:X");
    let refused = house
        .put(&house.loft("Grants"), with_schedule(&house.seed.server_room))
        .await;
    assert_eq!(refused.status, 400);
}

#[tokio::test]
async fn the_quota_counts_people_with_live_grants_or_membership_and_then_is_402() {
    let house = house().await;
    // The stranger in “Foreign app” is the first.
    house.sim.set_switches(|switches| switches.smartphone_quota = 2);
    let loft = house.seed.harbour_loft.clone();
    let mara = house.mara().await;
    let noa = house.sim.add_contact(&loft, "noa@example.org", None);
    let front = &house.seed.front_door;
    assert_eq!(house.grant(&mara, front, None, Some(NOON + 30_000)).await.status, 200);
    assert_eq!(
        house
            .grant(&mara, &house.seed.alder, None, Some(NOON + 30_000))
            .await
            .status,
        200,
        "counted once"
    );
    assert_eq!(
        house.grant(&noa, front, None, None).await.code(),
        (402, "SubscriptionInsufficient")
    );
    let members = house.loft(&format!("UserGroups/{}/Members", house.seed.members_group));
    assert_eq!(house.put(&members, json!({ "contactId": noa })).await.status, 402);
    house.clock.advance_ms(30_000);
    assert_eq!(house.sim.smartphone_users(&loft), 1);
    assert_eq!(
        house.grant(&noa, front, None, None).await.status,
        200,
        "an ended grant counts no more"
    );
}
