//! What Kisi's contract leaves open (§8): the connector is right whichever way the account behaves, and remembers what it found.

use access::Window;
use connectors::{Kind, Outcome};
use simulators::kisi::switches::{CreateForm, Duplicates, GroupDelete, PatchWindow, RateLimits, Timestamps};
use simulators::kisi::{KisiSim, Switches};

use crate::house::{House, since, w};
use crate::kisi_stage::{connectors, number};
use crate::stage::{At, How, Vendor};

const MIRA: &str = "mira.lund@example.org";

async fn house(change: impl FnOnce(&mut Switches)) -> (House, KisiSim) {
    let house = House::open(Vendor::Kisi).await;
    let stage = house.stage.kisi();
    let sim = stage.sim.clone();
    sim.set_switches(change);
    (house, sim)
}

#[tokio::test]
async fn an_account_that_drops_dates_never_leaves_a_door_open_and_is_driven_at_the_edges() {
    let (mut house, sim) = house(|switches| switches.drop_window_on_create = true).await;
    let building = house.building();
    house.give(MIRA, &building.members, &[w(60, 300)]).await;
    assert_eq!(house.outcomes, [Outcome::WindowsDropped]);
    assert_eq!(house.learned.keeps_windows, Some(false));
    assert!(
        house.stage.rows_of(MIRA).is_empty(),
        "the row without dates is gone at once"
    );
    let removed = sim
        .calls()
        .iter()
        .rev()
        .take(2)
        .map(|call| call.method.clone())
        .collect::<Vec<_>>();
    assert_eq!(removed, ["DELETE", "POST"]);
    // Driven at the edges: the comparison says when, the house goes there.
    for (minute, inside) in [(60, true), (300, false)] {
        let again = house.compare_person(MIRA).again_at.expect("there is an edge ahead");
        assert_eq!(again, crate::house::at(minute));
        house.go_to(minute);
        house.settle(MIRA).await.expect("nothing is in the way");
        assert_eq!(house.may_open(MIRA, &building.front, minute), inside);
    }
    assert!(house.stage.rows_of(MIRA).is_empty());
}

#[tokio::test]
async fn a_row_without_its_dates_that_cannot_be_removed_is_known_as_ours_and_goes_next() {
    let (mut house, _) = house(|switches| switches.drop_window_on_create = true).await;
    let building = house.building();
    house.want(MIRA, &building.members, &[w(60, 300)]);
    house.stage.disturb(At::Take, How::Broken, 1);
    house.settle(MIRA).await.expect("the second try removes it");
    assert_eq!(house.outcomes, [Outcome::WindowsDropped, Outcome::Done]);
    assert!(house.stage.rows_of(MIRA).is_empty());
}

#[tokio::test]
async fn a_row_without_its_dates_whose_answer_was_lost_is_found_and_removed() {
    let (mut house, _) = house(|switches| switches.drop_window_on_create = true).await;
    let building = house.building();
    house.want(MIRA, &building.members, &[w(60, 300)]);
    house.stage.disturb(At::Give, How::LostAfter, 1);
    house.settle(MIRA).await.unwrap_err();
    assert!(
        house.may_open(MIRA, &building.front, 0),
        "the door is open to her, and nobody knows yet"
    );
    house.settle(MIRA).await.expect("looking finds it");
    assert!(house.stage.rows_of(MIRA).is_empty());
    assert_eq!(house.learned.keeps_windows, Some(false));
}

#[tokio::test]
async fn an_account_that_moves_windows_is_asked_for_proof_once() {
    let (mut house, sim) = house(|_| {}).await;
    let building = house.building();
    house.give(MIRA, &building.members, &[w(60, 300)]).await;
    house.want(MIRA, &building.members, &[w(60, 310)]);
    assert_eq!(house.calls_of_settling(MIRA).await, (2, 1), "a move and a look");
    assert_eq!(house.learned.moves_windows, Some(true));
    house.want(MIRA, &building.members, &[w(70, 310)]);
    assert_eq!(house.calls_of_settling(MIRA).await, (1, 1));
    assert_eq!(sim.calls()[0].method, "PATCH");
}

