//! The queue of wake-ups: merged, ordered, fenced, handed over.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use access::Instant;
use store::wakeup::{self, Completed, Held, Lane, Wake};
use store::{Store, lease};

use crate::house::{House, START, read, write};

pub async fn all(store: &Store) {
    let house = House::build(store, "Queue", 2).await;
    let mut tx = write(store).await;
    wakeup::forget(&mut tx, house.network, house.integration).await.unwrap();
    let wake = |person: usize, lane| Wake {
        integration: house.integration,
        person: Some(house.people[person]),
        lane,
    };

    // Two marks are one key: the earlier due time, the higher lane.
    wakeup::mark(&mut tx, house.network, wake(0, Lane::Tidy), START)
        .await
        .unwrap();
    wakeup::mark(&mut tx, house.network, wake(0, Lane::Grant), START.plus_s(60))
        .await
        .unwrap();
    wakeup::mark(&mut tx, house.network, wake(1, Lane::Revoke), START.plus_s(5))
        .await
        .unwrap();
    let mut woken = store.woken();
    woken.mark_unchanged();
    tx.commit().await.unwrap();
    assert!(woken.has_changed().unwrap(), "a commit with marks wakes the worker");

    let mut tx = read(store).await;
    let waiting = wakeup::waiting(&mut tx, house.network).await.unwrap();
    assert_eq!(
        waiting.iter().map(|one| (one.lane, one.due_at)).collect::<Vec<_>>(),
        [(Lane::Revoke, START.plus_s(5)), (Lane::Grant, START)]
    );
    let agenda = wakeup::agenda(&mut tx, START.plus_s(-1)).await.unwrap();
    assert_eq!((agenda.due.as_slice(), agenda.next_at), ([].as_slice(), Some(START)));
    drop(tx);

    // Only what is due; the more urgent lane first; a held key is nobody else's.
    let first = claim(store, &house, START).await.unwrap();
    assert_eq!(first.person, Some(house.people[0]));
    assert!(next(store, &house, START).await.is_none());
    // One key of an integration at a time: the other one is due, and cannot be taken yet.
    let second = next(store, &house, START.plus_s(5)).await.unwrap();
    assert_eq!((second.person, second.lane), (Some(house.people[1]), Lane::Revoke));
    assert_eq!(hold(store, &second).await, Held::Elsewhere);

    // A mark during the work: still dirty afterwards. Without one: clean.
    let mut tx = write(store).await;
    assert!(wakeup::renew(&mut tx, &first).await.unwrap());
    wakeup::mark(&mut tx, house.network, wake(0, Lane::Grant), START)
        .await
        .unwrap();
    assert_eq!(
        wakeup::complete(&mut tx, &first, None).await.unwrap(),
        Completed::StillDirty
    );
    // A token counts once.
    assert_eq!(wakeup::complete(&mut tx, &first, None).await.unwrap(), Completed::Lost);
    tx.commit().await.unwrap();
    assert_eq!(hold(store, &second).await, Held::Ours);
    assert_eq!(hold(store, &second).await, Held::Changed, "it is held already");
    let mut tx = write(store).await;
    assert_eq!(
        wakeup::complete(&mut tx, &second, None).await.unwrap(),
        Completed::Clean
    );
    tx.commit().await.unwrap();

    // What was marked since it was read is read again.
    let stale = next(store, &house, START.plus_s(5)).await.unwrap();
    let mut tx = write(store).await;
    wakeup::mark(&mut tx, house.network, wake(0, Lane::Grant), START)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(hold(store, &stale).await, Held::Changed);

    // A failure waits, with its reason; a completion may name the next edge.
    let again = claim(store, &house, START.plus_s(5)).await.unwrap();
    let mut tx = write(store).await;
    wakeup::fail(&mut tx, &again, START.plus_s(30), "the vendor was busy")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(claim(store, &house, START.plus_s(29)).await.is_none());
    let again = claim(store, &house, START.plus_s(30)).await.unwrap();
    assert_eq!(
        (again.attempts, again.last_error.as_deref()),
        (1, Some("the vendor was busy"))
    );
    let mut tx = write(store).await;
    let edge = START.plus_s(3_600);
    assert_eq!(
        wakeup::complete(&mut tx, &again, Some((edge, Lane::Tidy)))
            .await
            .unwrap(),
        Completed::Clean
    );
    assert!(!wakeup::any_due(&mut tx, START.plus_s(3_599)).await.unwrap());
    assert!(wakeup::any_due(&mut tx, edge).await.unwrap());
    assert_eq!(
        wakeup::agenda(&mut tx, edge).await.unwrap().due,
        [(house.network, house.integration)]
    );
    tx.commit().await.unwrap();

    // Many at once: every key is worked by exactly one, and never two of them at a time.
    let mut tx = write(store).await;
    wakeup::forget(&mut tx, house.network, house.integration).await.unwrap();
    for number in 0..40 {
        let person = access::id::PersonId::new(START, number);
        let wake = Wake {
            integration: house.integration,
            person: Some(person),
            lane: Lane::Grant,
        };
        wakeup::mark(&mut tx, house.network, wake, START).await.unwrap();
    }
    tx.commit().await.unwrap();
    let (house, working) = (Arc::new(house), Arc::new(AtomicUsize::new(0)));
    let claimers: Vec<_> = (0..3)
        .map(|_| {
            let (store, house, working) = (store.clone(), house.clone(), working.clone());
            tokio::spawn(async move {
                let mut mine = Vec::new();
                while let Some(seen) = next(&store, &house, START).await {
                    if hold(&store, &seen).await != Held::Ours {
                        tokio::task::yield_now().await;
                        continue;
                    }
                    assert_eq!(working.fetch_add(1, Ordering::SeqCst), 0, "one at a time");
                    mine.push(seen.person);
                    let mut tx = write(&store).await;
                    wakeup::complete(&mut tx, &seen, None).await.unwrap();
                    working.fetch_sub(1, Ordering::SeqCst);
                    tx.commit().await.unwrap();
                }
                mine
            })
        })
        .collect();
    let mut claimed = Vec::new();
    for claimer in claimers {
        claimed.extend(claimer.await.unwrap());
    }
    claimed.sort();
    let all = claimed.len();
    claimed.dedup();
    assert_eq!((all, claimed.len()), (40, 40));

    let mut tx = write(store).await;
    assert!(lease::take(&mut tx, house.network, "login", "a", 60_000).await.unwrap());
    assert!(
        lease::take(&mut tx, house.network, "login", "a", 60_000).await.unwrap(),
        "renewed"
    );
    assert!(!lease::take(&mut tx, house.network, "login", "b", 60_000).await.unwrap());
    lease::give_back(&mut tx, house.network, "login", "b").await.unwrap();
    assert!(!lease::take(&mut tx, house.network, "login", "b", 60_000).await.unwrap());
    lease::give_back(&mut tx, house.network, "login", "a").await.unwrap();
    assert!(
        lease::take(&mut tx, house.network, "login", "b", -1).await.unwrap(),
        "free again"
    );
    assert!(
        lease::take(&mut tx, house.network, "login", "c", 60_000).await.unwrap(),
        "over at once"
    );
    assert_ne!(lease::token(), lease::token());
    tx.commit().await.unwrap();
}

