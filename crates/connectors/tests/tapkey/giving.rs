//! Grants (§7.5, §7.7, §7.8, §9.3; §10.4 no. 4 to 8): the fewest calls, the exact window, and every answer the contract leaves open.

use access::vendor::Learned;
use access::{Instant, Window};
use connectors::{Outcome, Repeat};
use serde_json::json;
use simulators::fault::{Fault, Trouble};
use simulators::tapkey::GrantState;
use simulators::tapkey::switches::{DuplicateGrants, KnownContact, Revocation};

use crate::kit::*;

#[tokio::test]
async fn a_booking_becomes_one_grant_with_its_dates() {
    let mut desk = Desk::open().await;
    let alder = desk.seed.alder.clone();
    // 09:00 to 12:00 with half an hour around it.
    desk.hold(MARA, &lock(&alder), &[w(30, 270)]).await.unwrap();
    let puts = desk.calls("PUT", "/Grants");
    assert_eq!(puts.len(), 1);
    let contact = &desk
        .sim
        .contacts()
        .into_iter()
        .find(|contact| contact.email == MARA)
        .unwrap();
    let expected = json!({
        "boundLockId": alder, "contactId": contact.id,
        "validFrom": "2026-03-02T08:30:00.000Z", "validBefore": "2026-03-02T12:30:00.000Z",
    });
    assert_eq!(puts[0].body, expected, "without a schedule, in UTC with milliseconds");
    desk.lets_in_exactly(MARA, &alder, 30, 270);
    assert_eq!(desk.learned.keeps_windows, Some(true));
}

#[tokio::test]
async fn a_cancelled_booking_is_revoked_in_earnest() {
    let mut desk = Desk::open().await;
    let alder = lock(&desk.seed.alder);
    desk.hold(MARA, &alder, &[w(30, 270)]).await.unwrap();
    desk.sim.clear_calls();
    desk.hold(MARA, &alder, &[]).await.unwrap();
    let calls = desk.sim.calls();
    assert_eq!(calls.len(), 1, "{calls:?}");
    assert!(
        calls[0].path.ends_with("/Revoke") && calls[0].query == "dryRun=false",
        "{:?}",
        calls[0]
    );
    assert!(desk.live(MARA).is_empty() && desk.journal.is_empty());
}

#[tokio::test]
async fn both_ways_a_revocation_may_end_count_as_gone() {
    for revocation in [Revocation::Pending, Revocation::Immediate] {
        let mut desk = Desk::open().await;
        desk.sim.set_switches(|switches| switches.revocation = revocation);
        let alder = lock(&desk.seed.alder);
        desk.hold(MARA, &alder, &[w(30, 270)]).await.unwrap();
        desk.hold(MARA, &alder, &[]).await.unwrap();
        assert_eq!(
            desk.round().await.unwrap(),
            [],
            "{revocation:?}: nobody takes it for a stranger's"
        );
    }
}

#[tokio::test]
async fn revoking_falls_back_to_the_other_forms_when_the_first_is_refused() {
    for (refusals, body) in [(1, json!({"dryRun": false})), (2, json!(null))] {
        let mut desk = Desk::open().await;
        desk.sim.set_switches(|switches| switches.revoke_without_dry_run = true);
        let alder = lock(&desk.seed.alder);
        desk.hold(MARA, &alder, &[w(30, 270)]).await.unwrap();
        let refused = Trouble::Status { status: 405 };
        desk.sim
            .faults()
            .add(Fault::on("POST /api/v1/Owners/*/Grants", refused).times(refusals));
        desk.hold(MARA, &alder, &[]).await.unwrap();
        let last = desk.calls("POST", "/Revoke").pop().unwrap();
        assert_eq!((last.status, last.body), (204, body));
        assert!(desk.live(MARA).is_empty());
    }
}

#[tokio::test]
async fn revoking_what_is_revoked_or_gone_already_is_done_after_a_look() {
    let mut desk = Desk::open().await;
    let alder = lock(&desk.seed.alder);
    desk.hold(MARA, &alder, &[w(30, 270)]).await.unwrap();
    desk.sim.revoke_grant(&desk.journal[0].external);
    desk.hold(MARA, &alder, &[]).await.unwrap();
    assert!(desk.journal.is_empty());
}

