//! Answers that never come: the step took effect or did not, and nobody may be doubled, forgotten or locked out.

use connectors::{Kind, Outcome};

use crate::house::w;
use crate::scenes;
use crate::stage::{At, How};

const MIRA: &str = "mira.lund@example.org";

/// Everything after which nobody knows.
const UNKNOWN: [How; 4] = [How::LostBefore, How::LostAfter, How::HalfAnswer, How::Gateway];

scenes! {
    a_give_whose_answer_was_lost_is_looked_up_and_not_doubled(house) {
        let building = house.building();
        for (n, how) in UNKNOWN.into_iter().enumerate() {
            let email = format!("p{n}@example.org");
            house.want(&email, &building.members, &[w(-10, 300)]);
            house.stage.disturb(At::Give, how, 1);
            let trouble = house.settle(&email).await.unwrap_err();
            assert!(trouble.unknown && trouble.passes(), "{how:?}: {trouble:?}");
            house.repeat_unknown().await.expect("the vendor is calm again");
            house.settle(&email).await.expect("the vendor is calm again");
            house.is_let_in_until(&email, &building.front, 300).await;
            assert_eq!(house.stage.rows_of(&email).len(), 1, "{how:?}");
            house.give(&email, &building.members, &[]).await;
            assert!(house.stage.rows_of(&email).is_empty(), "{how:?}: the row is known as ours");
        }
    }

    a_person_whose_making_was_not_answered_is_not_doubled(house) {
        let building = house.building();
        for (n, how) in UNKNOWN.into_iter().enumerate() {
            let email = format!("p{n}@example.org");
            house.want(&email, &building.members, &[w(-10, 300)]);
            house.stage.disturb(At::MakePerson, how, 1);
            house.settle(&email).await.unwrap_err();
            house.repeat_unknown().await.expect("the vendor is calm again");
            house.settle(&email).await.expect("the vendor is calm again");
            house.is_let_in_until(&email, &building.front, 300).await;
            assert_eq!((house.stage.people_called(&email), house.stage.rows_of(&email).len()), (1, 1), "{how:?}");
        }
    }

    a_move_whose_answer_was_lost_ends_where_it_should(house) {
        let building = house.building();
        for (n, how) in [How::LostBefore, How::LostAfter, How::Gateway].into_iter().enumerate() {
            let email = format!("p{n}@example.org");
            house.give(&email, &building.members, &[w(60, 300)]).await;
            house.want(&email, &building.members, &[w(90, 200)]);
            // Rows without dates are not moved, so nothing can be lost.
            if house.writes_ahead() {
                house.stage.disturb(At::Move, how, 1);
                house.settle(&email).await.unwrap_err();
                house.repeat_unknown().await.expect("the vendor is calm again");
            }
            house.settle(&email).await.expect("the vendor is calm again");
            house.is_let_in_exactly(&email, &building.front, 90, 200).await;
            assert_eq!(house.rows_at(&email, 100).await, 1, "{how:?}");
        }
    }

    a_take_whose_answer_was_lost_is_done_in_the_end(house) {
        let building = house.building();
        for how in [How::LostBefore, How::LostAfter, How::Gateway] {
            house.give(MIRA, &building.members, &[w(-10, 300)]).await;
            house.want(MIRA, &building.members, &[]);
            house.stage.disturb(At::Take, how, 1);
            house.settle(MIRA).await.unwrap_err();
            house.settle(MIRA).await.expect("the vendor is calm again");
            assert!(house.stage.rows_of(MIRA).is_empty() && house.journal_of(MIRA).is_empty(), "{how:?}");
        }
    }

    a_give_that_nobody_wants_any_more_is_looked_up_and_taken_back(house) {
        let building = house.building();
        house.want(MIRA, &building.members, &[w(-10, 300)]);
        house.stage.disturb(At::Give, How::LostAfter, 1);
        house.settle(MIRA).await.unwrap_err();
        assert_eq!(house.stage.rows_of(MIRA).len(), 1, "it had taken effect");
        house.want(MIRA, &building.members, &[]);
        house.settle(MIRA).await.expect("the vendor is calm again");
        assert!(house.stage.rows_of(MIRA).is_empty());
    }

    a_give_that_had_no_effect_and_that_nobody_wants_any_more_is_not_done_after_all(house) {
        let building = house.building();
        house.want(MIRA, &building.members, &[w(-10, 300)]);
        house.stage.disturb(At::Give, How::LostBefore, 1);
        house.settle(MIRA).await.unwrap_err();
        house.want(MIRA, &building.members, &[]);
        house.stage.forget_calls();
        house.settle(MIRA).await.expect("the vendor is calm again");
        assert_eq!(house.stage.calls().1, 0, "it only looked");
        assert!(!house.has_unknown());
    }

    looking_for_a_lost_give_never_claims_what_somebody_else_made_before(house) {
        let building = house.building();
        house.stage.add_person(MIRA);
        let by_hand = house.stage.put_by_hand(MIRA, &building.members, w(-10, 300));
        house.go_to(30);
        house.want(MIRA, &building.members, &[w(-10, 300)]);
        house.stage.disturb(At::Give, How::LostBefore, 1);
        let settled = house.settle(MIRA).await;
        if house.connector.abilities().several_windows {
            settled.unwrap_err();
            house.repeat_unknown().await.expect("the vendor is calm again");
            house.settle(MIRA).await.expect("the vendor is calm again");
            assert_eq!(house.stage.rows_of(MIRA).len(), 2);
        } else {
            settled.expect("she is in already, so nothing is sent");
            assert_eq!(house.outcomes, [Outcome::ForeignStands]);
        }
        house.give(MIRA, &building.members, &[]).await;
        assert_eq!(house.stage.rows_of(MIRA).iter().map(|row| &row.external).collect::<Vec<_>>(), [&by_hand]);
    }

    a_lost_answer_followed_by_a_dead_line_is_still_found_later(house) {
        let building = house.building();
        house.want(MIRA, &building.members, &[w(-10, 300)]);
        house.stage.disturb(At::Give, How::LostAfter, 1);
        house.settle(MIRA).await.unwrap_err();
        house.stage.disturb(At::Anything, How::LostBefore, 3);
        for _ in 0..3 {
            let trouble = house.repeat_unknown().await.unwrap_err();
            assert_eq!(trouble.kind, Kind::Unanswered);
            assert!(house.has_unknown());
        }
        house.repeat_unknown().await.expect("the vendor is calm again");
        assert_eq!(house.stage.rows_of(MIRA).len(), 1);
        assert_eq!(house.journal_of(MIRA).len(), 1);
    }
}
