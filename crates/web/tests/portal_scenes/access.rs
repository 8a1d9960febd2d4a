//! The Access page: doors to press, what opens later, why nothing does.

use access::facts::*;
use access::vendor::{OpenRefusal, Opened};

use crate::world::World;

#[tokio::test]
async fn a_subscriber_sees_their_door_and_opens_it() {
    let world = World::open().await;
    let (ana, phone) = world.member("Ana").await;
    world.subscribe(ana, "2026-03-01", None).await;
    let page = phone.get("/access").await;
    page.must_say("Good morning, Ana");
    page.must_say("Pier 3 · Mon 2 March");
    page.must_say("Front door");
    page.must_not_say("Room Lagoon");

    let door = world.door("Front door").await;
    let answer = phone.press(&format!("/access/{door}/open")).await;
    assert_eq!(answer.status, 200);
    answer.must_say("Opened");
    answer.must_say("Open. Push the door now.");
    assert_eq!(world.presses.lock().unwrap()[0].person, ana);
    let rest = phone.get(&format!("/access/{door}")).await;
    assert!(rest.body.contains("class=\"door\""));
    // No worker runs here, so the vendor has acknowledged nothing yet; the page says so and lets them try.
    rest.must_say("Your access is on its way to this door.");
}

#[tokio::test]
async fn without_script_a_press_comes_back_to_the_page_with_a_message() {
    let world = World::open().await;
    let (ana, phone) = world.member("Ana").await;
    world.subscribe(ana, "2026-03-01", None).await;
    let door = world.door("Front door").await;
    let page = phone.post_and_follow(&format!("/access/{door}/open"), &[]).await;
    page.must_say("Open. Push the door now.");
    assert_eq!(world.pressed(), 1);
}

#[tokio::test]
async fn a_refusal_is_told_plainly_and_an_unknown_outcome_as_unknown() {
    let world = World::open().await;
    let (ana, phone) = world.member("Ana").await;
    world.subscribe(ana, "2026-03-01", None).await;
    let path = format!("/access/{}/open", world.door("Front door").await);

    *world.answer.lock().unwrap() = Opened::Refused {
        why: OpenRefusal::Unconfirmed,
        vendor_says: "You have to confirm".into(),
    };
    let refused = phone.press(&path).await;
    refused.must_say("Not opened. Your e-mail address still waits for your confirmation.");
    assert!(refused.body.contains("data-state=\"refused\""));
    refused.must_not_say("You have to confirm");

    *world.answer.lock().unwrap() = Opened::Unknown;
    let unknown = phone.press(&path).await;
    unknown.must_say("may have opened");
    assert!(unknown.body.contains("data-state=\"attention\""));
    assert_eq!(world.pressed(), 2, "each press asks once");
}

#[tokio::test]
async fn a_press_is_decided_anew_whatever_the_page_showed() {
    let world = World::open().await;
    let (ana, phone) = world.member("Ana").await;
    world.subscribe(ana, "2026-03-01", Some("2026-03-02")).await;
    let path = format!("/access/{}/open", world.door("Front door").await);
    assert!(phone.get("/access").await.says("until tomorrow 00:00"));
    world.at("2026-03-02T23:00:00Z");
    let refused = phone.press(&path).await;
    refused.must_say("Not opened. You could come in by the plan Flex desk, until today 00:00.");
    assert_eq!(world.pressed(), 0, "the vendor was not asked");
    let mut tx = world.store.read().await.unwrap();
    let kept = store::door_event::of_person(&mut tx, world.network, ana, &store::Page::default())
        .await
        .unwrap();
    let kinds: Vec<_> = kept.rows.iter().map(|event| event.kind).collect();
    assert_eq!(
        kinds,
        [store::door_event::DoorEventKind::Refused],
        "the press is kept all the same"
    );
}

#[tokio::test]
async fn a_door_of_others_is_not_found() {
    let world = World::open().await;
    let (_, phone) = world.member("Ana").await;
    let path = format!("/access/{}/open", world.door("Front door").await);
    assert_eq!(phone.press(&path).await.status, 404);
    assert_eq!(phone.press("/access/doo_nonsense/open").await.status, 404);
    assert_eq!(world.pressed(), 0);
}

