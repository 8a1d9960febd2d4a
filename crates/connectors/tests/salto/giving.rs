//! Giving and taking (§5.4–§5.7, §6.3): people are found or made, get a seat, join and leave groups; nobody is doubled or claimed.

use access::Window;
use access::change::Change;
use access::id::{AccessGroupId, GrantId, PersonId};
use connectors::{Connector, Kind, LookedUp, Memory, Outcome, Repeat, Step};
use simulators::salto::Host;

use crate::kit::{Desk, NOOR, OWNER, desk, desk_with_seats, first, step};

async fn is_in(desk: &Desk, email: &str) -> bool {
    desk.sim.members(&desk.members).iter().any(|member| member == email)
}

fn after(desk: &Desk) -> Repeat {
    Repeat::AfterUnknown { sent_at: desk.now() }
}

#[tokio::test]
async fn somebody_new_is_made_once_with_the_roles_of_a_member_and_joins_by_the_platform_id() {
    let desk = desk().await;
    let connector = desk.connector().await;
    let applied = first(&connector, &desk.give(NOOR, "Noor de Visser"))
        .await
        .expect("nothing is in the way");
    assert_eq!(applied.outcome, Outcome::Done);
    assert_eq!(applied.receipt.external.as_ref(), Some(&desk.row(NOOR)));
    assert_eq!(
        applied.receipt.window,
        Some(Window::ALWAYS),
        "a membership has no dates"
    );
    let holder = applied.receipt.holder.expect("the record was met");
    assert_eq!(
        (Some(&holder.external), &*holder.email),
        (desk.sim.person(NOOR).as_ref(), NOOR)
    );
    let user = desk.user(NOOR);
    assert_eq!(
        (&*user.alias, user.roles),
        (
            "Noor de Visser",
            vec!["site_user".to_owned(), "site_mobile_user".to_owned()]
        )
    );
    assert_eq!(
        applied.receipt.calls as usize,
        desk.sim.calls().iter().filter(|call| call.host == Host::Api).count()
    );
    assert!(is_in(&desk, NOOR).await);
}

#[tokio::test]
async fn a_site_without_digital_keys_gives_no_role_for_them() {
    let desk = desk().await;
    assert!(desk.sim.set_site(&desk.site, |site| site.mkey_compatible = false));
    let connector = desk.connector().await;
    first(&connector, &desk.give(NOOR, "Noor Visser"))
        .await
        .expect("nothing is in the way");
    assert_eq!(desk.user(NOOR).roles, ["site_user"]);
}

#[tokio::test]
async fn somebody_known_from_another_site_keeps_their_platform_id() {
    let desk = desk().await;
    let beach = desk
        .sim
        .add_site("Beach", "NL0042113379", "Europe/Amsterdam", 5, ("x@example.org", "x"));
    desk.sim.add_user(&beach, NOOR, "Noor", "Visser", &["site_user"]);
    let (people, connector) = (desk.sim.people().len(), desk.connector().await);
    first(&connector, &desk.give(NOOR, "Noor Visser"))
        .await
        .expect("nothing is in the way");
    assert!(is_in(&desk, NOOR).await);
    assert_eq!(desk.sim.people().len(), people);
    assert_eq!(desk.calls(Host::Api, "POST", "/users/existing"), 1);
}

#[tokio::test]
async fn an_address_with_a_quote_is_one_address() {
    let desk = desk().await;
    let connector = desk.connector().await;
    let give = desk.give("o'neil@example.org", "Ona O'Neil");
    first(&connector, &give).await.expect("nothing is in the way");
    let found = step(&connector, &give, &[], after(&desk))
        .await
        .expect("it is found by a filter");
    assert!(found.receipt.already);
}

