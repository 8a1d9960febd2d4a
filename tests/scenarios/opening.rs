//! Opening a door from the Access page: live, once, as the person (P-31, P-48).

use access::vendor::{OpenDoor, OpenRefusal, Opened};
use serde_json::json;
use simulators::fault::Trouble;
use store::door_event::DoorEventKind;
use suite::House;

fn why(opened: &Opened) -> Option<OpenRefusal> {
    match opened {
        Opened::Refused { why, .. } => Some(*why),
        Opened::Open | Opened::Unknown => None,
    }
}

fn unlock_calls(house: &House) -> usize {
    house
        .calls()
        .iter()
        .filter(|call| call.path.ends_with("/unlock"))
        .count()
}

#[tokio::test]
async fn a_member_presses_the_button_and_the_lock_is_released_at_the_vendor() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    assert_eq!(house.press("Mira", "Front door").await, Opened::Open);
    assert!(house.sim().is_unlocked(house.lock("Front door")));
    let unlock = house.sim().unlocks().pop().unwrap();
    assert_eq!(
        unlock.email,
        Some(house.email("Mira")),
        "the vendor's history names the person"
    );
}

#[tokio::test]
async fn a_phone_that_goes_away_in_the_middle_takes_nothing_back() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    let asked = OpenDoor {
        network: house.network,
        person: house.person("Mira").await,
        door: house.door("Front door").await,
    };
    let mut left = Box::pin(house.worker().open(asked));
    let begun = std::future::poll_fn(|cx| std::task::Poll::Ready(left.as_mut().poll(cx)));
    assert!(begun.await.is_pending());
    drop(left);
    house.settle().await;
    assert!(house.sim().is_unlocked(house.lock("Front door")));
    let events = house.door_events("Front door").await;
    assert_eq!((events.len(), events[0].kind), (1, DoorEventKind::Opened));
}

#[tokio::test]
async fn the_second_press_needs_one_call_only() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.press("Mira", "Front door").await;
    house.sim().clear_calls();
    house.minutes_pass(1).await;
    assert_eq!(house.press("Mira", "Front door").await, Opened::Open);
    assert_eq!(house.calls().len(), 1, "the person's login was kept");
    assert!(house.sim().is_unlocked(house.lock("Front door")));
}

#[tokio::test]
async fn before_and_after_a_booking_the_button_refuses_without_asking_the_vendor() {
    let house = House::open().await;
    house.book("Lagoon", "Mira", "12:00", "13:00").await;
    house.sim().clear_calls();
    assert_eq!(
        why(&house.press("Mira", "Room Lagoon").await),
        Some(OpenRefusal::NotYet)
    );
    house.clock_to("12:00").await;
    assert_eq!(house.press("Mira", "Room Lagoon").await, Opened::Open);
    house.clock_to("13:30").await;
    house.sim().clear_calls();
    assert_eq!(why(&house.press("Mira", "Room Lagoon").await), Some(OpenRefusal::Over));
    assert_eq!(unlock_calls(&house), 0);
    assert!(!house.sim().is_unlocked(house.lock("Room Lagoon")));
}

#[tokio::test]
async fn somebody_suspended_is_refused_even_while_the_vendor_cannot_be_told() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.vendor_goes_down();
    house.suspend("Mira").await;
    house.vendor_comes_back();
    assert_eq!(
        why(&house.press("Mira", "Front door").await),
        Some(OpenRefusal::NoAccess)
    );
    assert!(!house.sim().is_unlocked(house.lock("Front door")));
}

#[tokio::test]
async fn a_door_that_wants_the_phone_at_its_reader_says_so() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    assert!(
        house
            .sim()
            .set_lock(house.lock("Front door"), |lock| lock.reader_restriction_enabled = true)
    );
    assert_eq!(
        why(&house.press("Mira", "Front door").await),
        Some(OpenRefusal::ReaderRestriction)
    );
    assert!(!house.sim().is_unlocked(house.lock("Front door")));
}

#[tokio::test]
async fn a_door_that_is_offline_says_so() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    assert!(
        house
            .sim()
            .set_lock(house.lock("Front door"), |lock| lock.online = Some(false))
    );
    assert_eq!(
        why(&house.press("Mira", "Front door").await),
        Some(OpenRefusal::Offline)
    );
    assert!(!house.sim().is_unlocked(house.lock("Front door")));
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_said_as_unknown_and_never_asked_for_again() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.next("POST /locks/*/unlock", Trouble::ResetAfter);
    assert_eq!(house.press("Mira", "Front door").await, Opened::Unknown);
    house.minutes_pass(10).await;
    assert_eq!(unlock_calls(&house), 1);
    assert_eq!(house.door_events("Front door").await[0].kind, DoorEventKind::Unknown);
    assert_eq!(house.sim().unlocks().len(), 1, "it did open, once");
}

#[tokio::test]
async fn a_login_that_somebody_ended_is_made_anew_and_the_door_opens() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.press("Mira", "Front door").await;
    for login in house
        .sim()
        .logins()
        .into_iter()
        .filter(|login| login.email == house.email("Mira"))
    {
        assert!(house.sim().delete_login(login.id));
    }
    house.minutes_pass(1).await;
    assert_eq!(house.press("Mira", "Front door").await, Opened::Open);
    assert!(house.sim().is_unlocked(house.lock("Front door")));
}

#[tokio::test]
async fn our_own_opening_is_kept_once_although_the_vendor_tells_of_it_too() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.press("Mira", "Front door").await;
    house.minutes_pass(1).await;
    house.compare_now().await;
    house.compare_now().await;
    let events = house.door_events("Front door").await;
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0].kind, DoorEventKind::Opened);
    assert_eq!(events[0].person, Some(house.person("Mira").await));
    assert_eq!(house.sim().unlocks().len(), 1);
}

#[tokio::test]
async fn an_opening_by_card_is_read_back_once() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.opens_with_own_phone("Mira", "Front door").await;
    house.minutes_pass(1).await;
    house.compare_now().await;
    house.minutes_pass(1).await;
    house.compare_now().await;
    let events = house.door_events("Front door").await;
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0].person, Some(house.person("Mira").await));
    assert_eq!(house.sim().unlocks().len(), 1);
}

#[tokio::test]
async fn a_program_opens_for_somebody_who_may_come_in_and_is_refused_for_somebody_who_may_not() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    let path = format!("/api/v1/doors/{}/open", house.door("Front door").await);
    let mira = json!({ "person": house.person("Mira").await });
    assert_eq!(house.api("POST", &path, mira.clone()).await["outcome"], "open");
    assert!(house.sim().is_unlocked(house.lock("Front door")));
    house.minutes_pass(1).await;
    house.suspend("Mira").await;
    let refused = house.api("POST", &path, mira).await;
    assert_eq!(refused["outcome"], "refused");
    assert_eq!(refused["why"], "person_state", "{refused}");
    assert_eq!(unlock_calls(&house), 1, "the vendor was not even asked");
    assert!(!house.sim().is_unlocked(house.lock("Front door")));
}
