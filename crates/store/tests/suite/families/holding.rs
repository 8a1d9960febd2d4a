//! What vendors hold, as we mean and know it: grants from intent to end, people's records, groups with their doors.

use access::change::{ObservedGroup, ObservedLock};
use access::facts::Held;
use access::vendor::Secret;
use access::{Instant, Window};
use store::facts::{self, As};
use store::grant::State;
use store::*;

use crate::house::{House, START, read, seen, span, write};

pub async fn grants(store: &Store, house: &House, other: &House) {
    let (network, at) = (house.network, house.integration);
    let (ada, group) = (house.people[0], house.groups[0]);
    let (short, long) = (span(0, 60), span(0, 120));
    let second = |number: i64| START.plus_s(100 + number);
    let act = |number: i64| house.act(second(number));
    let mut tx = write(store).await;

    // Planned: journalled before any call; nothing is held yet.
    let id = grant::plan(&mut tx, &act(0), at, ada, group, short, Vec::new())
        .await
        .unwrap();
    let planned = grant::read(&mut tx, network, id).await.unwrap();
    assert_eq!(
        (planned.state, planned.held, planned.is_open()),
        (State::Planned, None, true)
    );
    grant::sent(&mut tx, network, id, short, second(1)).await.unwrap();
    let sent = grant::read(&mut tx, network, id).await.unwrap();
    assert_eq!(
        (sent.state, sent.sent_at, sent.held),
        (State::Sent, Some(second(1)), None)
    );
    // Confirmed: held, with the vendor's row.
    grant::confirm(&mut tx, &act(2), id, "row-1", short).await.unwrap();
    let confirmed = grant::read(&mut tx, network, id).await.unwrap();
    assert_eq!(
        (
            confirmed.state,
            confirmed.held,
            confirmed.external.as_deref(),
            confirmed.is_open()
        ),
        (State::Confirmed, Some(short), Some("row-1"), false)
    );
    // Moved: meant anew, held as before until the vendor acknowledges.
    grant::sent(&mut tx, network, id, long, second(3)).await.unwrap();
    let moving = grant::read(&mut tx, network, id).await.unwrap();
    assert_eq!(
        (moving.state, moving.window, moving.held, moving.is_open()),
        (State::Confirmed, long, Some(short), true)
    );
    grant::confirm(&mut tx, &act(4), id, "row-1", long).await.unwrap();
    // A reading that shows it as known writes nothing; another window is kept.
    grant::observe(&mut tx, &act(5), id, long).await.unwrap();
    assert_eq!(grant::read(&mut tx, network, id).await.unwrap().since, second(4));
    grant::observe(&mut tx, &act(6), id, short).await.unwrap();
    assert_eq!(grant::read(&mut tx, network, id).await.unwrap().held, Some(short));
    // A refusal, and a call that surely had no effect, leave what is held.
    grant::refuse(&mut tx, &act(7), id, "no such place").await.unwrap();
    let refused = grant::read(&mut tx, network, id).await.unwrap();
    assert_eq!(
        (refused.state, refused.held, refused.last_error.as_deref()),
        (State::Confirmed, Some(short), Some("no such place"))
    );
    grant::sent(&mut tx, network, id, long, second(8)).await.unwrap();
    grant::undone(&mut tx, &act(8), id, Some("the line was dead"))
        .await
        .unwrap();
    let back = grant::read(&mut tx, network, id).await.unwrap();
    assert_eq!(
        (back.state, back.window, back.held, back.is_open()),
        (State::Confirmed, short, Some(short), false)
    );
    grant::set_causes(&mut tx, network, id, &[]).await.unwrap();

    // What was never made is over when its call had no effect; what was refused is tried again, so it lives.
    let never = grant::plan(&mut tx, &act(9), at, ada, house.groups[1], long, Vec::new())
        .await
        .unwrap();
    grant::sent(&mut tx, network, never, long, second(9)).await.unwrap();
    grant::undone(&mut tx, &act(10), never, None).await.unwrap();
    let never_made = grant::read(&mut tx, network, never).await.unwrap();
    assert_eq!(
        (never_made.state, never_made.ended_at),
        (State::Ended, Some(second(10)))
    );
    let given = access::id::GrantId::new(second(11), 7);
    grant::plan_as(&mut tx, &act(11), given, at, house.people[1], group, long, Vec::new())
        .await
        .unwrap();
    grant::refuse(&mut tx, &act(12), given, "full").await.unwrap();
    assert_eq!(grant::read(&mut tx, network, given).await.unwrap().state, State::Failed);
    let live = grant::live(&mut tx, network, at).await.unwrap();
    assert_eq!(live.iter().map(|one| one.id).collect::<Vec<_>>(), [id, given]);
    let stands = standing::of_person(&mut tx, network, at, ada).await.unwrap();
    assert_eq!(stands.rows, live[..1]);
    let held = grant::held(&mut tx, network, at, &Page::longest()).await.unwrap().rows;
    assert!(
        held.iter().all(|one| one.held.is_some())
            && live
                .iter()
                .filter(|one| one.held.is_some())
                .all(|one| held.contains(one))
    );
    assert_eq!(stands.groups, group::list(&mut tx, network, at).await.unwrap());
    assert_eq!(stands.doors, group::doors(&mut tx, network, at).await.unwrap());
    assert_eq!(grant::count_live(&mut tx, network, at).await.unwrap(), 2);

    // Ended, once.
    grant::end(&mut tx, &act(13), id).await.unwrap();
    grant::end(&mut tx, &act(14), id).await.unwrap();
    let ended = grant::read(&mut tx, network, id).await.unwrap();
    assert_eq!(
        (ended.state, ended.held, ended.ended_at),
        (State::Ended, None, Some(second(13)))
    );
    let stands = standing::of_person(&mut tx, network, at, ada).await.unwrap();
    assert!(stands.rows.is_empty());
    let page = Page { limit: 1, after: None };
    let newest = grant::of_person(&mut tx, network, ada, &page).await.unwrap();
    assert_eq!(newest.rows[0].id, never);
    let rest = Page {
        limit: 1,
        after: newest.next,
    };
    assert_eq!(
        grant::of_person(&mut tx, network, ada, &rest).await.unwrap().rows,
        [ended]
    );
    assert!(grant::live(&mut tx, other.network, at).await.unwrap().is_empty());
    tx.commit().await.unwrap();

    // Its whole life can be read again, and stands in the log.
    for (number, held) in [
        (1, None),
        (2, Some(short)),
        (4, Some(long)),
        (6, Some(short)),
        (13, None),
    ] {
        assert_eq!(held_at(store, house, second(number)).await, held, "at second {number}");
    }
    let filter = audit::Filter {
        object: Some(id.to_string()),
        ..Default::default()
    };
    let lines = audit::list(&mut read(store).await, network, &filter, &Page::default())
        .await
        .unwrap()
        .rows;
    let actions: Vec<&str> = lines.iter().rev().map(|line| line.action.as_str()).collect();
    assert_eq!(
        actions,
        [
            "grant.planned",
            "grant.confirmed",
            "grant.confirmed",
            "grant.observed",
            "grant.refused",
            "grant.undone",
            "grant.ended"
        ]
    );
}