#[tokio::test]
async fn a_full_site_is_named_and_nobody_joins_until_there_is_a_seat() {
    let desk = desk_with_seats(2).await;
    let connector = desk.connector().await;
    first(&connector, &desk.give("jon@example.org", "Jon"))
        .await
        .expect("the last seat");
    for _ in 0..2 {
        let trouble = first(&connector, &desk.give(NOOR, "Noor Visser")).await.unwrap_err();
        assert_eq!(
            (trouble.kind, trouble.unknown, trouble.passes()),
            (Kind::NoSeats, false, false)
        );
        assert!(
            trouble.say.contains("Harbour Works") && trouble.say.contains("2 of 2"),
            "{trouble}"
        );
        assert!(!is_in(&desk, NOOR).await);
    }
    assert!(desk.sim.set_site(&desk.site, |site| site.seats = 3));
    first(&connector, &desk.give(NOOR, "Noor Visser"))
        .await
        .expect("now there is one");
    assert!(is_in(&desk, NOOR).await && desk.user(NOOR).subscribed);
}

#[tokio::test]
async fn somebody_suspended_gets_a_seat_before_they_join() {
    let desk = desk().await;
    let connector = desk.connector().await;
    let user = desk.sim.add_user(&desk.site, NOOR, "Noor", "Visser", &["site_user"]);
    assert!(desk.sim.set_seat(&desk.site, &user, false));
    let applied = first(&connector, &desk.give(NOOR, "Noor Visser"))
        .await
        .expect("nothing is in the way");
    assert!(desk.user(NOOR).subscribed && !applied.receipt.holder.expect("met").disabled);
}

#[tokio::test]
async fn a_record_that_has_not_settled_is_tried_again_soon_and_not_doubled() {
    let desk = desk().await;
    desk.sim.set_switches(|switches| switches.user_settle_s = 60);
    let connector = desk.connector().await;
    let give = desk.give(NOOR, "Noor Visser");
    let trouble = first(&connector, &give).await.unwrap_err();
    assert_eq!((trouble.kind, trouble.unknown), (Kind::Settling, true), "{trouble}");
    let trouble = step(&connector, &give, &[], after(&desk)).await.unwrap_err();
    assert_eq!(trouble.kind, Kind::Settling, "{trouble}");
    desk.clock.advance_ms(61_000);
    step(&connector, &give, &[], after(&desk))
        .await
        .expect("Salto knows them now");
    assert!(is_in(&desk, NOOR).await);
    assert_eq!(desk.calls(Host::Api, "POST", &format!("{}/users", desk.site)), 1);
}

#[tokio::test]
async fn somebody_deleted_a_moment_ago_and_still_listed_is_made_anew_when_they_are_gone() {
    let desk = desk().await;
    desk.sim.set_switches(|switches| switches.delete_settle_s = 10);
    let connector = desk.connector().await;
    first(&connector, &desk.give(NOOR, "Noor Visser"))
        .await
        .expect("nothing is in the way");
    assert!(desk.sim.delete_user(&desk.site, &desk.user(NOOR).id));
    let trouble = first(&connector, &desk.give(NOOR, "Noor Visser")).await.unwrap_err();
    assert_eq!((trouble.kind, trouble.unknown), (Kind::Settling, false), "{trouble}");
    desk.clock.advance_ms(11_000);
    first(&connector, &desk.give(NOOR, "Noor Visser"))
        .await
        .expect("they are gone, and new");
    assert!(is_in(&desk, NOOR).await);
}

#[tokio::test]
async fn the_account_we_are_connected_by_is_never_given_nor_taken() {
    let desk = desk().await;
    let connector = desk.connector().await;
    assert!(desk.sim.foreign_member(&desk.members, OWNER));
    let given = first(&connector, &desk.give(OWNER, "Ilse Maas")).await.unwrap_err();
    let taken = first(&connector, &desk.take(&desk.row(OWNER))).await.unwrap_err();
    assert_eq!((given.kind, taken.kind), (Kind::Invalid, Kind::Invalid));
    assert!(is_in(&desk, OWNER).await);
    assert!(desk.sim.calls().iter().all(|call| !call.writing));
}

