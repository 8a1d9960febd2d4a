//! User groups (§7.6, §9.4; §10.4 no. 12): members come before the window and go at its end, strangers stay.

use access::change::Note;
use connectors::tapkey::UserGroups;
use connectors::{Kind, Outcome, Repeat};
use simulators::fault::{Fault, Trouble};
use simulators::tapkey::switches::UserGroups as SimGroups;

use crate::kit::*;

#[tokio::test]
async fn they_are_offered_only_when_switched_on_and_readable() {
    for (mode, there, offered) in [
        (UserGroups::On, SimGroups::On, 3),
        (UserGroups::On, SimGroups::Absent, 0),
        (UserGroups::On, SimGroups::NotInPlan, 0),
        (UserGroups::Probe, SimGroups::On, 0),
        (UserGroups::Off, SimGroups::On, 0),
    ] {
        let desk = Desk::open_with(|settings| settings.user_groups = mode).await;
        desk.sim.set_switches(|switches| switches.user_groups = there);
        let seen = desk.connector.observe(&[]).await.unwrap();
        let groups = seen.groups.iter().filter(|group| group.external.starts_with("group:"));
        assert_eq!(groups.count(), offered, "{mode:?} {there:?}");
        assert!(seen.complete && seen.locks.len() == 5);
    }
}

#[tokio::test]
async fn that_they_cannot_be_reached_just_now_does_not_mean_that_they_are_gone() {
    for there in [SimGroups::Absent, SimGroups::NotInPlan] {
        let desk = Desk::with_user_groups().await;
        let asked = [group(&desk.seed.alder_group)];
        assert!(desk.connector.observe(&asked).await.unwrap().complete);
        desk.sim.set_switches(|switches| switches.user_groups = there);
        let seen = desk.connector.observe(&asked).await.unwrap();
        assert!(!seen.complete && seen.gone_groups.is_empty(), "{there:?}");
    }
    let desk = Desk::with_user_groups().await;
    desk.sim.delete_user_group(&desk.seed.alder_group);
    let seen = desk.connector.observe(&[group(&desk.seed.alder_group)]).await.unwrap();
    assert!(seen.complete && seen.gone_groups == [group(&desk.seed.alder_group)]);
}

#[tokio::test]
async fn a_lost_question_never_makes_somebody_elses_member_ours() {
    for route in [
        "GET /api/v1/Owners/*/Contacts",
        "GET /api/v1/Owners/*/UserGroups/*/Members",
    ] {
        let mut desk = Desk::with_user_groups().await;
        let room = group(&desk.seed.alder_group);
        let contact = desk.sim.add_contact(&desk.seed.harbour_loft, MARA, Some("Mara"));
        desk.sim.add_member(&desk.seed.alder_group, &contact);
        desk.sim.faults().add(Fault::on(route, Trouble::ResetAfter).times(1));
        let trouble = desk.hold(MARA, &room, &[w(0, 270)]).await.unwrap_err();
        assert_eq!((trouble.kind, trouble.unknown), (Kind::Unanswered, false), "{route}");
    }
}

#[tokio::test]
async fn the_doors_of_a_user_group_are_those_the_operator_granted_it() {
    let desk = Desk::with_user_groups().await;
    let seen = desk.connector.observe(&[]).await.unwrap();
    let alder = seen
        .groups
        .iter()
        .find(|seen| seen.external == group(&desk.seed.alder_group))
        .unwrap();
    let mut doors = [desk.seed.front_door.clone(), desk.seed.alder.clone()];
    doors.sort_unstable();
    assert_eq!(alder.locks, doors);
}

#[tokio::test]
async fn somebody_joins_a_minute_before_the_window_and_leaves_at_its_end() {
    let mut desk = Desk::with_user_groups().await;
    let alder = desk.seed.alder.clone();
    let room = group(&desk.seed.alder_group);
    desk.hold(MARA, &room, &[w(30, 270)]).await.unwrap();
    assert_eq!(desk.compare_person(MARA).again_at, Some(at(29)));
    assert!(desk.sim.members(&desk.seed.alder_group).is_empty());
    desk.go_to(29);
    desk.settle(MARA).await.unwrap();
    assert!(desk.sim.opens(MARA, &alder, true).is_ok());
    assert_eq!(desk.compare_person(MARA).again_at, Some(at(270)));
    desk.go_to(270);
    desk.settle(MARA).await.unwrap();
    assert!(desk.sim.opens(MARA, &alder, true).is_err());
    assert!(desk.journal.is_empty());
}

#[tokio::test]
async fn after_a_time_of_being_off_whoever_overstayed_goes_first() {
    let mut desk = Desk::with_user_groups().await;
    let room = group(&desk.seed.alder_group);
    desk.hold(MARA, &room, &[w(-10, 60)]).await.unwrap();
    desk.hold("next@example.org", &room, &[w(300, 400)]).await.unwrap();
    desk.go_to(310);
    desk.new_stretch();
    desk.sim.clear_calls();
    desk.round().await.unwrap();
    assert_eq!(desk.sim.members(&desk.seed.alder_group), ["next@example.org"]);
    let writes: Vec<String> = desk
        .sim
        .calls()
        .into_iter()
        .filter(|call| call.writing)
        .map(|call| call.method)
        .collect();
    assert_eq!(writes[0], "DELETE");
}

