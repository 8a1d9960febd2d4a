//! What the worker journals: findings, rounds with their changes, door events.

use access::Window;
use access::change::{Change, Note, Receipt};
use access::id::*;
use store::door_event::{DoorEventKind, NewDoorEvent};
use store::finding::Looked;
use store::round::{ChangeState, RoundState};
use store::*;

use crate::house::{House, START, read, write};

pub async fn findings(store: &Store, house: &House, other: &House) {
    let (network, at) = (house.network, house.integration);
    let (ada, ben) = (house.people[0], house.people[1]);
    let of_ada = Note::Unconfirmed { person: ada };
    let of_all = Note::WindowsIgnored;
    let settle = async |second: i64, looked: Looked, notes: &[Note]| {
        let mut tx = write(store).await;
        finding::settle(&mut tx, &house.act(START.plus_s(second)), at, looked, notes)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mut tx = read(store).await;
        let open = finding::open_of(&mut tx, network, at).await.unwrap();
        assert_eq!(finding::open(&mut tx, network).await.unwrap(), open);
        assert_eq!(finding::count_open(&mut tx, network).await.unwrap(), open.len() as u64);
        open
    };

    let both = [of_ada.clone(), of_all.clone(), of_ada.clone()];
    let opened = settle(10, Looked::Everything, &both).await;
    assert_eq!(opened.len(), 2, "noticed twice, opened once");
    assert_eq!((opened[0].person, opened[1].person), (Some(ada), None));
    assert_eq!(opened[0].first_at, START.plus_s(10));
    assert_eq!(
        settle(11, Looked::Everything, &both).await,
        opened,
        "and not once more by the next round"
    );

    // Only a round that looked there resolves.
    assert_eq!(settle(12, Looked::Partly, &[]).await, opened);
    assert_eq!(settle(13, Looked::Person(ben), &[]).await, opened);
    let left = settle(14, Looked::Person(ada), &[]).await;
    assert_eq!(
        left,
        opened[1..],
        "one person's round resolves nothing of the account's"
    );
    let gone = Note::GroupGone { group: house.groups[0] };
    let with_place = settle(15, Looked::Partly, std::slice::from_ref(&gone)).await;
    assert_eq!(with_place.len(), 2);
    let left = settle(16, Looked::Place, &[]).await;
    assert_eq!(left, opened[1..], "a look at groups and doors resolves theirs alone");
    assert!(settle(17, Looked::Everything, &[]).await.is_empty());

    // The same trouble later is a new finding.
    let again = settle(20, Looked::Person(ada), &[of_ada]).await;
    assert_eq!((again.len(), again[0].first_at), (1, START.plus_s(20)));
    assert_ne!(again[0].id, opened[0].id);
    let mut tx = write(store).await;
    assert!(finding::open_of(&mut tx, other.network, at).await.unwrap().is_empty());
    finding::forget(&mut tx, &house.act(START.plus_s(21)), at)
        .await
        .unwrap();
    assert_eq!(finding::count_open(&mut tx, network).await.unwrap(), 0);
    tx.commit().await.unwrap();
}

