//! Leaving a vendor, each way (P-37).

use access::facts::IntegrationState;
use simulators::kisi::LoginKind;
use suite::House;

#[tokio::test]
async fn disconnecting_can_leave_what_was_granted_until_its_real_end() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house
        .subscribe("Ada", "Flex desk", "2026-03-01", Some("2026-04-30"))
        .await;
    house.book("Lagoon", "Jonas", "12:00", "13:00").await;
    house.disconnect("leave").await;
    assert_eq!(house.integration_state().await, IntegrationState::Disconnected);
    house.subscribe("Nils", "Flex desk", "2026-03-01", None).await;
    assert!(api_logins(&house).is_empty(), "our key is deleted");
    assert!(house.rows("Nils").is_empty(), "nothing new is granted");
    house.lets_in_exactly("Jonas", "Room Lagoon", "11:30", "13:30").await;
    // Far behind the lease of two weeks, and with nobody who renews it.
    house.clock_to("2026-04-30 23:59").await;
    assert!(house.may_open("Mira", "Front door") && house.may_open("Ada", "Front door"));
    house.clock_to("2026-05-01 00:00").await;
    assert!(house.may_open("Mira", "Front door"), "what has no end stays");
    assert!(!house.may_open("Ada", "Front door"), "what has an end ends");
}

#[tokio::test]
async fn leaving_waits_for_a_vendor_that_is_down_and_one_may_think_again_meanwhile() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.vendor_goes_down();
    house.disconnect("leave").await;
    assert_eq!(house.integration_state().await, IntegrationState::Leaving);
    house.vendor_comes_back();
    house.clock_to("10:00").await;
    assert_eq!(house.integration_state().await, IntegrationState::Disconnected);
    house.clock_to("2026-04-30 12:00").await;
    assert!(house.may_open("Mira", "Front door"));

    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.vendor_goes_down();
    house.disconnect("leave").await;
    house.disconnect("revoke").await;
    house.vendor_comes_back();
    house.clock_to("10:00").await;
    assert_eq!(house.integration_state().await, IntegrationState::Disconnected);
    assert!(!house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn after_disconnecting_windows_run_out_since_nothing_is_renewed() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.book("Lagoon", "Jonas", "12:00", "13:00").await;
    house.disconnect("run_out").await;
    house.lets_in_exactly("Jonas", "Room Lagoon", "11:30", "13:30").await;
    house.clock_to("2026-03-24 08:59").await;
    assert!(
        house.may_open("Mira", "Front door"),
        "the lease of two weeks still runs"
    );
    house.clock_to("2026-03-24 09:00").await;
    assert!(!house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn disconnecting_can_take_away_all_of_ours_and_nothing_of_others() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.book("Lagoon", "Jonas", "12:00", "13:00").await;
    let stranger = house.sim().add_user("cleaner@harbor.example", "Cleaner", true);
    house
        .sim()
        .foreign_assignment(stranger, house.group("Members"), None, None);
    house.disconnect("revoke").await;
    assert_eq!(house.integration_state().await, IntegrationState::Disconnected);
    assert!(house.rows("Mira").is_empty() && house.rows("Jonas").is_empty());
    assert!(api_logins(&house).is_empty(), "our key is deleted last");
    assert!(!house.may_open("Mira", "Front door"));
    assert!(
        house
            .sim()
            .may_open("cleaner@harbor.example", house.lock("Front door"))
            .is_ok()
    );
}

#[tokio::test]
async fn taking_everything_away_goes_on_after_an_outage() {
    let house = House::open().await;
    house.subscribe("Mira", "Flex desk", "2026-03-01", None).await;
    house.vendor_goes_down();
    house.disconnect("revoke").await;
    assert!(house.may_open("Mira", "Front door"), "it could not be told yet");
    house.vendor_comes_back();
    house.clock_to("10:00").await;
    assert_eq!(house.integration_state().await, IntegrationState::Disconnected);
    assert!(!house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn taking_everything_away_ends_where_nothing_was_granted() {
    let house = House::open().await;
    house.vendor_goes_down();
    house.clock_to("10:00").await;
    house.disconnect("revoke").await;
    house.vendor_comes_back();
    house.clock_to("10:30").await;
    assert_eq!(house.integration_state().await, IntegrationState::Disconnected);
    assert!(api_logins(&house).is_empty());
}

fn api_logins(house: &House) -> Vec<i64> {
    let logins = house.sim().logins().into_iter();
    logins
        .filter(|login| login.kind == LoginKind::Api)
        .map(|login| login.id)
        .collect()
}
