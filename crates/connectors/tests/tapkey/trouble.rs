//! What goes wrong (§5, §6, §8; §10.4 no. 9, 10, 14 and 15): each in the kind that decides what happens next.

use access::change::Note;
use access::vendor::{OpenRefusal, Opened};
use connectors::Kind;
use simulators::fault::{Fault, RetryAfter, Trouble};
use simulators::tapkey::switches::ForbiddenOr401;

use crate::kit::*;

#[tokio::test]
async fn a_full_plan_is_said_and_everybody_who_is_in_stays_in() {
    let mut desk = Desk::open().await;
    desk.sim.set_switches(|switches| switches.smartphone_quota = 2);
    let alder = lock(&desk.seed.alder);
    desk.hold("first@example.org", &alder, &[w(30, 270)]).await.unwrap();
    // A stranger of another app has taken the other place.
    let trouble = desk.hold(MARA, &alder, &[w(30, 270)]).await.unwrap_err();
    assert_eq!(trouble.kind, Kind::NoSeats);
    assert!(
        !trouble.passes() && !trouble.unknown && trouble.say.contains("plan"),
        "{trouble}"
    );
    desk.hold("first@example.org", &alder, &[w(30, 300)]).await.unwrap();
    desk.sim.set_switches(|switches| switches.smartphone_quota = 3);
    desk.settle(MARA).await.unwrap();
    assert_eq!(desk.live(MARA).len(), 1);
}

#[tokio::test]
async fn too_many_calls_are_waited_out() {
    let mut desk = Desk::open().await;
    let alder = lock(&desk.seed.alder);
    let too_many = Trouble::TooMany {
        retry_after: Some(RetryAfter::Seconds(30)),
    };
    desk.sim
        .faults()
        .add(Fault::on("PUT /api/v1/Owners/*/Grants", too_many).times(1));
    let trouble = desk.hold(MARA, &alder, &[w(30, 270)]).await.unwrap_err();
    assert_eq!(trouble.kind, Kind::Limited { retry_after_ms: 30_000 });
    assert!(!trouble.unknown);
    let calls = desk.sim.calls().len();
    assert!(matches!(
        desk.settle(MARA).await.unwrap_err().kind,
        Kind::Limited { .. }
    ));
    assert_eq!(desk.sim.calls().len(), calls, "nothing is sent during the pause");
}

#[tokio::test]
async fn a_broken_tapkey_is_tried_again() {
    let mut desk = Desk::open().await;
    let alder = lock(&desk.seed.alder);
    let broken = Trouble::Status { status: 500 };
    desk.sim
        .faults()
        .add(Fault::on("PUT /api/v1/Owners/*/Grants", broken).times(3));
    for _ in 0..3 {
        let trouble = desk.hold(MARA, &alder, &[w(30, 270)]).await.unwrap_err();
        assert!(trouble.kind == Kind::VendorDown && trouble.unknown, "{trouble:?}");
    }
    desk.settle(MARA).await.unwrap();
    assert_eq!(desk.live(MARA).len(), 1);
}

#[tokio::test]
async fn a_page_for_people_is_no_answer() {
    let mut desk = Desk::open().await;
    let alder = lock(&desk.seed.alder);
    desk.hold(MARA, &alder, &[w(30, 270)]).await.unwrap();
    for status in [200, 404] {
        let page = Fault::on("POST /api/v1/Owners/*/Grants", Trouble::HtmlPage { status }).times(1);
        desk.sim.faults().add(page);
        let trouble = desk.hold(MARA, &alder, &[]).await.unwrap_err();
        assert!(
            trouble.kind == Kind::Nonsense && trouble.unknown,
            "{status}: {trouble:?}"
        );
        assert_eq!(desk.live(MARA).len(), 1, "and it is not taken for gone");
    }
}

#[tokio::test]
async fn a_scope_that_is_too_small_is_told_from_a_dead_login() {
    let mut desk = Desk::open_with(|settings| settings.scope = settings.scope.replace("write:grants ", "")).await;
    let trouble = desk
        .hold(MARA, &lock(&desk.seed.alder.clone()), &[w(30, 270)])
        .await
        .unwrap_err();
    assert_eq!(trouble.kind, Kind::Forbidden);
    assert!(trouble.say.contains("permission") && !trouble.unknown, "{trouble}");
    desk.connector.check().await.unwrap();
}

