//! Phones and locks: keys of seven days, locks that learn through phones, short revocation lists (contract §7.8, §8,
//! §10.3).

use serde_json::json;
use simulators::tapkey::GrantState;

use crate::kit::{DAY, HOUR, House, MARA, MINUTE, NOON, house};

fn offline(house: &House, at_ms: i64) -> Result<(), &'static str> {
    house.sim.opens_at(MARA, &house.seed.front_door, false, at_ms)
}

#[tokio::test]
async fn a_phone_with_a_connection_opens_within_the_window_and_says_why_not_outside() {
    let house = house().await;
    let mara = house.mara().await;
    let (from, before) = (NOON + HOUR, NOON + 2 * HOUR);
    let grant = house
        .grant(&mara, &house.seed.front_door, Some(from), Some(before))
        .await
        .text_of("id");
    let online = |at_ms: i64| house.sim.opens_at(MARA, &house.seed.front_door, true, at_ms);
    assert_eq!((online(from - 1), online(from)), (Err("not_yet_valid"), Ok(())));
    assert_eq!((online(before - 1), online(before)), (Ok(()), Err("expired")));
    house.revoke(&grant).await;
    assert_eq!(online(from), Err("revoked"));
    assert_eq!(house.sim.opens(MARA, &house.seed.alder, true), Err("no_grant"));
    assert_eq!(
        house.sim.opens("who@example.org", &house.seed.alder, true),
        Err("no_such_contact")
    );
}

#[tokio::test]
async fn triggering_over_the_control_surface_says_opened_or_why_not() {
    let house = house().await;
    let mara = house.mara().await;
    let path = format!("/_sim/locks/{}/trigger", house.seed.front_door);
    let hold = |online: bool| {
        house.call(
            "POST",
            &path,
            Some(json!({ "contactId": mara, "phone_online": online })),
            "",
        )
    };
    assert_eq!(hold(true).await.body, json!({ "opened": false, "reason": "no_grant" }));
    house.grant(&mara, &house.seed.front_door, None, None).await;
    assert_eq!(hold(true).await.body, json!({ "opened": true, "reason": null }));
    assert_eq!(hold(false).await.body["opened"], true);
    let entries = house.sim.log_entries();
    assert_eq!(
        entries[0].received_ms,
        Some(NOON),
        "at once from a phone with a connection"
    );
    assert_eq!(entries[1].received_ms, None, "only with the next sync");
}

#[tokio::test]
async fn members_of_a_user_group_open_what_the_group_opens_without_a_window() {
    let house = house().await;
    let mara = house.mara().await;
    let member = house.sim.add_member(&house.seed.alder_group, &mara);
    for (lock, opens) in [
        (&house.seed.front_door, true),
        (&house.seed.alder, true),
        (&house.seed.birch, false),
    ] {
        assert_eq!(house.sim.opens_at(MARA, lock, true, NOON + 900 * DAY).is_ok(), opens);
    }
    assert_eq!(house.sim.members(&house.seed.alder_group), [MARA]);
    house.sim.remove_member(&house.seed.alder_group, &member);
    assert_eq!(house.sim.opens(MARA, &house.seed.alder, true), Err("no_grant"));
    assert_eq!(
        house.sim.opens(MARA, &house.seed.alder, false),
        Ok(()),
        "the lock has not learnt of it"
    );
    house.sim.sync_lock(&house.seed.alder);
    assert_eq!(house.sim.opens(MARA, &house.seed.alder, false), Err("key_revoked"));
}

#[tokio::test]
async fn a_user_of_another_app_is_not_reached_by_tapkeys() {
    let house = house().await;
    let stranger = house
        .sim
        .contacts()
        .into_iter()
        .find(|contact| contact.email.contains("house-app"))
        .unwrap();
    assert_eq!(
        house.sim.trigger(&stranger.id, &house.seed.front_door, true),
        Err("other_app")
    );
}