#[tokio::test]
async fn a_proof_that_does_not_come_is_asked_for_again() {
    let (mut house, _) = house(|_| {}).await;
    let building = house.building();
    house.give(MIRA, &building.members, &[w(60, 300)]).await;
    house.want(MIRA, &building.members, &[w(60, 200)]);
    house.stage.disturb(At::LookAtRow, How::Broken, 1);
    let trouble = house.settle(MIRA).await.unwrap_err();
    assert!(trouble.unknown, "moved, but whether it held nobody saw");
    house.settle(MIRA).await.expect("the vendor is calm again");
    house.lets_in_exactly(MIRA, &building.front, 60, 200);
    assert_eq!(house.stage.rows_of(MIRA).len(), 1);
}

#[tokio::test]
async fn an_account_that_ignores_or_refuses_moves_gets_a_new_row_before_the_old_one_goes() {
    for patch in [PatchWindow::Ignore, PatchWindow::Refuse] {
        let (mut house, sim) = house(|switches| switches.patch_window = patch).await;
        let building = house.building();
        house.give(MIRA, &building.members, &[w(-10, 300)]).await;
        house.give(MIRA, &building.members, &[w(-10, 400)]).await;
        assert_eq!(house.learned.moves_windows, Some(false), "{patch:?}");
        assert_eq!(house.stage.rows_of(MIRA).len(), 1);
        assert!(house.may_open(MIRA, &building.front, 399) && !house.may_open(MIRA, &building.front, 400));
        house.want(MIRA, &building.members, &[w(-10, 500)]);
        assert_eq!(house.calls_of_settling(MIRA).await, (2, 2), "no more trying");
        let methods: Vec<_> = sim.calls().iter().map(|call| call.method.clone()).collect();
        assert_eq!(methods, ["POST", "DELETE"], "she is never outside in between");
        house.give(MIRA, &building.members, &[]).await;
        assert!(house.stage.rows_of(MIRA).is_empty());
    }
}

#[tokio::test]
async fn a_replacement_without_group_or_person_is_understood() {
    let (mut house, _) = house(|switches| switches.patch_window = PatchWindow::Refuse).await;
    let building = house.building();
    house.give(MIRA, &building.members, &[w(60, 300)]).await;
    house.give(MIRA, &building.members, &[w(60, 310)]).await;
    house.stage.delete_person(MIRA);
    house.give(MIRA, &building.members, &[w(60, 320)]).await;
    house.lets_in_exactly(MIRA, &building.front, 60, 320);
    house.stage.delete_group(&building.members);
    house.want(MIRA, &building.members, &[w(60, 330)]);
    assert_eq!(house.settle(MIRA).await.unwrap_err().kind, Kind::GroupGone);
}

#[tokio::test]
async fn a_replacement_that_stops_half_way_is_completed() {
    let (mut house, _) = house(|switches| switches.patch_window = PatchWindow::Refuse).await;
    let building = house.building();
    house.give(MIRA, &building.members, &[w(-10, 300)]).await;
    house.want(MIRA, &building.members, &[w(-10, 200)]);
    house.stage.disturb(At::Take, How::Broken, 1);
    let trouble = house.settle(MIRA).await.unwrap_err();
    assert!(trouble.unknown, "the new row is there, the old one too");
    assert_eq!(house.stage.rows_of(MIRA).len(), 2);
    house.settle(MIRA).await.expect("the vendor is calm again");
    assert_eq!(house.stage.rows_of(MIRA).len(), 1);
    assert!(house.may_open(MIRA, &building.front, 199) && !house.may_open(MIRA, &building.front, 200));
}

#[tokio::test]
async fn an_account_with_one_row_per_person_and_group_holds_the_current_or_next_window() {
    for duplicates in [Duplicates::Conflict, Duplicates::Unprocessable] {
        let (mut house, _) = house(|switches| switches.duplicate_assignments = duplicates).await;
        let building = house.building();
        house.give(MIRA, &building.members, &[w(60, 120), w(240, 300)]).await;
        assert_eq!(house.learned.several_rows, Some(false), "{duplicates:?}");
        assert!(house.outcomes.contains(&Outcome::OneRowOnly));
        house.lets_in_exactly(MIRA, &building.front, 60, 120);
        let again = house.compare_person(MIRA).again_at.expect("the next window follows");
        assert_eq!(again, crate::house::at(120));
        house.go_to(120);
        house.settle(MIRA).await.expect("nothing is in the way");
        house.lets_in_exactly(MIRA, &building.front, 240, 300);
        assert_eq!(house.stage.rows_of(MIRA).len(), 1);
    }
}