#[tokio::test]
async fn who_holds_nothing_is_told_what_to_do() {
    let world = World::open().await;
    let (_, phone) = world.member("Ana").await;
    let page = phone.get("/access").await;
    page.must_say("No door opens for you now");
    page.must_say("Nothing you hold opens a door. Book a room or a desk");
    page.must_not_say("Opens later");
}

#[tokio::test]
async fn what_starts_later_and_what_ended_are_told_apart() {
    let world = World::open().await;
    let (ana, phone) = world.member("Ana").await;
    world.subscribe(ana, "2026-03-04", None).await;
    let page = phone.get("/access").await;
    page.must_say("Opens later");
    page.must_say("Your plan Flex desk Wed 4 March 00:00");
    page.must_say("Opens from Wed 4 March 00:00. Your plan Flex desk.");

    let (bob, phone) = world.member("Bob").await;
    world.subscribe(bob, "2026-02-01", Some("2026-03-01")).await;
    phone
        .get("/access")
        .await
        .must_say("You could come in by the plan Flex desk, until today 00:00.");
}

#[tokio::test]
async fn a_suspended_person_reads_that_and_nothing_else() {
    let world = World::open().await;
    let (ana, _) = world.member("Ana").await;
    world.subscribe(ana, "2026-03-01", None).await;
    let mut tx = world.store.write().await.unwrap();
    store::person::set_state(&mut tx, &world.act(), ana, PersonState::Suspended)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let phone = world.sign_in(ana).await;
    let page = phone.get("/access").await;
    page.must_say("Your access is suspended at the moment.");
    page.must_not_say("Front door");
}

#[tokio::test]
async fn visibility_decides_who_gets_buttons() {
    let world = World::open().await;
    let mut tx = world.store.write().await.unwrap();
    let details = store::integration::read(&mut tx, world.network, world.integration)
        .await
        .unwrap()
        .details;
    let details = store::integration::Details {
        visibility: Visibility::Members,
        ..details
    };
    store::integration::change(&mut tx, &world.act(), world.integration, &details)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let guest = world.person("Guest", MembershipKind::Nonmember).await;
    world.subscribe(guest, "2026-03-01", None).await;
    let phone = world.sign_in(guest).await;
    let page = phone.get("/access").await;
    page.must_say("Open to you, but not from this page");
    page.must_say("Doors of this place are not opened from this page.");
    let path = format!("/access/{}/open", world.door("Front door").await);
    phone
        .press(&path)
        .await
        .must_say("Not opened. Doors of this place are not opened from this page.");
    assert_eq!(world.pressed(), 0);

    let (ana, phone) = world.member("Ana").await;
    world.subscribe(ana, "2026-03-01", None).await;
    phone.get("/access").await.must_not_say("not from this page");
}

#[tokio::test]
async fn the_live_part_is_sent_only_when_it_looks_different() {
    let world = World::open().await;
    let (ana, phone) = world.member("Ana").await;
    let page = phone.get("/access").await;
    let (_, after) = page
        .body
        .split_once("name=\"have\" value=\"")
        .expect("the live part says what it has");
    let have: String = after.chars().take_while(|letter| *letter != '"').collect();
    let path = format!("/access/now?have={have}");
    assert_eq!(phone.get(&path).await.status, 204);
    world.subscribe(ana, "2026-03-01", None).await;
    let part = phone.get(&path).await;
    assert_eq!(part.status, 200);
    part.must_say("Front door");
    assert!(!part.body.contains("<html"));
}

#[tokio::test]
async fn nobody_signed_in_is_sent_to_sign_in() {
    let world = World::open().await;
    let stranger = crate::actor::Actor::new(&world.url, "nothing");
    let page = stranger.get("/access").await;
    assert_eq!(page.status, 303);
    assert!(page.to().starts_with("/sign-in?next="), "{}", page.to());
}