#[tokio::test]
async fn a_lost_role_is_told_from_a_dead_login_whatever_the_status() {
    for status in [ForbiddenOr401::Forbidden, ForbiddenOr401::Unauthorized] {
        let mut desk = Desk::open().await;
        desk.sim.set_switches(|switches| switches.foreign_owner = status);
        let service = format!("{}@service.tapkey.example", desk.seed.service_client);
        desk.sim.remove_admin(&desk.seed.harbour_loft, &service);
        let alder = lock(&desk.seed.alder);
        let trouble = desk.hold(MARA, &alder, &[w(30, 270)]).await.unwrap_err();
        assert_eq!(trouble.kind, Kind::Forbidden, "{status:?}");
        let trouble = desk.connector.check().await.unwrap_err();
        assert!(
            trouble.kind == Kind::Forbidden && trouble.say.contains("administrator"),
            "{trouble}"
        );
    }
}

#[tokio::test]
async fn somebody_who_changes_the_address_in_the_app_keeps_their_access() {
    let mut desk = Desk::open().await;
    let alder = desk.seed.alder.clone();
    desk.hold(MARA, &lock(&alder), &[w(30, 270)]).await.unwrap();
    let contact = desk.journal[0].external_holder.clone();
    assert!(desk.sim.change_email(&contact, "mara@new.example"));
    desk.sim.clear_calls();
    desk.new_stretch();
    assert_eq!(desk.round().await.unwrap(), []);
    assert_eq!(desk.writes(), 0, "the contact is the key, not the address");
    desk.lets_in_exactly("mara@new.example", &alder, 30, 270);
    desk.hold(MARA, &lock(&alder), &[w(30, 300)]).await.unwrap();
    desk.lets_in_exactly("mara@new.example", &alder, 30, 300);
}

#[tokio::test]
async fn a_contact_deleted_at_tapkey_is_made_anew() {
    let mut desk = Desk::open().await;
    let (alder, birch) = (desk.seed.alder.clone(), desk.seed.birch.clone());
    desk.hold(MARA, &lock(&alder), &[w(30, 270)]).await.unwrap();
    desk.sim.delete_contact(&desk.journal[0].external_holder.clone());
    desk.hold(MARA, &lock(&birch), &[w(30, 270)]).await.unwrap();
    desk.lets_in_exactly(MARA, &birch, 30, 270);
    desk.hold(MARA, &lock(&alder), &[w(30, 300)]).await.unwrap();
    desk.lets_in_exactly(MARA, &alder, 30, 300);
    assert_eq!(
        desk.sim
            .contacts()
            .iter()
            .filter(|contact| contact.email == MARA)
            .count(),
        1
    );
}

#[tokio::test]
async fn a_lock_that_was_bound_anew_is_another_group_and_the_old_one_is_named_gone() {
    let mut desk = Desk::open().await;
    let alder = desk.seed.alder.clone();
    desk.hold(MARA, &lock(&alder), &[w(30, 270)]).await.unwrap();
    let fresh = desk.sim.rebind_lock(&alder).unwrap();
    let trouble = desk
        .hold("other@example.org", &lock(&alder), &[w(30, 270)])
        .await
        .unwrap_err();
    assert_eq!(trouble.kind, Kind::GroupGone);
    let notes = desk.round().await.unwrap();
    let group = group_id(&lock(&alder));
    assert_eq!(notes, [Note::GroupGone { group }]);
    let seen = desk.connector.observe(&[]).await.unwrap();
    let named = seen.groups.iter().find(|group| group.external == lock(&fresh)).unwrap();
    assert_eq!(named.name, "Room Alder");
}

#[tokio::test]
async fn a_company_of_thirty_stays_within_the_limit_and_is_served() {
    let mut desk = Desk::open_with(|settings| settings.calls_per_s = 20).await;
    // The twin fills its bucket by its own measure; a whole one is there when the company comes.
    desk.sim.set_switches(|switches| switches.rate_limit_per_s = 20);
    let front = lock(&desk.seed.front_door);
    for n in 0..30 {
        desk.hold(&format!("p{n}@example.org"), &front, &[since(0)])
            .await
            .unwrap();
    }
    assert!(desk.sim.calls().iter().all(|call| call.status != 429));
    assert_eq!(desk.writes(), 60);
}

#[tokio::test]
async fn no_door_opens_from_afar() {
    let desk = Desk::open().await;
    let opened = desk
        .connector
        .open(&desk.seed.front_door, MARA, &mut None, desk.now)
        .await;
    assert!(matches!(
        opened,
        Opened::Refused {
            why: OpenRefusal::TapOnly,
            ..
        }
    ));
    assert!(desk.sim.calls().is_empty());
}
