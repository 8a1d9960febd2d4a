//! Somebody changes things at the vendor: groups go, strangers come, keys stop working.

use access::change::Note;
use access::facts::IntegrationState;
use simulators::kisi::switches::GroupDelete;
use suite::House;

#[tokio::test]
async fn a_group_deleted_at_the_vendor_is_a_finding_and_another_group_mends_it() {
    deleted_and_remapped(GroupDelete::Cascade).await;
}

#[tokio::test]
async fn a_group_deleted_at_a_vendor_that_keeps_its_rows_is_mended_the_same_way() {
    deleted_and_remapped(GroupDelete::Keep).await;
}

async fn deleted_and_remapped(rows: GroupDelete) {
    let house = House::open().await;
    house.sim().set_switches(|switches| switches.group_delete = rows);
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    let members = house.groups(&["Members"]).await[0];
    assert!(house.sim().delete_group(house.group("Members")));
    house.compare_now().await;
    assert!(house.findings().await.contains(&Note::GroupGone { group: members }));
    assert!(!house.may_open("Mira", "Front door"));
    house
        .sim()
        .add_group(Some(house.place()), "Members 2026", &[house.lock("Front door")]);
    house.compare_now().await;
    house.plan("Flex desk", &["Members 2026"]).await;
    assert!(house.may_open("Mira", "Front door"));
    house.compare_now().await;
    assert!(!house.findings().await.contains(&Note::GroupGone { group: members }));
    house.suspend("Mira").await;
    assert!(!house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn a_group_found_gone_while_granting_is_read_anew_and_becomes_a_finding() {
    let house = House::open().await;
    let members = house.groups(&["Members"]).await[0];
    assert!(house.sim().delete_group(house.group("Members")));
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    assert!(house.findings().await.contains(&Note::GroupGone { group: members }));
    assert!(!house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn somebody_put_into_a_group_by_hand_is_noted_and_never_touched() {
    let house = House::open().await;
    let stranger = house.sim().add_user("cleaner@harbor.example", "Cleaner", true);
    let row = house
        .sim()
        .foreign_assignment(stranger, house.group("Members"), None, None);
    house.compare_now().await;
    let foreign = |note: &Note| matches!(note, Note::ForeignMember { email, .. } if email == "cleaner@harbor.example");
    assert!(house.findings().await.iter().any(foreign));
    house.plan("Flex desk", &["Garage"]).await;
    house.compare_now().await;
    assert!(house.sim().assignments().iter().any(|known| known.id == row));
    assert!(
        house
            .sim()
            .may_open("cleaner@harbor.example", house.lock("Front door"))
            .is_ok()
    );
}

#[tokio::test]
async fn a_row_deleted_by_hand_at_the_vendor_is_put_back_by_the_next_comparison() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    assert!(house.sim().delete_assignment(house.rows("Mira")[0].id));
    assert!(!house.may_open("Mira", "Front door"));
    house.clock_to("09:45").await;
    assert!(house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn a_key_that_stops_working_asks_for_a_sign_in_and_everything_follows_after_it() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    for login in house.sim().logins() {
        assert!(house.sim().delete_login(login.id));
    }
    house.book("Lagoon", "Jonas", "10:00", "12:00").await;
    assert_eq!(house.integration_state().await, IntegrationState::NeedsSignIn);
    assert!(house.findings().await.contains(&Note::SignInNeeded));
    house.suspend("Mira").await;
    assert!(
        house.may_open("Mira", "Front door"),
        "without a key nothing can be told"
    );
    house.sign_in_again().await;
    assert_eq!(house.integration_state().await, IntegrationState::Connected);
    assert!(!house.findings().await.contains(&Note::SignInNeeded));
    assert!(!house.may_open("Mira", "Front door"));
    house.clock_to("09:30").await;
    assert!(house.may_open("Jonas", "Room Lagoon"));
}

#[tokio::test]
async fn a_restriction_that_breaks_the_access_page_is_a_finding() {
    let house = House::open().await;
    assert!(
        house
            .sim()
            .set_group(house.group("Members"), |group| group.login_enabled = false)
    );
    assert!(
        house
            .sim()
            .set_lock(house.lock("Front door"), |lock| lock.reader_restriction_enabled = true)
    );
    house.compare_now().await;
    let findings = house.findings().await;
    assert!(
        findings
            .iter()
            .any(|note| matches!(note, Note::GroupRestriction { .. })),
        "{findings:?}"
    );
    assert!(
        findings.iter().any(|note| matches!(note, Note::DoorRestriction { .. })),
        "{findings:?}"
    );
}
