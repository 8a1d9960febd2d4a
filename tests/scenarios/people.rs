//! What happens to people happens to their doors: suspended, removed, renamed at the vendor (P-25).

use access::change::Note;
use simulators::fault::Trouble;
use suite::House;

#[tokio::test]
async fn a_suspended_person_is_out_at_once_and_back_when_reinstated() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.book("Lagoon", "Mira", "09:00", "12:00").await;
    house.suspend("Mira").await;
    assert!(!house.may_open("Mira", "Front door") && !house.may_open("Mira", "Room Lagoon"));
    house.reinstate("Mira").await;
    assert!(house.may_open("Mira", "Front door") && house.may_open("Mira", "Room Lagoon"));
}

#[tokio::test]
async fn a_removed_person_is_out_at_once_and_their_record_at_the_vendor_stays() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.remove("Mira").await;
    assert!(house.rows("Mira").is_empty());
    let stays = house.sim().users().iter().any(|user| user.email == house.email("Mira"));
    assert!(stays, "people's records are never deleted");
    assert!(!house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn somebody_with_a_new_address_is_let_in_under_it_and_no_longer_under_the_old_one() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.change_email("Mira", "mira.lund@harbor.example").await;
    let front = house.lock("Front door");
    assert!(house.sim().may_open("mira.lund@harbor.example", front).is_ok());
    assert!(house.rows("Mira").is_empty(), "nothing is left under the old address");
    assert!(!house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn somebody_the_vendor_has_not_confirmed_is_a_finding_until_they_are() {
    let house = House::open().await;
    let user = house.sim().add_user(&house.email("Mira"), "Mira", false);
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    let unconfirmed = Note::Unconfirmed {
        person: house.person("Mira").await,
    };
    assert!(house.findings().await.contains(&unconfirmed));
    assert!(!house.may_open("Mira", "Front door"));
    assert!(house.sim().set_user(user, |user| user.confirmed = true));
    house.compare_now().await;
    assert!(!house.findings().await.contains(&unconfirmed));
    assert!(house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn somebody_switched_off_at_the_vendor_is_a_finding() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    let user = house
        .sim()
        .users()
        .into_iter()
        .find(|user| user.email == house.email("Mira"))
        .unwrap()
        .id;
    assert!(house.sim().set_user(user, |user| user.access_enabled = false));
    house.compare_now().await;
    let off = Note::HolderDisabled {
        person: house.person("Mira").await,
    };
    assert!(house.findings().await.contains(&off));
    assert!(
        !house.may_open("Mira", "Front door"),
        "only they who switched it off may switch it on"
    );
}

#[tokio::test]
async fn somebody_the_vendor_knows_already_keeps_their_record() {
    let house = House::open().await;
    let user = house
        .sim()
        .add_user(&house.email("Mira").to_uppercase(), "Mira L.", true);
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    let records: Vec<i64> = house
        .sim()
        .users()
        .iter()
        .filter(|known| known.email.eq_ignore_ascii_case(&house.email("Mira")))
        .map(|known| known.id)
        .collect();
    assert_eq!(records, [user]);
    assert!(house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn somebody_the_vendor_refuses_is_a_finding_until_it_takes_them() {
    let house = House::open().await;
    house.next("POST /role_assignments", Trouble::Status { status: 403 });
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    let refused = |note: &Note| matches!(note, Note::Refused { .. });
    assert!(house.findings().await.iter().any(refused));
    assert!(!house.may_open("Mira", "Front door"));
    house.clock_to("09:45").await;
    assert!(
        house.may_open("Mira", "Front door"),
        "the next full comparison tries again"
    );
    assert!(!house.findings().await.iter().any(refused));
}