/// Whoever holds a key and no longer answers loses it when the lease runs out.
pub async fn expired(store: &Store) {
    let house = House::build(store, "Expired", 1).await;
    let mut tx = write(store).await;
    wakeup::forget(&mut tx, house.network, house.integration).await.unwrap();
    let wake = Wake {
        integration: house.integration,
        person: Some(house.people[0]),
        lane: Lane::Revoke,
    };
    wakeup::mark(&mut tx, house.network, wake, START).await.unwrap();
    tx.commit().await.unwrap();
    let first = claim(store, &house, START).await.unwrap();
    assert!(
        claim(store, &house, START.plus_s(9_999)).await.is_none(),
        "leases do not run on the product's clock"
    );
    let mut tx = write(store).await;
    assert!(wakeup::agenda(&mut tx, START).await.unwrap().due.is_empty());
    // As if LEASE_MS had gone by.
    for until in [
        "UPDATE wakeup SET leased_until_ms = 1 WHERE network_id = $1",
        "UPDATE lease SET until_ms = 1 WHERE network_id = $1",
    ] {
        assert_eq!(tx.execute(until, vec![house.network.into()]).await.unwrap(), 1);
    }
    tx.commit().await.unwrap();

    let second = claim(store, &house, START).await.unwrap();
    assert_eq!(
        (second.person, second.lane, second.attempts),
        (first.person, first.lane, 0)
    );
    let mut tx = write(store).await;
    assert!(!wakeup::renew(&mut tx, &first).await.unwrap());
    assert_eq!(wakeup::complete(&mut tx, &first, None).await.unwrap(), Completed::Lost);
    let late = wakeup::fail(&mut tx, &first, START.plus_s(60), "too late")
        .await
        .unwrap();
    assert_eq!(late, Completed::Lost);
    assert!(
        wakeup::renew(&mut tx, &second).await.unwrap(),
        "the second is not disturbed"
    );
    assert_eq!(
        wakeup::complete(&mut tx, &second, None).await.unwrap(),
        Completed::Clean
    );
    assert!(wakeup::waiting(&mut tx, house.network).await.unwrap().is_empty());
    tx.commit().await.unwrap();
}

async fn next(store: &Store, house: &House, now: Instant) -> Option<wakeup::Claimed> {
    let mut tx = read(store).await;
    wakeup::next(&mut tx, now, house.network, house.integration)
        .await
        .unwrap()
}

async fn hold(store: &Store, claimed: &wakeup::Claimed) -> Held {
    let mut tx = write(store).await;
    let held = wakeup::hold(&mut tx, claimed).await.unwrap();
    if held == Held::Ours {
        tx.commit().await.unwrap();
    } else {
        tx.roll_back().await.unwrap();
    }
    held
}

async fn claim(store: &Store, house: &House, now: Instant) -> Option<wakeup::Claimed> {
    let seen = next(store, house, now).await?;
    (hold(store, &seen).await == Held::Ours).then_some(seen)
}
