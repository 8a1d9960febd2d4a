//! Disconnecting (P-37).

use access::facts::IntegrationState;

use crate::{at_every_vendor, doors_learn, over};

at_every_vendor! {
    taking_everything_away_shuts_every_door_we_opened(house) {
        house.subscribe("Ada", "Flex desk", "2026-03-10", None).await;
        house.book("Lagoon", "Grace", "2026-03-12 10:00", "2026-03-12 11:00").await;
        house.disconnect("revoke").await;
        doors_learn(&house).await;
        assert_eq!(house.integration_state().await, IntegrationState::Disconnected);
        assert!(!house.may_open("Ada", "Front door"));
        assert!(!house.twin.holds(&house.email("Ada"), "Members") && !house.twin.holds(&house.email("Grace"), "Room Lagoon"));
    }

    letting_it_run_out_lets_every_window_end_and_nothing_new_begin(house) {
        house.subscribe("Ada", "Flex desk", "2026-03-10", Some("2026-03-11")).await;
        house.book("Lagoon", "Grace", "12:00", "13:00").await;
        over(&house, house.at("11:30")).await;
        house.clock_to("12:10").await;
        house.disconnect("run_out").await;
        house.subscribe("Bea", "Flex desk", "2026-03-10", None).await;
        house.clock_to("13:29").await;
        assert!(house.may_open("Ada", "Front door") && house.may_open("Grace", "Room Lagoon"));
        over(&house, house.at("13:30")).await;
        assert!(!house.may_open("Grace", "Room Lagoon") && house.may_open("Ada", "Front door"));
        house.clock_to("2026-03-11 23:58").await;
        assert!(house.may_open("Ada", "Front door"));
        over(&house, house.at("2026-03-12 00:00")).await;
        assert!(!house.may_open("Ada", "Front door") && !house.may_open("Bea", "Front door"));
        assert_eq!(house.integration_state().await, IntegrationState::Disconnected);
    }

    while_it_runs_out_one_may_think_again(house) {
        house.subscribe("Ada", "Flex desk", "2026-03-10", None).await;
        doors_learn(&house).await;
        house.disconnect("run_out").await;
        if house.integration_state().await == IntegrationState::RunningOut {
            assert!(house.may_open("Ada", "Front door"), "what has no end stays");
            house.disconnect("revoke").await;
            doors_learn(&house).await;
            assert!(!house.may_open("Ada", "Front door"));
        }
        assert_eq!(house.integration_state().await, IntegrationState::Disconnected);
    }

    leaving_what_was_granted_leaves_the_doors_open(house) {
        house.subscribe("Ada", "Flex desk", "2026-03-10", None).await;
        doors_learn(&house).await;
        house.disconnect("leave").await;
        doors_learn(&house).await;
        assert_eq!(house.integration_state().await, IntegrationState::Disconnected);
        assert!(house.may_open("Ada", "Front door"));
        // Nothing new from now on.
        house.subscribe("Grace", "Flex desk", "2026-03-10", None).await;
        doors_learn(&house).await;
        assert!(!house.may_open("Grace", "Front door"));
    }
}
