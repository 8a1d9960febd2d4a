//! Troubles: each kind is recognised, nothing half is done, nothing is repeated that must not be.

use access::change::Note;
use connectors::{Kind, Trouble};

use crate::house::{House, group_id, person_id, since, w};
use crate::scenes;
use crate::stage::{At, How};

const MIRA: &str = "mira.lund@example.org";
const JON: &str = "jon@example.org";

async fn trouble_of(house: &mut House, email: &str) -> Trouble {
    house.settle(email).await.expect_err("something is in the way")
}

scenes! {
    a_vendor_that_is_down_says_so_and_nothing_happened(house) {
        let building = house.building();
        house.want(MIRA, &building.members, &[w(-10, 300)]);
        house.stage.disturb(At::Give, How::Broken, 1);
        let trouble = trouble_of(&mut house, MIRA).await;
        assert_eq!((trouble.kind, trouble.unknown, trouble.passes()), (Kind::VendorDown, false, true));
        house.settle(MIRA).await.expect("it is up again");
        house.is_let_in_until(MIRA, &building.front, 300).await;
    }

    a_vendor_that_asks_for_patience_is_left_alone_so_long(house) {
        let building = house.building();
        house.want(MIRA, &building.members, &[w(-10, 300)]);
        house.stage.disturb(At::Anything, How::TooMany(90), 1);
        let Kind::Limited { retry_after_ms } = trouble_of(&mut house, MIRA).await.kind else { panic!("a 429 is a limit") };
        assert!((89_000..=90_000).contains(&retry_after_ms), "{retry_after_ms}");
        house.stage.forget_calls();
        let Kind::Limited { .. } = trouble_of(&mut house, MIRA).await.kind else { panic!("the pause is kept") };
        assert_eq!(house.stage.calls().0, 0, "not even asked");
    }

    a_short_pause_is_waited_for(house) {
        let building = house.building();
        house.give(MIRA, &building.members, &[w(-10, 300)]).await;
        house.stage.disturb(At::Give, How::TooMany(1), 1);
        house.want(MIRA, &building.room, &[w(-10, 300)]);
        trouble_of(&mut house, MIRA).await;
        house.settle(MIRA).await.expect("the pause is over");
        house.is_let_in_until(MIRA, &building.room_door, 300).await;
    }

    a_key_that_no_longer_works_is_told_from_everything_else(house) {
        let building = house.building();
        house.connector = house.stage.connector_with_dead_key();
        house.want(MIRA, &building.members, &[w(-10, 300)]);
        let trouble = trouble_of(&mut house, MIRA).await;
        assert_eq!((trouble.kind, trouble.passes()), (Kind::SignInNeeded, false));
        assert_eq!(house.connector.check().await.unwrap_err().kind, Kind::SignInNeeded);
        assert_eq!(house.stage.connector().check().await.map_err(|trouble| trouble.kind), Ok(()));
    }

    a_page_for_people_is_never_taken_for_gone_or_done(house) {
        let building = house.building();
        house.give(MIRA, &building.members, &[since(-10)]).await;
        house.want(MIRA, &building.members, &[]);
        for status in [200, 403, 404] {
            house.stage.disturb(At::Take, How::Page(status), 1);
            let trouble = trouble_of(&mut house, MIRA).await;
            assert_eq!((trouble.kind, trouble.passes()), (Kind::Nonsense, true), "{status}");
            assert!(house.may_open(MIRA, &building.front, 0), "and indeed it is not gone");
        }
        house.settle(MIRA).await.expect("the vendor is itself again");
        assert!(!house.may_open(MIRA, &building.front, 0));
    }

    a_group_that_is_gone_is_named_and_not_tried_again(house) {
        let building = house.building();
        house.give(MIRA, &building.members, &[w(-10, 300)]).await;
        house.stage.delete_group(&building.room);
        for email in [MIRA, JON] {
            house.want(email, &building.room, &[w(-10, 300)]);
            let trouble = trouble_of(&mut house, email).await;
            assert_eq!((trouble.kind, trouble.passes(), trouble.unknown), (Kind::GroupGone, false, false));
        }
        let notes = house.round().await.expect("the rest can be read");
        assert_eq!(notes, [Note::GroupGone { group: group_id(&building.room) }]);
        house.want(MIRA, &building.room, &[]);
        house.is_let_in_until(MIRA, &building.front, 300).await;
    }

    a_reading_that_breaks_takes_nothing_away(house) {
        let building = house.building();
        house.give(MIRA, &building.members, &[since(-10)]).await;
        for how in [How::LostBefore, How::HalfAnswer, How::Broken, How::Page(200)] {
            house.stage.disturb(At::ReadRows, how, 1);
            house.round().await.expect_err("the rows cannot be read");
            assert!(house.may_open(MIRA, &building.front, 0), "{how:?}");
        }
        assert_eq!(house.round().await.expect("the vendor answers"), []);
        assert_eq!(house.stage.rows_of(MIRA).len(), 1);
    }

    people_who_must_confirm_or_are_switched_off_are_noted(house) {
        let building = house.building();
        if !house.stage.knows_states_of_people() {
            house.stage.add_person(MIRA);
            house.give(MIRA, &building.members, &[w(-10, 300)]).await;
            assert_eq!(house.round().await.expect("the vendor answers"), [], "there is nothing to note");
            continue;
        }
        house.stage.add_unconfirmed_person(MIRA);
        house.give(MIRA, &building.members, &[w(-10, 300)]).await;
        house.give(JON, &building.members, &[w(-10, 300)]).await;
        house.stage.switch_person_off(JON);
        let notes = house.round().await.expect("the vendor answers");
        let expected = [Note::Unconfirmed { person: person_id(0) }, Note::HolderDisabled { person: person_id(1) }];
        assert_eq!(notes, expected);
    }

    after_failing_again_and_again_the_vendor_gets_a_rest_and_then_one_call_to_prove_itself(house) {
        let building = house.building();
        // What was read serves all tries, so that nothing is asked in between that would be answered.
        house.one_stretch();
        house.give(MIRA, &building.members, &[w(-10, 300)]).await;
        house.want(MIRA, &building.room, &[w(-10, 300)]);
        house.stage.disturb(At::Give, How::Broken, 5);
        for _ in 0..5 {
            assert_eq!(trouble_of(&mut house, MIRA).await.kind, Kind::VendorDown);
        }
        house.stage.forget_calls();
        assert_eq!(trouble_of(&mut house, MIRA).await.kind, Kind::VendorDown);
        assert_eq!(house.stage.calls().0, 0, "it is left alone");
    }

    no_secret_is_in_what_is_said_about_a_trouble(house) {
        let building = house.building();
        house.want(MIRA, &building.members, &[w(-10, 300)]);
        for how in [How::Broken, How::LostBefore, How::HalfAnswer, How::Page(500)] {
            house.stage.disturb(At::Anything, how, 1);
            let trouble = trouble_of(&mut house, MIRA).await;
            let told = format!("{trouble} {trouble:?} {:?} {:?}", house.connector, house.stage.connectors());
            assert!(!told.contains(MIRA), "{told}");
            assert!(house.stage.secrets().iter().all(|secret| !told.contains(secret)), "{told}");
            assert!(told.contains("(secret)") || told.contains("Session"), "{told}");
        }
    }
}