pub async fn rounds(store: &Store, house: &House, other: &House) {
    let (network, at, ada) = (house.network, house.integration, house.people[0]);
    let mut tx = write(store).await;
    let first = round::begin(&mut tx, &house.act(START.plus_s(30)), at, Some(ada), "person")
        .await
        .unwrap();
    let listed = round::list(&mut tx, network, at, &Page::default()).await.unwrap().rows;
    assert_eq!((listed[0].state, listed[0].ended_at), (RoundState::Running, None));

    // A change stands in the journal before its call, and its answer after.
    let give = Change::Give {
        grant: GrantId::new(START, 1),
        person: ada,
        email: "ada0@harbor.example".to_owned(),
        name: "Ada".to_owned(),
        group: house.groups[0],
        external_group: "1".to_owned(),
        window: Window::ALWAYS,
    };
    let take = Change::Take {
        grant: GrantId::new(START, 2),
        person: ada,
        group: house.groups[1],
        external: "row".to_owned(),
        window: Window::ALWAYS,
    };
    let given = round::change_begun(&mut tx, &house.act(START.plus_s(31)), first, at, &give)
        .await
        .unwrap();
    let taken = round::change_begun(&mut tx, &house.act(START.plus_s(32)), first, at, &take)
        .await
        .unwrap();
    let journal = round::changes(&mut tx, network, first).await.unwrap();
    assert_eq!(
        journal
            .iter()
            .map(|row| (row.id, row.state, &row.change))
            .collect::<Vec<_>>(),
        [(given, ChangeState::Begun, &give), (taken, ChangeState::Begun, &take)]
    );
    let receipt = Receipt {
        external: Some("row-7".to_owned()),
        window: Some(Window::ALWAYS),
        already: false,
        holder: None,
        calls: 3,
    };
    let act = house.act(START.plus_s(33));
    round::change_ended(&mut tx, &act, first, given, ChangeState::Done, Some(&receipt), None)
        .await
        .unwrap();
    round::change_ended(
        &mut tx,
        &act,
        first,
        taken,
        ChangeState::Unknown,
        None,
        Some("no answer"),
    )
    .await
    .unwrap();
    let journal = round::changes_of(&mut tx, network, ada, &Page::default())
        .await
        .unwrap()
        .rows;
    assert_eq!(
        journal.iter().map(|row| row.id).collect::<Vec<_>>(),
        [taken, given],
        "the newest first"
    );
    assert_eq!(
        (&journal[1].receipt, journal[1].ended_at),
        (&Some(receipt), Some(act.now))
    );
    assert_eq!(
        (journal[0].state, journal[0].error.as_deref()),
        (ChangeState::Unknown, Some("no answer"))
    );
    round::end(&mut tx, &act, first, true, None).await.unwrap();

    let second = round::begin(&mut tx, &house.act(START.plus_s(40)), at, None, "reading")
        .await
        .unwrap();
    round::end(
        &mut tx,
        &house.act(START.plus_s(41)),
        second,
        false,
        Some("the vendor was away"),
    )
    .await
    .unwrap();
    let page = Page { limit: 1, after: None };
    let newest = round::list(&mut tx, network, at, &page).await.unwrap();
    let failed = &newest.rows[0];
    assert_eq!(
        (failed.id, failed.state, failed.complete),
        (second, RoundState::Failed, false)
    );
    let next = Page {
        limit: 1,
        after: newest.next,
    };
    let oldest = round::list(&mut tx, network, at, &next).await.unwrap();
    let done = &oldest.rows[0];
    assert_eq!(
        (done.id, done.state, done.person, done.changes, done.calls),
        (first, RoundState::Done, Some(ada), 2, 4),
        "a change without an answer counts as one call"
    );
    assert!(oldest.next.is_none());
    assert!(round::changes(&mut tx, other.network, first).await.unwrap().is_empty());
    tx.commit().await.unwrap();
}

