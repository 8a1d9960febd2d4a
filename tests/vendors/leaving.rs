//! Disconnecting (P-37).

use access::facts::IntegrationState;

use crate::{at_every_vendor, doors_learn};

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