async fn held_at(store: &Store, house: &House, at: Instant) -> Option<Window> {
    let mut tx = read(store).await;
    let facts = facts::load_person(&mut tx, house.network, house.people[0], As::Of(at))
        .await
        .unwrap();
    let held: Vec<Held> = facts.holders.into_iter().flat_map(|one| one.held).collect();
    assert!(held.len() < 2);
    held.first().map(|held| held.window)
}

pub async fn holders(store: &Store, house: &House, other: &House) {
    let (network, at, ben) = (house.network, house.integration, house.people[1]);
    let mut tx = write(store).await;
    let known = holder::Details {
        external: Some("55".to_owned()),
        email: "ada1@harbor.example".to_owned(),
        unconfirmed: true,
        disabled: false,
        card: Some("02300417".to_owned()),
        refused: None,
    };
    let act = |second: i64| house.act(START.plus_s(200 + second));
    holder::keep(&mut tx, &act(0), at, ben, None).await.unwrap();
    assert!(holder::find(&mut tx, network, at, ben).await.unwrap().is_none());
    holder::keep(&mut tx, &act(1), at, ben, Some(&known)).await.unwrap();
    holder::keep(&mut tx, &act(2), at, ben, Some(&known)).await.unwrap();
    let kept = holder::find(&mut tx, network, at, ben).await.unwrap().unwrap();
    assert_eq!(
        (&kept.details, kept.since),
        (&known, act(1).now),
        "the same again is not written"
    );
    let confirmed = holder::Details {
        unconfirmed: false,
        ..known
    };
    holder::keep(&mut tx, &act(3), at, ben, Some(&confirmed)).await.unwrap();
    let kept = holder::find(&mut tx, network, at, ben).await.unwrap().unwrap();
    assert_eq!((&kept.details, kept.since), (&confirmed, act(3).now));
    assert_eq!(
        holder::of_integration(&mut tx, network, at).await.unwrap(),
        std::slice::from_ref(&kept)
    );
    assert_eq!(holder::of_person(&mut tx, network, ben).await.unwrap(), [kept]);
    assert!(holder::of_person(&mut tx, other.network, ben).await.unwrap().is_empty());
    holder::keep(&mut tx, &act(4), at, ben, None).await.unwrap();
    assert!(holder::of_integration(&mut tx, network, at).await.unwrap().is_empty());
    let filter = audit::Filter {
        person: Some(ben),
        action: Some("holder.".to_owned()),
        ..Default::default()
    };
    let lines = audit::list(&mut tx, network, &filter, &Page::default())
        .await
        .unwrap()
        .rows;
    assert_eq!(lines.len(), 3, "one line for each change");

    // A person's own login there is sealed, replaced, forgotten.
    for login in ["first", "second"] {
        let login = Secret::new(login);
        holder::keep_secret(&mut tx, network, at, ben, Some(&login), START)
            .await
            .unwrap();
    }
    let opened = holder::secret(&mut tx, network, at, ben).await.unwrap().unwrap();
    assert_eq!(opened.reveal(), "second");
    let stored = tx
        .fetch_all(
            "SELECT secret FROM holder_secret WHERE network_id = $1",
            vec![network.into()],
        )
        .await
        .unwrap();
    assert!(!stored[0].text("secret").unwrap().contains("second"));
    assert!(holder::secret(&mut tx, other.network, at, ben).await.unwrap().is_none());
    holder::keep_secret(&mut tx, network, at, ben, None, START)
        .await
        .unwrap();
    assert!(holder::secret(&mut tx, network, at, ben).await.unwrap().is_none());
    tx.commit().await.unwrap();
}