#[tokio::test]
async fn a_grant_that_is_over_costs_no_call_and_nobody_notices_it_any_more() {
    for inactive in [false, true] {
        let mut desk = Desk::open().await;
        desk.sim
            .set_switches(|switches| switches.ended_grants_inactive = inactive);
        let alder = lock(&desk.seed.alder);
        desk.hold(MARA, &alder, &[w(30, 60)]).await.unwrap();
        desk.go_to(61);
        desk.hold(MARA, &alder, &[]).await.unwrap();
        desk.sim.clear_calls();
        assert_eq!(desk.round().await.unwrap(), []);
        assert!(desk.journal.is_empty(), "{inactive}: it is tidied from the journal");
        assert_eq!(desk.writes(), 0, "{inactive}");
        assert_eq!(
            desk.round().await.unwrap(),
            [],
            "{inactive}: though Tapkey may still list it"
        );
    }
}

#[tokio::test]
async fn somebody_known_costs_one_call_to_give_to_move_and_to_take() {
    let mut desk = Desk::open().await;
    let (alder, birch) = (lock(&desk.seed.alder), lock(&desk.seed.birch));
    desk.hold(MARA, &alder, &[w(30, 270)]).await.unwrap();
    desk.hold(MARA, &alder, &[w(30, 300)]).await.unwrap();
    for windows in [&[w(60, 120)][..], &[w(60, 150)], &[]] {
        desk.sim.clear_calls();
        desk.hold(MARA, &birch, windows).await.unwrap();
        assert_eq!(desk.sim.calls().len(), 1, "{windows:?}");
    }
}

#[tokio::test]
async fn three_hundred_new_people_cost_one_reading_and_two_calls_each() {
    let mut desk = Desk::open().await;
    desk.sim.set_switches(|switches| switches.smartphone_quota = 0);
    let alder = lock(&desk.seed.alder);
    for n in 0..300 {
        desk.hold(&format!("p{n}@example.org"), &alder, &[w(30, 270)])
            .await
            .unwrap();
    }
    let reads = desk.sim.calls().iter().filter(|call| call.method == "GET").count();
    assert_eq!((reads, desk.writes()), (1, 600));
}

#[tokio::test]
async fn a_contact_that_is_there_is_taken_as_it_is_whatever_its_letters() {
    for known in [KnownContact::Adopt, KnownContact::Conflict] {
        let mut desk = Desk::open().await;
        desk.sim.set_switches(|switches| switches.known_contact = known);
        let contact = desk
            .sim
            .add_contact(&desk.seed.harbour_loft, "Mara.Lindt@Example.org", None);
        desk.hold(MARA, &lock(&desk.seed.alder.clone()), &[w(30, 270)])
            .await
            .unwrap();
        assert_eq!(desk.journal[0].external_holder, contact);
        assert!(desk.calls("PUT", "/Contacts").is_empty());
    }
}

#[tokio::test]
async fn a_contact_that_comes_between_looking_and_making_is_adopted() {
    for known in [KnownContact::Adopt, KnownContact::Conflict] {
        let mut desk = Desk::open().await;
        desk.sim.set_switches(|switches| switches.known_contact = known);
        let alder = lock(&desk.seed.alder);
        desk.hold("first@example.org", &alder, &[w(30, 270)]).await.unwrap();
        // The list was read a moment ago, and does not have her.
        let contact = desk.sim.add_contact(&desk.seed.harbour_loft, MARA, None);
        desk.hold(MARA, &alder, &[w(30, 270)]).await.unwrap();
        assert_eq!(desk.live(MARA).len(), 1);
        assert_eq!(desk.journal[1].external_holder, contact, "{known:?}");
    }
}