#[tokio::test]
async fn strangers_are_noted_and_stay() {
    let mut desk = Desk::with_user_groups().await;
    let foreign = desk.seed.foreign_group.clone();
    desk.hold(MARA, &group(&foreign), &[w(-10, 60)]).await.unwrap();
    let notes = desk.round().await.unwrap();
    assert!(matches!(&notes[..], [Note::ForeignMember { .. }]), "{notes:?}");
    desk.hold(MARA, &group(&foreign), &[]).await.unwrap();
    desk.round().await.unwrap();
    assert_eq!(desk.sim.members(&foreign).len(), 1);
}

#[tokio::test]
async fn one_of_ours_whom_somebody_else_put_in_is_left_to_them() {
    let mut desk = Desk::with_user_groups().await;
    let members = desk.seed.members_group.clone();
    let contact = desk.sim.add_contact(&desk.seed.harbour_loft, MARA, None);
    desk.sim.add_member(&members, &contact);
    desk.hold(MARA, &group(&members), &[w(-10, 60)]).await.unwrap();
    assert_eq!(desk.outcomes, [Outcome::ForeignStands]);
    assert_eq!(desk.writes(), 0);
    desk.hold(MARA, &group(&members), &[]).await.unwrap();
    assert_eq!(desk.sim.members(&members), [MARA]);
}

#[tokio::test]
async fn somebody_put_in_behind_our_back_is_seen_when_tapkey_says_so() {
    let mut desk = Desk::with_user_groups().await;
    let members = desk.seed.members_group.clone();
    desk.hold("first@example.org", &group(&members), &[w(-10, 60)])
        .await
        .unwrap();
    let contact = desk.sim.add_contact(&desk.seed.harbour_loft, MARA, None);
    desk.sim.add_member(&members, &contact);
    desk.hold(MARA, &group(&members), &[w(-10, 60)]).await.unwrap();
    assert_eq!(desk.outcomes.last(), Some(&Outcome::ForeignStands));
}

#[tokio::test]
async fn thirty_who_come_at_one_moment_cost_one_reading_of_the_group() {
    let mut desk = Desk::with_user_groups().await;
    let members = group(&desk.seed.members_group);
    for n in 0..30 {
        desk.hold(&format!("p{n}@example.org"), &members, &[w(-10, 60)])
            .await
            .unwrap();
    }
    assert_eq!(desk.calls("GET", "/Members").len(), 1);
    desk.hold("p3@example.org", &members, &[]).await.unwrap();
    desk.hold("p3@example.org", &members, &[w(-10, 60)]).await.unwrap();
    assert_eq!(desk.calls("GET", "/Members").len(), 1, "our own steps keep it true");
}

#[tokio::test]
async fn a_lost_answer_leaves_one_membership_that_is_ours() {
    for lost in [Trouble::ResetBefore, Trouble::ResetAfter] {
        let mut desk = Desk::with_user_groups().await;
        let members = desk.seed.members_group.clone();
        desk.sim
            .faults()
            .add(Fault::on("PUT /api/v1/Owners/*/UserGroups", lost).times(1));
        desk.hold(MARA, &group(&members), &[w(-10, 60)]).await.unwrap_err();
        let change = desk.compare_person(MARA).changes.remove(0);
        desk.carry_out(&change, Repeat::AfterUnknown { sent_at: desk.now })
            .await
            .unwrap();
        assert_eq!(desk.sim.members(&members), [MARA]);
        desk.hold(MARA, &group(&members), &[]).await.unwrap();
        assert!(desk.sim.members(&members).is_empty());
    }
}

#[tokio::test]
async fn leaving_a_group_one_is_out_of_is_done() {
    let mut desk = Desk::with_user_groups().await;
    let members = desk.seed.members_group.clone();
    desk.hold(MARA, &group(&members), &[w(-10, 60)]).await.unwrap();
    let member = desk.journal[0].external.rsplit('/').next().unwrap().to_owned();
    assert!(desk.sim.remove_member(&members, &member));
    desk.hold(MARA, &group(&members), &[]).await.unwrap();
    assert!(desk.journal.is_empty());
}

#[tokio::test]
async fn a_group_that_is_gone_is_named() {
    let mut desk = Desk::with_user_groups().await;
    let members = desk.seed.members_group.clone();
    desk.hold("first@example.org", &group(&members), &[w(-10, 60)])
        .await
        .unwrap();
    desk.sim.delete_user_group(&members);
    let trouble = desk.hold(MARA, &group(&members), &[w(-10, 60)]).await.unwrap_err();
    assert_eq!(trouble.kind, Kind::GroupGone);
    let notes = desk.round().await.unwrap();
    let group = group_id(&group(&members));
    assert_eq!(notes, [Note::GroupGone { group }]);
}

#[tokio::test]
async fn nothing_is_written_where_they_are_not_switched_on() {
    for mode in [UserGroups::Off, UserGroups::Probe] {
        let mut desk = Desk::open_with(|settings| settings.user_groups = mode).await;
        let trouble = desk
            .hold(MARA, &group(&desk.seed.members_group.clone()), &[w(-10, 60)])
            .await
            .unwrap_err();
        assert_eq!(trouble.kind, Kind::Invalid);
        assert!(desk.sim.members(&desk.seed.members_group).is_empty());
    }
}

#[tokio::test]
async fn a_user_group_that_opens_nothing_is_said() {
    let mut desk = Desk::with_user_groups().await;
    let empty = group(&desk.sim.add_user_group(&desk.seed.harbour_loft, "Empty", &[]));
    desk.hold(MARA, &empty, &[w(-10, 60)]).await.unwrap();
    let group = group_id(&empty);
    assert_eq!(desk.round().await.unwrap(), [Note::GroupWithoutLocks { group }]);
}