pub async fn groups(store: &Store, house: &House, other: &House) {
    let (network, at) = (house.network, house.integration);
    let mut tx = write(store).await;
    let act = |second: i64| house.act(START.plus_s(300 + second));
    let before = group::list(&mut tx, network, at).await.unwrap();
    let doors = group::doors(&mut tx, network, at).await.unwrap();
    assert_eq!(
        group::observe(&mut tx, &act(0), at, &seen()).await.unwrap(),
        0,
        "as it was"
    );

    // Renamed at the vendor: the same group, the same door, under our ids.
    let mut shown = seen();
    shown.groups[0] = ObservedGroup {
        name: "Zebra".to_owned(),
        restrictions: vec!["only from nearby".to_owned()],
        ..shown.groups[0].clone()
    };
    shown.locks[0] = ObservedLock {
        name: "Front".to_owned(),
        order: 9,
        online: None,
        locked_down: true,
        ..shown.locks[0].clone()
    };
    assert_eq!(group::observe(&mut tx, &act(1), at, &shown).await.unwrap(), 2);
    let renamed = group::read(&mut tx, network, before[0].id).await.unwrap();
    assert_eq!(
        (
            renamed.name.as_str(),
            renamed.external.as_str(),
            renamed.restrictions.len()
        ),
        ("Zebra", "1", 1)
    );
    let listed = group::list(&mut tx, network, at).await.unwrap();
    assert_eq!(
        listed.iter().map(|one| one.id).collect::<Vec<_>>(),
        [before[1].id, before[0].id],
        "by name"
    );
    let front = group::door(&mut tx, network, doors[0].id).await.unwrap();
    assert_eq!(
        (front.name.as_str(), front.online, front.locked_down),
        ("Front", None, true)
    );
    let listed = group::doors(&mut tx, network, at).await.unwrap();
    assert_eq!(
        listed.iter().map(|one| one.id).collect::<Vec<_>>(),
        [doors[1].id, doors[0].id],
        "in the vendor's order"
    );
    assert_eq!(
        group::door_by_external(&mut tx, network, at, "a").await.unwrap(),
        Some(doors[0].id)
    );

    // What an incomplete reading does not show stays, unless the vendor said that it is gone.
    let mut part = shown.clone();
    part.groups.clear();
    part.locks.clear();
    part.complete = false;
    assert_eq!(group::observe(&mut tx, &act(2), at, &part).await.unwrap(), 0);
    part.gone_groups = vec!["1".to_owned()];
    assert_eq!(group::observe(&mut tx, &act(3), at, &part).await.unwrap(), 1);
    let gone = group::read(&mut tx, network, before[0].id).await.unwrap();
    assert!(gone.gone && gone.name == "Zebra", "it can still be named");
    part.complete = true;
    assert_eq!(
        group::observe(&mut tx, &act(4), at, &part).await.unwrap(),
        3,
        "the other group and both doors"
    );
    assert!(
        group::doors(&mut tx, network, at)
            .await
            .unwrap()
            .iter()
            .all(|door| door.gone)
    );
    assert_eq!(group::observe(&mut tx, &act(5), at, &part).await.unwrap(), 0);

    // What comes back is the same as before.
    assert_eq!(group::observe(&mut tx, &act(6), at, &seen()).await.unwrap(), 4);
    assert_eq!(group::list(&mut tx, network, at).await.unwrap(), before);
    assert_eq!(group::doors(&mut tx, network, at).await.unwrap(), doors);
    assert!(group::list(&mut tx, other.network, at).await.unwrap().is_empty());
    assert!(
        group::door_by_external(&mut tx, other.network, at, "a")
            .await
            .unwrap()
            .is_none()
    );
    tx.commit().await.unwrap();
}
