//! Reading the house (§4, §7.3, §7.7; §10.4 no. 11): whole lists, with and without what is proven, and what is not ours to touch.

use access::change::Note;
use simulators::fault::{Fault, Trouble};
use simulators::tapkey::GrantState;

use crate::kit::*;

#[tokio::test]
async fn every_bound_lock_is_a_door_and_a_group_that_opens_it() {
    let desk = Desk::open().await;
    let fresh = desk.sim.rebind_lock(&desk.seed.birch).unwrap();
    let seen = desk.connector.observe(&[]).await.unwrap();
    assert!(seen.complete);
    let groups: Vec<(&str, &str)> = seen.groups.iter().map(|seen| (&*seen.external, &*seen.name)).collect();
    let expected = [
        (lock(&desk.seed.front_door), "Front door"),
        (lock(&desk.seed.alder), "Room Alder"),
        (lock(&desk.seed.desk_zone), "Desk zone"),
        (lock(&desk.seed.server_room), "Server room"),
        (lock(&fresh), "Room Birch"),
    ];
    assert_eq!(groups, expected.each_ref().map(|(external, name)| (&**external, *name)));
    assert!(
        seen.groups
            .iter()
            .all(|group| group.site.as_ref() == Some(&desk.seed.harbour_loft))
    );
    assert_eq!(seen.groups[1].locks, std::slice::from_ref(&desk.seed.alder));
    assert!(
        seen.locks.iter().all(|lock| lock.online.is_none()),
        "locks are never online"
    );
}

#[tokio::test]
async fn grants_of_the_doors_asked_for_are_rows_with_their_people() {
    let mut desk = Desk::open().await;
    let (alder, birch) = (desk.seed.alder.clone(), desk.seed.birch.clone());
    desk.hold(MARA, &lock(&alder), &[w(30, 270)]).await.unwrap();
    desk.hold(MARA, &lock(&birch), &[w(30, 270)]).await.unwrap();
    let seen = desk.connector.observe(&[lock(&alder)]).await.unwrap();
    assert_eq!(seen.rows.len(), 1);
    assert_eq!(
        (&seen.rows[0].external, seen.rows[0].window),
        (&desk.journal[0].external, w(30, 270))
    );
    assert_eq!(
        (&*seen.rows[0].email, &*seen.rows[0].external_group),
        (MARA, &*lock(&alder))
    );
    assert_eq!((seen.holders.len(), &*seen.holders[0].email), (1, MARA));
}

#[tokio::test]
async fn what_is_revoked_for_a_group_or_on_a_lock_group_is_no_row() {
    let desk = Desk::open().await;
    let front = desk.seed.front_door.clone();
    let contact = desk.sim.add_contact(&desk.seed.harbour_loft, MARA, None);
    let revoked = desk.sim.foreign_grant(&contact, &front, None, None);
    desk.sim.revoke_grant(&revoked);
    desk.sim.foreign_grant(&contact, &desk.seed.ground_floor, None, None);
    // The seeded user groups have grants on the front door, too.
    let seen = desk.connector.observe(&[lock(&front)]).await.unwrap();
    assert!(seen.complete && seen.rows.is_empty(), "{:?}", seen.rows);
    let pending = desk.sim.grants().into_iter().find(|grant| grant.id == revoked).unwrap();
    assert_eq!(
        pending.state,
        GrantState::RevokePending,
        "and it still says that it is active"
    );
}

#[tokio::test]
async fn what_we_did_not_make_is_noted_until_it_is_over() {
    let mut desk = Desk::open().await;
    let alder = desk.seed.alder.clone();
    let cleaner = desk
        .sim
        .add_contact(&desk.seed.harbour_loft, "cleaner@example.org", None);
    desk.sim.foreign_grant(&cleaner, &alder, None, Some(at(100).ms()));
    desk.hold(MARA, &lock(&alder), &[w(30, 270)]).await.unwrap();
    let email = "cleaner@example.org".to_owned();
    let group = group_id(&lock(&alder));
    assert_eq!(desk.round().await.unwrap(), [Note::ForeignMember { group, email }]);
    desk.go_to(101);
    assert_eq!(desk.round().await.unwrap(), []);
}

#[tokio::test]
async fn lists_are_read_page_by_page_also_where_the_server_cuts_them_silently() {
    for cap in [0, 100, 50] {
        let desk = Desk::open().await;
        desk.sim.set_switches(|switches| switches.top_cap = cap);
        let front = desk.seed.front_door.clone();
        for n in 0..650 {
            let contact = desk
                .sim
                .add_contact(&desk.seed.harbour_loft, &format!("p{n}@example.org"), None);
            desk.sim.foreign_grant(&contact, &front, None, None);
        }
        let seen = desk.connector.observe(&[lock(&front)]).await.unwrap();
        assert!(seen.complete, "cap {cap}");
        assert_eq!((seen.rows.len(), seen.holders.len()), (650, 650), "cap {cap}");
    }
}

#[tokio::test]
async fn a_refused_filter_is_done_without_and_remembered() {
    let mut desk = Desk::open().await;
    let alder = desk.seed.alder.clone();
    let refused = Fault::on("GET /api/v1/Owners/*/Grants$", Trouble::Status { status: 400 }).times(1);
    desk.sim.faults().add(refused);
    desk.hold(MARA, &lock(&alder), &[w(30, 270)]).await.unwrap();
    let seen = desk.connector.observe(&[lock(&alder)]).await.unwrap();
    assert!(seen.complete && seen.rows.len() == 1);
    desk.hold(MARA, &lock(&alder), &[]).await.unwrap();
    assert_eq!(desk.learned.plain_lists, Some(true));
    desk.sim.clear_calls();
    let seen = desk.connector.observe(&[lock(&alder)]).await.unwrap();
    assert!(seen.rows.is_empty(), "filtered here");
    assert!(
        desk.calls("GET", "/Grants")
            .iter()
            .all(|call| !call.query.contains("filter"))
    );
}

#[tokio::test]
async fn a_reading_that_breaks_off_says_so_and_takes_nothing() {
    let mut desk = Desk::open().await;
    let alder = lock(&desk.seed.alder);
    desk.hold(MARA, &alder, &[w(30, 270)]).await.unwrap();
    let broken = Fault::on("GET /api/v1/Owners/*/Contacts", Trouble::TruncatedJson).times(1);
    desk.sim.faults().add(broken);
    desk.round().await.unwrap_err();
    assert_eq!(desk.live(MARA).len(), 1);
    desk.round().await.unwrap();
}

#[tokio::test]
async fn a_round_without_differences_writes_nothing() {
    let mut desk = Desk::open().await;
    let (alder, front) = (lock(&desk.seed.alder), lock(&desk.seed.front_door));
    desk.hold(MARA, &alder, &[w(30, 270)]).await.unwrap();
    desk.hold("ada@example.org", &front, &[since(-10)]).await.unwrap();
    desk.sim.clear_calls();
    assert_eq!(desk.round().await.unwrap(), []);
    assert_eq!(desk.writes(), 0);
}