#[tokio::test]
async fn a_new_contact_says_who_it_is_by_identifier_alone() {
    let mut desk = Desk::open().await;
    desk.hold(MARA, &lock(&desk.seed.alder.clone()), &[w(30, 270)])
        .await
        .unwrap();
    let body = &desk.calls("PUT", "/Contacts")[0].body;
    assert_eq!((&body["ipId"], &body["identifier"]), (&json!("tapkey"), &json!(MARA)));
    assert_eq!(body["title"], json!("Mara Lindt"));
    assert!(body.get("email").is_none() && body["comment"].as_str().unwrap().starts_with("our-ref:per_"));
}

#[tokio::test]
async fn a_subscription_is_renewed_without_a_gap_whether_grants_can_be_moved_or_not() {
    for patch in [true, false] {
        let mut desk = Desk::open().await;
        desk.sim.set_switches(|switches| switches.patch_grants = patch);
        let front = desk.seed.front_door.clone();
        desk.hold(MARA, &lock(&front), &[since(-60)]).await.unwrap();
        assert_eq!(
            desk.live(MARA)[0].before_ms,
            Some(at(35 * DAY).ms()),
            "35 days ahead at most"
        );
        for _ in 0..3 {
            let again = desk.compare_person(MARA).again_at.unwrap();
            desk.go_to((again.ms() - START_MS) / 60_000);
            desk.new_stretch();
            desk.settle(MARA).await.unwrap();
            assert_eq!(desk.live(MARA).len(), 1, "patch {patch}");
            assert!(desk.sim.opens(MARA, &front, true).is_ok());
        }
        assert!(desk.now > at(50 * DAY));
        assert_eq!(desk.learned.moves_windows, Some(patch));
        let revoked = desk.calls("POST", "/Revoke").len();
        assert_eq!(
            revoked,
            if patch { 0 } else { 3 },
            "the next one stands before the old one goes"
        );
        assert_eq!(
            desk.calls("PATCH", "").len(),
            if patch { 3 } else { 1 },
            "it is tried once"
        );
    }
}

#[tokio::test]
async fn open_ended_access_ends_by_itself_when_nobody_renews_it() {
    let mut desk = Desk::open().await;
    let front = desk.seed.front_door.clone();
    desk.hold(MARA, &lock(&front), &[since(-60)]).await.unwrap();
    assert!(desk.sim.opens_at(MARA, &front, true, at(35 * DAY - 1).ms()).is_ok());
    assert!(desk.sim.opens_at(MARA, &front, true, at(35 * DAY).ms()).is_err());
}

#[tokio::test]
async fn two_windows_on_one_door_are_two_grants() {
    let mut desk = Desk::open().await;
    let alder = desk.seed.alder.clone();
    desk.hold(MARA, &lock(&alder), &[w(60, 120), w(240, 300)])
        .await
        .unwrap();
    desk.lets_in_exactly(MARA, &alder, 60, 120);
    desk.lets_in_exactly(MARA, &alder, 240, 300);
}

#[tokio::test]
async fn where_one_pair_has_one_grant_only_the_next_window_is_held() {
    for single in [true, false] {
        let mut desk = Desk::open().await;
        desk.sim.set_switches(|switches| match single {
            true => switches.duplicate_grants = DuplicateGrants::AnyLive,
            false => switches.refuse_other_windows = true,
        });
        let alder = desk.seed.alder.clone();
        desk.hold(MARA, &lock(&alder), &[w(60, 120), w(240, 300)])
            .await
            .unwrap();
        assert!(desk.outcomes.contains(&Outcome::OneRowOnly), "{:?}", desk.outcomes);
        assert_eq!(desk.learned.several_rows, Some(false));
        desk.lets_in_exactly(MARA, &alder, 60, 120);
        desk.go_to(121);
        desk.settle(MARA).await.unwrap();
        desk.lets_in_exactly(MARA, &alder, 240, 300);
    }
}

#[tokio::test]
async fn a_grant_is_replaced_the_other_way_round_where_neither_moving_nor_a_second_one_is_possible() {
    let mut desk = Desk::open().await;
    desk.sim.set_switches(|switches| {
        switches.patch_grants = false;
        switches.duplicate_grants = DuplicateGrants::AnyLive;
    });
    let alder = desk.seed.alder.clone();
    desk.hold(MARA, &lock(&alder), &[w(60, 120)]).await.unwrap();
    desk.hold(MARA, &lock(&alder), &[w(60, 180)]).await.unwrap();
    desk.lets_in_exactly(MARA, &alder, 60, 180);
    assert_eq!(desk.live(MARA).len(), 1);
}