#[tokio::test]
async fn who_is_in_the_group_already_is_ours_only_if_we_know_the_row() {
    let desk = desk().await;
    let connector = desk.connector().await;
    desk.sim.add_user(&desk.site, NOOR, "Noor", "Visser", &["site_user"]);
    assert!(desk.sim.foreign_member(&desk.members, NOOR));
    let give = desk.give(NOOR, "Noor Visser");
    let applied = first(&connector, &give).await.expect("they are in");
    assert_eq!(
        (applied.outcome, applied.receipt.external),
        (Outcome::ForeignStands, None)
    );
    let known = [desk.row(NOOR)];
    let applied = step(&connector, &give, &known, Repeat::First)
        .await
        .expect("they are in");
    assert_eq!(
        (applied.outcome, applied.receipt.external.as_ref()),
        (Outcome::Done, Some(&known[0]))
    );
    let applied = step(&connector, &give, &[], after(&desk)).await.expect("they are in");
    assert_eq!(
        (applied.outcome, applied.receipt.already),
        (Outcome::Done, true),
        "whoever is there after a lost answer is ours"
    );
    assert!(desk.sim.calls().iter().all(|call| !call.writing), "nothing was sent");
}

#[tokio::test]
async fn adding_somebody_whom_another_hand_added_meanwhile_claims_nothing() {
    for status in [400, 409] {
        let desk = desk().await;
        desk.sim.set_switches(|switches| switches.add_twice_status = status);
        let connector = desk.connector().await.remembering(&Memory::default());
        first(&connector, &desk.give("jon@example.org", "Jon"))
            .await
            .expect("the group is read now");
        desk.sim.add_user(&desk.site, NOOR, "Noor", "Visser", &["site_user"]);
        assert!(desk.sim.foreign_member(&desk.members, NOOR));
        let applied = first(&connector, &desk.give(NOOR, "Noor Visser"))
            .await
            .expect("they are in");
        assert_eq!(applied.outcome, Outcome::ForeignStands, "{status}");
    }
}

#[tokio::test]
async fn a_lost_question_never_makes_somebody_elses_row_ours() {
    let desk = desk().await;
    let connector = desk.connector().await;
    desk.sim.add_user(&desk.site, NOOR, "Noor", "Visser", &["site_user"]);
    assert!(desk.sim.foreign_member(&desk.members, NOOR));
    let reset = simulators::fault::Trouble::ResetAfter;
    for route in ["GET /v1.2/sites/*/access_groups/*/users", "GET /v1.2/sites/*/users"] {
        desk.sim
            .faults()
            .add(simulators::fault::Fault::on(route, reset).times(1));
        let trouble = first(&connector, &desk.give(NOOR, "Noor Visser")).await.unwrap_err();
        assert_eq!(
            (trouble.kind, trouble.unknown),
            (Kind::Unanswered, false),
            "{route}: a question has no effect"
        );
    }
    let user = desk.user(NOOR).id;
    assert!(desk.sim.set_seat(&desk.site, &user, false));
    desk.sim
        .faults()
        .add(simulators::fault::Fault::on("PATCH", reset).times(1));
    let trouble = first(&connector, &desk.give(NOOR, "Noor Visser")).await.unwrap_err();
    assert!(!trouble.unknown, "nor has a seat made them a member");
}

#[tokio::test]
async fn three_hundred_known_people_in_one_stretch_cost_little_more_than_one_call_each() {
    let desk = desk_with_seats(1_000).await;
    let connector = desk.connector().await.remembering(&Memory::default());
    let email = |n: usize| format!("p{n:03}@example.org");
    for n in 0..300 {
        desk.sim.add_user(&desk.site, &email(n), "P", "N", &["site_user"]);
    }
    for n in 0..300 {
        let applied = first(&connector, &desk.give(&email(n), "P N"))
            .await
            .expect("nothing is in the way");
        assert_eq!(applied.outcome, Outcome::Done);
    }
    let calls = desk.sim.calls().iter().filter(|call| call.host == Host::Api).count();
    assert!(calls <= 306, "{calls}");
    assert_eq!(desk.sim.members(&desk.members).len(), 300);
}

