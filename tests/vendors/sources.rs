//! Why somebody may come in: a booking they were invited to, a company, several things at once.

use crate::{at_every_vendor, doors_learn, over};

at_every_vendor! {
    invited_people_come_in_and_are_out_when_uninvited(house) {
        let booking = house.book("Lagoon", "Ada", "12:00", "16:00").inviting("Grace").await;
        over(&house, house.at("11:30")).await;
        assert!(house.may_open("Grace", "Room Lagoon") && house.may_open("Ada", "Room Lagoon"));
        house.uninvite(booking, "Grace").await;
        doors_learn(&house).await;
        assert!(!house.may_open("Grace", "Room Lagoon"));
        assert!(house.may_open("Ada", "Room Lagoon"));
        house.invite(booking, "Edith").await;
        doors_learn(&house).await;
        assert!(house.may_open("Edith", "Room Lagoon"));
    }

    a_company_lets_its_people_in_while_they_belong_to_it(house) {
        let company = house.company("Kelp Labs").await;
        let belonging = house.join(company, "Ada", "2026-03-01").await;
        house.join(company, "Grace", "2026-03-12").await;
        house.subscribe_company(company, "Flex desk", "2026-03-10").await;
        doors_learn(&house).await;
        assert!(house.may_open("Ada", "Front door") && !house.may_open("Grace", "Front door"));
        over(&house, house.at("2026-03-12 00:00")).await;
        assert!(house.may_open("Grace", "Front door"));
        house.leave(company, belonging).await;
        doors_learn(&house).await;
        assert!(!house.may_open("Ada", "Front door") && house.may_open("Grace", "Front door"));
    }

    nobody_loses_a_door_that_something_else_still_opens(house) {
        let booking = house.book("Lagoon", "Ada", "12:00", "16:00").await;
        let subscription = house.subscribe("Ada", "Flex desk", "2026-03-10", None).await;
        over(&house, house.at("11:30")).await;
        house.cancel_booking(booking).await;
        doors_learn(&house).await;
        assert!(house.may_open("Ada", "Front door") && !house.may_open("Ada", "Room Lagoon"));
        house.cancel_subscription(subscription).await;
        doors_learn(&house).await;
        assert!(!house.may_open("Ada", "Front door"));
    }

    suspended_people_are_out_at_once_and_in_again_when_reinstated(house) {
        house.subscribe("Ada", "Flex desk", "2026-03-10", None).await;
        doors_learn(&house).await;
        house.suspend("Ada").await;
        doors_learn(&house).await;
        assert!(!house.may_open("Ada", "Front door"));
        house.reinstate("Ada").await;
        doors_learn(&house).await;
        assert!(house.may_open("Ada", "Front door"));
    }
}