#[tokio::test]
async fn where_neither_moves_nor_second_rows_work_the_old_row_goes_first() {
    let (mut house, _) = house(|switches| {
        switches.duplicate_assignments = Duplicates::Conflict;
        switches.patch_window = PatchWindow::Ignore;
    })
    .await;
    let building = house.building();
    house.give(MIRA, &building.members, &[w(60, 120)]).await;
    house.give(MIRA, &building.members, &[w(60, 200)]).await;
    house.lets_in_exactly(MIRA, &building.front, 60, 200);
    // And when the new row cannot be made at once, she is not forgotten.
    house.want(MIRA, &building.members, &[w(60, 220)]);
    house.stage.disturb(At::Give, How::Broken, 2);
    house.settle(MIRA).await.unwrap_err();
    assert!(house.stage.rows_of(MIRA).len() <= 1);
    for _ in 0..2 {
        drop(house.settle(MIRA).await);
    }
    house.settle(MIRA).await.expect("the vendor is calm again");
    house.lets_in_exactly(MIRA, &building.front, 60, 220);
    assert_eq!(house.stage.rows_of(MIRA).len(), 1);
}

#[tokio::test]
async fn where_a_second_row_is_refused_a_row_made_by_hand_stands_and_is_never_touched() {
    let (mut house, _) = house(|switches| switches.duplicate_assignments = Duplicates::Unprocessable).await;
    let building = house.building();
    house.stage.add_person(MIRA);
    let by_hand = house.stage.put_by_hand(MIRA, &building.members, Window::ALWAYS);
    house.give(MIRA, &building.members, &[w(60, 120)]).await;
    assert_eq!(house.outcomes, [Outcome::ForeignStands]);
    house.round().await.expect("the vendor answers");
    house.give(MIRA, &building.members, &[]).await;
    assert_eq!(
        house.outcomes,
        [Outcome::ForeignStands],
        "known now, so nothing more is tried"
    );
    assert_eq!(house.stage.rows_of(MIRA)[0].external, by_hand);
}

#[tokio::test]
async fn an_account_that_takes_only_the_older_form_is_spoken_to_in_it_from_then_on() {
    let (mut house, _) = house(|switches| switches.create_form = CreateForm::LegacyOnly).await;
    let building = house.building();
    house.give(MIRA, &building.members, &[w(60, 300)]).await;
    assert_eq!(house.learned.older_form, Some(true));
    house.lets_in_exactly(MIRA, &building.front, 60, 300);
    house.want(MIRA, &building.room, &[w(60, 300)]);
    assert_eq!(house.calls_of_settling(MIRA).await, (1, 1));
}

#[tokio::test]
async fn times_with_another_offset_are_the_same_times() {
    let (mut house, _) = house(|switches| switches.timestamps = Timestamps::PlusOne).await;
    let building = house.building();
    house.give(MIRA, &building.members, &[w(60, 300)]).await;
    house.stage.forget_calls();
    assert_eq!(house.round().await.expect("the vendor answers"), []);
    assert_eq!(house.stage.calls().1, 0);
    house.lets_in_exactly(MIRA, &building.front, 60, 300);
}

#[tokio::test]
async fn rows_left_behind_by_a_deleted_group_are_in_nobodys_way() {
    let (mut house, _) = house(|switches| switches.group_delete = GroupDelete::Keep).await;
    let building = house.building();
    house.give(MIRA, &building.room, &[w(60, 300)]).await;
    house.stage.delete_group(&building.room);
    house.round().await.expect("the vendor answers");
    house.round().await.expect("and there is no loop");
    assert!(!house.may_open(MIRA, &building.room_door, 100));
}