#[tokio::test]
async fn a_group_that_is_gone_makes_nobody() {
    let desk = desk().await;
    let connector = desk.connector().await;
    assert!(desk.sim.delete_group(&desk.members));
    let trouble = first(&connector, &desk.give(NOOR, "Noor Visser")).await.unwrap_err();
    assert_eq!((trouble.kind, trouble.unknown), (Kind::GroupGone, false));
    assert_eq!(desk.sim.person(NOOR), None);
}

#[tokio::test]
async fn a_group_deleted_after_it_was_read_is_told_from_a_person_that_is_gone() {
    let desk = desk().await;
    let connector = desk.connector().await.remembering(&Memory::default());
    desk.sim.add_user(&desk.site, NOOR, "Noor", "Visser", &["site_user"]);
    first(&connector, &desk.give("jon@example.org", "Jon"))
        .await
        .expect("the group is read now");
    first(&connector, &desk.give(NOOR, "Noor Visser"))
        .await
        .expect("and the people");
    first(&connector, &desk.take(&desk.row(NOOR))).await.expect("out again");
    assert!(desk.sim.delete_group(&desk.members));
    let trouble = first(&connector, &desk.give(NOOR, "Noor Visser")).await.unwrap_err();
    assert_eq!((trouble.kind, trouble.unknown), (Kind::GroupGone, false));
}

#[tokio::test]
async fn a_lapsed_site_and_a_lost_role_are_said_in_plain_words() {
    let desk = desk().await;
    let connector = desk.connector().await;
    desk.sim.add_user(&desk.site, NOOR, "Noor", "Visser", &["site_user"]);
    assert!(desk.sim.set_site(&desk.site, |site| site.subscription_valid = false));
    let trouble = first(&connector, &desk.give(NOOR, "Noor Visser")).await.unwrap_err();
    assert_eq!(trouble.kind, Kind::Forbidden);
    assert!(trouble.say.contains("subscription"), "{trouble}");
    let bot = desk.user(OWNER).id;
    assert!(desk.sim.set_user(&bot, |user| user.blocked = true));
    let trouble = first(&connector, &desk.give(NOOR, "Noor Visser")).await.unwrap_err();
    assert_eq!(trouble.kind, Kind::Forbidden);
    assert!(trouble.say.contains("administrator"), "{trouble}");
}

#[tokio::test]
async fn taking_is_one_call_and_what_is_gone_already_is_done() {
    let desk = desk().await;
    let connector = desk.connector().await;
    first(&connector, &desk.give(NOOR, "Noor Visser"))
        .await
        .expect("nothing is in the way");
    let take = desk.take(&desk.row(NOOR));
    let applied = first(&connector, &take).await.expect("nothing is in the way");
    assert_eq!(
        (applied.receipt.calls, applied.receipt.already, applied.receipt.external),
        (1, false, None)
    );
    assert!(first(&connector, &take).await.expect("gone is gone").receipt.already);
    assert!(matches!(look(&connector, &take, &desk).await, LookedUp::Done(_)));
    assert_eq!(desk.sim.users(&desk.site).len(), 2, "the person stays");
    let wrong = first(&connector, &desk.take("no row")).await.unwrap_err();
    assert_eq!(wrong.kind, Kind::Invalid);
}

async fn look(connector: &Connector, change: &Change, desk: &Desk) -> LookedUp {
    let step = Step {
        holder: None,
        learned: access::vendor::Learned::default(),
        known: &[],
        repeat: after(desk),
    };
    connector.look_up(change, &step).await.expect("Salto answers")
}

#[tokio::test]
async fn there_is_nothing_to_move() {
    let desk = desk().await;
    let (connector, at) = (desk.connector().await, desk.now());
    let change = Change::Move {
        grant: GrantId::new(at, 1),
        person: PersonId::new(at, 1),
        group: AccessGroupId::new(at, 1),
        external_group: desk.members.clone(),
        external: "g/p".to_owned(),
        external_holder: "p".to_owned(),
        from: Window::ALWAYS,
        to: Window::ALWAYS,
    };
    assert_eq!(first(&connector, &change).await.unwrap_err().kind, Kind::Invalid);
    assert!(desk.sim.calls().is_empty());
}