#[tokio::test]
async fn a_strangers_grant_that_covers_the_window_stands_and_is_never_touched() {
    for rule in [DuplicateGrants::Equal, DuplicateGrants::AnyLive] {
        let mut desk = Desk::open().await;
        desk.sim.set_switches(|switches| switches.duplicate_grants = rule);
        let alder = desk.seed.alder.clone();
        let contact = desk.sim.add_contact(&desk.seed.harbour_loft, MARA, None);
        let (from, before) = (Some(at(60).ms()), Some(at(120).ms()));
        let foreign = desk.sim.foreign_grant(&contact, &alder, from, before);
        desk.hold(MARA, &lock(&alder), &[w(60, 120)]).await.unwrap();
        assert_eq!(desk.outcomes, [Outcome::ForeignStands], "{rule:?}");
        assert_eq!(
            desk.learned.several_rows, None,
            "an equal grant says nothing about others"
        );
        assert!(desk.journal.is_empty());
        assert_eq!(
            desk.live(MARA).iter().map(|grant| &grant.id).collect::<Vec<_>>(),
            [&foreign]
        );
    }
}

#[tokio::test]
async fn a_strangers_grant_that_is_in_the_way_is_said_and_never_touched() {
    let mut desk = Desk::open().await;
    desk.sim
        .set_switches(|switches| switches.duplicate_grants = DuplicateGrants::AnyLive);
    let alder = desk.seed.alder.clone();
    let contact = desk.sim.add_contact(&desk.seed.harbour_loft, MARA, None);
    let foreign = desk
        .sim
        .foreign_grant(&contact, &alder, Some(at(60).ms()), Some(at(70).ms()));
    let trouble = desk.hold(MARA, &lock(&alder), &[w(60, 120)]).await.unwrap_err();
    assert!(!trouble.passes() && trouble.say.contains("portal"), "{trouble:?}");
    assert_eq!(
        desk.live(MARA).iter().map(|grant| &grant.id).collect::<Vec<_>>(),
        [&foreign]
    );
}

#[tokio::test]
async fn an_equal_grant_of_ours_whose_answer_was_lost_is_found_again() {
    for rule in [DuplicateGrants::Equal, DuplicateGrants::Allow] {
        let mut desk = Desk::open().await;
        desk.sim.set_switches(|switches| switches.duplicate_grants = rule);
        let alder = desk.seed.alder.clone();
        let lost = Fault::on("PUT /api/v1/Owners/*/Grants", Trouble::ResetAfter).times(1);
        desk.sim.faults().add(lost);
        desk.person(MARA);
        let trouble = desk.hold(MARA, &lock(&alder), &[w(60, 120)]).await.unwrap_err();
        assert!(trouble.unknown && trouble.passes());
        let change = desk.compare_person(MARA).changes.remove(0);
        let repeat = Repeat::AfterUnknown { sent_at: desk.now };
        desk.carry_out(&change, repeat).await.unwrap();
        assert_eq!(
            (desk.live(MARA).len(), desk.calls("PUT", "/Grants").len()),
            (1, 1),
            "{rule:?}"
        );
        assert!(desk.calls("POST", "/Revoke").is_empty());
        desk.hold(MARA, &lock(&alder), &[]).await.unwrap();
        assert!(desk.live(MARA).is_empty(), "it is known as ours");
    }
}

#[tokio::test]
async fn a_strangers_grant_beside_ours_stays_when_ours_goes() {
    let mut desk = Desk::open().await;
    let alder = desk.seed.alder.clone();
    let contact = desk.sim.add_contact(&desk.seed.harbour_loft, MARA, None);
    let foreign = desk.sim.foreign_grant(&contact, &alder, None, None);
    desk.hold(MARA, &lock(&alder), &[w(60, 120)]).await.unwrap();
    desk.hold(MARA, &lock(&alder), &[]).await.unwrap();
    assert_eq!(
        desk.live(MARA).iter().map(|grant| &grant.id).collect::<Vec<_>>(),
        [&foreign]
    );
}