#[tokio::test]
async fn a_phone_in_reach_gets_its_key_when_the_grant_is_made_and_renews_it() {
    let house = house().await;
    let mara = house.mara().await;
    house
        .grant(&mara, &house.seed.front_door, Some(NOON + HOUR), None)
        .await;
    assert_eq!(
        offline(&house, NOON + HOUR - 1),
        Err("key_not_valid"),
        "the key knows its window"
    );
    assert_eq!(offline(&house, NOON + HOUR), Ok(()));
    assert_eq!(offline(&house, NOON + 100 * DAY), Ok(()), "renewed all the while");
}

#[tokio::test]
async fn a_phone_out_of_reach_has_no_key_until_it_stands_online_at_the_door() {
    let house = house().await;
    let mara = house.mara().await;
    house.sim.set_phone_reachable(&mara, false);
    house.grant(&mara, &house.seed.front_door, None, None).await;
    assert_eq!(offline(&house, NOON), Err("no_key"));
    assert_eq!(
        house.sim.trigger(&mara, &house.seed.front_door, true),
        Ok(()),
        "fetched just in time"
    );
    assert_eq!(offline(&house, NOON), Ok(()));
}

#[tokio::test]
async fn one_phone_holds_the_keys_of_every_locking_system_the_person_is_known_in() {
    let house = house().await;
    let mara = house.mara().await;
    let shed = house.sim.add_lock(&house.seed.old_yard, "Shed");
    let elsewhere = house.sim.add_contact(&house.seed.old_yard, MARA, None);
    house.sim.set_phone_reachable(&mara, false);
    house.grant(&mara, &house.seed.front_door, None, None).await;
    house.sim.foreign_grant(&elsewhere, &shed, None, None);
    assert_eq!(
        house.sim.opens(MARA, &shed, false),
        Err("no_key"),
        "out of reach for both"
    );
    assert_eq!(house.sim.trigger(&mara, &house.seed.front_door, true), Ok(()));
    assert_eq!(house.sim.opens(MARA, &shed, false), Ok(()), "fetched on the way");
}

#[tokio::test]
async fn a_key_on_a_phone_out_of_reach_opens_for_seven_days() {
    let house = house().await;
    let mara = house.mara().await;
    house.grant(&mara, &house.seed.front_door, None, None).await;
    house.clock.advance_ms(5 * DAY);
    // The last renewal was at noon of day four.
    house.sim.set_phone_reachable(&mara, false);
    assert_eq!(offline(&house, NOON + 11 * DAY - 1), Ok(()));
    assert_eq!(offline(&house, NOON + 11 * DAY), Err("key_not_valid"));
}

#[tokio::test]
async fn a_revoked_key_opens_without_a_connection_until_the_lock_learns_of_it() {
    let house = house().await;
    let mara = house.mara().await;
    let grant = house
        .grant(&mara, &house.seed.front_door, None, None)
        .await
        .text_of("id");
    house.revoke(&grant).await;
    assert_eq!(house.sim.opens(MARA, &house.seed.front_door, true), Err("revoked"));
    assert_eq!(offline(&house, NOON + DAY), Ok(()), "revoked at Tapkey, still opening");
    assert_eq!(
        offline(&house, NOON + 7 * DAY),
        Err("key_not_valid"),
        "at the latest when the key ends"
    );
    house.sim.sync_lock(&house.seed.front_door);
    assert_eq!(offline(&house, NOON), Err("key_revoked"));
}

#[tokio::test]
async fn somebody_elses_phone_at_the_door_brings_the_news() {
    let house = house().await;
    let mara = house.mara().await;
    let noa = house.sim.add_contact(&house.seed.harbour_loft, "noa@example.org", None);
    house.sim.foreign_grant(&noa, &house.seed.front_door, None, None);
    let grant = house
        .grant(&mara, &house.seed.front_door, None, None)
        .await
        .text_of("id");
    house.revoke(&grant).await;
    assert_eq!(house.sim.trigger(&noa, &house.seed.front_door, false), Ok(()));
    assert_eq!(
        offline(&house, NOON),
        Ok(()),
        "a phone without a connection brings nothing"
    );
    assert_eq!(house.sim.trigger(&noa, &house.seed.front_door, true), Ok(()));
    assert_eq!(offline(&house, NOON), Err("key_revoked"));
    let revoked = house.sim.grants().into_iter().find(|row| row.id == grant).unwrap();
    assert_eq!(revoked.state, GrantState::Revoked);
}

