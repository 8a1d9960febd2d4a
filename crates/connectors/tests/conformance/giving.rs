//! Giving, moving and taking: the door opens from the first instant of the window to its last, and never besides.

use access::change::Note;
use access::{Instant, Window};

use crate::house::{at, group_id, since, w};
use crate::scenes;

const MIRA: &str = "mira.lund@example.org";
const JON: &str = "jon+pier3@example.org";

scenes! {
    /// Also proves that a person's record is made on the way.
    somebody_new_gets_in_within_the_window_and_not_a_minute_besides(house) {
        let building = house.building();
        house.give(MIRA, &building.members, &[w(60, 300)]).await;
        house.is_let_in_exactly(MIRA, &building.front, 60, 300).await;
        assert!(!house.is_let_in(MIRA, &building.room_door, 100).await, "another group's door stays shut");
        assert_eq!(house.stage.people_called(MIRA), 1);
    }

    somebody_known_is_let_in_by_one_call_moved_by_one_call_and_taken_out_by_one_call(house) {
        let building = house.building();
        // What was read of people and groups once serves all who come after.
        house.one_stretch();
        house.give("jon@example.org", &building.room, &[w(-10, 300)]).await;
        house.give(MIRA, &building.members, &[w(-10, 300)]).await;
        // The account has shown once that it moves windows.
        house.give(MIRA, &building.members, &[w(-10, 320)]).await;
        house.want(MIRA, &building.room, &[w(-10, 200)]);
        assert_eq!(house.calls_of_settling(MIRA).await, (1, 1));
        house.want(MIRA, &building.room, &[w(-10, 210)]);
        // Rows without dates need not be moved.
        let one = usize::from(house.writes_ahead());
        assert_eq!(house.calls_of_settling(MIRA).await, (one, one));
        house.want(MIRA, &building.room, &[]);
        assert_eq!(house.calls_of_settling(MIRA).await, (1, 1));
        house.is_let_in_until(MIRA, &building.front, 320).await;
    }

    /// Where a round at the edge makes access, the comparison says when; else only that the window ends.
    each_edge_is_named_so_that_a_round_is_made_in_time(house) {
        let building = house.building();
        house.give(MIRA, &building.members, &[w(60, 300)]).await;
        if !house.writes_ahead() {
            let row = house.connector.abilities();
            let early = at(60).plus_s(-row.lead_s - row.record_s);
            assert_eq!(house.compare_person(MIRA).again_at, Some(early));
            house.go_to(60);
            house.settle(MIRA).await.expect("nothing is in the way");
        }
        assert_eq!(house.compare_person(MIRA).again_at, Some(at(300)));
    }

    running_access_opens_at_once(house) {
        let building = house.building();
        house.give(MIRA, &building.members, &[w(-500, 30)]).await;
        assert!(house.is_let_in(MIRA, &building.front, 0).await);
        assert!(!house.is_let_in(MIRA, &building.front, 30).await);
    }

    /// Where rows carry dates; without them nothing ends unless somebody ends it, and the vendor's row says so by a lease of nothing.
    open_ended_access_ends_by_itself_when_nobody_renews_it(house) {
        let building = house.building();
        house.give(MIRA, &building.members, &[since(-10)]).await;
        let lease_minutes = house.connector.abilities().lease_s / 60;
        assert_eq!(lease_minutes > 0, house.writes_ahead());
        assert!(house.may_open(MIRA, &building.front, lease_minutes / 2));
        assert_eq!(house.may_open(MIRA, &building.front, lease_minutes + 24 * 60), !house.writes_ahead());
    }

    open_ended_access_goes_on_when_it_is_renewed_at_the_moment_the_comparison_names(house) {
        let building = house.building();
        house.give(MIRA, &building.members, &[since(-10)]).await;
        if !house.writes_ahead() {
            assert_eq!(house.compare_person(MIRA).again_at, None, "nothing is leased, so nothing is renewed");
            assert!(house.is_let_in(MIRA, &building.front, 40 * 24 * 60).await);
            continue;
        }
        for _ in 0..6 {
            let again = house.compare_person(MIRA).again_at.expect("a lease is renewed");
            house.go_to((again.ms() - at(0).ms()) / 60_000);
            house.settle(MIRA).await.expect("nothing is in the way");
        }
        let minutes = (house.now.ms() - at(0).ms()) / 60_000;
        assert!(minutes > 40 * 24 * 60, "six renewals reach beyond forty days");
        assert!(house.is_let_in(MIRA, &building.front, minutes + 7 * 24 * 60).await);
        assert_eq!(house.stage.rows_of(MIRA).len(), 1);
    }

    two_windows_in_one_group_both_hold_and_between_them_the_door_stays_shut(house) {
        let building = house.building();
        house.give(MIRA, &building.members, &[w(60, 120), w(240, 300)]).await;
        house.is_let_in_exactly(MIRA, &building.front, 60, 120).await;
        house.is_let_in_exactly(MIRA, &building.front, 240, 300).await;
    }

    leaving_one_group_leaves_the_other_alone(house) {
        let building = house.building();
        house.give(MIRA, &building.members, &[w(60, 300)]).await;
        house.give(MIRA, &building.room, &[w(60, 300)]).await;
        house.give(MIRA, &building.members, &[]).await;
        for door in house.stage.room_locks() {
            house.is_let_in_exactly(MIRA, &door, 60, 300).await;
        }
        house.give(MIRA, &building.room, &[]).await;
        for door in [&building.front, &building.room_door] {
            assert!(!house.is_let_in(MIRA, door, 100).await);
        }
    }

    a_moved_window_opens_where_it_is_now_and_not_where_it_was(house) {
        let building = house.building();
        house.give(MIRA, &building.room, &[w(60, 120)]).await;
        house.give(MIRA, &building.room, &[w(300, 360)]).await;
        house.is_let_in_exactly(MIRA, &building.room_door, 300, 360).await;
        assert!(!house.is_let_in(MIRA, &building.room_door, 90).await);
        assert_eq!(house.rows_at(MIRA, 330).await, 1);
    }

    a_running_window_can_be_shortened_and_made_longer(house) {
        let building = house.building();
        house.give(MIRA, &building.room, &[w(-30, 120)]).await;
        house.give(MIRA, &building.room, &[w(-30, 40)]).await;
        assert!(house.is_let_in(MIRA, &building.room_door, 39).await && !house.is_let_in(MIRA, &building.room_door, 40).await);
        house.give(MIRA, &building.room, &[w(-30, 240)]).await;
        assert!(house.is_let_in(MIRA, &building.room_door, 239).await && !house.is_let_in(MIRA, &building.room_door, 240).await);
    }

    a_window_cut_off_now_lets_nobody_in_any_more(house) {
        let building = house.building();
        house.give(MIRA, &building.members, &[since(-10)]).await;
        house.go_to(5);
        house.give(MIRA, &building.members, &[]).await;
        assert!(!house.is_let_in(MIRA, &building.front, 5).await);
        assert!(house.stage.rows_of(MIRA).is_empty());
    }

    many_bookings_of_one_person_are_as_many_rows_and_as_many_calls(house) {
        let building = house.building();
        house.give(MIRA, &building.members, &[w(1, 2)]).await;
        let windows: Vec<Window> = (0..10).map(|n| w(100 + n * 60, 130 + n * 60)).collect();
        house.want(MIRA, &building.room, &windows);
        // Rows without dates are made when their time comes.
        let ten = if house.writes_ahead() { 10 } else { 0 };
        assert_eq!(house.calls_of_settling(MIRA).await, (ten, ten));
        for n in 0..10 {
            house.is_let_in_exactly(MIRA, &building.room_door, 100 + n * 60, 130 + n * 60).await;
        }
    }

    a_round_without_differences_changes_nothing(house) {
        let building = house.building();
        house.give(MIRA, &building.members, &[w(60, 300)]).await;
        house.give(JON, &building.members, &[since(-10)]).await;
        house.stage.forget_calls();
        assert_eq!(house.round().await.expect("the vendor answers"), []);
        assert_eq!(house.stage.calls().1, 0);
        assert_eq!(house.calls_of_settling(MIRA).await, (0, 0), "and from the journal not even a question is asked");
    }

    taking_what_is_gone_already_is_done(house) {
        let building = house.building();
        house.give(MIRA, &building.members, &[w(-10, 300)]).await;
        let row = house.stage.rows_of(MIRA)[0].external.clone();
        house.stage.delete_row(&row);
        house.give(MIRA, &building.members, &[]).await;
        assert!(house.journal_of(MIRA).is_empty());
    }

    what_somebody_removed_at_the_vendor_is_given_again(house) {
        let building = house.building();
        house.give(MIRA, &building.members, &[w(-10, 300)]).await;
        house.stage.delete_row(&house.stage.rows_of(MIRA)[0].external);
        house.round().await.expect("the vendor answers");
        house.is_let_in_until(MIRA, &building.front, 300).await;
    }

    a_window_moved_after_somebody_removed_its_row_holds_all_the_same(house) {
        let building = house.building();
        house.give(MIRA, &building.members, &[w(-10, 300)]).await;
        house.stage.delete_row(&house.stage.rows_of(MIRA)[0].external);
        house.give(MIRA, &building.members, &[w(-10, 310)]).await;
        if !house.writes_ahead() {
            // Nothing has to be written, so that the row is gone shows with the next reading.
            house.round().await.expect("the vendor answers");
        }
        house.is_let_in_until(MIRA, &building.front, 310).await;
        assert_eq!(house.stage.rows_of(MIRA).len(), 1);
    }

    a_person_deleted_at_the_vendor_is_made_anew(house) {
        let building = house.building();
        house.give(MIRA, &building.members, &[w(-10, 300)]).await;
        house.stage.delete_person(MIRA);
        house.give(MIRA, &building.room, &[w(-10, 300)]).await;
        house.is_let_in_until(MIRA, &building.room_door, 300).await;
        house.give(MIRA, &building.members, &[w(-10, 320)]).await;
        if !house.writes_ahead() {
            // Nothing has to be written, so that the row is gone shows with the next reading.
            house.round().await.expect("the vendor answers");
        }
        house.is_let_in_until(MIRA, &building.front, 320).await;
        assert_eq!(house.stage.people_called(MIRA), 1);
    }

    a_person_the_vendor_knows_already_is_not_doubled(house) {
        let building = house.building();
        house.stage.add_person("Jon+Pier3@Example.org");
        house.give(JON, &building.members, &[w(60, 300)]).await;
        house.is_let_in_exactly(JON, &building.front, 60, 300).await;
        assert_eq!(house.stage.people_called(JON), 1);
    }

    an_address_in_other_letters_is_the_same_address(house) {
        let building = house.building();
        house.stage.add_person("Zoë.Åkesson@Example.org");
        house.give("Zoë.Åkesson@example.org", &building.members, &[w(-10, 300)]).await;
        assert_eq!(house.round().await.expect("the vendor answers"), []);
        assert_eq!(house.stage.rows_of("Zoë.Åkesson@example.org").len(), 1);
    }

    people_with_nearly_the_same_address_are_not_mistaken_for_each_other(house) {
        let building = house.building();
        house.stage.add_person("mira.lund@example.org.invalid");
        house.stage.add_person("notmira.lund@example.org");
        house.give(MIRA, &building.members, &[w(60, 300)]).await;
        house.is_let_in_exactly(MIRA, &building.front, 60, 300).await;
        for other in ["mira.lund@example.org.invalid", "notmira.lund@example.org"] {
            assert!(!house.is_let_in(other, &building.front, 100).await, "{other}");
        }
    }

    what_we_did_not_make_is_noted_and_never_touched(house) {
        let building = house.building();
        house.stage.add_person("cleaner@example.org");
        let by_hand = house.stage.put_by_hand("cleaner@example.org", &building.members, Window::ALWAYS);
        house.give(MIRA, &building.members, &[w(60, 300)]).await;
        let notes = house.round().await.expect("the vendor answers");
        let email = "cleaner@example.org".to_owned();
        assert_eq!(notes, [Note::ForeignMember { group: group_id(&building.members), email }]);
        house.give(MIRA, &building.members, &[]).await;
        house.round().await.expect("the vendor answers");
        let left = house.stage.rows_of("cleaner@example.org");
        assert_eq!(left.iter().map(|row| &row.external).collect::<Vec<_>>(), [&by_hand]);
    }

    a_row_somebody_else_made_for_one_of_our_people_stays_when_ours_goes(house) {
        let building = house.building();
        house.stage.add_person(MIRA);
        let by_hand = house.stage.put_by_hand(MIRA, &building.members, w(0, 500));
        house.give(MIRA, &building.members, &[w(-10, 300)]).await;
        house.give(MIRA, &building.members, &[]).await;
        house.round().await.expect("the vendor answers");
        assert_eq!(house.stage.rows_of(MIRA).iter().map(|row| &row.external).collect::<Vec<_>>(), [&by_hand]);
    }

    rows_that_ended_are_tidied_by_a_round_and_nobody_notices(house) {
        let building = house.building();
        house.give(MIRA, &building.members, &[w(10, 20)]).await;
        if !house.writes_ahead() {
            house.go_to(15);
            house.settle(MIRA).await.expect("nothing is in the way");
            assert_eq!(house.stage.rows_of(MIRA).len(), 1);
        }
        house.go_to(30);
        house.want(MIRA, &building.members, &[]);
        // An ended row is in nobody's way; one that knows no end is ended now.
        let one = usize::from(!house.writes_ahead());
        assert_eq!(house.calls_of_settling(MIRA).await, (one, one));
        house.round().await.expect("the vendor answers");
        assert!(house.stage.rows_of(MIRA).is_empty());
    }

    the_receipt_says_what_the_vendor_holds(house) {
        let building = house.building();
        let (wanted, _) = house.shown(w(60, 300));
        house.give(MIRA, &building.members, &[wanted]).await;
        let rows = house.stage.rows_of(MIRA);
        let journal = house.journal_of(MIRA);
        assert_eq!(journal.len(), 1);
        assert_eq!((&journal[0].external, journal[0].window), (&rows[0].external, rows[0].window));
        house.give(MIRA, &building.members, &[w(-10, 300)]).await;
        let (_, shown) = house.shown(w(-10, 300));
        assert_eq!(house.stage.rows_of(MIRA)[0].window.until, shown.until);
        assert!(house.journal_of(MIRA)[0].window.from <= at(0) || house.journal_of(MIRA)[0].window.from == Instant::MIN);
    }
}
