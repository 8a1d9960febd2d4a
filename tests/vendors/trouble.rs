//! Vendors that are down, break off after they did it, lose groups, ask for patience.

use access::change::Note;
use simulators::fault::{Fault, RetryAfter, Trouble};

use crate::{at_every_vendor, doors_learn, over};

at_every_vendor! {
    while_the_vendor_is_down_nothing_is_lost(house) {
        house.subscribe("Grace", "Flex desk", "2026-03-10", None).await;
        house.vendor_goes_down();
        house.subscribe("Ada", "Flex desk", "2026-03-10", None).await;
        house.suspend("Grace").await;
        house.vendor_comes_back();
        // The longest pause between two tries is five minutes.
        house.minutes_pass(6).await;
        doors_learn(&house).await;
        assert!(house.may_open("Ada", "Front door") && !house.may_open("Grace", "Front door"));
    }

    an_answer_that_never_came_doubles_nothing_and_everything_goes_in_the_end(house) {
        let route = house.twin.giving_route();
        house.next(route, Trouble::ResetAfter);
        let subscription = house.subscribe("Ada", "Flex desk", "2026-03-10", None).await;
        house.minutes_pass(6).await;
        assert!(house.may_open("Ada", "Front door"));
        house.cancel_subscription(subscription).await;
        doors_learn(&house).await;
        assert!(!house.may_open("Ada", "Front door"));
        assert!(!house.twin.holds(&house.email("Ada"), "Members"), "nothing of it is left");
    }

    a_vendor_that_asks_for_patience_gets_it_and_revocations_come_through(house) {
        house.subscribe("Ada", "Flex desk", "2026-03-10", None).await;
        doors_learn(&house).await;
        // How long a vendor asks to wait is real time, since its clock runs on while ours stands: a second is enough to be seen.
        let patience = Trouble::TooMany { retry_after: Some(RetryAfter::Seconds(1)) };
        house.twin.faults().add(Fault::on("*", patience));
        house.suspend("Ada").await;
        house.minutes_pass(10).await;
        house.vendor_comes_back();
        house.minutes_pass(6).await;
        doors_learn(&house).await;
        assert!(!house.may_open("Ada", "Front door"));
    }
}

/// Where doors are granted one by one there is no group to delete.
mod a_group_that_is_deleted_is_found_and_nobody_else_is_touched {
    use super::*;
    use suite::House;
    use suite::house::twin::Vendor;

    async fn scene(house: House) {
        house.subscribe("Ada", "Flex desk", "2026-03-10", None).await;
        house.book("Lagoon", "Grace", "09:00", "16:00").await;
        doors_learn(&house).await;
        house.twin.deletes("Room Lagoon");
        house.compare_now().await;
        let findings = house.findings().await;
        assert!(
            findings.iter().any(|note| matches!(note, Note::GroupGone { .. })),
            "{findings:?}"
        );
        doors_learn(&house).await;
        assert!(house.may_open("Ada", "Front door") && !house.may_open("Grace", "Room Lagoon"));
        over(&house, house.at("16:30")).await;
        assert!(house.may_open("Ada", "Front door"));
    }

    #[tokio::test]
    async fn at_kisi() {
        scene(House::open_at(Vendor::Kisi).await).await;
    }

    #[tokio::test]
    async fn at_salto() {
        scene(House::open_at(Vendor::Salto).await).await;
    }

    #[tokio::test]
    async fn at_tapkey_by_groups() {
        scene(House::open_at(Vendor::TapkeyGroups).await).await;
    }
}