#[tokio::test]
async fn a_lost_answer_to_a_move_ends_where_it_should() {
    for lost in [Trouble::ResetBefore, Trouble::ResetAfter] {
        let mut desk = Desk::open().await;
        let alder = desk.seed.alder.clone();
        desk.hold(MARA, &lock(&alder), &[w(60, 120)]).await.unwrap();
        desk.sim.faults().add(Fault::on("PATCH", lost).times(1));
        desk.hold(MARA, &lock(&alder), &[w(60, 180)]).await.unwrap_err();
        let change = desk.compare_person(MARA).changes.remove(0);
        desk.carry_out(&change, Repeat::AfterUnknown { sent_at: desk.now })
            .await
            .unwrap();
        desk.lets_in_exactly(MARA, &alder, 60, 180);
        assert_eq!(desk.live(MARA).len(), 1);
    }
}

#[tokio::test]
async fn a_replaced_grant_whose_old_one_could_not_be_revoked_is_completed() {
    let mut desk = Desk::open().await;
    desk.sim.set_switches(|switches| switches.patch_grants = false);
    let alder = desk.seed.alder.clone();
    desk.hold(MARA, &lock(&alder), &[w(60, 120)]).await.unwrap();
    let broken = Fault::on("POST /api/v1/Owners/*/Grants", Trouble::Status { status: 503 }).times(1);
    desk.sim.faults().add(broken);
    let trouble = desk.hold(MARA, &lock(&alder), &[w(60, 180)]).await.unwrap_err();
    assert!(trouble.unknown, "half of it was done");
    let change = desk.compare_person(MARA).changes.remove(0);
    desk.carry_out(&change, Repeat::AfterUnknown { sent_at: desk.now })
        .await
        .unwrap();
    assert_eq!(desk.live(MARA).len(), 1);
    desk.lets_in_exactly(MARA, &alder, 60, 180);
}

#[tokio::test]
async fn a_grant_that_somebody_revoked_is_given_anew_by_the_next_move_or_round() {
    let mut desk = Desk::open().await;
    let alder = desk.seed.alder.clone();
    desk.hold(MARA, &lock(&alder), &[w(60, 120)]).await.unwrap();
    desk.sim.revoke_grant(&desk.journal[0].external);
    desk.hold(MARA, &lock(&alder), &[w(60, 180)]).await.unwrap();
    desk.lets_in_exactly(MARA, &alder, 60, 180);
    desk.sim.revoke_grant(&desk.journal[0].external);
    desk.round().await.unwrap();
    desk.lets_in_exactly(MARA, &alder, 60, 180);
}

#[tokio::test]
async fn a_system_found_to_drop_dates_is_driven_at_the_edges() {
    let mut desk = Desk::open().await;
    desk.learned = Learned {
        keeps_windows: Some(false),
        ..Learned::default()
    };
    let alder = desk.seed.alder.clone();
    desk.hold(MARA, &lock(&alder), &[w(60, 120)]).await.unwrap();
    assert!(desk.live(MARA).is_empty());
    desk.go_to(59);
    desk.settle(MARA).await.unwrap();
    assert_eq!(desk.live(MARA)[0].before_ms, None);
    desk.go_to(120);
    desk.settle(MARA).await.unwrap();
    assert!(desk.live(MARA).is_empty());
}

#[tokio::test]
async fn running_access_is_written_without_a_start() {
    let mut desk = Desk::open().await;
    desk.hold(MARA, &lock(&desk.seed.alder.clone()), &[w(-60, 120)])
        .await
        .unwrap();
    assert_eq!(desk.live(MARA)[0].from_ms, None);
    let window = Window {
        from: Instant::MIN,
        until: at(120),
    };
    assert_eq!(desk.journal[0].window, window);
    assert!(desk.sim.grants().iter().all(|grant| grant.state == GrantState::Ok));
}