pub async fn door_events(store: &Store, house: &House, other: &House) {
    let (network, at) = (house.network, house.integration);
    let (ada, ben) = (house.people[0], house.people[1]);
    let mut tx = write(store).await;
    let door = group::doors(&mut tx, network, at).await.unwrap()[0].id;
    let event = |external: &str, person: PersonId, minute: i64| NewDoorEvent {
        external: external.to_owned(),
        integration: at,
        door: Some(door),
        person: Some(person),
        kind: DoorEventKind::Opened,
        detail: "from the page".to_owned(),
        at: START.plus_minutes(minute),
    };
    assert!(
        door_event::keep(&mut tx, network, &event("own-1", ada, 1))
            .await
            .unwrap()
    );
    assert!(
        !door_event::keep(&mut tx, network, &event("own-1", ada, 9))
            .await
            .unwrap(),
        "told twice, kept once"
    );
    assert!(door_event::keep(&mut tx, network, &event("77", ben, 3)).await.unwrap());
    let nobody = NewDoorEvent {
        person: None,
        door: None,
        kind: DoorEventKind::Forced,
        ..event("78", ada, 3)
    };
    assert!(door_event::keep(&mut tx, network, &nobody).await.unwrap());

    // A vendor's telling of our own unlock is found by who, where, what and about when.
    let near = async |tx: &mut Tx, person, kind, from, until| {
        let (from, until) = (START.plus_minutes(from), START.plus_minutes(until));
        door_event::own_near(tx, network, door, Some(person), kind, from, until)
            .await
            .unwrap()
    };
    assert!(near(&mut tx, ada, DoorEventKind::Opened, 0, 1).await);
    assert!(
        !near(&mut tx, ada, DoorEventKind::Opened, 2, 3).await,
        "at another time"
    );
    let (from, until) = (START, START.plus_minutes(1));
    assert!(
        door_event::own_near(&mut tx, network, door, None, DoorEventKind::Opened, from, until)
            .await
            .unwrap(),
        "whoever it was"
    );
    assert!(
        !near(&mut tx, ada, DoorEventKind::Refused, 0, 1).await,
        "another thing happened"
    );
    assert!(
        !near(&mut tx, ben, DoorEventKind::Opened, 0, 9).await,
        "the vendor's own event is not ours"
    );

    // A press is kept as it begins, and its outcome in its place; one that could not be kept then is kept with its outcome.
    let begun = NewDoorEvent {
        kind: DoorEventKind::Unknown,
        ..event("own-2", ben, -60)
    };
    assert!(door_event::keep(&mut tx, network, &begun).await.unwrap());
    assert!(
        near(&mut tx, ben, DoorEventKind::Opened, -61, -59).await,
        "the vendor may tell of it first"
    );
    let over = NewDoorEvent {
        kind: DoorEventKind::Refused,
        ..begun
    };
    door_event::conclude(&mut tx, network, &over).await.unwrap();
    door_event::conclude(&mut tx, network, &event("own-3", ben, -90))
        .await
        .unwrap();
    let of_ben = door_event::of_person(&mut tx, network, ben, &Page::default())
        .await
        .unwrap()
        .rows;
    assert_eq!(
        of_ben.iter().map(|one| one.kind).collect::<Vec<_>>(),
        [DoorEventKind::Opened, DoorEventKind::Refused, DoorEventKind::Opened]
    );
    for external in ["own-2", "own-3"] {
        let gone = "DELETE FROM door_event WHERE network_id = $1 AND external = $2";
        tx.execute(gone, vec![network.into(), external.into()]).await.unwrap();
    }

    let page = Page { limit: 2, after: None };
    let newest = door_event::list(&mut tx, network, &page).await.unwrap();
    assert_eq!(
        newest.rows.iter().map(|one| one.at).collect::<Vec<_>>(),
        [START.plus_minutes(3); 2]
    );
    let rest = Page {
        limit: 2,
        after: newest.next,
    };
    let rest = door_event::list(&mut tx, network, &rest).await.unwrap();
    assert_eq!((rest.rows.len(), rest.rows[0].person, rest.next), (1, Some(ada), None));
    let page = Page::default();
    let of_ben = door_event::of_person(&mut tx, network, ben, &page).await.unwrap().rows;
    assert_eq!((of_ben.len(), of_ben[0].kind), (1, DoorEventKind::Opened));
    let of_account = door_event::of_integration(&mut tx, network, house.integration, &page)
        .await
        .unwrap();
    assert_eq!(of_account.rows.len(), 3);
    let of_door = door_event::of_door(&mut tx, network, door, &page).await.unwrap().rows;
    assert_eq!(
        of_door.iter().map(|one| one.person).collect::<Vec<_>>(),
        [Some(ben), Some(ada)]
    );
    assert!(
        door_event::list(&mut tx, other.network, &page)
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    let wrong = Page {
        limit: 2,
        after: Some("yesterday".to_owned()),
    };
    assert_eq!(
        door_event::list(&mut tx, network, &wrong).await.unwrap_err().kind,
        Kind::Invalid
    );
    tx.commit().await.unwrap();
}
