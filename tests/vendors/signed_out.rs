//! The login we hold no longer works, and nobody told us: a key deleted, a password or a secret changed at the vendor. Doors stay as they are, what
//! people do here goes on, and what came of it is carried out once somebody has signed in again.

use access::change::Note;
use access::facts::IntegrationState;
use suite::House;
use suite::house::twin::{Twin, Vendor};

use crate::{at_every_vendor, doors_learn, over};

at_every_vendor! {
    nobody_loses_a_door_and_what_waits_is_carried_out_after_signing_in_again(house) {
        house.subscribe("Ada", "Flex desk", "2026-03-01", None).await;
        house.subscribe("Edith", "Flex desk", "2026-03-01", None).await;
        house.book("Lagoon", "Ada", "12:00", "13:00").await;
        doors_learn(&house).await;
        house.twin.ends_our_login();

        house.subscribe("Grace", "Flex desk", "2026-03-10", None).await;
        assert_eq!(house.integration_state().await, IntegrationState::NeedsSignIn);
        assert!(house.findings().await.contains(&Note::SignInNeeded));
        house.suspend("Edith").await;
        house.book("Beacon", "Grace", "14:00", "15:00").await;
        house.clock_to("10:30").await;
        assert!(house.may_open("Ada", "Front door"), "nobody loses what they have");
        assert!(house.may_open("Edith", "Front door"), "nobody can tell the door");
        assert!(!house.may_open("Grace", "Front door"), "it waits");

        house.sign_in_again().await;
        doors_learn(&house).await;
        assert_eq!(house.integration_state().await, IntegrationState::Connected);
        assert!(!house.findings().await.contains(&Note::SignInNeeded));
        assert!(house.may_open("Ada", "Front door") && house.may_open("Grace", "Front door"));
        assert!(!house.may_open("Edith", "Front door"));
        over(&house, house.at("11:30")).await;
        assert!(house.may_open("Ada", "Room Lagoon") && !house.may_open("Grace", "Room Beacon"));
        over(&house, house.at("13:30")).await;
        assert!(!house.may_open("Ada", "Room Lagoon") && house.may_open("Grace", "Room Beacon"));
        assert!(house.may_open("Ada", "Front door"), "by the subscription");
    }

    /// The longest pause between two regular readings is forty minutes.
    a_login_that_ended_is_heard_of_though_nobody_does_anything(house) {
        house.subscribe("Ada", "Flex desk", "2026-03-01", None).await;
        doors_learn(&house).await;
        house.twin.ends_our_login();
        house.minutes_pass(41).await;
        assert_eq!(house.integration_state().await, IntegrationState::NeedsSignIn);
        assert!(house.findings().await.contains(&Note::SignInNeeded));
        assert!(house.may_open("Ada", "Front door"));
        house.minutes_pass(60 * 24).await;
        assert!(house.may_open("Ada", "Front door"), "nor the day after");
    }

    /// Where doors know the dates they end by themselves; elsewhere somebody has to sign in first.
    a_window_that_ended_while_we_were_signed_out_is_over_as_soon_as_we_are_not(house) {
        house.book("Lagoon", "Ada", "10:00", "12:00").await;
        over(&house, house.at("09:30")).await;
        assert!(house.may_open("Ada", "Room Lagoon"));
        house.twin.ends_our_login();
        house.compare_now().await;
        assert_eq!(house.integration_state().await, IntegrationState::NeedsSignIn);
        over(&house, house.at("12:30")).await;
        assert_eq!(house.may_open("Ada", "Room Lagoon"), !house.twin.knows_dates());
        house.sign_in_again().await;
        doors_learn(&house).await;
        assert!(!house.may_open("Ada", "Room Lagoon") && !house.may_open("Ada", "Front door"));
    }
}

/// Password and secret are as they were, so nobody has to sign in.
#[tokio::test]
async fn tokens_that_die_alone_are_fetched_anew_and_nobody_notices() {
    for vendor in [Vendor::Salto, Vendor::Tapkey, Vendor::TapkeyGroups] {
        let house = House::open_at(vendor).await;
        let owner = "owner@harbor.example";
        match &house.twin {
            Twin::Salto { sim, .. } => assert!(sim.revoke_tokens(owner), "the owner is known"),
            Twin::Tapkey { sim, .. } => sim.revoke_tokens(),
            Twin::Kisi { .. } => panic!("Kisi's keys are no tokens"),
        }
        house.subscribe("Ada", "Flex desk", "2026-03-10", None).await;
        doors_learn(&house).await;
        assert!(house.may_open("Ada", "Front door"), "{vendor:?}");
        assert_eq!(house.integration_state().await, IntegrationState::Connected);
        assert!(!house.findings().await.contains(&Note::SignInNeeded));
    }
}
