//! The queue of wake-ups: merged, ordered, fenced, handed over.

use access::Instant;
use store::wakeup::{self, Completed, Lane, Wake};
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
    assert_eq!(wakeup::next_due(&mut tx).await.unwrap(), Some(START));
    drop(tx);

    // Only what is due; the more urgent lane first; a held key is nobody else's.
    let first = claim(store, START).await.unwrap();
    assert_eq!(first.person, Some(house.people[0]));
    assert!(claim(store, START).await.is_none());
    let second = claim(store, START.plus_s(5)).await.unwrap();
    assert_eq!((second.person, second.lane), (Some(house.people[1]), Lane::Revoke));
    assert!(claim(store, START.plus_s(100)).await.is_none());

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
    assert_eq!(
        wakeup::complete(&mut tx, &second, None).await.unwrap(),
        Completed::Clean
    );
    // A token counts once.
    assert_eq!(wakeup::complete(&mut tx, &first, None).await.unwrap(), Completed::Lost);
    tx.commit().await.unwrap();

    // A failure waits, with its reason; a completion may name the next edge.
    let again = claim(store, START.plus_s(5)).await.unwrap();
    let mut tx = write(store).await;
    wakeup::fail(&mut tx, &again, START.plus_s(30), "the vendor was busy")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(claim(store, START.plus_s(29)).await.is_none());
    let again = claim(store, START.plus_s(30)).await.unwrap();
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
        wakeup::due_integrations(&mut tx, edge).await.unwrap(),
        [(house.network, house.integration)]
    );
    tx.commit().await.unwrap();

    // Many at once: every key is claimed by exactly one.
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
    let claimers: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                while let Some(claimed) = claim(&store, START).await {
                    mine.push(claimed.person);
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
    let first = claim(store, START).await.unwrap();
    assert!(
        claim(store, START.plus_s(9_999)).await.is_none(),
        "leases do not run on the product's clock"
    );
    let mut tx = write(store).await;
    assert!(wakeup::due_integrations(&mut tx, START).await.unwrap().is_empty());
    // As if LEASE_MS had gone by.
    let until = "UPDATE wakeup SET leased_until_ms = 1 WHERE network_id = $1";
    assert_eq!(tx.execute(until, vec![house.network.into()]).await.unwrap(), 1);
    tx.commit().await.unwrap();

    let second = claim(store, START).await.unwrap();
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

async fn claim(store: &Store, now: Instant) -> Option<wakeup::Claimed> {
    let mut tx = write(store).await;
    let claimed = wakeup::claim(&mut tx, now, None).await.unwrap();
    tx.commit().await.unwrap();
    claimed
}