#[tokio::test]
async fn a_grant_that_simply_ends_needs_no_lock_to_learn_anything() {
    let house = house().await;
    let mara = house.mara().await;
    house
        .grant(&mara, &house.seed.front_door, None, Some(NOON + HOUR))
        .await;
    assert_eq!(
        (offline(&house, NOON + HOUR - 1), offline(&house, NOON + HOUR)),
        (Ok(()), Err("key_not_valid"))
    );
    assert_eq!(house.sim.locks()[0].rcl_serial, 0);
}

#[tokio::test]
async fn a_shortened_window_does_not_reach_a_phone_out_of_reach() {
    let house = house().await;
    let mara = house.mara().await;
    let got = house.grant(&mara, &house.seed.front_door, None, Some(NOON + DAY)).await;
    house.sim.set_phone_reachable(&mara, false);
    let path = house.loft(&format!("Grants/{}", got.text_of("id")));
    house
        .patch(&path, json!({ "validBefore": crate::kit::at(NOON + HOUR) }))
        .await;
    assert_eq!(
        house.sim.opens_at(MARA, &house.seed.front_door, true, NOON + 2 * HOUR),
        Err("expired")
    );
    assert_eq!(
        offline(&house, NOON + 2 * HOUR),
        Ok(()),
        "the key keeps the window it was made with"
    );
    house.sim.set_phone_reachable(&mara, true);
    assert_eq!(offline(&house, NOON + 2 * HOUR), Err("key_not_valid"));
}

#[tokio::test]
async fn a_full_revocation_list_voids_older_keys_of_other_people_until_they_are_online() {
    let house = house().await;
    house.sim.set_switches(|switches| switches.revocation_capacity = 1);
    let front = house.seed.front_door.clone();
    let mara = house.mara().await;
    house.grant(&mara, &front, None, None).await;
    for name in ["one", "two"] {
        let contact = house
            .sim
            .add_contact(&house.seed.harbour_loft, &format!("{name}@example.org"), None);
        let grant = house.sim.foreign_grant(&contact, &front, None, None);
        house.sim.revoke_grant(&grant);
    }
    assert_eq!(offline(&house, NOON), Ok(()), "the lock does not know yet");
    house.sim.sync_lock(&front);
    assert_eq!(offline(&house, NOON), Err("key_revoked"), "nobody revoked it");
    assert_eq!(house.sim.trigger(&mara, &front, true), Ok(()));
    assert_eq!(offline(&house, NOON), Ok(()), "a new key came with the connection");
}

#[tokio::test]
async fn a_lock_joins_and_leaves_a_group_only_when_a_phone_comes_by() {
    let house = house().await;
    let mara = house.mara().await;
    house.grant(&mara, &house.seed.ground_floor, None, None).await;
    let alder = &house.seed.alder;
    house.sim.plan_lock_in_group(&house.seed.ground_floor, alder, true);
    assert_eq!(house.sim.opens(MARA, alder, true), Err("no_grant"));
    house.sim.sync_lock(alder);
    assert_eq!(
        (house.sim.opens(MARA, alder, true), house.sim.opens(MARA, alder, false)),
        (Ok(()), Ok(()))
    );
    house.sim.plan_lock_in_group(&house.seed.ground_floor, alder, false);
    assert_eq!(house.sim.opens(MARA, alder, true), Ok(()));
    house.sim.sync_lock(alder);
    assert_eq!(house.sim.opens(MARA, alder, true), Err("no_grant"));
}

#[tokio::test]
async fn a_lock_that_was_unbound_opens_for_nobody_and_the_new_one_for_new_grants_only() {
    let house = house().await;
    let mara = house.mara().await;
    house.grant(&mara, &house.seed.alder, None, None).await;
    let fresh = house.sim.rebind_lock(&house.seed.alder).unwrap();
    assert_eq!(house.sim.opens(MARA, &house.seed.alder, true), Err("not_bound_here"));
    assert_eq!(house.sim.opens(MARA, &fresh, true), Err("no_grant"));
    house.grant(&mara, &fresh, None, Some(NOON + MINUTE)).await;
    assert_eq!(house.sim.opens(MARA, &fresh, true), Ok(()));
}