#[tokio::test]
async fn a_burst_of_changes_keeps_the_permitted_rate_and_never_meets_a_429() {
    let (mut house, sim) = house(|switches| switches.rate_limits = RateLimits::RealTime).await;
    let stage = house.stage.kisi();
    let connectors = connectors(&sim, 5);
    let secret = stage.login.secret.clone();
    house.connector = connectors
        .connector(
            "kisi",
            &connectors::Login::passing(&*stage.login.account, secret),
            Some(&stage.building.site),
        )
        .expect("Kisi has a connector");
    let building = house.building();
    let windows: Vec<Window> = (0..12).map(|n| w(100 + n * 60, 130 + n * 60)).collect();
    let began = tokio::time::Instant::now();
    house.give(MIRA, &building.room, &windows).await;
    assert!(sim.calls().iter().all(|call| call.status != 429));
    // Two calls to meet her and twelve rows: two full seconds after the first five.
    let took = began.elapsed().as_millis();
    assert!((2_000..15_000).contains(&took), "{took} ms");
}

#[tokio::test]
async fn a_person_is_made_as_a_managed_user_who_gets_no_mail() {
    let (mut house, sim) = house(|_| {}).await;
    let building = house.building();
    house.give(MIRA, &building.members, &[since(-10)]).await;
    let user = sim
        .users()
        .into_iter()
        .find(|user| user.email == MIRA)
        .expect("she was made");
    assert!(user.confirmed && !user.send_emails);
    assert_eq!(
        user.metadata.get("managed_by").and_then(|by| by.as_str()),
        Some("vestibule")
    );
    let posted = sim.assignments();
    assert!(posted.iter().all(|row| row.role == "group_basic"));
}

#[tokio::test]
async fn users_are_never_deleted_and_managers_never_touched() {
    let (mut house, sim) = house(|_| {}).await;
    let building = house.building();
    house.give(MIRA, &building.members, &[since(-10)]).await;
    house.give(MIRA, &building.members, &[]).await;
    assert!(sim.users().iter().any(|user| user.email == MIRA));
    assert!(
        sim.calls()
            .iter()
            .all(|call| !(call.method == "DELETE" && call.path.starts_with("/users")))
    );
}

#[tokio::test]
async fn each_restriction_that_breaks_the_access_page_is_told_in_words() {
    let (mut house, sim) = house(|_| {}).await;
    let building = house.building();
    assert!(sim.set_group(number(&building.members), |group| {
        group.login_enabled = false;
        group.reader_restriction_enabled = true;
        group.geofence_restriction_enabled = true;
        group.primary_device_restriction_enabled = true;
        group.managed_device_restriction_enabled = true;
        group.tap_to_access_restriction_enabled = true;
    }));
    assert!(sim.set_lock(number(&building.front), |lock| {
        lock.reader_restriction_enabled = true;
        lock.configured = false;
        lock.locked_down = true;
        lock.online = Some(false);
    }));
    let notes = house.round().await.expect("the vendor answers");
    assert_eq!(notes.len(), 8, "six of the group and two of the door: {notes:?}");
    let seen = house.connector.observe(&[]).await.expect("the vendor answers");
    let front = seen
        .locks
        .iter()
        .find(|lock| lock.external == building.front)
        .expect("it is listed");
    assert!(front.locked_down && front.online == Some(false));
}

#[tokio::test]
async fn a_reading_of_hundreds_of_rows_is_whole() {
    let (mut house, sim) = house(|_| {}).await;
    let building = house.building();
    for n in 0..260 {
        let user = sim.add_user(&format!("p{n}@example.org"), "Somebody", true);
        sim.foreign_assignment(user, number(&building.members), None, None);
    }
    let seen = house
        .connector
        .observe(std::slice::from_ref(&building.members))
        .await
        .expect("the vendor answers");
    assert!(seen.complete);
    assert_eq!((seen.rows.len(), seen.holders.len()), (260, 260));
    house.give(MIRA, &building.members, &[w(60, 300)]).await;
    house.round().await.expect("the vendor answers");
    assert_eq!(sim.assignments().len(), 261);
}

#[tokio::test]
async fn an_owner_who_lost_their_rights_is_told_from_a_dead_key() {
    let (mut house, sim) = house(|_| {}).await;
    let building = house.building();
    house.want(MIRA, &building.members, &[w(60, 300)]);
    sim.seed_org("harbor-works", "new-owner@harbor.example", "another password");
    let trouble = house.settle(MIRA).await.unwrap_err();
    assert_eq!((trouble.kind, trouble.passes()), (Kind::Forbidden, false));
}
